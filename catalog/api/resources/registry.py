"""The resources there are."""

from __future__ import annotations

from catalog.api.resources.base import Resource
from catalog.api.resources.products import Products

RESOURCES: tuple[Resource, ...] = (Products(),)
