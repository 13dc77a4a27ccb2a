"""How far translations are: `manage.py translations [--recompute] [--json]`."""

from __future__ import annotations

import json as json_module
from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand

from catalog.actors import Actor
from catalog.operations.translating.outdated import recount_outdated
from catalog.operations.translating.selecting import Amount, overview, overview_of_others
from catalog.operations.translations import recompute


class Command(BaseCommand):
    help = "Tell by language how many texts are missing, outdated, translated, approved, and how many words that is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--recompute", action="store_true", help="first mend states that texts contradict")
        parser.add_argument("--json", action="store_true", help="print what a program can read")

    def handle(self, *, recompute: bool, json: bool, **options: Any) -> None:
        if recompute:
            self.stderr.write(f"States mended: {mend()}.")
        others = overview_of_others()
        found = {language: _said(states) for language, states in overview().items()}
        rest = {
            language: {group: _said(states) for group, states in groups.items()} for language, groups in others.items()
        }
        if json:
            both = {language: {**states, **rest[language]} for language, states in found.items()}
            self.stdout.write(json_module.dumps(both, indent=2))
            return
        for language, states in found.items():
            self.stdout.write(f"{language}: {_line(states)}")
            for group, own in rest[language].items():
                self.stdout.write(f"{language}, {group}s: {_line(own)}")


def _said(states: Mapping[str, Amount]) -> dict[str, dict[str, int]]:
    return {state: amount._asdict() for state, amount in states.items()}


def _line(states: Mapping[str, Mapping[str, int]]) -> str:
    return ", ".join(f"{row['objects']:,} {state} ({row['words']:,} words)" for state, row in states.items())


def mend() -> int:
    """States that texts contradict, and revisions of a day before it was kept what is behind its source."""
    return recompute(Actor("command", "command")) + recount_outdated()
