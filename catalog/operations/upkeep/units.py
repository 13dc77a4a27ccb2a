"""Writing amounts in another unit, so that the one they stand in can be given up."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet

from catalog.actors import Actor
from catalog.indexing.touched import Touch
from catalog.models import Attribute, Family, Product, Record
from catalog.operations.recording import record
from catalog.operations.upkeep.following import bring_up_to_date
from catalog.operations.upkeep.rewriting import Rewritten, lock_all, plain, rewrite
from catalog.values import TYPES, AttributeSpec, Invalid
from catalog.values.units import convert

_ENDS = ("amount", "from", "to")


def saying(model: type[Model], attribute: Attribute) -> QuerySet[Any]:
    return plain(model).filter(values__has_key=attribute.code)


@transaction.atomic
def change_unit(actor: Actor, attribute: Attribute, old: str, new: str) -> int:
    """Write all amounts of an attribute that stand in one unit in another; returns in how many products.

    An amount stays exact where it has an end in the new unit, and has 60 digits where it has none. Raises
    ValidationError, and changes nothing then, for units of different kinds or an amount the attribute does not allow.
    """
    lock_all()
    spec = attribute.spec()

    def change(row: Any) -> dict[str, Any]:
        scopes = {key: _converted(row, spec, value, old, new) for key, value in row.values[attribute.code].items()}
        return {"values": row.values | {attribute.code: scopes}}

    products = rewrite(saying(Product, attribute), change)
    families = rewrite(saying(Family, attribute), change)
    rewrite(saying(Record, attribute), change)
    record(actor, "convert", [attribute])
    bring_up_to_date(Rewritten(products, families, []), Touch())
    return len(products)


def _converted(row: Any, spec: AttributeSpec, value: Any, old: str, new: str) -> Any:
    if not isinstance(value, dict) or value.get("unit") != old:
        return value
    try:
        amounts = {end: _plain(convert(Decimal(value[end]), old, new)) for end in _ENDS if end in value}
        return TYPES[spec.type].parse({**value, **amounts, "unit": new}, spec)
    except Invalid as error:
        raise ValidationError(f"The value of “{row}” cannot be written in {new}: {error}.") from error


def _plain(amount: Decimal) -> str:
    return format(amount.normalize(), "f")


def units_said(attribute: Attribute) -> Iterator[tuple[str, int]]:
    """The units an attribute is said in, each with how many products do, most first. One pass over its facts."""
    found: dict[str, int] = {}
    rows = saying(Product, attribute).values_list("values", flat=True)
    for values in rows.iterator(chunk_size=2_000):
        said = [value for value in values[attribute.code].values() if isinstance(value, dict)]
        for unit in {str(value["unit"]) for value in said if "unit" in value}:
            found[unit] = found.get(unit, 0) + 1
    yield from sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
