"""Finished pieces on disk, each under a name that says all that determines it, so that none is ever changed.

Processes and machines may share the folder: a file appears whole or not at all, and may go at any time.
"""

from __future__ import annotations

import os
import struct
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson

_HEAD = struct.Struct("!II16s16s")
_TOUCH = 3_600.0  # seconds after which a file that is used is marked as used again
_DAY = 24 * 3_600.0  # what was used since then is never pruned: somebody may be about to read it
_PART = ".part"


class Cache:
    """`folder` is made when there is something to keep."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, key: str) -> Path:
        return self._folder / key[:2] / key

    def get(self, key: str) -> Any:
        """The JSON kept under `key`; None where there is nothing, or nothing whole any more."""
        found = self._read(key, with_body=False)
        return found and found[0]

    def body(self, key: str) -> bytes | None:
        """The bytes kept under `key`."""
        found = self._read(key, with_body=True)
        return found and found[1]

    def _read(self, key: str, *, with_body: bool) -> tuple[Any, bytes] | None:
        path = self.path(key)
        try:
            with path.open("rb") as file:
                lengths = _HEAD.unpack(file.read(_HEAD.size))
                text = file.read(lengths[0])
                body = file.read() if with_body else b""
                whole = os.fstat(file.fileno()).st_size == _HEAD.size + lengths[0] + lengths[1]
            if not whole or _check(text) != lengths[2] or (with_body and _check(body) != lengths[3]):
                raise ValueError
            said = orjson.loads(text)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, struct.error):
            path.unlink(missing_ok=True)
            return None
        _touch(path)
        return said, body

    def put(self, key: str, said: Mapping[str, Any], body: bytes) -> None:
        """Raises OSError where the disk takes no more."""
        text = orjson.dumps(said)
        path = self.path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=_PART)
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(_HEAD.pack(len(text), len(body), _check(text), _check(body)))
                out.write(text)
                out.write(body)
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)

    def prune(self, most: int) -> int:
        """Let go of what was used longest ago, until `most` bytes are left or only what was used today; how many."""
        files = sorted(_files(self._folder))
        left = sum(size for _, size, _ in files)
        gone = 0
        for used, size, path in files:
            if used > time.time() - _DAY or (left <= most and path.suffix != _PART):
                continue
            path.unlink(missing_ok=True)
            left -= size
            gone += 1
        return gone


def _check(content: bytes) -> bytes:
    return blake2b(content, digest_size=16).digest()


def _files(folder: Path) -> list[tuple[float, int, Path]]:
    """When each was used last, how large it is, and where it lies."""
    found = []
    for path in folder.glob("??/*"):
        with suppress(OSError):  # another process may prune as well
            stat = path.stat()
            found.append((stat.st_mtime, stat.st_size, path))
    return found


def _touch(path: Path) -> None:
    with suppress(OSError):
        if path.stat().st_mtime < time.time() - _TOUCH:
            os.utime(path)
