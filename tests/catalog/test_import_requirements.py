"""What channels need comes in with families: facts, texts and files, each with its condition."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from catalog.importing.plan import ForbiddenTermRecord, Plan, split_need
from catalog.models import AttributeGroup, Channel, Family, ForbiddenTerm, ProductIndex, Requirement, Slot
from tests.catalog.import_plans import database, reasons, run, small_plan

pytestmark = pytest.mark.django_db


def needing(folder: Path, *needs: str) -> Plan:
    plan = small_plan(folder)
    plan.families[0] = replace(plan.families[0], requirements={"shop": needs})
    return plan


def needed() -> list[tuple[str, str]]:
    rows = Requirement.objects.order_by("id")
    return sorted(
        (
            row.attribute.code if row.attribute else f"slot {row.slot.code}" if row.slot else f"asset {row.asset_role}",
            row.condition,
        )
        for row in rows
    )


@pytest.mark.parametrize(
    ("need", "parts"),
    [
        ("name", ("name", "")),
        ("slot:teaser", ("slot:teaser", "")),
        ("weight if color = red", ("weight", "color = red")),
        ('asset:main  if  color in (red, "if blue")', ("asset:main", 'color in (red, "if blue")')),
        ("ifs", ("ifs", "")),
    ],
)
def test_a_need_is_what_and_on_which_condition(need: str, parts: tuple[str, str]) -> None:
    assert split_need(need) == parts


def test_facts_texts_and_files_are_needed_on_conditions(tmp_path: Path) -> None:
    plan = needing(tmp_path, "name", "slot:FEATURE", "asset:main if color = c0")
    assert reasons(run(plan)) == []
    assert needed() == [("asset main", "color = c0"), ("name", ""), ("slot feature", "")]
    before = database()
    assert (reasons(run(plan)), database()) == ([], before)


def test_a_changed_condition_is_written_and_what_is_not_named_any_more_goes(tmp_path: Path) -> None:
    run(needing(tmp_path, "name", "slot:feature if color = c0", "asset:main"))
    run(needing(tmp_path, "slot:feature if color = c1", "asset:manual"))
    assert needed() == [("asset manual", ""), ("slot feature", "color = c1")]


def test_texts_and_files_stay_where_a_plan_speaks_only_of_attributes(tmp_path: Path) -> None:
    run(needing(tmp_path, "name"))
    family, shop = Family.objects.get(code="machines"), Channel.objects.get(code="shop")
    Requirement.objects.create(family=family, channel=shop, slot=Slot.objects.get())
    Requirement.objects.create(family=family, channel=shop, asset_role="main")
    run(needing(tmp_path, "color"))
    assert needed() == [("asset main", ""), ("color", ""), ("slot feature", "")]


def test_what_cannot_be_needed_is_an_issue(tmp_path: Path) -> None:
    report = run(needing(tmp_path, "slot:nothing", "asset:", "asset:a b", "nothing", "name if color ="))
    fault = report.issues[-1].reason
    assert reasons(report) == [
        "families machines.requirements.shop nothing: there is no slot of this code; it is left out.",
        "families machines.requirements.shop asset:: the family has no such attribute.",
        "families machines.requirements shop a b : A code starts with a letter or digit and has only letters, digits, "
        "“_”, “-” and “.”. It is left out.",
        "families machines.requirements.shop nothing: the family has no such attribute.",
        f"families machines.requirements.shop color =: {fault}",
    ]
    assert fault.startswith("At character 8: ")
    assert fault.endswith(" Until this is mended, all products of the family need it.")
    assert needed() == [("name", "color =")]


def test_who_supplies_what_is_missing_comes_in_and_stays_where_it_is_not_said(tmp_path: Path) -> None:
    plan = small_plan(tmp_path)
    plan.groups[0] = replace(plan.groups[0], responsible="engineering")
    run(plan)
    run(small_plan(tmp_path))
    assert AttributeGroup.objects.get(code="general").responsible == "engineering"


def forbidden() -> list[tuple[str, str, str, str]]:
    rows = ForbiddenTerm.objects.order_by("term", "language", "channel")
    return [(row.term, row.language, row.channel.code if row.channel else "", row.instead) for row in rows]


def test_forbidden_words_come_in_once_for_each_language_and_channel(tmp_path: Path) -> None:
    plan = small_plan(tmp_path)
    plan.forbidden_terms += [
        ForbiddenTermRecord("cheap", "en", "shop", "fair"),
        ForbiddenTermRecord("billig"),
        ForbiddenTermRecord("Cheap", "de"),
    ]
    assert reasons(run(plan)) == []
    found = [("Cheap", "de", "", ""), ("billig", "", "", ""), ("cheap", "en", "shop", "fair")]
    assert sorted(forbidden()) == found
    before = database()
    assert (reasons(run(plan)), database()) == ([], before)
    plan.forbidden_terms[0] = ForbiddenTermRecord("CHEAP", "en", "SHOP", "sensible")
    plan.forbidden_terms[1] = ForbiddenTermRecord("billig", instead="günstig")
    run(plan)
    assert sorted(forbidden()) == [
        ("CHEAP", "en", "shop", "sensible"),
        ("Cheap", "de", "", ""),
        ("billig", "", "", "günstig"),
    ]


def test_a_word_that_cannot_be_forbidden_is_an_issue_and_is_forbidden_nowhere(tmp_path: Path) -> None:
    plan = small_plan(tmp_path)
    plan.forbidden_terms += [
        ForbiddenTermRecord("good", "en", "nowhere"),
        ForbiddenTermRecord("well", "tlh"),
        ForbiddenTermRecord("x" * 101),
        ForbiddenTermRecord("nul\0"),
    ]
    told = reasons(run(plan))
    assert [row.partition(": ")[2] for row in told[:2]] == [
        "there is no channel of this code; it is left out.",
        "there is no language of this code; it is left out.",
    ]
    assert len(told) == 4
    assert forbidden() == []


def test_new_forbidden_words_have_all_products_looked_at_again(tmp_path: Path) -> None:
    plan = small_plan(tmp_path)
    run(plan)
    ProductIndex.objects.update(checked=True)
    run(plan)
    assert not ProductIndex.objects.filter(checked=False).exists()
    plan.forbidden_terms.append(ForbiddenTermRecord("new"))
    run(plan)
    assert not ProductIndex.objects.filter(checked=True).exists()
