"""What differs between two releases, and what the next one will change."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from catalog.differences import as_text
from catalog.models import Product
from catalog.operations.recording import remove
from exports.models import Release
from exports.releasing import staging
from exports.releasing.comparing import Changed, compared, differences_between
from exports.releasing.forecasting import forecast, upcoming
from exports.releasing.restoring import roll_back
from tests.exports.world import World, counted, world
from tests.factories import ACTOR

__all__ = ["world"]


def body(**fields: Any) -> bytes:
    facts = fields.pop("facts", {})
    whole = {
        code: {"label": code.title(), "group": "", "type": "text", "value": text, "text": text, "position": place}
        for place, (code, text) in enumerate(facts.items())
    }
    statements = [
        {"slot": slot, "language": language, "html": html, "text": html.removeprefix("<p>").removesuffix("</p>")}
        for slot, language, html in fields.pop("statements", ())
    ]
    return orjson.dumps({"sku": "A", "name": "Lira", "facts": whole, "statements": statements, **fields})


def told(change: Changed) -> list[tuple[str, ...]]:
    return [
        (entry.kind, entry.code, as_text(entry.words))
        if entry.words
        else (entry.kind, entry.code, entry.old, entry.new)
        for entry in change.entries
    ]


def test_facts_and_fields_are_told_with_both_sides_in_display_order() -> None:
    old = body(facts={"weight": "4 kg", "color": "red", "gone": "x"}, parent=None)
    new = body(facts={"weight": "5 kg", "color": "red", "fresh": "y"}, parent="P", name="Lira 2")
    assert told(compared("A", "en", old, new)) == [
        ("name", "", "Lira", "Lira 2"),
        ("parent", "", "", "P"),
        ("fact", "weight", "4 kg", "5 kg"),
        ("fact", "fresh", "", "y"),
        ("fact", "gone", "x", ""),
    ]


def test_a_fact_that_reads_the_same_tells_what_does_not() -> None:
    old, new = (orjson.loads(body(facts={"weight": "4 kg"})) for _ in range(2))
    new["facts"]["weight"] |= {"value": {"amount": "4.0"}, "label": "Mass"}
    change = compared("A", "en", orjson.dumps(old), orjson.dumps(new))
    assert told(change) == [("fact", "weight", "label: Weight; value: 4 kg", 'label: Mass; value: {"amount":"4.0"}')]


def test_statements_are_told_word_by_word_and_those_that_stayed_are_not() -> None:
    kept, dropped = ("feature", "en", "<p>Kept.</p>"), ("feature", "en", "<p>Dropped.</p>")
    old = body(statements=[("headline", "en", "<p>Nine bar at once</p>"), dropped, kept])
    new = body(statements=[("headline", "en", "<p>Ten bar at once</p>"), kept, ("legal", "en", "<p>New.</p>")])
    assert told(compared("A", "en", old, new)) == [
        ("statement", "headline", "[-Nine-]{+Ten+} bar at once"),
        ("statement", "feature", "[-Dropped.-]"),
        ("statement", "legal", "{+New.+}"),
    ]


def test_of_one_that_is_there_on_one_side_only_no_entries_are_told() -> None:
    assert compared("A", "en", None, body()) == Changed("A", "en", "added")
    assert compared("A", "en", body(), None) == Changed("A", "en", "removed")


def change_much(world: World) -> None:
    world.rename("BZ-TAMPER", "Pressino 2")
    world.add("BZ-NEW")
    remove(ACTOR, Product.objects.get(sku="BZ-LIRA-B"))


def names(changes: Any) -> list[tuple[str, str, str]]:
    return [(change.sku, change.language, change.what) for change in changes]


def test_what_is_forecast_is_what_the_release_then_differs_in(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first = world.release()
    change_much(world)
    monkeypatch.setattr(staging, "SIZE", 2)
    told, counts = upcoming(world.shop), forecast(world.shop)
    assert Release.objects.filter(channel=world.shop).get() == first
    monkeypatch.undo()
    made = world.release()
    page = differences_between(first, made)
    assert sorted(told.changes, key=lambda change: (change.sku, change.language)) == list(page.changes)
    assert {(sku, what) for sku, _, what in names(page.changes)} == {
        ("BZ-LIRA", "changed"),
        ("BZ-LIRA-B", "removed"),
        ("BZ-NEW", "added"),
        ("BZ-TAMPER", "changed"),
    }
    assert (counts.after, counts.documents, counts.added, counts.changed, counts.removed, counts.differs) == (
        first.number,
        made.documents,
        made.added,
        made.changed,
        made.removed,
        True,
    )


def test_a_forecast_of_nothing_says_so(world: World) -> None:
    world.release()
    assert (upcoming(world.shop).changes, forecast(world.shop).differs) == ([], False)


def test_any_two_releases_are_compared_and_back_it_is_the_other_way_round(world: World) -> None:
    numbers = [world.release()]
    for turn in range(3):
        world.rename("BZ-TAMPER", f"Pressino {turn}")
        world.add(f"BZ-{turn}")
        numbers.append(world.release())
    world.rename("BZ-TAMPER", "Pressino 0")
    numbers.append(world.release())
    there = differences_between(numbers[1], numbers[3]).changes
    back = differences_between(numbers[3], numbers[1]).changes
    swapped = {"added": "removed", "removed": "added", "changed": "changed"}
    assert names(back) == [(sku, language, swapped[what]) for sku, language, what in names(there)]
    assert [sku for sku, _, what in names(there) if what == "added"] == ["BZ-1"] * 2 + ["BZ-2"] * 2
    # It changed, and changed back.
    assert "BZ-TAMPER" not in {change.sku for change in differences_between(numbers[1], numbers[4]).changes}


def test_pages_take_three_queries_and_make_the_whole(world: World) -> None:
    first = world.release()
    world.add(*(f"BZ-{number}" for number in range(7)))
    made = world.release()
    found: list[Changed] = []
    after = ""
    while True:
        with counted(3):
            page = differences_between(first, made, after, 3)
        found += page.changes
        if not (after := page.next):
            break
    assert found == list(differences_between(first, made).changes)
    assert len(found) == 14


def test_the_command_tells_it_for_people_and_for_machines(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.release()
    world.rename("BZ-TAMPER", "Pressino 2")
    call_command("differences", "shop")
    coming = capsys.readouterr().out
    assert "BZ-TAMPER (it): changed" in coming
    assert "  fact Nome: " in coming
    world.release()
    call_command("differences", "shop", "1", "2")
    assert capsys.readouterr().out == coming
    call_command("differences", "shop", "1", "2", "--json")
    rows = [orjson.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {(row["sku"], row["change"]) for row in rows} == {("BZ-TAMPER", "changed")}
    with pytest.raises(CommandError, match="has no release 9"):
        call_command("differences", "shop", "1", "9")


def test_what_is_restored_is_compared_like_any_other(world: World) -> None:
    first = world.release()
    world.rename("BZ-TAMPER", "Pressino 2")
    world.release()
    third = roll_back(ACTOR, world.shop, first.number)
    assert differences_between(first, third).changes == ()
