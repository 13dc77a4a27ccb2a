"""A comparison of two editions as a page of the admin shows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.safestring import SafeString, mark_safe

from catalog.admin.presenting import Tone
from catalog.differences import as_html, shortened
from exports.models import Edition
from exports.pages import looking
from exports.pages.comparing import Change, Comparison, Stayed, Turned
from exports.releasing.comparing import Entry

SHOWN = 8  # changed pages at once
_TONES: dict[str, Tone] = {"added": "good", "changed": "info", "removed": "bad"}


class Side(NamedTuple):
    """A page of one of the editions, and the places on it that differ, in thousandths of its width and height."""

    edition: Edition
    number: int
    regions: list[tuple[int, int, int, int]]


class Line(NamedTuple):
    """What differs of a product: `words` is markup of a text's two sides in one, or nothing."""

    what: str
    old: str
    new: str
    words: SafeString | str


class Product(NamedTuple):
    sku: str
    what: str
    tone: Tone
    lines: list[Line]


class Row(NamedTuple):
    """Pages that stayed, in words, or one that changed, from both sides."""

    title: str
    state: str = ""
    tone: Tone = "plain"
    sides: tuple[Side, ...] = ()
    products: tuple[Product, ...] = ()


@dataclass(frozen=True)
class Rows:
    """`following` is the place to go on from, 0 at the end."""

    rows: list[Row]
    following: int


def shown(found: Comparison, start: int) -> Rows:
    """From place `start` of the comparison on. Where changed pages differ is looked up for these alone."""
    rows: list[Row] = []
    turned = 0
    for place, one in enumerate(found.pages[start:], start):
        if isinstance(one, Stayed):
            rows.append(Row(_stayed(one)))
            continue
        if turned == SHOWN:
            return Rows(rows, place)
        turned += 1
        rows.append(_turned(found, one))
    return Rows(rows, 0)


def _stayed(one: Stayed) -> str:
    old = _range(*one.old)
    return f"{old} stayed" if not one.moved_by else f"{old} stayed, now {_range(*one.new).lower()}"


def _range(first: int, last: int) -> str:
    return f"Page {first}" if first == last else f"Pages {first}–{last}"


def _turned(found: Comparison, one: Turned) -> Row:
    old, new, state = one.pair
    numbers = " → ".join(str(number) for number in dict.fromkeys((old, new)) if number)
    products = tuple(Product(c.sku, c.what, _TONES.get(c.what, "plain"), list(_lines(c))) for c in one.products)
    return Row(f"Page {numbers}", state, _TONES[state], tuple(_sides(found, old, new)), products)


def _sides(found: Comparison, old: int | None, new: int | None) -> Iterator[Side]:
    places = looking.regions(found.old, old, found.new, new) if old and new else ([], [])
    for edition, number, regions in ((found.old, old, places[0]), (found.new, new, places[1])):
        if number:
            yield Side(edition, number, [_thousandths(region) for region in regions])


def _thousandths(region: looking.Region) -> tuple[int, int, int, int]:
    """Left, top, width and height, with a little room around."""
    left, top, right, bottom = (round(share * 1_000) for share in region)
    return max(0, left - 4), max(0, top - 3), right - left + 8, bottom - top + 6


def _lines(change: Change) -> Iterator[Line]:
    for entry in change.entries:
        yield Line(_what(entry), entry.old, entry.new, _words(entry))


def _what(entry: Entry) -> str:
    return entry.kind if entry.label == entry.kind else f"{entry.kind} {entry.label}"


def _words(entry: Entry) -> SafeString | str:
    # Whatever comes from texts is escaped by `as_html`.
    return mark_safe(as_html(shortened(entry.words))) if entry.words else ""
