"""The approved fragments and where they are placed, read once for all products of a channel."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from catalog import querysets
from catalog.aliases import Aliases
from exports.bundles import FragmentContent, Placed, SlotInfo


class Shelf(NamedTuple):
    """One fragment in one slot, wherever that is."""

    fragment: FragmentContent
    slot: SlotInfo
    position: int


class Placements:
    """`fragments` are those that are out, by lower-case code."""

    def __init__(self) -> None:
        # Frozen texts go on saying the codes of their day; here they say the present ones.
        aliases = Aliases()
        contents = {
            row.fragment_id: FragmentContent(row.fragment.code, row.number, aliases.in_revision(row.out or {}))
            for row in querysets.current_revisions()
        }
        self.fragments: Mapping[str, FragmentContent] = {row.code.lower(): row for row in contents.values()}
        slots = {row.pk: SlotInfo(row.code, row.multiple, row.rich, row.position) for row in querysets.slots()}
        self._shelves: dict[tuple[str, int], list[Shelf]] = defaultdict(list)
        for row in querysets.approved_placements():
            # A fragment approved or a slot made between these reads comes with the next release.
            if row.fragment_id in contents and row.slot_id in slots:
                shelf = Shelf(contents[row.fragment_id], slots[row.slot_id], row.position)
                for kind in ("product", "category", "family"):
                    if pk := getattr(row, f"{kind}_id"):
                        self._shelves[kind, pk].append(shelf)

    def on(self, kind: str, pk: int, owner: str, distance: int) -> Iterator[Placed]:
        """What is placed on a product, category or family that is so many steps away."""
        for shelf in self._shelves.get((kind, pk), ()):
            yield Placed(shelf.fragment, shelf.slot, kind, owner, distance, shelf.position)
