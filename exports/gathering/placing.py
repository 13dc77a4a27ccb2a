"""The approved fragments and where they are placed, read once for all products of a channel."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from catalog import querysets
from catalog.aliases import Aliases
from catalog.inheritance import PLACED_ON
from catalog.models import Placement, Slot
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


class Placements:
    """`fragments` are those that are out, by lower-case code."""

    def __init__(self, supposed: Supposed | None = None) -> None:
        # Frozen texts go on saying the codes of their day; here they say the present ones.
        aliases = Aliases()
        contents = {
            row.fragment_id: FragmentContent(
                row.fragment.code, row.number, {**aliases.in_revision(row.out or {}), "outdated": row.outdated}
            )
            for row in querysets.current_revisions()
        }
        if supposed is not None:
            contents.setdefault(supposed.placement.fragment_id, supposed.content)
        self.fragments: Mapping[str, FragmentContent] = {row.code.lower(): row for row in contents.values()}
        self._slots = {row.pk: slot_info(row) for row in querysets.slots()}
        self._shelves: dict[tuple[str, Any], list[Shelf]] = defaultdict(list)
        self._put(querysets.approved_placements(), contents, supposed=False)
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


def _placed(shelf: Shelf, kind: str, owner: str, distance: int) -> Placed:
    fragment, slot, position, excluded, supposed = shelf
    return Placed(fragment, slot, kind, owner, distance, position, excluded, supposed)


def slot_info(slot: Slot) -> SlotInfo:
    return SlotInfo(slot.code, slot.multiple, slot.rich, slot.position)
