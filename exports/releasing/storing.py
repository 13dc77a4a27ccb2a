"""Documents into their rows, and out of them: many narrow rows in few statements, none of them made by the ORM."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

import orjson
from django.db import connection
from django.db.models import Exists, Model, OuterRef

from catalog.indexing.writing import Json, batches, copied, copy_rows, insert_rows, reserve, update_rows
from catalog.many import among
from catalog.models import Channel
from exports.models import (
    DocumentBody,
    DocumentVersion,
    StagedEnd,
    Trace,
    TraceAsset,
    TraceCategory,
    TraceFacts,
    TraceStatement,
)
from exports.releasing import carrying
from exports.releasing.drafting import Key, Made
from exports.releasing.rewording import Retold, Reworded

# Documents that are written by one set of statements: assembled ones, and such as have a trace already.
BATCH, REWORDED = 500, 1_000
_VERSION = (
    *("channel_id", "product", "listed", "sku", "language", "body_id", "trace_id", "revisions"),
    *("valid_from", "valid_until"),
)
_BODY = ("digest", "content")
NONE = Json("{}")
# Bodies that are looked for before all are.
_FEW = 20
_OF_TRACES: tuple[type[Model], ...] = (TraceCategory, TraceStatement, TraceAsset, TraceFacts)


def close(versions: Iterable[int], number: int) -> None:
    """End versions before a release."""
    for batch in batches(list(versions)):
        DocumentVersion.objects.filter(pk__in=among(batch)).update(valid_until=number)


def store(channel: Channel, number: int, fresh: Sequence[Made], until: int | None = None) -> None:
    """Write documents that begin with a release, and end nowhere or `until`, with all that hangs on them."""
    for part in batches(fresh, BATCH):
        traces = _store_traces(part)
        _store(channel, number, until, [(row, trace, NONE) for row, trace in zip(part, traces, strict=True)])


def renew(channel: Channel, number: int, reworded: Sequence[Reworded], until: int | None = None) -> None:
    """The same of documents in place of those that they reword: what hung on those hangs on their trace."""
    for part in batches(reworded, REWORDED):
        _store(channel, number, until, [(row, row.trace, Json(row.revisions)) for row in part])


def retell(retold: Iterable[Retold]) -> None:
    """Keep the numbers of other revisions with documents that stay as they are."""
    by_numbers: dict[str, list[int]] = defaultdict(list)
    for row in retold:
        by_numbers[row.revisions].append(row.version)
    for revisions, versions in by_numbers.items():
        update_rows(DocumentVersion, ("revisions",), [(pk, Json(revisions)) for pk in versions])


def _store(channel: Channel, number: int, until: int | None, rows: Sequence[tuple[Made | Reworded, int, Json]]) -> None:
    store_bodies({row.digest: row.body for row, _, _ in rows})
    write = copy_rows if connection.vendor == "postgresql" else insert_rows
    write(
        DocumentVersion,
        _VERSION,
        [
            (channel.pk, row.product, row.listed, row.sku, row.language, row.digest, trace, revisions, number, until)
            for row, trace, revisions in rows
        ],
    )


def store_bodies(bodies: Mapping[str, bytes]) -> None:
    """Those that are not there yet; made by another channel's release at the same time is as good."""
    # In one order, so that two releases that write the same do not wait for each other in a circle.
    rows = sorted(bodies.items())
    if connection.vendor == "postgresql":
        _copy_bodies(rows)
    else:
        insert_rows(DocumentBody, _BODY, rows, ignore_conflicts=True)


def _copy_bodies(rows: Sequence[tuple[str, bytes]]) -> None:
    """Where a few are not there, mostly none is: looking for all of them costs half of what copying does."""
    if not _known_bodies(rows[:_FEW]) and copied(DocumentBody, _BODY, rows):
        return
    known = _known_bodies(rows)
    fresh = [row for row in rows if row[0] not in known]
    if not copied(DocumentBody, _BODY, fresh):
        insert_rows(DocumentBody, _BODY, fresh, ignore_conflicts=True)


def _known_bodies(rows: Sequence[tuple[str, bytes]]) -> set[str]:
    """Those that are stored already. Until the transaction ends they cannot be pruned. Of PostgreSQL."""
    with connection.cursor() as cursor:
        # Django knows FOR UPDATE only, which makes the releases of several channels wait for each other.
        cursor.execute(
            "SELECT digest FROM exports_documentbody WHERE digest = ANY(%s) FOR KEY SHARE",
            [[digest for digest, _ in rows]],
        )
        return {digest for (digest,) in cursor.fetchall()}


def _store_traces(made: Sequence[Made]) -> Sequence[int]:
    """With what hangs on them; their ids."""
    ids = reserve(Trace, len(made))
    rows = list(zip(ids, made, strict=True))
    insert_rows(Trace, ("id", "content"), [(pk, Json(row.provenance.decode())) for pk, row in rows])
    carrying.write([(pk, row.carried, row.categories) for pk, row in rows])
    return ids


def refresh_provenance(current: Mapping[Key, DocumentVersion], made: Iterable[Made]) -> None:
    """Where a document's words stayed but came another way, `explain` shall tell the new way."""
    wanted = {current[row.key].pk: row for row in made}
    for batch in batches(list(wanted), BATCH):
        stored = DocumentVersion.objects.filter(pk__in=among(batch)).select_related("trace").order_by()
        told = [(row, wanted[row.pk]) for row in stored]
        if changed := [(row, new) for row, new in told if row.provenance != orjson.loads(new.provenance)]:
            _retrace(changed)


def _retrace(changed: Sequence[tuple[DocumentVersion, Made]]) -> None:
    traces = _store_traces([new for _, new in changed])
    told = [(row.pk, trace, NONE) for (row, _), trace in zip(changed, traces, strict=True)]
    update_rows(DocumentVersion, ("trace_id", "revisions"), told)
    _remove_traces({row.trace_id for row, _ in changed})


def remove(versions: Collection[int]) -> None:
    """Delete versions with all that hangs on them; their bodies may be others', too."""
    for batch in batches(list(versions)):
        gone = DocumentVersion.objects.filter(pk__in=among(batch)).order_by()
        traces = set(gone.values_list("trace", flat=True))
        ends = StagedEnd.objects.filter(version__in=among(batch))
        for rows in (ends, gone):
            rows._raw_delete(rows.db)
        _remove_traces(traces)


def _remove_traces(traces: Collection[int]) -> None:
    """Those that no document has any more."""
    used = DocumentVersion.objects.filter(trace=OuterRef("pk"))
    unused = list(Trace.objects.filter(~Exists(used), pk__in=among(traces)).values_list("pk", flat=True))
    for model in _OF_TRACES if unused else ():
        hanging = model._base_manager.filter(trace__in=among(unused))
        hanging._raw_delete(hanging.db)
    gone = Trace.objects.filter(pk__in=among(unused))
    gone._raw_delete(gone.db)
