"""What differs between two releases of a channel, or what the next one will change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.differences import as_text
from catalog.models import Channel
from exports import querysets
from exports.gathering.selection import SelectionError
from exports.management import shell
from exports.models import Release
from exports.policies.refusing import Retired
from exports.releasing.comparing import Changed, Entry, as_json, differences_between
from exports.releasing.forecasting import upcoming

NEXT = "next"


class Command(BaseCommand):
    help = "What differs between two releases of a channel, or what the next one will change, by product."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("channel", help="the channel's code")
        parser.add_argument("old", nargs="?", help="the number of a release; the current one without")
        parser.add_argument("new", nargs="?", default=NEXT, help="the number of another, or “next”")
        parser.add_argument("--limit", type=int, default=1_000, help="of “next”, so many documents")
        parser.add_argument("--json", action="store_true", help="write a JSON object per document, a line each")

    def handle(self, *args: Any, **options: Any) -> None:
        channel = shell.channel_called(options["channel"])
        try:
            for change in self.changes(channel, options):
                self.stdout.write(orjson.dumps(as_json(change)).decode() if options["json"] else _text(change))
        except (SelectionError, Retired) as error:
            raise CommandError(str(error)) from error

    def changes(self, channel: Channel, options: dict[str, Any]) -> Iterator[Changed]:
        if options["new"] == NEXT:
            current = querysets.current_number(channel)
            if options["old"] not in (None, str(current)):
                raise CommandError(
                    f"The next release follows release {current}; compare two releases by their numbers."
                )
            found = upcoming(channel, options["limit"])
            yield from found.changes
            if not found.complete:
                self.stderr.write(f"These are the first {len(found.changes):,}; --limit tells more.")
            return
        old, new = (_release(channel, options[name]) for name in ("old", "new"))
        after = ""
        while True:
            page = differences_between(old, new, after)
            yield from page.changes
            if not (after := page.next):
                return


def _release(channel: Channel, said: str) -> Release:
    """Raises CommandError."""
    found = querysets.release_of(channel, int(said)) if said.isascii() and said.isdigit() and int(said) else None
    if found is None:
        raise CommandError(f"Channel “{channel.code}” has no release {said}.")
    if found.pruned_at:
        raise CommandError(f"The documents of release {said} of “{channel.code}” are kept no more.")
    return found


def _text(change: Changed) -> str:
    lines = [f"{change.sku} ({change.language}): {change.what}", *map(_line, change.entries)]
    return "\n".join(lines)


def _line(entry: Entry) -> str:
    if entry.words:
        return f"  {entry.kind} {entry.label}: {as_text(entry.words)}"
    return f"  {entry.kind} {entry.label}: {entry.old or '–'} -> {entry.new or '–'}"
