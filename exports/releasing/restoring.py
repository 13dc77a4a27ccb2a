"""Roll back: the state of an earlier release, released again under the next number.

The channel is then held: the knowledge base still says what was rolled back, and the next release would say it again.
So nothing is released until a person lets the channel go on, which looks at everything.
"""

from __future__ import annotations

from dataclasses import replace

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from catalog.actors import Actor
from catalog.models import Channel
from catalog.operations.recording import record_keys
from exports import querysets
from exports.models import (
    ChannelState,
    DocumentVersion,
    Problem,
    Release,
    Staging,
)
from exports.releasing.committing import announce, refuse_retired
from exports.releasing.staging import Counts, count_changed, sweep

_KEYS = ("channel", "sku", "language")


class CannotRestore(ValueError):
    """There is no such state any more; the message is one line for the person who asked."""


def roll_back(actor: Actor, channel: Channel, number: int) -> Release:
    """Release the state of release `number` again, and hold the channel there. Raises CannotRestore and Retired.

    What was put together for a release to come is thrown away; the next one looks at everything.
    """
    while True:
        refuse_retired(channel)
        sweep(channel)
        made = _roll_back(actor, channel, number)
        if made is not None:
            return made


@transaction.atomic
def _roll_back(actor: Actor, channel: Channel, number: int) -> Release | None:
    """The same number of statements however much it is; None where somebody began to stage a release meanwhile."""
    channel = Channel.objects.select_for_update().get(pk=channel.pk)
    if Staging.objects.filter(channel=channel).exists():
        return None
    last, old = querysets.current_release(channel), querysets.release_of(channel, number)
    if last is None or old is None:
        raise CannotRestore(f"Channel “{channel.code}” has no release {number}.")
    if old.pruned_at:
        raise CannotRestore(f"The documents of release {number} of “{channel.code}” are kept no more.")
    if old.number == last.number:
        raise CannotRestore(f"Release {number} is the current one of “{channel.code}”.")
    coming = last.number + 1
    counts = _documents(channel, old.number, coming)
    problems = _problems(channel, old.number, coming)
    ChannelState.objects.filter(channel=channel).update(asked="", held=True)
    record_keys(actor, "roll back", [("channel", channel.code)])
    return announce(
        actor,
        channel,
        coming,
        replace(counts, problems=problems),
        old.publications,
        timezone.localdate(),
        restores=old.restores or old.number,
    )


def _documents(channel: Channel, old: int, coming: int) -> Counts:
    """End what stands otherwise, and begin what stood then."""
    versions = DocumentVersion.objects.filter(channel=channel).order_by()
    same = {name: OuterRef(name) for name in (*_KEYS, "body", "product", "listed")}
    wanted = versions.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=old), valid_from__lte=old)
    now = versions.filter(valid_until__isnull=True)
    closed = now.filter(~Exists(wanted.filter(**same))).update(valid_until=coming)
    # What is no longer open but stood then is begun again; what stayed open stood then, too.
    before = {name: OuterRef(name) for name in _KEYS}
    ended = wanted.filter(valid_until__isnull=False).filter(~Exists(now.filter(**before)))
    columns = "channel_id, product, listed, sku, language, body_id, trace_id, revisions"
    _insert_from("exports_documentversion", f"{columns}, valid_from, valid_until", ended, columns, [coming, None])
    fresh = versions.filter(valid_from=coming)
    changed = count_changed(channel, coming)
    added = fresh.count()
    return Counts(
        documents=versions.filter(valid_until__isnull=True).count(),
        added=added - changed,
        changed=changed,
        removed=closed - changed,
        problems={},
    )


def _insert_from(table: str, into: str, rows: object, columns: str, constants: list[int | None]) -> None:
    """Insert what a query finds, with some columns that are the same in all."""
    sql, parameters = rows.values_list(*(name.strip() for name in columns.split(","))).query.sql_with_params()  # type: ignore[attr-defined]
    marks = ", ".join("CAST(%s AS integer)" for _ in constants)
    into_sql = f"INSERT INTO {table} ({into}) SELECT found.*, {marks} FROM ({sql}) found"  # noqa: S608 - our own names
    with connection.cursor() as cursor:
        cursor.execute(into_sql, [*constants, *parameters])


def _problems(channel: Channel, old: int, coming: int) -> dict[str, int]:
    """The same for what was amiss; how many there are of each kind."""
    rows = Problem.objects.filter(channel=channel).order_by()
    stood = rows.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=old), valid_from__lte=old)
    rows.filter(valid_until__isnull=True).exclude(pk__in=stood.values("pk")).update(valid_until=coming)
    columns = "channel_id, product, sku, kind, message, languages, responsible, effect"
    ended = stood.filter(valid_until__isnull=False)
    _insert_from("exports_problem", f"{columns}, valid_from, valid_until", ended, columns, [coming, None])
    now = rows.filter(valid_until__isnull=True)
    return dict(sorted(now.values_list("kind").annotate(count=Count("pk"))))


@transaction.atomic
def let_go(actor: Actor, channel: Channel) -> bool:
    """Let a held channel release again what the knowledge base says; whether it was held."""
    channel = Channel.objects.select_for_update().get(pk=channel.pk)
    held = bool(ChannelState.objects.filter(channel=channel, held=True).update(held=False))
    if held:
        record_keys(actor, "let go on", [("channel", channel.code)])
    return held


def is_held(channel: Channel) -> bool:
    return ChannelState.objects.filter(channel=channel, held=True).exists()
