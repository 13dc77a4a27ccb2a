"""The approved fragments and where they are placed, read once for all products of a channel, or for some of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django.db.models import Q
from django.db.models.functions import Lower

from catalog import querysets
from catalog.aliases import Aliases
from catalog.inheritance import PLACED_ON
from catalog.many import among
from catalog.models import FragmentRevision, Placement, Slot
from catalog.references import references_in
from exports.gathering.bundles import FragmentContent, Placed, SlotInfo
from exports.gathering.rules import rules_named


class Shelf(NamedTuple):
    """One fragment in one slot, or taken out of it, wherever that is."""

    fragment: FragmentContent
    slot: SlotInfo
    position: int
    excluded: bool
    supposed: bool


class Supposed(NamedTuple):
    """A placement that is not stored, and what its fragment would say."""

    placement: Placement
    content: FragmentContent


class Around(NamedTuple):
    """The ids of some products with all above them, of their families, and of their categories with all above."""

    products: Collection[int]
    families: Collection[int]
    categories: Collection[int]

    def condition(self) -> Q:
        """Of a placement: it is on one of these, or found by a rule."""
        return (
            Q(product__in=among(self.products))
            | Q(family__in=among(self.families))
            | Q(category__in=among(self.categories))
            | ~Q(filter="")
        )


class Placements:
    """`fragments` are those that are out, by lower-case code: all, or those around some products and what they name."""

    def __init__(self, around: Around | None = None, supposed: Supposed | None = None) -> None:
        rows = querysets.approved_placements()
        placements = list(rows if around is None else rows.filter(around.condition()))
        contents = _all() if around is None else _named({row.fragment_id for row in placements})
        if supposed is not None:
            contents.setdefault(supposed.placement.fragment_id, supposed.content)
            if around is not None:
                _complete(contents)
        self.fragments: Mapping[str, FragmentContent] = {row.code.lower(): row for row in contents.values()}
        self._slots = {row.pk: slot_info(row) for row in querysets.slots()}
        self._shelves: dict[tuple[str, Any], list[Shelf]] = defaultdict(list)
        self._put(placements, contents, supposed=False)
        if supposed is not None:
            self._put([supposed.placement], contents, supposed=True)
        self.ruled = [
            (text, shelf) for (kind, text), rows in self._shelves.items() if kind == "filter" for shelf in rows
        ]

    def _put(self, rows: Iterable[Placement], contents: Mapping[int, FragmentContent], *, supposed: bool) -> None:
        for row in rows:
            # A fragment approved or a slot made between these reads comes with the next release.
            if row.fragment_id in contents and row.slot_id in self._slots:
                fragment, slot = contents[row.fragment_id], self._slots[row.slot_id]
                targets = (row.product_id, row.category_id, row.family_id, row.filter)
                target = next(pair for pair in zip(PLACED_ON, targets, strict=True) if pair[1])
                self._shelves[target].append(Shelf(fragment, slot, row.position, row.excluded, supposed))

    def rules(self) -> dict[str, str]:
        """What rests on each rule there is, in words."""
        limited = ((str(row.content["applies"].get("products", "")), row.code) for row in self.fragments.values())
        return rules_named(
            ((text, shelf.fragment.code, shelf.slot.code) for text, shelf in self.ruled),
            (pair for pair in limited if pair[0]),
        )

    def on(self, kind: str, pk: int, owner: str, distance: int) -> Iterator[Placed]:
        """What is placed on a product, category or family that is so many steps away."""
        for shelf in self._shelves.get((kind, pk), ()):
            yield _placed(shelf, kind, owner, distance)

    def by_rules(self, met: frozenset[str]) -> Iterator[Placed]:
        """What these rules place."""
        return (_placed(shelf, "filter", text, 0) for text, shelf in self.ruled if text in met)


def _all() -> dict[int, FragmentContent]:
    return _contents(querysets.current_revisions())


def _named(wanted: Collection[int]) -> dict[int, FragmentContent]:
    """What is out of these fragments, by id, and of what their texts name: a query for each level of nesting."""
    found = _contents(querysets.current_revisions().filter(fragment__in=among(wanted))) if wanted else {}
    _complete(found)
    return found


def _complete(found: dict[int, FragmentContent]) -> None:
    """Put in what is out of the fragments that texts name."""
    asked = {row.code.lower() for row in found.values()}
    fresh: Collection[FragmentContent] = list(found.values())
    while codes := {code for row in fresh for code in _codes(row)} - asked:
        asked |= codes
        rows = querysets.current_revisions().alias(lower=Lower("fragment__code")).filter(lower__in=codes)
        more = _contents(rows)
        found |= more
        fresh = more.values()


def _codes(row: FragmentContent) -> Iterator[str]:
    """The fragments named in any language, in lower case."""
    for body in row.content["body"].values():
        if "{{" in body:
            yield from (each.code.lower() for each in references_in(body) if each.kind == "fragment")


def _contents(rows: Iterable[FragmentRevision]) -> dict[int, FragmentContent]:
    # Frozen texts go on saying the codes of their day; here they say the present ones.
    aliases = Aliases()
    return {
        row.fragment_id: FragmentContent(
            row.fragment.code, row.number, {**aliases.in_revision(row.out or {}), "outdated": row.outdated}
        )
        for row in rows
    }


def _placed(shelf: Shelf, kind: str, owner: str, distance: int) -> Placed:
    fragment, slot, position, excluded, supposed = shelf
    return Placed(fragment, slot, kind, owner, distance, position, excluded, supposed)


def slot_info(slot: Slot) -> SlotInfo:
    return SlotInfo(slot.code, slot.multiple, slot.rich, slot.position)
