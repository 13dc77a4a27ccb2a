"""The fields there are. A new one is imported and listed here, and its name in catalog.filters.tree."""

from __future__ import annotations

from collections.abc import Iterable

from catalog.filters.fields.base import Field
from catalog.filters.fields.facts import Fact, ProductName
from catalog.filters.fields.own import Changed, Level, Parent, Root, Sku, Status
from catalog.filters.fields.placed import InSlot, Tagged
from catalog.filters.fields.places import Associated, InCategory, InFamily, InRole
from catalog.filters.fields.state import Complete, Found, Quality
from catalog.filters.tree import CODED_FIELDS, PLAIN_FIELDS


def build(kinds: Iterable[type[Field]]) -> dict[str, Field]:
    """One instance of each by its name. Raises ValueError where fields and their names do not agree."""
    registry: dict[str, Field] = {}
    for kind in kinds:
        if kind.name in registry:
            raise ValueError(f"Two fields are called “{kind.name}”; give one another name.")
        registry[kind.name] = kind()
    if differing := registry.keys() ^ (PLAIN_FIELDS | CODED_FIELDS):
        raise ValueError(f"Fields and names in catalog.filters.tree differ in: {', '.join(sorted(differing))}.")
    return registry


FIELDS = build(
    [
        Fact,
        Sku,
        ProductName,
        InFamily,
        InCategory,
        Tagged,
        Status,
        Parent,
        Root,
        Level,
        Complete,
        Quality,
        Found,
        Associated,
        InSlot,
        InRole,
        Changed,
    ]
)
