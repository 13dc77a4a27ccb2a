"""Assemble a channel and commit what differs as its next release.

One writer per channel: the channel's row is locked, and everything of a release, its own row last, is one transaction.
So a release number that a reader can see is complete.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone

from catalog.actors import Actor
from catalog.models import AssociationType, AttributeGroup, Category, Channel, Slot
from catalog.models.base import label_of, texts_of
from catalog.values.base import pick
from exports.assemble import Assembled, assemble
from exports.bundles import Context
from exports.documents import Document, Node, Publication, digest_of, to_bytes
from exports.loading import Loader, contexts
from exports.models import DocumentBody, DocumentVersion, Provenance, Release, VersionCategory

T = TypeVar("T")
BATCH = 500


@dataclass(frozen=True)
class Outcome:
    """What `release` did. `release` is the current one; `new` says whether it had to be made."""

    release: Release
    new: bool


@dataclass(frozen=True)
class _Made:
    """One assembled document, ready to be stored."""

    language: str
    body: bytes
    digest: str
    assembled: Assembled

    @property
    def key(self) -> tuple[str, str]:
        return self.assembled.document.sku, self.language


@transaction.atomic
def release(actor: Actor, channel: Channel) -> Outcome:
    """Release a channel: the next number if anything differs from the current release, else that one again."""
    channel = Channel.objects.select_for_update().get(pk=channel.pk)
    last = Release.objects.filter(channel=channel).order_by("-number").first()
    on = timezone.localdate()
    loader = Loader(channel)
    made = _assembled(channel, loader, on)
    current = {
        (row.sku, row.language): row for row in DocumentVersion.objects.filter(channel=channel, valid_until=None)
    }
    keys = {row.key for row in made}
    fresh = [row for row in made if row.key not in current or current[row.key].body_id != row.digest]
    same = [row for row in made if row.key in current and current[row.key].body_id == row.digest]
    gone = [row for key, row in current.items() if key not in keys]
    publications = _publications(channel, loader, made, on)
    report = _report(made)
    if last and not fresh and not gone and _same(last.publications, publications) and last.report == report:
        _refresh_provenance(current, same)
        return Outcome(last, new=False)
    number = last.number + 1 if last else 1
    closed = [current[row.key] for row in fresh if row.key in current]
    _close([*closed, *gone], number)
    _store(channel, number, fresh)
    _refresh_provenance(current, same)
    created = Release.objects.create(
        channel=channel,
        number=number,
        created_by=actor.name,
        documents=len(made),
        added=len(fresh) - len(closed),
        changed=len(closed),
        removed=len(gone),
        publications={
            language: {**data, "release": number, "released_on": on.isoformat()}
            for language, data in publications.items()
        },
        report=report,
    )
    return Outcome(created, new=True)


def _assembled(channel: Channel, loader: Loader, on: datetime.date) -> list[_Made]:
    wanted = contexts(channel, on)
    made = []
    for bundle in loader.bundles():
        for context in wanted:
            assembled = assemble(bundle, context, loader.library)
            body = to_bytes(assembled.document)
            made.append(_Made(context.language, body, digest_of(body), assembled))
    return made


def _close(rows: list[DocumentVersion], number: int) -> None:
    for batch in _batches([row.pk for row in rows]):
        DocumentVersion.objects.filter(pk__in=batch).update(valid_until=number)


def _store(channel: Channel, number: int, fresh: list[_Made]) -> None:
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
            DocumentVersion(
                channel=channel, sku=row.key[0], language=row.language, body_id=row.digest, valid_from=number
            )
            for row in fresh
        ],
        batch_size=BATCH,
    )
    pairs = list(zip(versions, fresh, strict=True))
    Provenance.objects.bulk_create(
        [Provenance(version=version, content=row.assembled.provenance) for version, row in pairs], batch_size=BATCH
    )
    VersionCategory.objects.bulk_create(
        [
            VersionCategory(version=version, code=code)
            for version, row in pairs
            for code in sorted({code for link in row.assembled.document.categories for code in link.path})
        ],
        batch_size=BATCH,
    )


def _refresh_provenance(current: Mapping[tuple[str, str], DocumentVersion], made: Iterable[_Made]) -> None:
    """Where a document's words stayed but came another way, `explain` shall tell the new way."""
    wanted = {current[row.key].pk: row.assembled.provenance for row in made}
    changed = []
    for batch in _batches(list(wanted)):
        for stored in Provenance.objects.filter(pk__in=batch):
            if stored.content != wanted[stored.pk]:
                stored.content = wanted[stored.pk]
                changed.append(stored)
    Provenance.objects.bulk_update(changed, ["content"], batch_size=BATCH)


def _report(made: Iterable[_Made]) -> list[dict[str, Any]]:
    """What is amiss, once per product and problem, with the languages it concerns."""
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for row in made:
        for kind, message in row.assembled.problems:
            found[row.key[0], kind, message].append(row.language)
    return [
        {"sku": sku, "kind": kind, "message": message, "languages": languages}
        for (sku, kind, message), languages in found.items()
    ]


def _publications(channel: Channel, loader: Loader, made: list[_Made], on: datetime.date) -> dict[str, dict[str, Any]]:
    """By language, what formats need to know of the whole release; numbers and dates are put in when it is made."""
    labels: dict[str, list[Any]] = {
        "groups": list(AttributeGroup.objects.all()),
        "slots": list(Slot.objects.all()),
        "associations": list(AssociationType.objects.all()),
    }
    children = _tree(channel, loader)
    result = {}
    for context in contexts(channel, on):
        documents = [row.assembled.document for row in made if row.language == context.language]
        named = {
            name: {row.code: pick(texts_of(row, "label"), context.chain) or row.code for row in rows}
            for name, rows in labels.items()
        }
        publication = Publication(
            channel=channel.code,
            title=pick(texts_of(channel, "label"), context.chain) or channel.code,
            medium=channel.medium,
            language=context.language,
            alternates=tuple(channel.chains()),
            release=0,
            released_on="",
            country=channel.market.country if channel.market else "",
            currency=_currency(channel),
            audience=channel.audience.code if channel.audience else "",
            public=channel.public,
            navigation=_navigation(children, channel.tree_id, _members(documents), context),
            **named,
        )
        result[context.language] = publication.as_json()
    return result


def _currency(channel: Channel) -> str:
    if channel.market:
        return channel.market.currency
    return channel.currencies[0] if channel.currencies else ""


def _tree(channel: Channel, loader: Loader) -> dict[int | None, list[Category]]:
    """The categories of the channel's tree by their parent's id, in tree order."""
    children: dict[int | None, list[Category]] = defaultdict(list)
    for path in loader.paths.values():
        if channel.tree_id in {node.pk for node in path}:
            children[path[-1].parent_id].append(path[-1])
    return children


def _members(documents: Iterable[Document]) -> dict[str, set[str]]:
    """By category code, the SKUs of the products in or below it; variants are found through their group."""
    members: dict[str, set[str]] = defaultdict(set)
    for document in documents:
        if document.parent is None:
            for link in document.categories:
                for code in link.path:
                    members[code].add(document.sku)
    return members


def _navigation(
    children: Mapping[int | None, list[Category]],
    parent: int | None,
    members: Mapping[str, set[str]],
    context: Context,
) -> tuple[Node, ...]:
    """The categories below `parent` that hold anything, in tree order."""
    if parent is None:
        return ()
    return tuple(
        Node(
            category.code,
            pick(texts_of(category, "label"), context.chain) or label_of(category, context.language) or category.code,
            len(members[category.code]),
            _navigation(children, category.pk, members, context),
        )
        for category in children.get(parent, ())
        if members.get(category.code)
    )


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
