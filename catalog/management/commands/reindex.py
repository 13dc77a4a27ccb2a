"""Build anew what is derived from the knowledge base: `manage.py reindex [--check] [--json]`."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.indexing import differences, rebuild
from catalog.indexing.refreshing import told


class Command(BaseCommand):
    help = "Bring the fact index, facets, search and completeness of all products up to date, at any time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say what differs; exit code 1 if anything does")
        parser.add_argument("--json", action="store_true", help="print the counts as JSON")

    def handle(self, *, check: bool, json: bool, **options: Any) -> None:
        self._started = self._said = monotonic()
        counts = told(differences(self._progress)) if check else {"written": rebuild(self._progress)}
        self.stdout.write(as_json(counts) if json else as_text(counts, check=check))
        if check and counts:
            raise CommandError("What is derived differs from what it should be. Run manage.py reindex.")

    def _progress(self, done: int, total: int) -> None:
        """A line every two seconds, once it has taken longer than one."""
        now = monotonic()
        if now - self._started >= 1 and now - self._said >= 2:
            self._said = now
            self.stderr.write(f"{done:,} of {total:,} products ...")


def as_json(counts: dict[str, int]) -> str:
    return json.dumps(counts, indent=2)


def as_text(counts: dict[str, int], *, check: bool) -> str:
    if not check:
        return f"{counts['written']:,} rows were brought up to date."
    lines = [f"{name}: {count:,} rows differ" for name, count in counts.items()]
    return "\n".join(lines) or "Everything is up to date."
