"""Tell where something stands in what is out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.models import Fragment, Tag
from catalog.outlook import Carried, count
from exports.explaining.whereabouts import KINDS, impact, where_used


class Command(BaseCommand):
    help = "Tell which products, channels, documents, releases and editions carry a thing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=sorted(KINDS), help="what it is")
        parser.add_argument("code", help="its code; a tag's is facet:code")
        parser.add_argument("--json", action="store_true", help="write one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        thing = _thing(options["kind"], options["code"])
        found = where_used(thing)
        changing = impact(thing) if isinstance(thing, Fragment) else None
        if options["json"]:
            told = {**asdict(found), **({"impact": asdict(changing)} if changing else {})}
            self.stdout.write(orjson.dumps(told).decode())
            return
        self.stdout.write("\n".join(_lines(options["code"], found)))
        if changing is not None:
            self.stdout.write(f"If it goes out as it is written now: {changing}")


def _thing(kind: str, code: str) -> Any:
    """Raises CommandError."""
    model: Any = KINDS[kind]
    facet, _, name = code.partition(":")
    named = {"facet__iexact": facet, "code__iexact": name} if model is Tag else {"code__iexact": code}
    found = model.objects.filter(**named).first()
    if found is None:
        raise CommandError(f"There is no {kind} “{code}”.")
    return found


def _lines(code: str, found: Carried) -> Iterator[str]:
    if not found.outlets:
        yield f"{code} stands in no document."
        return
    more = " …" if found.products > len(found.examples) else ""
    names = f"{', '.join(found.examples)}{more}"
    yield f"{code}: {count(found.documents, 'document')} of {count(found.products, 'product')} ({names})"
    for outlet in found.outlets:
        until = "still" if outlet.last_release is None else f"last in {outlet.last_release}"
        yield (
            f"  {outlet.channel} {outlet.language}: {count(outlet.documents, 'document')}; first in release "
            f"{outlet.first_release}, {until}"
        )
    for edition in found.editions:
        yield f"  edition {edition}"
