"""Look for what must not be: `manage.py verify [CHECK ...] [--json]`."""

from __future__ import annotations

import json as json_module
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.verifying import CHECKS


class Command(BaseCommand):
    help = "Check that nothing dangles and all that is derived is right. Exit code 0, or 1 with a line per defect."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("checks", nargs="*", metavar="CHECK", help=f"only these: {', '.join(sorted(CHECKS))}")
        parser.add_argument("--json", action="store_true", help="print a JSON list of defects")

    def handle(self, *, checks: list[str], json: bool, **options: Any) -> None:
        if unknown := sorted(set(checks) - CHECKS.keys()):
            raise CommandError(f"There is no check “{unknown[0]}”; there are {', '.join(sorted(CHECKS))}.")
        found: list[dict[str, str]] = []
        for name in checks or sorted(CHECKS):
            for defect in CHECKS[name]():
                found.append({"check": name, **defect._asdict()})
                if not json:
                    self.stdout.write(f"{name}: {defect}")
        if json:
            self.stdout.write(json_module.dumps(found, ensure_ascii=False, indent=2))
        elif not found:
            self.stdout.write(f"All is well: {', '.join(checks or sorted(CHECKS))}.")
        if found:
            sys.exit(1)
