"""Issue a key to a channel."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from exports import tokens
from exports.management import shell


class Command(BaseCommand):
    help = "Issue a key to a channel. It is printed once and cannot be looked up afterwards."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("channel", help="the channel's code")
        parser.add_argument("--name", default="feed", help="who is to use it; one key per name")

    def handle(self, *args: Any, **options: Any) -> None:
        channel = shell.channel_called(options["channel"])
        if channel.tokens.filter(name=options["name"]).exists():
            raise CommandError(f"“{channel.code}” has a token called “{options['name']}”. Choose another --name.")
        try:
            token, secret = tokens.issue(shell.actor(), channel, options["name"])
        except ValidationError as error:
            raise CommandError(shell.one_line(error)) from error
        self.stderr.write(f"Token “{token.name}” of {channel.code}. Keep it now: only its hash is stored.")
        self.stdout.write(secret)
