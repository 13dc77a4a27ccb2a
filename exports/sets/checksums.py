"""CRC-32 of a whole from those of its parts, as zlib's crc32_combine does it, which Python does not offer.

A checksum is a polynomial over GF(2) in reflected bit order, modulo that of RFC 1952; bytes that follow multiply it
by a power of x (zlib, crc32.c: multmodp, x2nmodp).
"""

from __future__ import annotations

import zlib
from typing import NamedTuple

_POLYNOMIAL = 0xEDB88320
_ONE = 1 << 31


class Checksum(NamedTuple):
    """CRC-32 and size in bytes."""

    crc: int = 0
    size: int = 0

    @classmethod
    def of(cls, plain: bytes) -> Checksum:
        return cls(zlib.crc32(plain), len(plain))

    def __add__(self, after: tuple[int, int]) -> Checksum:  # type: ignore[override]
        """The checksum of this and what comes after it."""
        crc, size = after
        return Checksum(_times(_power(size), self.crc) ^ crc, self.size + size)


def _times(one: int, other: int) -> int:
    """The product of two polynomials; at most 32 rounds."""
    product, bit = 0, _ONE
    while bit:
        if one & bit:
            product ^= other
        bit >>= 1
        other = (other >> 1) ^ (_POLYNOMIAL if other & 1 else 0)
    return product


def _squares() -> list[int]:
    """x to the powers 1, 2, 4, 8 and so on."""
    found = [_ONE >> 1]
    for _ in range(31):
        found.append(_times(found[-1], found[-1]))
    return found


_SQUARES = _squares()


def _power(size: int) -> int:
    """x to the power of so many bytes' bits."""
    product, place = _ONE, 3
    while size:
        if size & 1:
            product = _times(_SQUARES[place % 32], product)
        size, place = size >> 1, place + 1
    return product
