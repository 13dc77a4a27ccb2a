"""Letting one thing stand for another, and taking things out of use."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model

from catalog import querysets
from catalog.actors import Actor
from catalog.aliases import forget, leave, target_of
from catalog.indexing.touched import indexed, touched
from catalog.models import Asset, Attribute, AttributeOption, Category, Fragment, Product, Record, Tag
from catalog.operations import reviewing
from catalog.operations.recording import record
from catalog.operations.translations import forget_states
from catalog.operations.upkeep.following import bring_up_to_date, pointing_to
from catalog.operations.upkeep.repointing import repoint
from catalog.operations.upkeep.rewriting import BATCH, Rewriting, lock_all, plain
from catalog.usage import relations_to, uses_of
from catalog.values import TYPES, Invalid

REPLACED_NOT = (Product,)


@transaction.atomic
def replace(actor: Actor, old: Model, new: Model) -> None:
    """Put `new` in the place of `old` wherever that is used, and delete `old`. Raises ValidationError."""
    _stand_in(actor, old, new, alias=False)


@transaction.atomic
def merge(actor: Actor, old: Model, new: Model) -> None:
    """The same, and what still says the code of `old` is understood as `new`. Raises ValidationError."""
    _stand_in(actor, old, new, alias=True)


@transaction.atomic
def retire(actor: Actor, instance: Model) -> None:
    """Offer a thing no longer; what uses it goes on using it. Raises ValidationError for what cannot be retired."""
    if isinstance(instance, Fragment):
        reviewing.retire(actor, instance)
        return
    if not hasattr(instance, "retired"):
        raise ValidationError(f"A {instance._meta.verbose_name} cannot be retired.")
    instance.retired = True
    with indexed(instance):
        plain(type(instance)).filter(pk=instance.pk).update(retired=True)
    record(actor, "retire", [instance])


def _stand_in(actor: Actor, old: Model, new: Model, *, alias: bool) -> None:
    lock_all()
    if problems := list(_objections(old, new, alias=alias)):
        raise ValidationError(problems)
    former, present = target_of(old), target_of(new)
    rewriting, touch = Rewriting(actor, former, present.code), pointing_to(old)
    repoint(old, new)
    rewritten = rewriting.run()
    record(actor, "merge" if alias else "replace", [old, new])
    # Read anew: in the tree its place has changed if its children have moved.
    forget_states(old)
    type(old)._default_manager.get(pk=old.pk).delete()
    if alias:
        leave(former, present)
    else:
        forget(former)
    bring_up_to_date(rewritten, touch | touched(new))


# --- What stands against it ------------------------------------------------------------------------------------------
def _objections(old: Model, new: Model, *, alias: bool) -> Iterator[str]:
    """Why `new` cannot stand for `old`, for the person who asked for it."""
    if type(old) is not type(new) or isinstance(old, REPLACED_NOT):
        yield f"A {new._meta.verbose_name} cannot take the place of a {old._meta.verbose_name}."
        return
    if old.pk == new.pk:
        yield "It cannot take its own place; choose another."
        return
    yield from _unlike(old, new)
    if isinstance(old, Category | Tag) and _stands_below(new, old):
        yield f"“{new}” stands below “{old}”; move it elsewhere first."
    if fixed := [use for use in _elsewhere(old) if use]:
        yield f"{', '.join(fixed)} are of “{old}” and stay so. Retire it instead."
    if not alias and any(use.label == "Approved texts" for use in uses_of(old)):
        yield f"Approved texts name “{old}”. Merge the two, so that its code is still understood, or approve them anew."
    if isinstance(old, Attribute) and isinstance(new, Attribute):
        yield from _unfit(old, new)


def _unlike(old: Any, new: Any) -> Iterator[str]:
    """Where the two are of the same kind of thing and yet not alike enough."""
    alike: dict[type[Model], tuple[str, ...]] = {
        Attribute: ("type", "localizable", "per_channel"),
        AttributeOption: ("attribute",),
        Record: ("entity_type",),
        Asset: ("kind",),
    }
    for name in alike.get(type(old), ()):
        if getattr(old, name) != getattr(new, name):
            label = type(old)._meta.get_field(name).verbose_name
            yield f"“{new}” differs from “{old}” in: {label}."


def _stands_below(row: Any, other: Any) -> bool:
    seen = set()
    while row is not None and row.pk not in seen:
        if row.pk == other.pk:
            return True
        seen.add(row.pk)
        row = row.parent
    return False


def _elsewhere(old: Model) -> list[str]:
    """What points to it from outside the knowledge base: releases and outputs, which nobody rewrites."""
    outside = [relation for relation in relations_to(type(old)) if relation.model._meta.app_label != "catalog"]
    return [str(relation.model._meta.verbose_name_plural) for relation in outside if relation.rows(old).exists()]


def _unfit(old: Attribute, new: Attribute) -> Iterator[str]:
    """The first value that the other attribute cannot take, with the product that has it."""
    specs = querysets.attribute_specs([old.code, new.code])
    spec = specs[new.code.lower()]
    wanted = dataclasses.replace(spec, options={**specs[old.code.lower()].options, **spec.options})
    rows = plain(Product).filter(values__has_key=old.code).order_by("pk").values_list("sku", "values")
    for sku, values in rows.iterator(chunk_size=BATCH):
        for value in values[old.code].values():
            try:
                _ = value is None or TYPES[spec.type].parse(value, wanted)
            except Invalid as error:
                yield f"“{new}” cannot take the value of “{sku}”: {error}."
                return
