"""Say what is to be made: create an output, or change one."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from exports import outputs
from exports.management import shell


class Command(BaseCommand):
    help = "Create an output, or change the one of that code: this channel, language, format and these options."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="the output's code")
        parser.add_argument("--channel", required=True, help="the channel's code")
        parser.add_argument("--language", required=True, help="one of the channel's languages")
        parser.add_argument("--format", required=True, help="the format's code, such as google")
        parser.add_argument(
            "--option",
            action="append",
            default=[],
            type=shell.option,
            metavar="KEY=VALUE",
            help="an option of the format, as often as needed; a value that is JSON is taken as such",
        )
        parser.add_argument("--title", default="", help="what people call it")

    def handle(self, *args: Any, **options: Any) -> None:
        channel = shell.channel_called(options["channel"])
        try:
            output, new = outputs.define(
                shell.actor(),
                options["code"],
                channel,
                options["language"],
                options["format"],
                dict(options["option"]),
                options["title"],
            )
        except ValidationError as error:
            raise CommandError(shell.one_line(error)) from error
        what = f"{output.format} of {channel.code} in {output.language}"
        self.stdout.write(f"{output.code}: {what}, {'created' if new else 'changed'}")
