"""What slots that demand four eyes ask of who wrote, who approved and who places."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from catalog.actors import Actor
from catalog.models import FragmentRevision, Placement


def authors_of(revision: FragmentRevision) -> set[str]:
    """Who wrote what this revision says: since the last revision before it that was approved in all it says.

    What was written for a revision that nobody approved is still in the next one.
    """
    earlier = FragmentRevision.objects.filter(fragment=revision.fragment_id, number__lt=revision.number)
    found = set(revision.authors)
    for row in earlier.order_by("-number").prefetch_related("approvals").iterator(chunk_size=20):
        if {approval.language for approval in row.approvals.all()} >= set(row.content["body"]):
            break
        found |= set(row.authors)
    return found


def refuse_own_eyes(actor: Actor, placement: Placement) -> None:
    """A fragment that is out comes into such a slot if somebody saw it who did not write it: who approved or places it.

    Raises ValidationError.
    """
    if not placement.slot.four_eyes or placement.excluded:
        return
    out = placement.fragment.revisions.filter(out__isnull=False).order_by("-number").first()
    shown = set((out.out or {})["revisions"].values()) if out else set()
    for revision in placement.fragment.revisions.filter(number__in=shown).prefetch_related("approvals"):
        authors = authors_of(revision)
        own = sorted({row.by for row in revision.approvals.all()} & authors)
        if own and actor.name in authors:
            raise ValidationError(
                {
                    "slot": f"“{placement.slot}” demands four eyes: {own[0]} wrote {revision} and approved it. "
                    "Somebody who did not write on it has to place it here."
                }
            )
