"""Release a channel: the next number if anything differs from the current release."""

from __future__ import annotations

from time import monotonic
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.models import Channel
from exports import releasing
from exports.management import shell
from exports.selection import SelectionError


class Command(BaseCommand):
    help = "Release a channel: the next number if anything differs from the current release."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("channel", nargs="?", help="the channel's code")
        parser.add_argument("--all", action="store_true", help="release every channel, one after the other")
        parser.add_argument("--full", action="store_true", help="assemble all products, not only what may have changed")
        parser.add_argument("--json", action="store_true", help="write a JSON object per channel, a line each")

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["channel"]) == options["all"]:
            raise CommandError("Name one channel, or say --all.")
        if options["all"]:
            self.release_all(full=options["full"], as_json=options["json"])
            return
        try:
            self.tell(shell.channel_called(options["channel"]), full=options["full"], as_json=options["json"])
        except releasing.Retired as error:
            raise CommandError(str(error)) from error

    def release_all(self, *, full: bool, as_json: bool) -> None:
        """Every channel; of those that are retired a line is said beside the answer."""
        for code in Channel.objects.values_list("code", flat=True):
            try:
                self.tell(shell.channel_called(code), full=full, as_json=as_json)
            except releasing.Retired as error:
                self.stderr.write(str(error))

    def tell(self, channel: Channel, *, full: bool, as_json: bool) -> None:
        summary = self.release(channel, full=full)
        self.stdout.write(orjson.dumps(summary).decode() if as_json else _line(summary))

    def release(self, channel: Channel, *, full: bool) -> dict[str, Any]:
        started = monotonic()
        try:
            with shell.patience(self.stderr, f"Releasing {channel.code}"):
                outcome = releasing.release(shell.actor(), channel, full=full)
        except SelectionError as error:
            raise CommandError(str(error)) from error
        made = outcome.release
        return {
            "channel": channel.code,
            "release": made.number,
            "new": outcome.new,
            "documents": made.documents,
            "added": made.added if outcome.new else 0,
            "changed": made.changed if outcome.new else 0,
            "removed": made.removed if outcome.new else 0,
            "problems": made.problems,
            "seconds": round(monotonic() - started, 3),
        }


def _line(summary: dict[str, Any]) -> str:
    problems = ", ".join(f"{kind} {count}" for kind, count in summary["problems"].items()) or "none"
    if summary["new"]:
        what = "release {release}: {documents} documents, {added} added, {changed} changed, {removed} removed"
    else:
        what = "nothing changed since release {release} ({documents} documents)"
    what = what.format(**summary)
    return f"{summary['channel']}: {what}; problems: {problems}; {shell.seconds(summary['seconds'])}"
