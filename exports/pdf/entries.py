"""What a template gets of a product: words and numbers ready to print, within the limits of a page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from urllib.parse import quote

from exports.assembling.prose import shown
from exports.documents import Document, DocumentAsset, Fact, Money, Publication, Statement
from exports.formats.base import Problem
from exports.pdf.chapters import anchor
from exports.pdf.hazards import is_hazard
from exports.pdf.limits import CHARACTERS, bounded, clipped, paragraphs
from exports.pdf.measure import layout_of
from exports.pdf.typeset import Piece, pieces
from exports.web.locales import money_text
from exports.wording import word

NAME, LABEL, TEXT, FACT, CELL = 160, 80, 900, 600, 200  # characters at most
INLINE = 900  # pixels at most, of a picture in a text
COLUMNS = 8  # of a table of facts side by side
WIDE = 64  # characters of a fact from which it gets a row of its own

LANGUAGE = re.compile("[A-Za-z0-9-]+")

# (SKU, asset, width in pixels) -> src
PictureSource = Callable[[str, DocumentAsset | None, int], str]


@dataclass(frozen=True, slots=True)
class Prose:
    """`language` is set where it is another than the page's; `html` is well-formed and of our vocabulary.

    `place` is that of the statement in its document, from 0.
    """

    slot: str
    language: str
    html: str
    place: int = 0


@dataclass(frozen=True, slots=True)
class Picture:
    """`src` is "" where the picture cannot be had."""

    src: str
    alt: str


@dataclass(frozen=True, slots=True)
class FactPair:
    """A row of a table with two columns of facts; the right one may be empty. A long fact has a row alone."""

    label: str
    text: str
    right_label: str = ""
    right_text: str = ""
    is_wide: bool = False


@dataclass(frozen=True, slots=True)
class FactGroup:
    """Facts as label and text. Those too long for half the width are apart."""

    label: str
    facts: tuple[tuple[str, str], ...]
    long_facts: tuple[tuple[str, str], ...]
    code: str = ""

    def rows(self) -> list[FactPair]:
        """For a table that programs can read."""
        half = (len(self.facts) + 1) // 2
        right = [*self.facts[half:], ("", "")]
        pairs = [FactPair(*left, *right[row]) for row, left in enumerate(self.facts[:half])]
        return [*pairs, *(FactPair(*fact, is_wide=True) for fact in self.long_facts)]

    def pieces(self) -> list[Piece]:
        """For a table that is quick to set."""
        return pieces(self.facts)


@dataclass(frozen=True, slots=True)
class FactTable:
    """A fact of rows and columns, or as many of its columns as there is room for."""

    label: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class VariantRow:
    sku: str
    axes: tuple[str, ...]
    gtin: str
    price: str


@dataclass(frozen=True, slots=True)
class VariantTable:
    """`axes` are the labels of what varies; a row has a text for each."""

    axes: tuple[str, ...]
    rows: tuple[VariantRow, ...]
    has_gtin: bool
    has_price: bool


@dataclass(frozen=True, slots=True)
class Related:
    """`anchor` is "" for a product that is not in this PDF; `page` is 0 while nobody knows it."""

    sku: str
    name: str
    anchor: str
    page: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    anchor: str
    sku: str
    gtin: str
    name: str
    family: str
    headline: str
    teaser: str
    price: str
    picture: Picture
    description: tuple[Prose, ...]
    features: tuple[Prose, ...]
    others: tuple[tuple[str, tuple[Prose, ...]], ...]
    warnings: tuple[Prose, ...]
    facts: tuple[FactGroup, ...]
    tables: tuple[FactTable, ...]
    variants: VariantTable | None
    related: tuple[tuple[str, tuple[Related, ...]], ...]

    @property
    def layout(self) -> str:
        return layout_of(self)

    @property
    def is_long(self) -> bool:
        return self.layout in ("long", "dense")

    @property
    def has_side_notes(self) -> bool:
        """Warnings and relations are short enough to stand under the picture."""
        related = sum(len(one.name) + len(one.sku) for _, products in self.related for one in products)
        return sum(len(one.html) for one in self.warnings) + related < 1_400


SHOWN_APART = ("headline", "teaser", "description", "feature")


def anchor_of(sku: str) -> str:
    """The id of an entry, by which a link from outside can open a PDF at a product."""
    return anchor("sku", sku)


class Writer:
    """Makes entries of documents, for one publication."""

    def __init__(
        self, publication: Publication, picture: PictureSource, problems: list[Problem], *, with_prices: bool = True
    ) -> None:
        self._publication = publication
        self._picture = picture
        self._problems = problems
        self._with_prices = with_prices

    def entry(self, document: Document, variants: Sequence[Document], names: Mapping[str, str], *, width: int) -> Entry:
        """`names` are the names of the products with an entry in this PDF by SKU; `width` the picture's in pixels."""
        document = self._shown(document, names)
        return Entry(
            anchor=anchor_of(document.sku),
            sku=clipped(document.sku, LABEL),
            gtin=clipped(document.identifiers.get("gtin", ""), LABEL),
            name=clipped(document.name, NAME),
            family=clipped(document.family.get("label", ""), LABEL),
            headline=self._line(document, "headline"),
            teaser=self._line(document, "teaser"),
            price=self._price(document, variants),
            picture=self._main_picture(document, width),
            description=self._prose(document, "description"),
            features=self._prose(document, "feature"),
            others=self._others(document),
            warnings=self._prose(document, *filter(is_hazard, self._slots(document))),
            facts=self._facts(document),
            tables=self._tables(document),
            variants=self._variants(variants),
            related=self._related(document, names),
        )

    def _shown(self, document: Document, names: Mapping[str, str]) -> Document:
        """The document with links of its texts to entries of this PDF, and pictures as the renderer fetches them."""

        def source(asset: DocumentAsset) -> tuple[str, int, int]:
            return self._picture(document.sku, asset, min(asset.width or INLINE, INLINE)), 0, 0

        return shown(document, lambda sku: f"#{quote(anchor_of(sku), safe='')}" if sku in names else "", source)

    def _line(self, document: Document, slot: str) -> str:
        return clipped(" ".join(statement.text for statement in document.slot(slot)), TEXT)

    def _main_picture(self, document: Document, width: int) -> Picture:
        asset = document.picture()
        return Picture(self._picture(document.sku, asset, width), clipped(asset.alt, TEXT) if asset else "")

    def _others(self, document: Document) -> tuple[tuple[str, tuple[Prose, ...]], ...]:
        slots = ((label, self._prose(document, slot)) for slot, label in self._slots_apart())
        return tuple((clipped(label, LABEL), prose) for label, prose in slots if prose)

    def _slots_apart(self) -> Iterable[tuple[str, str]]:
        slots = self._publication.slots.items()
        return ((slot, label) for slot, label in slots if slot not in SHOWN_APART and not is_hazard(slot))

    def _slots(self, document: Document) -> Iterable[str]:
        return dict.fromkeys(statement.slot for statement in document.statements)

    def _prose(self, document: Document, *slots: str) -> tuple[Prose, ...]:
        return tuple(
            self._statement(document.sku, statement, place)
            for place, statement in enumerate(document.statements)
            if statement.slot in slots
        )

    def _statement(self, sku: str, statement: Statement, place: int) -> Prose:
        if not statement.html:
            html = paragraphs(statement.text)
        else:
            html, cuts = bounded(statement.html)
            self._problems.extend(Problem(sku, f"The {statement.slot} is cut. {cut}", fatal=False) for cut in cuts)
        foreign = statement.language != self._publication.language and LANGUAGE.fullmatch(statement.language)
        return Prose(statement.slot, statement.language if foreign else "", html, place)

    def _facts(self, document: Document) -> tuple[FactGroup, ...]:
        """In the channel's order of groups, without tables; groups it does not name come last."""
        groups: dict[str, list[tuple[str, str]]] = {code: [] for code in self._publication.groups}
        for code, fact in document.listed():
            if code not in document.tables:
                groups.setdefault(fact.group, []).append((clipped(fact.label, LABEL), clipped(fact.text, FACT)))
        labels = self._publication.groups
        return tuple(
            _group(code, clipped(labels.get(code, code), LABEL), rows) for code, rows in groups.items() if rows
        )

    def _tables(self, document: Document) -> tuple[FactTable, ...]:
        found = [(fact, document.tables[code]) for code, fact in document.listed() if code in document.tables]
        tables = [(clipped(fact.label, LABEL), self._printed(document.sku, fact, table)) for fact, table in found]
        return tuple(piece for label, table in tables for piece in _pieces(label, table))

    def _printed(self, sku: str, fact: Fact, table: Sequence[Sequence[str]]) -> Sequence[Sequence[str]]:
        """The table's head and as many rows as a page's layout can take; others are reported."""
        lengths = accumulate(sum(min(len(cell), CELL) for cell in row) for row in table)
        rows = sum(length <= CHARACTERS for length in lengths)
        if rows < len(table):
            cut = f"The table “{clipped(fact.label, LABEL)}” is longer than {CHARACTERS:,} characters"
            self._problems.append(Problem(sku, f"{cut}; its first {max(rows - 1, 0)} rows are printed.", fatal=False))
        return table[: max(rows, 1)]

    def _price(self, document: Document, variants: Sequence[Document]) -> str:
        """Its own, or "from" the lowest of its variants' where they differ."""
        prices = [money for one in variants if (money := one.price(self._publication.currency))]
        if len({money.amount for money in prices}) > 1 and self._with_prices:
            lowest = self._money(min(prices, key=lambda money: Decimal(money.amount)))
            return word(self._publication.language, "from_price").format(price=lowest)
        own = document.price(self._publication.currency) or (prices[0] if prices else None)
        return self._money(own)

    def _money(self, money: Money | None) -> str:
        if money is None or not self._with_prices:
            return ""
        return money_text(money, self._publication.language)

    def _variants(self, variants: Sequence[Document]) -> VariantTable | None:
        if not variants:
            return None
        axes: dict[str, str] = {}
        for variant in variants:
            for code in variant.axes:
                axes.setdefault(code, variant.facts[code].label if code in variant.facts else code)
        rows = tuple(self._variant(variant, tuple(axes)) for variant in variants)
        labels = tuple(clipped(label, LABEL) for label in axes.values())
        return VariantTable(labels, rows, any(row.gtin for row in rows), any(row.price for row in rows))

    def _variant(self, variant: Document, axes: Sequence[str]) -> VariantRow:
        texts = tuple(
            clipped(variant.facts[axis].text if axis in variant.facts else variant.axes.get(axis, ""), LABEL)
            for axis in axes
        )
        gtin = clipped(variant.identifiers.get("gtin", ""), LABEL)
        return VariantRow(
            clipped(variant.sku, LABEL), texts, gtin, self._money(variant.price(self._publication.currency))
        )

    def _related(self, document: Document, names: Mapping[str, str]) -> tuple[tuple[str, tuple[Related, ...]], ...]:
        """By kind of association, in the channel's order; only products that this PDF has."""
        kinds: dict[str, list[Related]] = {code: [] for code in self._publication.associations}
        for link in document.associations:
            if link.sku in names:
                related = Related(clipped(link.sku, LABEL), clipped(names[link.sku], NAME), anchor_of(link.sku))
                kinds.setdefault(link.type, []).append(related)
        labels = self._publication.associations
        return tuple((clipped(labels.get(code, code), LABEL), tuple(rows)) for code, rows in kinds.items() if rows)


def _pieces(label: str, table: Sequence[Sequence[str]]) -> Iterable[FactTable]:
    """A table that is too wide for the page follows in pieces, each beginning with the first column."""
    return (_piece(label, table, first) for first in range(1, max(2, len(table[0])), COLUMNS - 1))


def _piece(label: str, table: Sequence[Sequence[str]], first: int) -> FactTable:
    """The first column, and those from number `first` on that fit beside it."""
    heads, *rows = (
        tuple(clipped(cell, CELL) for cell in (*row[:1], *row[first : first + COLUMNS - 1])) for row in table
    )
    return FactTable(label, heads, tuple(rows))


def _group(code: str, label: str, facts: Sequence[tuple[str, str]]) -> FactGroup:
    short = tuple(fact for fact in facts if len(fact[1]) <= WIDE)
    return FactGroup(label, short, tuple(fact for fact in facts if len(fact[1]) > WIDE), code)
