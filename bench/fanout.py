"""An edit of a fragment that 15,000 documents show, until they are released, against the same work with `bulk_update`.

SIZE=1 is 5,000 products in three languages. The reference is what one writes without thinking of it: a table of the
same documents in a JSON column, with their digests. The rows are loaded, other words put into the documents, each is
put into canonical JSON and hashed, and body and digest are written with `bulk_update`, five hundred rows a statement,
in one transaction. It keeps no history, no provenance and no report, judges nothing, and has no index but its key.
A second reference has the documents as text, which it parses and writes itself, where a JSON column does so once more.
"""

from __future__ import annotations

import gc
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any, ClassVar
from unittest.mock import patch

import orjson
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext

from bench.measuring import processor, scratch_database
from bench.products import ACTOR, make_products, make_schema
from catalog import indexing, querysets
from catalog.models import Channel, ChannelLanguage, Family, Fragment, Slot
from catalog.operations.fragments import place, write_fragment
from catalog.operations.reviewing import approve
from exports.documents import digest_of
from exports.models import DocumentVersion
from exports.releasing import committing, rewording, staging
from exports.releasing.committing import release

PRODUCTS = 5_000
LANGUAGES = ("en", "de", "it")
SENTENCE = "Keep it dry, keep it away from children, and let it cool down for an hour before you open it. "
BATCH = 500
# A round takes a good part of a minute.
TURNS = 3


class Plain(models.Model):
    """A document as the reference keeps it."""

    sku = models.CharField(max_length=100)
    language = models.CharField(max_length=10)
    body = models.JSONField()
    digest = models.CharField(max_length=64)

    objects: ClassVar[models.Manager[Plain]] = models.Manager()

    class Meta:
        app_label = "bench"
        managed = False

    def __str__(self) -> str:
        return f"{self.sku} {self.language}"


class PlainText(models.Model):
    """The same as text."""

    sku = models.CharField(max_length=100)
    language = models.CharField(max_length=10)
    body = models.TextField()
    digest = models.CharField(max_length=64)

    objects: ClassVar[models.Manager[PlainText]] = models.Manager()

    class Meta:
        app_label = "bench"
        managed = False

    def __str__(self) -> str:
        return f"{self.sku} {self.language}"


def run(size: float) -> dict[str, dict[str, float]]:
    count = max(50, round(PRODUCTS * size))
    figures: dict[str, float] = {"fanout_products": count, "fanout_documents": count * len(LANGUAGES)}
    with scratch_database():
        ratios = fan_out(figures, count)
    return {"figures": figures, "ratios": ratios}


def fan_out(figures: dict[str, float], count: int) -> dict[str, float]:
    channel = _world(count)
    peak = memory()
    release(ACTOR, channel)
    figures["first_release_extra_memory_mb"] = memory() - peak
    _copy_documents()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as PostgreSQL does by itself after a minute
    taken: dict[str, list[float]] = {
        name: [] for name in ("approval", "release", "rewording", "staging", "json", "text")
    }
    for turn in range(TURNS):
        said = {"en": f"{SENTENCE * 2}{turn}", "de": f"{SENTENCE}{turn}", "it": f"{turn}"}
        taken["approval"].append(seconds(lambda: _approve(said)))  # noqa: B023 - called at once
        with spent() as parts:
            taken["release"].append(seconds(lambda: release(ACTOR, channel)))
        for name in ("rewording", "staging"):
            taken[name].append(parts[name])
        taken["json"].append(seconds(lambda: _reference(said)))  # noqa: B023
        taken["text"].append(seconds(lambda: _reference_of_text(said)))  # noqa: B023
    _check(channel)
    figures["fanout_extra_memory_mb"] = memory() - peak - figures["first_release_extra_memory_mb"]
    _approve(dict.fromkeys(LANGUAGES, "Last."))
    with CaptureQueriesContext(connection) as captured:
        release(ACTOR, channel)
    spans = {name: median(values) for name, values in taken.items()}
    figures |= {f"fanout_{name}_cpu_s": value for name, value in spans.items()}
    figures["fanout_queries"] = len(captured)
    return {
        "fanout_15000_vs_bulk_update": spans["release"] / spans["json"],
        "fanout_15000_vs_bulk_update_of_text": spans["release"] / spans["text"],
        "fanout_15000_with_approval_vs_bulk_update": (spans["release"] + spans["approval"]) / spans["json"],
    }


def seconds(action: Callable[[], Any]) -> float:
    """Of processor time."""
    gc.collect()
    before = processor()
    action()
    return processor() - before


def memory() -> float:
    """The most this process had so far, in MB; with all that is in the database, where that is in memory."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def spent() -> Iterator[dict[str, float]]:
    """Seconds of what a release spends on putting words in place of others, and on writing it down."""
    found = {"rewording": 0.0, "staging": 0.0}

    def timed(name: str, action: Callable[..., Any]) -> Callable[..., Any]:
        def inner(*args: Any, **kwargs: Any) -> Any:
            before = processor()
            try:
                return action(*args, **kwargs)
            finally:
                found[name] += processor() - before

        return inner

    with (
        patch("exports.releasing.drafting.reword", timed("rewording", rewording.reword)),
        patch.object(staging, "_stage", timed("staging", staging._stage)),
        patch.object(committing, "_commit_staged", timed("staging", committing._commit_staged)),
        patch.object(committing, "_commit", timed("staging", committing._commit)),
    ):
        yield found


def _approve(said: dict[str, str]) -> None:
    fragment = Fragment.objects.get(code="shared")
    body = {language: f"<p>{text}</p>" for language, text in said.items()}
    approve(ACTOR, write_fragment(ACTOR, fragment, title={}, body=body))


def _check(channel: Channel) -> None:
    """Ours and the reference came to the same; a JSON column has an order of its own."""
    current = DocumentVersion.objects.filter(channel=channel, valid_until=None).order_by()
    ours = set(current.values_list("sku", "language", "body_id"))
    assert ours == set(PlainText.objects.values_list("sku", "language", "digest")), "The reference made others."


# --- The reference ----------------------------------------------------------------------------------------------------


def _copy_documents() -> None:
    with connection.schema_editor() as editor:
        for model in (Plain, PlainText):
            editor.create_model(model)
    rows = DocumentVersion.objects.filter(valid_until=None).order_by("sku", "language")
    found = rows.values_list("sku", "language", "body__content", "body_id")
    kept = [(sku, language, bytes(body).decode(), digest) for sku, language, body, digest in found]
    names = ("sku", "language", "body", "digest")
    PlainText.objects.bulk_create([PlainText(**dict(zip(names, row, strict=True))) for row in kept], batch_size=BATCH)
    parsed = [(sku, language, orjson.loads(body), digest) for sku, language, body, digest in kept]
    Plain.objects.bulk_create([Plain(**dict(zip(names, row, strict=True))) for row in parsed], batch_size=BATCH)


@transaction.atomic
def _reference(said: dict[str, str]) -> None:
    rows = list(Plain.objects.all())
    for row in rows:
        document = _reworded(row.body, said[row.language])
        row.digest = digest_of(orjson.dumps(document, option=orjson.OPT_SORT_KEYS))
    Plain.objects.bulk_update(rows, ["body", "digest"], batch_size=BATCH)


@transaction.atomic
def _reference_of_text(said: dict[str, str]) -> None:
    rows = list(PlainText.objects.all())
    for row in rows:
        body = orjson.dumps(_reworded(orjson.loads(row.body), said[row.language]))
        row.body, row.digest = body.decode(), digest_of(body)
    PlainText.objects.bulk_update(rows, ["body", "digest"], batch_size=BATCH)


def _reworded(document: dict[str, Any], text: str) -> dict[str, Any]:
    for statement in document["statements"]:
        if statement["slot"] == "slot":
            statement["html"], statement["text"] = f"<p>{text}</p>", text
    return document


def _world(count: int) -> Channel:
    """Products in three languages, with a fragment on every family."""
    channel = make_schema()
    for language in LANGUAGES[1:]:
        ChannelLanguage.objects.get_or_create(channel=channel, language=language, defaults={"fallback": "en"})
    make_products(0, count)
    indexing.rebuild()
    slot = Slot.objects.create(code="slot")
    body = dict.fromkeys(LANGUAGES, f"<p>{SENTENCE}</p>")
    fragment = write_fragment(ACTOR, Fragment(code="shared"), title={}, body=body)
    approve(ACTOR, fragment)
    for family in Family.objects.filter(code__startswith="family-"):
        place(ACTOR, fragment, slot, family)
    return querysets.channel_called(channel.code)
