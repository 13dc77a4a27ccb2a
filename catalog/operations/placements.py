"""Putting fragments in slots: on a product, a family, a category with all below, or on all that a filter finds."""

from __future__ import annotations

from typing import Any, TypeAlias

from django.core.exceptions import ValidationError
from django.db import transaction

from catalog import rules
from catalog.actors import Actor
from catalog.indexing.touched import indexed
from catalog.models import Category, Family, Fragment, Placement, Product, Slot
from catalog.operations.four_eyes import refuse_own_eyes
from catalog.operations.recording import record

# A filter is its text, in the one filter language.
Target: TypeAlias = Product | Family | Category | str


@transaction.atomic
def place(actor: Actor, fragment: Fragment, slot: Slot, target: Target, position: int = 0) -> Placement:
    """Put a fragment in a slot on a target; once is enough. Raises ValidationError."""
    return save_placement(actor, _on(fragment, slot, target, excluded=False, position=position))


@transaction.atomic
def exclude(actor: Actor, fragment: Fragment, slot: Slot, target: Target) -> Placement:
    """Take a fragment out of a slot on a target and on all below it; what is placed nearer stays. Raises
    ValidationError."""
    return save_placement(actor, _on(fragment, slot, target, excluded=True))


@transaction.atomic
def unplace(actor: Actor, placement: Placement) -> None:
    """Take a placement, or an exclusion, away again."""
    record(actor, "unplace", [placement.fragment])
    with indexed(placement, deleting=True):
        placement.delete()


@transaction.atomic
def save_placement(actor: Actor, placement: Placement) -> Placement:
    """Check and store a placement as it stands, its filter as it is written canonically. Raises ValidationError."""
    placement.filter = rules.canonical(placement.filter) if placement.filter.strip() else ""
    placement.filter_key = rules.key_of(placement.filter)
    placement.full_clean()
    refuse_own_eyes(actor, placement)
    with indexed(placement):
        placement.save()
    record(actor, "exclude" if placement.excluded else "place", [placement.fragment])
    return placement


def _on(fragment: Fragment, slot: Slot, target: Target, **fields: Any) -> Placement:
    """The placement on a target that is there already, or a new one, with these fields."""
    named = named_target(target)
    key = {"filter_key": rules.key_of(named["filter"])} if "filter" in named else named
    found = Placement.objects.filter(fragment=fragment, slot=slot, **key).first()
    placement = found or Placement(fragment=fragment, slot=slot)
    for name, value in {**named, **fields}.items():
        setattr(placement, name, value)
    return placement


def named_target(target: Target) -> dict[str, Any]:
    """A target under the name of its column. Raises ValidationError for a filter that cannot be a rule."""
    if isinstance(target, str):
        return {"filter": rules.canonical(target)}
    kinds: dict[type[Any], str] = {Product: "product", Family: "family", Category: "category"}
    if type(target) not in kinds:
        raise ValidationError(f"A fragment is placed on a product, a family, a category or a filter, not on {target}.")
    return {kinds[type(target)]: target}
