"""All reads of the knowledge base; the one place where prefetching is decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

from django.db.models import Case, Exists, Model, OuterRef, Prefetch, Q, QuerySet, Subquery, When
from django.db.models.functions import Lower

from catalog.many import among, one_of
from catalog.models import (
    Association,
    Attribute,
    AttributeOption,
    Category,
    Channel,
    Comment,
    Family,
    FamilyVariantAttribute,
    Fragment,
    FragmentRevision,
    Placement,
    Product,
    ProductAsset,
    Record,
    RevisionApproval,
    Slot,
    Tag,
)
from catalog.models.base import is_code, texts_of
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


def with_records(specs: Mapping[str, AttributeSpec], named: Collection[str] | None = None) -> dict[str, AttributeSpec]:
    """The same attributes, those that name records with the records' labels as options. One query, or none.

    `named` are the lower-case codes of the only records wanted; None for all.
    """
    entities = {str(spec.settings.get("entity", "")).lower() for spec in specs.values() if spec.type == "record"}
    if not entities:
        return dict(specs)
    labels: dict[str, dict[str, tuple[str, dict[str, str]]]] = defaultdict(dict)
    records = Record.objects.alias(entity=Lower("entity_type__code")).filter(entity__in=entities)
    if named is not None:
        records = records.alias(name=Lower("code")).filter(name__in=named)
    for record in records.select_related("entity_type").defer("values"):
        labels[record.entity_type.code.lower()][record.code.lower()] = (record.code, texts_of(record, "label"))
    return {
        code: replace(spec, options=labels[str(spec.settings.get("entity", "")).lower()])
        if spec.type == "record"
        else spec
        for code, spec in specs.items()
    }


def channels() -> QuerySet[Channel]:
    """Channels with all that hangs on them: three queries however many there are."""
    return Channel.objects.select_related("market", "audience", "tree").prefetch_related("languages", "families")


def channel_called(code: str) -> Channel:
    """A channel by its code in whatever case, with its languages. Raises Channel.DoesNotExist."""
    return channels().get(code__iexact=code)


def families() -> QuerySet[Family]:
    """Families with their attributes in order and what each channel requires of them: a constant number of queries."""
    return Family.objects.select_related("label_attribute", "image_attribute").prefetch_related(
        "family_attributes__attribute", "requirements__attribute", "requirements__channel"
    )


def categories_of_products(products: Iterable[int] | None = None) -> dict[int, list[int]]:
    """Ids of the categories by their product's id, without a row of either; of all products or of some. One query."""
    links = Product.categories.through.objects.order_by("id")
    if products is not None:
        links = links.filter(product__in=among(products))
    found: dict[int, list[int]] = defaultdict(list)
    for product, category in links.values_list("product_id", "category_id"):
        found[product].append(category)
    return found


def assets_of_products(products: Iterable[int] | None = None) -> dict[int, list[ProductAsset]]:
    """Roles of assets by their product's id, in order; of all products or of some. One query."""
    rows = ProductAsset.objects.order_by("position", "id")
    if products is not None:
        rows = rows.filter(product__in=among(products))
    return _by_product(rows, "product_id")


class Pointing(NamedTuple):
    """An association as one of its two sides has it; `inverse` is the side that is pointed to, of a two-way type."""

    row: Association
    inverse: bool

    @property
    def to(self) -> int:
        return self.row.source_id if self.inverse else self.row.target_id


def associations_of_products(products: Iterable[int] | None = None) -> dict[int, list[Pointing]]:
    """Associations by the id of the product that has them, in order, with their types; of all products or of some.

    One of a two-way type is there for both its sides, the pointing one first. One query.
    """
    rows = Association.objects.select_related("type").order_by("type__position", "type__code", "position", "id")
    if products is not None:
        named = list(products)
        rows = rows.filter(one_of("source", named) | (one_of("target", named) & Q(type__two_way=True)))
    found: dict[int, list[Pointing]] = defaultdict(list)
    listed = list(rows)
    for row in listed:
        found[row.source_id].append(Pointing(row, inverse=False))
    for row in listed:
        if row.type.two_way:
            found[row.target_id].append(Pointing(row, inverse=True))
    return found


def _by_product(rows: QuerySet[M], field: str) -> dict[int, list[M]]:
    found: dict[int, list[M]] = defaultdict(list)
    for row in rows:
        found[getattr(row, field)].append(row)
    return found


def axes() -> QuerySet[FamilyVariantAttribute]:
    """What tells variants apart, with the attributes, in order."""
    return FamilyVariantAttribute.objects.filter(axis=True).select_related("attribute").order_by("level", "id")


def axes_by_variant(variants: Iterable[int | None]) -> dict[int, dict[int, list[str]]]:
    """The codes of the axes by family variant's id and level, in order. One query."""
    found: dict[int, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in axes().filter(family_variant__in=[pk for pk in variants if pk]):
        found[row.family_variant_id][row.level].append(row.attribute.code)
    return found


def products_called(skus: Collection[str]) -> QuerySet[Product]:
    """Products by their SKUs in lower case; no query where none is asked for."""
    rows = Product.objects.alias(lower=Lower("sku"))
    return rows.filter(lower__in=set(skus)) if skus else rows.none()


def line_of(product: Product) -> list[Product]:
    """The product, its parent, and so on to the root. Stops at a cycle, which no operation lets in."""
    line: list[Product] = []
    current: Product | None = product
    while current is not None and current not in line:
        line.append(current)
        current = current.parent
    return line


def lines_of(products: Iterable[Product]) -> dict[int, list[Product]]:
    """Each product's line by its id: one query for each level above."""
    rows = list(products)
    known = {product.pk: product for product in rows}
    missing = {product.parent_id for product in rows if product.parent_id} - known.keys()
    while missing:
        above = {product.pk: product for product in Product.objects.filter(pk__in=missing)}
        known.update(above)
        missing = {product.parent_id for product in above.values() if product.parent_id} - known.keys()
    return {product.pk: _line(product, known) for product in rows}


def _line(product: Product, known: Mapping[int, Product]) -> list[Product]:
    line = [product]
    while (above := known.get(line[-1].parent_id or 0)) is not None and above not in line:
        line.append(above)
    return line


def descendants(products: Iterable[int]) -> set[int]:
    """The ids of all products below these: one query for each level."""
    found: set[int] = set()
    level = set(products)
    while level:
        # In no order: else SQLite goes through all products by their SKU, to spare itself the sorting.
        level = set(Product.objects.filter(parent__in=level).order_by().values_list("pk", flat=True)) - found
        found |= level
    return found


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


def tags_below(ids: Collection[int]) -> set[int]:
    """The ids of these tags and of all narrower ones: one query for each level, whatever circle is in them."""
    found: set[int] = set()
    level = set(ids)
    while level:
        found |= level
        level = set(Tag.objects.filter(parent__in=level).order_by().values_list("pk", flat=True)) - found
    return found


def tags_in_order() -> list[tuple[Tag, int]]:
    """All tags with their level, facet by facet, narrower ones after the one they stand below. One query."""
    tags = list(Tag.objects.order_by("facet", "code"))
    below: dict[int | None, list[Tag]] = defaultdict(list)
    for tag in tags:
        below[tag.parent_id].append(tag)
    found: dict[int, tuple[Tag, int]] = {}
    for start in (below[None], tags):
        open_tags = [(tag, 0) for tag in reversed(start)]
        while open_tags:
            tag, level = open_tags.pop()
            if tag.pk not in found:
                found[tag.pk] = tag, level
                open_tags += [(child, level + 1) for child in reversed(below[tag.pk])]
    return list(found.values())


def slots() -> QuerySet[Slot]:
    return Slot.objects.order_by("position", "code")


def approved_placements() -> QuerySet[Placement]:
    """Placements of fragments that are out, in order; their fragments, slots and targets by id only."""
    return Placement.objects.filter(_is_out("fragment")).order_by("slot__position", "position", "id")


def _is_out(fragment: str) -> Q:
    """Of a row that points to a fragment: it was approved once, and is not retired."""
    approved = FragmentRevision.objects.filter(fragment=OuterRef(f"{fragment}_id"), out__isnull=False)
    return ~Q(**{f"{fragment}__state": "retired"}) & Q(Exists(approved))


def current_revisions() -> QuerySet[FragmentRevision]:
    """Of each fragment that is out the revision that says so, in `out`; of the fragment only the code."""
    approved = FragmentRevision.objects.filter(out__isnull=False)
    later = approved.filter(fragment=OuterRef("fragment"), number__gt=OuterRef("number"))
    return (
        approved.filter(~Exists(later))
        .exclude(fragment__state="retired")
        .select_related("fragment")
        .only("number", "out", "outdated", "fragment__code")
    )


def requests_on(fragments: Collection[int]) -> QuerySet[Comment]:
    """The open change requests on fragments, by id: nobody has resolved them, nor approved that language since.

    What a revision was sent back with is answered by the next one.
    """
    next_one = FragmentRevision.objects.filter(
        fragment=OuterRef("revision__fragment"), number__gt=OuterRef("revision__number")
    )
    since = RevisionApproval.objects.filter(
        revision__fragment=OuterRef("revision__fragment"),
        revision__number__gte=OuterRef("revision__number"),
        at__gt=OuterRef("at"),
    )
    rows = Comment.objects.filter(revision__fragment__in=fragments, change_request=True, resolved_at__isnull=True)
    over = Exists(since.filter(language=OuterRef("language"))) | Q(Exists(since), language="")
    return rows.exclude(over).exclude(Exists(next_one), sent_back=True).select_related("revision").order_by("pk")


def out_of(fragment: Fragment) -> dict[str, Any]:
    """What is out of one fragment, as its current revision says it; nothing where it is not out. One query."""
    if fragment.state == Fragment.State.RETIRED:
        return {}
    rows = FragmentRevision.objects.filter(fragment=fragment, out__isnull=False).order_by("-number")
    found: dict[str, Any] | None = rows.values_list("out", flat=True).first()
    return found or {}


def fragments() -> QuerySet[Fragment]:
    """Fragments with all that they name, and as `latest` and `out` the numbers of their revisions, None without."""
    revisions = FragmentRevision.objects.filter(fragment=OuterRef("pk")).order_by("-number").values("number")
    return (
        Fragment.objects.select_related("source_document")
        .prefetch_related("tags", "channels", "markets", "audiences")
        .annotate(
            latest=Subquery(revisions[:1]),
            out=Case(When(~Q(state="retired"), then=Subquery(revisions.filter(out__isnull=False)[:1]))),
        )
    )
