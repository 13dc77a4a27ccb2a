"""What tells products apart: the facts in which some differ, as columns of a grid and as tables of variants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from exports.documents import Document, Fact
from exports.pdf.entries import CELL, LABEL, FactTable
from exports.pdf.limits import clipped

WIDEST = 28  # characters of a cell that still is one
FEW = 3  # columns, which a table has at least
SIDE_BY_SIDE = 5  # variants in one table, if each has a column

# A column: the code of a fact, and its label in each language.
Column = tuple[str, tuple[str, ...]]
# The same product in each language; None where one has not got it.
Spoken = Sequence[Document | None]


def joined(texts: Iterable[str], limit: int = CELL) -> str:
    """Texts in several languages as one, each once."""
    return clipped(" / ".join(dict.fromkeys(text for text in texts if text)), limit)


def label_of(code: str, products: Iterable[Spoken]) -> tuple[str, ...]:
    """What a fact is called in each language, by the first product that has it."""
    for spoken in products:
        if spoken[0] is not None and code in spoken[0].facts:
            return tuple(one.facts[code].label for one in spoken if one is not None and code in one.facts)
    return (code,)


def text_of(code: str, spoken: Spoken) -> str:
    """A fact's text in each language; an axis that is no fact by its code."""
    found = [one.facts[code].text for one in spoken if one is not None and code in one.facts]
    first = spoken[0]
    return joined(found or ([first.axes.get(code, "")] if first is not None else []))


def differing(documents: Sequence[Document]) -> list[str]:
    """The codes of the facts in which some differ: axes first, then as facts are listed. Tables and names are none."""
    axes = [code for code in dict.fromkeys(code for one in documents for code in one.axes) if _differs(code, documents)]
    listed = dict.fromkeys(
        code for document in documents for code, _ in document.listed() if code not in document.tables
    )
    return [*axes, *(code for code in listed if code not in axes and _differs(code, documents))]


def _differs(code: str, documents: Iterable[Document]) -> bool:
    return len({one.facts[code].text if code in one.facts else one.axes.get(code, "") for one in documents}) > 1


@dataclass(frozen=True, slots=True)
class Grid:
    """The columns of a section's table besides the one with SKUs; `has_price` says whether the last has prices."""

    columns: tuple[Column, ...]
    has_price: bool

    @property
    def width(self) -> int:
        """Columns beside the picture."""
        return 1 + len(self.columns) + self.has_price

    def heads(self) -> tuple[str, ...]:
        return tuple(joined(labels, LABEL) for _, labels in self.columns)


def grid_of(products: Sequence[Spoken], wanted: Sequence[str], most: int, *, has_price: bool) -> Grid:
    """The columns for these products: those wanted that any has, else those that matter, `most` of them."""
    documents = [spoken[0] for spoken in products if spoken[0] is not None]
    known = {code for document in documents for code in (*document.facts, *document.axes)}
    codes = [code for code in wanted if code in known] if wanted else _telling(documents, most)
    return Grid(tuple((code, label_of(code, products)) for code in codes[:most]), has_price)


def _telling(documents: Sequence[Document], most: int) -> list[str]:
    """What differs, axes first, then the facts that most products have; where little differs, further facts."""
    having = Counter(code for document in documents for code, _ in document.listed())
    unfit = {code for one in documents for code, fact in one.listed() if _is_unfit(fact)}
    axes = {code for document in documents for code in document.axes}
    found = [code for code in differing(documents) if code not in unfit and 2 * having[code] > len(documents)]
    if len(found) < FEW:
        found += [code for code in having if code not in unfit and code not in found][: FEW - len(found)]
    kept = sorted(found, key=lambda code: (code not in axes, -having[code]))[:most]
    return [code for code in found if code in kept]


def _is_unfit(fact: Fact) -> bool:
    """Of facts that nobody chooses by, and of texts that no column holds."""
    return fact.role in ("gtin", "mpn", "brand") or fact.type == "date" or len(fact.text) > WIDEST


def comparison(
    variants: Sequence[Spoken], prices: Mapping[str, str], labels: Mapping[str, str], *, across: bool
) -> Iterator[FactTable]:
    """Tables with all in which variants differ. `across`: a column for each, else a row.

    `prices` are texts by SKU; `labels` has what “variants”, “sku” and “price” are called.
    """
    documents = [spoken[0] for spoken in variants if spoken[0] is not None]
    codes = differing(documents)
    heads = [labels["sku"], *(joined(label_of(code, variants), LABEL) for code in codes)]
    rows = [
        [clipped(one.sku, LABEL), *(text_of(code, spoken) for code in codes)]
        for one, spoken in zip(documents, variants, strict=True)
    ]
    if any(prices.values()):
        heads.append(labels["price"])
        rows = [[*row, prices.get(one.sku, "")] for row, one in zip(rows, documents, strict=True)]
    if across:
        for at in range(0, len(rows), SIDE_BY_SIDE):
            turned = list(zip(heads, *rows[at : at + SIDE_BY_SIDE], strict=True))
            yield FactTable(labels["variants"], turned[0], tuple(turned[1:]))
        return
    for at in range(1, max(2, len(heads)), SIDE_BY_SIDE):
        part = slice(at, at + SIDE_BY_SIDE)
        body = tuple((row[0], *row[part]) for row in rows)
        yield FactTable(labels["variants"], (heads[0], *heads[part]), body)
