"""Which products a channel releases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.models import Channel, Product
from catalog.values import AttributeSpec, Level, resolve


@dataclass(frozen=True)
class Selection:
    """Enabled products below enabled parents, of the channel's families, with facts it allows.

    `facts` maps attribute codes to the values of which one must be said, where a product says anything there at all.
    """

    channel: str
    families: frozenset[int]
    facts: Mapping[str, Sequence[Any]]
    specs: Mapping[str, AttributeSpec]

    @classmethod
    def of(cls, channel: Channel, specs: Mapping[str, AttributeSpec]) -> Selection:
        """The channel's selection; `specs` are all attributes by lower-case code."""
        families = frozenset(family.pk for family in channel.families.all())
        return cls(channel.code, families, channel.selection, specs)

    def released(self, lines: Mapping[int, Sequence[Product]]) -> set[int]:
        """The ids of the products to release; each line runs from a product up to its root.

        A group is released for the variants that are, and left out with the last of them.
        """
        groups = {line[0].parent_id for line in lines.values()}
        return {product.pk for pk, line in lines.items() if pk not in groups and self.takes(line) for product in line}

    def takes(self, line: Sequence[Product]) -> bool:
        """Whether the first product of the line is wanted, as far as it is up to itself and what is above it."""
        if any(product.status != Product.Status.ENABLED for product in line):
            return False
        if self.families and line[0].family_id not in self.families:
            return False
        return all(self.allows(line, code, allowed) for code, allowed in self.facts.items())

    def allows(self, line: Sequence[Product], code: str, allowed: Iterable[Any]) -> bool:
        """Whether the effective value is among those allowed, or there is none."""
        spec = self.specs.get(code.lower())
        if spec is None:
            return True
        found = resolve(spec, [Level(product.sku, product.values) for product in line], self.channel, ())
        if found is None or found.winner.value is None:
            return True
        said = found.winner.value if isinstance(found.winner.value, list) else [found.winner.value]
        return any(value in allowed for value in said)
