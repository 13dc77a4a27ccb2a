"""Release a channel: the next number if anything differs from the current release."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from time import monotonic
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.models import Channel
from exports.gathering.selection import SelectionError
from exports.management import shell
from exports.releasing import committing
from exports.releasing.forecasting import forecast

_LISTED = 50


class Command(BaseCommand):
    help = "Release a channel: the next number if anything differs from the current release."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("channel", nargs="?", help="the channel's code")
        parser.add_argument("--all", action="store_true", help="release every channel, one after the other")
        parser.add_argument("--full", action="store_true", help="assemble all products, not only what may have changed")
        parser.add_argument("--dry-run", action="store_true", help="say what would change; write nothing")
        parser.add_argument("--json", action="store_true", help="write a JSON object per channel, a line each")

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["channel"]) == options["all"]:
            raise CommandError("Name one channel, or say --all.")
        if options["all"]:
            self.release_all(options)
            return
        try:
            self.tell(shell.channel_called(options["channel"]), options)
        except (committing.Retired, committing.Held) as error:
            raise CommandError(str(error)) from error

    def release_all(self, options: dict[str, Any]) -> None:
        """Every channel; of those that are retired a line is said beside the answer."""
        for code in Channel.objects.values_list("code", flat=True):
            try:
                self.tell(shell.channel_called(code), options)
            except (committing.Retired, committing.Held) as error:
                self.stderr.write(str(error))

    def tell(self, channel: Channel, options: dict[str, Any]) -> None:
        dry = options["dry_run"]
        try:
            with shell.patience(self.stderr, f"{'Assembling' if dry else 'Releasing'} {channel.code}"):
                summary = self.forecast(channel) if dry else self.release(channel, full=options["full"])
        except SelectionError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(orjson.dumps(summary).decode())
        else:
            self.stdout.write("\n".join([_line(summary), *_report(summary.get("report", ()))]))

    def forecast(self, channel: Channel) -> dict[str, Any]:
        """As the summary of a release, and each problem with its product."""
        started = monotonic()
        found = forecast(channel)
        return {
            "channel": channel.code,
            "release": found.after,
            "new": False,
            "would_be": found.after + 1 if found.differs else None,
            "documents": found.documents,
            "added": found.added,
            "changed": found.changed,
            "removed": found.removed,
            "problems": dict(sorted(Counter(row["kind"] for row in found.report).items())),
            "report": found.report,
            "seconds": round(monotonic() - started, 3),
        }

    def release(self, channel: Channel, *, full: bool) -> dict[str, Any]:
        started = monotonic()
        outcome = committing.release(shell.actor(), channel, full=full)
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
    if summary.get("would_be"):
        what = "would be release {would_be}: {documents} documents, {added} added, {changed} changed, {removed} removed"
    elif summary["new"]:
        what = "release {release}: {documents} documents, {added} added, {changed} changed, {removed} removed"
    else:
        what = "nothing changed since release {release} ({documents} documents)"
    what = what.format(**summary)
    return f"{summary['channel']}: {what}; problems: {problems}; {shell.seconds(summary['seconds'])}"


def _report(report: Sequence[dict[str, Any]]) -> Iterator[str]:
    """What would be reported, the first of it."""
    for row in report[:_LISTED]:
        yield f"  {row['sku']} ({', '.join(row['languages'])}): {row['kind']}: {row['message']}"
    if len(report) > _LISTED:
        yield f"  … and {len(report) - _LISTED:,} more; --json tells all"
