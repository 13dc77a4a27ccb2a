"""Release the state of an earlier release again, or let a channel go on that was rolled back."""

from __future__ import annotations

from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from exports.management import shell
from exports.policies.refusing import Retired
from exports.releasing.restoring import CannotRestore, let_go, roll_back


class Command(BaseCommand):
    help = (
        "Release the state of an earlier release again, under the next number. The channel then releases nothing "
        "until --let-go."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("channel", help="the channel's code")
        parser.add_argument("release", nargs="?", type=int, help="the number of the release to go back to")
        parser.add_argument("--let-go", action="store_true", help="let the channel release again what is true now")
        parser.add_argument("--json", action="store_true", help="write one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if (options["release"] is None) != options["let_go"]:
            raise CommandError("Name a release to go back to, or say --let-go.")
        channel = shell.channel_called(options["channel"])
        if options["let_go"]:
            held = let_go(shell.actor(), channel)
            line = "goes on with its next release" if held else "was not held"
            self.say({"channel": channel.code, "held": held}, f"{channel.code} {line}", options["json"])
            return
        try:
            made = roll_back(shell.actor(), channel, options["release"])
        except (CannotRestore, Retired) as error:
            raise CommandError(str(error)) from error
        counts = {name: getattr(made, name) for name in ("documents", "added", "changed", "removed")}
        told = ", ".join(f"{count:,} {name}" for name, count in counts.items())
        self.say(
            {"channel": channel.code, "release": made.number, "restores": made.restores, **counts},
            f"{channel.code}: release {made.number} says release {made.restores} again: {told}. "
            f"It is held there until: manage.py roll_back {channel.code} --let-go",
            options["json"],
        )

    def say(self, data: dict[str, Any], line: str, json: bool) -> None:
        self.stdout.write(orjson.dumps(data).decode() if json else line)
