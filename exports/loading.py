"""From the database to bundles: a constant number of queries however many products a channel has."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from catalog import querysets
from catalog.models import Asset, Category, Channel, Family, FamilyVariantAttribute, Placement, Product
from catalog.models import Association as AssociationRow
from catalog.models.base import texts_of
from catalog.values import AttributeSpec, Level
from exports.bundles import (
    AssetInfo,
    Association,
    Context,
    FragmentContent,
    Labelled,
    Library,
    Placed,
    ProductBundle,
    SlotInfo,
)


def contexts(channel: Channel, on: datetime.date) -> list[Context]:
    """One context per language of the channel."""
    return [
        Context(
            channel=channel.code,
            chain=chain,
            medium=channel.medium,
            market=channel.market.code.lower() if channel.market else "",
            audience=channel.audience.code.lower() if channel.audience else "",
            currencies=tuple(channel.currencies),
            on=on,
        )
        for chain in channel.chains().values()
    ]


class Loader:
    """All a channel's bundles are made of, read once. `bundles()` gives them in SKU order."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.specs = querysets.attribute_specs()
        self.products: dict[int, Product] = {product.pk: product for product in querysets.products()}
        self.families: dict[int, Family] = {family.pk: family for family in querysets.families()}
        self.axes = _axes()
        self.paths = querysets.category_paths()
        self.released = self._released()
        self.children = self._children()
        self.placements = _by_target()
        self.library = _library()
        self.labelled = {pk: Labelled(path[-1].code, texts_of(path[-1], "label")) for pk, path in self.paths.items()}
        self.orders: dict[int, tuple[AttributeSpec, ...]] = {}

    def bundles(self) -> Iterator[ProductBundle]:
        """The released products, each with everything inherited at hand."""
        for product in sorted((self.products[pk] for pk in self.released), key=lambda row: row.sku):
            yield self._bundle(product)

    def line(self, product: Product) -> list[Product]:
        """The product, its parent, and so on up to its root."""
        line = [product]
        while line[-1].parent_id is not None:
            line.append(self.products[line[-1].parent_id])
        return line

    def _released(self) -> set[int]:
        """Enabled products below enabled parents, of the channel's families and selection.

        A group all of whose variants are left out is left out too.
        """
        families = {family.pk for family in self.channel.families.all()}
        lines = {pk: self.line(product) for pk, product in self.products.items()}
        chosen = {pk for pk, line in lines.items() if self._selected(line, families)}
        parents = {product.parent_id for product in self.products.values()} - {None}
        alive: set[int] = set()
        for pk in sorted(chosen, key=lambda pk: -len(lines[pk])):
            if pk not in parents or pk in alive:
                alive.add(pk)
                alive.update(row.pk for row in lines[pk][1:2])
        return alive & chosen

    def _selected(self, line: list[Product], families: set[int]) -> bool:
        if any(product.status != Product.Status.ENABLED for product in line):
            return False
        if families and line[0].family_id not in families:
            return False
        return all(self._allows(line, code, allowed) for code, allowed in self.channel.selection.items())

    @staticmethod
    def _allows(line: list[Product], code: str, allowed: list[str]) -> bool:
        """Whether the nearest level that says anything for a global fact says one of the values allowed."""
        for product in line:
            own = product.values.get(code, {})
            if "" in own:
                said = own[""] if isinstance(own[""], list) else [own[""]]
                return any(value in allowed for value in said)
        return True

    def _children(self) -> dict[int, tuple[str, ...]]:
        children: dict[int, list[str]] = defaultdict(list)
        for pk in self.released:
            if parent := self.products[pk].parent_id:
                children[parent].append(self.products[pk].sku)
        return {parent: tuple(sorted(skus)) for parent, skus in children.items()}

    def _bundle(self, product: Product) -> ProductBundle:
        line = self.line(product)
        family = self.families.get(product.family_id or 0)
        paths = self._category_paths(line)
        return ProductBundle(
            sku=product.sku,
            type=self._type(product, line),
            parent=line[1].sku if len(line) > 1 else None,
            variants=self.children.get(product.pk, ()),
            axes=self._axes_of(line),
            family=Labelled(family.code, texts_of(family, "label")) if family else None,
            label_attribute=family.label_attribute.code if family and family.label_attribute else "",
            image_attribute=family.image_attribute.code if family and family.image_attribute else "",
            levels=tuple(Level(row.sku, row.values) for row in line),
            attributes=self._attributes(family, line),
            required=self._required(family),
            categories=tuple(tuple(self.labelled[node.pk] for node in path) for path in paths),
            placements=tuple(self._placements(line)),
            assets=tuple(_assets(line)),
            associations=tuple(self._associations(line)),
        )

    def _type(self, product: Product, line: list[Product]) -> str:
        if product.pk in self.children or (product.family_variant_id and len(line) == 1):
            return "group"
        return "variant" if len(line) > 1 else "product"

    def _axes_of(self, line: list[Product]) -> tuple[str, ...]:
        """The axes from the first level below the root down to the product's own."""
        levels = self.axes.get(line[-1].family_variant_id or 0, {})
        return tuple(code for depth in range(1, len(line)) for code in levels.get(depth, ()))

    def _attributes(self, family: Family | None, line: list[Product]) -> tuple[AttributeSpec, ...]:
        """The family's attributes in its order, then any others the line has values of."""
        own = self._family_order(family) if family else ()
        known = {spec.code for spec in own}
        others = sorted({code for row in line for code in row.values} - known)
        return (*own, *(self.specs[code.lower()] for code in others if code.lower() in self.specs))

    def _family_order(self, family: Family) -> tuple[AttributeSpec, ...]:
        if family.pk not in self.orders:
            rows = family.family_attributes.all()
            self.orders[family.pk] = tuple(self.specs[row.attribute.code.lower()] for row in rows)
        return self.orders[family.pk]

    def _required(self, family: Family | None) -> tuple[str, ...]:
        rows = family.family_attributes.all() if family else ()
        return tuple(row.attribute.code for row in rows if self.channel in row.required_by.all())

    def _category_paths(self, line: list[Product]) -> list[tuple[Category, ...]]:
        """Paths of own and inherited categories in tree order, only of the channel's tree where it has one."""
        own = {category.pk for row in line for category in row.categories.all()}
        found = []
        for pk in sorted(own, key=lambda pk: (self.paths[pk][-1].tree_id, self.paths[pk][-1].lft)):
            path = self.paths[pk]
            if self.channel.tree_id is None or self.channel.tree_id in {node.pk for node in path}:
                found.append(path)
        return found

    def _placements(self, line: list[Product]) -> Iterator[Placed]:
        for distance, row in enumerate(line):
            yield from self._placed("product", row.pk, row.sku, distance)
        own = {category.pk for row in line for category in row.categories.all()}
        seen: dict[int, int] = {}
        for path in (self.paths[pk] for pk in own):
            for up, node in enumerate(reversed(path)):
                seen[node.pk] = min(up, seen.get(node.pk, up))
        for pk, up in seen.items():
            yield from self._placed("category", pk, self.paths[pk][-1].code, up)
        if line[0].family_id:
            yield from self._placed("family", line[0].family_id, self.families[line[0].family_id].code, 0)

    def _placed(self, kind: str, pk: int, owner: str, distance: int) -> Iterator[Placed]:
        for row in self.placements.get((kind, pk), ()):
            slot = SlotInfo(row.slot.code, row.slot.multiple, row.slot.rich, row.slot.position)
            fragment = self.library.fragments[row.fragment.code.lower()]
            yield Placed(fragment, slot, kind, owner, distance, row.position)

    def _associations(self, line: list[Product]) -> Iterator[Association]:
        """Own ones first, then inherited; only to products that are released too."""
        seen = set()
        rows: list[AssociationRow] = [row for product in line for row in product.associations.all()]
        for row in sorted(rows, key=lambda row: row.type.position):
            key = (row.type.code, row.target_id)
            if key not in seen and row.target_id in self.released:
                seen.add(key)
                yield Association(row.type.code, row.target.sku, row.quantity)


def _axes() -> dict[int, dict[int, tuple[str, ...]]]:
    """Axis codes by family variant's id and level."""
    axes: dict[int, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    rows = FamilyVariantAttribute.objects.filter(axis=True).select_related("attribute").order_by("id")
    for row in rows:
        axes[row.family_variant_id][row.level].append(row.attribute.code)
    return {pk: {level: tuple(codes) for level, codes in levels.items()} for pk, levels in axes.items()}


def _by_target() -> Mapping[tuple[str, int], list[Placement]]:
    found: dict[tuple[str, int], list[Placement]] = defaultdict(list)
    for row in querysets.approved_placements():
        for kind in ("product", "category", "family"):
            if pk := getattr(row, f"{kind}_id"):
                found[kind, pk].append(row)
    return found


def _library() -> Library:
    revisions = querysets.current_revisions().values()
    return Library(
        fragments={
            row.fragment.code.lower(): FragmentContent(row.fragment.code, row.number, row.content) for row in revisions
        },
        assets={asset.code.lower(): _asset_info(asset) for asset in Asset.objects.all()},
    )


def _asset_info(asset: Asset) -> AssetInfo:
    return AssetInfo(
        asset.code, asset.kind, asset.media_type, asset.width, asset.height, asset.digest, texts_of(asset, "alt")
    )


def _assets(line: list[Product]) -> Iterator[tuple[str, AssetInfo]]:
    """For each role the assets of the nearest level that has any in it."""
    filled: set[str] = set()
    for product in line:
        rows: list[Any] = list(product.product_assets.all())
        for row in rows:
            if row.role not in filled:
                yield row.role, _asset_info(row.asset)
        filled |= {row.role for row in rows}
