"""Making one fragment of several texts, where every document stays what it was, byte for byte.

That is not argued but tried: the documents that carry the fragments are assembled before and after. Many proposals are
tried together, and where a document differs, half of them each, down to the one that makes the difference; that one is
undone to its savepoint.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction

from catalog.actors import Actor
from catalog.assembling import Carrier, Key, carriers
from catalog.copies.groups import DEFAULT_WORDS, Pairs
from catalog.copies.planning import Proposal, plan
from catalog.indexing.touched import gathering
from catalog.operations.uniting.settling import settled
from catalog.operations.uniting.sharing import merge_all, share_all
from catalog.operations.upkeep.rewriting import lock_all

# Each round shares what the one before has left over; what was shared is not shared again, so it comes to an end.
_MAX_ROUNDS = 20

Progress = Callable[[str], None]


class Refused(NamedTuple):
    """A proposal that was not carried out, with the reason for the person who asked for it."""

    proposal: Proposal
    reason: str


@dataclass
class Outcome:
    """What was done, what was not, and how many documents were assembled before and after to see that they are same."""

    done: list[Proposal] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    documents: int = 0


class _Differing(Exception):
    """Documents would change, or something cannot be done; the message says which or why."""


def _silent(_line: str) -> None:
    return


@transaction.atomic
def unite_all(
    actor: Actor, minimum: int = DEFAULT_WORDS, apart: Pairs = frozenset(), progress: Progress = _silent
) -> Outcome:
    """Carry out every proposal that changes no document, until there are none left."""
    outcome = Outcome()
    for _ in range(_MAX_ROUNDS):
        refused = {each.proposal.digest for each in outcome.refused}
        proposals = plan(settled()[0], minimum, apart, refused)
        if not proposals:
            break
        progress(f"Trying {len(proposals):,} proposals ...")
        _Trial(actor, outcome, progress).run(proposals)
    return outcome


@transaction.atomic
def unite(actor: Actor, proposals: Sequence[Proposal]) -> Outcome:
    """Carry out those of these proposals that change no document."""
    outcome = Outcome()
    if proposals:
        _Trial(actor, outcome, _silent).run(proposals)
    return outcome


class _Trial:
    def __init__(self, actor: Actor, outcome: Outcome, progress: Progress) -> None:
        self.actor = actor
        self.outcome = outcome
        self.progress = progress
        self.before: Mapping[Key, Carrier] = {}

    def run(self, proposals: Sequence[Proposal]) -> None:
        # Nobody else may write meanwhile: what somebody else changes would look like a difference made here.
        lock_all()
        self.before = carriers(frozenset().union(*(each.codes for each in proposals)))
        self.outcome.documents = max(self.outcome.documents, len(self.before))
        self._try(proposals)

    def _try(self, proposals: Sequence[Proposal]) -> None:
        """All of them, or in halves those that can be."""
        try:
            # Derived rows follow once; they take no part in documents.
            with transaction.atomic(), gathering():
                self._carry_out(proposals)
        except _Differing as error:
            if len(proposals) == 1:
                self.outcome.refused.append(Refused(proposals[0], str(error)))
                return
            self.progress(f"Of {len(proposals):,} some change documents; trying halves ...")
            half = len(proposals) // 2
            self._try(proposals[:half])
            self._try(proposals[half:])
        else:
            self.outcome.done += proposals

    def _carry_out(self, proposals: Sequence[Proposal]) -> None:
        """Raises _Differing."""
        try:
            merge_all(self.actor, [each for each in proposals if each.kind == "merge"])
            share_all(self.actor, [each for each in proposals if each.kind == "share"])
        except ValidationError as error:
            raise _Differing(" ".join(error.messages)) from error
        codes = frozenset().union(*(each.codes for each in proposals))
        known = {key: carrier for key, carrier in self.before.items() if not codes.isdisjoint(carrier.codes)}
        made = {each.code.lower() for each in proposals if each.new}
        after = carriers(codes | made, {key.sku for key in known})
        if different := list(_different(self.before, known, after)):
            more = f" and {len(different) - 3} more" if len(different) > 3 else ""
            raise _Differing(f"Documents would change: {', '.join(map(str, different[:3]))}{more}.")


def _different(
    before: Mapping[Key, Carrier], known: Mapping[Key, Carrier], after: Mapping[Key, Carrier]
) -> Iterator[Key]:
    """The documents that are not what they were. Those not assembled before are counted as such."""
    for key in sorted({*known, *after}):
        was, now = before.get(key), after.get(key)
        if was is None or now is None or was.digest != now.digest:
            yield key
