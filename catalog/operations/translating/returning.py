"""Taking a job's file back: what is sound is written, the rest is named with its reason; an object is taken or not.

Nothing of a file is written that belongs to another job, or whose languages are not the job's. An object's texts are
written together: where one of them cannot be taken, none is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from catalog.actors import Actor
from catalog.models import JobUnit, TranslationJob, TranslationState
from catalog.operations import translations
from catalog.operations.recording import record
from catalog.operations.translating.applying import locked, write_translation
from catalog.operations.translating.limits import length_of
from catalog.operations.translating.others import texts_in
from catalog.operations.translating.terms import termbase
from catalog.translating.matching import aligned, joined, normal
from catalog.translating.segments import CodeProblem, Segment, marked, segmented, unmarked
from catalog.translating.terms import problems as term_problems
from catalog.translating.xliff import Returned, ReturnedUnit, XliffError, read

MAX_LINES = 500
JobState, UnitState = TranslationJob.State, JobUnit.State
_Key = tuple[str, int, str]


class Line(NamedTuple):
    """What happened to one unit or object, or what is to be looked at in it."""

    where: str
    outcome: str
    message: str


@dataclass
class Report:
    """Of one import: how many texts by outcome, and a line for each that people have to look at."""

    counts: Counter[str] = field(default_factory=Counter)
    lines: list[Line] = field(default_factory=list)

    def add(self, where: str, outcome: str, message: str) -> None:
        self.lines.append(Line(where, outcome, message))

    def as_json(self) -> dict[str, Any]:
        shown = [line._asdict() for line in self.lines[:MAX_LINES]]
        return {"counts": dict(self.counts), "lines": shown, "more": max(0, len(self.lines) - MAX_LINES)}


@dataclass(frozen=True)
class Reading:
    """What a file says of one text: None for one that it does not translate; why it cannot be taken; how far it is."""

    text: str | None = None
    problem: str = ""
    state: str = "initial"


def import_job(actor: Actor, job: TranslationJob, content: bytes, *, overwrite: bool = False) -> Report:
    """Write what came back of a job. Raises ValidationError for a file that is none of its.

    `overwrite`: also where the translation was changed here since the job was sent.
    """
    try:
        returned = read(content)
    except XliffError as error:
        raise ValidationError(str(error)) from error
    check_file(job, returned)
    return _import(actor, job, returned, overwrite=overwrite)


def check_file(job: TranslationJob, returned: Returned) -> None:
    """Raises ValidationError unless the file is of the job, and in its languages."""
    if not returned.jobs:
        raise ValidationError(
            "The file is of no translation job of this house. Export the job and translate that file."
        )
    if other := sorted(each for each in returned.jobs if each.lower() != job.code.lower()):
        raise ValidationError(f"This is the file of job “{other[0]}”, not of “{job.code}”. Import it there.")
    languages = (returned.source_language, returned.target_language)
    wanted = (job.source_language, job.target_language)
    if languages == wanted[::-1]:
        raise ValidationError(
            f"The file says that it translates {languages[0]} into {languages[1]}: source and target are swapped. "
            f"The job is from {wanted[0]} into {wanted[1]}."
        )
    if languages != wanted:
        said = f"from “{languages[0][:20]}” into “{languages[1][:20]}”"
        raise ValidationError(f"The file is {said}; the job is from {wanted[0]} into {wanted[1]}.")


@transaction.atomic
def _import(actor: Actor, job: TranslationJob, returned: Returned, *, overwrite: bool) -> Report:
    stored = TranslationJob.objects.select_for_update().get(pk=job.pk)
    if stored.state in (JobState.CANCELLED, JobState.DONE):
        raise ValidationError(f"Job “{job.code}” is {stored.get_state_display().lower()}; nothing of it is taken.")
    report = Report()
    units: dict[tuple[str, int], list[JobUnit]] = defaultdict(list)
    for unit in stored.units.order_by("id"):
        units[unit.kind, unit.object_id].append(unit)
    by_text = _by_text(
        returned, {(unit.kind, unit.object_id, unit.field) for each in units.values() for unit in each}, report
    )
    concepts = termbase(stored.source_language, stored.target_language)
    for (kind, pk), rows in units.items():
        readings = [_reading(row, by_text.get((row.kind, row.object_id, row.field), [])) for row in rows]
        taking = _Taking(actor, stored, rows, readings, overwrite=overwrite)
        taking.run(kind, pk)
        _tell(report, rows, readings, concepts)
    JobUnit.objects.bulk_update([row for rows in units.values() for row in rows], ["state", "problem", "target"], 500)
    stored.state, stored.returned_at, stored.report = JobState.RETURNED, timezone.now(), report.as_json()
    stored.save(update_fields=["state", "returned_at", "report"])
    record(actor, "import", [stored])
    job.state, job.report, job.returned_at = stored.state, stored.report, stored.returned_at
    return report


# --- What the file says ----------------------------------------------------------------------------------------------
def _by_text(returned: Returned, known: set[_Key], report: Report) -> dict[_Key, list[ReturnedUnit]]:
    """The file's units by text; those of no text of the job are told."""
    found: dict[_Key, list[ReturnedUnit]] = defaultdict(list)
    for unit in returned.units:
        key = (unit.kind, unit.object_id, unit.field)
        if key in known:
            found[key].append(unit)
        else:
            report.add(unit.where, "unknown", "The job has no such unit; it is passed over.")
    for name in returned.strangers:
        report.add(name, "unknown", "This is not of the job; it is passed over.")
    report.counts["unknown"] = sum(line.outcome == "unknown" for line in report.lines)
    return found


def _reading(unit: JobUnit, found: Sequence[ReturnedUnit]) -> Reading:
    """The text that the file's units make, or why they make none."""
    text = segmented(unit.source)
    if not found:
        return Reading()
    by_place = {each.place: each for each in found}
    if len(by_place) < len(found):
        return Reading(problem="It has a unit twice; leave each once.")
    missing = [place for place in range(1, len(text.segments) + 1) if place not in by_place]
    if missing or len(by_place) > len(text.segments):
        which = f"{unit.field}.{missing[0]} is missing" if missing else "there are units that were not sent"
        return Reading(problem=f"Of its {len(text.segments)} units {which}; put them as they were sent.")
    read = [by_place[place] for place in range(1, len(text.segments) + 1)]
    targets: list[Segment] = []
    untranslated = 0
    for one, segment, sent in zip(read, text.segments, _sent(unit), strict=True):
        target, problem = _target(one, segment, sent)
        if problem:
            return Reading(problem=f"Unit {unit.field}.{one.place}: {problem}.")
        if target is None:
            untranslated += 1
        else:
            targets.append(target)
    if untranslated:
        return (
            Reading()
            if untranslated == len(read)
            else Reading(
                problem=f"{untranslated} of its {len(read)} units have no translation yet; translate them, too."
            )
        )
    return Reading(text.with_targets(targets), _too_long(unit, text.with_targets(targets)), _least(read))


def _sent(unit: JobUnit) -> list[str]:
    """The translations that went along with a text's units, as marked text; "" where there was none."""
    text = segmented(unit.source)
    pairs = aligned(text, segmented(unit.target)) if unit.target else None
    return [marked(target) for _, target in pairs] if pairs else [""] * len(text.segments)


def _target(unit: ReturnedUnit, source: Segment, sent: str) -> tuple[Segment | None, str]:
    """A unit's translation, None for one that has none; and what is wrong with it.

    A copy of the source that nobody calls a translation is none, unless it was sent along as one.
    """
    if unit.problem:
        return None, unit.problem
    if normal(unit.source) != normal(marked(source)):
        return None, "its source text was changed; put it back as it was sent, and say in a note what is wrong with it"
    if not unit.target or (unit.state == "initial" and unit.target == unit.source and unit.target != sent):
        return None, ""
    try:
        return unmarked(unit.target, source), ""
    except CodeProblem as error:
        return None, str(error)


def _too_long(unit: JobUnit, text: str) -> str:
    length = length_of(text)
    if unit.limit and length > unit.limit:
        return f"It has {length} characters; at most {unit.limit} fit. Shorten it."
    return ""


def _least(units: Iterable[ReturnedUnit]) -> str:
    order = ("initial", "translated", "reviewed", "final")
    return min((unit.state for unit in units), key=order.index)


# --- What is written -------------------------------------------------------------------------------------------------
class _Taking:
    """One object of a job: its units, and what the file says of each."""

    def __init__(
        self,
        actor: Actor,
        job: TranslationJob,
        rows: Sequence[JobUnit],
        readings: Sequence[Reading],
        *,
        overwrite: bool,
    ) -> None:
        self.actor, self.job, self.overwrite = actor, job, overwrite
        self.rows, self.readings = rows, readings
        self.pairs = list(zip(rows, readings, strict=True))

    def run(self, kind: str, pk: int) -> None:
        """Write the object, and note on its units what became of them."""
        if any(reading.problem for reading in self.readings):
            self._refuse()
            return
        said = [(row, reading) for row, reading in self.pairs if reading.text is not None]
        for row, reading in self.pairs:
            if reading.text is None and row.state in (UnitState.REFUSED, UnitState.CONFLICT):
                row.state, row.problem = UnitState.WAITING, ""
        instance = locked(kind, pk) if said else None
        if said and instance is None:
            self._all(UnitState.REFUSED, f"The {kind} is gone; there is nothing to translate.")
        elif said:
            self._take(instance, said)

    def _refuse(self) -> None:
        for row, reading in self.pairs:
            row.state = UnitState.REFUSED
            row.problem = reading.problem or "Another text of the same object cannot be taken, so this waits for it."

    def _all(self, state: str, problem: str) -> None:
        for row, reading in self.pairs:
            if reading.text is not None:
                row.state, row.problem = state, problem

    def _take(self, instance: Any, said: Sequence[tuple[JobUnit, Reading]]) -> None:
        texts = texts_in(instance)
        current, now = texts.get(self.job.target_language, {}), texts.get(self.job.source_language, {})
        new = [(row, reading) for row, reading in said if self._is_new(row, reading)]
        for row, _ in said:
            row.problem = ""
            row.state = UnitState.UNCHANGED if row.state in (UnitState.WAITING, UnitState.REFUSED) else row.state
        conflicting = [
            row.field for row, reading in new if current.get(row.field, "") not in (row.target, reading.text)
        ]
        if conflicting and not self.overwrite:
            texts_named = f"{' and '.join(conflicting)} {'were' if len(conflicting) > 1 else 'was'}"
            message = f"Its {texts_named} changed here since the job was sent; nothing was overwritten."
            self._all(UnitState.CONFLICT, f"{message} Compare the two; import with “overwrite” to take this one.")
        elif new:
            self._write(instance, new, now)

    def _is_new(self, row: JobUnit, reading: Reading) -> bool:
        """Whether something came back: another text, or somebody's word that the one there was is right."""
        confirmed = reading.state != "initial" and row.state not in (
            UnitState.TAKEN,
            UnitState.OUTDATED,
            UnitState.UNCHANGED,
        )
        return reading.text != row.target or confirmed

    def _write(self, instance: Any, new: Sequence[tuple[JobUnit, Reading]], now: Mapping[str, str]) -> None:
        origin, state = self._origin(instance, new), TranslationState.State.TRANSLATED
        if all(reading.state in ("reviewed", "final") for _, reading in new):
            state = TranslationState.State.REVIEWED
        try:
            with transaction.atomic():
                write_translation(
                    self.actor,
                    instance,
                    self.job.target_language,
                    {row.field: reading.text or "" for row, reading in new},
                    state=self._state(instance, state),
                    source=self.job.source_language,
                    translated_from=origin,
                )
        except ValidationError as error:
            self._all(UnitState.REFUSED, " ".join(error.messages))
            return
        for unit, _ in new:
            stale = unit.source != now.get(unit.field, "")
            unit.state = UnitState.OUTDATED if stale else UnitState.TAKEN
            unit.problem = "The source has changed since the job was sent: it is outdated already." if stale else ""
            unit.target = texts_in(instance)[self.job.target_language].get(unit.field, "")

    def _state(self, instance: Any, state: str) -> str:
        """A draft, as long as a text of the source is not translated."""
        having = set(texts_in(instance).get(self.job.target_language, {}))
        having |= {row.field for row, reading in self.pairs if reading.text}
        return state if {row.field for row in self.rows} <= having else TranslationState.State.DRAFT

    def _origin(self, instance: Any, new: Sequence[tuple[JobUnit, Reading]]) -> dict[str, str]:
        """The source texts the whole translation is of: as sent where it came back, as known where it did not."""
        known = translations.states(instance).get(self.job.target_language)
        taken = {row.field for row, _ in new}
        origin: dict[str, str] = {}
        for row in self.rows:
            before = known.source_texts.get(row.field) if known is not None and row.target else None
            origin[row.field] = row.source if row.field in taken or before is None else before
        return origin


# --- What is told ----------------------------------------------------------------------------------------------------
def _tell(report: Report, rows: Sequence[JobUnit], readings: Sequence[Reading], concepts: Sequence[Any]) -> None:
    for row, reading in zip(rows, readings, strict=True):
        report.counts[row.state] += 1
        if row.problem:
            report.add(str(row), row.state, row.problem)
        if reading.text is not None and row.state in (UnitState.TAKEN, UnitState.OUTDATED):
            for message in _words_to_look_at(row, reading.text, concepts):
                report.add(str(row), "term", message)
                report.counts["term"] += 1


def _words_to_look_at(row: JobUnit, target: str, concepts: Sequence[Any]) -> Iterator[str]:
    source, text = (joined(segmented(each).segments) for each in (row.source, target))
    return (problem.message for problem in term_problems(source, text, concepts))
