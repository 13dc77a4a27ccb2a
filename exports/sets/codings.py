"""Content codings, made of parts that are compressed each by itself and joined without being unpacked.

Gzip (RFC 1952) stays one gzip member, because browsers and some tools read no further than the first: its parts are
deflate blocks that end at a byte (RFC 1951, section 3.2.4), and the checksum of the whole is worked out from the
parts'. Zstandard (RFC 8878, section 3.1) is a sequence of frames.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from typing import ClassVar

import zstandard

from exports.sets.checksums import Checksum


class Coding:
    """What is sent as it is. `name` is the content coding's, and part of a strong entity tag."""

    name: ClassVar[str] = ""
    begin: ClassVar[bytes] = b""

    def part(self, plain: bytes) -> bytes:
        return plain

    def end(self, whole: Checksum) -> bytes:
        """What follows the last part."""
        return b""


class Gzip(Coding):
    name = "gzip"
    # No name, no time: the same bytes give the same bytes. 255: on an unknown system.
    begin = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"

    def part(self, plain: bytes) -> bytes:
        deflate = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
        return deflate.compress(plain) + deflate.flush(zlib.Z_FULL_FLUSH)

    def end(self, whole: Checksum) -> bytes:
        last_block = b"\x03\x00"
        return last_block + whole.crc.to_bytes(4, "little") + (whole.size & 0xFFFFFFFF).to_bytes(4, "little")


class Zstd(Coding):
    name = "zstd"

    def part(self, plain: bytes) -> bytes:
        return zstandard.ZstdCompressor(level=3).compress(plain)


PLAIN = Coding()
# Of those that the reader likes as well as each other, the first.
CODINGS: tuple[Coding, ...] = (Zstd(), Gzip(), PLAIN)
BY_NAME = {coding.name: coding for coding in CODINGS}
_WEIGHT = re.compile(r"q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")


def negotiated(accepted: str | None) -> Coding:
    """The coding that an `Accept-Encoding` likes best (RFC 9110, section 12.5.3).

    Who says `*` has not said that he can read one of them, and gets none.
    """
    weights = dict(_weights(accepted or ""))
    best = max(CODINGS, key=lambda each: weights.get(each.name or "identity", 0.0))
    return best if weights.get(best.name) else PLAIN


def _weights(accepted: str) -> Iterator[tuple[str, float]]:
    for said in accepted[:1_000].lower().split(","):
        name, _, weight = (part.strip() for part in said.partition(";"))
        if not weight:
            yield name, 1.0
        elif found := _WEIGHT.fullmatch(weight):
            yield name, float(found[1])


def coded(plain: Iterable[bytes], coding: Coding) -> Iterator[bytes]:
    """Plain pieces in a coding, a part each."""
    if not coding.name:
        yield from plain
        return
    whole = Checksum()
    yield from filter(None, [coding.begin])
    for piece in plain:
        whole += Checksum.of(piece)
        yield coding.part(piece)
    yield from filter(None, [coding.end(whole)])
