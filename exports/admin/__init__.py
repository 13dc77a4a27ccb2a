"""Channels and outputs in the admin. Parses, calls one operation, presents."""

from exports.admin import outputs, releases, tokens, webhooks

__all__ = ["outputs", "releases", "tokens", "webhooks"]
