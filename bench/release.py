"""Releases: one changed product in a channel of 500,000 against one of 5,000, and a fragment that 15,000 documents use.

SIZE=1 is 500,000 and 5,000 products, and a fan-out of 5,000 products in three languages. The large channels are written
without assembly: what is measured is a release on top of them. Processor time counts the server process of PostgreSQL,
too, in ticks of 10 ms; so it is taken of many releases together.
"""

from __future__ import annotations

import gc
import os
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import orjson
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.feed import document
from bench.measuring import scratch_database
from bench.products import ACTOR, make_products, make_schema
from catalog import indexing, querysets
from catalog.indexing import outbox
from catalog.indexing.writing import insert_rows
from catalog.models import Channel, ChannelLanguage, Family, Fragment, Product, Slot
from catalog.operations.fragments import place, write_fragment
from catalog.operations.products import set_facts
from catalog.operations.reviewing import approve
from exports.documents import digest_of, to_bytes
from exports.models import ChannelState, DocumentBody, DocumentVersion, Provenance, Release
from exports.releasing import staging, storing
from exports.releasing.affected import asked
from exports.releasing.committing import release

LARGE, SMALL = 500_000, 5_000
FANOUT = 5_000
LANGUAGES = ("de", "it")
RELEASES = 20
SENTENCE = "Keep it dry, keep it away from children, and let it cool down for an hour before you open it. "


def run(size: float) -> dict[str, dict[str, float]]:
    large, small, fanout = (max(50, round(count * size)) for count in (LARGE, SMALL, FANOUT))
    figures: dict[str, float] = {"products_large": large, "products_small": small, "fanout_products": fanout}
    with scratch_database():
        channel = querysets.channel_called(make_schema().code)
        fill(channel, 0, small)
        few = ones(channel, figures, "small", small)
        fill(channel, small, large)
        many = ones(channel, figures, "large", large)
    with scratch_database():
        ratios = fan_out(figures, fanout)
    return {
        "figures": figures,
        "ratios": {
            "one_in_500k_vs_5k": many["cpu"] / few["cpu"],
            "one_in_500k_vs_5k_wall": many["wall"] / few["wall"],
            **ratios,
        },
    }


# --- One product ------------------------------------------------------------------------------------------------------


def fill(channel: Channel, start: int, end: int, batch: int = 5_000) -> None:
    """Products and their documents, as if they had been released; the documents are not what would be assembled."""
    make_products(start, end)
    ids = dict(Product.objects.filter(sku__gte=f"SKU-{start:07}").values_list("sku", "pk"))
    for low in range(start, end, batch):
        rows = [(number, to_bytes(document(number, 90))) for number in range(low, min(low + batch, end))]
        insert_rows(DocumentBody, ("digest", "content"), [(digest_of(body), body) for _, body in rows])
        columns = ("channel_id", "product", "listed", "sku", "language", "body_id", "valid_from")
        insert_rows(
            DocumentVersion,
            columns,
            [
                (channel.pk, ids[f"SKU-{number:07}"], True, f"SKU-{number:07}", "en", digest_of(body), 1)
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


def processor() -> float:
    """Seconds of processor time of this process, and of the server's that works for it."""
    return time.process_time() + _server()


def _server() -> float:
    if connection.vendor != "postgresql":
        return 0.0
    try:
        said = Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text()
    except OSError:
        return 0.0
    fields = said.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# --- One fragment -----------------------------------------------------------------------------------------------------


def fan_out(figures: dict[str, float], count: int) -> dict[str, float]:
    """An edit of a fragment that all documents show, against writing as many documents with `bulk_update`."""
    channel, fragment = _world(count)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    release(ACTOR, channel)
    figures["first_release_extra_memory_mb"] = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak) / 1024
    ours: list[float] = []
    writing: list[float] = []
    theirs: list[float] = []
    queries = 0
    for turn in range(3):
        text = {"en": f"<p>{SENTENCE * 2}{turn}</p>", "de": f"<p>{SENTENCE}{turn}</p>", "it": f"<p>{turn}</p>"}
        fragment = write_fragment(ACTOR, Fragment.objects.get(pk=fragment.pk), title={}, body=text)
        approve(ACTOR, fragment)
        gc.collect()
        before = processor()
        with written() as spent:
            made = release(ACTOR, channel).release
        ours.append(processor() - before)
        writing.append(sum(spent))
        assert made.changed == count * 3, made.changed
        theirs.append(_bulk_update())
    text = {"en": "<p>Last.</p>", "de": "<p>Zuletzt.</p>", "it": "<p>Ultimo.</p>"}
    approve(ACTOR, write_fragment(ACTOR, Fragment.objects.get(pk=fragment.pk), title={}, body=text))
    with CaptureQueriesContext(connection) as captured:
        release(ACTOR, channel)
    queries = len(captured)
    figures |= {
        "fanout_documents": count * 3,
        "fanout_cpu_s": min(ours),
        "fanout_writing_cpu_s": min(writing),
        "bulk_update_cpu_s": min(theirs),
        "fanout_queries": queries,
    }
    return {
        "fanout_15000_vs_bulk_update": min(ours) / min(theirs),
        "fanout_15000_writing_vs_bulk_update": min(writing) / min(theirs),
    }


@contextmanager
def written() -> Iterator[list[float]]:
    """Processor seconds of what is spent on writing: documents, what hangs on them, and the end of it."""
    spent: list[float] = []

    def timed(action: Callable[..., Any]) -> Callable[..., Any]:
        def inner(*args: Any, **kwargs: Any) -> Any:
            before = processor()
            try:
                return action(*args, **kwargs)
            finally:
                spent.append(processor() - before)

        return inner

    with (
        patch.object(staging, "_stage", timed(staging._stage)),
        patch("exports.releasing.committing._commit_staged", timed(_committing()._commit_staged)),
        patch("exports.releasing.committing._commit", timed(_committing()._commit)),
    ):
        yield spent


def _committing() -> Any:
    from exports.releasing import committing

    return committing


def _bulk_update() -> float:
    """The same documents as JSON, one row each, written with the ORM; taken back."""
    rows = []
    current = Provenance.objects.filter(version__valid_until=None).select_related("version__body")
    for row in current.iterator(chunk_size=1_000):
        row.content = orjson.loads(bytes(row.version.body.content))
        rows.append(row)
    before = processor()
    with transaction.atomic():
        Provenance.objects.bulk_update(rows, ["content"], batch_size=storing.BATCH)
        taken = processor() - before
        transaction.set_rollback(True)
    return taken


def _world(count: int) -> tuple[Channel, Fragment]:
    """Products in three languages, with a fragment on every family."""
    channel = make_schema()
    for language in LANGUAGES:
        ChannelLanguage.objects.get_or_create(channel=channel, language=language, defaults={"fallback": "en"})
    make_products(0, count)
    indexing.rebuild()
    slot = Slot.objects.create(code="slot")
    text = dict.fromkeys(("en", *LANGUAGES), f"<p>{SENTENCE}</p>")
    fragment = write_fragment(ACTOR, Fragment(code="shared"), title={}, body=text)
    approve(ACTOR, fragment)
    for family in Family.objects.filter(code__startswith="family-"):
        place(ACTOR, fragment, slot, family)
    return querysets.channel_called(channel.code), fragment
