"""Revisions of fragments: what was submitted, what was approved of it, and what is out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby
from typing import Any

from catalog.models import FragmentRevision
from catalog.operations.fragments import digest_of
from catalog.revisions import languages_at_stake, merged
from catalog.verifying.registry import Defect, check

# Clocks of several machines differ by less.
CLOCKS = timedelta(minutes=1)
_APPROVE = "Approve its latest revision anew."


@check("revisions")
def revisions() -> Iterator[Defect]:
    """Revisions are as they were submitted, numbered without a gap; what is out is what their approvals make of it."""
    rows = FragmentRevision.objects.select_related("fragment").prefetch_related("approvals")
    ordered = rows.order_by("fragment", "number").iterator(chunk_size=1_000)
    for _, life in groupby(ordered, lambda revision: revision.fragment_id):
        out: dict[str, Any] | None = None
        number = 0
        earlier: FragmentRevision | None = None
        for revision in life:
            wrong = list(_frozen(revision, number + 1))
            yield from wrong or _approved(revision, out)
            if earlier is not None:
                yield from _in_time(earlier, revision)
            out, number, earlier = revision.out or out, revision.number, revision


def _frozen(revision: FragmentRevision, expected: int) -> Iterator[Defect]:
    if revision.number != expected:
        yield Defect(str(revision), f"revision {expected} is missing before it.", "Restore it from a backup.")
    if digest_of(revision.content) != revision.digest:
        yield Defect(str(revision), "it is not what was submitted.", "Restore it from a backup, or approve anew.")


def _approved(revision: FragmentRevision, before: dict[str, Any] | None) -> Iterator[Defect]:
    """What is out from a revision on follows from what was out before and from its approvals."""
    languages = sorted(approval.language for approval in revision.approvals.all())
    if strange := sorted(set(languages) - set(languages_at_stake(revision.content, before))):
        yield Defect(str(revision), f"it is approved in “{strange[0]}”, of which it says nothing.", _APPROVE)
        return
    expected = merged(before, revision.content, revision.number, languages) if languages else None
    if revision.out != expected:
        yield Defect(str(revision), "what is out of it is not what was approved.", _APPROVE)


def _in_time(earlier: FragmentRevision, later: FragmentRevision) -> Iterator[Defect]:
    """Nobody approves a revision once there is a newer one."""
    late = [row for row in earlier.approvals.all() if row.at > later.submitted_at + CLOCKS]
    if late:
        yield Defect(
            str(earlier), f"it was approved in “{late[0].language}” after {later} had been submitted.", _APPROVE
        )
