"""Commit what differs in a channel as its next release.

One writer per channel: the channel's row is locked, and everything of a release, its own row last, is one transaction.
So a release number that a reader can see is complete. Assembly, which takes longest, comes before the lock.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

import orjson
from django.db import transaction
from django.utils import timezone

from catalog.actors import Actor
from catalog.models import Channel
from exports import carrying, querysets
from exports.delivery import webhooks
from exports.drafting import Draft, Key, Made, draft
from exports.models import DocumentBody, DocumentVersion, Provenance, Release, VersionCategory

T = TypeVar("T")
BATCH = 500


@dataclass(frozen=True)
class Outcome:
    """What `release` did. `release` is the current one; `new` says whether it had to be made."""

    release: Release
    new: bool


@dataclass(frozen=True)
class Forecast:
    """What `release` would do now. `after` is the number of the current release, 0 where there is none."""

    after: int
    documents: int
    added: int
    changed: int
    removed: int
    report: list[dict[str, Any]]
    differs: bool


class Retired(ValueError):
    """A retired channel releases nothing any more; the message is one line for the person who asked."""


def release(actor: Actor, channel: Channel) -> Outcome:
    """Release a channel: the next number if anything differs from the current release, else that one again.

    Raises Retired, and SelectionError for a selection that is not understood.
    """
    _refuse_retired(channel)
    while True:
        last = querysets.current_release(channel)
        on = timezone.localdate()
        outcome = _commit(actor, channel, last, draft(channel, on), on)
        # Another release in the meantime may know more than this draft; then it is drafted anew.
        if outcome is not None:
            return outcome


def forecast(channel: Channel) -> Forecast:
    """What releasing the channel would change and report. Writes nothing. Raises as `release`."""
    _refuse_retired(channel)
    new = draft(channel, timezone.localdate())
    last = querysets.current_release(channel)
    step = _Step.of(channel, new)
    return Forecast(
        after=last.number if last else 0,
        documents=len(new.made),
        added=len(step.fresh) - len(step.replaced),
        changed=len(step.replaced),
        removed=len(step.gone),
        report=new.report,
        differs=step.differs(last, new),
    )


@dataclass(frozen=True)
class _Step:
    """From the current release to a draft: the documents that are new or other, those that stay, and those that go.

    `current` are those of the current release; `replaced` are the ones that the `fresh` ones take the place of.
    """

    current: Mapping[Key, DocumentVersion]
    fresh: list[Made]
    same: list[Made]
    replaced: list[DocumentVersion]
    gone: list[DocumentVersion]

    @classmethod
    def of(cls, channel: Channel, new: Draft) -> _Step:
        rows = DocumentVersion.objects.filter(channel=channel, valid_until=None)
        current = {(row.sku, row.language): row for row in rows}
        fresh = [row for row in new.made if row.key not in current or current[row.key].body_id != row.digest]
        same = [row for row in new.made if row.key in current and current[row.key].body_id == row.digest]
        keys = {row.key for row in new.made}
        replaced = [current[row.key] for row in fresh if row.key in current]
        return cls(current, fresh, same, replaced, [row for key, row in current.items() if key not in keys])

    def differs(self, last: Release | None, new: Draft) -> bool:
        """Whether there is anything for a next release to say."""
        if last is None or self.fresh or self.gone or last.report != new.report:
            return True
        return not _same(last.publications, new.publications)


@transaction.atomic
def _commit(actor: Actor, channel: Channel, last: Release | None, new: Draft, on: datetime.date) -> Outcome | None:
    """Write the next release after `last`, or nothing where `last` is not the last any more."""
    channel = Channel.objects.select_for_update().get(pk=channel.pk)
    _refuse_retired(channel)  # perhaps while this was drafted
    if querysets.current_release(channel) != last:
        return None
    step = _Step.of(channel, new)
    _refresh_provenance(step.current, step.same)
    if last and not step.differs(last, new):
        return Outcome(last, new=False)
    number = last.number + 1 if last else 1
    _close([*step.replaced, *step.gone], number)
    _store(channel, number, step.fresh)
    outcome = Outcome(
        Release.objects.create(
            channel=channel,
            number=number,
            created_by=actor.name,
            documents=len(new.made),
            added=len(step.fresh) - len(step.replaced),
            changed=len(step.replaced),
            removed=len(step.gone),
            publications={
                language: {**data, "release": number, "released_on": on.isoformat()}
                for language, data in new.publications.items()
            },
            report=new.report,
        ),
        new=True,
    )
    webhooks.release_created(actor, outcome.release)
    return outcome


def _refuse_retired(channel: Channel) -> None:
    if channel.retired:
        last = querysets.current_release(channel)
        stays = f"release {last.number} and its editions stay" if last else "it never did"
        raise Retired(f"Channel “{channel.code}” is retired and releases nothing; {stays}.")


def _close(rows: list[DocumentVersion], number: int) -> None:
    for batch in _batches([row.pk for row in rows]):
        DocumentVersion.objects.filter(pk__in=batch).update(valid_until=number)


def _store(channel: Channel, number: int, fresh: list[Made]) -> None:
    bodies = {row.digest: row.body for row in fresh}
    known: set[str] = set()
    for batch in _batches(list(bodies)):
        known.update(DocumentBody.objects.filter(pk__in=batch).values_list("pk", flat=True))
    DocumentBody.objects.bulk_create(
        [DocumentBody(digest=digest, content=body) for digest, body in bodies.items() if digest not in known],
        batch_size=BATCH,
        ignore_conflicts=True,
    )
    versions = DocumentVersion.objects.bulk_create(
        [
            DocumentVersion(channel=channel, sku=row.sku, language=row.language, body_id=row.digest, valid_from=number)
            for row in fresh
        ],
        batch_size=BATCH,
    )
    for pairs in _batches(list(zip(versions, fresh, strict=True))):
        Provenance.objects.bulk_create(
            [Provenance(version=version, content=orjson.loads(row.provenance)) for version, row in pairs]
        )
        VersionCategory.objects.bulk_create(
            [VersionCategory(version=version, code=code) for version, row in pairs for code in row.categories],
            batch_size=BATCH,
        )
        carrying.write([(version.pk, orjson.loads(row.provenance)) for version, row in pairs])


def _refresh_provenance(current: Mapping[Key, DocumentVersion], made: Iterable[Made]) -> None:
    """Where a document's words stayed but came another way, `explain` shall tell the new way."""
    wanted = {current[row.key].pk: row.provenance for row in made}
    for batch in _batches(list(wanted)):
        changed = []
        for stored in Provenance.objects.filter(pk__in=batch):
            content = orjson.loads(wanted[stored.pk])
            if stored.content != content:
                stored.content = content
                changed.append(stored)
        Provenance.objects.bulk_update(changed, ["content"])
        carrying.rewrite([(stored.pk, stored.content) for stored in changed])


def _same(stored: Mapping[str, Any], fresh: Mapping[str, Any]) -> bool:
    """Whether publications say the same, but for the number and day they were released."""
    volatile = ("release", "released_on")
    strip = [
        {language: {k: v for k, v in data.items() if k not in volatile} for language, data in side.items()}
        for side in (stored, fresh)
    ]
    return strip[0] == strip[1]


def _batches(rows: list[T]) -> Iterable[list[T]]:
    """Slices small enough for one statement on either engine."""
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        yield batch
