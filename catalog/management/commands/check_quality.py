"""Run the quality checks: `manage.py check_quality [--all] [--json]`."""

from __future__ import annotations

import json as json_module
from argparse import ArgumentParser
from collections.abc import Iterator
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand

from catalog.quality.counting import completeness, open_findings
from catalog.quality.rechecking import Progress, recheck_stale
from catalog.quality.schema import orphaned_options

MAX_ORPHANS = 20


class Command(BaseCommand):
    help = "Check the products that changed since they were last checked, and tell what is open and what is complete."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="check all products, whether they changed or not")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *, all: bool, json: bool, **options: Any) -> None:
        report = {
            "checked": recheck_stale(everything=all, progress=self.progress()),
            "findings": [row._asdict() for row in open_findings()],
            "completeness": [row._asdict() for row in completeness()],
            "orphans": [row._asdict() for row in orphaned_options()],
        }
        self.stdout.write(
            json_module.dumps(report, ensure_ascii=False, indent=2) if json else "\n".join(lines_of(report))
        )

    def progress(self) -> Progress:
        """Says how far it is, once that takes over a second."""
        started = monotonic()

        def tell(done: int, total: int) -> None:
            if monotonic() - started >= 1:
                self.stderr.write(f"Checked {done:,} of {total:,} products ...")

        return tell


def lines_of(report: dict[str, Any]) -> Iterator[str]:
    yield f"{report['checked']:,} products checked."
    for row in report["findings"]:
        yield f"{row['severity']}: {row['label']} ({row['check']}): {row['open']:,} open"
    for row in report["completeness"]:
        yield f"{row['channel']} {row['language']}: {row['complete']:,} of {row['products']:,} products complete"
    orphans = report["orphans"]
    for row in orphans[:MAX_ORPHANS]:
        yield f"hint: no product has the option “{row['option']}” of “{row['attribute']}”; retire or delete it."
    if len(orphans) > MAX_ORPHANS:
        yield f"... and {len(orphans) - MAX_ORPHANS:,} more options that no product has; --json lists them all."
