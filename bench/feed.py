"""A channel pulling everything: our NDJSON stream against a raw read of the same bytes, and against a serializer.

The stream goes through the whole of Django (routing, token, view), without the network. SIZE=1 is 20,000 documents of
about 1.8 KB.
"""

from __future__ import annotations

import resource
from collections.abc import Iterator
from typing import Any

import orjson
from django.db import connection
from django.test import Client
from rest_framework import serializers

from bench.measuring import in_turn, scratch_database
from catalog.actors import Actor
from catalog.models import Channel
from exports import tokens
from exports.documents import Document, Fact, Statement, digest_of, to_bytes
from exports.models import DocumentBody, DocumentVersion, Release

ACTOR = Actor("benchmark", "command")
PROSE = (
    "The pump builds nine bar within seconds, and the group keeps its temperature from the first cup to the last. " * 5
)


def document(number: int) -> Document:
    """A product with ten facts and two statements; every tenth word of it differs from the next one's."""
    facts = {
        f"fact_{index}": Fact(f"Fact {index}", "general", "number", str(number * index), f"{number * index:,}", index)
        for index in range(10)
    }
    return Document(
        sku=f"SKU-{number:07}",
        name=f"Product {number}",
        type="product",
        family={"code": "benchmark", "label": "Benchmark"},
        parent=None,
        axes={},
        variants=(),
        categories=(),
        identifiers={"mpn": str(number)},
        facts=facts,
        statements=tuple(Statement(slot, "en", "", PROSE) for slot in ("teaser",)),
    )


def fill(channel: Channel, count: int) -> None:
    """A first release with so many documents, written without assembly, which is not what is measured here."""
    for start in range(0, count, 1000):
        bodies = [to_bytes(document(number)) for number in range(start, min(start + 1000, count))]
        DocumentBody.objects.bulk_create([DocumentBody(digest=digest_of(body), content=body) for body in bodies])
        DocumentVersion.objects.bulk_create(
            [
                DocumentVersion(
                    channel=channel, sku=f"SKU-{start + i:07}", language="en", body_id=digest_of(body), valid_from=1
                )
                for i, body in enumerate(bodies)
            ]
        )
    Release.objects.create(
        channel=channel,
        number=1,
        created_by=ACTOR.name,
        documents=count,
        added=count,
        changed=0,
        removed=0,
        publications={"en": {"alternates": ["en"]}},
    )


class DocumentSerializer(serializers.Serializer[Any]):
    """What a straightforward API would do with the same rows: parse, select, serialise."""

    sku = serializers.CharField()
    digest = serializers.CharField(source="body_id")
    document = serializers.SerializerMethodField()

    def get_document(self, row: DocumentVersion) -> Any:
        return orjson.loads(bytes(row.body.content))


def run(size: float) -> dict[str, dict[str, float]]:
    count = max(100, round(20_000 * size))
    with scratch_database():
        channel = Channel.objects.create(code="bench", label="Benchmark")
        channel.languages.create(language="en")
        _, secret = tokens.issue(ACTOR, channel, "bench")
        fill(channel, count)
        client = Client(SERVER_NAME="127.0.0.1")

        def ours() -> int:
            answer = client.get(
                "/api/v1/channels/bench/documents/",
                headers={"authorization": f"Bearer {secret}", "accept": "application/x-ndjson"},
            )
            return sum(len(part) for part in _stream(answer))

        def raw() -> int:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT b.content FROM exports_documentversion v "
                    "JOIN exports_documentbody b ON b.digest = v.body_id "
                    "WHERE v.channel_id = %s AND v.language = 'en' AND v.valid_until IS NULL ORDER BY v.sku",
                    [channel.pk],
                )
                total = 0
                while rows := cursor.fetchmany(1000):
                    total += sum(len(row[0]) for row in rows)
            return total

        def serializer() -> int:
            rows = DocumentVersion.objects.filter(channel=channel, valid_until=None).select_related("body")
            rows = rows.order_by("sku")
            return sum(len(orjson.dumps(DocumentSerializer(row).data)) for row in rows.iterator(chunk_size=1000))

        sizes = ours(), raw()
        assert sizes[0] > sizes[1] > 0, sizes
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        ours()
        extra = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        seconds = in_turn({"ours": ours, "raw": raw, "drf": serializer})
    return {
        "figures": {
            "documents": count,
            "ndjson_documents_per_s": count / seconds["ours"],
            "raw_documents_per_s": count / seconds["raw"],
            "drf_documents_per_s": count / seconds["drf"],
            "extra_memory_mb": extra / 1024,
        },
        "ratios": {
            "ndjson_rate_vs_raw_read": seconds["raw"] / seconds["ours"],
            "ndjson_rate_vs_drf": seconds["drf"] / seconds["ours"],
        },
    }


def _stream(answer: Any) -> Iterator[bytes]:
    assert answer.status_code == 200, answer.content
    yield from answer.streaming_content
