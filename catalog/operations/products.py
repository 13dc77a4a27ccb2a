"""Writing products and their facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from catalog import querysets
from catalog.actors import Actor
from catalog.aliases import refuse_former
from catalog.indexing.moved import refresh_product
from catalog.models import Category, Product
from catalog.operations.associations import refuse_cycle
from catalog.operations.axes import axes_of, checked_key, renew_axis_keys
from catalog.operations.former import channel_called, checked, specs_called
from catalog.operations.links import refuse_shared
from catalog.operations.recording import record
from catalog.values import AttributeSpec, Invalid, Scope
from catalog.values.base import quoted

# What a caller says for a fact: {attribute code: {scope: raw value}}. None in place of a raw value empties the fact
# there, whatever is inherited; INHERIT takes the product's own word away.
Facts = Mapping[str, Mapping[str, Any]]


class _Inherit:
    """Says: nothing of its own here, what is inherited counts again."""


INHERIT = _Inherit()


@transaction.atomic
def save_product(actor: Actor, product: Product, facts: Facts, categories: Sequence[Category] | None = None) -> Product:
    """Create or change a product together with some of its facts; facts not named stay.

    Raises ValidationError whose messages name the attribute's label, and writes nothing then.
    """
    adding = product.pk is None
    if adding and product.parent and not product.family:
        product.family = product.parent.family
    check_line(product)
    before = None if adding else _locked(product)
    product.values = merged(product.values if before is None else before.values, facts)
    refuse_shared(product, facts)
    product.axis_key = _axis_key(product, before)
    product.full_clean()
    refuse_former(product)
    product.save()
    if categories is not None:
        product.categories.set(categories)
    record(actor, "create" if adding else "change", [product])
    if before is not None:
        _pass_on_family(actor, product)
        _pass_on_place(product, before)
    refresh_product(product, before, links=categories is not None)
    return product


def _locked(product: Product) -> Product:
    """The product as it is now: facts the caller does not name may have changed since it read them."""
    return Product.objects.select_for_update(of=("self",)).get(pk=product.pk)


def _axis_key(product: Product, before: Product | None) -> str:
    """What tells the product from its siblings. Raises ValidationError.

    One that was imported without saying all its axes keeps its place as long as neither it nor they change.
    """
    axes = axes_of(querysets.line_of(product))
    same = before is not None and before.parent_id == product.parent_id
    if before and same and all(before.values.get(spec.code) == product.values.get(spec.code) for spec in axes):
        return before.axis_key
    return checked_key(product, axes)


def _pass_on_place(product: Product, before: Product) -> None:
    """Where a product moves or splits in another way, what tells those below it apart may be something else now."""
    moved = product.parent_id != before.parent_id
    if moved:
        refuse_cycle(product)
    if moved or product.family_variant_id != before.family_variant_id:
        renew_axis_keys(querysets.descendants([product.pk]))


def _pass_on_family(actor: Actor, product: Product) -> None:
    """Variants follow where their group changes its family: they could not go first."""
    parents = [product.pk]
    # In no order: for one, SQLite would go through all products by their SKU.
    while children := list(Product.objects.filter(parent__in=parents).exclude(family=product.family).order_by()):
        parents = [child.pk for child in children]
        Product.objects.filter(pk__in=parents).update(family=product.family, updated_at=timezone.now())
        record(actor, "change", children)


@transaction.atomic
def set_facts(actor: Actor, product: Product, facts: Facts) -> Product:
    """Change some facts of a product. Raises ValidationError; then nothing is written."""
    fresh = save_product(actor, Product.objects.select_for_update().get(pk=product.pk), facts)
    product.values = fresh.values
    return product


def check_line(product: Product) -> None:
    """A product is not its own ancestor and has its parent's family. Raises ValidationError."""
    seen = {product.pk}
    ancestor = product.parent
    while ancestor is not None:
        if ancestor.pk in seen:
            raise ValidationError({"parent": "This product, or a variant of it, cannot be its parent."})
        seen.add(ancestor.pk)
        ancestor = ancestor.parent
    if product.parent and product.family_id != product.parent.family_id:
        raise ValidationError({"family": f"A variant has its parent's family, {product.parent.family}."})


def merged(values: Mapping[str, Any], facts: Facts) -> dict[str, dict[str, Any]]:
    """The values document with the facts put in, checked and normalised. Raises ValidationError naming each culprit."""
    result = {code: dict(scopes) for code, scopes in values.items()}
    specs = specs_called(facts)
    problems: list[str] = []
    for code, scopes in facts.items():
        spec = specs.get(code.lower())
        if spec is None:
            problems.append(f"There is no attribute {quoted(code)}.")
            continue
        own = result.setdefault(spec.code, {})
        for key, raw in scopes.items():
            try:
                put(own, spec, key, raw)
            except Invalid as error:
                problems.append(f"{spec.label(('en',))}: {error}.")
        if not own:
            del result[spec.code]
    if problems:
        raise ValidationError(problems)
    return result


def put(own: dict[str, Any], spec: AttributeSpec, key: str, raw: Any) -> None:
    """One value into an attribute's scopes. Raises Invalid."""
    if raw is INHERIT:
        own.pop(key, None)
        return
    scope = Scope.read(key)
    scope.check(spec)
    if scope.language and scope.language not in settings.MODELTRANSLATION_LANGUAGES:
        raise Invalid(f"there is no language {quoted(scope.language)}")
    if scope.channel:
        scope = scope._replace(channel=channel_called(scope.channel))
    own[str(scope)] = None if raw is None else checked(spec, raw, own.get(str(scope)))
