"""Products with their facts, categories, assets and associations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model

from catalog.importing.compare import LEFT_OUT, Item, Kind
from catalog.importing.kinds.axes import AxisKeys
from catalog.importing.known import batches, rows_of
from catalog.importing.links import Links, plain_json
from catalog.importing.plan import ProductRecord, Refused
from catalog.inheritance import ASSOCIATION, CATEGORIES, KINDS, SLOT, thing
from catalog.models import (
    Asset,
    Association,
    AssociationType,
    Attribute,
    Category,
    Channel,
    Family,
    FamilyVariant,
    Product,
    ProductAsset,
    Record,
    Slot,
)
from catalog.models.base import is_code
from catalog.operations.associations import refuse_cycles
from catalog.operations.axes import renew_axis_keys
from catalog.querysets import descendants
from catalog.values import Scope

Facts = dict[str, dict[str, Any]]

# What things that are not inherited are named after.
_NAMED: Mapping[str, type[Model]] = {SLOT: Slot, ASSOCIATION: AssociationType}


def _categories(kind: Kind[ProductRecord], item: Item) -> Iterator[dict[str, Any]]:
    return ({"category": row} for row in kind.find_all(item.record, "categories", Category, item.record.categories))


def _assets(kind: Kind[ProductRecord], item: Item) -> Iterator[dict[str, Any]]:
    for place, (role, code) in enumerate(item.record.assets):
        asset = kind.find(item.record, f"assets.{role}", Asset, code)
        if asset is not None:
            yield {"asset": asset, "role": role, "channel": None, "position": place}


def _is_for_one_channel(_kind: Kind[ProductRecord], _item: Item, row: ProductAsset) -> bool:
    """Of assets for a single channel, a plan knows nothing."""
    return row.channel_id is not None


def _associations(kind: Kind[ProductRecord], item: Item) -> Iterator[dict[str, Any]]:
    for place, (code, sku, quantity) in enumerate(item.record.associations):
        column = f"associations.{code}"
        type_ = kind.find(item.record, "associations", AssociationType, code)
        target = kind.find(item.record, column, Product, sku)
        if target is item.row:
            kind.issue(item.record, column, sku, f"a product cannot point to itself; {LEFT_OUT}.")
        elif quantity < 1:
            kind.issue(item.record, column, f"{sku} {quantity}", f"a quantity is at least 1; {LEFT_OUT}.")
        elif type_ is not None and target is not None:
            yield {"type": type_, "target": target, "quantity": quantity, "position": place}


# What values of a type point to.
_POINTED: dict[str, type[Model]] = {"asset": Asset, "assets": Asset, "reference": Product, "record": Record}


class Products(Kind[ProductRecord]):
    """Facts of attributes, and in languages, that the plan knows nothing of stay: they were written here."""

    name = "products"
    noun = "product"
    model = Product
    identity = ("sku",)
    plain = ("status",)
    texts = ()
    references = {"family": Family, "family_variant": FamilyVariant, "parent": Product}
    parent = "parent"
    links = (
        Links("categories", Product.categories.through, "product", ("category",), _categories),
        Links(
            "assets",
            ProductAsset,
            "product",
            ("asset", "role", "channel"),
            _assets,
            payload=("position",),
            keeps=_is_for_one_channel,
        ),
        Links(
            "associations",
            Association,
            "source",
            ("type", "target"),
            _associations,
            payload=("quantity", "position"),
        ),
    )

    def compare_rows(self) -> None:
        known = self.run.known
        known.load(Product, self._products_named())
        known.load(Asset, self._assets_named())
        self.coming = {record.sku.lower() for record in self.records}
        parents = (known.get(Product, record.parent) for record in self.records if record.parent)
        self.axes = AxisKeys(self.run, self.coming, [row for row in parents if row is not None])
        self.resplit = self.axes.changed()
        super().compare_rows()

    def columns(self, record: ProductRecord, row: Any) -> dict[str, Any]:
        columns = super().columns(record, row)
        parent = columns.get("parent", row.parent)
        if parent is not None:
            family = self.run.known.pointed(parent, "family")
            if columns.get("family") not in (None, family):
                self.issue(record, "family", record.family, f"a variant has its parent's family, that of {parent.sku}.")
            columns["family"] = family
        if record.own_only is not None:
            columns["own_only"] = self._own_only(record, record.own_only)
        facts = self._facts(record, row.values)
        return columns | {"values": facts, "axis_key": self._axis_key(record, parent, facts)}

    def _own_only(self, record: ProductRecord, things: Sequence[str]) -> list[str]:
        """What the product does not inherit, as far as there is such a thing."""
        found = set()
        for what in things:
            kind, _, code = what.partition(":")
            model = _NAMED.get(kind)
            if what.lower() == CATEGORIES:
                found.add(CATEGORIES)
            elif kind not in KINDS or not is_code(code):
                self.issue(record, "own_only", what, f"this is nothing that is inherited; {LEFT_OUT}.")
            elif model is None or self.find(record, "own_only", model, code) is not None:
                found.add(thing(kind, code))
        return sorted(found)

    def _axis_key(self, record: ProductRecord, parent: Product | None, facts: Facts) -> str:
        """What tells a variant from its siblings; one that does not say it is told apart by its SKU alone."""
        line: list[Product] = []
        while parent is not None and not any(parent is row for row in line):
            line.append(parent)
            parent = self.run.known.pointed(parent, "parent")
        key, problems = self.axes.key(record.sku, line, facts)
        for problem in problems:
            self.issue(record, "axes", "", problem)
        return key

    def _facts(self, record: ProductRecord, there: Mapping[str, Mapping[str, Any]]) -> Facts:
        """The record's facts, and of those that are there the ones the plan knows nothing of."""
        facts: Facts = {}
        for code, scopes in there.items():
            kept = {scope: value for scope, value in scopes.items() if not self._speaks_of(code, scope)}
            facts |= {code: kept} if kept else {}
        for code, scopes in record.values.items():
            attribute = self.find(record, "values", Attribute, code)
            if attribute is not None:
                facts.setdefault(attribute.code, {}).update(self._scopes(record, attribute, scopes))
        return {code: scopes for code, scopes in facts.items() if scopes}

    def _speaks_of(self, code: str, scope: str) -> bool:
        language = Scope.read(scope).language
        return code.lower() in self.run.attributes and (not language or language in self._languages)

    @cached_property
    def _languages(self) -> set[str]:
        """The languages of the plan's facts."""
        scopes = {scope for record in self.records for values in record.values.values() for scope in values}
        return {Scope.read(scope).language for scope in scopes}

    def _scopes(self, record: ProductRecord, attribute: Attribute, scopes: Mapping[str, Any]) -> dict[str, Any]:
        """The values of one fact that can be taken, channels by the code they have here."""
        taken = {}
        for key, value in scopes.items():
            scope = Scope.read(key)
            channel = self.find(record, attribute.code, Channel, scope.channel) if scope.channel else None
            if scope.language and not self.run.offers(self.name, scope.language):
                continue
            if (channel is not None or not scope.channel) and self._leads_somewhere(record, attribute, value):
                taken[str(Scope(scope.language, channel.code if channel else ""))] = plain_json(
                    self.run.known.aliases.in_value(attribute, value)
                )
        return taken

    def _leads_somewhere(self, record: ProductRecord, attribute: Attribute, value: Any) -> bool:
        """Whether the assets, the product or the record that a value names are there or coming."""
        model = _POINTED.get(attribute.type)
        if value is None or model is None:
            return True
        if model is Product and value.lower() in self.coming:
            return True
        codes = value if isinstance(value, list) else [value]
        if model is Record:
            codes = [f"{attribute.settings.get('entity', '')}:{value}"]
        return all(self.find(record, attribute.code, model, code) is not None for code in codes)

    def write_rows(self) -> None:
        """Keys that change are taken away first: two variants that change places would stand in each other's way."""
        moving = [item.row.pk for item in self.items if not item.new and item.changed & {"axis_key", "parent"}]
        for batch in batches(moving):
            rows_of(Product).filter(pk__in=batch).update(axis_key="")
        super().write_rows()

    def write_links(self) -> None:
        """Variants the plan does not name may stand elsewhere now, or their axes be others."""
        super().write_links()
        self._refuse_circles()
        placed = {"parent", "family_variant"}
        moved = [item.row.pk for item in self.items if not item.new and item.changed & placed]
        moved += Product.objects.filter(family_variant__in=self.resplit).values_list("pk", flat=True)
        if below := descendants(moved) - {item.row.pk for item in self.items}:
            renew_axis_keys(below)

    def _refuse_circles(self) -> None:
        """Raises Refused where a set would contain itself."""
        pointed = self.run.known.pointed
        sources = [
            item.row
            for item in self.items
            if "parent" in item.changed
            or any(pointed(row, "type").bundle for row in item.linked.get("associations", ()))
        ]
        try:
            refuse_cycles(sources)
        except ValidationError as error:
            raise Refused(f"Nothing was written. {error.messages[0]} Mend the file and import it again.") from error

    def _products_named(self) -> Iterator[str]:
        for record in self.records:
            yield record.sku
            yield record.parent
            yield from (sku for _, sku, _ in record.associations)
        yield from self._values_of("reference")

    def _assets_named(self) -> Iterator[str]:
        for record in self.records:
            yield from (code for _, code in record.assets)
        yield from self._values_of("asset")
        for codes in self._values_of("assets"):
            yield from codes

    def _values_of(self, type_: str) -> Iterator[Any]:
        """What the plan's facts of a type point to."""
        for record in self.records:
            for code, scopes in record.values.items():
                attribute = self.run.known.get(Attribute, code)
                if attribute is not None and attribute.type == type_:
                    yield from (value for value in scopes.values() if value)
