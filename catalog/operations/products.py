"""Writing products and their facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from catalog import querysets
from catalog.actors import Actor
from catalog.models import Asset, Association, AssociationType, Category, Product
from catalog.operations.recording import record
from catalog.values import TYPES, AttributeSpec, Invalid, Json, Scope

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
    product.values = merged(product.values, facts)
    product.full_clean()
    product.save()
    if categories is not None:
        product.categories.set(categories)
    record(actor, "create" if adding else "change", [product])
    return product


@transaction.atomic
def set_facts(actor: Actor, product: Product, facts: Facts) -> Product:
    """Change some facts of a product. Raises ValidationError; then nothing is written."""
    fresh = Product.objects.select_for_update().get(pk=product.pk)
    product.values = fresh.values
    return save_product(actor, product, facts)


def check_line(product: Product) -> None:
    """A product is not its own ancestor and has its parent's family. Raises ValidationError."""
    seen = {product.pk}
    ancestor = product.parent
    while ancestor is not None:
        if ancestor.pk in seen:
            raise ValidationError({"parent": f"{ancestor.sku} is a variant of this product; it cannot be its parent."})
        seen.add(ancestor.pk)
        ancestor = ancestor.parent
    if product.parent and product.family_id != product.parent.family_id:
        raise ValidationError({"family": f"A variant has its parent's family, {product.parent.family}."})


def merged(values: Mapping[str, Any], facts: Facts) -> dict[str, dict[str, Any]]:
    """The values document with the facts put in, checked and normalised. Raises ValidationError naming each culprit."""
    result = {code: dict(scopes) for code, scopes in values.items()}
    specs = querysets.attribute_specs(facts)
    problems: list[str] = []
    for code, scopes in facts.items():
        spec = specs.get(code.lower())
        if spec is None:
            problems.append(f"There is no attribute “{code}”.")
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
    Scope.read(key).check(spec)
    own[key] = None if raw is None else checked(spec, raw)


def checked(spec: AttributeSpec, raw: Any) -> Json:
    """A raw value as it is stored. A link must point to something that is there. Raises Invalid."""
    value = TYPES[spec.type].parse(raw, spec)
    if spec.type == "asset" and not Asset.objects.filter(code__iexact=value).exists():
        raise Invalid(f"there is no asset “{value}”")
    if spec.type == "reference" and not Product.objects.filter(sku__iexact=value).exists():
        raise Invalid(f"there is no product “{value}”")
    return value


@transaction.atomic
def associate(
    actor: Actor, source: Product, kind: AssociationType, target: Product, quantity: int = 1, position: int = 0
) -> Association:
    """Point a product to another; a second time changes the quantity and position. Raises ValidationError."""
    association = Association.objects.filter(source=source, type=kind, target=target).first()
    association = association or Association(source=source, type=kind, target=target)
    association.quantity, association.position = quantity, position
    association.full_clean()
    association.save()
    record(actor, "associate", [source])
    return association
