"""How the facet terms of a product are kept: the ids of its FacetTerms, packed into bytes."""

from __future__ import annotations

import sys
from array import array
from bisect import insort
from collections.abc import Iterable, Set


def packed(ids: Iterable[int]) -> bytes:
    """Ids in ascending order, four bytes each, least significant first."""
    return _bytes(array("I", sorted(ids)))


def unpacked(terms: bytes | memoryview) -> array[int]:
    """The ids that `packed` made bytes of."""
    numbers = array("I")
    numbers.frombytes(terms)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def exchanged(terms: bytes | memoryview, of: frozenset[int], now: Set[int]) -> bytes | None:
    """The same with those ids in place of the ones that are `of` a set; None where they are the ones already."""
    ids = unpacked(terms)
    there = of.intersection(ids)
    if there == now:
        return None
    for one in there:
        ids.remove(one)
    for one in now:
        insort(ids, one)
    return _bytes(ids)


def _bytes(numbers: array[int]) -> bytes:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()
