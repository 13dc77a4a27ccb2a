"""Revisions and approvals of the fragments of an import: what catalog.operations.reviewing does, without its queries.

The files say that a text is approved, and the import stands for it. What a person could not approve either, an import
does not: it is submitted, waits for somebody, and is reported. An import has read nothing: it is never the second pair
of eyes that a slot demands, and whoever imports stands among the authors of what the import approves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import prefetch_related_objects
from modeltranslation.utils import build_localized_fieldname

from catalog.importing.known import batches, rows_of
from catalog.importing.writing import insert, update
from catalog.models import Comment, Fragment, FragmentRevision, RevisionApproval, TranslationState
from catalog.operations.fragments import APPLIES_TO, digest_of, frozen
from catalog.operations.recording import record as note
from catalog.operations.translating.approving import note_approved
from catalog.operations.translations import Approved, texts_out
from catalog.querysets import requests_on
from catalog.revisions import Reading, languages_at_stake, merged, objections, waiting

if TYPE_CHECKING:
    from catalog.importing.compare import Item, Kind

_STATE = Fragment.State


class Latest(NamedTuple):
    """Number and digest of a fragment's latest revision."""

    number: int = 0
    digest: str = ""


class _Wanted(NamedTuple):
    """A record's row, what a revision of it would hold, and its latest one."""

    item: Item
    content: dict[str, Any]
    digest: str
    latest: Latest

    @property
    def differs(self) -> bool:
        return self.digest != self.latest.digest


class Approvals:
    """What becomes of the fragments of an import once their texts and links are known.

    One that was retired here stays so until its content changes.
    """

    def __init__(self, kind: Kind[Any]) -> None:
        self.kind = kind
        self.actor = kind.run.actor.name
        self.submitted: list[FragmentRevision] = []
        self.let_out: list[FragmentRevision] = []
        self.approvals: list[RevisionApproval] = []

    # --- Comparing ---------------------------------------------------------------------------------------------------
    def compare(self) -> None:
        prefetch_related_objects([item.row for item in self.kind.items], "source_document")
        latest = self._latest()
        wanted = [_Wanted(item, *self._frozen(item), latest.get(item.row.pk, Latest())) for item in self.kind.items]
        for one in wanted:
            if one.differs:
                self._note_change(one.item)
        approved = [one for one in wanted if one.item.record.approved and self._has_text(one)]
        fresh = [one for one in approved if one.differs]
        again = [one for one in approved if not one.differs and one.item.row.state in (_STATE.DRAFT, _STATE.REVIEW)]
        self._load(fresh, again)
        for one in fresh:
            requests = [said for said in self.requests[one.item.row.pk] if not said.sent_back]
            self._approve(one.item, self._submit(one), requests)
        for one in again:
            self._approve_again(one)

    def _has_text(self, one: _Wanted) -> bool:
        if not one.content["body"]:
            reason = "without a text it cannot be approved; it stays as it is."
            self.kind.issue(one.item.record, "body", "", reason)
        return bool(one.content["body"])

    def _note_change(self, item: Item) -> None:
        """Who imports a change is among the authors; what was in review is not what was submitted."""
        if not item.touched:
            return
        if self.actor not in item.row.authors:
            self._set(item, "authors", [*item.row.authors, self.actor])
        if item.row.state == _STATE.REVIEW:
            self._set(item, "state", _STATE.DRAFT)

    def _submit(self, one: _Wanted) -> FragmentRevision:
        item = one.item
        revision = FragmentRevision(
            fragment=item.row,
            number=one.latest.number + 1,
            content=one.content,
            digest=one.digest,
            authors=[*item.row.authors, *({self.actor} - set(item.row.authors))],
            submitted_by=self.actor,
        )
        self._set(item, "authors", [])
        self.submitted.append(revision)
        return revision

    def _approve_again(self, one: _Wanted) -> None:
        """What was submitted already, in the languages that were not approved yet."""
        revision = self.there[one.item.row.pk]
        revision.fragment, revision.withdrawn_by = one.item.row, ""
        if self._approve(one.item, revision, self.requests[one.item.row.pk]):
            revision.authors = [*revision.authors, *({self.actor} - set(revision.authors))]
            self.let_out.append(revision)

    def _approve(self, item: Item, revision: FragmentRevision, requests: list[Comment]) -> bool:
        before = self.out.get(item.row.pk)
        approved = {row.language for row in revision.approvals.all()} if revision.pk else set()
        approved |= self._unread(item)
        languages = [language for language in languages_at_stake(revision.content, before) if language not in approved]
        problems = [*self._objections(item, revision, languages), *_requested(requests, languages)]
        for problem in problems:
            self.kind.issue(item.record, "state", "approved", f"{problem} Until then it waits for approval.")
        if problems:
            self._set(item, "state", item.row.state if item.row.state == _STATE.RETIRED else _STATE.REVIEW)
            return False
        if languages:
            revision.out = merged(before, revision.content, revision.number, languages)
        self.approvals += [
            RevisionApproval(revision=revision, language=language, by=self.actor) for language in languages
        ]
        self._set(item, "state", _STATE.REVIEW if waiting(revision.content, revision.out) else _STATE.APPROVED)
        return True

    def _unread(self, item: Item) -> set[str]:
        """The languages that a machine wrote, where these files do not write them anew: a person has to read those."""
        columns = {language: build_localized_fieldname("body", language) for language in self.machine[item.row.pk]}
        return {language for language, column in columns.items() if column not in item.changed}

    def _objections(self, item: Item, revision: FragmentRevision, languages: list[str]) -> Iterator[str]:
        known, linked = self.kind.run.known, item.linked
        slots = {slot.code: slot for slot in (known.pointed(row, "slot") for row in linked["placements"])}
        facets = {known.pointed(row, "tag").facet for row in linked["tags"]}
        for slot in (slot for slot in slots.values() if slot.four_eyes):
            yield f"“{slot}” demands four eyes, and an import has none: somebody who did not write on it approves it."
            break
        yield from objections(revision.content, languages, Reading(list(slots.values()), facets, ()), self.actor)

    # --- What they are made of ---------------------------------------------------------------------------------------
    def _latest(self) -> dict[int, Latest]:
        """By the fragment's primary key."""
        latest = {}
        for batch in batches(item.row.pk for item in self.kind.items if not item.new):
            rows = rows_of(FragmentRevision).filter(fragment__in=batch).order_by("number")
            for fragment, number, digest in rows.values_list("fragment_id", "number", "digest"):
                latest[fragment] = Latest(number, digest)
        return latest

    def _load(self, fresh: list[_Wanted], again: list[_Wanted]) -> None:
        """What is out of these fragments, and of those that are approved again their latest revision."""
        self.out: dict[int, dict[str, Any]] = {}
        self.there: dict[int, FragmentRevision] = {}
        self.machine: dict[int | None, set[str]] = defaultdict(set)
        states = rows_of(TranslationState).filter(kind="fragment", state=TranslationState.State.MACHINE)
        for batch in batches(one.item.row.pk for one in [*fresh, *again] if not one.item.new):
            for pk, language in states.filter(object_id__in=batch).values_list("object_id", "language"):
                self.machine[pk].add(language)
        self.requests: dict[int | None, list[Comment]] = defaultdict(list)
        rows = rows_of(FragmentRevision).order_by("number")
        for batch in batches(one.item.row.pk for one in [*fresh, *again] if one.latest.number):
            for said in requests_on(batch):
                self.requests[said.revision.fragment_id].append(said)
            found = rows.filter(fragment__in=batch, out__isnull=False).values_list("fragment_id", "out")
            self.out |= {fragment: out or {} for fragment, out in found}
        for batch in batches(one.item.row.pk for one in again):
            latest = rows.filter(fragment__in=batch).prefetch_related("approvals")
            self.there |= {row.fragment_id: row for row in latest}

    def _frozen(self, item: Item) -> tuple[dict[str, Any], str]:
        """What a revision would hold, and its digest."""
        known = self.kind.run.known
        applies = {
            name: [str(known.pointed(row, name.removesuffix("s")).code) for row in item.linked[name]]
            for name in APPLIES_TO
        }
        content = frozen(item.row, applies)
        return content, digest_of(content)

    def _set(self, item: Item, column: str, value: Any) -> None:
        if getattr(item.row, column) != value:
            setattr(item.row, column, value)
            item.changed.add(column)
            item.touched = True

    # --- Writing -----------------------------------------------------------------------------------------------------
    def write(self) -> None:
        insert(FragmentRevision, self.submitted)
        update(FragmentRevision, self.let_out, {"out", "withdrawn_by", "authors"})
        insert(RevisionApproval, self.approvals)
        note_approved(self.kind.run.actor, list(self._approved()))

    def _approved(self) -> Iterator[Approved]:
        languages: dict[int, list[str]] = defaultdict(list)
        for approval in self.approvals:
            languages[approval.revision.fragment.pk].append(approval.language)
        for revision in {approval.revision.fragment.pk: approval.revision for approval in self.approvals}.values():
            yield Approved(revision.fragment, languages[revision.fragment.pk], texts_out(revision.out or {}))

    def write_record(self) -> None:
        out = {approval.revision.fragment.pk: approval.revision.fragment for approval in self.approvals}
        note(self.kind.run.actor, "approve", list(out.values()))
        waits = [row.fragment for row in self.submitted if row.fragment.pk not in out]
        note(self.kind.run.actor, "submit", waits)


def _requested(requests: list[Comment], languages: list[str]) -> Iterator[str]:
    for request in requests:
        if not request.language or request.language in languages:
            yield f"{request.author} asks for a change: “{request.text[:80]}”."
