"""Emptying what a product would inherit, and inheriting it again.

A thing is "fact:CODE", "fact:CODE:SCOPE", "categories", "slot:CODE", "asset:ROLE" or "association:TYPE".
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from catalog import inheritance
from catalog.actors import Actor
from catalog.indexing import refresh
from catalog.models import AssociationType, Product, Slot
from catalog.models.base import is_code
from catalog.operations.associations import refuse_cycle
from catalog.operations.products import INHERIT, Facts, set_facts
from catalog.operations.recording import record
from catalog.values.base import quoted

FACT = "fact"
# The longest role of an asset.
_ROLE = 50


@transaction.atomic
def set_own_only(actor: Actor, product: Product, add: Iterable[str] = (), remove: Iterable[str] = ()) -> Product:
    """Say of some things that only the product's own word counts, and of others that they are inherited again.

    Raises ValidationError for what cannot be inherited at all.
    """
    added, removed = {checked_thing(what) for what in add}, {what.lower() for what in remove}
    fresh = Product.objects.select_for_update(of=("self",)).get(pk=product.pk)
    own_only = sorted((set(fresh.own_only) | added) - removed)
    if own_only != fresh.own_only:
        fresh.own_only = own_only
        fresh.save(update_fields=["own_only", "updated_at"])
        if any(what.startswith(inheritance.ASSOCIATION) for what in removed):
            refuse_cycle(fresh)
        record(actor, "change", [fresh])
    refresh([product.pk], attributes=(), links=True)
    product.own_only, product.updated_at = fresh.own_only, fresh.updated_at
    return product


def checked_thing(what: str) -> str:
    """A thing as `own_only` spells it. Raises ValidationError that names what is wrong with it."""
    kind, _, code = what.partition(":")
    if what == inheritance.CATEGORIES:
        return what
    if kind not in inheritance.KINDS or not is_code(code):
        raise ValidationError(
            f"{quoted(what)} is nothing that is inherited; write categories, asset:ROLE, slot:CODE or association:TYPE."
        )
    named = {inheritance.SLOT: Slot.objects.all(), inheritance.ASSOCIATION: AssociationType.objects.all()}.get(kind)
    if named is not None and not named.filter(code__iexact=code).exists():
        raise ValidationError(f"There is no {named.model._meta.verbose_name} {quoted(code)}.")
    if kind == inheritance.ASSET and len(code) > _ROLE:
        raise ValidationError(f"{quoted(code)} is too long for a role; at most {_ROLE} characters are allowed.")
    return inheritance.thing(kind, code)


@transaction.atomic
def empty_here(actor: Actor, product: Product, what: str) -> Product:
    """Let a product have nothing of a thing, whatever is above it. Raises ValidationError."""
    if facts := _facts(product, what, None):
        return set_facts(actor, product, facts)
    thing = checked_thing(what)
    _own(product, thing).delete()
    return set_own_only(actor, product, add=[thing])


@transaction.atomic
def reset_to_inherited(actor: Actor, product: Product, what: str) -> Product:
    """Take a product's own word on a thing away, so that it has what is above it again. Raises ValidationError."""
    if facts := _facts(product, what, INHERIT):
        return set_facts(actor, product, facts)
    thing = checked_thing(what)
    deleted, _ = _own(product, thing).delete()
    if deleted and thing not in product.own_only:
        record(actor, "change", [product])
    return set_own_only(actor, product, remove=[thing])


def _facts(product: Product, what: str, raw: Any) -> Facts:
    """The facts to write where a fact is meant: one scope of it, or all in which the product says something."""
    kind, _, name = what.partition(":")
    if kind != FACT:
        return {}
    code, colon, scope = name.partition(":")
    return {code: {scope: raw}} if colon else {code: dict.fromkeys(product.values.get(code) or [""], raw)}


def _own(product: Product, thing: str) -> QuerySet[Any]:
    """The product's own rows of a thing."""
    rows: QuerySet[Any] = Product.categories.through.objects.filter(product=product)
    kind, _, code = thing.partition(":")
    if kind == inheritance.SLOT:
        return product.placements.filter(slot__code__iexact=code)
    if kind == inheritance.ASSET:
        return product.product_assets.filter(role__iexact=code)
    if kind == inheritance.ASSOCIATION:
        return product.associations.filter(type__code__iexact=code)
    return rows
