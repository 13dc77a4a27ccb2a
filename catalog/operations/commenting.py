"""What people say of a revision: comments, and requests for a change that keep it from going out."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from catalog.actors import Actor
from catalog.models import Comment, FragmentRevision
from catalog.operations.recording import record
from catalog.operations.reviewing import back_to_draft, locked
from catalog.values import Invalid
from catalog.values.base import clean_text

MAX_COMMENT = 10_000


@transaction.atomic
def comment(actor: Actor, revision: FragmentRevision, text: str, language: str = "") -> Comment:
    """Say something of a revision, of one language or of all. Raises ValidationError."""
    return _say(actor, revision, language, text, "comment")


@transaction.atomic
def request_change(actor: Actor, revision: FragmentRevision, language: str, text: str) -> Comment:
    """Ask for a change in one language, or with "" in all: until somebody resolves that, nobody approves it.

    Raises ValidationError.
    """
    return _say(actor, revision, language, text, "request change")


@transaction.atomic
def reject(actor: Actor, revision: FragmentRevision, text: str) -> Comment:
    """Send a whole revision back to who wrote it, saying why. Raises ValidationError."""
    said = _say(actor, revision, "", text, "reject")
    stored = locked(revision.fragment)
    if revision.number == stored.revisions.order_by("-number").values_list("number", flat=True).first():
        back_to_draft(stored)
    return said


@transaction.atomic
def resolve(actor: Actor, said: Comment) -> Comment:
    """What somebody asked for is done, or need not be. Resolving it again changes nothing."""
    locked(said.revision.fragment)
    said.refresh_from_db()
    if said.resolved_at is None:
        said.resolved_by, said.resolved_at = actor.name, timezone.now()
        said.save(update_fields=["resolved_by", "resolved_at"])
        record(actor, "resolve", [said.revision.fragment])
    return said


def _say(actor: Actor, revision: FragmentRevision, language: str, text: str, operation: str) -> Comment:
    """Locked, so that nobody approves the revision at the same moment without having read it."""
    if language and language not in settings.MODELTRANSLATION_LANGUAGES:
        raise ValidationError({"language": f"There is no language “{language[:20]}” here."})
    words = _cleaned(text)
    stored = locked(revision.fragment)
    said = Comment.objects.create(
        revision=revision,
        language=language,
        author=actor.name,
        text=words,
        change_request=operation != "comment",
        sent_back=operation == "reject",
    )
    record(actor, operation, [stored])
    return said


def _cleaned(text: str) -> str:
    """The words as they are stored: plain text, whatever signs stand in it."""
    try:
        words = clean_text(text, MAX_COMMENT).strip()
    except Invalid as error:
        raise ValidationError({"text": f"This cannot be said here: {error}."}) from error
    if not words:
        raise ValidationError({"text": "Say in a few words what it is about."})
    return words
