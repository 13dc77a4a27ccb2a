"""Which products an object has to do with, so that what is derived of them follows when it is written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields
from typing import Any

from django.db.models import Model, Q, QuerySet

from catalog.indexing.locking import lock_everything
from catalog.indexing.refreshing import refresh, refresh_exactly
from catalog.models import (
    Association,
    Attribute,
    AttributeOption,
    Category,
    Channel,
    ChannelLanguage,
    FactEntry,
    Family,
    FamilyAttribute,
    Fragment,
    Placement,
    Product,
    ProductAsset,
    Requirement,
    Slot,
)


@dataclass(frozen=True)
class Touch:
    """Products by their ids, their families, categories (with all below) or attributes (had by family or by value).

    `facts` are the codes of the facts that may count differently, None for all; `links` says that what hangs on the
    products may.
    """

    products: frozenset[int] = frozenset()
    families: frozenset[int] = frozenset()
    categories: frozenset[int] = frozenset()
    attributes: frozenset[int] = frozenset()
    facts: frozenset[str] | None = frozenset()
    links: bool = False

    def __or__(self, other: Touch) -> Touch:
        facts = None if self.facts is None or other.facts is None else self.facts | other.facts
        sets = {name: getattr(self, name) | getattr(other, name) for name in _SETS}
        return Touch(**sets, facts=facts, links=self.links or other.links)

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in _SETS)

    def refresh(self) -> None:
        """Bring what is derived of these products up to date. The caller holds the lock, or knows it needs none."""
        if self:
            refresh(self.ids(), attributes=self.facts, links=self.links)

    def ids(self) -> set[int]:
        """The products, without those below them."""
        chosen = Q(family__in=self.families | _families_with(self.attributes))
        if self.categories:
            links = Product.categories.through.objects.filter(category__in=_with_descendants(self.categories))
            chosen |= Q(pk__in=links.values("product"))
        if codes := list(Attribute.objects.filter(pk__in=self.attributes).values_list("code", flat=True)):
            chosen |= Q(values__has_any_keys=codes)
        return {*self.products, *Product.objects.filter(chosen).order_by().values_list("pk", flat=True)}


_SETS = [field.name for field in fields(Touch) if field.name not in ("facts", "links")]


def _families_with(attributes: frozenset[int]) -> set[int]:
    if not attributes:
        return set()
    rows = Attribute.objects.filter(pk__in=attributes)
    codes = list(rows.values_list("code", flat=True))
    said = Family.objects.filter(values__has_any_keys=codes) if codes else Family.objects.none()
    members = FamilyAttribute.objects.filter(attribute__in=attributes)
    return {*said.values_list("pk", flat=True), *members.values_list("family_id", flat=True)}


def _with_descendants(categories: frozenset[int]) -> set[int]:
    found: set[int] = set()
    below = set(categories)
    while below:
        found |= below
        below = set(Category.objects.filter(parent__in=below).order_by().values_list("pk", flat=True)) - found
    return found


# --- What touches what -----------------------------------------------------------------------------------------------
def _ids(rows: QuerySet[Any], column: str) -> frozenset[int]:
    return frozenset(pk for pk in rows.order_by().values_list(column, flat=True).distinct() if pk)


def _product(product: Product) -> Touch:
    """Its parent too: with its first variant it becomes a group, without the last it no longer is one."""
    return Touch(products=frozenset(pk for pk in (product.pk, product.parent_id) if pk), facts=None)


def _asset_role(row: ProductAsset) -> Touch:
    return Touch(products=frozenset([row.product_id]), links=True)


def _association(row: Association) -> Touch:
    return Touch(products=frozenset([row.source_id, row.target_id]), links=True)


def _placement(row: Placement) -> Touch:
    return _placed(Placement.objects.filter(pk=row.pk))


def _fragment(fragment: Fragment) -> Touch:
    return _placed(Placement.objects.filter(fragment=fragment))


def _placed(rows: QuerySet[Placement]) -> Touch:
    return Touch(_ids(rows, "product_id"), _ids(rows, "family_id"), _ids(rows, "category_id"), links=True)


def _attribute(attribute: Attribute) -> Touch:
    return Touch(attributes=frozenset([attribute.pk]), facts=frozenset([attribute.code]))


def _option(option: AttributeOption) -> Touch:
    """The products that have it, as far as the index knows; else all that can."""
    attribute = option.attribute
    facts = frozenset([attribute.code])
    if attribute.filterable or attribute.unique:
        having = FactEntry.objects.filter(attribute=attribute, key=option.code.lower())
        return Touch(products=_ids(having, "product_id"), facts=facts)
    return Touch(attributes=frozenset([attribute.pk]), facts=facts)


def _family(family: Family) -> Touch:
    return Touch(families=frozenset([family.pk]), facts=None)


def _member(row: FamilyAttribute) -> Touch:
    return Touch(families=frozenset([row.family_id]), facts=frozenset([row.attribute.code]))


def _requirement(row: Requirement) -> Touch:
    return Touch(families=frozenset([row.family_id]), links=True)


def _slot(slot: Slot) -> Touch:
    return Touch(families=_ids(Requirement.objects.filter(slot=slot), "family_id"), links=True)


def _channel(channel: Channel) -> Touch:
    return _outlet(channel.pk, Attribute.objects.filter(per_channel=True))


def _channel_language(row: ChannelLanguage) -> Touch:
    return _outlet(row.channel_id, Attribute.objects.filter(localizable=True))


def _outlet(channel: int, varying: QuerySet[Attribute]) -> Touch:
    """What varies with a channel or its languages, and what the channel requires."""
    indexed = dict(varying.filter(Q(filterable=True) | Q(unique=True)).values_list("pk", "code"))
    families = _ids(Requirement.objects.filter(channel=channel), "family_id")
    return Touch(
        families=families, attributes=frozenset(indexed), facts=frozenset(indexed.values()), links=bool(families)
    )


def _category(category: Category) -> Touch:
    """Its products see other texts, and meet other conditions."""
    placed = Placement.objects.filter(category__isnull=False)
    if not placed.exists() and not Requirement.objects.exclude(condition="").exists():
        return Touch()
    return Touch(categories=frozenset([category.pk]), links=True)


class Affects:
    """How objects of a model touch products: by `touch`, if one of `columns` changed, or any where none is named.

    A `fresh` object touches products as soon as it is there; others only once something else points to them.
    """

    def __init__(self, touch: Callable[[Any], Touch], *columns: str, fresh: bool = True) -> None:
        self.touch = touch
        self.columns = columns
        self.fresh = fresh

    def differs(self, before: Model | None, after: Model) -> bool:
        if before is None:
            return self.fresh
        return not self.columns or any(getattr(before, name) != getattr(after, name) for name in self.columns)


_ATTRIBUTE = ("code", "type", "localizable", "per_channel", "filterable", "unique", "role", "settings")
_CHANNEL = ("code", "medium", "market_id", "audience_id", "currencies")

AFFECTS: dict[type[Model], Affects] = {
    Product: Affects(_product),
    ProductAsset: Affects(_asset_role),
    Association: Affects(_association),
    Placement: Affects(_placement),
    Fragment: Affects(_fragment, "state", fresh=False),
    Attribute: Affects(_attribute, *_ATTRIBUTE, fresh=False),
    AttributeOption: Affects(_option, fresh=False),
    Family: Affects(_family, "values", "label_attribute_id", "image_attribute_id", fresh=False),
    FamilyAttribute: Affects(_member, "family_id", "attribute_id"),
    Requirement: Affects(_requirement),
    Slot: Affects(_slot, "code", fresh=False),
    Channel: Affects(_channel, *_CHANNEL),
    ChannelLanguage: Affects(_channel_language, "language", "fallback"),
    Category: Affects(_category, "parent_id", fresh=False),
}


def touched(instance: Model) -> Touch:
    """The products that a stored object has to do with as it stands in the database."""
    affects = AFFECTS.get(type(instance))
    return affects.touch(instance) if affects and instance.pk else Touch()


def touched_together(rows: Sequence[Any]) -> Touch:
    """The products that many stored objects of one model have to do with, all their facts included.

    A few queries however many they are, so more products than `touched` would name one by one.
    """
    model = type(rows[0])
    ids = frozenset(row.pk for row in rows)
    if model is Product:
        return Touch(products=ids, facts=None, links=True)
    if model is Fragment:
        return _placed(Placement.objects.filter(fragment__in=ids))
    if model in (Attribute, AttributeOption):
        attributes = ids if model is Attribute else frozenset(row.attribute_id for row in rows)
        return Touch(attributes=attributes, facts=None, links=True)
    touch = Touch()
    for row in rows:
        touch |= touched(row)
    return touch


# --- Around a write --------------------------------------------------------------------------------------------------
_gathered: ContextVar[list[Touch] | None] = ContextVar("gathered", default=None)


@contextmanager
def gathering() -> Iterator[None]:
    """Write several objects within: what is derived follows once, at the end."""
    if _gathered.get() is not None:
        yield
        return
    touches: list[Touch] = []
    token = _gathered.set(touches)
    try:
        yield
    finally:
        _gathered.reset(token)
    refresh_all(touches)


def refresh_all(touches: list[Touch]) -> None:
    """Bring what is derived of all these up to date; what only hangs on products apart from what they say."""
    total = Touch()
    for touch in touches:
        total |= touch
    total.refresh()


@contextmanager
def indexed(instance: Model, *, deleting: bool = False) -> Iterator[None]:
    """Write or delete an object of any model within: what is derived of the products it touches follows.

    Those it touched before count as much as those it touches afterwards.
    """
    affects = AFFECTS.get(type(instance))
    before = _stored(instance) if affects else None
    if affects is None or not (deleting or affects.differs(before, instance)):
        yield
        return
    if not _is_local(instance):
        lock_everything()
    touch = affects.touch(before) if before else Touch()
    yield
    if not deleting:
        touch |= affects.touch(instance)
    gathered = _gathered.get()
    if gathered is None:
        touch.refresh()
    else:
        gathered.append(touch)


def refresh_touched(instance: Model) -> None:
    """Bring what is derived of the products that an object touches up to date."""
    if not _is_local(instance):
        lock_everything()
    touched(instance).refresh()


def refresh_product(product: Product, before: Product | None, *, links: bool) -> None:
    """After a product was written: `before` is what it was, None for a new one; `links` as for `refresh`."""
    if before and before.parent_id != product.parent_id:
        lock_everything()
    if before is None or any(getattr(before, name) != getattr(product, name) for name in _PLACE):
        refresh_placed([product.pk], {product.parent_id, before.parent_id if before else None})
        return
    said = before.values.keys() | product.values.keys()
    changed = [code for code in said if before.values.get(code) != product.values.get(code)]
    if changed or links or before.status != product.status:
        refresh([product.pk], attributes=changed, links=links or before.status != product.status)


def refresh_placed(ids: Collection[int], parents: Iterable[int | None]) -> None:
    """After products were made or moved: theirs, and what it means to their parents to have variants or none."""
    refresh(ids)
    refresh_exactly({pk for pk in parents if pk}, attributes=(), links=True)


# What decides which facts a product has and inherits.
_PLACE = ("sku", "family_id", "parent_id", "family_variant_id")


def _is_local(instance: Model) -> bool:
    """Whether an object touches single products only, so that writers of others need not wait."""
    return isinstance(instance, Product | Association) or getattr(instance, "product_id", None) is not None


def _stored(instance: Model) -> Any:
    """The object as it stands in the database, None if it does not."""
    return QuerySet(type(instance)).filter(pk=instance.pk).first() if instance.pk else None
