"""How many findings are open, and how many products are complete: what the dashboard and the command tell."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Count, Q

from catalog.models import Completeness, Finding
from catalog.quality.registry import CHECKS, SEVERITIES


class Open(NamedTuple):
    """Open findings of one check."""

    check: str
    label: str
    severity: str
    open: int


class Complete(NamedTuple):
    """Of the products of which a channel demands anything in a language, how many have it all."""

    channel: str
    language: str
    products: int
    complete: int


def open_findings() -> list[Open]:
    """By check, the worst first. One query."""
    rows = Finding.objects.filter(acknowledged_at__isnull=True).order_by().values_list("check_code")
    found = dict(rows.annotate(number=Count("pk")))
    counts = [Open(code, check.label, check.severity, found[code]) for code, check in CHECKS.items() if code in found]
    return sorted(counts, key=lambda row: SEVERITIES.index(row.severity))


def completeness() -> list[Complete]:
    """By channel and language. One query."""
    rows = Completeness.objects.order_by("channel__code", "language").values_list("channel__code", "language")
    counted = rows.annotate(products=Count("pk"), complete_ones=Count("pk", filter=Q(complete=True)))
    return [Complete(*row) for row in counted]
