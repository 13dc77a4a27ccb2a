"""Release a channel: the next number if anything differs from the current release."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from time import monotonic
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.models import Channel
from exports.gathering.selection import SelectionError
from exports.management import shell
from exports.policies import signing
from exports.policies.reading import described
from exports.policies.refusing import Leave, Refused, Shrinks
from exports.querysets import policy_of
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
        parser.add_argument("--prepare", metavar="NOTE", help="put what would change up for signature; release nothing")
        parser.add_argument("--sign", action="store_true", help="sign what was prepared, and release it")
        parser.add_argument(
            "--allow-shrink", action="store_true", help="let the channel lose more than its policy says"
        )
        parser.add_argument("--override-freeze", metavar="REASON", default="", help="release during a freeze, and why")
        parser.add_argument("--json", action="store_true", help="write a JSON object per channel, a line each")

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["channel"]) == options["all"]:
            raise CommandError("Name one channel, or say --all.")
        ways = [name for name in ("dry_run", "prepare", "sign") if options[name] not in (None, False)]
        if len(ways) > 1 or (options["all"] and ways and ways != ["dry_run"]):
            raise CommandError("Say one of --dry-run, --prepare and --sign; the last two for one channel.")
        if options["all"]:
            self.release_all(options)
            return
        try:
            self.tell(shell.channel_called(options["channel"]), options)
        except (Refused, ValidationError) as error:
            raise CommandError(shell.one_line(error) if isinstance(error, ValidationError) else str(error)) from error

    def release_all(self, options: dict[str, Any]) -> None:
        """Every channel; of those that are not released a line is said beside the answer.

        Where one needs a person the command fails at the end. A retired or frozen one, or one to be signed, does not.
        """
        needing = []
        for code in Channel.objects.values_list("code", flat=True):
            try:
                self.tell(shell.channel_called(code), options)
            except Refused as error:
                self.stderr.write(str(error))
                needing += [code] if isinstance(error, Shrinks) else []
        if needing:
            raise CommandError(f"Not released, because somebody has to look at it: {', '.join(needing)}.")

    def tell(self, channel: Channel, options: dict[str, Any]) -> None:
        dry = options["dry_run"]
        try:
            with shell.patience(self.stderr, f"{'Assembling' if dry else 'Releasing'} {channel.code}"):
                summary = self.forecast(channel) if dry else self.act(channel, options)
        except SelectionError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(orjson.dumps(summary).decode())
        else:
            self.stdout.write("\n".join([_line(summary), *_report(summary.get("report", ()))]))

    def act(self, channel: Channel, options: dict[str, Any]) -> dict[str, Any]:
        if options["prepare"] is not None:
            return self.prepare(channel, options["prepare"])
        leave = Leave(freeze=options["override_freeze"], shrink=options["allow_shrink"])
        started = monotonic()
        if options["sign"]:
            sign_off = signing.waiting(channel)
            if sign_off is None:
                raise CommandError(f"Nothing of channel “{channel.code}” waits for a signature; prepare it first.")
            outcome = signing.sign(shell.actor(), sign_off, leave)
        else:
            outcome = committing.release(shell.actor(), channel, full=options["full"], leave=leave)
        return self.released(channel, outcome, monotonic() - started)

    def prepare(self, channel: Channel, note: str) -> dict[str, Any]:
        """As a forecast, of what waits for a signature now."""
        started = monotonic()
        row = signing.prepare(shell.actor(), channel, note)
        return {
            "channel": channel.code,
            "policy": described(policy_of(channel)),
            "release": row.after,
            "new": False,
            "would_be": row.after + 1,
            "prepared": row.pk,
            "documents": row.documents,
            "added": row.added,
            "changed": row.changed,
            "removed": row.removed,
            "problems": row.problems,
            "seconds": round(monotonic() - started, 3),
        }

    def forecast(self, channel: Channel) -> dict[str, Any]:
        """As the summary of a release, and each problem with its product."""
        started = monotonic()
        found = forecast(channel)
        return {
            "channel": channel.code,
            "policy": described(policy_of(channel)),
            "against": found.against,
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

    def released(self, channel: Channel, outcome: committing.Outcome, seconds: float) -> dict[str, Any]:
        made = outcome.release
        return {
            "channel": channel.code,
            "policy": described(policy_of(channel)),
            "release": made.number,
            "new": outcome.new,
            "documents": made.documents,
            "added": made.added if outcome.new else 0,
            "changed": made.changed if outcome.new else 0,
            "removed": made.removed if outcome.new else 0,
            "problems": made.problems,
            "seconds": round(seconds, 3),
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
    lines = [f"{summary['channel']}: {what}; problems: {problems}; {shell.seconds(summary['seconds'])}"]
    if summary.get("prepared"):
        lines.append("  It waits for a signature; nothing is released.")
    if summary["policy"]:
        lines.append(f"  Policy: {summary['policy']}.")
    return "\n".join([*lines, *(f"  Not without leave: {why}" for why in summary.get("against", ()))])


def _report(report: Sequence[dict[str, Any]]) -> Iterator[str]:
    """What would be reported, the first of it."""
    for row in report[:_LISTED]:
        more = "".join(f" [{part}]" for part in (row["effect"], row["responsible"]) if part)
        yield f"  {row['sku']} ({', '.join(row['languages'])}): {row['kind']}: {row['message']}{more}"
    if len(report) > _LISTED:
        yield f"  … and {len(report) - _LISTED:,} more; --json tells all"
