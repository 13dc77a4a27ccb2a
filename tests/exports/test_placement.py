"""Rules, exclusions, what explains them, what they would change and where fragments stand."""

from __future__ import annotations

from io import StringIO
from typing import Any

import orjson
import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.models import (
    Attribute,
    AttributeOption,
    Category,
    Channel,
    Family,
    Fragment,
    Placement,
    Product,
    Slot,
    TranslationState,
)
from catalog.operations.assets import attach
from catalog.operations.associations import associate
from catalog.operations.fragments import write_fragment
from catalog.operations.inheriting import set_own_only
from catalog.operations.placements import Target, exclude, place, unplace
from catalog.operations.products import save_product
from catalog.operations.recording import remove, store
from catalog.operations.reviewing import approve, retire
from catalog.operations.translations import mark
from catalog.operations.upkeep import merge, rename
from catalog.outlook import Carried, Impact, Outlet
from exports.editions import build
from exports.explaining.documents import NotReleased, explain, explain_draft
from exports.explaining.previewing import preview, preview_of
from exports.explaining.whereabouts import NotCarried, impact, where_used
from exports.gathering.loading import Loader
from exports.gathering.selection import SelectionError
from exports.models import DocumentVersion, Output, TraceStatement
from exports.releasing.committing import release
from exports.releasing.forecasting import forecast
from exports.releasing.problems import report_of
from tests import factories as make
from tests.factories import ACTOR, switch
from tests.sharing import Made, once

pytestmark = pytest.mark.django_db


def make_shop() -> Channel:
    """Two products of a family in a tree of two categories, a variant below one; a channel in German over English."""
    battery = make.make_attribute("select", "battery", options=("lithium", "none"), filterable=True)
    name = make.make_attribute("text", "name", localizable=True, filterable=True)
    family = make.make_family("torches", [battery, name], label_attribute=name)
    outdoor = make.make_category("outdoor", make.make_category("all"))
    first = make.make_product("A", family, {"battery": "lithium", "name": {"en": "Anna", "de": "Änne"}}, [outdoor])
    make.make_product("B", family, {"battery": "none"}, [outdoor])
    make.make_product("A-1", family, parent=first)
    make.make_slot("warning")
    make.make_slot("teaser")
    return make.make_channel("shop", {"de": "en", "en": ""}, medium="print")


made_shop = once(make_shop)


@pytest.fixture
def shop(made_shop: Made[Channel], db: None) -> Channel:
    return made_shop.again()


def fragment(code: str, body: Any = None, **fields: Any) -> Fragment:
    texts = body or {"en": f"<p>{code}</p>", "de": f"<p>{code} auf Deutsch</p>"}
    return make.make_fragment(code, texts, approved=True, **fields)


def slot(code: str = "warning") -> Slot:
    return Slot.objects.get(code=code)


def said(sku: str, language: str = "de", channel: str = "shop") -> dict[str, str]:
    """What a document that is not yet released says, fragment by slot."""
    found = explain_draft(Channel.objects.get(code=channel), language, sku)
    return {row["slot"]: row["fragment"] for row in found.statements}


def why(sku: str, code: str = "warning") -> list[str]:
    found = explain_draft(Channel.objects.get(code="shop"), "de", sku)
    return next((row["why"] for row in found.empty if row["slot"] == code), [])


# --- Rules and exclusions ---------------------------------------------------------------------------------------------


def test_a_rule_places_on_what_meets_it_and_follows_it(shop: Channel) -> None:
    place(ACTOR, fragment("hot"), slot(), "Battery = LITHIUM")
    assert [said(sku) for sku in ("A", "A-1", "B")] == [{"warning": "hot"}, {"warning": "hot"}, {}]
    save_product(ACTOR, Product.objects.get(sku="B"), {"battery": {"": "lithium"}})
    assert said("B") == {"warning": "hot"}


def test_a_rule_is_asked_in_the_language_of_the_document(shop: Channel) -> None:
    place(ACTOR, fragment("hot"), slot(), "name = änne")
    assert (said("A", "de"), said("A", "en")) == ({"warning": "hot"}, {})
    assert explain_draft(shop, "en", "A").empty == [
        {"slot": "teaser", "why": ["nothing is placed in it that reaches the product"]},
        {"slot": "warning", "why": ["fragment hot: its rule does not hold in en: name = änne"]},
    ]


def test_a_rule_asks_for_what_hangs_on_a_product_and_follows_it(shop: Channel) -> None:
    kind = make.make_association_type("spare")
    charger, anna = (Product.objects.get(sku=sku) for sku in ("B", "A"))
    place(ACTOR, fragment("hot"), slot(), "association:spare = B or root = B")
    assert [said(sku) for sku in ("A", "A-1", "B")] == [{}, {}, {"warning": "hot"}]
    link = associate(ACTOR, anna, kind, charger)
    assert [said(sku) for sku in ("A", "A-1", "B")] == [{"warning": "hot"}] * 3
    assert release(ACTOR, shop).new
    charger.sku = "C"
    save_product(ACTOR, charger, {})
    assert [said(sku) for sku in ("A", "A-1", "C")] == [{}] * 3
    assert release(ACTOR, shop).new
    assert not release(ACTOR, shop, full=True).new
    remove(ACTOR, link)
    place(ACTOR, fragment("cold"), slot(), "asset:main is empty")
    assert said("A") == {"warning": "cold"}


def test_a_text_that_is_limited_to_products_is_said_of_these_only(shop: Channel) -> None:
    place(ACTOR, fragment("hot", products="battery=lithium"), slot(), Family.objects.get())
    assert (said("A"), said("B")) == ({"warning": "hot"}, {})
    assert why("B") == ["fragment hot: only for products: battery = lithium"]


def test_an_exclusion_takes_out_below_and_a_nearer_placement_wins_back(shop: Channel) -> None:
    hot = fragment("hot")
    place(ACTOR, hot, slot(), "battery in (lithium, none)")
    out = exclude(ACTOR, hot, slot(), Category.objects.get(code="outdoor"))
    assert (said("A"), said("A-1")) == ({}, {})
    assert why("A-1") == ["fragment hot: excluded at category outdoor"]
    place(ACTOR, hot, slot(), Product.objects.get(sku="A"))
    assert (said("A-1"), said("B")) == ({"warning": "hot"}, {})
    unplace(ACTOR, out)
    assert said("B") == {"warning": "hot"}


def test_placing_where_it_is_excluded_takes_the_exclusion_back(shop: Channel) -> None:
    hot, family = fragment("hot"), Family.objects.get()
    assert exclude(ACTOR, hot, slot(), family).pk == place(ACTOR, hot, slot(), family).pk
    assert said("A") == {"warning": "hot"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("slot:warning is empty", "At character 1: a rule cannot ask for “slot:warning”"),
        ("battery = none or complete = shop", "At character 19: a rule cannot ask for “complete”"),
        ("not quality = error", "At character 5: a rule cannot ask for “quality”"),
        ("finding is empty", "a rule cannot ask for “finding”"),
        ("tag = topic:hot", "a rule cannot ask for “tag”"),
        ("changed >= 2027-01-01", "a rule cannot ask for “changed”"),
        ("", "an empty rule would find every product"),
        ("battery = gold", "lithium, none"),
        ("bttery = none", "did you mean “battery”?"),
        ("(battery = none", "close it with"),
    ],
)
def test_a_filter_that_cannot_be_a_rule_is_refused_with_the_place(shop: Channel, text: str, message: str) -> None:
    with pytest.raises(ValidationError) as refused:
        place(ACTOR, fragment("hot"), slot(), text)
    assert message in str(refused.value)
    if text:
        with pytest.raises(ValidationError):
            make.make_fragment("limited", products=text)


def test_a_rule_that_is_not_understood_any_more_keeps_the_channel_from_releasing(shop: Channel) -> None:
    place(ACTOR, fragment("hot"), slot(), "battery = lithium")
    attribute = Attribute.objects.get(code="battery")
    attribute.filterable = False
    store(ACTOR, attribute)
    with pytest.raises(
        SelectionError, match="The rule that places fragment “hot” as warning cannot be used, so channel"
    ):
        release(ACTOR, shop)


def test_a_rule_follows_a_new_code_and_two_that_become_one_are_one(shop: Channel) -> None:
    hot = fragment("hot", products="battery = lithium")
    place(ACTOR, hot, slot(), "battery = lithium")
    exclude(ACTOR, hot, slot(), "battery = none")
    lithium, none = (AttributeOption.objects.get(code=code) for code in ("lithium", "none"))
    rename(ACTOR, lithium, "li")
    assert {row.filter for row in Placement.objects.all()} == {"battery = li", "battery = none"}
    assert Fragment.objects.get().products == "battery = li"
    assert said("A") == {"warning": "hot"}
    merge(ACTOR, none, AttributeOption.objects.get(code="li"))
    assert [(row.filter, row.excluded) for row in Placement.objects.all()] == [("battery = li", True)]
    call_command("verify", stdout=StringIO())


def test_rules_are_asked_once_for_the_whole_channel(shop: Channel) -> None:
    place(ACTOR, fragment("hot"), slot(), "battery = lithium")

    def queries() -> int:
        list(Loader(shop).bundles())  # what is remembered of the schema is read anew
        with CaptureQueriesContext(connection) as found:
            list(Loader(shop).bundles())
        return len(found)

    few = queries()
    for number in range(10):
        make.make_product(f"C-{number}", Family.objects.get(), {"battery": "lithium"})
        place(ACTOR, fragment(f"more-{number}"), slot("teaser"), "battery = lithium", position=number)
    assert queries() == few


# --- Explaining -------------------------------------------------------------------------------------------------------


def test_what_lost_is_told_with_what_would_let_it_win(shop: Channel) -> None:
    place(ACTOR, fragment("near"), slot(), Product.objects.get(sku="A"), position=5)
    place(ACTOR, fragment("far"), slot(), Family.objects.get())
    place(ACTOR, fragment("english", {"en": "x"}), slot(), Product.objects.get(sku="A"), position=1)
    (row,) = explain_draft(shop, "de", "A").statements
    assert (row["fragment"], [(each["fragment"], each["hint"]) for each in row["beaten"]]) == (
        "near",
        [
            ("english", "would win if it named channel shop, if it named medium print, or with a text in de"),
            ("far", "would win if it named channel shop, if it named medium print, or if placed on the product"),
        ],
    )


def test_every_reason_for_an_empty_slot_is_told(shop: Channel) -> None:
    family, product = Family.objects.get(), Product.objects.get(sku="A")
    make.make_attribute("text", "nothing")
    assert why("A") == ["nothing is placed in it that reaches the product"]
    draft = make.make_fragment("draft")
    place(ACTOR, draft, slot(), family)
    place(ACTOR, fragment("french", {"fr": "x"}), slot(), family)
    gone = fragment("gone")
    place(ACTOR, gone, slot(), "battery = lithium")
    retire(ACTOR, gone)
    place(ACTOR, fragment("dangling", "{{ fact:battery }} {{ fact:nothing }}"), slot(), family, position=9)
    assert why("A") == [
        "fragment french: no text in de, en",
        "fragment dangling: cannot be said: {{ fact:nothing }} has no value here.",
        "fragment draft: it was never approved (draft)",
        "fragment gone: it is retired",
    ]
    set_own_only(ACTOR, product, add=["slot:warning"])
    assert why("A") == [
        "fragment french, placed on family torches: cut off at A",
        "fragment dangling, placed on family torches: cut off at A",
    ]


def test_a_tie_is_told_before_the_release(shop: Channel) -> None:
    for code in ("one", "other"):
        place(ACTOR, fragment(code), slot(), Family.objects.get())
    assert why("A") == ["fragment one: as good as “other”", "fragment other: as good as “one”"]
    found = forecast(shop)
    assert (found.after, found.added, {row["kind"] for row in found.report}) == (0, 6, {"tie"})
    assert not TraceStatement.objects.exists()


def test_a_draft_of_what_is_left_out_says_so(shop: Channel) -> None:
    switch("B", "draft")
    (problem,) = explain_draft(shop, "de", "B").problems
    assert problem == {"kind": "left out", "message": "The channel would not release it: it is draft, not enabled."}
    with pytest.raises(NotReleased, match="there is no such product"):
        explain_draft(shop, "de", "Z")
    with pytest.raises(NotReleased, match="has de, en, not “fr”"):
        explain_draft(shop, "fr", "A")


targets = st.sampled_from(
    ["A", "A-1", "B", "outdoor", "all", "torches", "battery = lithium", "name = änne", "not battery = lithium"]
)
steps = st.lists(
    st.tuples(st.integers(0, 2), targets, st.booleans(), st.integers(0, 1), st.sampled_from(["warning", "teaser"])),
    max_size=9,
)


def target(name: str) -> Target:
    kinds: tuple[tuple[Any, str], ...] = ((Product, "sku"), (Category, "code"), (Family, "code"))
    for model, key in kinds:
        if (found := model.objects.filter(**{key: name}).first()) is not None:
            return found  # type: ignore[no-any-return]
    return name


@pytest.fixture
def texts(shop: Channel) -> list[Fragment]:
    Slot.objects.filter(code="teaser").update(multiple=True)
    return [
        fragment("both"),
        fragment("english", {"en": "<p>english {{ fragment:both }}</p>"}),
        fragment("lithium", products="battery = lithium"),
    ]


@given(steps)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_winner_that_is_explained_is_the_statement_of_the_document(
    texts: list[Fragment], shop: Channel, steps: list[Any]
) -> None:
    with transaction.atomic():
        for number, name, excluded, position, where in steps:
            if excluded:
                exclude(ACTOR, texts[number], slot(where), target(name))
            else:
                place(ACTOR, texts[number], slot(where), target(name), position)
        told = forecast(shop)
        drafts = {(sku, lang): explain_draft(shop, lang, sku) for sku in ("A", "A-1", "B") for lang in ("de", "en")}
        release(ACTOR, shop)
        for (sku, language), draft in drafts.items():
            _agree(explain(shop, language, sku), draft)
            rows = TraceStatement.objects.filter(versions__sku=sku, versions__language=language, via="")
            assert list(rows.order_by("place").values_list("slot", "fragment")) == [
                (row["slot"], row["fragment"]) for row in draft.statements
            ]
        assert sorted(map(str, told.report)) == sorted(map(str, report_of(shop.releases.get())))
        transaction.set_rollback(True)


def _agree(found: Any, draft: Any) -> None:
    assert (found.digest, found.statements, found.absent, found.empty, found.problems) == (
        draft.digest,
        draft.statements,
        draft.absent,
        draft.empty,
        draft.problems,
    )
    bodies = {"both": "both", "english": "english both", "lithium": "lithium"}
    for row in found.statements:
        code = row["fragment"]
        assert row["text"].replace(" auf Deutsch", "") == bodies[code]
        assert row["slot"] not in [each["slot"] for each in found.empty]


# --- Where used, impact -----------------------------------------------------------------------------------------------


@pytest.fixture
def world(shop: Channel) -> Fragment:
    """A warning in two slots' worth of documents, once by reference; released, and in one printed edition."""
    hot = fragment("Hot", title={"en": "Hot things"})
    place(ACTOR, hot, slot(), "battery = lithium")
    place(ACTOR, fragment("outer", "<p>so {{ fragment:hot }}</p>"), slot("teaser"), Product.objects.get(sku="B"))
    hot.tags.set([make.make_tag("topic", "heat")])
    release(ACTOR, shop)
    output = Output.objects.create(code="list-de", channel=shop, language="de", format="json")
    build(ACTOR, output)
    return hot


def test_where_a_fragment_stands_is_told_placed_or_by_reference(world: Fragment, shop: Channel) -> None:
    found = where_used(world)
    assert found == Carried(
        products=3,
        examples=("A", "A-1", "B"),
        documents=6,
        outlets=(Outlet("shop", "de", 3, 1, None), Outlet("shop", "en", 3, 1, None)),
        editions=("list-de from release 1",),
    )
    assert where_used(world.tags.get()) == found
    outer = where_used(Fragment.objects.get(code="outer"))
    assert (outer.products, outer.documents) == (1, 2)


def test_where_facts_assets_and_categories_stand_is_told(world: Fragment, shop: Channel) -> None:
    picture = make.make_asset("Front")
    attach(ACTOR, Product.objects.get(sku="A"), picture, "main")
    release(ACTOR, shop)
    assert where_used(Attribute.objects.get(code="battery")).documents == 6
    assert where_used(Attribute.objects.get(code="name")).products == 2
    assert where_used(picture).examples == ("A", "A-1")
    assert where_used(Category.objects.get(code="all")).documents == 6
    with pytest.raises(NotCarried):
        where_used(slot())


def test_a_former_code_is_found_and_what_is_gone_has_a_last_release(world: Fragment, shop: Channel) -> None:
    rename(ACTOR, world, "warm")
    renamed = Fragment.objects.get(code="warm")
    assert where_used(renamed).documents == 6
    retire(ACTOR, renamed)
    release(ACTOR, shop)
    assert where_used(renamed).outlets == (Outlet("shop", "de", 0, 1, 1), Outlet("shop", "en", 0, 1, 1))
    assert where_used(renamed).editions == ("list-de from release 1",)


def test_the_impact_of_a_text_is_what_its_release_changes(world: Fragment, shop: Channel) -> None:
    assert str(impact(world)) == "Nothing that is out will change."
    mark(ACTOR, world, "de", TranslationState.State.TRANSLATED)
    write_fragment(ACTOR, world, title={}, body={"en": "<p>Very hot indeed</p>"})
    assert impact(world) == Impact(2, 3, ("shop",), ("en",), outdated=1, words=5)
    write_fragment(ACTOR, world, title={}, body={"de": "<p>Sehr heiß</p>"})
    found = impact(world)
    assert str(found) == (
        "2 statements in 6 documents of 1 channel in 2 languages will change; 1 printed edition will differ."
    )
    approve(ACTOR, world)
    made = release(ACTOR, shop).release
    assert (made.changed, made.added, made.removed) == (found.documents, 0, 0)


def test_a_text_that_will_no_longer_be_for_a_channel_changes_its_documents(world: Fragment, shop: Channel) -> None:
    world.channels.set([make.make_channel("other")])
    assert impact(world).documents == 6
    world.channels.set([shop])
    assert impact(world).documents == 0


def test_an_older_edition_differs_where_its_documents_showed_the_text(world: Fragment, shop: Channel) -> None:
    def edit(word: str) -> Impact:
        write_fragment(ACTOR, world, title={}, body={"de": f"<p>{word}</p>"})
        return impact(world)

    assert edit("Heiß").editions == {"print": 1}
    approve(ACTOR, world)
    release(ACTOR, shop)
    assert edit("Sehr heiß").editions == {"print": 1}
    for placement in Placement.objects.all():
        unplace(ACTOR, placement)
    release(ACTOR, shop)
    assert impact(world) == Impact()
    build(ACTOR, Output.objects.get())
    place(ACTOR, world, slot(), "battery = lithium")
    assert impact(world) == Impact()  # no document shows it yet
    release(ACTOR, shop)
    found = edit("Brandheiß")
    assert (found.documents, found.editions) == (2, {})
    build(ACTOR, Output.objects.get())
    assert impact(world).editions == {"print": 1}


def test_where_used_and_impact_take_the_same_queries_however_many_documents(world: Fragment, shop: Channel) -> None:
    write_fragment(ACTOR, world, title={}, body={"en": "<p>Very hot</p>"})

    def queries() -> tuple[int, int]:
        counts = []
        for ask in (where_used, impact):
            with CaptureQueriesContext(connection) as found:
                ask(world)
            counts.append(len(found))
        return counts[0], counts[1]

    impact(world)  # what it remembers of channels is read once
    few = queries()
    for number in range(10):
        make.make_product(f"C-{number}", Family.objects.get(), {"battery": "lithium"})
    release(ACTOR, shop)
    assert impact(world).documents == 13
    assert queries() == few


def test_provenance_that_comes_another_way_takes_the_rows_along(world: Fragment, shop: Channel) -> None:
    place(ACTOR, world, slot(), Family.objects.get())
    unplace(ACTOR, world.placements.exclude(filter="").get())
    write_fragment(ACTOR, world, title={"en": "Other title"}, body={})
    approve(ACTOR, world)
    release(ACTOR, shop)
    rows = DocumentVersion.objects.filter(valid_until=None, sku="A")
    assert {said["revision"] for row in rows for said in row.provenance["statements"]} == {2}


# --- Preview ----------------------------------------------------------------------------------------------------------


def test_a_preview_tells_what_the_release_will_change(world: Fragment, shop: Channel) -> None:
    found = preview(world, slot("teaser"), "battery = lithium")
    assert (found.products, found.examples, found.complete) == (2, ("A", "A-1"), True)
    assert [(row.language, row.concerned, row.changed) for row in found.outlets] == [("de", 2, 2), ("en", 2, 2)]
    assert preview(world, slot("teaser"), "battery = none").changed == 0  # another stands nearer there
    found = preview(world, slot(), Family.objects.get(), excluded=True)
    assert (found.products, found.changed) == (3, 4)  # it is placed by a rule, which stands further away
    found = preview(world, slot(), Category.objects.get(code="all"), excluded=True)
    assert (found.products, found.concerned, found.changed) == (3, 6, 4)
    exclude(ACTOR, world, slot(), Category.objects.get(code="all"))
    assert release(ACTOR, shop).release.changed == 4


def test_a_preview_of_what_is_there_already_changes_nothing_and_writes_nothing(world: Fragment, shop: Channel) -> None:
    assert preview(world, slot(), "battery=lithium").changed == 0
    assert preview(world, slot(), "battery = lithium", excluded=True).changed == 4
    assert world.placements.count() == 1


def test_a_large_preview_assembles_a_sample_and_says_so(world: Fragment) -> None:
    found = preview_of(Placement(fragment=world, slot=slot("teaser"), family=Family.objects.get()), limit=1)
    assert (found.products, found.complete, found.concerned) == (3, False, 6)
    assert [(row.assembled, row.changed) for row in found.outlets] == [(1, 1), (1, 1)]


def test_a_preview_of_a_text_that_is_not_out_says_so(world: Fragment) -> None:
    found = preview(make.make_fragment("fresh"), slot("teaser"), Product.objects.get(sku="A"))
    assert (found.changed, found.notes) == (
        4,
        ("The fragment is not out; this is what would change once it is approved.",),
    )


# --- Commands ---------------------------------------------------------------------------------------------------------


def told(*command: str, **options: Any) -> str:
    out = StringIO()
    call_command(*command, stdout=out, **options)
    return out.getvalue()


def test_the_commands_tell_it(world: Fragment, shop: Channel) -> None:
    assert told("where_used", "fragment", "HOT").splitlines() == [
        "HOT: 6 documents of 3 products (A, A-1, B)",
        "  shop de: 3 documents; first in release 1, still",
        "  shop en: 3 documents; first in release 1, still",
        "  edition list-de from release 1",
        "If it goes out as it is written now: Nothing that is out will change.",
    ]
    assert orjson.loads(told("where_used", "tag", "topic:heat", json=True))["documents"] == 6
    assert told("preview_placement", "hot", "warning", filter="battery = none").splitlines() == [
        "It reaches 1 product: B",
        "  shop de: 1 released document concerned, 1 would change",
        "  shop en: 1 released document concerned, 1 would change",
    ]
    assert "shop: nothing changed since release 1" in told("release", "shop", dry_run=True)
    save_product(ACTOR, Product.objects.get(sku="B"), {"battery": {"": "lithium"}})
    assert "would be release 2: 6 documents, 0 added, 2 changed, 0 removed" in told("release", "shop", dry_run=True)
    assert shop.releases.count() == 1
    assert "Empty slots" in told("explain", "A", "shop", "de", draft=True)


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (("where_used", "fragment", "none"), "There is no fragment “none”."),
        (("preview_placement", "none", "teaser", "--filter", "x = y"), "There is no fragment “none”."),
        (("preview_placement", "hot", "none", "--filter", "x = y"), "There is no slot “none”."),
        (("preview_placement", "hot", "teaser", "--family", "x"), "There is no family “x”."),
        (("preview_placement", "hot", "teaser", "--filter", "slot:teaser is empty"), "cannot ask for “slot:teaser”"),
    ],
)
def test_what_there_is_not_is_one_clear_line(world: Fragment, command: tuple[str, ...], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        call_command(*command)
