"""Import from files: `manage.py import_from SOURCE PATH [--dry-run] [--json]`."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError, OutputWrapper

from catalog.actors import Actor
from catalog.importing.apply import apply
from catalog.importing.plan import Refused
from catalog.importing.registry import SOURCES, source_called


class Steps:
    """Says what is being done, once an import has taken longer than a second."""

    def __init__(self, out: OutputWrapper) -> None:
        self._out = out
        self._started = monotonic()

    def __call__(self, step: str) -> None:
        if monotonic() - self._started >= 1:
            self._out.write(f"{step} ...")


class Command(BaseCommand):
    help = "Import knowledge from files. All of it is written, or nothing; doing it again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", help=", ".join(f"{code} ({source.label})" for code, source in SOURCES.items()))
        parser.add_argument("path", type=Path, help="the file or folder to import")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
        parser.add_argument("--json", action="store_true", help="print the report, with all issues, as JSON")

    def handle(self, *, source: str, path: Path, dry_run: bool, json: bool, **options: Any) -> None:
        steps = Steps(self.stderr)
        try:
            reader = source_called(source)
            self.stderr.write(f"Reading {path} ...")
            plan = reader.read(path)
            steps(f"Read {sum(plan.rows.values()):,} rows")
            report = apply(plan, Actor(f"import from {source}", "import"), dry_run=dry_run, progress=steps)
        except Refused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(as_json(report.as_json()) if json else report.as_text())


def as_json(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2)
