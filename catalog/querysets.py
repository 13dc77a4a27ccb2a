"""All reads of the knowledge base; the one place where prefetching is decided."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Prefetch, QuerySet
from django.db.models.functions import Lower

from catalog.models import Attribute, AttributeOption, Category, Channel, Family, FragmentRevision, Placement, Product
from catalog.values import AttributeSpec


def attributes() -> QuerySet[Attribute]:
    """Attributes with their groups and options: two queries however many there are."""
    return Attribute.objects.select_related("group").prefetch_related(
        Prefetch("options", AttributeOption.objects.order_by("position", "code"))
    )


def attribute_specs(codes: Iterable[str] | None = None) -> dict[str, AttributeSpec]:
    """Attributes as pure data by lower-case code; all, or those named in whatever case. Two queries."""
    found = attributes()
    if codes is not None:
        found = found.alias(lower=Lower("code")).filter(lower__in={code.lower() for code in codes})
    return {attribute.code.lower(): attribute.spec() for attribute in found}


def channel_called(code: str) -> Channel:
    """A channel by its code in whatever case, with its languages. Raises Channel.DoesNotExist."""
    return (
        Channel.objects.select_related("market", "audience", "tree")
        .prefetch_related("languages", "families")
        .get(code__iexact=code)
    )


def families() -> QuerySet[Family]:
    """Families with their attributes in order and what each channel requires of them: a constant number of queries."""
    return Family.objects.select_related("label_attribute", "image_attribute").prefetch_related(
        "family_attributes__attribute", "family_attributes__required_by"
    )


def products() -> QuerySet[Product]:
    """Products with all a document is made of that hangs on them directly: a constant number of queries."""
    return Product.objects.prefetch_related(
        "categories",
        "product_assets__asset",
        "associations__type",
        "associations__target",
    )


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


def approved_placements() -> QuerySet[Placement]:
    """Placements of fragments that are out, with slot and target."""
    return (
        Placement.objects.filter(fragment__state="approved")
        .select_related("slot", "fragment", "product", "family", "category")
        .order_by("slot__position", "position", "id")
    )


def current_revisions() -> dict[int, FragmentRevision]:
    """The latest revision of each approved fragment, by the fragment's id. One query."""
    revisions = (
        FragmentRevision.objects.filter(fragment__state="approved").select_related("fragment").order_by("number")
    )
    return {revision.fragment_id: revision for revision in revisions}
