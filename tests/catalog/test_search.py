"""Search: one corpus, the same hits on both engines."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.indexing.search import BEGINNING, BODY, EXACT, NAME, NEAR, matching, search
from catalog.indexing.words import distance, joined, words_of
from catalog.models import Fragment, Product, SearchText
from catalog.models.base import set_texts
from catalog.operations.fragments import place
from catalog.operations.products import set_facts
from catalog.operations.recording import remove, store
from catalog.operations.reviewing import retire
from tests.factories import (
    ACTOR,
    make_attribute,
    make_category,
    make_family,
    make_fragment,
    make_product,
    make_slot,
)
from tests.sharing import Made, once

pytestmark = pytest.mark.django_db


def make_corpus(filterable: bool) -> None:
    """Espresso machines: names in two languages, a colour with labels, identifiers, and texts.

    The same is found whether the colour's labels stand in each product's text or the index knows who has it.
    """
    name = make_attribute("text", "name", localizable=True)
    color = make_attribute("select", "color", options=["black", "cream"], filterable=filterable)
    make_attribute("gtin", "gtin", role="gtin")
    note = make_attribute("longtext", "note")
    power = make_attribute("number", "power", filterable=True)
    family = make_family("machines", [name, color, note, power], label_attribute=name)
    option = color.options.get(code="black")
    set_texts(option, "label", {"en": "Midnight", "de": "Mitternacht"})
    store(ACTOR, option)
    machines = make_category("machines")
    make_product(
        "TS-200-BK",
        family,
        {"name": {"en": "Solenne espresso machine", "de": "Solenne Siebträger"}, "color": "black", "power": "1400"},
        [machines],
    )
    make_product(
        "TS-300",
        family,
        {"name": {"en": "Lira grinder"}, "gtin": "4006381333931", "note": "Goes well with Solenne."},
    )
    make_product("ZZ-1", family, {"name": {"en": "Crème brûlée torch ☕"}, "note": "Größe ﬁne, Straße"})
    warning = make_fragment("hot", {"en": "<p>Steam is <b>hot</b>: {{ fact:power }}</p>"}, approved=True)
    place(ACTOR, warning, make_slot("warning"), machines)


made_corpus = once(make_corpus, params=[False, True], ids=["", "filterable"])


@pytest.fixture
def corpus(made_corpus: Made[None], db: None) -> None:
    made_corpus.again()


def found(text: str, language: str = "en") -> list[tuple[str, int]]:
    skus = dict(Product.objects.values_list("pk", "sku"))
    hits = search(text, language)
    everything = {skus[product.pk] for product in matching(text, language)}
    assert everything == {skus[hit.product_id] for hit in hits}, "the list and the hits agree"
    return [(skus[hit.product_id], hit.rank) for hit in hits]


HOSTILE = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800",
    '"',
    "'",
    "'' OR 1=1 --",
    '"* NEAR( name:',
    "NEAR(a b, 3)",
    "name : x",
    "* * *",
    "-- ; DROP TABLE",
    "\\",
    "a:*",
    "!a & b | (c",
    "<->",
    "%s %(x)s",
    "☕🔥",
    "\u202eabc",
    "...---...",
    "№",
    "x" * 1_000_000,
    "x " * 500_000,
    "é" * 400,
    "a AND b OR NOT c",
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:20]))
def test_whatever_is_typed_nothing_breaks(corpus: None, text: str) -> None:
    assert found(text) == []


def test_a_language_that_is_none_finds_what_reads_the_same_in_all(corpus: None) -> None:
    assert found("ts-300", "'; --\x00"[:4]) == [("TS-300", EXACT)]


def test_no_more_hits_are_given_than_asked_for(corpus: None) -> None:
    assert [hit.rank for hit in search("ts", "en", 1)] == [BEGINNING]
    assert search("ts", "en", 0) == []


def test_a_sku_is_found_however_its_separators_are_typed(corpus: None) -> None:
    for text in ("TS-200-BK", "ts 200 bk", "ts200bk", "TS_200.BK"):
        assert found(text) == [("TS-200-BK", EXACT)]


def test_the_beginning_of_a_sku_comes_before_a_word_of_a_name(corpus: None) -> None:
    make_product("LIRA-9", facts={"name": {"en": "Spare part"}})
    assert found("lira") == [("LIRA-9", BEGINNING), ("TS-300", NAME)]


def test_an_identifier_is_found(corpus: None) -> None:
    assert found("4006381333931") == [("TS-300", EXACT)]
    assert found("400638") == [("TS-300", BEGINNING)]


def test_a_name_ranks_above_a_text(corpus: None) -> None:
    assert found("solenne") == [("TS-200-BK", NAME), ("TS-300", BODY)]


def test_every_word_has_to_be_there_the_last_as_a_beginning(corpus: None) -> None:
    assert found("solenne mach") == [("TS-200-BK", NAME)]
    assert found("mach solenne") == []
    assert found("solenne nothing") == []


def test_words_may_stand_in_different_texts_of_a_product(corpus: None) -> None:
    assert found("TS midnight hot") == [("TS-200-BK", BODY)]


def test_accents_case_and_ligatures_do_not_matter(corpus: None) -> None:
    for text in ("creme brulee", "CRÈME BRÛLÉE", "grosse", "fine", "STRASSE"):
        assert [sku for sku, _ in found(text)] == ["ZZ-1"]


def test_a_language_finds_its_own_words_and_those_that_stand_in(corpus: None) -> None:
    assert found("Siebträger", "de") == [("TS-200-BK", NAME)]
    assert found("espresso", "de") == [("TS-200-BK", NAME)]
    assert found("Siebträger", "en") == []
    assert found("mitternacht", "de") == [("TS-200-BK", BODY)]
    assert found("mitternacht", "fr") == []


def test_numbers_are_left_to_filters(corpus: None) -> None:
    assert found("1400") == []


def test_a_slip_is_forgiven_where_nothing_is_found(corpus: None) -> None:
    for text in ("solene", "solenen", "espreso machine", "Slenne", "oslenne"):
        assert found(text)[0] == ("TS-200-BK", NEAR), text
    assert found("toorch") == [("ZZ-1", NEAR)]


def test_short_words_and_numbers_are_taken_as_they_are(corpus: None) -> None:
    assert [found(text) for text in ("lura", "ir", "4006381333932")] == [[], [], []]


def test_fragments_are_found_without_their_markup_as_long_as_they_are_out(corpus: None) -> None:
    assert found("steam") == [("TS-200-BK", BODY)]
    assert found("fact") == []
    make_fragment("cold", "Steam is cold.")
    assert found("cold") == []
    retire(ACTOR, Fragment.objects.get(code="hot"))
    assert found("steam") == []


def test_what_changes_is_found_anew_and_what_is_gone_no_longer(corpus: None) -> None:
    product = Product.objects.get(sku="TS-300")
    set_facts(ACTOR, product, {"name": {"en": "Grinder of renown"}})
    assert found("renown") == [("TS-300", NAME)]
    assert found("lira") == []
    remove(ACTOR, product)
    assert found("renown") == []


def test_a_search_costs_as_many_queries_for_many_products(corpus: None) -> None:
    counts = []
    search("solenne", "en", 100)  # reads the words of options, which the next finds in memory
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            search("solenne", "en", 100)
        counts.append(len(queries))
        for _ in range(20):
            make_product(facts={"note": "Goes with Solenne"})
    assert counts == [5, 5]


def test_a_text_of_a_megabyte_is_cut_and_can_be_stored(corpus: None) -> None:
    words = " ".join(f"word{number}" for number in range(60_000))
    SearchText.objects.create(product=Product.objects.get(sku="ZZ-1"), language="it", name="", body=joined([words]))
    assert found("word7", "it") == [("ZZ-1", BODY)]


def test_words_are_letters_and_digits_of_any_script() -> None:
    assert words_of("A-1_b: Ünïcode № ١٢ 日本語 ☕ x²") == ["a", "1", "b", "unicode", "no", "١٢", "日本語", "x2"]
    assert words_of("y" * 1_000) == ["y" * 60]
    assert joined(["b a", "a c"], ["T-1"]) == "№t1 t1 t 1 b a c"


def test_slips_are_counted_as_people_make_them() -> None:
    assert [distance("grinder", other, 2) for other in ("grinder", "gridner", "grnder", "grindders", "lira")] == [
        0,
        1,
        1,
        2,
        3,
    ]


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL keeps its search texts without triggers")
def test_after_all_migrations_the_triggers_are_there() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'catalog_searchtext'")
        names = {name for (name,) in cursor.fetchall()}
    assert names == {f"catalog_searchtext_{name}" for name in ("added", "removed", "changed")}
