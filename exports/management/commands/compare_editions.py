"""Two editions of an output, page by page: what stayed, what changed, and what of the products on the pages did."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.differences import as_text, shortened
from exports.models import Edition
from exports.pages.comparing import Comparison, NotComparable, Stayed, Turned, as_json, compared
from exports.pages.looking import NoPages
from exports.releasing.comparing import Entry


class Command(BaseCommand):
    help = "What differs between two editions of an output, page by page."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("old", type=int, help="the number of an edition, as its page in the admin has it")
        parser.add_argument("new", type=int, help="the number of another edition of the same output")
        parser.add_argument("--json", action="store_true", help="write one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = compared(_edition(options["old"]), _edition(options["new"]))
        except (NotComparable, NoPages) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(orjson.dumps(as_json(found)).decode() if options["json"] else "\n".join(_lines(found)))


def _edition(number: int) -> Edition:
    found = Edition.objects.select_related("output", "release").filter(pk=number).first()
    if found is None:
        raise CommandError(f"There is no edition {number}.")
    return found


def _lines(found: Comparison) -> Iterator[str]:
    for name, old, new in found.inputs:
        yield f"{name}: {old} -> {new}"
    for one in found.pages:
        yield from (_stayed(one),) if isinstance(one, Stayed) else _turned(one)


def _stayed(one: Stayed) -> str:
    old, new = _range(*one.old), _range(*one.new)
    return f"{old} the same" if old == new else f"{old} the same, now {new}"


def _turned(one: Turned) -> Iterator[str]:
    numbers = " -> ".join(str(number) for number in dict.fromkeys((one.pair.old, one.pair.new)) if number)
    yield f"page {numbers} {one.pair.state}"
    for change in one.products:
        yield f"  {change.sku}: {change.what}"
        yield from (f"    {_entry(entry)}" for entry in change.entries)


def _range(first: int, last: int) -> str:
    return f"page {first}" if first == last else f"pages {first}–{last}"


def _entry(entry: Entry) -> str:
    said = as_text(shortened(entry.words, around=80)) if entry.words else f"{entry.old or '–'} -> {entry.new or '–'}"
    return f"{entry.kind} {entry.label}: {said}"
