"""Releases: one changed product in a channel of 500,000 against one of 5,000, and what bench.fanout measures.

SIZE=1 is 500,000 and 5,000 products. The large channels are written without assembly: what is measured is a release on
top of them.
"""

from __future__ import annotations

import time
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench import fanout
from bench.feed import document
from bench.measuring import processor, scratch_database
from bench.products import ACTOR, make_products, make_schema
from catalog import querysets
from catalog.indexing import outbox
from catalog.indexing.writing import insert_rows
from catalog.models import Channel, Product
from catalog.operations.products import set_facts
from exports.documents import digest_of, to_bytes
from exports.models import ChannelState, DocumentBody, DocumentVersion, Release, Trace
from exports.releasing.affected import asked
from exports.releasing.committing import release
from exports.releasing.storing import NONE

LARGE, SMALL = 500_000, 5_000
# Words of a description: documents of about 1.8 KB.
WORDS = 150
RELEASES = 20


def run(size: float) -> dict[str, dict[str, float]]:
    large, small = (max(50, round(count * size)) for count in (LARGE, SMALL))
    figures: dict[str, float] = {"products_large": large, "products_small": small}
    with scratch_database():
        channel = querysets.channel_called(make_schema().code)
        fill(channel, 0, small)
        few = ones(channel, figures, "small", small)
        fill(channel, small, large)
        many = ones(channel, figures, "large", large)
    spread = fanout.run(size)
    return {
        "figures": figures | spread["figures"],
        "ratios": {
            "one_in_500k_vs_5k": many["cpu"] / few["cpu"],
            "one_in_500k_vs_5k_wall": many["wall"] / few["wall"],
            **spread["ratios"],
        },
    }


# --- One product ------------------------------------------------------------------------------------------------------


def fill(channel: Channel, start: int, end: int, batch: int = 5_000) -> None:
    """Products and their documents, as if they had been released; the documents are not what would be assembled."""
    make_products(start, end)
    ids = dict(Product.objects.filter(sku__gte=f"SKU-{start:07}").values_list("sku", "pk"))
    trace = Trace.objects.create(content={"statements": []}).pk
    for low in range(start, end, batch):
        rows = [(number, to_bytes(document(number, WORDS))) for number in range(low, min(low + batch, end))]
        insert_rows(DocumentBody, ("digest", "content"), [(digest_of(body), body) for _, body in rows])
        told = ("trace_id", "revisions", "valid_from")
        columns = ("channel_id", "product", "listed", "sku", "language", "body_id", *told)
        insert_rows(
            DocumentVersion,
            columns,
            [
                (channel.pk, ids[f"SKU-{number:07}"], True, f"SKU-{number:07}", "en", digest_of(body), trace, NONE, 1)
                for number, body in rows
            ],
        )
    if not start:
        counts = {"documents": end, "added": end, "changed": 0, "removed": 0}
        said: dict[str, Any] = {"en": {"alternates": ["en"], "navigation": []}}
        Release.objects.create(channel=channel, number=1, created_by=ACTOR.name, publications=said, **counts)
        day = timezone.localdate()
        ChannelState.objects.create(channel=channel, batch=outbox.number(), judged_on=day, asked=asked(channel))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def ones(channel: Channel, figures: dict[str, float], name: str, count: int) -> dict[str, float]:
    """Seconds of a release of one changed product."""
    products = list(Product.objects.order_by("pk")[: RELEASES + 2])
    taken: dict[str, list[float]] = {"wall": []}
    cpu = 0.0
    for turn, product in enumerate(products):
        set_facts(ACTOR, product, {"name": {"": f"Changed {count} {turn}"}})
        if turn == 1:
            with CaptureQueriesContext(connection) as queries:
                made = release(ACTOR, channel)
            figures[f"queries_{name}"] = len(queries)
        else:
            before, started = processor(), time.perf_counter()
            made = release(ACTOR, channel)
            if turn > 1:
                taken["wall"].append(time.perf_counter() - started)
                cpu += processor() - before
        assert made.new, "A changed product made no release."
        assert made.release.changed == 1, made.release.changed
    wall = sorted(taken["wall"])[len(taken["wall"]) // 2]
    figures |= {f"one_{name}_cpu_ms": cpu / RELEASES * 1_000, f"one_{name}_wall_ms": wall * 1_000}
    return {"wall": wall, "cpu": cpu / RELEASES}
