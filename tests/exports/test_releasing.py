"""A release is the next numbered, complete and immutable set of a channel's documents."""

from __future__ import annotations

import datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from catalog.actors import Actor
from catalog.models import Category, Channel, ChannelLanguage, Family, Fragment, Product, ProductAsset
from catalog.operations.assets import attach
from catalog.operations.associations import associate
from catalog.operations.fragments import place, write_fragment
from catalog.operations.products import INHERIT, save_product, set_facts
from catalog.operations.reviewing import approve, retire
from exports.documents import Node, Publication, digest_of, to_bytes
from exports.models import (
    DocumentBody,
    DocumentVersion,
    Release,
    Trace,
    TraceCategory,
    TraceFacts,
    TraceStatement,
)
from exports.querysets import documents_at, publication_of
from exports.releasing import staging, storing
from exports.releasing.committing import Outcome, release
from exports.releasing.problems import report_of
from tests.factories import (
    ACTOR,
    make_asset,
    make_association_type,
    make_attribute,
    make_audience,
    make_category,
    make_channel,
    make_family,
    make_family_variant,
    make_fragment,
    make_market,
    make_product,
    make_slot,
    switch,
)
from tests.queries import CountQueries
from tests.threads import at_once, shared_database

ME = Actor(name="ada", path="command")

pytestmark = pytest.mark.django_db

Bytes = dict[tuple[str, str], bytes]


def make_shop(**fields: Any) -> Channel:
    """A channel in German and English with two shelves, and attributes `name`, `weight` and `color` in a family."""
    tree = make_category("tree", label={"en": "All"})
    for code in ("home", "office", "empty"):
        make_category(code, tree, {"de": code.title()})
    name = make_attribute("text", "name", {"de": "Name"}, localizable=True)
    weight = make_attribute("number", "weight", {"de": "Gewicht"})
    color = make_attribute("select", "color", options=["black", "red"], filterable=True)
    family = make_family("fam", [name, weight, color], label_attribute=name)
    make_family_variant(family, [color], code="by_color")
    return make_channel("shop", {"de": "en", "en": ""}, {"de": "Laden"}, tree=tree, **fields)


def make_item(sku: str, *shelves: str, **fields: Any) -> Product:
    facts = fields.pop("facts", {"name": {"de": f"Ding {sku}", "en": f"Thing {sku}"}})
    categories = list(Category.objects.filter(code__in=shelves))
    family = None if "parent" in fields else Family.objects.get(code="fam")
    return make_product(sku, family, facts, categories, **fields)


def bytes_at(made: Release) -> Bytes:
    """Every document of a release as it is stored."""
    return {
        (document.sku, language): to_bytes(document)
        for language in made.publications
        for document in documents_at(made, language)
    }


def intervals() -> list[tuple[str, str, int, int | None]]:
    rows = DocumentVersion.objects.order_by("sku", "language", "valid_from")
    return list(rows.values_list("sku", "language", "valid_from", "valid_until"))


def counts(made: Release) -> dict[str, int]:
    return {name: getattr(made, name) for name in ("documents", "added", "changed", "removed")}


# --- From one release to the next -------------------------------------------------------------------------------------


def test_the_first_release_has_every_document_in_every_language() -> None:
    shop = make_shop()
    make_item("A")
    make_item("B")
    outcome = release(ME, shop)
    made = outcome.release
    assert outcome == Outcome(made, new=True)
    assert (made.number, made.created_by, counts(made)) == (
        1,
        "ada",
        {"documents": 4, "added": 4, "changed": 0, "removed": 0},
    )
    assert intervals() == [(sku, language, 1, None) for sku in "AB" for language in ("de", "en")]
    assert [document.name for document in documents_at(made, "de")] == ["Ding A", "Ding B"]
    assert {body.digest: digest_of(bytes(body.content)) for body in DocumentBody.objects.all()} == {
        row.body_id: row.body_id for row in DocumentVersion.objects.all()
    }


def test_a_channel_without_products_can_be_released() -> None:
    shop = make_shop()
    made = release(ME, shop).release
    assert (counts(made), bytes_at(made)) == ({"documents": 0, "added": 0, "changed": 0, "removed": 0}, {})
    assert release(ME, shop) == Outcome(made, new=False)


def test_where_nothing_changed_it_is_the_same_release() -> None:
    shop = make_shop()
    slot, fragment = make_slot("s"), make_fragment("f", "{{ fact:weight }}", approved=True)
    place(ACTOR, fragment, slot, make_item("A", "home"))
    first = release(ME, shop).release
    assert first.problems == {"reference": 1}
    assert release(ME, shop) == Outcome(first, new=False)
    assert Release.objects.count() == 1


def test_a_changed_fact_touches_only_the_documents_that_show_it() -> None:
    shop = make_shop()
    item = make_item("A")
    make_item("B")
    old = bytes_at(release(ME, shop).release)
    set_facts(ACTOR, item, {"name": {"en": "Other"}})
    made = release(ME, shop).release
    assert counts(made) == {"documents": 4, "added": 0, "changed": 1, "removed": 0}
    assert intervals() == [
        ("A", "de", 1, None),
        ("A", "en", 1, 2),
        ("A", "en", 2, None),
        ("B", "de", 1, None),
        ("B", "en", 1, None),
    ]
    new = bytes_at(made)
    assert {key for key in new if new[key] != old[key]} == {("A", "en")}


def test_a_product_that_leaves_closes_its_interval_and_may_come_back() -> None:
    shop = make_shop()
    item = make_item("A")
    make_item("B")
    release(ME, shop)
    for status in ("disabled", "enabled"):
        item.status = status
        save_product(ACTOR, item, {})
        made = release(ME, shop).release
    assert (made.number, counts(made)) == (3, {"documents": 4, "added": 2, "changed": 0, "removed": 0})
    assert Release.objects.get(number=2).removed == 2
    assert [row for row in intervals() if row[0] == "A"] == [
        ("A", "de", 1, 2),
        ("A", "de", 3, None),
        ("A", "en", 1, 2),
        ("A", "en", 3, None),
    ]
    assert DocumentBody.objects.count() == 4


def test_a_language_that_is_given_up_takes_its_documents_along() -> None:
    shop = make_shop()
    make_item("A")
    release(ME, shop)
    ChannelLanguage.objects.filter(language="en").delete()
    made = release(ME, shop).release
    assert (counts(made), list(made.publications)) == (
        {"documents": 1, "added": 0, "changed": 0, "removed": 1},
        ["de"],
    )


def test_a_group_goes_with_its_last_variant() -> None:
    shop = make_shop()
    group = make_item("A")
    variant = make_item("A-1", parent=group, facts={"color": "red"})
    assert counts(release(ME, shop).release)["documents"] == 4
    variant.status = "draft"
    save_product(ACTOR, variant, {})
    assert counts(release(ME, shop).release) == {"documents": 0, "added": 0, "changed": 0, "removed": 4}


def test_a_draft_parent_keeps_its_variants_in() -> None:
    shop = make_shop()
    group = make_item("A", status="draft")
    make_item("A-1", parent=group)
    assert release(ME, shop).release.documents == 0


def test_a_channel_releases_its_families_and_selection_only() -> None:
    shop = make_shop(selection="color is empty or color = red")
    make_item("A", facts={"color": "red"})
    make_item("B", facts={"color": "black"})
    make_item("C")
    make_product("D", make_family("other"))
    assert {sku for sku, _ in bytes_at(release(ME, shop).release)} == {"A", "C", "D"}
    shop.families.add(Product.objects.get(sku="A").family_id or 0)
    assert {sku for sku, _ in bytes_at(release(ME, shop).release)} == {"A", "C"}


def test_channels_count_for_themselves() -> None:
    shop = make_shop()
    other = make_channel("other", ["en"])
    make_item("A")
    release(ME, shop)
    set_facts(ACTOR, Product.objects.get(sku="A"), {"weight": {"": "1"}})
    assert [release(ME, channel).release.number for channel in (other, shop)] == [1, 2]
    assert DocumentBody.objects.count() == 4


def test_what_is_edited_goes_out_with_its_approval() -> None:
    shop = make_shop()
    fragment = make_fragment("f", {"de": "Eins."}, approved=True)
    place(ACTOR, fragment, make_slot("s"), make_item("A"))
    release(ME, shop)
    write_fragment(ACTOR, fragment, title={}, body={"de": "Zwei."})
    assert release(ME, shop).new is False
    approve(ACTOR, fragment)
    said = [document.statements[0].text for document in documents_at(release(ME, shop).release, "de")]
    assert said == ["Zwei."]
    retire(ACTOR, fragment)
    assert [document.statements for document in documents_at(release(ME, shop).release, "de")] == [()]


def test_a_label_is_a_reason_for_a_release() -> None:
    shop = make_shop()
    release(ME, shop)
    shop.label_de = "Geschäft"  # type: ignore[attr-defined]
    shop.save()
    made = release(ME, shop)
    assert (made.new, made.release.publications["de"]["title"], made.release.changed) == (True, "Geschäft", 0)


# --- What belongs to a release ----------------------------------------------------------------------------------------


def test_the_envelope_says_what_is_true_of_the_whole_release() -> None:
    shop = make_shop(
        medium="print",
        market=make_market("de", country="DE"),
        audience=make_audience("pro"),
        currencies=["USD"],
        public=True,
    )
    make_slot("teaser", {"de": "Kurztext"})
    make_association_type("spare")
    make_item("A", "home", "office")
    make_item("B", "home")
    make_item("A-1", "home", parent=Product.objects.get(sku="A"))
    made = release(ME, shop).release
    assert publication_of(made, "de") == Publication(
        channel="shop",
        title="Laden",
        medium="print",
        language="de",
        alternates=("de", "en"),
        release=1,
        released_on=timezone.localdate().isoformat(),
        country="DE",
        currency="EUR",
        audience="pro",
        public=True,
        navigation=(Node("home", "Home", 2), Node("office", "Office", 1)),
        groups={"general": "General"},
        slots={"teaser": "Kurztext"},
        associations={"spare": "spare"},
    )
    assert publication_of(made, "en").slots == {"teaser": "Kurztext"}


def test_navigation_counts_each_product_once_on_every_level() -> None:
    shop = make_shop()
    make_category("desk", Category.objects.get(code="office"))
    make_item("A", "desk", "office")
    made = release(ME, shop).release
    assert publication_of(made, "en").navigation == (Node("office", "Office", 1, (Node("desk", "desk", 1),)),)
    rows = TraceCategory.objects.filter(versions__language="en").order_by("code")
    assert list(rows.values_list("versions__sku", "code")) == [("A", "desk"), ("A", "office"), ("A", "tree")]


def test_a_channel_without_a_tree_has_no_navigation() -> None:
    channel = make_channel("plain", currencies=["CHF", "EUR"])
    make_product("A", categories=[make_category("c")])
    publication = publication_of(release(ME, channel).release, "en")
    assert (publication.navigation, publication.currency, publication.title) == ((), "CHF", "plain")


def test_the_report_names_each_problem_once_with_its_languages() -> None:
    shop = make_shop()
    fragment = make_fragment("f", {"de": "{{ fact:weight }}", "en": "{{ fact:weight }}"}, approved=True)
    place(ACTOR, fragment, make_slot("s"), make_item("A"))
    assert report_of(release(ME, shop).release) == [
        {
            "sku": "A",
            "kind": "reference",
            "message": "Fragment “f”: {{ fact:weight }} has no value here.",
            "languages": ["de", "en"],
            "responsible": "editor",
            "effect": "",
        }
    ]


def test_provenance_is_kept_and_follows_where_the_words_stay() -> None:
    shop = make_shop()
    group = make_item("A", facts={"weight": "1"})
    variant = make_item("A-1", parent=group)
    release(ME, shop)
    row = DocumentVersion.objects.get(sku="A-1", language="de")
    assert row.provenance["facts"]["weight"] == {"from": "A", "level": 1, "scope": "", "beaten": []}
    set_facts(ACTOR, variant, {"weight": {"": "1"}})
    assert release(ME, shop).new is False
    row.refresh_from_db()
    assert row.provenance["facts"]["weight"] == {
        "from": "A-1",
        "level": 0,
        "scope": "",
        "beaten": [{"from": "A", "level": 1, "scope": "", "value": "1"}],
    }
    assert Trace.objects.count() == DocumentVersion.objects.count() == TraceFacts.objects.count()


# --- All or nothing ---------------------------------------------------------------------------------------------------


def make_obstacle(shop: Channel, sku: str, number: int) -> None:
    """A row of an interval that is taken: storing this document in that release is what the database refuses."""
    body = DocumentBody.objects.create(digest="0" * 64, content=b"{}")
    DocumentVersion.objects.create(
        channel=shop,
        product=0,
        listed=True,
        sku=sku,
        language="en",
        body=body,
        trace=Trace.objects.create(content={}),
        valid_from=number,
        valid_until=number + 1,
    )


def rows_of_everything() -> dict[str, Any]:
    return {
        model.__name__: sorted(map(repr, model.objects.values_list()))
        for model in (Release, DocumentBody, DocumentVersion, Trace, TraceCategory)
    }


def test_a_release_that_fails_midway_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "BATCH", 2)
    shop = make_shop()
    for sku in "ABCDE":
        make_item(sku, "home")
    make_obstacle(shop, "E", 1)
    before = rows_of_everything()
    with pytest.raises(IntegrityError):
        release(ME, shop)
    assert rows_of_everything() == before


def test_a_later_release_that_fails_midway_leaves_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "BATCH", 2)
    shop = make_shop()
    items = [make_item(sku, "home") for sku in "ABCDE"]
    first = release(ME, shop).release
    for item in items[1:]:
        set_facts(ACTOR, item, {"weight": {"": "1"}})
    switch("A", "disabled")
    make_obstacle(shop, "E", 2)
    before, documents = rows_of_everything(), bytes_at(first)
    with pytest.raises(IntegrityError):
        release(ME, shop)
    assert rows_of_everything() == before
    assert bytes_at(first) == documents


def test_batches_do_not_show_in_what_is_released(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = make_shop()
    for sku in "ABCDE":
        make_item(sku, "home", "office")
    whole = bytes_at(release(ME, shop).release)
    for model in (TraceCategory, TraceStatement, TraceFacts, DocumentVersion, Trace, Release, DocumentBody):
        model.objects.all().delete()
    monkeypatch.setattr(storing, "BATCH", 3)
    assert bytes_at(release(ME, shop).release) == whole


# --- Time travel ------------------------------------------------------------------------------------------------------


def write_something(random: Random, number: int) -> None:
    """One write of any kind."""
    product = random.choice(list(Product.objects.all()))
    fragment = random.choice(list(Fragment.objects.all()))
    kind = random.randrange(8)
    if kind == 0:
        set_facts(ACTOR, product, {"weight": {"": str(number)}})
    elif kind == 1:
        set_facts(ACTOR, product, {"name": {"de": INHERIT, "en": f"N{number}"}})
    elif kind == 2:
        product.status = random.choice(["enabled", "enabled", "disabled"])
        save_product(ACTOR, product, {})
    elif kind == 3:
        make_item(f"N{number}", "home", parent=product) if product.parent is None else make_item(f"N{number}")
    elif kind == 4:
        write_fragment(ACTOR, fragment, title={}, body={"de": f"Text {number} {{{{ fact:weight }}}}"})
        approve(ACTOR, fragment)
    elif kind == 5:
        retire(ACTOR, fragment)
    elif kind == 6:
        ProductAsset.objects.all().delete()
        attach(ACTOR, product, make_asset(f"asset-n{number}"), "main")
    else:
        product.categories.clear()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_old_release_gives_its_old_bytes(seed: int) -> None:
    shop, random = make_shop(), Random(seed)
    group = make_item("A", "home")
    make_item("A-1", parent=group)
    make_item("B", "office")
    for code, target in (("f", group), ("g", Product.objects.get(sku="B"))):
        place(ACTOR, make_fragment(code, {"de": "x"}, approved=True), make_slot(f"s-{code}"), target)
    associate(ACTOR, group, make_association_type("accessory"), Product.objects.get(sku="B"))
    history: dict[int, Bytes] = {}
    for number in range(12):
        write_something(random, number)
        made = release(ME, shop).release
        history[made.number] = bytes_at(made)
        assert len(history[made.number]) == made.documents
    assert len(history) > 5
    for made in Release.objects.all():
        assert bytes_at(made) == history[made.number]


# --- How much it takes ------------------------------------------------------------------------------------------------


def make_rich_item(sku: str) -> None:
    """A product with everything that could cost a query each."""
    item = make_item(sku, "home", facts={"name": {"de": sku}, "color": "red"})
    make_item(f"{sku}-1", parent=item)
    attach(ACTOR, item, make_asset(f"asset-{sku}"), "main")
    associate(ACTOR, item, make_association_type(f"kind-{sku}"), Product.objects.get(sku=f"{sku}-1"))
    place(ACTOR, make_fragment(f"f-{sku}", approved=True), make_slot(f"s-{sku}"), item)


def test_more_products_take_no_more_queries(count_queries: CountQueries) -> None:
    """On PostgreSQL versions are copied in by COPY, which Django does not count."""
    copied = ", versions copied in" if connection.vendor == "postgresql" else ""
    shop = make_shop()
    for number in range(2):
        make_rich_item(f"R{number}")
    with count_queries(f"release: the first{copied}"):
        release(ME, shop)
    with count_queries("release: nothing changed"):
        release(ME, shop)
    for number in range(2, 22):
        make_rich_item(f"R{number}")
    with count_queries(f"release: some documents new{copied}"):
        release(ME, shop)
    with count_queries("release: nothing changed"):
        release(ME, shop)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("size", [1, 1_000])
def test_two_releases_at_once_are_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """Staged ones, too, in which each takes part."""
    monkeypatch.setattr(staging, "SIZE", size)
    shop = make_shop()
    for sku in "ABC":
        make_item(sku, "home")
    numbers: list[tuple[int, bool]] = []

    def run() -> None:
        outcome = release(ME, shop)
        numbers.append((outcome.release.number, outcome.new))

    def check() -> None:
        assert Release.objects.count() == 1
        assert intervals() == [(sku, language, 1, None) for sku in "ABC" for language in ("de", "en")]

    with shared_database(tmp_path):
        at_once(run, run, run)
        at_once(check)
    assert sorted(numbers) == [(1, False), (1, False), (1, True)]


def test_what_is_valid_is_judged_on_the_day_of_the_release() -> None:
    shop = make_shop()
    today = timezone.localdate()
    ended, coming = (
        make_fragment("ended", valid_until=today - datetime.timedelta(1)),
        make_fragment("coming", valid_from=today),
    )
    item = make_item("A")
    for fragment in (ended, coming):
        approve(ACTOR, fragment)
        place(ACTOR, fragment, make_slot(f"s-{fragment.code}"), item)
    (document,) = documents_at(release(ME, shop).release, "en")
    assert [statement.slot for statement in document.statements] == ["s-coming"]
