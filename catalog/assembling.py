"""What documents would be if they were released now. Rooms above, which make them, say how; the knowledge base asks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple, TypeAlias


class Key(NamedTuple):
    """One document: channel's code, SKU, language."""

    channel: str
    sku: str
    language: str

    def __str__(self) -> str:
        return f"{self.sku} ({self.channel}, {self.language})"


class Carrier(NamedTuple):
    """A document that carries fragments: the digest of its bytes and of what is amiss, and the codes asked for."""

    digest: str
    codes: frozenset[str]


# Given codes of fragments in lower case, and SKUs: the documents that carry any of the fragments, placed on the product
# or named by one that is, and those of the products.
Assembler: TypeAlias = Callable[[Collection[str], Collection[str]], Mapping[Key, Carrier]]
ASSEMBLERS: list[Assembler] = []


def carriers(codes: Collection[str], skus: Collection[str] = ()) -> dict[Key, Carrier]:
    """All documents, of whatever room, that carry one of these fragments or are of one of these products."""
    found: dict[Key, Carrier] = {}
    for assembler in ASSEMBLERS:
        found.update(assembler(codes, skus))
    return found
