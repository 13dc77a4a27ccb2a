"""What stands in a channel's current release, for those who choose texts to translate."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from catalog.models import Channel, Product
from catalog.translating.standing import SOURCES, Standing
from exports.models import (
    DocumentVersion,
    FactSetMember,
    TraceAsset,
    TraceCategory,
    TraceFacts,
    TraceStatement,
)


def standing(channel: Channel) -> Standing:
    """Of all its languages: the fragments that speak, named ones too, the files shown, and what is named beside them.

    Seven queries.
    """
    current = DocumentVersion.objects.filter(channel=channel, valid_until__isnull=True).order_by()
    traces = current.values("trace")
    fragments = TraceStatement.objects.filter(trace__in=traces).order_by().values_list("fragment", flat=True)
    assets = TraceAsset.objects.filter(trace__in=traces).order_by().values_list("asset", flat=True)
    return Standing(frozenset(fragments.distinct()), frozenset(assets.distinct()), _others(current))


def _others(current: QuerySet[DocumentVersion]) -> dict[str, frozenset[str]]:
    traces = current.values("trace")
    sets = TraceFacts.objects.filter(trace__in=traces).order_by().values("fact_set").distinct()
    families = Product.objects.filter(pk__in=current.values("product"), family__isnull=False).order_by()
    found: dict[str, QuerySet[Any]] = {
        "product": current.values_list("sku", flat=True),
        "family": families.values_list("family__code", flat=True),
        "attribute": FactSetMember.objects.filter(fact_set__in=sets).order_by().values_list("attribute", flat=True),
        "category": TraceCategory.objects.filter(trace__in=traces).order_by().values_list("code", flat=True),
        "slot": TraceStatement.objects.filter(trace__in=traces).order_by().values_list("slot", flat=True),
    }
    return {kind: frozenset(code.lower() for code in codes.distinct()) for kind, codes in found.items()}


SOURCES.append(standing)
