"""What one product has of its own, from above it and from its categories and family, with where each comes from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog import inheritance
from catalog.models import Category, Product, ProductAsset
from catalog.querysets import Pointing
from exports.gathering.bundles import AssetInfo, Placed


@dataclass(frozen=True)
class Shelves:
    """What hangs on products, by their ids: read once for all of them. `channel` is the id of the one released."""

    channel: int
    channels: Mapping[int, str]
    families: Mapping[int, str]
    categories: Mapping[int, Sequence[int]]
    paths: Mapping[int, tuple[Category, ...]]
    attached: Mapping[int, Sequence[ProductAsset]]
    assets: Mapping[int, AssetInfo]
    associations: Mapping[int, Sequence[Pointing]]
    placed: Callable[[str, int, str, int], Iterator[Placed]]
    ruled: Callable[[frozenset[str]], Iterator[Placed]]


class Inherited:
    """A product's line with all that counts for it, and what was cut off. `met` are the rules it meets anywhere."""

    def __init__(self, line: Sequence[Product], shelves: Shelves, met: frozenset[str] = frozenset()) -> None:
        self.line = line
        self.shelves = shelves
        self.met = met
        self.cuts = inheritance.cuts(line)
        own = [[pk for pk in shelves.categories.get(row.pk, ()) if pk in shelves.paths] for row in line]
        self.categories = inheritance.categories(own, self.cuts)

    def _counts(self, kind: str, code: str, depth: int) -> bool:
        return not self.cuts or inheritance.counts(self.cuts, inheritance.thing(kind, code), depth)

    # --- Fragments ---------------------------------------------------------------------------------------------------

    def placements(self) -> Iterator[Placed]:
        yield from (placed for depth, placed in self._placed() if self._counts("slot", placed.slot.code, depth))

    def _placed(self) -> Iterator[tuple[int, Placed]]:
        """All that is placed on the line, categories, family and by rules, each with its level; cut off or not."""
        for depth, row in enumerate(self.line):
            yield from ((depth, placed) for placed in self.shelves.placed("product", row.pk, row.sku, depth))
        above = len(self.line)
        paths = [[node.pk for node in self.shelves.paths[pk]] for pk in self.categories]
        for pk, up in inheritance.category_distances(paths).items():
            owner = self.shelves.paths[pk][-1].code
            yield from ((above, placed) for placed in self.shelves.placed("category", pk, owner, up))
        family = self.line[0].family_id
        if family is not None and (code := self.shelves.families.get(family)):
            yield from ((above, placed) for placed in self.shelves.placed("family", family, code, 0))
        if self.met:
            yield from ((above, placed) for placed in self.shelves.ruled(self.met))

    # --- Assets ------------------------------------------------------------------------------------------------------

    def _attached(self) -> list[list[ProductAsset]]:
        assets = self.shelves.assets
        return [[row for row in self.shelves.attached.get(each.pk, ()) if row.asset_id in assets] for each in self.line]

    def assets(self) -> Iterator[tuple[int, ProductAsset]]:
        """The rows that count, each with its level."""
        return inheritance.assets(self._attached(), self.cuts, self.shelves.channel)

    def _asset_origins(self) -> Iterator[dict[str, Any]]:
        """Where each asset comes from, and the others of its role that it beat."""
        shown = list(self.assets())
        ids = {row.pk for _, row in shown}
        standing = (None, self.shelves.channel)
        rows = [(depth, row) for depth, own in enumerate(self._attached()) for row in own]
        beaten: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for depth, row in rows:
            if row.pk not in ids and row.channel_id in standing and self._counts("asset", row.role, depth):
                beaten[row.role.lower()].append(self._asset_trace(depth, row))
        for depth, row in shown:
            yield {"role": row.role, **self._asset_trace(depth, row), "beaten": beaten[row.role.lower()]}

    def _asset_trace(self, depth: int, row: ProductAsset) -> dict[str, Any]:
        return {
            "asset": self.shelves.assets[row.asset_id].code,
            "from": self.line[depth].sku,
            "level": depth,
            "channel": self.shelves.channels.get(row.channel_id or 0, ""),
        }

    # --- Associations ------------------------------------------------------------------------------------------------

    def associations(self) -> Iterator[Pointing]:
        """By type; of each type those it points with first, own before inherited."""
        own = [self.shelves.associations.get(row.pk, ()) for row in self.line]
        found = inheritance.associations(own, self.cuts, lambda pointing: pointing.row.type.code)
        ordered = sorted(found, key=lambda pair: _association_order(pair[1]))
        return (pointing for _, pointing in ordered)

    # --- Where it comes from -----------------------------------------------------------------------------------------

    def origins(self) -> dict[str, list[dict[str, Any]]]:
        """As provenance keeps it; `cut` names where the line was cut off, for what, and what was left out so."""
        paths = self.shelves.paths
        return {
            "assets": list(self._asset_origins()),
            "categories": [
                {"category": paths[pk][-1].code, "from": self.line[depth].sku, "level": depth}
                for pk, depth in self.categories.items()
            ],
            "cut": [
                {"what": what, "at": self.line[levels - 1].sku, "level": levels - 1, "left_out": list(self._lost(what))}
                for what, levels in sorted(self.cuts.items())
            ],
        }

    def _lost(self, what: str) -> Iterator[str]:
        """What would count of a thing if nothing were cut off, in words."""
        kind, _, code = what.partition(":")
        levels = self.cuts[what]
        above = self.line[levels:]
        if kind == inheritance.SLOT:
            for depth, placed in self._placed():
                if placed.slot.code.lower() == code and depth >= levels and not placed.excluded:
                    yield f"fragment {placed.fragment.code}, placed on {placed.kind} {placed.owner}"
        elif kind == inheritance.ASSET:
            for level, rows in zip(above, self._attached()[levels:], strict=True):
                names = (self.shelves.assets[row.asset_id].code for row in rows if row.role.lower() == code)
                yield from (f"asset {name} of {level.sku}" for name in names)
        elif kind == inheritance.ASSOCIATION:
            pointing = (each for level in above for each in self.shelves.associations.get(level.pk, ()))
            if count := sum(each.row.type.code.lower() == code for each in pointing):
                yield f"{count} {code}"
        else:
            yield from (f"category {name} of {level.sku}" for level in above for name in self._categories_of(level))

    def _categories_of(self, level: Product) -> list[str]:
        paths = self.shelves.paths
        return [paths[pk][-1].code for pk in self.shelves.categories.get(level.pk, ()) if pk in paths]


def _association_order(pointing: Pointing) -> tuple[int, str, bool]:
    kind = pointing.row.type
    return kind.position, kind.code, pointing.inverse
