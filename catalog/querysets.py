"""All reads of the knowledge base; the one place where prefetching is decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TypeVar

from django.db.models import Exists, Model, OuterRef, Prefetch, QuerySet
from django.db.models.functions import Lower

from catalog.models import (
    Association,
    Attribute,
    AttributeOption,
    Category,
    Channel,
    Family,
    FamilyVariantAttribute,
    FragmentRevision,
    Placement,
    Product,
    ProductAsset,
    Slot,
)
from catalog.models.base import is_code
from catalog.values import AttributeSpec

M = TypeVar("M", bound=Model)


def attributes() -> QuerySet[Attribute]:
    """Attributes with their groups and options: two queries however many there are."""
    return Attribute.objects.select_related("group").prefetch_related(
        Prefetch("options", AttributeOption.objects.order_by("position", "code"))
    )


def attribute_specs(codes: Iterable[str] | None = None) -> dict[str, AttributeSpec]:
    """Attributes as pure data by lower-case code; all, or those named in whatever case. Two queries."""
    found = attributes()
    if codes is not None:
        found = found.alias(lower=Lower("code")).filter(lower__in={code.lower() for code in codes if is_code(code)})
    return {attribute.code.lower(): attribute.spec() for attribute in found}


def channels() -> QuerySet[Channel]:
    """Channels with all that hangs on them: three queries however many there are."""
    return Channel.objects.select_related("market", "audience", "tree").prefetch_related("languages", "families")


def channel_called(code: str) -> Channel:
    """A channel by its code in whatever case, with its languages. Raises Channel.DoesNotExist."""
    return channels().get(code__iexact=code)


def families() -> QuerySet[Family]:
    """Families with their attributes in order and what each channel requires of them: a constant number of queries."""
    return Family.objects.select_related("label_attribute", "image_attribute").prefetch_related(
        "family_attributes__attribute", "family_attributes__required_by"
    )


def categories_of_products() -> dict[int, list[int]]:
    """Ids of the categories by their product's id, without a row of either. One query."""
    links = Product.categories.through.objects.order_by("id").values_list("product_id", "category_id")
    found: dict[int, list[int]] = defaultdict(list)
    for product, category in links:
        found[product].append(category)
    return found


def assets_of_products() -> dict[int, list[ProductAsset]]:
    """Roles of assets by their product's id, in order. One query."""
    return _by_product(ProductAsset.objects.order_by("position", "id"), "product_id")


def associations_of_products() -> dict[int, list[Association]]:
    """Associations by their source's id, in order, with their types. One query."""
    rows = Association.objects.select_related("type").order_by("type__position", "position", "id")
    return _by_product(rows, "source_id")


def _by_product(rows: QuerySet[M], field: str) -> dict[int, list[M]]:
    found: dict[int, list[M]] = defaultdict(list)
    for row in rows:
        found[getattr(row, field)].append(row)
    return found


def axes() -> QuerySet[FamilyVariantAttribute]:
    """What tells variants apart, with the attributes, in order."""
    return FamilyVariantAttribute.objects.filter(axis=True).select_related("attribute").order_by("level", "id")


def category_paths() -> dict[int, tuple[Category, ...]]:
    """For each category's id, the categories from its root down to itself. One query; `parent` is the truth."""
    nodes = {node.pk: node for node in Category.objects.order_by("tree_id", "lft")}
    paths: dict[int, tuple[Category, ...]] = {}

    def path(node: Category) -> tuple[Category, ...]:
        if node.pk not in paths:
            above = path(nodes[node.parent_id]) if node.parent_id else ()
            paths[node.pk] = (*above, node)
        return paths[node.pk]

    for node in nodes.values():
        path(node)
    return paths


def slots() -> QuerySet[Slot]:
    return Slot.objects.order_by("position", "code")


def approved_placements() -> QuerySet[Placement]:
    """Placements of fragments that are out, in order; their fragments, slots and targets by id only."""
    return Placement.objects.filter(fragment__state="approved").order_by("slot__position", "position", "id")


def current_revisions() -> QuerySet[FragmentRevision]:
    """The latest revision of each approved fragment; of the fragment only the code."""
    later = FragmentRevision.objects.filter(fragment=OuterRef("fragment"), number__gt=OuterRef("number"))
    return (
        FragmentRevision.objects.filter(~Exists(later), fragment__state="approved")
        .select_related("fragment")
        .only("number", "content", "fragment__code")
    )
