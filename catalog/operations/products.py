"""Writing products and their facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from catalog import querysets
from catalog.actors import Actor
from catalog.models import Asset, Association, AssociationType, Category, Channel, Product
from catalog.models.base import is_code
from catalog.operations.recording import record
from catalog.values import TYPES, AttributeSpec, Invalid, Json, Scope
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
    product.values = merged(product.values if adding else _locked_values(product), facts)
    product.full_clean()
    product.save()
    if categories is not None:
        product.categories.set(categories)
    record(actor, "create" if adding else "change", [product])
    if not adding:
        _pass_on_family(actor, product)
    return product


def _locked_values(product: Product) -> dict[str, Any]:
    """The facts as they are now: those this caller does not name may have changed since it read the product."""
    values: dict[str, Any]
    values = Product.objects.select_for_update().values_list("values", flat=True).get(pk=product.pk)
    return values


def _pass_on_family(actor: Actor, product: Product) -> None:
    """Variants follow where their group changes its family: they could not go first."""
    parents = [product.pk]
    while children := list(Product.objects.filter(parent__in=parents).exclude(family=product.family)):
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
    specs = querysets.attribute_specs(facts)
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
        scope = scope._replace(channel=_stored(Channel.objects.all(), "code", scope.channel))
    own[str(scope)] = None if raw is None else checked(spec, raw)


def checked(spec: AttributeSpec, raw: Any) -> Json:
    """A raw value as it is stored. A link is spelt as what it points to, which must be there. Raises Invalid."""
    value = TYPES[spec.type].parse(raw, spec)
    if spec.type == "asset":
        return _stored(Asset.objects.all(), "code", str(value))
    if spec.type == "reference":
        return _stored(Product.objects.all(), "sku", str(value))
    return value


def _stored(rows: QuerySet[Any], field: str, code: str) -> str:
    """The code of the row called so in whatever case. Raises Invalid where there is none."""
    found = rows.filter(**{f"{field}__iexact": code}).values_list(field, flat=True).first() if is_code(code) else None
    if found is None:
        raise Invalid(f"there is no {rows.model._meta.verbose_name} {quoted(code)}")
    return str(found)


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
