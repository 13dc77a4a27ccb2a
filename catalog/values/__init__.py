"""Attribute types, one small class each, and what a product's values mean once inheritance is resolved.

Nothing here touches the database: a type is given an `AttributeSpec` and a value.
"""

from catalog.values.base import AttributeSpec, Invalid, Json, ValueType
from catalog.values.registry import TYPES, value_type
from catalog.values.resolve import Level, Resolution, resolve
from catalog.values.scopes import Scope

__all__ = [
    "TYPES",
    "AttributeSpec",
    "Invalid",
    "Json",
    "Level",
    "Resolution",
    "Scope",
    "ValueType",
    "resolve",
    "value_type",
]
