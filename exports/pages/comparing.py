"""Two editions of one output, page by page: which stayed, which changed, and what of the products on them did."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal, NamedTuple

from exports.documents import Document, to_bytes
from exports.models import Edition
from exports.pages import mapping
from exports.pages.aligning import Pair, aligned
from exports.pages.looking import prints
from exports.pages.mapping import Map, by_page, documents_of, map_of, slot_of
from exports.releasing.comparing import Entry
from exports.releasing.comparing import compared as differing

What = Literal["added", "removed", "changed", "on this page", "from another page", "to another page"]
STAYED = ("same", "moved")


class NotComparable(ValueError):
    """The message is for the person who asked."""


class Change(NamedTuple):
    """A product on a page. Of one that changed, `entries` are the facts and statements, where they can be told."""

    sku: str
    what: What
    entries: tuple[Entry, ...] = ()


class Turned(NamedTuple):
    """A page that changed, and the products that differ on it."""

    pair: Pair
    products: tuple[Change, ...]


class Stayed(NamedTuple):
    """Pages that follow each other and read as they did: `first` and `last` of each edition."""

    old: tuple[int, int]
    new: tuple[int, int]

    @property
    def moved_by(self) -> int:
        return self.new[0] - self.old[0]


@dataclass(frozen=True)
class Comparison:
    """`inputs` is what else they were made with, such as another release or option: name, old and new."""

    old: Edition
    new: Edition
    inputs: tuple[tuple[str, str, str], ...]
    pages: tuple[Stayed | Turned, ...]

    @property
    def changed(self) -> list[Turned]:
        return [one for one in self.pages if isinstance(one, Turned)]


def compared(old: Edition, new: Edition, seconds: float = 3_600.0) -> Comparison:
    """A constant number of queries. Raises NotComparable, exports.pages.looking.NoPages, and Unfinished after about so
    many seconds: another call goes on."""
    if old.output_id != new.output_id:
        raise NotComparable("These are editions of two outputs: compare two of one.")
    pairs = aligned(prints(old, seconds), prints(new, seconds))
    telling = _Telling(old, new, [pair for pair in pairs if pair.state not in STAYED])
    return Comparison(old, new, tuple(_inputs(old, new)), tuple(_folded(pairs, telling)))


def _folded(pairs: Iterable[Pair], telling: _Telling) -> Iterator[Stayed | Turned]:
    def kind(pair: Pair) -> Any:
        stays = pair.state in STAYED and pair.old is not None and pair.new is not None
        return ("stays", pair.new - pair.old) if stays and pair.new and pair.old else pair

    for _, group in groupby(pairs, kind):
        row = list(group)
        first, last = row[0], row[-1]
        if first.state in STAYED and first.old and first.new and last.old and last.new:
            yield Stayed((first.old, last.old), (first.new, last.new))
        else:
            yield Turned(first, telling.on(first))


class _Telling:
    """What differs of the products on pages that changed."""

    def __init__(self, old: Edition, new: Edition, pairs: Iterable[Pair]) -> None:
        self._maps = map_of(old), map_of(new)
        self._on = by_page(self._maps[0]), by_page(self._maps[1])
        skus = {sku for pair in pairs for sku in self._skus(pair)}
        self._can_tell = old.release.pruned_at is None and new.release.pruned_at is None
        self._sides = documents_of(old, skus), documents_of(new, skus)
        below = {variant for side in self._sides for one in side.values() for variant in one.variants}
        if below:
            self._sides[0].update(documents_of(old, below))
            self._sides[1].update(documents_of(new, below))

    def _skus(self, pair: Pair) -> list[str]:
        both = (*self._on[0].get(pair.old or 0, ()), *self._on[1].get(pair.new or 0, ()))
        return list(dict.fromkeys(both))

    def on(self, pair: Pair) -> tuple[Change, ...]:
        found = (change for sku in self._skus(pair) for change in self._of(sku, pair))
        return tuple(found)

    def _of(self, sku: str, pair: Pair) -> Iterator[Change]:
        was, comes = sku in self._maps[0], sku in self._maps[1]
        if not was or not comes:
            yield Change(sku, "added" if comes else "removed")
            return
        changes = list(self._changes(sku, pair))
        here = (sku in self._on[0].get(pair.old or 0, ()), sku in self._on[1].get(pair.new or 0, ()))
        if here != (True, True):
            yield Change(sku, "to another page" if here[0] else "from another page", _entries_of(changes, sku))
            changes = [change for change in changes if change.sku != sku]
        yield from changes

    def _changes(self, sku: str, pair: Pair) -> Iterator[Change]:
        """What differs of a product and its variants, as far as it stands on this page."""
        old, new = (side.get(sku) for side in self._sides)
        if not self._can_tell:
            yield Change(sku, "on this page")
            return
        if old is None or new is None:
            return
        entries = tuple(entry for entry in _difference(old, new) if self._is_here(entry, sku, pair))
        if entries:
            yield Change(sku, "changed", entries)
        if self._begins(sku, pair):
            said = {entry[:5] for entry in _difference(old, new)}
            for variant in dict.fromkeys((*old.variants, *new.variants)):
                yield from self._variant(variant, said)

    def _variant(self, sku: str, said: Collection[Any]) -> Iterator[Change]:
        """What its group does not say as well."""
        old, new = (side.get(sku) for side in self._sides)
        if old is None or new is None:
            if (old is None) != (new is None):
                yield Change(sku, "added" if old is None else "removed")
        elif entries := tuple(entry for entry in _difference(old, new) if entry[:5] not in said):
            yield Change(sku, "changed", entries)

    def _is_here(self, entry: Entry, sku: str, pair: Pair) -> bool:
        """Statements and facts are where the maps have them; what they do not have is told where the entry begins."""
        marked = [(number, mark) for places in self._places(sku) for number, marks in places.items() for mark in marks]
        where = {number for number, mark in marked if self._is_of(mark, entry, sku)}
        return bool(where & {(0, pair.old), (1, pair.new)}) if where else self._begins(sku, pair)

    def _places(self, sku: str) -> list[dict[tuple[int, int], Iterable[str]]]:
        return [
            {(side, int(number)): marks for number, marks in pages.get(sku, {}).items()}
            for side, pages in enumerate(self._maps)
        ]

    def _is_of(self, mark: str, entry: Entry, sku: str) -> bool:
        documents = [side.get(sku) for side in self._sides]
        if entry.kind == "statement":
            return any(slot_of(mark, document) == entry.code for document in documents)
        facts = (document.facts.get(entry.code) for document in documents if document)
        return entry.kind == "fact" and any(fact and mark == mapping.FACTS + fact.group for fact in facts)

    def _begins(self, sku: str, pair: Pair) -> bool:
        pages: tuple[Map, Map] = self._maps
        firsts = [min(map(int, side.get(sku, {})), default=0) for side in pages]
        return pair.old == firsts[0] or pair.new == firsts[1]


def _entries_of(changes: Iterable[Change], sku: str) -> tuple[Entry, ...]:
    return next((change.entries for change in changes if change.sku == sku), ())


def _difference(old: Document, new: Document) -> tuple[Entry, ...]:
    before, behind = to_bytes(old), to_bytes(new)
    return differing(old.sku, "", before, behind).entries if before != behind else ()


def _inputs(old: Edition, new: Edition) -> Iterator[tuple[str, str, str]]:
    if old.release_id != new.release_id:
        yield "release", str(old.release.number), str(new.release.number)
    before, behind = old.made_with, new.made_with
    if not before or not behind:
        return
    said, says = before["output"][2], behind["output"][2]
    for name in sorted({*said, *says}):
        if said.get(name) != says.get(name):
            yield f"option “{name}”", _said(said.get(name)), _said(says.get(name))
    for name, label in (("site", "address"), ("code", "templates"), ("renderer", "WeasyPrint"), ("fonts", "fonts")):
        if before[name] != behind[name]:
            yield label, _said(before[name]), _said(behind[name])
    if before["output"][1] != behind["output"][1]:
        yield "language", before["output"][1], behind["output"][1]


def _said(value: Any) -> str:
    return "–" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def as_json(found: Comparison) -> dict[str, Any]:
    """As plain data: stretches of pages that stayed, and pages that changed with their products."""
    return {
        "output": found.old.output.code,
        "old": _named(found.old),
        "new": _named(found.new),
        "inputs": [{"name": name, "old": old, "new": new} for name, old, new in found.inputs],
        "pages": [_page(one) for one in found.pages],
    }


def _named(edition: Edition) -> Mapping[str, Any]:
    return {"id": edition.pk, "release": edition.release.number, "digest": edition.digest}


def _page(one: Stayed | Turned) -> dict[str, Any]:
    if isinstance(one, Stayed):
        return {"state": "stayed", "old": list(one.old), "new": list(one.new)}
    products = [
        {
            "sku": change.sku,
            "what": change.what,
            "entries": [
                {name: value for name, value in entry._asdict().items() if name != "words"} for entry in change.entries
            ],
        }
        for change in one.products
    ]
    return {"state": one.pair.state, "old": one.pair.old, "new": one.pair.new, "products": products}
