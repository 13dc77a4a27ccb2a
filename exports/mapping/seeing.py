"""What an expression sees of a product: its document, and the release around it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from exports.documents import Document, Fact, Node
from exports.formats.base import Work
from exports.text import one_line


class Value(NamedTuple):
    """`text` is for people; `raw` what machines read, where that is something else: the value of a fact."""

    text: str
    raw: Any = None


class Seen:
    """One document, in the eyes of a receiver's expressions."""

    def __init__(self, document: Document, around: Around) -> None:
        self.document, self.around = document, around

    @cached_property
    def facts(self) -> Mapping[str, Fact]:
        """By lower-case code."""
        return {code.lower(): fact for code, fact in self.document.facts.items()}


class Around:
    """What is the same for all documents of an edition."""

    def __init__(self, work: Work) -> None:
        self.publication, self.base_url = work.publication, work.base_url
        self.labels = dict(_labels(work.publication.navigation))
        self._lowered: dict[str, Mapping[str, str]] = {}

    def lowered(self, name: str, told: Mapping[str, Any]) -> Mapping[str, str]:
        """The option `name`, a table by codes, by lower-case code; worked out once."""
        if name not in self._lowered:
            self._lowered[name] = {code.lower(): text for code, text in told[name].items()}
        return self._lowered[name]

    def taxonomy(self, document: Document, by_category: Mapping[str, str]) -> str:
        """What a receiver calls the product's category: of the nearest one on the way up that has something."""
        for category in document.categories:
            for code in reversed((*category.path, category.code)):
                if found := by_category.get(code.lower()):
                    return found
        return ""

    def category(self, document: Document) -> str:
        """Labels from the navigation down to the first of the product's categories that stands in it, with " > "."""
        for category in document.categories:
            if category.code in self.labels:
                return " > ".join(self.labels[code] for code in category.path if code in self.labels)
        return ""


def _labels(nodes: Iterable[Node]) -> Iterator[tuple[str, str]]:
    for node in nodes:
        yield node.code, one_line(node.label)
        yield from _labels(node.children)
