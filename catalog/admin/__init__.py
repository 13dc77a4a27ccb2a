"""The creators' workspace. Parses, calls one operation, presents."""

from catalog.admin import assets, channels, dashboard, fragments, history, products, schema, taxonomy, users

__all__ = ["assets", "channels", "dashboard", "fragments", "history", "products", "schema", "taxonomy", "users"]
