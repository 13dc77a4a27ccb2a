"""Issue, rotate or revoke a key to a channel."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.models import Channel
from catalog.operations.tokens import rotate_token
from exports import tokens
from exports.management import shell
from exports.models import ChannelToken


class Command(BaseCommand):
    help = "Issue a key to a channel. It is printed once and cannot be looked up afterwards."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("channel", help="the channel's code")
        parser.add_argument("--name", default="feed", help="who is to use it; one key per name")
        parser.add_argument("--scope", choices=ChannelToken.Scope.values, default="all", help="what it reads")
        parser.add_argument("--days", type=int, default=None, help="how long it is good; until it is revoked without")
        parser.add_argument("--rate", type=int, default=None, help="requests a minute; 0: no limit")
        parser.add_argument("--rotate", action="store_true", help="a new key in place of the one of that name")
        parser.add_argument("--overlap", type=int, default=7, metavar="DAYS", help="how long the old one opens yet")
        parser.add_argument("--revoke", action="store_true", help="the key of that name opens nothing from now on")

    def handle(self, *args: Any, **options: Any) -> None:
        channel = shell.channel_called(options["channel"])
        there = channel.tokens.filter(name=options["name"]).first()
        if options["revoke"]:
            tokens.revoke(shell.actor(), _found(there, channel, options["name"]))
            self.stderr.write(f"Token “{options['name']}” of {channel.code} opens nothing from now on.")
            return
        try:
            if options["rotate"]:
                overlap = datetime.timedelta(days=_overlap(options["overlap"]))
                token, secret = rotate_token(shell.actor(), _found(there, channel, options["name"]), overlap)
            else:
                token, secret = self.issued(channel, there, options)
        except ValidationError as error:
            raise CommandError(shell.one_line(error)) from error
        until = f", good until {token.expires_at:%Y-%m-%d}" if token.expires_at else ""
        self.stderr.write(f"Token “{token.name}” of {channel.code}{until}. Keep it now: only its hash is stored.")
        self.stdout.write(secret)

    def issued(self, channel: Channel, there: ChannelToken | None, options: dict[str, Any]) -> tuple[ChannelToken, str]:
        if there:
            raise CommandError(f"“{channel.code}” has a token called “{options['name']}”. Choose another --name.")
        given = {name: options[name] for name in ("scope", "days", "rate")}
        return tokens.issue(shell.actor(), channel, options["name"], **given)


def _found(token: ChannelToken | None, channel: Channel, name: str) -> ChannelToken:
    if token is None:
        names = ", ".join(channel.tokens.values_list("name", flat=True)) or "none yet"
        raise CommandError(f"“{channel.code}” has no token called “{name}”; there are {names}.")
    return token


def _overlap(days: int) -> int:
    if not 0 <= days <= 365:
        raise CommandError("--overlap takes 0 to 365 days.")
    return days
