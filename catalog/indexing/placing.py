"""Which fragments count for a batch's products: as in a release, but for whom a text applies to and in which language.

A constant number of queries for a batch, and one for each rule; for a rule that varies, one for each whom it may answer
otherwise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Q

from catalog import inheritance, querysets
from catalog.many import one_of
from catalog.rules import Rules

if TYPE_CHECKING:
    from catalog.indexing.batch import Batch, Row


class Placed(NamedTuple):
    """A fragment in a slot that counts for a product; `slot` is the slot's code in lower case."""

    fragment_id: int
    slot_id: int
    slot: str


class Stands(NamedTuple):
    """A fragment placed in a slot, or taken out of it, at a level."""

    placed: Placed
    level: tuple[int, int]
    excluded: bool

    @property
    def what(self) -> tuple[int, int]:
        return self.placed[:2]


class Hangs(NamedTuple):
    """The same, wherever that is."""

    placed: Placed
    excluded: bool


# What hangs on each target: its kind, and its id or, of a rule, the filter's text.
Shelves = Mapping[tuple[str, int | str], Sequence[Hangs]]
# For each product what counts for it, nearest first.
Counting = Mapping[int, tuple[Placed, ...]]
_COLUMNS = ("fragment_id", "slot_id", "slot__code", "excluded", "product_id", "category_id", "family_id", "filter")


class Placements:
    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.rules = Rules(batch.ids, batch.schema.cached("rules", dict))
        self._for: dict[tuple[str, tuple[str, ...]], Counting] = {}

    def counting(self, channel: str, chain: tuple[str, ...]) -> Counting:
        """What counts on a channel ("" for all) in these languages."""
        per_channel, localizable = self._varies
        key = (channel if per_channel else "", chain if localizable else ())
        if key not in self._for:
            self._for[key] = {row.pk: tuple(self._of(row, channel, chain)) for row in self.batch.rows}
        return self._for[key]

    @cached_property
    def anywhere(self) -> Counting:
        """What counts for anybody."""
        schema = self.batch.schema
        askers = [("", schema.default_chain)]
        if any(self._varies):
            askers += [(channel, chain) for channel, chains in schema.channels.items() for chain in chains]
        found = [self.counting(*asker) for asker in askers]
        return {pk: tuple(dict.fromkeys(placed for each in found for placed in each[pk])) for pk in self.batch.ids}

    def meets(self, product: int, rule: str, channel: str, chain: tuple[str, ...]) -> bool:
        """Whether a product meets a rule; every one meets none."""
        return not rule or product in self.rules.met(rule, channel, chain)

    @cached_property
    def _varies(self) -> tuple[bool, bool]:
        return self.rules.varies(text for text, _ in self._ruled)

    # --- One product -------------------------------------------------------------------------------------------------
    def _of(self, row: Row, channel: str, chain: tuple[str, ...]) -> Iterator[Placed]:
        standing = [*self._around[row.pk]]
        line = self.batch.lines[row.pk]
        cut = inheritance.cuts(line)
        for text, hangs in self._ruled:
            if row.pk in self.rules.met(text, channel, chain) and _counts(cut, hangs.placed, len(line)):
                standing.append(Stands(hangs.placed, inheritance.level_of("filter", 0), hangs.excluded))
        found = (each.placed for each, by in inheritance.uncovered(standing) if by is None)
        return iter(dict.fromkeys(found))

    @cached_property
    def _around(self) -> Mapping[int, Sequence[Stands]]:
        """For each product what is placed on its line, its categories and its family and not cut off, nearest first."""
        paths = self._paths()
        shelves = self._shelves({pk for steps in paths.values() for pk in steps})
        self.batch.schema.load_revisions(
            {each.placed.fragment_id for rows in shelves.values() for each in rows}
            | {hangs.placed.fragment_id for _, hangs in self._ruled}
        )
        return {row.pk: list(_standing(self.batch.lines[row.pk], paths[row.pk], shelves)) for row in self.batch.rows}

    # --- What there is -----------------------------------------------------------------------------------------------
    def _paths(self) -> dict[int, dict[int, int]]:
        """For each product its categories and all above them, each with the steps up to it."""
        schema, categories = self.batch.schema, self.batch.categories
        schema.load_categories({pk for ids in categories.values() for pk in ids})
        return {
            pk: inheritance.category_distances(schema.path(own) for own in sorted(ids))
            for pk, ids in categories.items()
        }

    def _shelves(self, categories: Collection[int]) -> Shelves:
        everyone = {each.pk for line in self.batch.lines.values() for each in line}
        families = {row.family_id for row in self.batch.rows if row.family_id}
        return _hanging(one_of("product", everyone) | Q(family__in=families) | Q(category__in=categories))

    @cached_property
    def _ruled(self) -> Sequence[tuple[str, Hangs]]:
        """What rules place, for all batches of one refresh."""
        shelves = self.batch.schema.cached("ruled", lambda: _hanging(~Q(filter_key="")))
        return [(str(text), hangs) for (_, text), rows in shelves.items() for hangs in rows]


def _hanging(condition: Q) -> Shelves:
    found: dict[tuple[str, int | str], list[Hangs]] = defaultdict(list)
    rows = querysets.approved_placements().filter(condition)
    for fragment, slot, code, excluded, *targets in rows.values_list(*_COLUMNS):
        target = next(pair for pair in zip(inheritance.PLACED_ON, targets, strict=True) if pair[1])
        found[target].append(Hangs(Placed(fragment, slot, code.lower()), excluded))
    return found


def _standing(line: Sequence[Row], categories: Mapping[int, int], shelves: Shelves) -> Iterator[Stands]:
    cut = inheritance.cuts(line)
    family = line[0].family_id
    targets: Iterable[tuple[str, int, int, int]] = [
        *(("product", row.pk, depth, depth) for depth, row in enumerate(line)),
        *(("category", pk, steps, len(line)) for pk, steps in categories.items()),
        *([("family", family, 0, len(line))] if family else []),
    ]
    for kind, pk, distance, depth in targets:
        for placed, excluded in shelves.get((kind, pk), ()):
            if _counts(cut, placed, depth):
                yield Stands(placed, inheritance.level_of(kind, distance), excluded)


def _counts(cut: inheritance.Cuts, placed: Placed, depth: int) -> bool:
    return not cut or inheritance.counts(cut, inheritance.thing(inheritance.SLOT, placed.slot), depth)
