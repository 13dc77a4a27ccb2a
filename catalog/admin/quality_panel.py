"""Completeness and findings of products, as their form and their list show them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Sum
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog.admin.presenting import NOTHING, Tone
from catalog.models import Channel, Completeness, Finding, Product, ProductIndex
from catalog.models.base import label_of
from catalog.quality.registry import CHECKS
from catalog.quality.supplying import Supply, supplies

TONES: dict[str, Tone] = {"error": "bad", "warning": "warn", "hint": "info"}


@dataclass(frozen=True)
class Share:
    """How much of what a channel demands is there in a language."""

    language: str
    filled: int
    required: int

    @property
    def ring(self) -> SafeString:
        return ring(self.filled, self.required)


@dataclass(frozen=True)
class Lack:
    """Something missing, and where: each channel with its languages."""

    supply: Supply
    places: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """A finding with the name of its check."""

    finding: Finding
    label: str
    tone: Tone


@dataclass(frozen=True)
class Panel:
    """What the form of one product shows. `shares` are by channel; `checked` says that the findings are up to date."""

    shares: Sequence[tuple[str, Sequence[Share]]]
    lacks: Sequence[Lack]
    open: Sequence[Shown]
    known: Sequence[Shown]
    checked: bool


def panel(product: Product, chain: tuple[str, ...]) -> Panel:
    """Six queries."""
    rows = list(Completeness.objects.filter(product=product).order_by("channel__code", "pk"))
    channels = {row.pk: row for row in Channel.objects.filter(pk__in={row.channel_id for row in rows})}
    labels = {pk: label_of(row, chain[0]) or row.code for pk, row in channels.items()}
    shares: dict[int, list[Share]] = defaultdict(list)
    for row in rows:
        shares[row.channel_id].append(Share(row.language, row.filled, row.required))
    findings = [
        Shown(row, CHECKS[row.check_code].label if row.check_code in CHECKS else row.check_code, TONES[row.severity])
        for row in sorted(product.findings.all(), key=lambda row: list(TONES).index(row.severity))
    ]
    return Panel(
        shares=[(labels[pk], found) for pk, found in shares.items()],
        lacks=_lacks(rows, labels, chain[0]),
        open=[row for row in findings if row.finding.acknowledged_at is None],
        known=[row for row in findings if row.finding.acknowledged_at is not None],
        checked=ProductIndex.objects.filter(pk=product.pk, checked=True).exists(),
    )


def _lacks(rows: Sequence[Completeness], labels: dict[int, str], language: str) -> list[Lack]:
    """Each thing missing once, with where it is missed."""
    missed: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        for name in row.missing:
            missed[name][row.channel_id].append(row.language)
    found = supplies(missed, language)
    return [
        Lack(found[name], tuple(f"{labels[pk]} ({', '.join(languages)})" for pk, languages in places.items()))
        for name, places in missed.items()
    ]


def completeness_of(ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """What these products have of all that is demanded of them, over channels and languages. One query."""
    rows = Completeness.objects.filter(product__in=ids).order_by().values_list("product")
    sums = rows.annotate(filled=Sum("filled"), required=Sum("required"))
    return {product: (filled, required) for product, filled, required in sums}


def ring(filled: int, required: int) -> SafeString:
    """A ring that closes as a product becomes complete, with the share in words. Only a full one reads 100 %."""
    percent = 100 * filled // required if required else 100
    return format_html(
        '<span class="t-ring{}" style="--share: {}" title="{} of {}"><span>{} %</span></span>',
        " t-full" if filled == required else "",
        percent,
        filled,
        required,
        percent,
    )


def ring_of(found: tuple[int, int] | None) -> SafeString:
    return ring(*found) if found else NOTHING
