"""How the facet terms of a product are kept: the ids of its FacetTerms, packed into bytes."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable


def packed(ids: Iterable[int]) -> bytes:
    """Ids in ascending order, four bytes each, least significant first."""
    numbers = array("I", sorted(ids))
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def unpacked(terms: bytes | memoryview) -> array[int]:
    """The ids that `packed` made bytes of."""
    numbers = array("I")
    numbers.frombytes(terms)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
