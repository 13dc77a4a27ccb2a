"""Texts of a whole category, taken out of the documents of its products and printed once.

A fragment that is placed on a category reaches a channel in the document of every product of it; a release says nothing
of the category itself. So the text of a section is what all its entries have.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from exports.documents import Document, Statement
from exports.formats.base import Problem
from exports.pdf.chapters import Section


def shared_by(documents: Iterable[Document], slot: str) -> tuple[Statement, ...]:
    """The statements in a slot that all of the documents have, in the order of the first; none of no documents."""
    every = [document.slot(slot) for document in documents]
    return tuple(one for one in (every[0] if every else ()) if all(one in others for others in every))


def texts_of(chapters: Sequence[Section], slot: str) -> tuple[dict[str, tuple[Statement, ...]], list[Problem]]:
    """By a section's anchor, the statements that its entries share and not those above; and what no section prints."""
    found: dict[str, tuple[Statement, ...]] = {}
    problems: list[Problem] = []
    for chapter in chapters:
        _hoist(chapter, slot, (), found)
    for entry, above in _entries(chapters, ()):
        printed = {one for section in above for one in found.get(section.anchor, ())}
        problems.extend(_told(entry, slot, above[-1]) for one in entry.slot(slot) if one not in printed)
    return found, problems


def _hoist(section: Section, slot: str, above: tuple[Statement, ...], found: dict[str, tuple[Statement, ...]]) -> None:
    entries = [entry for below in section.walk() for entry in below.entries]
    own = tuple(one for one in shared_by(entries, slot) if one not in above)
    if own:
        found[section.anchor] = own
    for below in section.sections:
        _hoist(below, slot, (*above, *own), found)


def _entries(sections: Iterable[Section], above: tuple[Section, ...]) -> Iterator[tuple[Document, tuple[Section, ...]]]:
    for section in sections:
        path = (*above, section)
        yield from ((entry, path) for entry in section.entries)
        yield from _entries(section.sections, path)


def _told(entry: Document, slot: str, section: Section) -> Problem:
    message = f"Its text in the slot “{slot}” is not printed: not all products of “{section.label}” have it."
    return Problem(entry.sku, message, fatal=False)
