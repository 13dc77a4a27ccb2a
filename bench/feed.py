"""A channel pulling everything over HTTP, against a raw read of the same bytes, and against a serializer.

SIZE=1 is 50,000 documents, SIZE=10 is 500,000; of about 1.8 KB each, or BYTES=4000. `ours` is the whole set as lines,
from the recommended server to a client in this process, once the set is kept; `first` is the same from the database.
The raw read is the fastest an engine has: a cursor on SQLite, binary COPY on PostgreSQL, of the same rows in the same
order. The serializer parses, selects and renders the same rows a thousand at a time (50,000 of them), without HTTP.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
from django.db import connection, transaction
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer

from bench import readers
from bench.measuring import in_turn
from bench.server import Server, environment, scratch_files, serving
from catalog.actors import Actor
from catalog.indexing.writing import insert_rows
from catalog.models import Channel
from exports import tokens
from exports.documents import Document, Fact, Statement, digest_of, to_bytes
from exports.models import DocumentBody, DocumentVersion, Release, Trace
from exports.releasing.storing import NONE

ACTOR = Actor("benchmark", "command")
DOCUMENTS, LARGE = 50_000, 500_000
# Of three thousand different words, in an order that does not come again within a document's neighbours.
WORDS = random.Random(0).choices([f"{random.Random(number).randrange(16**6):x}" for number in range(3_000)], k=200_000)
# So many of the documents are serialized, and their time is scaled up: all of 500,000 would take minutes.
SERIALIZED = 50_000
SEED = 2_000
# Bytes of a line without prose; a word and its space have 6.9.
BARE = 1_380
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
    """A first release with so many documents, written without assembly, which is not what is measured here.

    Two thousand documents are made, and the others are those under other SKUs.
    """
    columns = ("channel_id", "product", "listed", "sku", "language", "body_id", "trace_id", "revisions", "valid_from")
    trace = Trace.objects.create(content={}).pk
    patterns = [to_bytes(document(number, words)) for number in range(min(SEED, count))]
    for start in range(0, count, SEED):
        numbers = range(start, min(start + SEED, count))
        bodies = [
            pattern.replace(_sku(number - start), _sku(number))
            for number, pattern in zip(numbers, patterns, strict=False)
        ]
        digests = list(map(digest_of, bodies))
        with transaction.atomic():
            insert_rows(DocumentBody, ("digest", "content"), list(zip(digests, bodies, strict=True)))
            rows = [
                (channel.pk, number, True, _sku(number).decode(), "en", digest, trace, NONE, 1)
                for number, digest in zip(numbers, digests, strict=True)
            ]
            insert_rows(DocumentVersion, columns, rows)
    add_release(channel, 1, count, changed=0)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")


def _sku(number: int) -> bytes:
    return b"SKU-%07d" % number


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
    words = round((int(os.environ.get("BYTES", "1800")) - BARE) / 6.9)
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
    unkept = {coding: lines(coding)() for coding in ("identity", "gzip", "zstd")}
    keeping = keep(folder)
    packed = {coding: lines(coding)() for coding in unkept}
    assert packed["identity"] == unkept["identity"] > raw(channel) > 0, (packed, unkept)
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
        "bytes_per_line": packed["identity"] / count,
        "keeping_s": keeping,
        **{f"{name}_documents_per_s": count / taken for name, taken in seconds.items()},
        "server_cpu_us_per_document": (server.processor() - before) / count * 1e6,
        **{f"{coding}_share_of_bytes": packed[coding] / packed["identity"] for coding in ("gzip", "zstd")},
        "extra_memory_mb": extra / 1024,
    }
    return figures, {
        "ndjson_rate_vs_raw_read": seconds["raw"] / seconds["ours"],
        "first_ndjson_rate_vs_raw_read": seconds["raw"] / seconds["first"],
        "ndjson_rate_vs_drf": seconds["drf"] / seconds["ours"],
    }


def keep(folder: Path) -> float:
    """Seconds in which a worker keeps what was asked for, in all three codings."""
    started = time.perf_counter()
    program = [sys.executable, "manage.py", "worker", "--once", "--kinds", "keep_sets"]
    subprocess.run(program, env=environment(folder), check=True)
    assert any((folder / "sets").glob("*.json"))
    return time.perf_counter() - started


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
