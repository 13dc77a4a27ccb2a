"""The catalogue chapter by chapter, each with the page numbers that come before it: the road that keeps tags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from exports.pdf.catalog.plan import Plan, elsewhere, styles
from exports.pdf.chapters import Section
from exports.pdf.engine import Part, Press
from exports.pdf.entries import LABEL, Entry, Related
from exports.pdf.limits import clipped
from exports.pdf.lists import spread


@dataclass(frozen=True, slots=True)
class Block:
    """A section of a chapter ready to print; the chapter itself is the first."""

    level: int
    label: str
    anchor: str
    entries: tuple[Entry, ...]
    elsewhere: tuple[tuple[Related, str], ...]
    begins_long: bool


def write(plan: Plan, out: BinaryIO) -> None:
    """Raises ExportError."""
    with Press(
        plan.work.files, styles("common", "catalog", "catalog_flowing"), plan.work.problems, plan.work.workshop
    ) as press:
        press.bind(Flow(press, plan).parts(), out, tagged=True)


class Flow:
    """Parts are rendered in the order of their pages, but the contents last."""

    def __init__(self, press: Press, plan: Plan) -> None:
        self._press, self._plan = press, plan

    def parts(self) -> list[Part]:
        cover = self._render("cover", 1)
        contents = self._contents({}, cover.next_page)  # for its length: every page number is 0
        body: list[Part] = []
        pages: dict[str, int] = {}
        for number, chapter in enumerate(self._plan.chapters, 1):
            body.append(self._chapter(number, chapter, (body or [contents])[-1].next_page))
            pages.update(body[-1].anchors)
        body.append(self._render("index", (body or [contents])[-1].next_page, pages=spread(self._plan.index(pages))))
        pages.update(body[-1].anchors)
        body.append(self._render("imprint", body[-1].next_page))
        return [cover, self._contents(pages, cover.next_page), *body]

    def _render(self, template: str, first_page: int, **context: Any) -> Part:
        return self._press.render(self._plan.html(template, **context), first_page=first_page)

    def _contents(self, pages: Mapping[str, int], first_page: int) -> Part:
        return self._render("contents", first_page, pages=spread(self._plan.contents(pages)))

    def _chapter(self, number: int, chapter: Section, first_page: int) -> Part:
        entries = {
            document.sku: self._plan.entry(document, self._press.picture, self._plan.work.problems)
            for section in chapter.walk()
            for document in section.entries
        }
        blocks = [_block(section, entries) for section in chapter.walk()]
        return self._render("chapter", first_page, chapter=chapter, number=number, blocks=blocks)


def _block(section: Section, entries: Mapping[str, Entry]) -> Block:
    own = tuple(entries[document.sku] for document in section.entries)
    first = next((document.sku for below in section.walk() for document in below.entries), None)
    begins_long = first is not None and entries[first].is_long
    return Block(section.level, clipped(section.label, LABEL), section.anchor, own, elsewhere(section), begins_long)
