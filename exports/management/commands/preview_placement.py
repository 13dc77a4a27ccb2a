"""Tell what placing a fragment would change, before it is done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Model

from catalog.models import Category, Family, Fragment, Product, Slot
from catalog.operations.placements import Target
from catalog.outlook import Preview, count
from exports.explaining.previewing import preview
from exports.management import shell

_TARGETS: dict[str, tuple[type[Model], str]] = {
    "product": (Product, "sku"),
    "family": (Family, "code"),
    "category": (Category, "code"),
}


class Command(BaseCommand):
    help = "Tell how many products a placement would reach, and which released documents it would change."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("fragment", help="the fragment's code")
        parser.add_argument("slot", help="the slot's code")
        target = parser.add_mutually_exclusive_group(required=True)
        for name, (_, key) in _TARGETS.items():
            target.add_argument(f"--{name}", metavar=key.upper(), help=f"a {name}")
        target.add_argument("--filter", help="every product that it finds, such as: battery = lithium")
        parser.add_argument("--exclude", action="store_true", help="take the fragment out there instead")
        parser.add_argument("--json", action="store_true", help="write one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        fragment = _called(Fragment, "code", options["fragment"])
        slot = _called(Slot, "code", options["slot"])
        try:
            with shell.patience(self.stderr, "Assembling"):
                found = preview(fragment, slot, _target(options), excluded=options["exclude"])
        except ValidationError as error:
            raise CommandError(shell.one_line(error)) from error
        if options["json"]:
            self.stdout.write(orjson.dumps(asdict(found)).decode())
        else:
            self.stdout.write("\n".join(_lines(found)))


def _target(options: dict[str, Any]) -> Target:
    for name, (model, key) in _TARGETS.items():
        if options[name]:
            found: Target = _called(model, key, options[name])
            return found
    return str(options["filter"])


def _called(model: type[Model], key: str, code: str) -> Any:
    """Raises CommandError."""
    found = model._default_manager.filter(**{f"{key}__iexact": code}).first()
    if found is None:
        raise CommandError(f"There is no {model._meta.verbose_name} “{code}”.")
    return found


def _lines(found: Preview) -> Iterator[str]:
    more = " …" if found.products > len(found.examples) else ""
    yield (
        f"It reaches {count(found.products, 'product')}: {', '.join(found.examples)}{more}"
        if found.products
        else ("It reaches no product.")
    )
    for row in found.outlets:
        part = "" if row.assembled == row.concerned else f" of {row.assembled:,} assembled"
        yield (
            f"  {row.channel} {row.language}: {count(row.concerned, 'released document')} concerned, "
            f"{row.changed:,}{part} would change"
        )
    if not found.complete:
        yield "There are so many that only a sample was assembled."
    yield from found.notes
