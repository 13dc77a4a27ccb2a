"""Find what is written twice: `manage.py find_copies [--apply] [--json]`."""

from __future__ import annotations

import json as json_module
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.core.management.base import BaseCommand, CommandError

from catalog.actors import Actor
from catalog.copies.groups import DEFAULT_THRESHOLD, DEFAULT_WORDS, Group, groups
from catalog.copies.planning import Proposal, plan
from catalog.copies.reading import read
from catalog.copies.report import Figures, figures, group_as_json, proposal_as_json, saved
from catalog.operations.uniting import Outcome, apart, settled, unite_all

SHOWN = 10


class Found(NamedTuple):
    """All that the command has to tell; what was done and how it is afterwards only where it was told to apply."""

    before: Figures
    groups: list[Group]
    proposals: list[Proposal]
    unsettled: list[str]
    outcome: Outcome | None = None
    after: Figures | None = None


class Command(BaseCommand):
    help = "Find equal and nearly equal paragraphs, and what could be one fragment; with --apply make it so."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--apply", action="store_true", help="make equal texts one fragment; no document changes")
        parser.add_argument(
            "--threshold", type=float, default=DEFAULT_THRESHOLD, help="how alike is nearly equal, 0.5 to 1 (0.9)"
        )
        parser.add_argument(
            "--minimum-words", type=int, default=DEFAULT_WORDS, help="shorter paragraphs are not looked at (8)"
        )
        parser.add_argument("--json", action="store_true", help="print everything as JSON")

    def handle(self, *, apply: bool, threshold: float, minimum_words: int, json: bool, **options: Any) -> None:
        if minimum_words < 1:
            raise CommandError("--minimum-words must be at least 1.")
        try:
            found = self.find(threshold, minimum_words, apply=apply)
        except ValueError as error:
            raise CommandError(str(error)) from error
        text = json_module.dumps(as_json(found), ensure_ascii=False, indent=2) if json else "\n".join(lines_of(found))
        self.stdout.write(text)

    def find(self, threshold: float, minimum: int, *, apply: bool) -> Found:
        """Raises ValueError."""
        self.stderr.write("Reading all texts ...")
        corpus = read(minimum)
        self.stderr.write(f"Comparing {len(corpus.texts):,} paragraphs ...")
        known = apart()
        alike = groups(corpus, threshold, known)
        sources, unsettled = settled()
        before = figures(corpus)
        found = Found(before, alike, plan(sources, minimum, known), unsettled)
        if not apply:
            return found
        outcome = unite_all(Actor("command", "command"), minimum, known, progress=self.stderr.write)
        return found._replace(outcome=outcome, after=figures(read(minimum)))


# --- The report ------------------------------------------------------------------------------------------------------
def lines_of(found: Found) -> Iterator[str]:
    yield from _of_figures("Before" if found.after else "Now", found.before)
    kinds = [group.kind for group in found.groups]
    yield f"Groups: {kinds.count('equal'):,} of equal paragraphs, {kinds.count('near'):,} of nearly equal ones."
    facts = {each.key for group in found.groups for each in _places(group) if each.kind == "product"}
    if facts:
        yield f"Facts of {len(facts):,} products repeat paragraphs; they stay as they are and are only listed."
    if found.unsettled:
        yield f"Left alone, because people are working on them: {_first(found.unsettled)}."
    if found.outcome is None or found.after is None:
        yield from _of_proposals(found.proposals)
    else:
        yield from _of_outcome(found.outcome)
        yield from _of_figures("After", found.after)
        yield f"Words to translate saved: {_by_language(saved(found.before, found.after))}."


def _of_figures(when: str, told: Figures) -> Iterator[str]:
    yield (
        f"{when}: {told.paragraphs:,} paragraphs, {told.distinct:,} distinct, {told.copies:.1f} % copies;"
        f" {told.shared:,} fragments are shared. Words: {_by_language(told.words)}."
    )


def _of_proposals(proposals: list[Proposal]) -> Iterator[str]:
    if not proposals:
        yield "Nothing can be made one fragment."
        return
    for proposal in proposals[:SHOWN]:
        yield f"  {described(proposal)}"
    if len(proposals) > SHOWN:
        yield f"  ... and {len(proposals) - SHOWN:,} more; --json lists them all."
    total: dict[str, int] = {}
    for proposal in proposals:
        for language, count in proposal.saved.items():
            total[language] = total.get(language, 0) + count
    yield f"Proposals: {len(proposals):,}, which would save words: {_by_language(total)}. --apply carries them out."


def _of_outcome(outcome: Outcome) -> Iterator[str]:
    kinds = [proposal.kind for proposal in outcome.done]
    made = sum(proposal.new for proposal in outcome.done)
    yield (
        f"Done: {kinds.count('merge'):,} groups of fragments merged, {kinds.count('share'):,} paragraphs shared"
        f" ({made:,} new fragments). {outcome.documents:,} documents were assembled before and after and are the same."
    )
    for proposal, reason in outcome.refused:
        yield f"Not done: {described(proposal)} {reason}"


def described(proposal: Proposal) -> str:
    codes = sorted({member.code for member in proposal.members})
    if proposal.kind == "merge":
        return f"merge {_first(codes)} into {proposal.code}."
    return f"share {'new ' if proposal.new else ''}{proposal.code} in {_first(codes)}."


def _places(group: Group) -> Iterator[Any]:
    for text in group.texts:
        yield from text.occurrences


def _first(codes: list[str]) -> str:
    return ", ".join(codes[:5]) + (f" and {len(codes) - 5:,} more" if len(codes) > 5 else "")


def _by_language(words: Any) -> str:
    return ", ".join(f"{language} {count:,}" for language, count in sorted(words.items()) if count) or "none"


def as_json(found: Found) -> dict[str, Any]:
    report: dict[str, Any] = {
        "before": found.before.as_json(),
        "groups": [group_as_json(group) for group in found.groups],
        "proposals": [proposal_as_json(proposal) for proposal in found.proposals],
        "unsettled": found.unsettled,
    }
    if found.outcome and found.after:
        report |= {
            "done": [proposal_as_json(proposal) for proposal in found.outcome.done],
            "refused": [{**proposal_as_json(proposal), "reason": reason} for proposal, reason in found.outcome.refused],
            "documents": found.outcome.documents,
            "after": found.after.as_json(),
            "words_saved": saved(found.before, found.after),
        }
    return report
