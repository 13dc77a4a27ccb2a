"""The documents that carry a fragment, assembled as the next release would: what catalog.assembling asks for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from hashlib import blake2b

import orjson
from django.db.models.functions import Lower
from django.utils import timezone

from catalog import querysets
from catalog.assembling import ASSEMBLERS, Carrier, Key
from catalog.indexing.shown import saying
from catalog.models import Channel, Fragment, Product
from catalog.references import references_in
from exports.assembling.assemble import Assembled, assemble
from exports.documents import to_bytes
from exports.gathering.bundles import Library
from exports.gathering.loading import Loader, contexts
from exports.gathering.membership import Membership, reach


def carrying(codes: Collection[str], skus: Collection[str]) -> dict[Key, Carrier]:
    """The documents of all channels that release anything, as of today.

    Raises SelectionError for a selection that is not understood.
    """
    products = _concerned(codes, skus)
    found: dict[Key, Carrier] = {}
    for channel in querysets.channels().filter(retired=False).order_by("code"):
        membership = Membership(channel, products)
        found.update(_of_channel(channel, membership, frozenset(codes), frozenset(skus)))
    return found


def _concerned(codes: Collection[str], skus: Collection[str]) -> set[int]:
    """The products that may carry one of these fragments, and those called so."""
    fragments = Fragment.objects.alias(lower=Lower("code")).filter(lower__in=list(codes))
    called = Product.objects.filter(sku__in=list(skus)).order_by().values_list("pk", flat=True)
    return reach({*saying(list(fragments)), *called})


def _of_channel(
    channel: Channel, membership: Membership, codes: frozenset[str], skus: frozenset[str]
) -> Iterator[tuple[Key, Carrier]]:
    loader = Loader(channel, membership)
    said = _standing_for(loader.library, codes)
    wanted = contexts(channel, timezone.localdate())
    for bundle in loader.bundles():
        own = frozenset().union(*(said.get(row.fragment.code.lower(), frozenset()) for row in bundle.placements))
        if own or bundle.sku in skus:
            for context in wanted:
                assembled = assemble(bundle, context, loader.library)
                yield Key(channel.code, bundle.sku, context.language), Carrier(_digest(assembled), own)


def _standing_for(library: Library, codes: frozenset[str]) -> Mapping[str, frozenset[str]]:
    """For each fragment, which of these it is or names, directly or through others."""
    naming: dict[str, set[str]] = defaultdict(set)
    for code, fragment in library.fragments.items():
        for body in fragment.content["body"].values():
            for reference in references_in(body) if "{{" in body else ():
                if reference.kind == "fragment":
                    naming[reference.code.lower()].add(code)
    found: dict[str, set[str]] = defaultdict(set)
    for code in codes:
        reached, edge = {code}, {code}
        while edge:
            edge = {other for each in edge for other in naming.get(each, ())} - reached
            reached |= edge
        for each in reached:
            found[each].add(code)
    return {code: frozenset(names) for code, names in found.items()}


def _digest(assembled: Assembled) -> str:
    """Of the document's bytes, and of what is amiss with it: both are in a release."""
    told = to_bytes(assembled.document) + orjson.dumps(assembled.problems)
    return blake2b(told, digest_size=16).hexdigest()


ASSEMBLERS.append(carrying)
