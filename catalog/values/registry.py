"""The attribute types there are. A new type is imported and listed here."""

from __future__ import annotations

from catalog.values.base import Invalid, ValueType
from catalog.values.choices import MultiSelect, Select
from catalog.values.dates import Date
from catalog.values.links import AssetLink, ProductReference
from catalog.values.numbers import Boolean, Measurement, Number, Price
from catalog.values.texts import LongText, Text


def build(kinds: list[type[ValueType]]) -> dict[str, ValueType]:
    """One instance of each kind by its code. Raises TypeError for a wrong class and ValueError for a second one."""
    registry: dict[str, ValueType] = {}
    for kind in kinds:
        if not issubclass(kind, ValueType):
            raise TypeError(f"{kind.__name__} must be a subclass of ValueType to be an attribute type.")
        if kind.code in registry:
            raise ValueError(
                f"Two attribute types are called “{kind.code}”: {type(registry[kind.code]).__name__} and "
                f"{kind.__name__}. Give one another code."
            )
        registry[kind.code] = kind()
    return registry


TYPES = build(
    [
        Text,
        LongText,
        Number,
        Measurement,
        Boolean,
        Select,
        MultiSelect,
        Date,
        Price,
        AssetLink,
        ProductReference,
    ]
)


def value_type(code: str) -> ValueType:
    """The type called `code`. Raises Invalid naming those there are."""
    try:
        return TYPES[code]
    except KeyError:
        raise Invalid(f"no attribute type is called “{code}”; there are {', '.join(TYPES)}") from None
