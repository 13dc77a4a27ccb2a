"""Translation jobs: made of a selection, counted before they are sent, written as XLIFF."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from catalog.actors import Actor
from catalog.models import JobUnit, TranslationJob
from catalog.operations.recording import record
from catalog.operations.translating.limits import limits_of
from catalog.operations.translating.memory import Lookup
from catalog.operations.translating.selecting import Chosen, Selection, check_selection, chosen
from catalog.operations.translating.terms import termbase
from catalog.operations.translations import TRANSLATED, digest_of
from catalog.translating.difference import words_in
from catalog.translating.matching import MatchClass, aligned, classified, codes_digest, contexts, joined
from catalog.translating.segments import marked, plain, segmented
from catalog.translating.terms import in_source, say
from catalog.translating.xliff import WRITERS, Item, Package, Passage, Unit
from catalog.translating.xliff.package import UnitState, unit_id

BATCH = 500
MAX_UNITS = 50_000
CLASSES: tuple[MatchClass, ...] = ("new", "fuzzy", "repetition", "exact")
JobState = TranslationJob.State


@dataclass(frozen=True)
class Estimate:
    """What a job would be before it is made: objects, texts, and words by match class."""

    objects: int
    texts: int
    words: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.words.values())


def cost_of(words: Mapping[str, int], weights: Mapping[str, Any], price: Decimal | None) -> Decimal | None:
    """Words by match class at a price per new word; None without a price. Rounded to cents."""
    if price is None:
        return None
    weighted = sum((Decimal(words.get(name, 0)) * Decimal(str(weights.get(name, 100))) for name in CLASSES), Decimal())
    return (weighted * price / 100).quantize(Decimal("0.01"))


def cost(job: TranslationJob) -> Decimal | None:
    return cost_of(job.words, job.weights, job.price_per_word)


# --- Making ----------------------------------------------------------------------------------------------------------
def estimate(selection: Selection) -> Estimate:
    """How much a selection is, without making anything. Raises ValidationError."""
    found = list(chosen(selection))
    texts = [text for each in found for text in each.texts.get(selection.source, {}).values()]
    return Estimate(len(found), len(texts), counted(selection.source, selection.language, texts))


def counted(source: str, target: str, texts: Iterable[str]) -> dict[str, int]:
    """Words of texts by match class. A segment that stood in the job before is a repetition from then on."""
    pieces = [segmented(text) for text in texts]
    lookup = Lookup(source, target, (segment for piece in pieces for segment in piece.segments))
    words: dict[str, int] = dict.fromkeys(CLASSES, 0)
    seen: set[tuple[str, str]] = set()
    for piece in pieces:
        for segment, context in zip(piece.segments, contexts(piece), strict=True):
            key = (marked(segment), codes_digest(segment))
            best = lookup(segment, context)
            found = classified(best[0].score if best else 0)
            name = "repetition" if found != "exact" and key in seen else found
            seen.add(key)
            words[name] += words_in(plain(segment))
    return words


@transaction.atomic
def create_job(actor: Actor, job: TranslationJob, selection: Selection) -> TranslationJob:
    """Make a job of what is chosen, as it is now. Raises ValidationError where nothing is, or too much."""
    check_selection(selection)
    job.source_language, job.target_language = selection.source, selection.language
    job.selection, job.created_by = str(selection), actor.name[:200]
    if not job.code:
        job.code = _next_code(selection.language)
    check_weights(job.weights)
    job.full_clean()
    units = [unit for each in chosen(selection) for unit in _units(each, selection)]
    if not units:
        raise ValidationError(f"There is nothing to translate: no text is {selection}.")
    if len(units) > MAX_UNITS:
        raise ValidationError(f"These are {len(units):,} texts; a job takes at most {MAX_UNITS:,}. Choose fewer.")
    job.words = counted(job.source_language, job.target_language, [unit.source for unit in units])
    job.save()
    limits = limits_of(units, job.target_language)
    for unit in units:
        unit.job, unit.limit = job, limits.get((unit.kind, unit.object_id, unit.field))
    JobUnit.objects.bulk_create(units, batch_size=BATCH)
    record(actor, "create", [job])
    return job


def _units(found: Chosen, selection: Selection) -> Iterator[JobUnit]:
    source, target = found.texts.get(selection.source, {}), found.texts.get(selection.language, {})
    for name in TRANSLATED.get(found.kind, source):
        if text := source.get(name):
            yield JobUnit(
                kind=found.kind,
                object_id=found.pk,
                name=found.code,
                field=name,
                source=text,
                source_digest=digest_of({name: text}),
                target=target.get(name, ""),
            )


def _next_code(language: str) -> str:
    """A code that is free: the language and a number."""
    number = TranslationJob.objects.filter(target_language=language).count() + 1
    while TranslationJob.objects.filter(code__iexact=f"{language}-{number:04}").exists():
        number += 1
    return f"{language}-{number:04}"


def check_weights(weights: Any) -> None:
    """Raises ValidationError unless these are percents by match class."""
    fine = isinstance(weights, dict) and all(
        name in CLASSES and isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 1_000
        for name, value in weights.items()
    )
    if not fine:
        raise ValidationError({"weights": f"Whole percents from 0 to 1000 by: {', '.join(CLASSES)}."})


# --- Sending ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def export_job(actor: Actor, job: TranslationJob, version: str = "2.1") -> bytes:
    """The job as a file of XLIFF 2.1 or 1.2; it is sent then. Raises ValidationError."""
    if version not in WRITERS:
        raise ValidationError(f"There is no XLIFF version “{version}” here. There are: {', '.join(WRITERS)}.")
    stored = TranslationJob.objects.select_for_update().get(pk=job.pk)
    if stored.state in (JobState.DONE, JobState.CANCELLED):
        raise ValidationError(f"Job “{job.code}” is {stored.get_state_display().lower()}; make a new one.")
    content = WRITERS[version](package_of(stored))
    if stored.state == JobState.OPEN:
        stored.state, stored.sent_at = JobState.SENT, timezone.now()
        stored.save(update_fields=["state", "sent_at"])
        record(actor, "send", [stored])
    job.state, job.sent_at = stored.state, stored.sent_at
    return content


def package_of(job: TranslationJob) -> Package:
    """What goes into a job's file."""
    units = list(units_of(job))
    segments = (segment for unit in units for segment in segmented(unit.source).segments)
    lookup = Lookup(job.source_language, job.target_language, segments)
    items = (
        Item(kind, pk, rows[0].name, tuple(_passage(row, lookup) for row in rows))
        for (kind, pk), rows in (
            (key, list(rows)) for key, rows in groupby(units, lambda unit: (unit.kind, unit.object_id))
        )
    )
    due = f"Due {job.due.isoformat()}." if job.due else ""
    notes = tuple(note for note in (job.note, due, *_terms(job, units)) if note)
    return Package(job.code, job.source_language, job.target_language, tuple(items), notes)


def units_of(job: TranslationJob) -> QuerySet[JobUnit]:
    return job.units.order_by("id")


def _passage(unit: JobUnit, lookup: Lookup) -> Passage:
    """A field's units. The translation there is goes along where it is built as the source is; else as a note."""
    text, before = segmented(unit.source), segmented(unit.target)
    pairs = aligned(text, before) if unit.target else None
    state: UnitState = "translated" if unit.state in (JobUnit.State.TAKEN, JobUnit.State.UNCHANGED) else "initial"
    units = tuple(
        Unit(
            unit_id(unit.field, place + 1),
            segment,
            pairs[place][1] if pairs else None,
            state if pairs else "initial",
            tuple(lookup(segment, context)),
        )
        for place, (segment, context) in enumerate(zip(text.segments, contexts(text), strict=True))
    )
    notes = (f"Translated until now as: {joined(before.segments)}",) if unit.target and not pairs else ()
    return Passage(unit.field, units, unit.limit, notes)


def _terms(job: TranslationJob, units: Sequence[JobUnit]) -> Iterator[str]:
    """Notes on the words to use, of those concepts that stand in the texts."""
    base = termbase(job.source_language, job.target_language)
    text = "\n".join(joined(segmented(unit.source).segments) for unit in units)
    for concept in in_source(base, text):
        yield say(concept)


# --- Ending ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def finish(actor: Actor, job: TranslationJob) -> TranslationJob:
    """Nothing more is expected of a job. Raises ValidationError for one that is cancelled."""
    return _end(actor, job, JobState.DONE)


@transaction.atomic
def cancel(actor: Actor, job: TranslationJob) -> TranslationJob:
    """What comes back of a job is not taken any more. Raises ValidationError for one that is done."""
    return _end(actor, job, JobState.CANCELLED)


def _end(actor: Actor, job: TranslationJob, state: str) -> TranslationJob:
    stored = TranslationJob.objects.select_for_update().get(pk=job.pk)
    if stored.state in (JobState.DONE, JobState.CANCELLED) and stored.state != state:
        raise ValidationError(f"Job “{job.code}” is {stored.get_state_display().lower()} already.")
    if stored.state != state:
        stored.state = state
        stored.save(update_fields=["state"])
        record(actor, "finish" if state == JobState.DONE else "cancel", [stored])
    job.state = state
    return stored
