"""Which products an object has to do with, so that what is derived of them follows when it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db.models import Model, Q, QuerySet
from modeltranslation.utils import build_localized_fieldname

from catalog import rules
from catalog.aliases import Aliases, target_of
from catalog.indexing.locking import lock_everything
from catalog.indexing.nesting import naming
from catalog.indexing.touch import Touch as Touch
from catalog.mentions import InFacts
from catalog.models import (
    Asset,
    Association,
    AssociationType,
    Attribute,
    AttributeOption,
    Audience,
    Category,
    Channel,
    ChannelLanguage,
    Concept,
    FactEntry,
    Family,
    FamilyAttribute,
    ForbiddenTerm,
    Fragment,
    Market,
    Placement,
    Product,
    ProductAsset,
    Record,
    Requirement,
    Slot,
    Term,
)


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


def _association_type(kind: AssociationType) -> Touch:
    """The products at either end: rules may ask for it."""
    rows = Association.objects.filter(type=kind)
    return Touch(products=_ids(rows, "source_id") | _ids(rows, "target_id"), links=True)


def _placement(row: Placement) -> Touch:
    return _placed(Placement.objects.filter(pk=row.pk))


def _fragment(fragment: Fragment) -> Touch:
    return _placed(Placement.objects.filter(fragment__in=[fragment.pk, *naming([fragment.pk])]))


def placed_with(fragments: Iterable[int]) -> Touch:
    """The products that these fragments, by their ids, are placed on or reach."""
    return _placed(Placement.objects.filter(fragment__in=list(fragments)))


def _placed(rows: QuerySet[Placement]) -> Touch:
    """What a rule finds is asked at once: after the write it may find others."""
    ruled = rows.exclude(filter_key="").order_by().values_list("filter", flat=True)
    products = _ids(rows, "product_id") | rules.reached(set(ruled.distinct()))
    return Touch(products, _ids(rows, "family_id"), _ids(rows, "category_id"), links=True)


def _attribute(attribute: Attribute) -> Touch:
    """The products that may have it, and those that rules find by it: they may be understood no more, or again."""
    touch = Touch(attributes=frozenset([attribute.pk]), facts=frozenset([attribute.code]))
    return touch | _found_by([attribute])


def _found_by(attributes: Iterable[Attribute]) -> Touch:
    codes = {attribute.code.lower() for attribute in attributes}
    aliases = Aliases()
    asking = {text for text in rules.placed() | rules.frozen() if rules.asks(text, codes, aliases)}
    return Touch(rules.reached(asking), links=True) if asking else Touch()


def _option(option: AttributeOption) -> Touch:
    """The products that have it, as far as the index knows; else all that can."""
    attribute = option.attribute
    facts = frozenset([attribute.code])
    if attribute.filterable or attribute.unique:
        having = FactEntry.objects.filter(attribute=attribute, key=option.code.lower())
        return Touch(products=_ids(having, "product_id"), facts=facts)
    return Touch(attributes=frozenset([attribute.pk]), facts=facts)


def _record(record: Record) -> Touch:
    """The products that name it: those the index knows, and all that can by an attribute that is in no index."""
    naming = _naming_records([record])
    entered = [attribute.pk for attribute in naming if attribute.filterable or attribute.unique]
    having = FactEntry.objects.filter(attribute__in=entered, key=record.code.lower())
    others = frozenset(attribute.pk for attribute in naming) - set(entered)
    return Touch(_ids(having, "product_id"), attributes=others, facts=frozenset(row.code for row in naming))


def _naming_records(records: Iterable[Record]) -> list[Attribute]:
    """The attributes whose values are records of these entity types."""
    entities = {record.entity_type.code.lower() for record in records}
    return [
        row
        for row in Attribute.objects.filter(type="record")
        if str(row.settings.get("entity", "")).lower() in entities
    ]


def _asset(asset: Asset) -> Touch:
    """The products that show it, attached or named by a fact of theirs, of their family or of nobody."""
    naming = _naming_assets()
    facts = InFacts(target_of(asset), frozenset(naming.values_list("code", flat=True)))
    attached = _ids(ProductAsset.objects.filter(asset=asset), "product_id")
    return Touch(
        attached | _ids(facts.candidates(Product.objects.all()), "pk"),
        _ids(facts.candidates(Family.objects.all()), "pk"),
        attributes=_ids(naming.filter(settings__has_key="default"), "pk"),
        links=True,
    )


def _naming_assets() -> QuerySet[Attribute]:
    return Attribute.objects.filter(type__in=("asset", "assets"))


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


def _market(market: Market) -> Touch:
    return _spoken_to(Channel.objects.filter(market=market))


def _audience(audience: Audience) -> Touch:
    return _spoken_to(Channel.objects.filter(audience=audience))


def _spoken_to(channels: QuerySet[Channel]) -> Touch:
    """The products of which these channels require texts, some of which are for others."""
    return Touch(families=_ids(Requirement.objects.filter(channel__in=channels), "family_id"), links=True)


def _outlet(channel: int, varying: QuerySet[Attribute]) -> Touch:
    """What varies with a channel or its languages, and what the channel requires."""
    indexed = dict(varying.filter(Q(filterable=True) | Q(unique=True)).values_list("pk", "code"))
    families = _ids(Requirement.objects.filter(channel=channel), "family_id")
    return Touch(
        families=families, attributes=frozenset(indexed), facts=frozenset(indexed.values()), links=bool(families)
    )


def _category(category: Category) -> Touch:
    """Its products see other texts, and meet other conditions."""
    placed = Placement.objects.filter(Q(category__isnull=False) | ~Q(filter_key=""))
    asked = placed.exists() or Requirement.objects.exclude(condition="").exists() or rules.frozen()
    if not asked:
        return Touch()
    return Touch(categories=frozenset([category.pk]), links=True)


def _checks(_: Model) -> Touch:
    return Touch(checks=True)


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
_CHANNEL = ("code", "medium", "market_id", "audience_id", "currencies", "retired")
_FILE = ("kind", "digest", "url", "width", "height")
_LABELS = tuple(build_localized_fieldname("label", language) for language in settings.MODELTRANSLATION_LANGUAGES)

AFFECTS: dict[type[Model], Affects] = {
    Product: Affects(_product),
    ProductAsset: Affects(_asset_role),
    Association: Affects(_association),
    AssociationType: Affects(_association_type, "two_way", fresh=False),
    Placement: Affects(_placement),
    Fragment: Affects(_fragment, "state", fresh=False),
    Attribute: Affects(_attribute, *_ATTRIBUTE, fresh=False),
    AttributeOption: Affects(_option, fresh=False),
    Family: Affects(_family, "values", "label_attribute_id", "image_attribute_id", fresh=False),
    FamilyAttribute: Affects(_member, "family_id", "attribute_id"),
    Requirement: Affects(_requirement),
    Slot: Affects(_slot, "code", fresh=False),
    Record: Affects(_record, *_LABELS, fresh=False),
    Asset: Affects(_asset, *_FILE, fresh=False),
    Market: Affects(_market, "code", fresh=False),
    Audience: Affects(_audience, "code", fresh=False),
    Channel: Affects(_channel, *_CHANNEL),
    ChannelLanguage: Affects(_channel_language, "language", "fallback"),
    Category: Affects(_category, "parent_id", fresh=False),
}

# What the quality checks go by, besides what products say and what hangs on them.
JUDGED: dict[type[Model], Affects] = {
    ForbiddenTerm: Affects(_checks),
    Concept: Affects(_checks, "code", fresh=False),
    Term: Affects(_checks),
    Channel: Affects(_checks, *_CHANNEL, "text_limits", "min_picture"),
    Slot: Affects(_checks, "max_length", fresh=False),
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
        return _placed(Placement.objects.filter(fragment__in=ids | naming(ids)))
    if model in (Attribute, AttributeOption):
        attributes = ids if model is Attribute else frozenset(row.attribute_id for row in rows)
        return Touch(attributes=attributes, facts=None, links=True) | _found_by(
            rows if model is Attribute else Attribute.objects.filter(pk__in=attributes)
        )
    if model is Record:
        return Touch(attributes=frozenset(row.pk for row in _naming_records(rows)), facts=None)
    if model is Asset:
        attached = _ids(ProductAsset.objects.filter(asset__in=ids), "product_id")
        return Touch(attached, attributes=_ids(_naming_assets(), "pk"), links=True)
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
    known = [table[type(instance)] for table in (AFFECTS, JUDGED) if type(instance) in table]
    before = _stored(instance) if known else None
    affecting = [affects for affects in known if deleting or affects.differs(before, instance)]
    if not affecting:
        yield
        return
    if not _is_local(instance):
        lock_everything()
    touch = Touch()
    for affects in affecting if before else ():
        touch |= affects.touch(before)
    yield
    for affects in affecting if not deleting else ():
        touch |= affects.touch(instance)
    _follow(touch)


def refresh_touched(instance: Model, *, noted: bool = False) -> None:
    """Bring what is derived of the products that an object touches up to date; `noted` as in Touch."""
    if not _is_local(instance):
        lock_everything()
    _follow(replace(touched(instance), noted=noted))


def _follow(touch: Touch) -> None:
    """At once, or with all that is gathered."""
    gathered = _gathered.get()
    if gathered is None:
        touch.refresh()
    else:
        gathered.append(touch)


def _is_local(instance: Model) -> bool:
    """Whether an object touches single products only, so that writers of others need not wait."""
    return isinstance(instance, Product | Association) or getattr(instance, "product_id", None) is not None


def _stored(instance: Model) -> Any:
    """The object as it stands in the database, None if it does not."""
    return QuerySet(type(instance)).filter(pk=instance.pk).first() if instance.pk else None
