"""The catalogue chapter by chapter, each with the page numbers that come before it: the road that keeps tags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from exports.documents import Document
from exports.pdf.catalog.articles import Article
from exports.pdf.catalog.comparing import Grid
from exports.pdf.catalog.lists import spread
from exports.pdf.catalog.plan import LOGO, Heading, Plan, elsewhere
from exports.pdf.catalog.trimming import trimmed
from exports.pdf.chapters import Section
from exports.pdf.engine import Part, Press
from exports.pdf.entries import Related


@dataclass(frozen=True, slots=True)
class Block:
    """A section of a chapter ready to print; the chapter itself is the first."""

    heading: Heading
    articles: tuple[Article, ...]
    elsewhere: tuple[tuple[Related, str], ...]
    begins_long: bool
    grid: Grid | None


def write(plan: Plan, out: BinaryIO) -> None:
    """Raises ExportError."""
    styles = plan.look.styles("catalog_flowing")
    work = plan.work
    with (
        Press(work.files, styles, work.problems, work.workshop) as press,
        trimmed(plan.look, out) as untrimmed,
    ):
        plan.shared["logo"] = press.picture("", plan.logo, LOGO)
        press.bind(Flow(press, plan).parts(), untrimmed, tagged=True)


class Flow:
    """Parts are rendered in the order of their pages, but the contents last.

    Where entries name the pages of others, all is rendered twice: the first time for the numbers.
    """

    def __init__(self, press: Press, plan: Plan) -> None:
        self._press, self._plan = press, plan
        self._pages: dict[str, int] = {}
        self._problems = plan.work.problems

    def parts(self) -> list[Part]:
        parts = self._parts()
        if not self._plan.told["references"]:
            return parts
        self._problems = []  # those of the second time are the same
        return self._parts()

    def _parts(self) -> list[Part]:
        plan = self._plan
        front = self._bodies(("cover",) if plan.told["cover"] else (), [])
        contents = [self._list("contents", plan.words["contents"], {}, _next(front))] if plan.told["contents"] else []
        rest: list[Part] = []  # the contents are rendered now for their length, and again with the numbers
        if plan.foreword:
            texts = {"code": "foreword", "heading": plan.words["foreword"], "texts": plan.foreword}
            rest.append(self._body("catalog/text_page", _next([*front, *contents]), **texts))
        for number, chapter in enumerate(plan.chapters, 1):
            rest.append(self._chapter(number, chapter, _next([*front, *contents, *rest])))
            self._note(rest[-1])
        for listing in plan.listings():
            lines = spread(listing.at(self._pages), plan.look.halves)
            first = _next([*front, *contents, *rest])
            rest.append(self._render("catalog/list", first, code=listing.code, heading=listing.title, pages=lines))
            self._note(rest[-1])
        end = ("imprint", "back") if plan.shared["back_cover"] else ("imprint",)
        rest += self._bodies(end, [*front, *contents, *rest])
        if contents:
            contents = [self._list("contents", plan.words["contents"], self._pages, _next(front))]
        return [*front, *contents, *rest]

    def _note(self, part: Part) -> None:
        self._pages.update(part.anchors)

    def _bodies(self, names: tuple[str, ...], before: list[Part]) -> list[Part]:
        found: list[Part] = []
        for name in names:
            found.append(self._body(BODIES[name], _next([*before, *found])))
        return found

    def _body(self, template: str, first_page: int, **context: Any) -> Part:
        return self._render("catalog/page", first_page, body=f"exports/pdf/{template}.html", **context)

    def _list(self, code: str, title: str, pages: Mapping[str, int], first_page: int) -> Part:
        lines = spread(self._plan.contents(pages), self._plan.look.halves)
        return self._render("catalog/list", first_page, code=code, heading=title, pages=lines)

    def _render(self, template: str, first_page: int, **context: Any) -> Part:
        return self._press.render(self._plan.html(template, **context), first_page=first_page)

    def _chapter(self, number: int, chapter: Section, first_page: int) -> Part:
        articles = {
            document.sku: self._made(document, section) for section in chapter.walk() for document in section.entries
        }
        blocks = [self._block(section, articles) for section in chapter.walk()]
        grand = blocks[0].begins_long or bool(blocks[0].heading.texts)
        context = {"chapter": chapter, "number": number, "blocks": blocks, "grand": grand}
        return self._render("catalog/chapter", first_page, **context)

    def _made(self, document: Document, section: Section) -> Article:
        """With the page numbers of what it names."""
        article = self._plan.article(document, section, self._press.picture, self._problems)
        if not self._plan.told["references"]:
            return article
        related = tuple((label, tuple(map(self._numbered, products))) for label, products in article.entry.related)
        return replace(article, entry=replace(article.entry, related=related))

    def _numbered(self, product: Related) -> Related:
        return replace(product, page=self._pages.get(product.anchor, 0))

    def _block(self, section: Section, articles: Mapping[str, Article]) -> Block:
        own = tuple(articles[document.sku] for document in section.entries)
        first = next((document.sku for below in section.walk() for document in below.entries), None)
        begins_long = first is not None and self._plan.begins_page(articles[first])
        found = tuple((self._numbered(product), label) for product, label in elsewhere(section))
        return Block(self._plan.headings[section.anchor], own, found, begins_long, self._plan.grids.get(section.anchor))


BODIES = {"cover": "cover_body", "imprint": "imprint_body", "back": "catalog/back"}


def _next(parts: list[Part]) -> int:
    return parts[-1].next_page if parts else 1
