"""The creators' workspace. Parses, calls one operation, presents."""

from catalog.admin import (
    aliases,
    assets,
    channels,
    copies,
    dashboard,
    entities,
    fragments,
    history,
    jobs,
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
    "copies",
    "dashboard",
    "entities",
    "fragments",
    "history",
    "jobs",
    "products",
    "quality",
    "schema",
    "taxonomy",
    "tokens",
    "users",
]
