"""What a type cannot know of a value: whether what it points to is there, may still be chosen, and is nobody else's."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.db.models.functions import Lower

from catalog import querysets
from catalog.models import Asset, Attribute, FactEntry, Product, Record
from catalog.models.base import is_code
from catalog.values import TYPES, AttributeSpec, Invalid, Json
from catalog.values.base import Entry, quoted


def checked(spec: AttributeSpec, raw: Any, stored: Any = None) -> Json:
    """A raw value as it is stored: a link is spelt as what it points to, which must be there.

    What is `stored` already may stay, retired or not. Raises Invalid.
    """
    value = TYPES[spec.type].parse(raw, spec)
    if value == stored:
        return value
    kept = {str(code).lower() for code in (stored if isinstance(stored, list) else [stored])}
    if spec.type == "asset":
        return _asset(str(value), kept)
    if spec.type == "assets" and isinstance(value, list):
        return [_asset(str(code), kept) for code in value]
    if spec.type == "reference":
        return spelt(Product.objects.all(), "sku", str(value))
    if spec.type == "record":
        return _record(spec, str(value), kept)
    _refuse_retired_options(spec, value, kept)
    return value


def _asset(code: str, kept: Collection[str]) -> str:
    return _offered(Asset.objects.all(), "asset", code, kept)


def _record(spec: AttributeSpec, code: str, kept: Collection[str]) -> str:
    entity = str(spec.settings.get("entity", ""))
    rows = Record.objects.filter(entity_type__code__iexact=entity)
    return _offered(rows, f"record of “{entity}”", code, kept)


def _offered(rows: QuerySet[Any], noun: str, code: str, kept: Collection[str]) -> str:
    """The code of a row that may be chosen, in its own spelling. Raises Invalid."""
    found = rows.filter(code__iexact=code).values_list("code", "retired").first() if is_code(code) else None
    if found is None:
        raise Invalid(f"there is no {noun} {quoted(code)}")
    if found[1] and code.lower() not in kept:
        raise Invalid(f"the {noun} {quoted(code)} is retired and cannot be chosen any more")
    return str(found[0])


def _refuse_retired_options(spec: AttributeSpec, value: Any, kept: Collection[str]) -> None:
    chosen = value if isinstance(value, list) else [value]
    for code in chosen if spec.retired_options else ():
        if code in spec.retired_options and str(code).lower() not in kept:
            raise Invalid(f"the option {quoted(code)} is retired and cannot be chosen any more")


def spelt(rows: QuerySet[Any], field: str, code: str) -> str:
    """The code of the row called so in whatever case, in its own spelling. Raises Invalid where there is none."""
    found = rows.filter(**{f"{field}__iexact": code}).values_list(field, flat=True).first() if is_code(code) else None
    if found is None:
        raise Invalid(f"there is no {rows.model._meta.verbose_name} {quoted(code)}")
    return str(found)


# --- Values that no two products share --------------------------------------------------------------------------------


def refuse_shared(product: Product, codes: Collection[str]) -> None:
    """Of the attributes named, no unique one may have a value here that another product has.

    Products that inherit a value share it with those above and below them, and that is no conflict. Writers of the same
    attribute wait for each other until their transactions end. Raises ValidationError.
    """
    unique = Attribute.objects.filter(unique=True).alias(lower=Lower("code"))
    unique = unique.filter(lower__in=[code.lower() for code in codes if is_code(code)]).order_by("pk")
    problems = []
    for attribute in unique.select_for_update(of=("self",), no_key=True).select_related("group"):
        spec = attribute.spec()
        said = [value for value in product.values.get(attribute.code, {}).values() if value is not None]
        for entry in {entry for value in said for entry in TYPES[spec.type].entries(value, spec)}:
            if holder := _holder(product, attribute, entry):
                problems.append(f"{spec.label(('en',))}: “{holder}” has this value already, and no two products may.")
    if problems:
        raise ValidationError(problems)


def _holder(product: Product, attribute: Attribute, entry: Entry) -> str:
    """The SKU of a product of another line that has the value; "" where there is none."""
    holders = FactEntry.objects.filter(attribute=attribute, key=entry.key, until=entry.until)
    family = set()
    if product.pk:
        family = {*(row.pk for row in querysets.line_of(product)), *querysets.descendants([product.pk])}
    other = holders.exclude(product__in=family).order_by("product__sku").values_list("product__sku", flat=True).first()
    if other is None or holders.filter(product__in=[row.pk for row in querysets.line_of(product)[1:]]).exists():
        return ""
    return str(other)
