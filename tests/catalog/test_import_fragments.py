"""Fragments come in with their placements, and approved where that is asked for."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from catalog.importing.plan import (
    AudienceRecord,
    FragmentRecord,
    PlacementRecord,
    Plan,
)
from catalog.importing.report import Counts
from catalog.models import (
    Change,
    Fragment,
    Placement,
)
from catalog.models.base import texts_of
from catalog.operations.reviewing import approve, retire
from tests.catalog.import_plans import ACTOR, reasons, run, small_plan

pytestmark = pytest.mark.django_db


def fragment_plan(**columns: Any) -> Plan:
    record = FragmentRecord("f", {"en": "Title"}, {"en": "<p>Warm</p>", "it": "<p>Caldo</p>"})
    return Plan("test", audiences=[AudienceRecord("consumer")], fragments=[replace(record, **columns)])


def test_an_approved_fragment_gets_the_revision_that_approval_would_make() -> None:
    run(fragment_plan(audiences=("consumer",)))

    fragment = Fragment.objects.get()
    revision = fragment.revisions.get()
    assert (fragment.state, revision.number, revision.submitted_by) == ("approved", 1, "Ada")
    assert approve(ACTOR, fragment) == revision


def test_a_changed_fragment_gets_the_next_revision_and_an_unchanged_one_none() -> None:
    run(fragment_plan())
    changed = fragment_plan(audiences=("consumer",))
    report = run(changed)
    again = run(changed)

    assert (report.kinds["fragments"], again.kinds["fragments"]) == (Counts(updated=1), Counts(unchanged=1))
    assert [revision.number for revision in Fragment.objects.get().revisions.all()] == [1, 2]
    assert list(Change.objects.filter(kind="fragment").values_list("operation", flat=True)) == [
        "approve",
        "change",
        "approve",
        "create",
    ]


def test_a_fragment_that_is_not_to_be_approved_keeps_what_is_out() -> None:
    run(fragment_plan())
    run(fragment_plan(body={"en": "<p>Hot</p>"}, approved=False))

    fragment = Fragment.objects.get()
    assert fragment.state == "approved"
    assert texts_of(fragment, "body") == {"en": "<p>Hot</p>", "it": "<p>Caldo</p>"}
    assert fragment.revisions.get().content["body"]["en"] == "<p>Warm</p>"


def test_a_retired_fragment_stays_retired_until_its_content_changes() -> None:
    run(fragment_plan())
    retire(ACTOR, Fragment.objects.get())

    assert run(fragment_plan()).kinds["fragments"] == Counts(unchanged=1)
    assert Fragment.objects.get().state == "retired"
    run(fragment_plan(source="Product management"))
    assert Fragment.objects.get().state == "approved"


def test_markup_is_cleaned_on_its_way_in_and_stays_clean() -> None:
    plan = fragment_plan(body={"en": "<p onclick='x()'>Warm<script>x()</script></p>"})
    run(plan)

    assert texts_of(Fragment.objects.get(), "body") == {"en": "<p>Warm</p>"}
    assert run(plan).total == Counts(unchanged=2)


def test_placements_become_as_the_record_says(tmp_path: Path) -> None:
    plan = small_plan(tmp_path)
    run(plan)
    plan.fragments[0] = replace(
        plan.fragments[0],
        placements=(
            PlacementRecord("feature", category="all", position=7),
            PlacementRecord("feature", family="machines"),
        ),
    )

    assert run(plan).kinds["fragments"] == Counts(updated=1, unchanged=1)
    placements = Placement.objects.filter(fragment__code="text-0").order_by("id")
    assert [(place.position, str(place)) for place in placements] == [
        (7, "text-0 as feature on all"),
        (0, "text-0 as feature on Machines"),
    ]


def test_a_time_of_validity_that_ends_before_it_begins_is_reported() -> None:
    report = run(fragment_plan(valid_from=datetime.date(2027, 2, 1), valid_until=datetime.date(2027, 1, 1)))

    assert reasons(report) == ["fragments f.valid_until 2027-01-01: this is before 2027-02-01; both are left out."]
    assert report.kinds["fragments"] == Counts(created=1)
