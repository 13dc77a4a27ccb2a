"""Documents into their rows, and out of them: many narrow rows in few statements, none of them made by the ORM."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import orjson
from django.db import connection
from django.db.models import Exists, Model, OuterRef

from catalog.indexing.writing import Json, batches, copy_rows, insert_rows, reserve, update_rows
from catalog.many import among
from catalog.models import Channel
from exports.models import (
    DocumentBody,
    DocumentVersion,
    Provenance,
    StagedEnd,
    Trace,
    VersionAsset,
    VersionCategory,
    VersionFacts,
    VersionStatement,
)
from exports.releasing import carrying
from exports.releasing.drafting import Key, Made

# Documents that are written by one set of statements.
BATCH = 500
VERSION = ("id", "channel_id", "product", "listed", "sku", "language", "body_id", "valid_from", "valid_until")
_PROVENANCE = ("version_id", "trace_id", "revisions")
NONE = Json("{}")
_HANGING: tuple[type[Model], ...] = (
    Provenance,
    VersionCategory,
    VersionStatement,
    VersionAsset,
    VersionFacts,
    StagedEnd,
)


def close(versions: Iterable[int], number: int) -> None:
    """End versions before a release."""
    for batch in batches(list(versions)):
        DocumentVersion.objects.filter(pk__in=among(batch)).update(valid_until=number)


def store(channel: Channel, number: int, fresh: Sequence[Made], until: int | None = None) -> None:
    """Write documents that begin with a release, and end nowhere or `until`, with all that hangs on them."""
    for part in batches(fresh, BATCH):
        _store(channel, number, part, until)


def _store(channel: Channel, number: int, part: Sequence[Made], until: int | None) -> None:
    store_bodies({row.digest: row.body for row in part})
    ids = reserve(DocumentVersion, len(part))
    insert_rows(
        DocumentVersion,
        VERSION,
        [
            (pk, channel.pk, row.product, row.listed, row.sku, row.language, row.digest, number, until)
            for pk, row in zip(ids, part, strict=True)
        ],
    )
    traces = _store_traces([Json(row.provenance.decode()) for row in part])
    insert_rows(Provenance, _PROVENANCE, [(pk, trace, NONE) for pk, trace in zip(ids, traces, strict=True)])
    categories = [(pk, code) for pk, row in zip(ids, part, strict=True) for code in row.categories]
    insert_rows(VersionCategory, ("version_id", "code"), categories)
    carrying.write([(pk, row.carried) for pk, row in zip(ids, part, strict=True)])


def store_bodies(bodies: Mapping[str, bytes]) -> None:
    """Those that are not there yet; made by another channel's release at the same time is as good."""
    # In one order, so that two releases that write the same do not wait for each other in a circle.
    columns, rows = ("digest", "content"), sorted(bodies.items())
    if connection.vendor != "postgresql":
        insert_rows(DocumentBody, columns, rows, ignore_conflicts=True)
        return
    known = _known_bodies(list(bodies))
    fresh = [row for row in rows if row[0] not in known]
    if not copy_rows(DocumentBody, columns, fresh):
        insert_rows(DocumentBody, columns, fresh, ignore_conflicts=True)


def _store_traces(contents: Sequence[Any]) -> Sequence[int]:
    ids = reserve(Trace, len(contents))
    insert_rows(Trace, ("id", "content"), list(zip(ids, contents, strict=True)))
    return ids


def _known_bodies(digests: Sequence[str]) -> set[str]:
    """Those that are stored already. Until the transaction ends they cannot be pruned. Of PostgreSQL."""
    with connection.cursor() as cursor:
        # Django knows FOR UPDATE only, which makes the releases of several channels wait for each other.
        cursor.execute(
            "SELECT digest FROM exports_documentbody WHERE digest = ANY(%s) FOR KEY SHARE",
            [list(digests)],
        )
        return {digest for (digest,) in cursor.fetchall()}


def refresh_provenance(current: Mapping[Key, DocumentVersion], made: Iterable[Made]) -> None:
    """Where a document's words stayed but came another way, `explain` shall tell the new way."""
    wanted = {current[row.key].pk: row.provenance for row in made}
    for batch in batches(list(wanted), BATCH):
        stored = Provenance.objects.filter(pk__in=among(batch)).select_related("trace")
        fresh = [(row, orjson.loads(wanted[row.pk])) for row in stored]
        if changed := [(row, new) for row, new in fresh if row.content != new]:
            _retrace(changed)


def _retrace(changed: Sequence[tuple[Provenance, Mapping[str, Any]]]) -> None:
    traces = _store_traces([new for _, new in changed])
    told = [(row.pk, trace, NONE) for (row, _), trace in zip(changed, traces, strict=True)]
    update_rows(Provenance, ("trace_id", "revisions"), told)
    _remove_traces({row.trace_id for row, _ in changed})
    carrying.rewrite([(row.pk, carrying.Carriage.of(new)) for row, new in changed])


def remove(versions: Collection[int]) -> None:
    """Delete versions with all that hangs on them; their bodies may be others', too."""
    for batch in batches(list(versions)):
        traces = set(Provenance.objects.filter(version__in=among(batch)).values_list("trace", flat=True))
        for model in _HANGING:
            rows = model._base_manager.filter(version__in=among(batch))
            rows._raw_delete(rows.db)
        gone = DocumentVersion.objects.filter(pk__in=among(batch))
        gone._raw_delete(gone.db)
        _remove_traces(traces)


def _remove_traces(traces: Collection[int]) -> None:
    """Those that no document has any more."""
    used = Provenance.objects.filter(trace=OuterRef("pk"))
    unused = Trace.objects.filter(~Exists(used), pk__in=among(traces))
    unused._raw_delete(unused.db)
