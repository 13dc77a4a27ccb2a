"""Which products a channel releases."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from catalog.filters import Checked, Context, FilterError, check, parse
from catalog.many import among as ids_of
from catalog.models import Channel, Product


class Member(Protocol):
    """What is asked of a product."""

    @property
    def pk(self) -> int: ...

    @property
    def parent_id(self) -> int | None: ...

    @property
    def family_id(self) -> int | None: ...

    @property
    def status(self) -> str: ...


class SelectionError(ValueError):
    """A channel's selection says what cannot be understood (any more); nothing may be released by it."""


@dataclass(frozen=True)
class Selection:
    """Enabled products below enabled parents, of the channel's families, that meet its filter.

    The filter is asked for the channel, in its first language. `matching` are the ids that meet it, None where it is
    empty.
    """

    context: Context
    families: frozenset[int]
    filter: Checked
    matching: frozenset[int] | None

    @classmethod
    def of(cls, channel: Channel, among: Collection[int] | None = None) -> Selection:
        """The channel's selection as the knowledge base is now; asked of these products only, where any are named.

        Raises SelectionError.
        """
        filter = _understood(channel, among)
        context = Context.of(channel)
        return cls(
            context,
            frozenset(family.pk for family in channel.families.all()),
            filter,
            _matching(filter, context, among) if channel.selection else None,
        )

    def released(self, lines: Mapping[int, Sequence[Member]]) -> set[int]:
        """The ids of the products to release; each line runs from a product up to its root.

        A group is released for the variants that are, and left out with the last of them.
        """
        groups = {line[0].parent_id for line in lines.values()}
        return {product.pk for pk, line in lines.items() if pk not in groups and self.takes(line) for product in line}

    def takes(self, line: Sequence[Member]) -> bool:
        """Whether the first product of the line is wanted, as far as it is up to itself and what is above it."""
        if any(product.status != Product.Status.ENABLED for product in line):
            return False
        if self.families and line[0].family_id not in self.families:
            return False
        return self.matching is None or line[0].pk in self.matching

    def unmet(self, product: Product) -> Iterator[str]:
        """The parts of the filter that a product does not meet, as they are written."""
        for part in self.filter.filter.parts():
            if not check(part).products(self.context).filter(pk=product.pk).exists():
                yield part.text()


def _matching(filter: Checked, context: Context, among: Collection[int] | None) -> frozenset[int]:
    found = filter.products(context)
    return frozenset((found if among is None else found.filter(pk__in=ids_of(among))).values_list("pk", flat=True))


def _understood(channel: Channel, among: Collection[int] | None) -> Checked:
    """The channel's filter. Raises SelectionError; also for an index with gaps, in which values seem to be missing."""
    refusal = f"The selection of channel “{channel.code}” cannot be used, so it releases nothing."
    try:
        filter = check(parse(channel.selection))
    except FilterError as error:
        raise SelectionError(f"{refusal} {error} Correct it in the channel's form.") from error
    asked = Product.objects.all() if among is None else Product.objects.filter(pk__in=ids_of(among))
    if channel.selection and asked.filter(index__isnull=True).exists():
        raise SelectionError(f"{refusal} Some products are not indexed; run: manage.py reindex")
    return filter
