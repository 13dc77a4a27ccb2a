"""From the database to bundles: a constant number of queries however many products a channel has."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from catalog import querysets
from catalog.many import among, one_of
from catalog.models import Asset, Category, Channel, Family, Product, ProductAsset
from catalog.models.base import texts_of
from catalog.querysets import Pointing
from catalog.references import pictures_in
from catalog.remembered import remembered
from catalog.requirements import Conditions, Demands, demands
from catalog.values import TYPES, AttributeSpec, Level
from catalog.values.effective import levels_of
from exports.assembling.words import linked_in
from exports.gathering.bundles import (
    INVERSE,
    AssetInfo,
    Association,
    Context,
    Labelled,
    Library,
    Linked,
    ProductBundle,
    Required,
)
from exports.gathering.inheriting import Inherited, Shelves
from exports.gathering.membership import Membership
from exports.gathering.placing import Around, Placements, Supposed
from exports.gathering.rules import Rules
from exports.models.policies import Outdated
from exports.querysets import policy_of


def contexts(channel: Channel, on: datetime.date) -> list[Context]:
    """One context per language of the channel."""
    falls_back = policy_of(channel).outdated == Outdated.FALL_BACK
    return [
        Context(
            channel=channel.code,
            chain=chain,
            medium=channel.medium,
            market=channel.market.code if channel.market else "",
            audience=channel.audience.code if channel.audience else "",
            currencies=tuple(channel.currencies),
            on=on,
            units=channel.units,
            expired_claims=channel.expired_claims,
            falls_back=falls_back,
        )
        for chain in channel.chains().values()
    ]


@dataclass(frozen=True)
class _Kind:
    """What all products of a family have in common."""

    family: Labelled | None = None
    label_attribute: str = ""
    image_attribute: str = ""
    attributes: tuple[AttributeSpec, ...] = ()
    known: frozenset[str] = frozenset()
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Schema:
    """What does not depend on products, and is the same until somebody changes it (catalog.remembered)."""

    specs: Mapping[str, AttributeSpec]
    families: Mapping[int, Family]
    kinds: Mapping[int, _Kind]
    demands: Demands
    axes: Mapping[int, Mapping[int, list[str]]]

    @classmethod
    def read(cls) -> _Schema:
        specs = querysets.with_records(querysets.attribute_specs())
        families = {family.pk: family for family in querysets.families()}
        kinds = {family.pk: _kind(family, specs) for family in families.values()}
        return cls(specs, families, kinds, demands(families), _axes())


def _kind(family: Family, specs: Mapping[str, AttributeSpec]) -> _Kind:
    rows = family.family_attributes.all()
    attributes = tuple(specs[code] for row in rows if (code := row.attribute.code.lower()) in specs)
    return _Kind(
        family=Labelled(family.code, texts_of(family, "label")),
        label_attribute=family.label_attribute.code if family.label_attribute else "",
        image_attribute=family.image_attribute.code if family.image_attribute else "",
        attributes=attributes,
        known=frozenset(spec.code for spec in attributes),
        values=family.values,
    )


class Loader:
    """All that bundles are made of, read once: a channel's, or those of some of its products. In SKU order.

    What hangs on products (links, files, placements) is read for these and what is above them only: for those of the
    membership, or a `part` of them. `supposed` is a placement that is not there, but asked about.
    Raises SelectionError.
    """

    def __init__(
        self,
        channel: Channel,
        membership: Membership | None = None,
        supposed: Supposed | None = None,
        part: frozenset[int] | None = None,
    ) -> None:
        self.channel = channel
        self.membership = membership or Membership(channel)
        self.only = self.membership.only if part is None else part
        self._read_schema()
        self.sheets: dict[tuple[str, ...], tuple[AttributeSpec, ...]] = {}
        self.conditions = Conditions(self.only)
        self.chains = channel.chains()
        self.paths = querysets.category_paths()
        self.labelled = {pk: Labelled(path[-1].code, texts_of(path[-1], "label")) for pk, path in self.paths.items()}
        hanging = self._hanging()
        self.lines = self._lines(hanging)
        self.wanted = [self.lines[row.pk][0] for row in self.membership.wanted(part) if row.pk in self.lines]
        self.children = self.membership.children(self.lines)
        self.hung = querysets.categories_of_products(hanging)
        associations = querysets.associations_of_products(hanging)
        self.membership.meet(pointing.to for rows in associations.values() for pointing in rows)
        self.placements = Placements(self._around(hanging), supposed)
        self.rules = Rules(channel.code, self.chains, self.placements.rules(), self.only)
        linked = self._linked()
        self.skus = self.membership.skus
        attached = querysets.assets_of_products(hanging)
        self.assets = {asset.pk: asset_info(asset) for asset in self._assets(attached)}
        self.library = Library(
            fragments=self.placements.fragments,
            assets={asset.code.lower(): asset for asset in self.assets.values()},
            attributes=self.specs,
            linked={row.sku.lower(): self._named(row, line) for row, line in linked},
        )
        self.shelves = Shelves(
            channel=channel.pk,
            channels={channel.pk: channel.code},
            families={family.pk: family.code for family in self.families.values()},
            categories=self.hung,
            paths=self.paths,
            attached=attached,
            assets=self.assets,
            associations=associations,
            placed=self.placements.on,
            ruled=self.placements.by_rules,
        )

    def _read_schema(self) -> None:
        schema = remembered("gathering", lambda: (_Schema.read(), True))
        self.specs = schema.specs
        self.families = schema.families
        self.kinds = schema.kinds
        self.demands = schema.demands
        self.axes = schema.axes

    def bundles(self) -> Iterator[ProductBundle]:
        """The released products, each with everything inherited at hand."""
        return map(self.bundle, self.wanted)

    def _hanging(self) -> set[int] | None:
        """The products of which all that hangs on them counts; None for all."""
        if self.only is None:
            return None
        lines = self.membership.lines
        return {row.pk for pk in self.only if pk in lines for row in lines[pk]}

    def _lines(self, hanging: set[int] | None) -> dict[int, list[Product]]:
        """The products with all that they say, each with its line; without what has been deleted just now."""
        rows = Product.objects.all() if hanging is None else Product.objects.filter(pk__in=among(hanging))
        found = {row.pk: row for row in rows.order_by()} if hanging is None or hanging else {}
        return {
            pk: [found[row.pk] for row in self.membership.lines[pk] if row.pk in found]
            for pk in found
            if pk in self.membership.lines
        }

    def _around(self, hanging: set[int] | None) -> Around | None:
        """Whose placements count: these products', their families' and their categories'."""
        if hanging is None:
            return None
        families = {line[0].family_id for line in self.lines.values()} - {None}
        leaves = {pk for own in self.hung.values() for pk in own if pk in self.paths}
        categories = {node.pk for pk in leaves for node in self.paths[pk]}
        return Around(hanging, {pk for pk in families if pk}, categories)

    def _assets(self, attached: Mapping[int, Iterable[ProductAsset]]) -> QuerySet[Asset]:
        """Those attached to products or named by a fact of anything; all of them for all products."""
        if self.only is None:
            return Asset.objects.all()
        ids = {row.asset_id for rows in attached.values() for row in rows}
        documents = [row.values for line in self.lines.values() for row in line]
        documents += [family.values for family in self.families.values()]
        codes = {code.lower() for spec in self.specs.values() for code in _named_assets(spec, documents)}
        bodies = (body for row in self.placements.fragments.values() for body in row.content["body"].values())
        codes |= {code.lower() for body in bodies for code in pictures_in(body)}
        named = Asset.objects.annotate(lower=Lower("code"))
        return named.filter(one_of("pk", ids) | Q(lower__in=codes))

    def _linked(self) -> list[tuple[Product, Sequence[Product]]]:
        """The products that texts link to, each with its line."""
        asked = linked_in(self.placements.fragments.values())
        if not asked:
            return []
        rows = list(querysets.products_called(asked))
        self.membership.meet(row.pk for row in rows)
        lines = querysets.lines_of(rows)
        return [(row, lines[row.pk]) for row in rows]

    def _named(self, product: Product, line: Sequence[Product]) -> Linked:
        kind = self.kinds.get(product.family_id or 0, _Kind())
        name = self.specs.get(kind.label_attribute.lower())
        made_of = () if name is None else kind.attributes if TYPES[name.type].computed else (name,)
        family = kind.family.code if kind.family else ""
        levels = levels_of([Level(row.sku, row.values) for row in line], family, kind.values, made_of)
        return Linked(product.sku, product.pk in self.skus, kind.label_attribute, made_of, tuple(levels))

    def inherited(self, product: Product) -> Inherited:
        """What a product has of its own and from above it."""
        met = frozenset().union(*self.rules.meets(product.pk).values())
        return Inherited(self.lines[product.pk], self.shelves, met)

    def bundle(self, product: Product) -> ProductBundle:
        line = self.lines[product.pk]
        kind = self.kinds.get(product.family_id or 0, _Kind())
        inherited = self.inherited(product)
        attributes = self._attributes(kind, line)
        return ProductBundle(
            sku=product.sku,
            type=self._type(product, line),
            parent=line[1].sku if len(line) > 1 else None,
            variants=self.children.get(product.pk, ()),
            axes=self._axes_of(line),
            family=kind.family,
            label_attribute=kind.label_attribute,
            image_attribute=kind.image_attribute,
            levels=levels_of(
                [Level(row.sku, row.values) for row in line],
                kind.family.code if kind.family else "",
                kind.values,
                attributes,
            ),
            attributes=attributes,
            required=tuple(self._required(product)),
            categories=tuple(
                tuple(self.labelled[node.pk] for node in path) for path in self._paths_of(inherited.categories)
            ),
            placements=tuple(inherited.placements()),
            assets=tuple((row.role, self.assets[row.asset_id]) for _, row in inherited.assets()),
            associations=tuple(self._associations(inherited)),
            cuts=inherited.cuts,
            meets=self.rules.meets(product.pk),
            origins=inherited.origins(),
        )

    def _required(self, product: Product) -> Iterator[Required]:
        """What the channel demands of the product, and in which languages."""
        for demand in self.demands.get(product.family_id or 0, {}).get(self.channel.pk, ()):
            languages = [
                language
                for language, chain in self.chains.items()
                if self.conditions.meets(product.pk, demand.condition, self.channel.code, chain)
            ]
            if languages:
                yield Required(demand.kind, demand.code, frozenset(languages) if demand.condition else None)

    def _type(self, product: Product, line: list[Product]) -> str:
        if product.pk in self.children or (product.family_variant_id and len(line) == 1):
            return "group"
        return "variant" if len(line) > 1 else "product"

    def _axes_of(self, line: list[Product]) -> tuple[str, ...]:
        """The axes from the first level below the root down to the product's own."""
        levels = self.axes.get(line[-1].family_variant_id or 0, {})
        return tuple(code for depth in range(1, len(line)) for code in levels.get(depth, ()))

    def _attributes(self, kind: _Kind, line: list[Product]) -> tuple[AttributeSpec, ...]:
        """The family's attributes in its order, then any others the line or the family has values of.

        The same attributes are the same tuple, by which assembling knows products of a kind (assembling.plans).
        """
        others = sorted(
            {code for values in (*(row.values for row in line), kind.values) for code in values} - kind.known
        )
        found = (*kind.attributes, *(self.specs[code.lower()] for code in others if code.lower() in self.specs))
        return self.sheets.setdefault(tuple(spec.code for spec in found), found)

    def _paths_of(self, own: Iterable[int]) -> list[tuple[Category, ...]]:
        """Paths of own and inherited categories in tree order, only of the channel's tree where it has one."""
        tree = self.channel.tree_id
        paths = [self.paths[pk] for pk in own]
        chosen = [path for path in paths if tree is None or any(node.pk == tree for node in path)]
        return sorted(chosen, key=lambda path: (path[-1].tree_id, path[-1].lft))

    def _associations(self, inherited: Inherited) -> Iterator[Association]:
        """Each way to each product once; only to products that are released too."""
        seen = set()
        for pointing in inherited.associations():
            kind = _type_from(pointing)
            if pointing.to in self.skus and (kind, pointing.to) not in seen:
                seen.add((kind, pointing.to))
                quantity = 1 if pointing.inverse else pointing.row.quantity
                yield Association(kind, self.skus[pointing.to], quantity)


def _named_assets(spec: AttributeSpec, documents: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The codes of the assets that an attribute's values name, in facts' documents and as its default."""
    if spec.type not in ("asset", "assets"):
        return
    for values in (*(document.get(spec.code, {}) for document in documents), {"": spec.settings.get("default")}):
        for value in values.values():
            yield from map(str, value if isinstance(value, list) else [value] if value else [])


def _type_from(pointing: Pointing) -> str:
    """A type's code; from the other side, of a type that reads differently from there, with INVERSE."""
    kind = pointing.row.type
    return kind.code + INVERSE if pointing.inverse and texts_of(kind, "inverse_label") else kind.code


def _axes() -> Mapping[int, Mapping[int, list[str]]]:
    """Axis codes by family variant's id and level."""
    axes: dict[int, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in querysets.axes():
        axes[row.family_variant_id][row.level].append(row.attribute.code)
    return axes


def asset_info(asset: Asset) -> AssetInfo:
    return AssetInfo(
        code=asset.code,
        kind=asset.kind,
        media_type=asset.media_type,
        width=asset.width,
        height=asset.height,
        digest=asset.digest,
        alt=texts_of(asset, "alt"),
        expires=asset.expires,
        url=asset.url,
    )
