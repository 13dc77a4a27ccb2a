"""Translate by machine: `manage.py machine_translate LANGUAGE ...`."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from catalog.actors import Actor
from catalog.management.commands.translation_job import add_selection, selection_of
from catalog.operations.translating.machine import provider, translate_by_machine


class Command(BaseCommand):
    help = "Have a machine translate what is chosen. What it writes is marked, and waits for a person's approval."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_selection(parser)
        parser.set_defaults(states=("missing",))

    def handle(self, **options: Any) -> None:
        try:
            machine = provider()
            made = translate_by_machine(Actor(machine.name, "job"), selection_of(options), machine)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{made.translated:,} objects were translated by {machine.name}.")
        for where, reason in made.skipped:
            self.stderr.write(f"{where}: {reason}")
        if made.skipped:
            sys.exit(1)
