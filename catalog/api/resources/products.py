"""Products with their facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from rest_framework import exceptions

from catalog.actors import Actor
from catalog.api import effective
from catalog.api.facts import FACTS, blamed
from catalog.api.fields import Choice, Code, Field, Json, Link, Links, Listed, Moment, Rows, Whole
from catalog.api.problems import Error
from catalog.api.resources.base import Parameter, Parameters
from catalog.api.resources.schema import OwnsParts
from catalog.api.resources.upkeep import renaming
from catalog.api.selecting import context_of, selected
from catalog.filters.facets import facets
from catalog.indexing.search import matching
from catalog.models import (
    Asset,
    Association,
    AssociationType,
    Category,
    Channel,
    Family,
    FamilyVariant,
    Product,
    ProductAsset,
)
from catalog.operations.inheriting import set_own_only
from catalog.operations.parts import set_assets, set_associations
from catalog.operations.products import save_product

_WORD: Json = {"type": "string"}


ASSOCIATION = (
    Field("type", Link(AssociationType, empty=False), required=True),
    Field("target", Link(Product, empty=False), "The SKU of the product it points to.", required=True),
    Field("quantity", Whole(1)),
)
ASSET = (
    Field("asset", Link(Asset, empty=False), required=True),
    Field("role", Code(50), "Such as main or gallery.", required=True),
    Field("channel", Link(Channel), "Shown there in place of what all channels show in this role."),
)
# Kept in tables of their own, and written by operations of their own.
_APART = ("facts", "own_only", "associations", "assets")


class Products(OwnsParts):
    name, plural, route = "Product", "Products", "products"
    one, words = "a product", "products"
    about = "A product, a group of variants or a variant, with what it says itself."
    writing = (
        'Of a fact, null says that it is empty whatever is inherited, and `{"inherit": true}` takes the product\'s own '
        "word away, so that what is inherited counts again. `own_only` names what is not inherited besides facts."
    )
    key_about = "The product's SKU, in whatever case."
    model = Product
    acts = (renaming("a product", "sku"),)
    fields: ClassVar[tuple[Field, ...]] = (
        Field("sku", Code(), written="creation", required=True),
        Field("status", Choice(tuple(Product.Status.values))),
        Field("family", Link(Family), "A variant has its parent's."),
        Field("family_variant", Link(FamilyVariant), "How it splits into variants; said at the root."),
        Field("parent", Link(Product)),
        Field("categories", Links(Category), "Those it says itself."),
        Field("facts", FACTS, "By attribute and scope, what the product says itself."),
        Field("own_only", Listed(), "Such as “categories”, “asset:main”, “slot:headline” or “association:accessory”."),
        Field("associations", Rows(ASSOCIATION, lambda row: row.associations.all()), "Those it says itself, in order."),
        Field("assets", Rows(ASSET, lambda row: row.product_assets.all()), "Those it says itself, in order."),
        Field("created_at", Moment(), written="never"),
        Field("updated_at", Moment(), written="never"),
    )
    parameters = (
        Parameter("filter", "A filter (docs/filters.md), such as: status = enabled and weight < 2 kg", _WORD),
        Parameter("q", "Words that stand in what the product says; the last may be only begun.", _WORD),
        Parameter("channel", "For whom facts are read in `filter`; all channels by default.", _WORD),
        Parameter("language", "In which language `filter` and `q` look and facets are named.", _WORD),
        Parameter(
            "facets", "Attributes by which to count what is found, parted by commas; * for all there are.", _WORD
        ),
    )
    object_parameters = (
        Parameter("effective", "CHANNEL,LANGUAGE (the channel may be empty): what counts there, and whence.", _WORD),
    )
    extras_schema: ClassVar[Json] = {
        "facets": {
            "type": "array",
            "description": "Where asked for: how many of all that is found have which value.",
            "items": {"type": "object", "additionalProperties": True},
        },
        "facets_cut": {"type": "boolean", "description": "Only the first 10,000 are counted."},
    }
    object_extras_schema: ClassVar[Json] = {"effective": effective.SCHEMA}
    example: ClassVar[Json] = {
        "sku": "TS-200-BK",
        "status": "enabled",
        "family": "espresso",
        "categories": ["machines"],
        "facts": {
            "name": {"en": "TS 200, black", "de": "TS 200, schwarz"},
            "weight": {"": {"amount": "4.2", "unit": "kg"}, "@print": None},
        },
    }

    def rows(self) -> QuerySet[Any]:
        rows = Product.objects.select_related("family", "family_variant", "parent")
        return rows.prefetch_related(
            "categories",
            Prefetch("associations", Association.objects.select_related("type", "target")),
            Prefetch("product_assets", ProductAsset.objects.select_related("asset", "channel")),
        )

    def narrowed(self, rows: QuerySet[Any], asked: Parameters) -> QuerySet[Any]:
        context = context_of(asked)
        if "filter" in asked:
            rows = rows.filter(selected(asked["filter"], context))
        if "q" in asked:
            rows = rows.filter(pk__in=matching(asked["q"], context.chain[0]).values("pk"))
        return rows

    def extras(self, rows: QuerySet[Any], asked: Parameters) -> Json:
        if "facets" not in asked:
            return {}
        codes = [code.strip() for code in asked["facets"].split(",") if code.strip()]
        try:
            counted = facets(rows, context_of(asked).chain[0], None if codes == ["*"] else codes)
        except ValueError as error:
            raise exceptions.ValidationError({"facets": str(error)}) from None
        return {
            "facets": [
                {
                    "code": facet.code,
                    "label": facet.label,
                    "values": [
                        {"filter": value.condition.text(), "label": value.label, "count": value.count}
                        for value in facet.values
                    ],
                }
                for facet in counted.facets
            ],
            "facets_cut": counted.cut,
        }

    def object_extras(self, row: Any, asked: Parameters) -> Json:
        return {"effective": effective.shown(row, asked["effective"])} if "effective" in asked else {}

    def save(self, actor: Actor, row: Product, data: dict[str, Any]) -> None:
        save_product(actor, row, data.get("facts", {}), data.get("categories"))
        if "own_only" in data:
            wanted, there = {what.lower() for what in data["own_only"]}, set(row.own_only)
            set_own_only(actor, row, wanted - there, there - wanted)
        if "associations" in data:
            set_associations(actor, row, data["associations"])
        if "assets" in data:
            set_assets(actor, row, data["assets"])

    def assign(self, row: Any, data: Mapping[str, Any]) -> None:
        super().assign(row, {name: value for name, value in data.items() if name not in _APART})

    def blame(self, error: ValidationError, row: Any, data: Mapping[str, Any]) -> list[Error]:
        return blamed(error, row.values if row else {}, data) or super().blame(error, row, data)

    def pointer_to(self, column: str) -> str:
        return {"values": "/facts", "axis_key": "/facts"}.get(column) or super().pointer_to(column)
