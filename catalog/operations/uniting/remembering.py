"""Remembering what is no copy, though it reads alike."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from catalog.actors import Actor
from catalog.copies.groups import Group, Pairs, pairs_of
from catalog.models import NotACopy
from catalog.operations.recording import record_keys

_SHOWN = 200


def apart() -> Pairs:
    """All that was said to be no copies. One query."""
    return frozenset(NotACopy.objects.order_by().values_list("first", "second"))


@transaction.atomic
def keep_apart(actor: Actor, group: Group) -> None:
    """Say that the texts of a group, or the places of its only text, are not to be one: it is proposed no more."""
    text = group.master.text[:_SHOWN]
    NotACopy.objects.bulk_create(
        [
            NotACopy(first=first, second=second, language=group.language, text=text, by=actor.name)
            for first, second in sorted(pairs_of(group))
        ],
        ignore_conflicts=True,
        batch_size=500,
    )
    record_keys(actor, "keep apart", [("notacopy", group.digest)])


@transaction.atomic
def no_longer_apart(actor: Actor, rows: Iterable[NotACopy]) -> int:
    """Let texts be proposed again; returns how many rows are forgotten."""
    found = list(rows)
    record_keys(actor, "propose again", [("notacopy", row.text) for row in found])
    return NotACopy.objects.filter(pk__in=[row.pk for row in found]).delete()[0]
