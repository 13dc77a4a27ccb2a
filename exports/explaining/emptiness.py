"""Why a slot of a document is empty, as the knowledge base is now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db.models import Q

from catalog import querysets
from catalog.inheritance import SLOT, thing
from catalog.models import Fragment, FragmentRevision, Placement, Product
from catalog.rules import Rules
from exports.assembling.assemble import Assembled
from exports.gathering.bundles import Context
from exports.gathering.loading import Loader

NOTHING = "nothing is placed in it that reaches the product"


def empty_slots(
    loader: Loader, product: Product, context: Context, assembled: Assembled, filled: Iterable[str]
) -> list[dict[str, Any]]:
    """For every slot that is none of those `filled`, in order, the reasons: {"slot", "why": [...]}.

    `assembled` is the product as it would be released now.
    """
    reasons: dict[str, list[str]] = defaultdict(list)
    for row in assembled.provenance["absent"]:
        reasons[row["slot"]].append(f"fragment {row['fragment']}: {row['why']}")
    for slot, why in (*_cut_off(assembled.provenance), *_not_out(loader, product, context)):
        reasons[slot].append(why)
    for statement in assembled.document.statements:
        reasons[statement.slot] = ["it has a text now, which comes with the next release"]
    shown = {slot.lower() for slot in filled}
    by_lower = {slot.lower(): list(dict.fromkeys(why)) for slot, why in reasons.items()}
    return [
        {
            "slot": slot.code,
            "why": by_lower.get(slot.code.lower(), [NOTHING]),
        }
        for slot in querysets.slots()
        if slot.code.lower() not in shown
    ]


def _cut_off(provenance: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for row in provenance["cut"]:
        kind, _, slot = row["what"].partition(":")
        if kind == SLOT:
            for name in row["left_out"]:
                yield slot, f"{name}: cut off at {row['at']}"


def _not_out(loader: Loader, product: Product, context: Context) -> Iterator[tuple[str, str]]:
    """What is placed where the product gets it and is not out: never approved, or retired."""
    inherited = loader.inherited(product)
    line = loader.lines[product.pk]
    categories = [node.pk for pk in inherited.categories for node in loader.paths[pk]]
    placed = Placement.objects.filter(
        Q(product__in=[row.pk for row in line])
        | Q(family=product.family_id, family__isnull=False)
        | Q(category__in=categories)
        | ~Q(filter_key="")
    )
    rows = placed.exclude(pk__in=querysets.approved_placements().values("pk")).exclude(excluded=True)
    rows = rows.select_related("fragment", "slot").order_by("pk")
    rules = Rules([product.pk])
    approved = _ever_approved(rows)
    for row in rows:
        if row.filter and product.pk not in rules.met(row.filter, context.channel, context.chain):
            continue
        cut = inherited.cuts.get(thing(SLOT, row.slot.code))
        if cut is None or row.product_id in [each.pk for each in line[:cut]]:
            yield row.slot.code, f"fragment {row.fragment.code}: {_state(row.fragment, approved)}"


def _ever_approved(rows: Iterable[Placement]) -> set[int]:
    out = FragmentRevision.objects.filter(fragment__in=[row.fragment_id for row in rows], out__isnull=False)
    return set(out.values_list("fragment_id", flat=True))


def _state(fragment: Fragment, approved: set[int]) -> str:
    if fragment.state == Fragment.State.RETIRED:
        return "it is retired" if fragment.pk in approved else "it is retired and was never approved"
    return f"it was never approved ({fragment.get_state_display().lower()})"
