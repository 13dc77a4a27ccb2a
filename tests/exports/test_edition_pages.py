"""Pages of editions: looked at, found by product, and compared with those of another edition."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog.models import Fragment, Product
from catalog.operations.fragments import write_fragment
from catalog.operations.placements import place
from catalog.operations.products import set_facts
from catalog.operations.reviewing import approve
from exports.editions import build, path_of
from exports.models import Edition, Output, PrintRun
from exports.outputs import define
from exports.pages import looking, mapping
from exports.pages.comparing import Comparison, NotComparable, Stayed, as_json, compared
from exports.pages.looking import NoPages, Unfinished
from exports.pdf.press.pool import Pool
from exports.releasing.committing import release
from tests import factories as make
from tests.admin_pages import ADMIN, browser, messages_of, queries
from tests.sharing import Made, once

pytestmark = ADMIN


@dataclass
class World:
    """Two editions of a catalogue: of eight products with a page each, and of the same after four changes."""

    output: Output
    old: Edition
    new: Edition


def make_world() -> World:
    """P-1 says otherwise, P-3 is gone, P-45 has come, P-6 has another weight; all others only move."""
    name = make.make_attribute("text", "name", {"en": "Name"})
    weight = make.make_attribute("number", "weight", {"en": "Weight"})
    family = make.make_family("fam", [name, weight], label_attribute=name)
    slot = make.make_slot("description", "Description")
    for number in range(8):
        product = make.make_product(f"P-{number}", family, {"name": f"Thing {number}", "weight": str(number + 1)})
        _tell(product, slot, f"tale-{number}")
    channel = make.make_channel("print", ["en"], medium="print")
    release(make.ACTOR, channel)
    output, _ = define(make.ACTOR, "book", channel, "en", "catalog", {"title": "The book"})
    old = build(make.ACTOR, output).edition
    _change(family, slot)
    release(make.ACTOR, channel)
    return World(output, old, build(make.ACTOR, output).edition)


def _tell(product: Product, slot: Any, code: str) -> None:
    body = "".join(f"<p>{code} paragraph {number} of a long text.</p>" for number in range(28))
    place(make.ACTOR, make.make_fragment(code, body, approved=True), slot, product)


def _change(family: Any, slot: Any) -> None:
    tale: Any = Fragment.objects.get(code="tale-1")
    write_fragment(make.ACTOR, tale, title={}, body={"en": tale.body_en.replace("paragraph 5 of", "chapter 5 of")})
    approve(make.ACTOR, Fragment.objects.get(code="tale-1"))
    make.switch("P-3", Product.Status.DISABLED)
    product = make.make_product("P-45", family, {"name": "Thing 45", "weight": "45"})
    _tell(product, slot, "tale-45")
    set_facts(make.ACTOR, Product.objects.get(sku="P-6"), {"weight": {"": "77"}})


made_world = once(make_world)


@pytest.fixture
def world(db: None, made_world: Made[World]) -> World:
    return made_world.again()


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """No process of the press may be asked."""

    def refused(self: Pool, tasks: Any) -> Iterator[Any]:
        raise AssertionError("a process was asked")

    monkeypatch.setattr(Pool, "run", refused)


def pages_of(edition: Edition, sku: str) -> list[int]:
    return sorted(map(int, mapping.map_of(edition)[sku]))


class TestLooking:
    def test_pages_are_counted_and_drawn(self, world: World) -> None:
        assert looking.count(world.old) == 13
        body = looking.picture(world.old, 3, 200)
        assert body.startswith(b"\xff\xd8")
        assert len(looking.picture(world.old, 3, 1_400)) > len(body)

    def test_what_was_drawn_once_is_kept(self, world: World, request: pytest.FixtureRequest) -> None:
        first = looking.picture(world.old, 3, 200)
        request.getfixturevalue("idle")
        assert looking.picture(world.old, 3, 200) == first

    def test_there_is_no_page_after_the_last(self, world: World) -> None:
        with pytest.raises(NoPages, match="There is no such page"):
            looking.picture(world.old, 14, 200)

    def test_only_a_pdf_has_pages(self, world: World) -> None:
        output, _ = define(make.ACTOR, "feed", world.output.channel, "en", "json", {})
        with pytest.raises(NoPages, match="Only a PDF"):
            looking.count(build(make.ACTOR, output).edition)

    def test_a_file_that_is_gone_or_torn_is_told(self, world: World) -> None:
        file = path_of(world.old)
        file.write_bytes(b"%PDF-1.7 torn")
        with pytest.raises(NoPages, match="This is no PDF"):
            looking.prints(world.old)
        file.unlink()
        with pytest.raises(NoPages, match="is gone"):
            looking.picture(world.old, 1, 200)

    def test_what_takes_longer_than_asked_goes_on_at_the_next_call(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(looking, "SLICE", 5)
        with pytest.raises(Unfinished, match="5 of 13 pages"):
            looking.prints(world.old, seconds=0.0)
        with pytest.raises(Unfinished, match="10 of 13 pages"):
            looking.prints(world.old, seconds=0.0)
        assert len(looking.prints(world.old, seconds=0.0)) == 13


class TestMap:
    def test_says_what_stands_where_in_the_readers_words(self, world: World) -> None:
        found = mapping.standing(world.old)
        assert (found.every, [row.sku for row in found.rows]) == (8, [f"P-{number}" for number in range(8)])
        first = found.rows[0]
        assert (first.name, [place.page for place in first.places]) == ("Thing 0", pages_of(world.old, "P-0"))
        assert set(first.places[0].what) == {"Description", "General"}

    def test_is_searched_by_sku_and_read_in_stretches(self, world: World) -> None:
        assert [row.sku for row in mapping.standing(world.new, "p-4").rows] == ["P-4", "P-45"]
        assert mapping.standing(world.new, "nope").rows == []
        assert [row.sku for row in mapping.standing(world.old, start=6, limit=1).rows] == ["P-6"]

    def test_says_what_is_on_a_page(self, world: World) -> None:
        [page] = pages_of(world.old, "P-2")
        assert [row.sku for row in mapping.on_page(world.old, page)] == ["P-2"]
        assert mapping.on_page(world.old, 1) == []

    def test_finds_a_product_in_the_latest_editions_only(self, world: World) -> None:
        [found] = mapping.pages_of(Product.objects.get(sku="P-5"))
        assert (found.edition, list(found.pages)) == (world.new, pages_of(world.new, "P-5"))
        assert mapping.pages_of(Product.objects.get(sku="P-3")) == []

    def test_finds_a_variant_in_the_entry_of_its_group(self, world: World) -> None:
        variant = Product(sku="1234", parent=Product.objects.get(sku="P-5"))
        assert [list(found.pages) for found in mapping.pages_of(variant)] == [pages_of(world.new, "P-5")]

    def test_takes_the_same_queries_however_many_products_are_shown(self, world: World) -> None:
        few = queries(lambda: mapping.standing(world.old, limit=1))
        assert queries(lambda: mapping.standing(world.old)) == few


class TestComparing:
    def test_only_what_changed_is_told_however_the_pages_moved(self, world: World) -> None:
        found = compared(world.old, world.new)
        told = {change.sku: change for one in found.changed for change in one.products}
        assert {sku: change.what for sku, change in told.items()} == {
            "P-1": "changed",
            "P-3": "removed",
            "P-45": "added",
            "P-6": "changed",
        }
        [entry] = told["P-6"].entries
        assert (entry.kind, entry.label, entry.old, entry.new) == ("fact", "Weight", "7", "77")
        [entry] = told["P-1"].entries
        assert (entry.kind, entry.label) == ("statement", "description")

    def test_pages_in_between_are_folded_and_say_where_they_are_now(self, world: World) -> None:
        found = compared(world.old, world.new)
        [fourth] = pages_of(world.old, "P-4")
        stayed = [one for one in found.pages if isinstance(one, Stayed)]
        assert [(one.old, one.new) for one in stayed if one.old[0] <= fourth <= one.old[1]] == [
            ((fourth, fourth), (fourth - 1, fourth - 1))
        ]

    def test_an_edition_is_as_it_is(self, world: World) -> None:
        found = compared(world.old, world.old)
        assert (found.pages, found.inputs) == ((Stayed((1, 13), (1, 13)),), ())

    def test_says_what_else_they_were_made_with(self, world: World) -> None:
        world.output.options = {"title": "Another"}
        world.output.save()
        other = build(make.ACTOR, world.output).edition
        found = compared(world.new, other)
        assert found.inputs == (("option “title”", "The book", "Another"),)
        assert next(one.pair[:2] for one in found.changed if not one.products) == (1, 1)

    def test_editions_of_two_outputs_are_not_compared(self, world: World) -> None:
        other, _ = define(make.ACTOR, "other", world.output.channel, "en", "catalog", {})
        with pytest.raises(NotComparable, match="two outputs"):
            compared(world.old, build(make.ACTOR, other).edition)

    def test_of_a_release_that_is_kept_no_more_the_pages_are_compared(self, world: World) -> None:
        world.old.release.pruned_at = timezone.now()
        found = compared(world.old, world.new)
        told = {change.sku: change for one in found.changed for change in one.products}
        assert (told["P-6"].what, told["P-6"].entries) == ("on this page", ())

    def test_takes_four_queries_however_much_changed(self, world: World) -> None:
        """A map and the documents of each."""
        assert queries(lambda: compared(world.old, world.new)) == 4
        assert queries(lambda: compared(world.new, world.new)) == 2

    def test_places_that_differ_are_found_on_both_pages(self, world: World) -> None:
        found: Comparison = compared(world.old, world.new)
        [one] = [one for one in found.changed if one.products and one.products[0].sku == "P-1"]
        assert one.pair.old
        assert one.pair.new
        old, new = looking.regions(world.old, one.pair.old, world.new, one.pair.new)
        assert len(old) == len(new) == 1
        assert old[0][3] - old[0][1] < 0.05, "one line"


class TestCommand:
    def said(self, *args: Any) -> str:
        out = StringIO()
        call_command("compare_editions", *map(str, args), stdout=out)
        return out.getvalue()

    def test_tells_page_by_page(self, world: World) -> None:
        said = self.said(world.old.pk, world.new.pk).splitlines()
        assert said[:2] == ["release: 1 -> 2", "page 1 the same"]
        assert "  P-6: changed" in said
        assert "    fact Weight: 7 -> 77" in said
        assert any("[-paragraph-] {+chapter+} 5" in line for line in said)

    def test_or_as_json(self, world: World) -> None:
        said = json.loads(self.said(world.old.pk, world.new.pk, "--json"))
        assert said == as_json(compared(world.old, world.new))
        assert said["inputs"] == [{"name": "release", "old": "1", "new": "2"}]

    def test_says_what_it_cannot_compare(self, world: World) -> None:
        with pytest.raises(CommandError, match="There is no edition 0"):
            self.said(world.old.pk, 0)
        path_of(world.new).unlink()
        with pytest.raises(CommandError, match="is gone"):
            self.said(world.old.pk, world.new.pk)


def url(name: str, *args: Any) -> str:
    return reverse(f"admin:exports_edition_{name}", args=args)


class TestAdmin:
    def test_an_edition_shows_its_pages_and_what_stands_on_them(self, world: World) -> None:
        said = browser().get(url("change", world.new.pk)).content.decode()
        assert said.count("200.jpg") == looking.count(world.new)
        assert url("page", world.new.pk, pages_of(world.new, "P-45")[0]) in said
        assert f"?from={world.old.pk}&amp;to={world.new.pk}" in said
        assert "The book" in said
        assert world.new.made_with["renderer"] in said

    def test_products_are_found_by_sku(self, world: World) -> None:
        page = browser()
        assert "<b>P-6</b>" not in page.get(url("change", world.new.pk), {"sku": "p-4"}).content.decode()
        said = page.get(url("change", world.new.pk), {"sku": "<x>"}).content.decode()
        assert "No SKU in this edition has “&lt;x&gt;” in it." in said

    def test_an_edition_that_is_no_pdf_or_gone_is_shown_without_pages(self, world: World) -> None:
        output, _ = define(make.ACTOR, "feed", world.output.channel, "en", "json", {})
        feed = build(make.ACTOR, output).edition
        path_of(world.old).unlink()
        page = browser()
        assert "200.jpg" not in page.get(url("change", feed.pk)).content.decode()
        assert "The file of this edition is gone." in page.get(url("change", world.old.pk)).content.decode()

    def test_a_page_is_looked_at_with_what_stands_on_it(self, world: World) -> None:
        [number] = pages_of(world.new, "P-45")
        said = browser().get(url("page", world.new.pk, number)).content.decode()
        assert "<b>P-45</b> Thing 45" in said
        assert url("page", world.new.pk, number - 1) in said

    def test_pages_and_widths_that_are_not_are_not_found(self, world: World) -> None:
        page = browser()
        for address in (
            url("page", world.new.pk, 0),
            url("page", world.new.pk, 99),
            url("picture", world.new.pk, 99, 200),
            url("picture", world.new.pk, 1, 9_999),
            url("picture", 0, 1, 200),
        ):
            assert page.get(address).status_code == 404, address

    def test_two_editions_stand_side_by_side(self, world: World) -> None:
        page = browser()
        said = page.get(url("compare"), {"from": world.old.pk, "to": world.new.pk}).content.decode()
        [number] = pages_of(world.old, "P-6")
        assert url("picture", world.old.pk, number, 700) in said
        assert "<rect " in said
        assert "<td>fact Weight</td><td>7</td><td>77</td>" in said

    def test_a_comparison_that_is_not_finished_says_so_and_asks_again(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(looking, "SLICE", 5)
        monkeypatch.setattr("exports.admin.edition_pages.SECONDS", 0.0)
        page, asked = browser(), {"from": world.old.pk, "to": world.new.pk}
        said = page.get(url("compare"), asked).content.decode()
        assert "5 of 13 pages have been looked at." in said
        assert 'http-equiv="refresh"' in said
        for _ in range(5):
            said = page.get(url("compare"), asked).content.decode()
        assert "fact Weight" in said

    def test_two_are_chosen_in_the_list(self, world: World) -> None:
        chosen = {"action": "compare_selected", "_selected_action": [world.new.pk, world.old.pk]}
        answer = browser().post(url("changelist"), chosen)
        assert answer["Location"] == f"{url('compare')}?from={world.old.pk}&to={world.new.pk}"
        answer = browser("eve").post(url("changelist"), {**chosen, "_selected_action": [world.new.pk]}, follow=True)
        assert "Select two editions of one output." in messages_of(answer)

    def test_who_may_not_see_editions_sees_no_page_of_them(self, world: World) -> None:
        addresses = [
            url("page", world.new.pk, 1),
            url("picture", world.new.pk, 1, 200),
            f"{url('compare')}?from={world.old.pk}&to={world.new.pk}",
        ]
        stranger, reader = browser("bert", "view_release"), browser("carl", "view_edition")
        for address in addresses:
            assert stranger.get(address).status_code == 403
            assert Client().get(address).status_code == 302
            assert reader.get(address).status_code == 200

    def test_print_runs_are_written_down_and_nothing_else_changes(self, world: World) -> None:
        runs = {
            "print_runs-TOTAL_FORMS": "1",
            "print_runs-INITIAL_FORMS": "0",
            "print_runs-0-edition": str(world.new.pk),
            "print_runs-0-copies": "2500",
            "print_runs-0-printed_on": "2027-01-15",
            "print_runs-0-note": "Offset, Trieste",
        }
        answer = browser().post(url("change", world.new.pk), {**runs, "digest": "forged", "documents": "9"})
        assert answer.status_code == 302
        run = PrintRun.objects.get()
        assert (run.edition, run.copies, str(run.printed_on), run.note) == (
            world.new,
            2_500,
            "2027-01-15",
            "Offset, Trieste",
        )
        stored = Edition.objects.get(pk=world.new.pk)
        assert (stored.digest, stored.documents) == (world.new.digest, world.new.documents)
        assert "2,500" in browser("eve").get(url("changelist")).content.decode()

    def test_who_may_only_look_writes_no_print_run(self, world: World) -> None:
        assert browser("carl", "view_edition").post(url("change", world.new.pk), {}).status_code == 403

    def test_a_product_says_where_it_is_printed(self, world: World) -> None:
        product = Product.objects.get(sku="P-45")
        said = browser().get(reverse("admin:catalog_product_printed", args=[product.pk])).content.decode()
        assert url("page", world.new.pk, pages_of(world.new, "P-45")[0]) in said
        gone = Product.objects.get(sku="P-3")
        said = browser("eve").get(reverse("admin:catalog_product_printed", args=[gone.pk])).content.decode()
        assert "It stands on no page of the latest editions." in said
