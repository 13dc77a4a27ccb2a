"""Channels and outputs in the admin. Parses, calls one operation, presents."""

from exports.admin import outputs, releases, tokens

__all__ = ["outputs", "releases", "tokens"]
