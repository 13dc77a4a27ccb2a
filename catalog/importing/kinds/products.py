"""Products with their facts, categories, assets and associations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from catalog.importing.compare import LEFT_OUT, Item, Kind
from catalog.importing.links import Links, plain_json
from catalog.importing.plan import ProductRecord
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
)
from catalog.values import Scope

Facts = dict[str, dict[str, Any]]


def _categories(kind: Kind[ProductRecord], item: Item) -> Iterator[dict[str, Any]]:
    return ({"category": row} for row in kind.find_all(item.record, "categories", Category, item.record.categories))


def _assets(kind: Kind[ProductRecord], item: Item) -> Iterator[dict[str, Any]]:
    for place, (role, code) in enumerate(item.record.assets):
        asset = kind.find(item.record, f"assets.{role}", Asset, code)
        if asset is not None:
            yield {"asset": asset, "role": role, "position": place}


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
        Links("assets", ProductAsset, "product", ("asset", "role"), _assets, payload=("position",)),
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
        super().compare_rows()

    def columns(self, record: ProductRecord, row: Any) -> dict[str, Any]:
        columns = super().columns(record, row)
        parent = columns.get("parent", row.parent)
        if parent is not None:
            family = self.run.known.pointed(parent, "family")
            if columns.get("family") not in (None, family):
                self.issue(record, "family", record.family, f"a variant has its parent's family, that of {parent.sku}.")
            columns["family"] = family
        return columns | {"values": self._facts(record, row.values)}

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
                taken[str(Scope(scope.language, channel.code if channel else ""))] = plain_json(value)
        return taken

    def _leads_somewhere(self, record: ProductRecord, attribute: Attribute, value: Any) -> bool:
        """Whether the asset or product a value names is there or coming."""
        if value is None or attribute.type not in ("asset", "reference"):
            return True
        if attribute.type == "asset":
            return self.find(record, attribute.code, Asset, value) is not None
        return value.lower() in self.coming or self.find(record, attribute.code, Product, value) is not None

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

    def _values_of(self, type_: str) -> Iterator[str]:
        """What the plan's facts of a type point to."""
        for record in self.records:
            for code, scopes in record.values.items():
                attribute = self.run.known.get(Attribute, code)
                if attribute is not None and attribute.type == type_:
                    yield from (value for value in scopes.values() if value)
