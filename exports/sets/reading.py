"""A whole set as bytes: from its files, or from the database while it is not kept."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from django.db import connection
from django.db.models import Q

from exports import querysets
from exports.models import DocumentVersion, Release
from exports.releasing.changes import key_of
from exports.sets import keeping
from exports.sets.ahead import ahead
from exports.sets.checksums import Checksum
from exports.sets.codings import Coding, coded
from exports.sets.keeping import Member, Members, keep, member_of, path_of
from exports.sets.lines import DOCUMENTS, pieces

# A reader gets a kept member in blocks of so many bytes.
BLOCK = 256 * 1024
# Where more than so many documents differ for each member, or more than this share of members, all is read anew.
_MANY, _SHARE = 20, 0.25


class Whole(NamedTuple):
    """The bytes of a set in a coding, and how many there are where that is known before."""

    content: Iterator[bytes]
    length: int | None


def whole(release: Release, language: str, coding: Coding) -> Whole:
    """All documents of a release in a language as lines of NDJSON, in a coding, in constant memory."""
    members = keeping.members_of(release, language)
    if members is None:
        members = renewed(release, language)
    if members is None:
        return Whole(_read(release, language, coding), None)
    return Whole(_kept(release, language, members, coding), _length(members, coding))


def _read(release: Release, language: str, coding: Coding) -> Iterator[bytes]:
    """What the database gives, at the rate at which it gives it. To keep it is a job's work (exports.jobs.sets)."""
    return coded((piece.lines for piece in ahead(pieces(release, language))), coding)


def keep_set(release: Release, language: str, codings: Iterable[Coding] = ()) -> None:
    """Keep the set in files: plain, and in these codings."""
    members = keeping.members_of(release, language) or renewed(release, language)
    if members is None:
        members = [_stored(piece.first, piece.documents, piece.lines) for piece in pieces(release, language)]
        keeping.remember(release, language, members)
    for coding in codings:
        for place, member in enumerate(members):
            if not path_of(member, coding).exists():
                _in(coding, member, _plain(release, language, members, place))


def _kept(release: Release, language: str, members: Members, coding: Coding) -> Iterator[bytes]:
    total = Checksum()
    yield from filter(None, [coding.begin])
    for place, member in enumerate(members):
        total += member.checksum
        yield from _blocks(release, language, members, place, coding)
    yield from filter(None, [coding.end(total)])


def _blocks(release: Release, language: str, members: Members, place: int, coding: Coding) -> Iterator[bytes]:
    """One member, from its file or made anew."""
    try:
        file = path_of(members[place], coding).open("rb", buffering=0)
    except OSError:
        yield _in(coding, members[place], _plain(release, language, members, place))
        return
    with file:
        while block := file.read(BLOCK):
            yield block


def _plain(release: Release, language: str, members: Members, place: int) -> bytes:
    """A member's lines, read from the database where the file is gone."""
    member = members[place]
    try:
        return path_of(member).read_bytes()
    except OSError:
        first = member.first if place else ""
        until = members[place + 1].first if place + 1 < len(members) else None
        lines = b"".join(piece.lines for piece in pieces(release, language, first, until))
    if member_of(member.first, member.documents, lines) != member:
        raise RuntimeError(f"Documents of {release} are not what they were.")
    keep(member, lines)
    return lines


def _in(coding: Coding, member: Member, lines: bytes) -> bytes:
    """Lines in a coding, which is kept."""
    if not coding.name:
        return lines
    content = coding.part(lines)
    keep(member, content, coding)
    return content


def _length(members: Members, coding: Coding) -> int | None:
    """The size of the whole in a coding; None where a member is still to be coded."""
    total = sum((member.checksum for member in members), Checksum())
    around = len(coding.begin) + len(coding.end(total))
    if not coding.name:
        return total.size + around
    try:
        return around + sum(path_of(member, coding).stat().st_size for member in members)
    except OSError:
        return None


# --- Renewing --------------------------------------------------------------------------------------------------------


def renewed(release: Release, language: str) -> Members | None:
    """The set made of the nearest one that is kept, by reading only the members that differ; None without one."""
    for number, key, path in keeping.near(release, language):
        # A release that is not pruned is there as a whole, so all that differs between the two can be told.
        other = querysets.release_of(release.channel_id, number)
        whole = other is not None and not other.pruned_at and key_of(other) == key
        members = keeping.listed(path) if whole else None
        if members:
            made = _made_of(release, language, number, members)
            if made is not None:
                keeping.remember(release, language, made)
            return made
    return None


def differing(release: Release, language: str, other: int, most: int) -> list[str] | None:
    """The SKUs of documents that are not the same in another release of the channel; None where there are more."""
    low, high = sorted((release.number, other))
    versions = DocumentVersion.objects.filter(channel=release.channel_id, language=language).order_by()
    between = Q(valid_from__gt=low, valid_from__lte=high) | Q(valid_until__gt=low, valid_until__lte=high)
    skus = list(versions.filter(between).values_list("sku", flat=True).distinct()[: most + 1])
    return skus if len(skus) <= most else None


def _made_of(release: Release, language: str, other: int, members: Members) -> Members | None:
    """The members of another release, with those that differ read anew; None where it is better to read all anew."""
    skus = differing(release, language, other, _MANY * len(members))
    touched = set() if skus is None else _touched([member.first for member in members], skus)
    scattered = len(members) > 8 + 2 * sum(member.documents for member in members) / DOCUMENTS
    if skus is None or scattered or len(touched) > 1 + _SHARE * len(members):
        return None
    made: list[Member] = []
    for place, member in enumerate(members):
        if place not in touched:
            made.append(member)
            continue
        until = members[place + 1].first if place + 1 < len(members) else None
        made += _cut(release, language, member.first if place else "", until)
    return made


def _cut(release: Release, language: str, first: str, until: str | None) -> Iterator[Member]:
    """The members that some documents make: one, unless there are too many for one."""
    start, count, lines = "", 0, b""
    for piece in pieces(release, language, first, until):
        if count and count + piece.documents > 2 * DOCUMENTS:
            yield _stored(start, count, lines)
            start, count, lines = "", 0, b""
        start, count, lines = start or piece.first, count + piece.documents, lines + piece.lines
    if count:
        yield _stored(start, count, lines)


def _stored(first: str, count: int, lines: bytes) -> Member:
    member = member_of(first, count, lines)
    keep(member, lines)
    return member


def _touched(firsts: Sequence[str], skus: Sequence[str]) -> set[int]:
    """The places of the members in which SKUs lie, given the SKUs with which members begin."""
    if connection.vendor != "postgresql":
        # Code points, as SQLite compares.
        return {max(bisect_right(firsts, sku) - 1, 0) for sku in skus}
    return {max(place, 0) for place in _placed(firsts, skus)}


def _placed(firsts: Sequence[str], skus: Sequence[str]) -> list[int]:
    """The same in the order of PostgreSQL, which the database's collation says."""
    sql = (
        "SELECT DISTINCT (SELECT count(*) FROM unnest(%s::text[]) AS first WHERE first <= sku) - 1 "
        "FROM unnest(%s::text[]) AS sku"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(firsts), list(skus)])
        return [place for (place,) in cursor.fetchall()]
