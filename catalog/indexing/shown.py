"""What documents show besides what products say: whose change makes releases look at which products again.

Facts, links and placements are followed by catalog.indexing.touched, since the index depends on them too. Here are the
rest: labels, groups, files and the approved texts, which no index holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db.models import Model, Q

from catalog import mentions, querysets
from catalog.aliases import Target, target_of
from catalog.indexing import outbox
from catalog.indexing.touch import Touch
from catalog.indexing.touched import placed_with, touched_together
from catalog.indexing.writing import batches
from catalog.models import (
    Asset,
    Association,
    AssociationType,
    Attribute,
    AttributeGroup,
    AttributeOption,
    Audience,
    Category,
    Channel,
    ChannelLanguage,
    CodeAlias,
    Family,
    FamilyVariant,
    FamilyVariantAttribute,
    Fragment,
    Market,
    Product,
    Record,
    Slot,
)


def _together(rows: Sequence[Any]) -> Iterable[int]:
    return touched_together(rows).ids()


def _in_texts_too(rows: Sequence[Any]) -> Iterable[int]:
    """Texts show labels of attributes and pictures, on products that need not have either."""
    found = {pk: code for row in rows for pk, code in _referring(target_of(row))}
    return touched_together(rows).ids() | saying([Fragment(pk=pk, code=code) for pk, code in found.items()])


def _below(rows: Sequence[Category]) -> Iterable[int]:
    return Touch(categories=frozenset(row.pk for row in rows)).ids()


def _all(_rows: Sequence[Any]) -> Iterable[int]:
    return [outbox.EVERYTHING]


SHOWN: dict[type[Model], Callable[[Sequence[Any]], Iterable[int]]] = {
    **dict.fromkeys((AttributeOption, Family, Record), _together),
    **dict.fromkeys((Attribute, Asset), _in_texts_too),
    Category: _below,
    **dict.fromkeys((AttributeGroup, Slot, AssociationType, FamilyVariant, FamilyVariantAttribute), _all),
    **dict.fromkeys((Market, Audience, Channel, ChannelLanguage, CodeAlias), _all),
}


# What nothing shows as soon as it is there, but only once something points to it, which is a write of its own.
_FRESH = "create"
# What is done with a fragment's working copy changes nothing that is out.
_INSIDE = {"create", "change", "restore", "submit", "withdraw", "translate"}
# Nor does what is said of it.
_INSIDE |= {"comment", "request change", "reject", "resolve"}


def note_shown(operation: str, instances: Iterable[Model]) -> None:
    """Note the products whose documents show something of these objects after an operation, in its transaction."""
    by_model: dict[type[Model], list[Any]] = defaultdict(list)
    for instance in instances:
        by_model[type(instance)].append(instance)
    for model, rows in by_model.items():
        for part in batches(rows):
            outbox.note(_showing(model, operation, part))


def _showing(model: type[Model], operation: str, rows: Sequence[Any]) -> Iterable[int]:
    if model is Product:
        return _pointing_to(rows) if operation == "delete" else ()
    if model is Fragment:
        return saying(rows) if operation not in _INSIDE else ()
    how = SHOWN.get(model)
    return how(rows) if how and (operation != _FRESH or how is _all) else ()


def _pointing_to(products: Sequence[Product]) -> set[int]:
    """Products about to be deleted, and those that are associated with them."""
    ids = {product.pk for product in products}
    pairs = Association.objects.filter(Q(source__in=ids) | Q(target__in=ids)).values_list("source_id", "target_id")
    return ids.union(*pairs)


def showing(assets: Sequence[Asset]) -> set[int]:
    """The products that show these files."""
    return set(_in_texts_too(assets)) if assets else set()


def saying(fragments: Sequence[Fragment]) -> set[int]:
    """The products that get what is out of these fragments, or of others that refer to them."""
    codes = {fragment.pk: fragment.code for fragment in fragments}
    return placed_with(_with_referring(codes)).ids() if codes else set()


def _with_referring(codes: dict[int, str]) -> set[int]:
    """The ids of the fragments, and of those that refer to them, however many times removed."""
    found = dict(codes)
    fresh = dict(codes)
    while fresh:
        fresh = {
            pk: code for each in fresh.values() for pk, code in _referring(Target("fragment", each)) if pk not in found
        }
        found |= fresh
    return set(found)


def _referring(target: Target) -> Iterable[tuple[int, str]]:
    """The fragments whose approved texts refer to something."""
    for row in mentions.frozen_with(querysets.current_revisions(), target):
        if any(mentions.refers(body, target) for body in (row.out or {})["body"].values()):
            yield row.fragment_id, row.fragment.code
