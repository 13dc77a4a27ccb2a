"""Look for claims that are over: `manage.py check_claims [--within DAYS] [--json]`."""

from __future__ import annotations

import json as json_module
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from catalog.claims import Claim, expired_claims, named


class Command(BaseCommand):
    help = (
        "List what is out although its source had to be asked again by now, with all that carries it. Exit code 1 if "
        "there is any such."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--within", type=_days, default=0, metavar="DAYS", help="also what will be over by then")
        parser.add_argument("--json", action="store_true", help="print a JSON list of claims")

    def handle(self, *, within: int, json: bool, **options: Any) -> None:
        today = timezone.localdate()
        claims = expired_claims(today, within)
        if json:
            report = [_plain(claim, over=claim.until < today) for claim in claims]
            self.stdout.write(json_module.dumps(report, ensure_ascii=False, indent=2))
        else:
            for claim in claims:
                self.stdout.write("\n".join(_lines(claim, over=claim.until < today)))
            if not claims:
                self.stdout.write("No claim is over.")
        if any(claim.until < today for claim in claims):
            sys.exit(1)


def _days(text: str) -> int:
    if not text.isdigit() or int(text) > 36_500:
        raise ArgumentTypeError(f"“{text}” is no number of days; write 0 to 36500")
    return int(text)


def _plain(claim: Claim, *, over: bool) -> dict[str, Any]:
    return {
        "fragment": claim.fragment.code,
        "revision": claim.revision,
        "valid_until": claim.until.isoformat(),
        "over": over,
        "vouched_by": claim.vouched_by,
        "source": claim.source,
        "carried": [
            {"kind": use.kind, "label": use.label, "count": use.count, "examples": [named(row) for row in use.examples]}
            for use in claim.carried
        ],
    }


def _lines(claim: Claim, *, over: bool) -> Iterator[str]:
    said = ", ".join(filter(None, (claim.vouched_by, claim.source))) or "nobody is named"
    verb = "held" if over else "holds"
    yield f"{claim.fragment.code} revision {claim.revision}: {verb} until {claim.until} ({said})"
    for use in claim.carried:
        more = " …" if use.count > len(use.examples) else ""
        yield f"  {use.label}: {use.count} ({', '.join(named(row) for row in use.examples)}{more})"
