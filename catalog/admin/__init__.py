"""The creators' workspace. Parses, calls one operation, presents."""

from catalog.admin import (
    aliases,
    assets,
    channels,
    dashboard,
    entities,
    fragments,
    history,
    products,
    quality,
    schema,
    taxonomy,
    tokens,
    users,
)

__all__ = [
    "aliases",
    "assets",
    "channels",
    "dashboard",
    "entities",
    "fragments",
    "history",
    "products",
    "quality",
    "schema",
    "taxonomy",
    "tokens",
    "users",
]
