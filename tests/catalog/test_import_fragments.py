"""Fragments come in with their placements, and approved where that is asked for."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from catalog.actors import Actor
from catalog.importing.plan import (
    AssetRecord,
    AudienceRecord,
    ChannelRecord,
    FamilyRecord,
    FragmentRecord,
    PlacementRecord,
    Plan,
    SlotRecord,
)
from catalog.importing.report import Counts
from catalog.models import (
    Change,
    Channel,
    Family,
    Fragment,
    FragmentRevision,
    Placement,
    Slot,
)
from catalog.models.base import texts_of
from catalog.operations.commenting import request_change, resolve
from catalog.operations.fragments import place
from catalog.operations.reviewing import approve, approve_revision, retire, submit
from catalog.verifying import CHECKS
from tests import factories as make
from tests.catalog.import_plans import ACTOR, picture, reasons, run, small_plan

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


@pytest.mark.parametrize(
    ("rules", "columns", "why"),
    [
        (
            {"four_eyes": True},
            {},
            "“Legal” demands four eyes, and an import has none: somebody who did not write on it approves it.",
        ),
        ({"required_facets": ("topic",)}, {}, "To stand in “Legal” it needs a tag of: topic."),
        ({"max_length": 4}, {}, "Italiano: the text has 5 characters, “Legal” takes at most 4. Shorten it."),
    ],
)
def test_what_nobody_could_approve_waits_and_is_reported_each_time(
    rules: dict[str, Any], columns: dict[str, Any], why: str
) -> None:
    plan = placed_plan(rules, **columns)
    report = run(plan)
    fragment = Fragment.objects.get()
    revision = fragment.revisions.get()
    assert reasons(report) == [f"fragments f.state approved: {why} Until then it waits for approval."]
    assert (fragment.state, revision.out, revision.approvals.count()) == ("review", None, 0)
    again = run(plan)
    assert (reasons(again), again.kinds["fragments"]) == (reasons(report), Counts(unchanged=1))
    assert fragment.revisions.count() == 1
    assert list(CHECKS["revisions"]()) == []


def placed_plan(rules: dict[str, Any], **columns: Any) -> Plan:
    """The fragment placed in a slot with rules."""
    plan = fragment_plan(placements=(PlacementRecord("legal", family="lamps"),), **columns)
    plan.slots = [SlotRecord("legal", {"en": "Legal"}, **rules)]
    plan.families = [FamilyRecord("lamps")]
    return plan


def test_an_import_is_no_second_pair_of_eyes() -> None:
    plan = placed_plan({"four_eyes": True})
    run(plan)
    fragment = Fragment.objects.get()
    FragmentRevision.objects.update(authors=["bert"])
    assert [why for why in reasons(run(plan)) if "an import has none" in why]
    assert fragment.revisions.get().approvals.count() == 0
    approve(ACTOR, fragment)  # by hand, and somebody else wrote it
    assert (reasons(run(plan)), Fragment.objects.get().state) == ([], "approved")


def test_what_only_its_authors_saw_is_not_placed_before_four_eyes_by_an_import() -> None:
    run(fragment_plan())
    plan = placed_plan({"four_eyes": True})
    for _ in range(2):
        (why,) = reasons(run(plan))
        assert why.startswith("fragments f.placements Legal")
        assert "demands four eyes: Ada wrote" in why
        assert not Placement.objects.exists()
    place(Actor("Bert", "admin"), Fragment.objects.get(), Slot.objects.get(), Family.objects.get())
    assert reasons(run(plan)) == []
    assert Placement.objects.count() == 1


def test_an_exclusion_needs_no_eyes_but_ending_it_does() -> None:
    run(fragment_plan())
    plan = placed_plan({"four_eyes": True})
    (record,) = plan.fragments
    (placed,) = record.placements
    plan.fragments = [replace(record, placements=(replace(placed, excluded=True),))]
    assert reasons(run(plan)) == []
    plan.fragments = [record]
    assert "demands four eyes" in reasons(run(plan))[0]
    assert Placement.objects.get().excluded


def test_who_imports_stands_among_the_authors_of_what_the_import_approves() -> None:
    fragment = make.make_fragment("f", {"en": "<p>Warm</p>", "it": "<p>Caldo</p>"}, title={"en": "Title"})
    Fragment.objects.update(authors=["bert"])
    submit(Actor("Bert", "admin"), fragment)
    run(fragment_plan())
    assert sorted(fragment.revisions.get().authors) == ["Ada", "bert"]


def test_an_open_change_request_keeps_an_import_from_approving() -> None:
    run(fragment_plan(approved=False))
    fragment = Fragment.objects.get()
    said = request_change(ACTOR, submit(ACTOR, fragment), "it", "Not so.")
    assert reasons(run(fragment_plan())) == [
        "fragments f.state approved: Ada asks for a change: “Not so.”. Until then it waits for approval."
    ]
    resolve(ACTOR, said)
    run(fragment_plan())
    assert Fragment.objects.get().state == "approved"
    assert list(CHECKS["revisions"]()) == []


def test_languages_that_an_import_takes_away_are_out_no_more_and_the_operation_agrees() -> None:
    run(fragment_plan())
    run(fragment_plan(body={"en": "<p>Hot</p>", "it": ""}))
    fragment = Fragment.objects.get()
    revision = fragment.revisions.get(number=2)
    assert (revision.out or {})["revisions"] == {"en": 2}
    assert sorted(revision.approvals.values_list("language", flat=True)) == ["en", "it"]
    assert approve(ACTOR, fragment) == revision
    assert list(CHECKS["revisions"]()) == []


def test_what_lagged_behind_comes_along_with_what_was_out_before() -> None:
    run(fragment_plan(approved=False))
    fragment = Fragment.objects.get()
    approve_revision(ACTOR, submit(ACTOR, fragment), ["it"])
    run(fragment_plan(body={"en": "<p>Hot</p>"}))
    assert (fragment.revisions.get(number=2).out or {})["revisions"] == {"en": 2, "it": 2}
    assert list(CHECKS["revisions"]()) == []


def test_a_change_that_comes_in_while_in_review_makes_a_draft_with_its_author() -> None:
    run(fragment_plan(approved=False))
    fragment = Fragment.objects.get()
    submit(Actor("bert", "admin"), fragment)
    run(fragment_plan(approved=False))
    assert Fragment.objects.get().state == "review"
    run(fragment_plan(approved=False, body={"en": "<p>Hot</p>"}))
    after = Fragment.objects.get()
    assert (after.state, after.authors) == ("draft", ["Ada"])


def test_what_vouches_for_it_comes_in_and_stays_where_nothing_is_said(tmp_path: Path) -> None:
    plan = fragment_plan(vouched_by="The lab", source="Report 7", source_document="report")
    plan.assets = [AssetRecord("report", picture(tmp_path), {}, {})]
    run(plan)
    assert Fragment.objects.get().revisions.get().content["source"] == {
        "text": "Report 7",
        "by": "The lab",
        "document": "report",
        "verified_on": None,
        "valid_until": None,
    }
    assert run(plan).kinds["fragments"] == Counts(unchanged=1)
    assert run(fragment_plan(source="Report 7")).kinds["fragments"] == Counts(unchanged=1)
    assert run(fragment_plan(source="Report 7", vouched_by="", source_document="")).kinds["fragments"].updated == 1
    assert reasons(run(fragment_plan(source_document="gone"))) == [
        "fragments f.source_document gone: there is no asset of this code; it is left out."
    ]


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


def test_how_much_a_channel_keeps_comes_in_and_stays_where_nothing_is_said() -> None:
    run(Plan("test", channels=[ChannelRecord("shop", keep_releases=12, keep_days=30)]))
    run(Plan("test", channels=[ChannelRecord("shop", keep_days=0)]))
    channel = Channel.objects.get()
    assert (channel.keep_releases, channel.keep_days) == (12, 0)
    assert len(reasons(run(Plan("test", channels=[ChannelRecord("shop", keep_days=-1)])))) == 1


def test_what_a_channel_does_with_expired_claims_comes_in_and_stays_where_nothing_is_said() -> None:
    run(Plan("test", channels=[ChannelRecord("shop", expired_claims="block")]))
    assert run(Plan("test", channels=[ChannelRecord("shop")])).kinds["channels"] == Counts(unchanged=1)
    assert Channel.objects.get().expired_claims == "block"
    assert len(reasons(run(Plan("test", channels=[ChannelRecord("shop", expired_claims="perhaps")])))) == 1
