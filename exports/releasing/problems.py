"""What is amiss with products in a channel, kept like documents: from one release until before another."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from catalog.indexing.writing import insert_rows
from catalog.many import among
from catalog.models import Channel
from exports.gate.judging import Told
from exports.gate.settling import Settled
from exports.models import STAGED, Problem, Release
from exports.releasing.drafting import Made

COLUMNS = ("sku", "kind", "message", "languages", "responsible", "effect")


class Amiss(NamedTuple):
    """What is amiss with a product, in which languages, who can mend it, and what becomes of its documents."""

    product: int
    sku: str
    kind: str
    message: str
    languages: tuple[str, ...]
    responsible: str = ""
    effect: str = ""

    def as_row(self) -> dict[str, Any]:
        """As `report_of` has it."""
        return {name: list(value) if isinstance(value := getattr(self, name), tuple) else value for name in COLUMNS}


def amiss_in(settled: Settled, made: Iterable[Made]) -> list[Amiss]:
    """What is amiss, once per product and problem, with the languages it concerns."""
    found: dict[tuple[int, str, Told], list[str]] = defaultdict(list)
    for row in made:
        for told in settled.told[row.key]:
            found[row.product, row.sku, told].append(row.language)
    return [
        Amiss(product, sku, told.kind, told.message, tuple(dict.fromkeys(languages)), told.responsible, told.effect)
        for (product, sku, told), languages in found.items()
    ]


@dataclass(frozen=True)
class Changed:
    """What is amiss now and was not before, and the other way round."""

    channel: Channel
    fresh: list[Amiss]
    gone: Mapping[int, Amiss]

    def __bool__(self) -> bool:
        return bool(self.fresh or self.gone)

    def counts(self, before: Mapping[str, int]) -> dict[str, int]:
        """How many there are of each kind, given how many there were."""
        found = Counter(before)
        found.update(row.kind for row in self.fresh)
        found.subtract(row.kind for row in self.gone.values())
        return {kind: count for kind, count in sorted(found.items()) if count}

    def write(self, number: int) -> None:
        """Keep it from a release on."""
        if self.gone:
            Problem.objects.filter(pk__in=among(self.gone)).update(valid_until=number)
        self._insert(number, None)

    def stage(self, number: int) -> None:
        """Put down what is fresh for a release that is not out yet; what is gone ends with it."""
        self._insert(number, STAGED)

    def _insert(self, number: int, until: int | None) -> None:
        insert_rows(
            Problem,
            ("channel_id", "product", *COLUMNS, "valid_from", "valid_until"),
            [(self.channel.pk, row.product, *row.as_row().values(), number, until) for row in self.fresh],
        )


def changed_problems(channel: Channel, only: Collection[int] | None, amiss: Iterable[Amiss]) -> Changed:
    """How what is amiss with these products, or with all, differs from what was so far."""
    rows = Problem.objects.filter(channel=channel, valid_until__isnull=True)
    if only is not None:
        rows = rows.filter(product__in=among(only))
    known = {
        Amiss(row.product, row.sku, row.kind, row.message, tuple(row.languages), row.responsible, row.effect): row.pk
        for row in rows
    }
    wanted = dict.fromkeys(amiss)
    return Changed(
        channel,
        [row for row in wanted if row not in known],
        {pk: row for row, pk in known.items() if row not in wanted},
    )


def as_report(amiss: Iterable[Amiss]) -> list[dict[str, Any]]:
    """As `report_of` has it, of what is not stored."""
    return [row.as_row() for row in amiss]


def problems_at(release: Release) -> QuerySet[Problem]:
    """What was amiss at a release, in SKU order."""
    until = Q(valid_until__isnull=True) | Q(valid_until__gt=release.number)
    return Problem.objects.filter(until, channel=release.channel_id, valid_from__lte=release.number)


def report_of(release: Release, sku: str = "") -> list[dict[str, Any]]:
    """The same as plain data, of one product or of all: `Amiss` without the id. One query."""
    rows = problems_at(release).filter(sku=sku) if sku else problems_at(release)
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows.values_list(*COLUMNS)]
