"""Channels and outputs in the admin. Parses, calls one operation, presents."""

from exports.admin import outputs, policies, releases, tokens, webhooks

__all__ = ["outputs", "policies", "releases", "tokens", "webhooks"]
