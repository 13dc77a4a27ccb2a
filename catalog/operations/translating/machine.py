"""Translating by machine: what it writes is marked as made by a machine, and a person has to approve it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from catalog.actors import Actor
from catalog.models import TranslationState
from catalog.operations.translating.applying import locked, write_translation
from catalog.operations.translating.selecting import Chosen, Selection, chosen
from catalog.operations.translating.terms import termbase
from catalog.operations.translations import TRANSLATED, kind_of, source_texts
from catalog.translating.machine import DeepL, MachineError, Provider, Stub
from catalog.translating.segments import CodeProblem, Segment, marked, segmented, unmarked

# Failures that pass, one after the other, until it is given up.
PATIENCE = 3


class Made(NamedTuple):
    """`translated` objects were written; `skipped` were not: where and why."""

    translated: int
    skipped: tuple[tuple[str, str], ...]


def provider() -> Provider:
    """The one that is set. Raises ValidationError where none is."""
    name = settings.PIM_MACHINE_TRANSLATION
    if name == DeepL.name:
        return DeepL(settings.PIM_DEEPL_KEY, settings.PIM_DEEPL_URL)
    if name == Stub.name:
        return Stub()
    raise ValidationError("No machine translation is set; see PIM_MACHINE_TRANSLATION in the settings.")


def translate_by_machine(actor: Actor, selection: Selection, machine: Provider) -> Made:
    """Translate what is chosen, object by object, each in a transaction of its own. Raises ValidationError.

    What a person has written since an object was read is left as it is. Errors that trying again does not mend, and
    several that it may, end the work; what was translated until then stays. Of labels and facts nobody could tell
    afterwards that a machine wrote them, so they are refused.
    """
    if unread := [kind for kind in selection.kinds if kind not in TRANSLATED]:
        raise ValidationError(f"“{unread[0]}” is not translated by machine: only fragments and assets keep a state.")
    glossary = {
        concept.source.allowed[0]: concept.target.allowed[0]
        for concept in termbase(selection.source, selection.language)
        if concept.source.allowed and concept.target.allowed
    }
    done, failures = 0, 0
    skipped: list[tuple[str, str]] = []
    for found in list(chosen(selection)):
        try:
            texts = _translated(found, selection, machine, glossary)
            done += _write(actor, found, selection, texts)
            failures = 0
        except (CodeProblem, ValidationError) as error:
            skipped.append((f"{found.kind} {found.code}", _said(error)))
        except MachineError as error:
            failures += 1
            skipped.append((f"{found.kind} {found.code}", str(error)))
            if error.permanent or failures >= PATIENCE:
                break
    return Made(done, tuple(skipped))


def _said(error: CodeProblem | ValidationError) -> str:
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    return f"The machine's codes are not those of the source: {error}."


def _translated(found: Chosen, selection: Selection, machine: Provider, glossary: Mapping[str, str]) -> dict[str, str]:
    """The object's texts by field. Raises MachineError and CodeProblem."""
    result = {}
    for field, source in found.texts.get(selection.source, {}).items():
        text = segmented(source)
        targets = list(_by_batches(text.segments, selection, machine, glossary))
        result[field] = text.with_targets(targets)
    return result


def _by_batches(
    segments: Sequence[Segment], selection: Selection, machine: Provider, glossary: Mapping[str, str]
) -> Iterator[Segment]:
    for start in range(0, len(segments), machine.batch):
        part = segments[start : start + machine.batch]
        answers = machine.translate([marked(each) for each in part], selection.source, selection.language, glossary)
        if len(answers) != len(part):
            raise MachineError("The machine answered with another number of texts than were asked.", permanent=False)
        yield from (unmarked(answer, segment) for answer, segment in zip(answers, part, strict=True))


@transaction.atomic
def _write(actor: Actor, found: Chosen, selection: Selection, texts: Mapping[str, str]) -> int:
    """Write one object, if its target is still as it was read; 1 if it was. Raises ValidationError."""
    instance: Any = locked(found.kind, found.pk)
    if instance is None or not texts:
        return 0
    now = source_texts(instance)
    if now.get(selection.language, {}) != found.texts.get(selection.language, {}):
        raise ValidationError(f"Somebody wrote this {kind_of(instance)} meanwhile; it stays as it is.")
    write_translation(
        actor,
        instance,
        selection.language,
        texts,
        state=TranslationState.State.MACHINE,
        source=selection.source,
        translated_from=found.texts.get(selection.source, {}),
    )
    return 1
