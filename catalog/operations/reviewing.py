"""The life of fragments: submitted as a revision, approved language by language, taken back, restored, retired.

Each operation locks the fragment's row first, so that of two at the same time the second sees what the first did.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from catalog import querysets
from catalog.actors import Actor
from catalog.indexing import outbox
from catalog.indexing.touched import refresh_touched
from catalog.languages import name_of
from catalog.models import Comment, Fragment, FragmentRevision, RevisionApproval, Slot
from catalog.operations.four_eyes import authors_of as authors_of
from catalog.operations.fragments import digest_of, freeze
from catalog.operations.recording import record, record_keys
from catalog.operations.translating.approving import note_approved
from catalog.operations.translations import PEOPLE, Approved, texts_out, unread
from catalog.revisions import (
    Reading,
    differs,
    languages_at_stake,
    merged,
    objections,
    only_words_differ,
    pending,
    waiting,
)

NO_TEXT = "A fragment without text cannot be approved. Write it in at least one language."


# --- Submitting ------------------------------------------------------------------------------------------------------
@transaction.atomic
def submit(actor: Actor, fragment: Fragment) -> FragmentRevision:
    """Freeze the working copy in the next revision and put it up for review; what is out stays as it is.

    Submitting what has not changed since the last revision gives that revision again. A retired fragment stays so
    until it is approved. Raises ValidationError for a fragment without any text.
    """
    stored = locked(fragment)
    revision = _submitted(actor, stored)
    state = Fragment.State.REVIEW if waiting_in(revision) else Fragment.State.APPROVED
    _save_state(stored, stored.state if stored.state == Fragment.State.RETIRED else state)
    record(actor, "submit", [stored])
    fragment.state = stored.state
    return revision


@transaction.atomic
def withdraw(actor: Actor, fragment: Fragment) -> FragmentRevision:
    """Take what was submitted back from review; what was approved of it stays out. Raises ValidationError."""
    stored = locked(fragment)
    revision = stored.revisions.order_by("-number").first()
    if revision is None or revision.withdrawn_by or not waiting_in(revision):
        raise ValidationError(f"Nothing of “{stored}” waits for approval.")
    revision.withdrawn_by = actor.name
    revision.save(update_fields=["withdrawn_by"])
    back_to_draft(stored)
    record(actor, "withdraw", [stored])
    fragment.state = stored.state
    return revision


def _submitted(actor: Actor, stored: Fragment) -> FragmentRevision:
    """The latest revision if the working copy is what it holds, else the next one."""
    content = freeze(stored)
    if not content["body"]:
        raise ValidationError(NO_TEXT)
    digest = digest_of(content)
    authors, stored.authors = stored.authors, []
    latest = stored.revisions.order_by("-number").first()
    if latest is not None and latest.digest == digest:
        if latest.withdrawn_by:
            latest.withdrawn_by = ""
            latest.save(update_fields=["withdrawn_by"])
        return latest
    return FragmentRevision.objects.create(
        fragment=stored,
        number=latest.number + 1 if latest else 1,
        content=content,
        digest=digest,
        authors=authors or [actor.name],
        submitted_by=actor.name,
    )


# --- Approving -------------------------------------------------------------------------------------------------------
@transaction.atomic
def approve(actor: Actor, fragment: Fragment) -> FragmentRevision:
    """Submit the working copy and approve it in every language: channels get it from their next release on.

    A language that a machine translated waits until a person approves it by its name: `waiting_in` tells which.
    Approving what has not changed since gives the same revision again, and brings a retired fragment back. Raises
    ValidationError, and nothing is submitted then.
    """
    stored = locked(fragment)
    revision = _approve(actor, stored, _submitted(actor, stored), None)
    fragment.state = stored.state
    return revision


@transaction.atomic
def approve_revision(
    actor: Actor, revision: FragmentRevision, languages: Collection[str] | None = None
) -> FragmentRevision:
    """Let a revision out in these languages, or in all; returns it as it is now.

    A language the revision has no text in any more is withdrawn by approving it. Other languages stay out as they were
    approved last. Raises ValidationError while there is a newer revision, for an open change request, and for what
    the slots of the fragment demand: four eyes, tags of a facet, a length.
    """
    stored = locked(revision.fragment)
    return _approve(actor, stored, stored.revisions.get(pk=revision.pk), languages)


def _approve(
    actor: Actor, stored: Fragment, revision: FragmentRevision, languages: Collection[str] | None
) -> FragmentRevision:
    before = revision.out or out_before(revision)
    wanted = _all(actor, stored, revision, before) if languages is None else list(dict.fromkeys(languages))
    approved = set(revision.approvals.values_list("language", flat=True))
    fresh = [language for language in wanted if language not in approved]
    if problems := [*_stale(revision), *_objections(actor, stored, revision, before, wanted, fresh)]:
        raise ValidationError(problems)
    only_words = _let_out(actor, stored, revision, before, fresh) if fresh else False
    state = _state_after(stored, revision)
    if fresh or stored.state != state:
        _save_state(stored, state)
        _tell(actor, stored, only_words=only_words)
    return revision


def _let_out(
    actor: Actor, stored: Fragment, revision: FragmentRevision, before: Mapping[str, Any] | None, fresh: list[str]
) -> bool:
    """Let these languages of a revision out; whether nothing but words is other now than what was out before."""
    RevisionApproval.objects.bulk_create(
        [RevisionApproval(revision=revision, language=language, by=actor.name) for language in fresh]
    )
    out = merged(before, revision.content, revision.number, fresh)
    alike = stored.state != Fragment.State.RETIRED and only_words_differ(before, out)
    was_behind = _behind(stored) if alike else []
    revision.out = out
    revision.save(update_fields=["out"])
    note_approved(actor, [Approved(stored, fresh, texts_out(out))])
    return alike and was_behind == _behind(stored)


def _behind(stored: Fragment) -> list[str]:
    """The languages in which what is out is behind its source."""
    rows = FragmentRevision.objects.filter(fragment=stored, out__isnull=False).order_by("-number")
    return list(rows.values_list("outdated", flat=True)[0])


def _tell(actor: Actor, stored: Fragment, *, only_words: bool) -> None:
    """Record an approval. Where only words are others, releases may put them in place of those that were there."""
    if only_words:
        record_keys(actor, "approve", [("fragment", stored.code)])
        outbox.note_words(stored.pk)
    else:
        record(actor, "approve", [stored])
    refresh_touched(stored, noted=only_words)


def _all(actor: Actor, stored: Fragment, revision: FragmentRevision, before: Mapping[str, Any] | None) -> list[str]:
    """The languages that are meant where none is named. Raises ValidationError where a machine wrote all that waits."""
    at_stake = languages_at_stake(revision.content, before)
    left = set(unread(stored, texts_out(revision.content))) if actor.path in PEOPLE else set()
    found = [language for language in at_stake if language not in left]
    if not any(differs(revision.content, before, language) for language in found) and (
        left & set(waiting(revision.content, before))
    ):
        names = ", ".join(name_of(language) for language in sorted(left))
        raise ValidationError(f"A machine translated it into {names}. Read that, and approve each language by itself.")
    return found


def _state_after(stored: Fragment, revision: FragmentRevision) -> str:
    """Of the working copy, once a language of a revision was approved."""
    if digest_of(freeze(stored)) == revision.digest:
        return Fragment.State.REVIEW if waiting_in(revision) else Fragment.State.APPROVED
    return Fragment.State.DRAFT if stored.state == Fragment.State.RETIRED else stored.state


# --- What stands against it ------------------------------------------------------------------------------------------
def _stale(revision: FragmentRevision) -> Iterator[str]:
    newer = FragmentRevision.objects.filter(fragment=revision.fragment_id, number__gt=revision.number)
    if latest := newer.order_by("-number").values_list("number", flat=True).first():
        yield f"{revision} cannot be approved, because there is revision {latest}. Approve that one."
    if revision.withdrawn_by:
        yield f"{revision} was taken back by {revision.withdrawn_by}. Submit it again."


def _objections(
    actor: Actor,
    stored: Fragment,
    revision: FragmentRevision,
    before: Mapping[str, Any] | None,
    wanted: Collection[str],
    fresh: Collection[str],
) -> Iterator[str]:
    if not wanted:
        yield "Choose at least one language."
    for language in sorted(set(fresh) - set(languages_at_stake(revision.content, before))):
        yield f"There is no text in “{language}” that could be approved."
    if fresh:
        yield from _requested(revision, fresh)
        yield from objections(revision.content, fresh, reading_of(stored, revision), actor.name)


def _requested(revision: FragmentRevision, languages: Collection[str]) -> Iterator[str]:
    for request in open_requests(revision):
        if not request.language or request.language in languages:
            place = f" in {name_of(request.language)}" if request.language else ""
            yield f"{request.author} asks for a change{place}: “{request.text[:80]}”. Resolve that first."


def open_requests(revision: FragmentRevision) -> QuerySet[Comment]:
    """The change requests that keep a revision back: on it or on an earlier one, for a new text alone answers none."""
    return querysets.requests_on([revision.fragment_id]).filter(revision__number__lte=revision.number)


def reading_of(stored: Fragment, revision: FragmentRevision) -> Reading:
    slots = Slot.objects.filter(placements__fragment=stored, placements__excluded=False).distinct()
    return Reading(
        slots=list(slots.order_by("position", "code")),
        facets=set(stored.tags.order_by().values_list("facet", flat=True)),
        authors=authors_of(revision),
    )


# --- Retiring --------------------------------------------------------------------------------------------------------
@transaction.atomic
def retire(actor: Actor, fragment: Fragment) -> Fragment:
    """Take a fragment out of every channel from the next release on. Its revisions stay."""
    stored = locked(fragment)
    fragment.state = Fragment.State.RETIRED
    if stored.state != Fragment.State.RETIRED:
        _save_state(stored, Fragment.State.RETIRED)
        refresh_touched(stored)
    record(actor, "retire", [stored])
    return fragment


# --- What they share -------------------------------------------------------------------------------------------------
def locked(fragment: Fragment) -> Fragment:
    """The fragment as it is stored; nobody else writes, submits or approves it until the transaction ends."""
    return Fragment.objects.select_for_update().get(pk=fragment.pk)


def out_before(revision: FragmentRevision) -> dict[str, Any] | None:
    """What is out of a fragment without this revision."""
    earlier = FragmentRevision.objects.filter(fragment=revision.fragment_id, number__lt=revision.number)
    row = earlier.filter(out__isnull=False).order_by("-number").first()
    return row.out if row else None


def waiting_in(revision: FragmentRevision) -> list[str]:
    """The languages in which a revision waits for approval."""
    return pending(revision.content, revision.out, None if revision.out else out_before(revision))


def back_to_draft(stored: Fragment) -> None:
    """What is in review goes back to who wrote it."""
    if stored.state == Fragment.State.REVIEW:
        _save_state(stored, Fragment.State.DRAFT)


def _save_state(stored: Fragment, state: str) -> None:
    stored.state = state
    stored.save(update_fields=["state", "authors", "updated_at"])
