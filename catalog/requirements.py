"""What channels demand of a family's products, and of which products, where a condition says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from catalog.filters import Checked, Context, FilterError, check, parse
from catalog.models import Requirement
from catalog.rules import understood_as_rule

FACT, SLOT, ASSET = "fact", "slot", "asset"


class Demand(NamedTuple):
    """A fact, a text in a slot or an asset in a role; `condition` is a filter's text, or "" for all products."""

    kind: str
    code: str
    condition: str = ""

    def __str__(self) -> str:
        """As Completeness.missing lists it."""
        return f"{self.kind}:{self.code}"


# By family's and channel's id.
Demands = Mapping[int, Mapping[int, Sequence[Demand]]]


def demands(families: Collection[int]) -> Demands:
    """What is demanded of these families, in order: facts, texts, files. One query. Retired channels demand nothing."""
    found: dict[int, dict[int, list[Demand]]] = defaultdict(lambda: defaultdict(list))
    rows = Requirement.objects.filter(family__in=families, channel__retired=False).order_by("id")
    columns = ("family_id", "channel_id", "attribute__code", "slot__code", "asset_role", "condition")
    for family, channel, attribute, slot, role, condition in rows.values_list(*columns):
        kind, code = (FACT, attribute) if attribute else (SLOT, slot) if slot else (ASSET, role)
        found[family][channel].append(Demand(kind, code, condition.strip()))
    for channels in found.values():
        for rows_of_channel in channels.values():
            rows_of_channel.sort(key=lambda demand: (FACT, SLOT, ASSET).index(demand.kind))
    return found


class Conditions:
    """Which products meet conditions; each is read once, and asked once for each channel and chain of languages.

    A condition that cannot be understood any more counts as met: nothing is let through for a fault in it.
    """

    def __init__(self, ids: Collection[int] | None = None) -> None:
        """`ids` are the products that are asked about, few enough to be named in a query; None for all there are."""
        self.ids = ids
        self._checked: dict[str, Checked | None] = {}
        self._met: dict[tuple[str, str, tuple[str, ...]], frozenset[int] | None] = {}

    def meets(self, product: int, condition: str, channel: str, chain: tuple[str, ...]) -> bool:
        if not condition:
            return True
        key = (condition, channel, chain)
        if key not in self._met:
            self._met[key] = self._products(*key)
        met = self._met[key]
        return met is None or product in met

    def _products(self, condition: str, channel: str, chain: tuple[str, ...]) -> frozenset[int] | None:
        """Those that meet the condition, or None for all."""
        if condition not in self._checked:
            self._checked[condition] = understood(condition)
        checked = self._checked[condition]
        if checked is None:
            return None
        met = checked.products(Context(channel, chain))
        return frozenset((met if self.ids is None else met.filter(pk__in=self.ids)).values_list("pk", flat=True))


def understood(condition: str) -> Checked | None:
    """The condition's filter with its names looked up, or None where they are not there (any more)."""
    try:
        return check(parse(condition))
    except FilterError:
        return None


def check_condition(text: str) -> None:
    """Raises ValidationError, naming the place, for a text that cannot be a requirement's condition."""
    if text.strip():
        understood_as_rule(text, "condition", "condition")
