"""Which product stands where in a catalogue: chapters and sections after the channel's navigation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from exports.documents import Document, Node


def anchor(kind: str, code: str) -> str:
    """The id of a place, by which links from inside and outside find it.

    Letters, digits and percent signs only: WeasyPrint 70 reads an attribute's value as CSS and stumbles over quotes.
    """
    return f"{kind}-{quote(code, safe='')}"


@dataclass(slots=True)
class Section:
    """A category with the products printed in it. `elsewhere` are those of it that an earlier section prints."""

    label: str
    anchor: str
    level: int
    entries: list[Document] = field(default_factory=list)
    elsewhere: list[tuple[Document, str]] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)

    def walk(self) -> Iterator[Section]:
        """Itself and those below, in the order of printing."""
        yield self
        for section in self.sections:
            yield from section.walk()

    def is_empty(self) -> bool:
        return not (self.entries or self.elsewhere or self.sections)


@dataclass(frozen=True, slots=True)
class Arrangement:
    """`variants` has the variants, of any depth, of each entry; `entry_of` the entry that tells of each SKU."""

    chapters: Sequence[Section]
    variants: Mapping[str, Sequence[Document]]
    entry_of: Mapping[str, str]


def arrange(documents: Iterable[Document], navigation: Sequence[Node], further: str) -> Arrangement:
    """Every document once: as an entry in the first of its categories, or as a variant in the entry of its group.

    A product in further categories is printed in the first and only named in the others. One without a category in
    the navigation goes into a last chapter called `further`.
    """
    by_sku = {document.sku: document for document in documents}
    entry_of = {sku: (groups_above(document, by_sku) or [sku])[-1] for sku, document in by_sku.items()}
    entries = [document for sku, document in by_sku.items() if entry_of[sku] == sku]
    return Arrangement(_chapters(entries, navigation, further), variants_of(by_sku.values()), entry_of)


def variants_of(documents: Iterable[Document]) -> dict[str, list[Document]]:
    """The variants of each group, of any depth, in the order of the documents. Groups within are not among them."""
    by_sku = {document.sku: document for document in documents}
    variants: dict[str, list[Document]] = {}
    for document in by_sku.values():
        if document.type != "group":
            for group in groups_above(document, by_sku):
                variants.setdefault(group, []).append(document)
    return variants


def groups_above(document: Document, by_sku: Mapping[str, Document]) -> list[str]:
    """The groups over `document` that there are, nearest first; none where it is its own ancestor."""
    groups: list[str] = []
    parent = document.parent
    while parent is not None and parent in by_sku and parent not in groups:
        if parent == document.sku:
            return []
        groups.append(parent)
        parent = by_sku[parent].parent
    return groups


def _chapters(entries: Sequence[Document], navigation: Sequence[Node], further: str) -> list[Section]:
    sections: dict[str, Section] = {}
    chapters = [_section(node, 1, sections) for node in navigation]
    order = {code: place for place, code in enumerate(sections)}
    rest = Section(further, "chapter-further", 1)
    for entry in entries:
        codes = sorted(
            {code for code in (_nearest(link.path, link.code, order) for link in entry.categories) if code},
            key=order.__getitem__,
        )
        home = sections[codes[0]] if codes else rest
        home.entries.append(entry)
        for code in codes[1:]:
            sections[code].elsewhere.append((entry, home.label))
    return [section for section in [*chapters, rest] if not _pruned(section).is_empty()]


def _section(node: Node, level: int, sections: dict[str, Section]) -> Section:
    section = sections[node.code] = Section(node.label, anchor("category", node.code), level)
    section.sections = [_section(child, level + 1, sections) for child in node.children]
    return section


def _nearest(path: Sequence[str], code: str, order: Mapping[str, int]) -> str | None:
    """The category itself where the navigation shows it, else the nearest one above it that it shows."""
    return next((step for step in (code, *reversed(path)) if step in order), None)


def _pruned(section: Section) -> Section:
    section.sections = [child for child in section.sections if not _pruned(child).is_empty()]
    return section
