"""What slots that demand four eyes ask of who wrote, who approved and who places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from django.core.exceptions import ValidationError

from catalog.actors import Actor
from catalog.indexing.writing import batches
from catalog.models import FragmentRevision, Placement, Slot


def authors_of(revision: FragmentRevision) -> set[str]:
    """Who wrote what this revision says: since the last revision before it that was approved in all it says.

    What was written for a revision that nobody approved is still in the next one.
    """
    earlier = FragmentRevision.objects.filter(fragment=revision.fragment_id, number__lt=revision.number)
    before = earlier.order_by("-number").prefetch_related("approvals").iterator(chunk_size=20)
    return _written_by(revision, before)


def _written_by(revision: FragmentRevision, before: Iterable[FragmentRevision]) -> set[str]:
    """The same with the revisions before it, the latest first."""
    found = set(revision.authors)
    for row in before:
        if {approval.language for approval in row.approvals.all()} >= set(row.content["body"]):
            break
        found |= set(row.authors)
    return found


class Unseen(NamedTuple):
    """What is out of a fragment and was approved by somebody who wrote on it: `by` approved, `authors` wrote."""

    revision: FragmentRevision
    by: str
    authors: set[str]


def unseen(fragments: Collection[int]) -> dict[int, Unseen]:
    """Of these fragments, by id, those whose words that are out only their authors have seen. Two queries per batch."""
    found: dict[int, Unseen] = {}
    for part in batches(sorted(fragments)):
        rows = FragmentRevision.objects.filter(fragment__in=part).order_by("number").prefetch_related("approvals")
        revisions: dict[int, list[FragmentRevision]] = defaultdict(list)
        for row in rows:
            revisions[row.fragment_id].append(row)
        found |= {pk: own for pk, history in revisions.items() if (own := _unseen(history))}
    return found


def _unseen(history: Sequence[FragmentRevision]) -> Unseen | None:
    out = next((row.out for row in reversed(history) if row.out is not None), None)
    shown = set(out["revisions"].values()) if out else set()
    for place, revision in enumerate(history):
        if revision.number in shown:
            authors = _written_by(revision, reversed(history[:place]))
            if own := sorted({row.by for row in revision.approvals.all()} & authors):
                return Unseen(revision, own[0], authors)
    return None


def refuse_own_eyes(actor: Actor, placement: Placement) -> None:
    """A fragment that is out comes into such a slot if somebody saw it who did not write it: who approved or places it.

    Raises ValidationError.
    """
    if not placement.slot.four_eyes or placement.excluded:
        return
    own = unseen([placement.fragment_id]).get(placement.fragment_id)
    if own and actor.name in own.authors:
        raise ValidationError({"slot": why_not(placement.slot, own)})


def why_not(slot: Slot, own: Unseen) -> str:
    return (
        f"“{slot}” demands four eyes: {own.by} wrote {own.revision} and approved it. "
        "Somebody who did not write on it has to place it here."
    )
