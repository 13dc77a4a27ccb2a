"""What objects are known by in addresses and bodies: a SKU, a code, a tag's facet:code, a placement's number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import F, Model, QuerySet, Value
from django.db.models.functions import Concat, Lower

from catalog.aliases import present_codes
from catalog.models import Product, Tag
from catalog.models.base import is_code


def column_of(model: type[Model]) -> str:
    return "sku" if model is Product else "code"


def key_of(row: Any) -> str:
    """What a row is known by."""
    if isinstance(row, Tag):
        return f"{row.facet}:{row.code}"
    return str(getattr(row, column_of(type(row))))


def lowered(model: type[Model]) -> Lower:
    """What rows of a model are compared and listed by: their key in lower case."""
    if model is Tag:
        return Lower(Concat(F("facet"), Value(":"), F("code")))
    return Lower(column_of(model))


def is_key(model: type[Model], text: str) -> bool:
    """Whether a text can be a key at all; what cannot is not asked of the database."""
    if model is Tag:
        facet, colon, code = text.partition(":")
        return bool(colon) and is_code(facet) and is_code(code)
    return is_code(text)


def called(rows: QuerySet[Any], keys: Iterable[str]) -> QuerySet[Any]:
    """The rows with these keys, in whatever case."""
    wanted = {key.lower() for key in keys if is_key(rows.model, key)}
    named: QuerySet[Any] = rows.alias(its_key=lowered(rows.model)).filter(its_key__in=wanted)
    return named


def found(model: type[Model], keys: Iterable[str]) -> dict[str, Any]:
    """Rows by the lower-case keys they were asked for; former codes are understood. One query, two where some are."""
    asked = {key.lower() for key in keys}
    rows = {key_of(row).lower(): row for row in called(model._default_manager.all(), asked)}
    if missing := asked - rows.keys():
        former = present_codes(model._meta.model_name or "", missing)
        present = {key_of(row).lower(): row for row in called(model._default_manager.all(), former.values())}
        rows |= {key: present[code.lower()] for key, code in former.items() if code.lower() in present}
    return rows


def noun_of(model: type[Model]) -> str:
    return str(model._meta.verbose_name)
