"""A channel pulling everything over HTTP, against a raw read of the same bytes, and against a serializer.

SIZE=1 is 50,000 documents of about 1.8 KB, SIZE=10 is 500,000 of about 4 KB. `ours` is the whole set as lines, from the
recommended server to a client in this process, once the set is kept; `first` is the same from the database. The raw
read is the fastest an engine has: a cursor on SQLite, binary COPY on PostgreSQL, of the same rows in the same order.
The serializer parses, selects and renders the same rows a thousand at a time (50,000 of them), and is spared HTTP.
"""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
from django.db import connection
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer

from bench import readers
from bench.measuring import in_turn
from bench.server import Server, scratch_files, serving
from catalog.actors import Actor
from catalog.indexing.writing import insert_rows
from catalog.models import Channel
from exports import tokens
from exports.documents import Document, Fact, Statement, digest_of, to_bytes
from exports.models import DocumentBody, DocumentVersion, Release

ACTOR = Actor("benchmark", "command")
DOCUMENTS, LARGE = 50_000, 500_000
# Of three thousand different words, in an order that does not come again within a document's neighbours.
WORDS = random.Random(0).choices([f"{random.Random(number).randrange(16**6):x}" for number in range(3_000)], k=200_000)
# So many of the documents are serialized, and their time is scaled up: all of 500,000 would take minutes.
SERIALIZED = 50_000
ADDRESS = "/api/v1/channels/bench/documents/"
ROWS = (
    "FROM exports_documentversion v JOIN exports_documentbody b ON b.digest = v.body_id "
    "WHERE v.channel_id = {channel} AND v.language = 'en' AND v.valid_until IS NULL ORDER BY v.sku"
)


def document(number: int, words: int, edited: int = 0) -> Document:
    """A product with eight facts and a description of so many words."""
    chance = random.Random(number)
    facts = {
        f"fact_{index}": Fact(f"Fact {index}", "general", "number", str(value), f"{value:,}", index)
        for index, value in enumerate(chance.randrange(10**6) for _ in range(8))
    }
    begin = chance.randrange(len(WORDS) - words)
    prose = " ".join(WORDS[begin : begin + words])
    return Document(
        sku=f"SKU-{number:07}",
        name=f"Product {number}" + " (new)" * edited,
        type="product",
        family={"code": "benchmark", "label": "Benchmark"},
        parent=None,
        axes={},
        variants=(),
        categories=(),
        identifiers={"mpn": str(number)},
        facts=facts,
        statements=(Statement("description", "en", "", prose),),
    )


def fill(channel: Channel, count: int, words: int) -> None:
    """A first release with so many documents, written without assembly, which is not what is measured here."""
    columns = ("channel_id", "product", "listed", "sku", "language", "body_id", "valid_from")
    for start in range(0, count, 2_000):
        bodies = [to_bytes(document(number, words)) for number in range(start, min(start + 2_000, count))]
        digests = list(map(digest_of, bodies))
        DocumentBody.objects.bulk_create(map(DocumentBody, digests, bodies))
        rows = [
            (channel.pk, start + place, True, f"SKU-{start + place:07}", "en", digest, 1)
            for place, digest in enumerate(digests)
        ]
        insert_rows(DocumentVersion, columns, rows)
    add_release(channel, 1, count, changed=0)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")


def add_release(channel: Channel, number: int, count: int, changed: int) -> Release:
    return Release.objects.create(
        channel=channel,
        number=number,
        created_by=ACTOR.name,
        documents=count,
        added=0,
        changed=changed,
        removed=0,
        publications={"en": {"alternates": ["en"]}},
    )


def edit(channel: Channel, number: int, count: int, words: int) -> None:
    """The next release, in which one document differs."""
    body = to_bytes(document(count // 2, words, number))
    DocumentBody.objects.create(digest=digest_of(body), content=body)
    old = DocumentVersion.objects.get(channel=channel, sku=f"SKU-{count // 2:07}", valid_until=None)
    DocumentVersion.objects.filter(pk=old.pk).update(valid_until=number)
    old.pk, old.body_id, old.valid_from = None, digest_of(body), number
    old.save()
    add_release(channel, number, count, changed=1)


class DocumentSerializer(serializers.Serializer[Any]):
    """What a straightforward API would do with the same rows: parse, select, serialise."""

    sku = serializers.CharField()
    digest = serializers.CharField(source="body_id")
    document = serializers.SerializerMethodField()

    def get_document(self, row: DocumentVersion) -> Any:
        return orjson.loads(bytes(row.body.content))


def serialized(channel: Channel) -> int:
    rows = DocumentVersion.objects.filter(channel=channel, valid_until=None).select_related("body").order_by("sku")
    total, after = 0, ""
    for _ in range(0, SERIALIZED, 1_000):
        if not (page := list(rows.filter(sku__gt=after)[:1_000])):
            break
        total += len(JSONRenderer().render(DocumentSerializer(page, many=True).data))
        after = page[-1].sku
    return total


def raw(channel: Channel) -> int:
    """The bytes of all documents as the database gives them."""
    rows = ROWS.format(channel=channel.pk)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.cursor.copy(f"COPY (SELECT b.content {rows}) TO STDOUT (FORMAT BINARY)") as copy:
                return sum(map(len, copy))
        cursor.execute(f"SELECT b.content {rows}")
        total = 0
        while batch := cursor.fetchmany(1_000):
            total += sum(len(content) for (content,) in batch)
        return total


def run(size: float) -> dict[str, dict[str, float]]:
    count = max(1_000, round(DOCUMENTS * size))
    words = 470 if count >= LARGE else 150
    with scratch_files() as folder:
        channel = Channel.objects.create(code="bench", label="Benchmark")
        channel.languages.create(language="en")
        _, secret = tokens.issue(ACTOR, channel, "bench")
        fill(channel, count, words)
        with serving(folder) as server:
            figures, ratios = measured(server, channel, secret, folder, count)
            figures |= renewals(server, channel, secret, count, words)
            more = readers.measure(server, secret, folder, count)
    return {"figures": {**figures, **more[0]}, "ratios": {**ratios, **more[1]}}


def headers_of(secret: str, coding: str = "identity") -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}", "Accept": "application/x-ndjson", "Accept-Encoding": coding}


def measured(
    server: Server, channel: Channel, secret: str, folder: Path, count: int
) -> tuple[dict[str, float], dict[str, float]]:
    def lines(coding: str) -> Callable[[], int]:
        return lambda: server.get(ADDRESS, headers_of(secret, coding))

    def first() -> int:
        """As if nothing were kept yet."""
        kept, aside = folder / "sets", folder / "aside"
        kept.rename(aside)
        total = server.get(ADDRESS, headers_of(secret))
        shutil.rmtree(kept)
        aside.rename(kept)
        return total

    ours = lines("identity")
    server.get(f"{ADDRESS}?limit=1", {"Authorization": f"Bearer {secret}"})
    idle = server.memory("VmRSS")
    sizes = ours(), ours(), raw(channel)
    assert sizes[0] == sizes[1] > sizes[2] > 0, sizes
    packed = {coding: lines(coding)() for coding in ("gzip", "zstd")}
    extra = server.memory("VmHWM") - idle
    variants: dict[str, Callable[[], int]] = {
        "raw": lambda: raw(channel),
        "ours": ours,
        "gzip": lines("gzip"),
        "zstd": lines("zstd"),
        "first": first,
        "drf": lambda: serialized(channel),
    }
    seconds = in_turn(variants, rounds=5 if count < LARGE else 2)
    seconds["drf"] *= max(1.0, count / SERIALIZED)
    before = server.processor()
    ours()
    figures = {
        "documents": count,
        "bytes_per_line": sizes[1] / count,
        **{f"{name}_documents_per_s": count / taken for name, taken in seconds.items()},
        "server_cpu_us_per_document": (server.processor() - before) / count * 1e6,
        **{f"{coding}_share_of_bytes": taken / sizes[1] for coding, taken in packed.items()},
        "extra_memory_mb": extra / 1024,
    }
    return figures, {
        "ndjson_rate_vs_raw_read": seconds["raw"] / seconds["ours"],
        "first_ndjson_rate_vs_raw_read": seconds["raw"] / seconds["first"],
        "ndjson_rate_vs_drf": seconds["drf"] / seconds["ours"],
    }


def renewals(server: Server, channel: Channel, secret: str, count: int, words: int) -> dict[str, float]:
    """Seconds from the request for a set of which one document is new to its last byte, and to its first."""
    taken, ahead = [], []
    for number in range(2, 5):
        edit(channel, number, count, words)
        started = time.perf_counter()
        server.get(ADDRESS, headers_of(secret))
        taken.append(time.perf_counter() - started)
        started = time.perf_counter()
        server.get(ADDRESS, headers_of(secret))
        ahead.append(time.perf_counter() - started)
    return {"renewed_s": min(taken), "renewing_ms": (min(taken) - min(ahead)) * 1000}
