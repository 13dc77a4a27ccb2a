"""An entry ready to print, in the layout and the languages that are wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from exports.documents import Document
from exports.formats.base import Problem
from exports.pdf import measure
from exports.pdf.catalog.comparing import Grid, Spoken, comparison, joined, label_of, text_of
from exports.pdf.catalog.look import LINE, MM, Look
from exports.pdf.catalog.sides import FactsSideBySide, Side, facts_side_by_side
from exports.pdf.entries import LABEL, Entry, PictureSource, VariantTable, Writer
from exports.pdf.limits import clipped
from exports.pdf.resolution import pixels
from exports.web.locales import money_text

BESIDE, ROW = 640, 280  # pixels of a picture beside an entry (56 mm), and in a grid
LEAST, MOST = 58.0, 150.0  # mm that a large picture is high, on A4
HEAD, SLACK = 8, 3  # lines of name and headline under it, and what estimates may be wrong by
LONG = 14  # rows of a product in a grid that may be broken


@dataclass(frozen=True, slots=True)
class Row:
    """Of a grid: what can be ordered under a SKU."""

    sku: str
    cells: tuple[str, ...]
    price: str


@dataclass(frozen=True, slots=True)
class Article:
    """`sides` has the entry in every language, where there are several, and `facts` then their facts in rows.

    `height` is that of the large picture; `turns` says that what is not words goes on the next page.
    """

    entry: Entry
    sides: tuple[tuple[str, Entry], ...] = ()
    facts: tuple[FactsSideBySide, ...] = ()
    height: str = ""
    turns: bool = False
    rows: tuple[Row, ...] = ()

    @property
    def is_long(self) -> bool:
        return len(self.rows) > LONG if self.rows else self.entry.is_long

    @property
    def has_side(self) -> bool:
        """Whether there is something for the column beside the words."""
        return bool(self.entry.features or self.entry.related)

    @property
    def has_warnings(self) -> bool:
        return any(entry.warnings for _, entry in self.sides)

    @property
    def span(self) -> int:
        """Rows of a grid that the picture takes; the name is one."""
        return min(len(self.rows), 3) + 1

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """In the other languages, where it is called otherwise."""
        return tuple((language, one.name) for language, one in self.sides[1:] if one.name != self.entry.name)


class Articles:
    """Makes them. `names` are those of the entries, by SKU, in each language; `hidden` slots are printed elsewhere."""

    def __init__(
        self,
        sides: Sequence[Side],
        told: Mapping[str, Any],
        look: Look,
        words: Mapping[str, str],
        names: Sequence[Mapping[str, str]],
    ) -> None:
        self._sides, self._told, self._look, self._words, self._names = sides, told, look, words, names
        self._hidden = {told["foreword"], told["openings"]}

    def article(
        self,
        document: Document,
        variants: Sequence[Document],
        grid: Grid | None,
        picture: PictureSource,
        problems: list[Problem],
    ) -> Article:
        entries = [
            (side.language, self._entry(at, found, variants, picture, problems))
            for at, side in enumerate(self._sides)
            if (found := document if at == 0 else side.documents.get(document.sku))
        ]
        entry = self._with_variants(entries[0][1], variants)
        sides = tuple(entries) if len(self._sides) > 1 else ()
        if grid is not None:
            return Article(entry, sides, rows=self._rows(variants or [document], grid))
        facts = facts_side_by_side(self._sides, document.sku) if sides else ()
        height, turns = self._height(entry) if self._told["layout"] == "page" else (0.0, False)
        return Article(entry, sides, facts, f"{height:.0f}mm", turns)

    def _entry(
        self, at: int, document: Document, variants: Sequence[Document], picture: PictureSource, problems: list[Problem]
    ) -> Entry:
        side = self._sides[at]
        writer = Writer(side.publication, picture, problems, with_prices=self._told["prices"])
        own = [found for one in variants if (found := side.documents.get(one.sku))]
        entry = writer.entry(document, own, self._names[at], width=self._pixels())
        others = tuple((label, prose) for label, prose in entry.others if prose[0].slot not in self._hidden)
        hidden = self._hidden
        return replace(
            entry,
            headline="" if "headline" in hidden else entry.headline,
            teaser="" if "teaser" in hidden else entry.teaser,
            description=() if "description" in hidden else entry.description,
            features=() if "feature" in hidden else entry.features,
            others=others,
        )

    def _pixels(self) -> int:
        if self._told["layout"] == "grid":
            return ROW
        return pixels(self._look.text_width) if self._told["layout"] == "page" else BESIDE

    def spoken(self, document: Document) -> Spoken:
        """The same product in each language."""
        return [side.documents.get(document.sku) for side in self._sides]

    def price(self, document: Document) -> str:
        publication = self._sides[0].publication
        money = document.price(publication.currency) if self._told["prices"] else None
        return money_text(money, publication.language) if money else ""

    def _with_variants(self, entry: Entry, variants: Sequence[Document]) -> Entry:
        """The variants as they are wanted: listed, or compared."""
        spoken = [self.spoken(one) for one in variants]
        if self._told["comparison"] != "axes" and variants:
            prices = {one.sku: self.price(one) for one in variants}
            across = self._told["comparison"] == "columns"
            tables = comparison(spoken, prices, self._words, across=across)
            return replace(entry, variants=None, tables=(*tables, *entry.tables))
        if entry.variants is None or len(self._sides) == 1:
            return entry
        return replace(entry, variants=_in_all(entry.variants, variants, spoken))

    def _rows(self, products: Sequence[Document], grid: Grid) -> tuple[Row, ...]:
        rows = [(one, self.spoken(one)) for one in products]
        return tuple(
            Row(clipped(one.sku, LABEL), tuple(text_of(code, spoken) for code, _ in grid.columns), self.price(one))
            for one, spoken in rows
        )

    def _height(self, entry: Entry) -> tuple[float, bool]:
        """How high the large picture may be, and whether there is a page to turn; roughly.

        It takes what the words leave, and what else there is if that fits, too.
        """
        look = self._look
        page = look.text_height * MM / LINE - HEAD - SLACK
        words = _words(entry, look.text_width / 174, len(self._sides))
        below = measure.below(entry) * (1 if len(self._sides) == 1 else 1.8) + measure.prose_lines(entry.warnings, 150)
        least, most = (length * look.text_height / 255 for length in (LEAST, MOST))
        related = sum(1.5 + len(products) for _, products in entry.related)
        turns = (page - words - related - below) * LINE / MM < least
        room = (page - words - (0 if turns else related + below)) * LINE / MM
        return min(max(room, least), most), turns


def _words(entry: Entry, width: float, languages: int) -> float:
    """Lines of the words and of what stands beside them, on a page so much as wide as A4."""
    beside = 1 if languages > 1 else 0.55 if width >= 1 else 1.0
    words = 1.15 * measure.rows(entry.teaser, round(96 * width * beside)) + 1
    words += measure.prose_lines(entry.description, round(108 * width * beside))
    side = measure.prose_lines(entry.features, round(106 * width * (0.43 if beside < 1 else 1)))
    side += 0.45 * len(entry.features)
    if languages > 1:
        return (words + side) * languages * 1.1 + 4
    return max(words, side) if beside < 1 else words + side


def _in_all(table: VariantTable, variants: Sequence[Document], spoken: Sequence[Spoken]) -> VariantTable:
    """The table with axes and their values in each language."""
    codes = list(dict.fromkeys(code for variant in variants for code in variant.axes))
    labels = tuple(joined(label_of(code, spoken), LABEL) for code in codes)
    rows = tuple(
        replace(row, axes=tuple(text_of(code, one) for code in codes))
        for row, one in zip(table.rows, spoken, strict=True)
    )
    return replace(table, axes=labels, rows=rows)
