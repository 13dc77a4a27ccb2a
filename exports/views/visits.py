"""Who may look at a channel's pages, and what he then stands before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import cast

from django.conf import settings
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.http import HttpRequest

from exports import querysets
from exports.api.authentication import token_in
from exports.documents import Publication, from_bytes
from exports.editions import code_digest
from exports.models import Release
from exports.querysets import Stored
from exports.web.site import Card, LiveSite, card_of

# Staff who may see releases in the admin may see the pages made of them.
PERMISSION = "exports.view_release"


def is_staff(request: HttpRequest) -> bool:
    user = cast(AbstractUser | AnonymousUser, request.user)
    return user.is_active and user.is_staff and user.has_perm(PERMISSION)


def may_enter(request: HttpRequest, release: Release) -> bool:
    """Whether the channel is public, or the request has its token or comes from staff."""
    if release.channel.public:
        return True
    token = token_in(request)
    return token.channel_id == release.channel_id if token else is_staff(request)


def entered(request: HttpRequest, channel: str) -> Release | None:
    """The current release of a channel that the request may see; None for others and for those there are not."""
    release = querysets.current_release_called(channel)
    return release if release and may_enter(request, release) else None


@dataclass(frozen=True)
class Visit:
    """A release in one language, with the cards of products that its pages ask for."""

    release: Release
    publication: Publication
    known: dict[str, Card | None] = field(default_factory=dict)

    @property
    def site(self) -> LiveSite:
        return LiveSite(self.publication, settings.SITE_URL, self.cards)

    def cards(self, skus: Sequence[str]) -> Mapping[str, Card]:
        """One query for those not asked for before."""
        fresh = [sku for sku in skus if sku not in self.known]
        if fresh:
            self.known.update(dict.fromkeys(fresh))
            self.learn(querysets.stored_called(self.release, self.publication.language, fresh))
        return {sku: card for sku in skus if (card := self.known[sku])}

    def learn(self, rows: Iterable[Stored]) -> list[Card]:
        cards = [card_of(from_bytes(row.body), self.publication.currency) for row in rows]
        self.known.update({card.sku: card for card in cards})
        return cards

    def version(self) -> tuple[object, ...]:
        """All that determines the visit's pages, but for their address."""
        return self.release.pk, self.release.created_at, self.release.channel.public, settings.SITE_URL, _code()


def visit(request: HttpRequest, channel: str, language: str) -> Visit | None:
    """One query, and one or two more where the channel is not public."""
    release = entered(request, channel)
    if release is None or language not in release.publications:
        return None
    publication = querysets.publication_of(release, language)
    # Links lead to where the channel is now, should it have been renamed since.
    return Visit(release, replace(publication, channel=release.channel.code))


@cache
def _code() -> str:
    """New code makes new pages. A process runs one version of it; a developer's server starts anew."""
    return code_digest()
