"""The termbase as CSV: `manage.py terms export|import FILE`."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from catalog.actors import Actor
from catalog.operations.translating.terms import as_csv, from_csv


class Command(BaseCommand):
    help = "Write the termbase as CSV, or take terms in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("step", choices=("export", "import"))
        parser.add_argument("file", type=Path)

    def handle(self, *, step: str, file: Path, **options: Any) -> None:
        try:
            if step == "export":
                file.write_text(as_csv(), encoding="utf-8")
                self.stdout.write(f"The terms are in {file}.")
            else:
                self.stdout.write(
                    f"{from_csv(Actor('command', 'command'), file.read_bytes()):,} terms are new or changed."
                )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except OSError as error:
            raise CommandError(f"{file} cannot be used: {error.strerror}.") from error
