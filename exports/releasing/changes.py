"""What differs between two releases of a channel: what a copy kept elsewhere has to put in and take out.

A copy that is at a release and has put in all that is told here is, byte by byte, the set of the other release, however
many releases lie between and whatever was done meanwhile: both releases are immutable, and so is what lies between.
"""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Exists, OuterRef

from exports.models import DocumentVersion, Release
from exports.querysets import versions_at


class Change(NamedTuple):
    """A document that is there now or differs, with digest and body; or one that is gone, with neither.

    `release` is the number of the release in which it became so.
    """

    sku: str
    release: int
    digest: str = ""
    body: bytes = b""

    @property
    def gone(self) -> bool:
        return not self.digest


def key_of(release: Release | None) -> int:
    """What tells a release from one of the same number that was made after a backup was restored: its microsecond."""
    return int(release.created_at.timestamp() * 1_000_000) if release else 0


class Place(NamedTuple):
    """How far a reader of what differs has come: all documents up to a SKU, or those that are gone up to one, too."""

    gone: bool = False
    after: str = ""


def changes(release: Release, language: str, since: int, place: Place, limit: int) -> list[Change]:
    """At most `limit` of what differs in `release` from release `since` (0: from nothing), from a place on.

    First what is there, then what is gone, each in the database's order of SKUs. At most two indexed queries.
    """
    found = [] if place.gone else _there(release, language, since, place.after, limit)
    if len(found) < limit and since:
        found += _gone(release, language, since, place.after if place.gone else "", limit - len(found))
    return found


def _there(release: Release, language: str, since: int, after: str, limit: int) -> list[Change]:
    """What was not in release `since`, or differed."""
    rows = versions_at(release, language).filter(valid_from__gt=since, sku__gt=after)
    columns = rows.values_list("sku", "valid_from", "body_id", "body__content")[:limit]
    return [Change(sku, number, digest, bytes(body)) for sku, number, digest, body in columns]


def _gone(release: Release, language: str, since: int, after: str, limit: int) -> list[Change]:
    """What was in release `since` and is not in this one."""
    still = versions_at(release, language).order_by().filter(sku=OuterRef("sku"))
    ended = DocumentVersion.objects.filter(
        ~Exists(still),
        channel=release.channel_id,
        language=language,
        valid_from__lte=since,
        valid_until__gt=since,
        valid_until__lte=release.number,
        sku__gt=after,
    )
    rows = ended.order_by("sku").values_list("sku", "valid_until")[:limit]
    return [Change(sku, number or 0) for sku, number in rows]
