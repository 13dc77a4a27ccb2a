"""How far translations are: `manage.py translations [--recompute] [--json]`."""

from __future__ import annotations

import json as json_module
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from catalog.actors import Actor
from catalog.operations.translating.selecting import overview
from catalog.operations.translations import recompute


class Command(BaseCommand):
    help = "Tell by language how many texts are missing, outdated, translated, approved, and how many words that is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--recompute", action="store_true", help="first mend states that texts contradict")
        parser.add_argument("--json", action="store_true", help="print what a program can read")

    def handle(self, *, recompute: bool, json: bool, **options: Any) -> None:
        if recompute:
            self.stderr.write(f"States mended: {mend()}.")
        found = {
            language: {state: amount._asdict() for state, amount in states.items()}
            for language, states in overview().items()
        }
        if json:
            self.stdout.write(json_module.dumps(found, indent=2))
            return
        for language, states in found.items():
            said = (f"{row['objects']:,} {state} ({row['words']:,} words)" for state, row in states.items())
            self.stdout.write(f"{language}: {', '.join(said)}")


def mend() -> int:
    return recompute(Actor("command", "command"))
