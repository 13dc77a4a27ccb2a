"""The files of kept sets: members under the digest of their lines, and lists of the members that make a set.

Files are written under another name and then put in place, so that whoever finds one finds all of it. Nothing breaks
where one is missing, or where the disk is full: then sets are read from the database.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import NamedTuple

import orjson
from django.conf import settings

from exports.models import Release
from exports.releasing.changes import key_of
from exports.sets.checksums import Checksum
from exports.sets.codings import PLAIN, Coding

logger = logging.getLogger(__name__)
# What nobody has read for so many seconds goes away, but for the newest lists of each set.
_UNUSED = 3_600
_NEWEST = 2


class Member(NamedTuple):
    """Some lines of a set: from the SKU `first` on, as far as the next member. `digest` is BLAKE2b-128 of the lines."""

    first: str
    documents: int
    digest: str
    crc: int
    size: int

    @property
    def checksum(self) -> Checksum:
        return Checksum(self.crc, self.size)


Members = Sequence[Member]


def member_of(first: str, documents: int, lines: bytes) -> Member:
    return Member(first, documents, blake2b(lines, digest_size=16).hexdigest(), *Checksum.of(lines))


def path_of(member: Member, coding: Coding = PLAIN) -> Path:
    return _folder() / f"{member.digest}{coding.name and '.' + coding.name}"


def keep(member: Member, content: bytes, coding: Coding = PLAIN) -> None:
    """Keep a member's lines as they are in a coding."""
    path = path_of(member, coding)
    if not path.exists():
        _write(path, content)


# --- Lists -----------------------------------------------------------------------------------------------------------


def members_of(release: Release, language: str) -> Members | None:
    """The members of the set, where they are known."""
    return _read(_list_of(release, language))


def remember(release: Release, language: str, members: Members) -> None:
    _write(_list_of(release, language), orjson.dumps([list(member) for member in members]))
    with suppress(OSError):
        sweep()


def near(release: Release, language: str) -> Iterator[tuple[int, int, Path]]:
    """Lists of the same set at other releases, the nearest first: number and key of the release (changes.key_of)."""
    found = []
    of = f"{release.channel_id}-{language}"
    for path in _folder().glob(f"{of}-*.json"):
        begins, number, key = path.stem.rsplit("-", 2)
        if begins == of:
            found.append((int(number), int(key), path))
    yield from sorted(found, key=lambda row: abs(row[0] - release.number))


def listed(path: Path) -> Members | None:
    """The members that a list names, where it is still there."""
    return _read(path)


def _list_of(release: Release, language: str) -> Path:
    return _folder() / f"{release.channel_id}-{language}-{release.number}-{key_of(release)}.json"


def _read(path: Path) -> Members | None:
    try:
        members = [Member(*row) for row in orjson.loads(path.read_bytes())]
    except OSError:
        return None
    _touch(path)
    return members


# --- Files -----------------------------------------------------------------------------------------------------------


def sweep() -> None:
    """Take away lists that nobody reads any more, and members that are in none. Files being read stay until then."""
    used = _sweep_lists(time.time() - _UNUSED)
    for path in _folder().iterdir():
        if path.suffix != ".json" and path.name.partition(".")[0] not in used and _is_old(path, time.time() - _UNUSED):
            path.unlink(missing_ok=True)


def _sweep_lists(before: float) -> set[str]:
    """The digests of members that are in the lists that stay."""
    used: set[str] = set()
    newest: dict[str, int] = {}
    by_age = sorted(_folder().glob("*.json"), key=lambda path: -int(path.stem.rsplit("-", 1)[1]))
    for path in by_age:
        of = path.stem.rsplit("-", 2)[0]
        newest[of] = newest.get(of, 0) + 1
        if newest[of] > _NEWEST and _is_old(path, before):
            path.unlink(missing_ok=True)
        else:
            with suppress(OSError):
                used.update(row[2] for row in orjson.loads(path.read_bytes()))
    return used


def _is_old(path: Path, before: float) -> bool:
    try:
        return path.stat().st_mtime < before
    except OSError:
        return False


def _touch(path: Path) -> None:
    """Note that a file is used, not each time."""
    if _is_old(path, time.time() - _UNUSED / 4):
        with suppress(OSError):
            path.touch()


def _write(path: Path, content: bytes) -> None:
    try:
        with NamedTemporaryFile(dir=path.parent, prefix="new-", delete=False) as file:
            file.write(content)
        Path(file.name).replace(path)
    except OSError as error:
        logger.warning("Sets of documents cannot be kept in %s: %s", path.parent, error)


def _folder() -> Path:
    folder: Path = settings.SETS_ROOT
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    return folder
