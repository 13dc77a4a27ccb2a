"""The attribute types there are. A new type is imported and listed here."""

from __future__ import annotations

from catalog.values.base import Invalid, ValueType
from catalog.values.booleans import Boolean
from catalog.values.choices import MultiSelect, Select
from catalog.values.computed import Computed
from catalog.values.dates import Date, DateTime
from catalog.values.identifiers import Gtin, Isbn, Mpn, Url
from catalog.values.links import AssetLink, AssetLinks, ProductReference, RecordLink
from catalog.values.measures import Measurement, MeasurementRange
from catalog.values.numbers import Integer, Number, NumberRange
from catalog.values.prices import Price
from catalog.values.richtext import RichText
from catalog.values.tables import Table
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
        RichText,
        Integer,
        Number,
        Measurement,
        NumberRange,
        MeasurementRange,
        Boolean,
        Date,
        DateTime,
        Select,
        MultiSelect,
        Price,
        Gtin,
        Isbn,
        Mpn,
        Url,
        AssetLink,
        AssetLinks,
        ProductReference,
        RecordLink,
        Table,
        Computed,
    ]
)


def value_type(code: str) -> ValueType:
    """The type called `code`. Raises Invalid naming those there are."""
    try:
        return TYPES[code]
    except KeyError:
        raise Invalid(f"no attribute type is called “{code}”; there are {', '.join(TYPES)}") from None
