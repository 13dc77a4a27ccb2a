"""What follows for translations when languages of objects are approved."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.db.models import Model

from catalog.actors import Actor
from catalog.models import TranslationState
from catalog.operations import translations
from catalog.operations.translating.memory import remember_approved
from catalog.operations.translations import Approved, approved, note_outdated


def note_approved(actor: Actor, done: Sequence[Approved]) -> None:
    """Mark these languages as approved, and remember them with their sources. In the transaction that approves.

    Raises ValidationError for a machine's words that no person has read.
    """
    if not done:
        return
    known = approved(actor, done)
    note_outdated(done, known)
    states = [row for row in known if row.state == TranslationState.State.APPROVED]
    names = {each.instance.pk: key_of(each.instance) for each in done}
    remember_approved(states, {each.instance.pk: each.out for each in done}, names)


@transaction.atomic
def mark(
    actor: Actor, instance: Model, language: str, state: str, source: str = settings.LANGUAGE_CODE
) -> TranslationState:
    """Say by hand how far a language is; what is approved so is remembered. Raises ValidationError.

    For a fragment up to "reviewed": it is approved with its revision.
    """
    row = translations.mark(actor, instance, language, state, source)
    if row.state == TranslationState.State.APPROVED:
        remember_approved([row], {instance.pk: translations.source_texts(instance)}, {instance.pk: key_of(instance)})
    return row


def key_of(instance: Model) -> str:
    return str(getattr(instance, "code", instance))
