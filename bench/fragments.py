"""Fragments: the impact of one that 5,000 products use, and assembling documents of forty facts and six fragments.

SIZE=1 is 5,000 products in two languages: 10,000 documents, released once. `impact_vs_reading_ids` is an edit with its
impact against one bare query for the ids of what is affected: of each statement its document and product.
`assembling_vs_plain_json` says what assembling costs whatever the machine.
"""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.measuring import ROUNDS, in_turn, scratch_database
from bench.products import ACTOR, make_products, make_schema
from catalog import indexing, querysets
from catalog.models import Channel, ChannelLanguage, Family, Fragment, Slot
from catalog.operations.fragments import place, write_fragment
from catalog.operations.reviewing import approve
from exports.assembling.assemble import assemble
from exports.documents import to_bytes
from exports.explaining.whereabouts import impact
from exports.gathering.loading import Loader, contexts
from exports.models import Edition, Output, Release, TraceStatement
from exports.releasing.committing import release

FRAGMENTS = 6
PRODUCTS = 5_000
SENTENCE = "Keep it dry, keep it away from children, and let it cool down for an hour before you open it. "


def run(size: float) -> dict[str, dict[str, float]]:
    count = max(100, round(PRODUCTS * size))
    with scratch_database():
        channel = _world(count // 10)
        few = _loading_queries(channel)
        make_products(count // 10, count)
        indexing.rebuild()
        many = _loading_queries(channel)
        assert few == many, f"Loading takes {few} queries for few products and {many} for many."
        release(ACTOR, channel)
        _edition(channel)
        _settle()
        fragment = Fragment.objects.get(code="shared-0")
        impact_s, queries = _impact(fragment)
        seconds, documents, plain = _assembling(channel)
    return {
        "figures": {
            "products": count,
            "documents": documents,
            "documents_per_cpu_s": documents / seconds,
            "microseconds_per_document": seconds / documents * 1_000_000,
            "edit_and_impact_ms": impact_s["ours"] * 1_000,
            "impact_ms": impact_s["impact"] * 1_000,
            "reading_ids_ms": impact_s["ids"] * 1_000,
            "reading_ids_of_documents_only_ms": impact_s["documents"] * 1_000,
            "edit_and_impact_queries": queries,
            "loading_queries": many,
        },
        "ratios": {
            "impact_vs_reading_ids": impact_s["ours"] / impact_s["ids"],
            "impact_vs_reading_ids_of_documents_only": impact_s["ours"] / impact_s["documents"],
            "assembling_vs_plain_json": seconds / plain,
        },
    }


def _world(count: int) -> Channel:
    """Products, a channel in English and German, and six fragments on every family, two of them named by a rule."""
    channel = make_schema()
    ChannelLanguage.objects.get_or_create(channel=channel, language="de", defaults={"fallback": "en"})
    make_products(0, count)
    indexing.rebuild()
    families = list(Family.objects.filter(code__startswith="family-"))
    for number in range(FRAGMENTS):
        slot = Slot.objects.create(code=f"slot-{number}", position=number)
        text = {"en": f"<p>{SENTENCE * 3}</p>", "de": f"<p>{SENTENCE * 3} {{{{ product:name }}}}</p>"}
        fragment = write_fragment(ACTOR, Fragment(code=f"shared-{number}"), title={}, body=text)
        approve(ACTOR, fragment)
        if number == 1:
            place(ACTOR, fragment, slot, "number_0 >= 0 or number_0 is empty")
            continue
        for family in families:
            place(ACTOR, fragment, slot, family)
    return querysets.channel_called(channel.code)


def _edition(channel: Channel) -> None:
    """A list as it was made from the release, so that there are editions to look through."""
    output = Output.objects.create(code="list", channel=channel, format="datasheet", language="en")
    made = {"file": "list.pdf", "digest": "0" * 64, "size": 1, "documents": 1, "duration_ms": 1}
    Edition.objects.create(output=output, release=Release.objects.get(channel=channel), **made)


def _settle() -> None:
    """What PostgreSQL does by itself within a minute of so many new rows: until then it plans as if there were none."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def _loading_queries(channel: Channel) -> int:
    """When what is remembered of the schema is up to date."""
    list(Loader(channel).bundles())
    with CaptureQueriesContext(connection) as queries:
        list(Loader(channel).bundles())
    return len(queries)


def _impact(fragment: Fragment) -> tuple[dict[str, float], int]:
    edits = iter(range(1_000_000))

    showing = TraceStatement.objects.filter(fragment=fragment.code, versions__valid_until=None)

    def ids() -> Sequence[Any]:
        return list(showing.values_list("versions__pk", "versions__product"))

    def documents() -> Sequence[Any]:
        return list(showing.values_list("versions__pk", flat=True))

    def ours() -> None:
        text = f"<p>{SENTENCE} {next(edits)}</p>"
        write_fragment(ACTOR, fragment, title={}, body={"en": text, "de": text})
        assert impact(fragment).documents == len(affected)

    affected = ids()
    with CaptureQueriesContext(connection) as queries:
        ours()
    variants = {"ours": ours, "impact": lambda: impact(fragment), "ids": ids, "documents": documents}
    return in_turn(variants, calls=3), len(queries)


def _assembling(channel: Channel) -> tuple[float, int, float]:
    """Processor seconds of assembling all documents from bundles that are loaded, how many those are, and the seconds
    that the standard library's json takes to read and write them; medians of some rounds.

    Each round works out anew what documents share.
    """
    loader = Loader(channel)
    bundles = list(loader.bundles())
    wanted = contexts(channel, timezone.localdate())
    assert all(len(bundle.placements) == FRAGMENTS for bundle in bundles)
    bodies = [to_bytes(assemble(bundle, wanted[0], loader.library).document) for bundle in bundles[:1_000]]
    taken = []
    for _ in range(ROUNDS):
        gc.collect()
        started = time.process_time()
        library = replace(loader.library, plans={})
        for bundle in bundles:
            for context in wanted:
                assemble(bundle, context, library)
        between = time.process_time()
        for body in bodies:
            json.dumps(json.loads(body))
        taken.append((between - started, time.process_time() - between))
    ours, plain = (sorted(column)[ROUNDS // 2] for column in zip(*taken, strict=True))
    documents = len(bundles) * len(wanted)
    return ours, documents, plain / len(bodies) * documents
