"""Which products are in a channel: of all, or only of some and of those that hang together with them.

A group is released for its variants, a variant only below released parents, and an association only shows where its
other side is released. So to assemble some products anew one has to know of others whether they are in the channel; of
those that nothing has touched the current release knows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple, TypeAlias

from django.db.models import F, Q, TextField
from django.db.models.functions import Cast

from catalog import querysets as knowledge
from catalog.aliases import Aliases
from catalog.indexing.shown import saying
from catalog.many import among, one_of
from catalog.models import Association, Channel, Fragment, Product
from catalog.references import references_in
from exports.gate.judging import WITHHELD
from exports.gathering.selection import Selection
from exports.models import DocumentVersion, Problem

# By id, how the channel calls those of the products that are in it.
Known: TypeAlias = Callable[[Collection[int]], Mapping[int, str]]


class Slim(NamedTuple):
    """A product, as far as it has to be known to tell whether it is in a channel."""

    pk: int
    sku: str
    parent_id: int | None
    status: str
    family_id: int | None


class Membership:
    """`products` are those looked at, with all above and directly below them; `lines` run from each up to its root.

    `only` are the ids whose documents are to be made, None for all products. `skus` are the SKUs of what is released,
    or is withheld for what is amiss with it, by id, as far as it is known: of those looked at, and of those that the
    channel has besides. `known` tells those; it is the current release, where nothing else is said.
    """

    def __init__(self, channel: Channel, only: Collection[int] | None = None, known: Known | None = None) -> None:
        self.channel = channel
        self.only = None if only is None else frozenset(only)
        self.products = _products(self.only)
        self.lines = _lines(self.products)
        self.selection = Selection.of(channel, self.only)
        self._known = known or partial(current, channel)
        self._below = _below(self.products.values())
        self._before: Mapping[int, str] = {}
        if self.only is None:
            released = self.selection.released(self.lines)
        else:
            self._before = self._known({*self.only, *self.products}) if self.only else {}
            released = self._released()
        self.skus = {pk: self.products[pk].sku for pk in released}

    def wanted(self, part: Collection[int] | None = None) -> list[Slim]:
        """The products whose documents are to be made, all or those of a part, in SKU order."""
        looked_at = self.only if part is None else part
        chosen = (pk for pk in (self.skus if looked_at is None else looked_at) if pk in self.skus)
        return sorted((self.products[pk] for pk in chosen), key=lambda product: product.sku)

    def meet(self, others: Iterable[int]) -> None:
        """Know of other products whether they are released."""
        if self.only is not None and (unknown := set(others) - self.products.keys()):
            for pk, sku in self._known(unknown).items():
                self.skus.setdefault(pk, sku)

    def sku_before(self, pk: int) -> str:
        """How the current release calls a product, "" where it is not in it."""
        return self._before.get(pk, "")

    def moved(self) -> set[int]:
        """Of the products to be made, those that come into the channel, leave it, or are called otherwise now."""
        if self.only is None:
            return set()
        return {pk for pk in self.only if self._before.get(pk) != self.skus.get(pk)}

    def children(self, products: Iterable[int]) -> dict[int, tuple[str, ...]]:
        """By id, the SKUs of what is released directly below these, in order; none without such."""
        found = {
            pk: tuple(sorted(self.skus[child] for child in self._below.get(pk, ()) if child in self.skus))
            for pk in products
        }
        return {pk: skus for pk, skus in found.items() if skus}

    def _released(self) -> set[int]:
        return {pk for pk in self.products if self._is_released(pk)}

    def _is_released(self, pk: int, above: frozenset[int] = frozenset()) -> bool:
        """Groups are for their variants. `above` are the groups asked before, so that a circle ends."""
        if self.only is not None and pk not in self.only:
            return pk in self._before
        if pk in self._below:
            return pk not in above and any(self._is_released(child, above | {pk}) for child in self._below[pk])
        return self.selection.takes(self.lines[pk])


def reach(touched: Collection[int]) -> set[int]:
    """The products whose documents may differ when these are touched: those below, which inherit, and those above.

    What is below a deleted product was touched itself.
    """
    below = set(touched) | knowledge.descendants(touched)
    lines = _lines(_products(below))
    return below | {row.pk for pk, line in lines.items() if pk in below for row in line}


def pointing_to(moved: Collection[int]) -> set[int]:
    """The products whose documents say that they are associated with these; with all below, which inherit it."""
    rows = Association.objects.order_by()
    found = set(rows.filter(target__in=among(moved)).values_list("source_id", flat=True))
    found |= set(rows.filter(source__in=among(moved), type__two_way=True).values_list("target_id", flat=True))
    return found | knowledge.descendants(found)


def linking_to(membership: Membership) -> set[int]:
    """The products whose texts link to those to be made, by the SKUs they have or had; with all below."""
    if membership.only is None:
        return set()
    aliases = Aliases()
    linked = _linking(aliases)
    if not linked:
        return set()
    skus = {membership.products[pk].sku for pk in membership.only & membership.products.keys()}
    skus |= {membership.sku_before(pk) for pk in membership.only}
    meant = {sku.lower() for sku in skus}
    found = saying([fragment for fragment, codes in linked if codes & meant])
    return found | knowledge.descendants(found)


def _linking(aliases: Aliases) -> list[tuple[Fragment, set[str]]]:
    """What is out and links to products, with their SKUs in lower case."""
    revisions = knowledge.current_revisions().alias(said=Cast(F("out"), TextField())).filter(said__contains="link:")
    found = []
    for row in revisions:
        bodies = aliases.in_revision(row.out or {})["body"].values()
        codes = {each.code.lower() for body in bodies for each in references_in(body) if each.kind == "link"}
        found.append((row.fragment, codes))
    return found


def current(channel: Channel, products: Collection[int]) -> dict[int, str]:
    """By id, how the current release calls those of the products that are in it, or only withheld. Two queries."""
    named = {"channel": channel, "valid_until__isnull": True, "product__in": among(products)}
    withheld = Problem.objects.filter(**named, effect=WITHHELD).order_by().values_list("product", "sku").distinct()
    return dict(
        [*withheld, *DocumentVersion.objects.filter(**named).order_by().values_list("product", "sku").distinct()]
    )


def _products(only: Collection[int] | None) -> dict[int, Slim]:
    """All, or these with everything above them and what is directly below."""
    if only is None:
        return _slim(Q())
    found = _slim(one_of("pk", only) | one_of("parent", only)) if only else {}
    missing = {product.parent_id for product in found.values() if product.parent_id} - found.keys()
    while missing:
        above = _slim(Q(pk__in=among(missing)))
        found |= above
        missing = {product.parent_id for product in above.values() if product.parent_id} - found.keys()
    return found


def _slim(wanted: Q) -> dict[int, Slim]:
    rows = Product.objects.filter(wanted).order_by().values_list(*Slim._fields)
    return {row[0]: Slim._make(row) for row in rows.iterator(chunk_size=10_000)}


def _lines(products: Mapping[int, Slim]) -> dict[int, list[Slim]]:
    """By id: the product, its parent, and so on up to its root. Stops at a circle."""
    lines = {}
    for product in products.values():
        line = [product]
        while (above := products.get(line[-1].parent_id or 0)) is not None and above not in line:
            line.append(above)
        lines[product.pk] = line
    return lines


def _below(products: Iterable[Slim]) -> Mapping[int, Sequence[int]]:
    """The ids of the products directly below each."""
    found: dict[int, list[int]] = defaultdict(list)
    for product in products:
        if product.parent_id:
            found[product.parent_id].append(product.pk)
    return found
