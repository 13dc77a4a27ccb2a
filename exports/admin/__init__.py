"""Channels and outputs in the admin. Parses, calls one operation, presents."""

from exports.admin import editions, outputs, policies, releases, tokens, webhooks

__all__ = ["editions", "outputs", "policies", "releases", "tokens", "webhooks"]
