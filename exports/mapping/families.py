"""Variants with the topmost of their groups, in a stream."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import cast

from exports.documents import Document, from_bytes, to_bytes

_MEMORY = 1_000_000


class _Tree:
    """The groups seen so far, each with its parent."""

    def __init__(self) -> None:
        self.parents: dict[str, str | None] = {}

    def root(self, sku: str) -> tuple[str, bool]:
        """The topmost ancestor known of a group, itself included, and whether nothing can stand above it."""
        seen = {sku}
        while (parent := self.parents.get(sku)) is not None and parent not in seen:
            seen.add(parent)
            sku = parent
        return sku, sku in self.parents


def with_groups(documents: Iterable[Document]) -> Iterator[tuple[Document, str]]:
    """Every document that is no group, with the SKU of its root group or nothing.

    Groups sort before their variants nearly always. A variant that comes before one of its groups is kept on disk and
    comes last, so that memory holds nothing but the groups' SKUs.
    """
    tree = _Tree()
    with SpooledTemporaryFile(max_size=_MEMORY) as early:
        for document in documents:
            if document.type == "group":
                tree.parents[document.sku] = document.parent
                continue
            root, certain = tree.root(document.parent) if document.parent else ("", True)
            if certain:
                yield document, root
            else:
                early.write(to_bytes(document) + b"\n")
        early.seek(0)
        for line in early:
            document = from_bytes(line)
            yield document, tree.root(cast(str, document.parent))[0]
