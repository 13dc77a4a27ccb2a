"""What a placement would do before it is saved: documents assembled with it and without it, and compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Count
from django.utils import timezone

from catalog import querysets, rules
from catalog.indexing.touch import Touch
from catalog.indexing.writing import among
from catalog.models import Channel, Fragment, Placement, Product, Slot
from catalog.operations.fragments import freeze
from catalog.operations.placements import Target, named_target
from catalog.outlook import Changing, Preview
from catalog.revisions import merged
from exports.assembling.assemble import assemble
from exports.gathering.bundles import FragmentContent, Placed, ProductBundle
from exports.gathering.loading import Loader, contexts
from exports.gathering.membership import Membership, reach
from exports.gathering.placing import Supposed
from exports.gathering.selection import SelectionError
from exports.models import DocumentVersion, Release

# Products that are assembled for a channel; of more, the first so many by SKU.
LIMIT = 2_000
EXAMPLES = 5


def preview(fragment: Fragment, slot: Slot, target: Target, *, excluded: bool = False, position: int = 0) -> Preview:
    """What placing a fragment on a target, or taking it out there, would change. Writes nothing.

    Raises ValidationError for a filter that cannot be a rule.
    """
    named = named_target(target)
    return preview_of(Placement(fragment=fragment, slot=slot, excluded=excluded, position=position, **named))


def preview_of(placement: Placement, limit: int = LIMIT) -> Preview:
    """The same for a placement that is not saved. It takes the place of one on the same target, if there is one."""
    if placement.filter:
        placement.filter = rules.canonical(placement.filter)
    products = _reached(placement)
    skus = list(_by_sku(products).values_list("sku", flat=True)[:EXAMPLES])
    supposed, notes = _supposed(placement)
    outlets: list[Changing] = []
    complete = True
    for channel in (
        querysets.channels().filter(retired=False, pk__in=Release.objects.values("channel")).order_by("code")
    ):
        try:
            found, whole_set = _in_channel(channel, products, supposed, limit)
        except SelectionError as error:
            notes.append(str(error))
            continue
        outlets += found
        complete = complete and whole_set
    return Preview(len(products), tuple(skus), tuple(outlets), complete, tuple(notes))


def _reached(placement: Placement) -> frozenset[int]:
    """The ids of the products that a placement reaches, those below them included."""
    touch = Touch(
        products=frozenset([placement.product_id] if placement.product_id else [])
        | (rules.reached([placement.filter]) if placement.filter else frozenset()),
        families=frozenset([placement.family_id] if placement.family_id else []),
        categories=frozenset([placement.category_id] if placement.category_id else []),
    )
    ids = touch.ids()
    # A rule and a family are met by each product itself; what stands in a line or a category is inherited.
    inherits = placement.product_id or placement.category_id
    return frozenset(ids | querysets.descendants(ids) if inherits else ids)


def _by_sku(ids: Collection[int]) -> Any:
    return Product.objects.filter(pk__in=among(ids)).order_by("sku")


def _supposed(placement: Placement) -> tuple[Supposed, list[str]]:
    """The placement with what its fragment says: what is out, else its text as it is written now."""
    fragment = placement.fragment
    out = next(iter(querysets.current_revisions().filter(fragment=fragment)), None)
    if out is not None:
        return Supposed(placement, FragmentContent(fragment.code, out.number, out.out or {})), []
    content = FragmentContent(fragment.code, 0, _as_written(freeze(fragment)))
    return Supposed(placement, content), ["The fragment is not out; this is what would change once it is approved."]


def _as_written(content: dict[str, Any]) -> dict[str, Any]:
    """What would be out if the working copy were approved in all its languages."""
    return merged(None, content, 0, content["body"].keys())


def _in_channel(
    channel: Channel, products: Collection[int], supposed: Supposed, limit: int
) -> tuple[Iterator[Changing], bool]:
    """By language; and whether all products were assembled."""
    documents = DocumentVersion.objects.filter(
        channel=channel, valid_until=None, sku__in=_by_sku(products).order_by().values("sku")
    )
    concerned = dict(documents.order_by().values_list("language").annotate(count=Count("pk")))
    first = set(_by_sku(products).values_list("pk", flat=True)[: limit + 1])
    complete = len(first) <= limit
    if not complete:
        first = set(_by_sku(products).values_list("pk", flat=True)[:limit])
    loader = Loader(channel, Membership(channel, reach(first)), supposed)
    assembled: Counter[str] = Counter()
    changed: Counter[str] = Counter()
    for bundle in _bundles(loader, first):
        before, after = _without(bundle), _with(bundle)
        for context in contexts(channel, timezone.localdate()):
            assembled[context.language] += 1
            differs = before.placements != after.placements and (
                assemble(before, context, loader.library).document != assemble(after, context, loader.library).document
            )
            changed[context.language] += differs
    rows = (
        Changing(channel.code, language, concerned.get(language, 0), assembled[language], changed[language])
        for language in channel.chains()
    )
    return rows, complete


def _bundles(loader: Loader, products: Collection[int]) -> Iterator[ProductBundle]:
    """The released products among these."""
    return (loader.bundle(product) for product in loader.wanted if product.pk in products)


def _without(bundle: ProductBundle) -> ProductBundle:
    return replace(bundle, placements=tuple(row for row in bundle.placements if not row.supposed))


def _with(bundle: ProductBundle) -> ProductBundle:
    """What is supposed takes the place of what stands on the same target."""
    new = {_target(row) for row in bundle.placements if row.supposed}
    return replace(
        bundle, placements=tuple(row for row in bundle.placements if row.supposed or _target(row) not in new)
    )


def _target(row: Placed) -> Sequence[Any]:
    return (*row.what, row.kind, row.owner.casefold())
