"""Issue a key to a user."""

from __future__ import annotations

import getpass
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.actors import Actor
from catalog.operations.tokens import issue_user_token


class Command(BaseCommand):
    help = "Issue a key with which a program writes as a user. It is printed once and cannot be looked up afterwards."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="the user's name")
        parser.add_argument("name", help="what is to use it; one key per name")
        parser.add_argument("--days", type=int, default=None, help="how long it is good; until it is revoked without")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["user"]).first()
        if user is None:
            raise CommandError(f"There is no user “{options['user']}”. Make one with: manage.py createsuperuser")
        if user.tokens.filter(name=options["name"]).exists():
            raise CommandError(f"“{user}” has a token called “{options['name']}”. Choose another name.")
        try:
            token, secret = issue_user_token(_actor(), user, options["name"], options["days"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        until = f", good until {token.expires_at:%Y-%m-%d}" if token.expires_at else ""
        self.stderr.write(f"Token “{token.name}” of {user}{until}. Keep it now: only its hash is stored.")
        self.stdout.write(secret)


def _actor() -> Actor:
    """Whoever has logged in to the machine."""
    try:
        return Actor(getpass.getuser(), "command")
    except (KeyError, OSError):
        return Actor("command", "command")
