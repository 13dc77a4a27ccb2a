"""The resources there are."""

from __future__ import annotations

from catalog.api.resources.assets import Assets
from catalog.api.resources.base import Resource
from catalog.api.resources.fragments import Fragments, Placements, Slots
from catalog.api.resources.products import Products
from catalog.api.resources.schema import Attributes, Families, Groups
from catalog.api.resources.taxonomy import Categories, Tags

RESOURCES: tuple[Resource, ...] = (
    Products(),
    Fragments(),
    Placements(),
    Slots(),
    Tags(),
    Categories(),
    Families(),
    Attributes(),
    Groups(),
    Assets(),
)
