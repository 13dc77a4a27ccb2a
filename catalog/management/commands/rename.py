"""Give something another code: `manage.py rename KIND OLD NEW`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Model

from catalog.actors import Actor
from catalog.models.base import is_code
from catalog.operations.upkeep import rename
from catalog.values.base import quoted

KINDS = (
    "asset",
    "associationtype",
    "attribute",
    "attributeoption",
    "category",
    "channel",
    "entitytype",
    "family",
    "familyvariant",
    "fragment",
    "product",
    "record",
    "slot",
    "tag",
)
# What is known by two codes: that of its owner, or its facet, and its own.
OWNERS = {"attributeoption": "attribute__code", "record": "entity_type__code", "tag": "facet"}


class Command(BaseCommand):
    help = "Change a code with everything that says it, and leave an alias."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=KINDS, metavar="KIND", help=", ".join(KINDS))
        parser.add_argument("old", help="its code: ATTRIBUTE:CODE of an option, ENTITY:CODE of a record, FACET:CODE")
        parser.add_argument("new", help="the new code, alone")

    def handle(self, *, kind: str, old: str, new: str, **options: Any) -> None:
        try:
            count = len(rename(Actor("command", "command"), _called(kind, old), new))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"The {kind} {old} is called {new} now; {count} products were written anew.")


def _called(kind: str, code: str) -> Model:
    """Raises CommandError."""
    owner, _, own = code.partition(":") if kind in OWNERS else ("", "", code)
    named = {"sku__iexact" if kind == "product" else "code__iexact": own}
    if kind in OWNERS:
        named[f"{OWNERS[kind]}__iexact"] = owner
    rows = apps.get_model("catalog", kind)._default_manager
    found: Model | None = rows.filter(**named).first() if all(map(is_code, named.values())) else None
    if found is None:
        raise CommandError(f"There is no {kind} {quoted(code)}.")
    return found
