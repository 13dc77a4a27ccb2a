"""The one filter language: channel selections, requirements, lists, commands and interfaces ask for products in it.

A filter is read from a text (`parse`) or JSON (`from_json`) into a tree, which knows no database. `check` looks up its
names and values, and `products` makes it one query over indexed tables. docs/filters.md is for those who write filters.
"""

from catalog.filters.checking import Checked, check, products
from catalog.filters.context import Context
from catalog.filters.errors import FilterError
from catalog.filters.machine import from_json, to_json
from catalog.filters.names import Name, codes_in, renamed
from catalog.filters.reading import parse
from catalog.filters.tree import EVERYTHING, And, Condition, Filter, Not, Or, Word

__all__ = [
    "EVERYTHING",
    "And",
    "Checked",
    "Condition",
    "Context",
    "Filter",
    "FilterError",
    "Name",
    "Not",
    "Or",
    "Word",
    "check",
    "codes_in",
    "from_json",
    "parse",
    "products",
    "renamed",
    "to_json",
]
