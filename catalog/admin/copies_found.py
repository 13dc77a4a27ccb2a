"""Where the pages of copies have their groups from: found as they are asked for, or from the last report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Sum

from catalog.copies.groups import DEFAULT_WORDS, Group, groups, pairs_of
from catalog.copies.packing import unpacked
from catalog.copies.reading import TooMuch, read, stand
from catalog.jobs.kinds.copies import FindCopies
from catalog.models import Change, CopiesGroup, CopiesReport, Job
from catalog.operations.uniting import apart

# Paragraphs that are read and compared within a request, in about a second. Of more, a job makes a report.
MOST = 5_000
_DAY = 24 * 60 * 60
_UNKNOWN = object()


@dataclass(frozen=True)
class Wanted:
    """What the list is asked for; "" for all kinds and languages, and of at least so many words."""

    kind: str
    language: str
    words: int


@dataclass(frozen=True)
class Found:
    """Groups in order, for a paginator, and the words they would save together. They may be rows of a report."""

    groups: Any
    saved: int


@dataclass(frozen=True)
class Standing:
    """How a large base stands: its last report, whether something was written since, and what has become of the job."""

    report: CopiesReport | None
    stale: bool
    job: Job | None


# --- What a small base has now ---------------------------------------------------------------------------------------
def groups_now() -> list[Group] | None:
    """All groups as they are now, or None where there is too much to look through. Kept until anything is written."""
    report = last_report()
    if report is not None and report.paragraphs > MOST:
        return None
    newest = Change.objects.order_by("-pk").values_list("pk", "at").first()
    key = f"copies:{newest[0]}:{newest[1].timestamp()}" if newest else "copies"
    found: Any = cache.get(key, _UNKNOWN)
    if found is _UNKNOWN:
        found = _looked()
        cache.set(key, found, _DAY)
    return found  # type: ignore[no-any-return]


def _looked() -> list[Group] | None:
    try:
        return groups(read(DEFAULT_WORDS, most=MOST), apart=apart())
    except TooMuch:
        return None


def among(found: list[Group], wanted: Wanted) -> Found:
    """Those of these groups that are asked for."""
    kept = [
        group
        for group in found
        if wanted.kind in ("", group.kind) and wanted.language in ("", group.language) and group.words >= wanted.words
    ]
    return Found(kept, sum(group.saved for group in kept))


# --- What the last report of a large one has -------------------------------------------------------------------------
def last_report() -> CopiesReport | None:
    return CopiesReport.objects.first()


def standing() -> Standing:
    """Three queries at most."""
    report = last_report()
    stale = report is not None and Change.objects.filter(pk__gt=report.change).exists()
    told = (*Job.OPEN, Job.State.FAILED, Job.State.QUARANTINED)
    job = Job.objects.filter(kind=FindCopies.code, state__in=told).defer("log").first()
    if job and report and job.ended_at and job.ended_at < report.at:
        job = None
    return Standing(report, stale, job)


def reported(report: CopiesReport | None, wanted: Wanted) -> Found:
    """Those groups of a report that are asked for, without what is packed."""
    rows = CopiesGroup.objects.filter(report=report, words__gte=wanted.words).defer("packed")
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.language:
        rows = rows.filter(language=wanted.language)
    return Found(rows, rows.aggregate(all=Sum("saved"))["all"] or 0)


def group_called(digest: str) -> tuple[Group | None, bool]:
    """A group, and whether it is as it was found: one of a report may have been changed since."""
    now = groups_now()
    if now is not None:
        return next((each for each in now if each.digest == digest), None), True
    row = CopiesGroup.objects.filter(report=last_report(), digest=digest).first()
    if row is None:
        return None, False
    group = unpacked(bytes(row.packed))
    return group, not pairs_of(group) & apart() and stand(group.texts)
