"""All effective values of one product: its own, inherited, its family's, defaults, and what is computed from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from catalog.values.base import AttributeSpec
from catalog.values.registry import TYPES
from catalog.values.resolve import Candidate, Level, Resolution, counting, scopes_of
from catalog.values.scopes import Scope

# Where a value comes from when no product says it. No SKU has a colon or is spelt like these by a product's own word:
# levels are told apart by their place in the line, these names are for people.
FAMILY = "family:"
DEFAULT = "default:"
COMPUTED = "computed:"


def levels_of(
    line: Sequence[Level], family: str, values: Mapping[str, Mapping[str, Any]], specs: Iterable[AttributeSpec]
) -> tuple[Level, ...]:
    """A product's line up to its root, then its family's own facts, then the attributes' defaults, where there are any.

    `family` is the family's code, `values` its facts' document.
    """
    defaults = {spec.code: {"": spec.settings["default"]} for spec in specs if _has_default(spec)}
    below = []
    if values:
        below.append(Level(FAMILY + family, values))
    if defaults:
        below.append(Level(DEFAULT, defaults))
    return (*line, *below)


def _has_default(spec: AttributeSpec) -> bool:
    return not spec.localizable and spec.settings.get("default") is not None


def effective(
    specs: Sequence[AttributeSpec], levels: Sequence[Level], channel: str, chain: Sequence[str]
) -> dict[str, Resolution]:
    """By attribute code, in the order of `specs`, what counts; attributes of which no level says anything are left out.

    A winner's value of None says "empty here". A computed fact is made of what counts, for the same channel and
    languages; one whose sources are missing or go round in a circle has no value.
    """
    return Chooser(specs, channel, chain).of(levels)


class Chooser:
    """What counts of some attributes for one channel and chain of languages: prepared once, asked for many products."""

    def __init__(self, specs: Sequence[AttributeSpec], channel: str, chain: Sequence[str]) -> None:
        self.specs = specs
        self.computed = {spec.code.lower(): spec for spec in specs if TYPES[spec.type].computed}
        stored = (spec for spec in specs if spec.code.lower() not in self.computed)
        self.stored = [(spec.code, scopes_of(spec, channel, chain)) for spec in stored]

    def of(self, levels: Sequence[Level]) -> dict[str, Resolution]:
        """As `effective` gives it."""
        found = counting(self.stored, levels)
        if not self.computed:
            return found
        return _in_order(self.specs, found | _Computation(self.specs, self.computed, found).run())


def _in_order(specs: Sequence[AttributeSpec], found: Mapping[str, Resolution]) -> dict[str, Resolution]:
    return {spec.code: found[spec.code] for spec in specs if spec.code in found}


class _Computation:
    """The computed facts of one product, each after those it needs."""

    def __init__(
        self, specs: Sequence[AttributeSpec], computed: Mapping[str, AttributeSpec], found: Mapping[str, Resolution]
    ) -> None:
        by_code = {spec.code: spec for spec in specs}
        self.computed = computed
        self.made: dict[str, Resolution] = {}
        self.open: set[str] = set()
        self.values = {
            code.lower(): (resolution.winner.value, by_code[code])
            for code, resolution in found.items()
            if resolution.winner.value is not None
        }

    def run(self) -> dict[str, Resolution]:
        for code in self.computed:
            self.make(code)
        return self.made

    def make(self, code: str) -> None:
        """Compute one fact, after those it is made of. Attributes in a circle are refused when they are saved."""
        spec = self.computed[code]
        if spec.code in self.made or code in self.open:
            return
        self.open.add(code)
        kind = TYPES[spec.type]
        for name in kind.sources(spec):
            if name.lower() in self.computed:
                self.make(name.lower())
        value = kind.compute(spec, self.values)
        if value is not None:
            self.values[code] = (value, spec)
            self.made[spec.code] = Resolution(Candidate(COMPUTED, Scope(), value), ())
