"""Reads of what has been released."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Lower

from catalog.models import Asset, Attribute, Channel, Product, Slot
from catalog.models.base import CODE_PATTERN
from exports.documents import Document, Publication, from_bytes
from exports.models import ChannelPolicy, DocumentBody, DocumentVersion, Edition, Output, Release

_DIGEST = re.compile("[0-9a-f]{64}")
_MAX_CODE = 100
# How many documents are in memory at once while a whole set is read.
BATCH = 500


class Stored(NamedTuple):
    """A released document as it is served: `body` is its canonical JSON, which nobody parses on the way out."""

    sku: str
    digest: str
    body: bytes


class Found(NamedTuple):
    """Where a document is in a release: its SKU as released, the digest of its body, the release's number."""

    sku: str
    digest: str
    release: int


def is_code(text: str) -> bool:
    """Whether `text` can be a code or SKU at all. What cannot is not asked of the database."""
    return len(text) <= _MAX_CODE and re.fullmatch(CODE_PATTERN, text) is not None


# --- Policies --------------------------------------------------------------------------------------------------------


def policy_of(channel: Channel) -> ChannelPolicy:
    """How the channel is released; one that says nothing has the defaults. One query."""
    return ChannelPolicy.objects.filter(channel=channel).first() or ChannelPolicy(channel=channel)


# --- Releases --------------------------------------------------------------------------------------------------------


def current_release(channel: Channel) -> Release | None:
    """The channel's latest release. One indexed query."""
    return Release.objects.filter(channel=channel).order_by("-number").first()


def release_of(channel: Channel | int, number: int | None = None) -> Release | None:
    """The release of that number of a channel or its id, else the latest. One indexed query."""
    releases = Release.objects.filter(channel=channel).order_by("-number")
    return (releases.filter(number=number) if number else releases).first()


def current_number(channel: Channel) -> int:
    """The number of the channel's latest release, 0 where it has none. One indexed query of one column."""
    numbers = Release.objects.filter(channel=channel).order_by("-number").values_list("number", flat=True)
    return numbers.first() or 0


def current_release_called(code: str) -> Release | None:
    """The latest release of the channel called so in whatever case, with its channel. One query."""
    releases = Release.objects.filter(channel__code__iexact=code).select_related("channel")
    return releases.order_by("-number").first() if is_code(code) else None


def releases_before(channel: Channel, number: int | None) -> QuerySet[Release]:
    """The channel's releases, the latest first, from below `number` on. Without what they publish."""
    releases = Release.objects.filter(channel=channel).defer("publications").order_by("-number")
    return releases if number is None else releases.filter(number__lt=number)


def languages_of(release: Release) -> tuple[str, ...]:
    """The languages of a release, in the channel's order."""
    first = next(iter(release.publications.values()), None)
    return tuple(first["alternates"]) if first else ()


def members_of(publication: Mapping[str, Any]) -> dict[str, int]:
    """By category code, how many products are in it or below it, of a stored publication's navigation."""
    found: dict[str, int] = {}
    nodes = list(publication["navigation"])
    while nodes:
        node = nodes.pop()
        found[node["code"]] = node["count"]
        nodes += node["children"]
    return found


def publication_of(release: Release, language: str) -> Publication:
    """The envelope of a release in one language. Raises KeyError for a language the channel does not have."""
    return Publication.from_json(release.publications[language])


# --- Documents -------------------------------------------------------------------------------------------------------


def versions_at(release: Release, language: str) -> QuerySet[DocumentVersion]:
    """The document versions of a release in one language, in SKU order."""
    return _valid_at(DocumentVersion.objects.all(), Value(release.number)).filter(
        channel_id=release.channel_id, language=language
    )


def _valid_at(versions: QuerySet[DocumentVersion], number: Combinable) -> QuerySet[DocumentVersion]:
    open_or_later = Q(valid_until__isnull=True) | Q(valid_until__gt=number)
    return versions.filter(open_or_later, valid_from__lte=number).order_by("sku")


def documents_at(release: Release, language: str) -> Iterator[Document]:
    """The documents of a release in one language, in SKU order, read a batch at a time."""
    for batch in stored_batches(release, language):
        for row in batch:
            yield from_bytes(row.body)


def stored(versions: QuerySet[DocumentVersion]) -> list[Stored]:
    """Document versions as they are served. One query."""
    rows = versions.values_list("sku", "body_id", "body__content")
    return [Stored(sku, digest, bytes(body)) for sku, digest, body in rows]


def stored_after(release: Release, language: str, after: str, limit: int) -> list[Stored]:
    """At most `limit` documents whose SKU comes after `after`, in SKU order. One indexed query."""
    return stored(versions_at(release, language).filter(sku__gt=after)[:limit])


def stored_batches(release: Release, language: str, size: int = BATCH) -> Iterator[list[Stored]]:
    """All documents of a release in one language, in SKU order.

    A query per batch: a slow reader holds no transaction open, and as the release never changes he sees one set.
    """
    after = ""
    while batch := stored_after(release, language, after, size):
        yield batch
        after = batch[-1].sku


def find_document(channel: Channel, language: str, sku: str, number: int | None = None) -> Found | None:
    """A document of the current release, or of release `number` if there is such a release. One indexed query.

    `sku` is as released; see `spelling_of` for other cases.
    """
    releases = Release.objects.filter(channel=channel).order_by("-number").values("number")
    kept = releases.filter(number=number, pruned_at__isnull=True) if number else releases
    release = Subquery(kept[:1])
    versions = _valid_at(DocumentVersion.objects.filter(channel=channel, language=language, sku=sku), release)
    row = versions.annotate(release=release).values_list("sku", "body_id", "release").first()
    return Found(*row) if row else None


def body_of(digest: str) -> bytes:
    """The canonical JSON under a digest. Raises DocumentBody.DoesNotExist."""
    return bytes(DocumentBody.objects.values_list("content", flat=True).get(pk=digest))


def spelling_of(sku: str) -> str:
    """How the product called so in whatever case writes its SKU; "" where there is none. One indexed query."""
    products = Product.objects.alias(lower=Lower("sku")).filter(lower=sku.lower())
    return products.values_list("sku", flat=True).first() or "" if is_code(sku) else ""


def spellings_of(skus: Iterable[str]) -> set[str]:
    """The SKUs as they are given, and as the products called so in whatever case write them now. One query."""
    asked = {sku for sku in skus if is_code(sku)}
    products = Product.objects.alias(lower=Lower("sku")).filter(lower__in={sku.lower() for sku in asked})
    return asked | set(products.values_list("sku", flat=True))


def stored_called(release: Release, language: str, skus: Iterable[str]) -> list[Stored]:
    """Those of the products that are in the release. One query."""
    return stored(versions_at(release, language).filter(sku__in=list(skus)))


def version_told_of(release: Release, language: str, sku: str) -> DocumentVersion | None:
    """A document with its trace and its body. One query."""
    return versions_at(release, language).filter(sku=sku).select_related("body", "trace").first()


# --- Categories ------------------------------------------------------------------------------------------------------


def listed_in(release: Release, language: str, category: str) -> QuerySet[DocumentVersion]:
    """The products listed in a category and those below it, in SKU order."""
    return versions_at(release, language).filter(listed=True, categories__code=category)


def stored_in(release: Release, language: str, category: str, start: int, limit: int) -> list[Stored]:
    """A stretch of `listed_in`. One query."""
    return stored(listed_in(release, language, category)[start : start + limit])


# --- Outputs ---------------------------------------------------------------------------------------------------------


def output_called(code: str) -> Output:
    """An output by its code in whatever case. Raises Output.DoesNotExist."""
    return Output.objects.select_related("channel").get(code__iexact=code)


def output_of(channel: Channel, code: str) -> Output | None:
    """The channel's output called so in whatever case. One query."""
    return Output.objects.filter(channel=channel, code__iexact=code).first() if is_code(code) else None


def outputs_of(channels: Iterable[int]) -> QuerySet[Output]:
    """The outputs of channels, by their ids."""
    return Output.objects.filter(channel_id__in=list(channels))


def latest_edition(output: Output) -> Edition | None:
    return Edition.objects.filter(output=output).select_related("release").order_by("-id").first()


# --- Site ------------------------------------------------------------------------------------------------------------


def asset_with(digest: str) -> Asset | None:
    """An asset whose file has this digest. One indexed query."""
    return Asset.objects.filter(digest=digest).first() if _DIGEST.fullmatch(digest) else None


def shown_releases(*, all_of_them: bool) -> list[Release]:
    """The latest release of each public channel, or of all, with the channel. One query."""
    latest = Release.objects.filter(channel=OuterRef("channel")).order_by("-number").values("number")[:1]
    releases = Release.objects.filter(number=Subquery(latest)).select_related("channel")
    if not all_of_them:
        releases = releases.filter(channel__public=True)
    return list(releases.order_by("channel__code"))


def database_answers() -> None:
    """Raises django.db.Error where the database is away or was never migrated. One query."""
    Release.objects.exists()


def responsible_for(sources: Iterable[str]) -> dict[str, str]:
    """Who looks after what mappings read: of "fact:CODE" the attribute's group, of "slot:CODE" the slot. Two queries.

    Nobody is named for sources of which nobody is said.
    """
    named: dict[str, dict[str, str]] = {"fact": {}, "slot": {}}
    for source in sources:
        kind, _, code = source.partition(":")
        if kind in named and code:
            named[kind][code.lower()] = source
    attributes = Attribute.objects.alias(low=Lower("code")).filter(low__in=named["fact"])
    slots = Slot.objects.alias(low=Lower("code")).filter(low__in=named["slot"])
    rows = [("fact", *row) for row in attributes.order_by().values_list("code", "group__responsible")]
    rows += [("slot", *row) for row in slots.order_by().values_list("code", "responsible")]
    return {named[kind][code.lower()]: responsible for kind, code, responsible in rows if responsible}
