"""Documents into their rows, and out of them: many narrow rows in few statements, none of them made by the ORM."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import orjson
from django.db import connection
from django.db.models import Model

from catalog.indexing.writing import Json, batches, insert_rows, reserve, update_rows
from catalog.many import among
from catalog.models import Channel
from exports.models import (
    DocumentBody,
    DocumentVersion,
    Provenance,
    StagedEnd,
    VersionAsset,
    VersionCategory,
    VersionFacts,
    VersionStatement,
)
from exports.releasing import carrying
from exports.releasing.drafting import Key, Made

# Documents that are written by one set of statements.
BATCH = 500
_VERSION = ("id", "channel_id", "product", "listed", "sku", "language", "body_id", "valid_from", "valid_until")
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
    bodies = {row.digest: row.body for row in part}
    known = known_bodies(list(bodies))
    insert_rows(
        DocumentBody,
        ("digest", "content"),
        [(digest, body) for digest, body in bodies.items() if digest not in known],
        ignore_conflicts=True,
    )
    ids = reserve(DocumentVersion, len(part))
    insert_rows(
        DocumentVersion,
        _VERSION,
        [
            (pk, channel.pk, row.product, row.listed, row.sku, row.language, row.digest, number, until)
            for pk, row in zip(ids, part, strict=True)
        ],
    )
    texts = [(pk, row.provenance) for pk, row in zip(ids, part, strict=True)]
    insert_rows(Provenance, ("version_id", "content"), [(pk, Json(text.decode())) for pk, text in texts])
    categories = [(pk, code) for pk, row in zip(ids, part, strict=True) for code in row.categories]
    insert_rows(VersionCategory, ("version_id", "code"), categories)
    carrying.write([(pk, row.carried) for pk, row in zip(ids, part, strict=True)])


def known_bodies(digests: Sequence[str]) -> set[str]:
    """Those that are stored already. Until the transaction ends they cannot be pruned."""
    found: set[str] = set()
    lock = " FOR KEY SHARE" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for part in batches(digests, BATCH):
            places = ", ".join(["%s"] * len(part))
            # Django knows FOR UPDATE only, which makes the releases of several channels wait for each other.
            cursor.execute(
                f"SELECT digest FROM exports_documentbody WHERE digest IN ({places}){lock}",  # noqa: S608 - our names
                list(part),
            )
            found.update(digest for (digest,) in cursor.fetchall())
    return found


def refresh_provenance(current: Mapping[Key, DocumentVersion], made: Iterable[Made]) -> None:
    """Where a document's words stayed but came another way, `explain` shall tell the new way."""
    wanted = {current[row.key].pk: row.provenance for row in made}
    for batch in batches(list(wanted), BATCH):
        stored = Provenance.objects.filter(pk__in=among(batch)).values_list("pk", "content")
        fresh = {pk: (content, orjson.loads(wanted[pk])) for pk, content in stored}
        changed = [(pk, new) for pk, (old, new) in fresh.items() if old != new]
        update_rows(Provenance, ("content",), changed)
        carrying.rewrite([(pk, carrying.Carriage.of(new)) for pk, new in changed])


def remove(versions: Collection[int]) -> None:
    """Delete versions with all that hangs on them; their bodies may be others', too."""
    for batch in batches(list(versions)):
        for model in _HANGING:
            rows = model._base_manager.filter(version__in=among(batch))
            rows._raw_delete(rows.db)
        gone = DocumentVersion.objects.filter(pk__in=among(batch))
        gone._raw_delete(gone.db)
