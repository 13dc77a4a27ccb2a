"""Making a plan true: compare everything, then write what differs, in one transaction; or, for a dry run, only compare.

What a plan does not name is never deleted and never changed; what it names is as it says afterwards. Running the same
plan again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

from django.db import IntegrityError, transaction

from catalog.actors import Actor
from catalog.importing.compare import Kind, Run
from catalog.importing.indexing import touched_after, touched_before
from catalog.importing.kinds import KINDS
from catalog.importing.known import Known
from catalog.importing.plan import Plan, Refused
from catalog.importing.report import Report

# Told what is being done, before it is.
Progress = Callable[[str], None]


def _quiet(step: str) -> None:
    """For callers that show no progress."""


def apply(plan: Plan, actor: Actor, *, dry_run: bool = False, progress: Progress = _quiet) -> Report:
    """Compare the plan with what is there and, unless it is a dry run, write the difference.

    Raises Refused where what was compared changed underneath. After any error the database is as it was before.
    """
    started = perf_counter()
    run = Run(plan, actor, Known(lock=not dry_run))
    kinds = [kind(run) for kind in KINDS]
    progress("Looking at files")
    for kind in kinds:
        kind.prepare()
    if dry_run:
        _compare(kinds, progress)
    else:
        _compare_and_write(kinds, progress)
    return Report(
        source=plan.source,
        dry_run=dry_run,
        kinds={kind.name: kind.counts() for kind in kinds},
        issues=(*plan.issues, *run.issues, *run.foreign_issues()),
        rows=dict(plan.rows),
        seconds=perf_counter() - started,
    )


def _compare_and_write(kinds: Sequence[Kind[Any]], progress: Progress) -> None:
    try:
        with transaction.atomic():
            _compare(kinds, progress)
            touched = touched_before(kinds)
            _write(kinds, progress)
            progress("Indexing products")
            (touched | touched_after(kinds)).refresh()
    except IntegrityError as error:
        raise Refused(
            f"Nothing was written: {' '.join(str(error).split())}. Another change came between; try again."
        ) from error


def _compare(kinds: Sequence[Kind[Any]], progress: Progress) -> None:
    """Rows of all kinds before links of any: families and channels point to each other."""
    for kind in kinds:
        if kind.records:
            progress(f"Comparing {kind.label}")
        kind.compare_rows()
    progress("Comparing what hangs on them")
    for kind in kinds:
        kind.compare_links()


def _write(kinds: Sequence[Kind[Any]], progress: Progress) -> None:
    for kind in kinds:
        if kind.items:
            progress(f"Writing {kind.label}")
        kind.write_rows()
    progress("Writing what hangs on them")
    for kind in kinds:
        kind.write_links()
    for kind in kinds:
        kind.write_record()
