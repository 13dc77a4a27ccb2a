"""How current translations are: in which state each language's texts are, and whether their source has changed since.

Holds for everything whose texts are translated together, such as an asset's alternative text or a fragment's prose.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b

import orjson
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model

from catalog.actors import Actor
from catalog.models import TranslationState
from catalog.models.base import texts_of

# By kind of object, the texts that are one piece of work for a translator.
TRANSLATED: Mapping[str, tuple[str, ...]] = {"asset": ("title", "alt"), "fragment": ("title", "body")}
# For each language, the texts by field.
Texts = Mapping[str, Mapping[str, str]]


def source_texts(instance: Model) -> dict[str, dict[str, str]]:
    """The texts of an object by language and field, without the empty ones."""
    found: dict[str, dict[str, str]] = {}
    for field in TRANSLATED[_kind(instance)]:
        for language, text in texts_of(instance, field).items():
            found.setdefault(language, {})[field] = text
    return found


def digest_of(texts: Mapping[str, str]) -> str:
    """BLAKE2b-256, hex, of the texts of one language by field."""
    return blake2b(orjson.dumps(dict(texts), option=orjson.OPT_SORT_KEYS), digest_size=32).hexdigest()


def states(instance: Model) -> dict[str, TranslationState]:
    """By language; languages nobody has translated into yet are left out. One query."""
    rows = TranslationState.objects.filter(kind=_kind(instance), object_id=instance.pk)
    return {row.language: row for row in rows}


@transaction.atomic
def mark(
    actor: Actor, instance: Model, language: str, state: str, source: str = settings.LANGUAGE_CODE
) -> TranslationState:
    """Say how far the texts in a language are, against the source texts as they are now. Raises ValidationError."""
    texts = source_texts(instance)
    if language == source:
        raise ValidationError("The language that is translated from has no state.")
    if not texts.get(language):
        raise ValidationError(f"There is no text in “{language}” yet, so it cannot be {state}.")
    row = states(instance).get(language) or TranslationState(
        kind=_kind(instance), object_id=instance.pk, language=language
    )
    row.state, row.by = state, actor.name[:200]
    row.source_language, row.source_digest, row.outdated = source, digest_of(texts.get(source, {})), False
    row.full_clean()
    row.save()
    return row


@transaction.atomic
def follow(actor: Actor, instance: Model, before: Texts, *, meaning_kept: bool = False) -> None:
    """Bring the states in line after the texts of an object were written; `before` are those it had.

    A language whose texts were written is translated now. One whose source has changed is outdated until somebody looks
    at it, unless the meaning was kept. A language without texts has no state.
    """
    after = source_texts(instance)
    known = states(instance)
    for language in sorted((after.keys() | known.keys()) - {settings.LANGUAGE_CODE}):
        row = known.get(language)
        if language not in after:
            if row is not None:
                row.delete()
        elif after[language] != before.get(language):
            mark(actor, instance, language, TranslationState.State.TRANSLATED)
        elif row is not None:
            _compare(row, digest_of(after.get(row.source_language, {})), meaning_kept)


def _compare(row: TranslationState, source_digest: str, meaning_kept: bool) -> None:
    """Note that a source has changed, or that its meaning has not."""
    if row.source_digest == source_digest:
        outdated = False
    elif meaning_kept and not row.outdated:
        row.source_digest, outdated = source_digest, False
    else:
        outdated = True
    if outdated != row.outdated or meaning_kept:
        row.outdated = outdated
        row.save()


def _kind(instance: Model) -> str:
    return instance._meta.model_name or ""
