from __future__ import annotations

import io
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from exports.documents import CategoryLink, Document, Fact, Money, Node, Statement
from exports.errors import ExportError
from exports.formats.base import Problem
from exports.formats.google import GoogleMerchant
from tests.exports import samples
from tests.exports.contract import HOSTILE_CODE, FormatContract, hostile_document

G = "{http://base.google.com/ns/1.0}"
REQUIRED = ("id", "title", "description", "link", "image_link", "availability", "price")
BLACK = samples.DOCUMENTS[1]


def feed(documents: tuple[Document, ...], **options: Any) -> list[dict[str, list[str]]]:
    """The items of a feed, each as its attributes' texts by name; parts of an attribute are joined by a bar."""
    out = io.BytesIO()
    GoogleMerchant().write(iter(documents), out, samples.work(**options))
    items = etree.fromstring(out.getvalue()).findall("channel/item")
    return [attributes(item) for item in items]


def attributes(item: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for child in item:
        assert child.tag.startswith(G)
        text = "|".join(part.text or "" for part in child) if len(child) else child.text or ""
        found.setdefault(child.tag.removeprefix(G), []).append(text)
    return found


def item_of(document: Document, **options: Any) -> dict[str, list[str]]:
    (item,) = feed((samples.LIRA, document), **options)
    return item


def check(document: Document, **options: Any) -> list[Problem]:
    return GoogleMerchant().check(document, samples.work(**options))


def fatal(document: Document, **options: Any) -> str:
    """The one reason for which the document is left out."""
    (problem,) = [problem for problem in check(document, **options) if problem.fatal]
    assert problem.sku == document.sku
    return problem.message


def remark(document: Document, **options: Any) -> str:
    """The one thing said of a document that is written all the same."""
    (problem,) = check(document, **options)
    assert not problem.fatal
    return problem.message


def saying(slot: str, *texts: str) -> Document:
    return replace(BLACK, statements=tuple(Statement(slot, "de", "", text) for text in texts))


def with_fact(code: str, value: Any, text: str, kind: str = "select") -> Document:
    return replace(BLACK, facts={code: Fact(code, "general", kind, value, text, 1)}, axes={})


def with_picture(**changes: Any) -> Document:
    return replace(BLACK, assets=(replace(samples.picture(), **changes),))


class TestGoogleMerchant(FormatContract):
    format = GoogleMerchant()

    def test_writes_the_golden_output(self, golden: Callable[[str, bytes], None]) -> None:
        golden("google/feed.xml", self.written())

    def test_every_item_has_what_is_required(self) -> None:
        items = feed((samples.LIRA, *samples.DOCUMENTS[1:3], hostile_document()))
        assert len(items) == 3
        for item in items:
            for name in REQUIRED:
                assert [text for text in item[name] if text], f"{name} is missing"
                assert len(item[name]) == 1

    def test_hostile_words_come_out_as_they_went_in(self) -> None:
        item = item_of(hostile_document())
        assert item["id"] == [HOSTILE_CODE]
        assert item["title"] == [hostile_document().name]
        assert item["brand"] == [HOSTILE_CODE]
        assert hostile_document().name in item["product_detail"][0]

    def test_the_channel_names_the_shop(self) -> None:
        channel = etree.fromstring(self.written()).find("channel")
        assert channel.findtext("title") == "Bordanza Shop"
        assert channel.findtext("link") == "https://shop.example/"
        assert "7" in channel.findtext("description")


class TestRequiredAttributes:
    def test_a_good_document_has_no_problem(self) -> None:
        assert check(BLACK) == []

    def test_a_group_is_left_out_without_a_word(self) -> None:
        assert check(replace(samples.LIRA, statements=(), assets=(), prices=())) == []
        assert feed((samples.LIRA,)) == []

    def test_the_id_is_the_sku(self) -> None:
        assert item_of(BLACK)["id"] == ["BZ-LIRA-BK"]

    @pytest.mark.parametrize(("sku", "reason"), [("", "id is empty"), ("x" * 51, "id has 51 characters, at most 50")])
    def test_an_id_is_neither_empty_nor_long(self, sku: str, reason: str) -> None:
        assert reason in fatal(replace(BLACK, sku=sku))

    def test_fifty_characters_make_an_id(self) -> None:
        assert check(replace(BLACK, sku="x" * 50)) == []

    def test_a_product_without_a_name_has_no_title(self) -> None:
        assert "title is empty: it is taken from name" in fatal(replace(BLACK, name=" "))

    def test_a_long_title_is_cut_at_a_word(self) -> None:
        document = replace(BLACK, name="Espressomaschine " * 10)
        assert "title has 169 characters, cut to 150" in remark(document)
        (title,) = item_of(document)["title"]
        assert len(title) <= 150
        assert title.endswith("Espressomaschine…")

    def test_what_just_fits_is_left_alone(self) -> None:
        assert check(replace(BLACK, name="x" * 150)) == []
        assert check(saying("description", "x" * 5_000)) == []
        rest = len("/p/shop-de/de/BZ-LIRA-BK/")
        work = replace(samples.work(), base_url="https://".ljust(2_000 - rest, "x"))
        assert GoogleMerchant().check(with_picture(url="https://cdn.example/1.jpg"), work) == []

    @pytest.mark.parametrize("slot", ["description", "teaser", "headline"])
    def test_the_description_may_come_from(self, slot: str) -> None:
        assert item_of(saying(slot, "Klein & gut."))["description"] == ["Klein & gut."]

    def test_the_description_comes_before_teaser_and_headline(self) -> None:
        (description,) = item_of(BLACK)["description"]
        assert description.startswith("Die Lira ist in drei Minuten bereit.\n– 9 bar")

    def test_other_slots_make_no_description(self) -> None:
        assert "description is empty: it is taken from slot:description or" in fatal(
            saying("warning", "Nicht in Wasser tauchen.")
        )

    def test_a_long_description_is_cut(self) -> None:
        document = saying("description", "Kaffee " * 1_000)
        assert "cut to 5,000" in remark(document)
        assert len(item_of(document)["description"][0]) <= 5_000

    def test_the_link_leads_to_the_product_page_and_is_encoded(self) -> None:
        assert item_of(BLACK)["link"] == ["https://shop.example/p/shop-de/de/BZ-LIRA-BK/"]
        assert item_of(replace(BLACK, sku="Ä/1 2"))["link"] == ["https://shop.example/p/shop-de/de/%C3%84%2F1%202/"]

    def test_a_site_without_a_proper_address_has_no_links(self) -> None:
        work = replace(samples.work(), base_url="ftp://shop.example")
        assert any(p.fatal and "https://" in p.message for p in GoogleMerchant().check(BLACK, work))

    def test_a_link_is_not_endless(self) -> None:
        work = replace(samples.work(), base_url="https://shop.example/" + "x" * 2_000)
        (problem,) = GoogleMerchant().check(with_picture(url="https://cdn.example/1.jpg"), work)
        assert problem.fatal
        assert "at most 2,000" in problem.message

    def test_the_picture_has_an_absolute_address(self) -> None:
        assert item_of(BLACK)["image_link"] == [f"https://shop.example/assets/{samples.DIGEST}/large.jpg"]
        assert item_of(with_picture(url="https://cdn.example/1.jpg"))["image_link"] == ["https://cdn.example/1.jpg"]

    def test_without_a_picture_there_is_no_item(self) -> None:
        assert "image_link is empty" in fatal(replace(BLACK, assets=()))
        assert "image_link is empty" in fatal(with_picture(kind="document"))
        assert "image_link is empty" in fatal(with_picture(url="large.jpg"))

    def test_a_small_picture_is_remarked(self) -> None:
        assert "499 × 1600" in remark(with_picture(width=499))
        assert check(with_picture(width=500, height=500)) == []
        assert check(with_picture(width=None, height=None)) == []

    def test_further_pictures_are_at_most_ten_and_each_once(self) -> None:
        others = [replace(samples.picture("gallery"), url=f"/assets/{number}.jpg") for number in range(12)]
        document = replace(BLACK, assets=(samples.picture(), *others, others[0]))
        links = item_of(document)["additional_image_link"]
        assert links == [f"https://shop.example/assets/{number}.jpg" for number in range(10)]

    def test_a_product_is_in_stock_unless_the_output_says_otherwise(self) -> None:
        assert item_of(BLACK)["availability"] == ["in_stock"]
        assert item_of(BLACK, availability="out_of_stock")["availability"] == ["out_of_stock"]

    def test_a_pre_order_says_when(self) -> None:
        date = "2027-02-01T09:00+01:00"
        assert item_of(BLACK, availability="preorder", availability_date=date)["availability_date"] == [date]
        assert "availability_date" not in item_of(BLACK, availability_date=date)

    @pytest.mark.parametrize(
        "options",
        [
            {"availability": "in stock"},
            {"availability": ["in_stock"]},
            {"availability": "preorder"},
            {"availability": "preorder", "availability_date": "soon"},
            {"availability": "backorder", "availability_date": "2027-02-01"},
            {"availability": "preorder", "availability_date": 2027},
        ],
    )
    def test_a_wrong_availability_refuses_the_feed(self, options: dict[str, Any]) -> None:
        with pytest.raises(ExportError, match="availability"):
            feed((BLACK,), **options)

    def test_the_price_is_in_the_currency_of_the_market(self) -> None:
        document = replace(BLACK, prices=(Money("499.00", "USD"), Money("449.00", "EUR")))
        assert item_of(document)["price"] == ["449.00 EUR"]
        assert "price is empty" in fatal(replace(BLACK, prices=(Money("499.00", "USD"),)))

    @pytest.mark.parametrize("amount", ["0.00", "0", "-5.00", "1e3", "12,50", "", "NaN"])
    def test_a_price_is_a_number_above_zero(self, amount: str) -> None:
        assert "above zero" in fatal(replace(BLACK, prices=(Money(amount, "EUR"),)))

    def test_every_item_is_new(self) -> None:
        assert item_of(BLACK)["condition"] == ["new"]


class TestIdentifiers:
    def test_all_three_are_written(self) -> None:
        item = item_of(BLACK)
        assert (item["brand"], item["gtin"], item["mpn"]) == (["Bordanza"], ["9521234567899"], ["BZ-LIRA-BK"])
        assert "identifier_exists" not in item

    @pytest.mark.parametrize(
        "gtin", ["9521234567899", "952-1234567899", "73513537", "614141000036", "10614141000415", "9780471117094"]
    )
    def test_a_good_gtin_is_written_in_digits(self, gtin: str) -> None:
        document = replace(BLACK, identifiers={"gtin": gtin})
        assert check(document) == []
        assert item_of(document)["gtin"] == [gtin.replace("-", "")]

    @pytest.mark.parametrize(
        ("gtin", "reason"),
        [
            ("9521234567890", "wrong check digit"),
            ("95212345", "wrong check digit"),
            ("952123456789", "wrong check digit"),
            ("12345", "8, 12, 13 or 14 digits"),
            ("95212345678⑨9", "8, 12, 13 or 14 digits"),
            ("abcdefghijklm", "8, 12, 13 or 14 digits"),
            ("2012345678903", "within a company"),
            ("0212345678909", "within a company"),
            ("212345678909", "within a company"),
            ("0412345678903", "within a company"),
            ("02012346", "within a company"),
            ("9812345678902", "coupon"),
            ("9912345678909", "coupon"),
            ("98123452", "coupon"),
            ("512345678900", "coupon"),
        ],
    )
    def test_a_bad_gtin_is_left_out_with_a_remark(self, gtin: str, reason: str) -> None:
        document = replace(BLACK, identifiers={"gtin": gtin, "mpn": "M", "brand": "B"})
        assert reason in remark(document)
        assert "gtin" not in item_of(document)

    def test_the_brand_may_be_a_fact_or_an_option(self) -> None:
        unbranded = replace(BLACK, identifiers={}, facts={})
        assert item_of(replace(unbranded, facts=BLACK.facts))["brand"] == ["Bordanza"]
        assert item_of(unbranded, brand="Hausmarke")["brand"] == ["Hausmarke"]
        assert "brand" not in item_of(unbranded)

    def test_a_placeholder_is_no_brand(self) -> None:
        document = replace(BLACK, identifiers={"brand": "N/A", "gtin": "9521234567899"})
        assert "no brand" in remark(document)
        assert "brand" not in item_of(document)

    @pytest.mark.parametrize("name", ["brand", "mpn"])
    def test_a_long_identifier_is_left_out(self, name: str) -> None:
        document = replace(BLACK, identifiers={**BLACK.identifiers, name: "x" * 71})
        assert "71 characters" in remark(document)
        assert name not in item_of(document)
        assert check(replace(BLACK, identifiers={**BLACK.identifiers, name: "x" * 70})) == []

    @pytest.mark.parametrize(
        ("identifiers", "exists"),
        [
            ({}, False),
            ({"mpn": "M"}, False),
            ({"brand": "B"}, False),
            ({"gtin": "1"}, False),
            ({"mpn": "M", "brand": "B"}, True),
            ({"gtin": "9521234567899"}, True),
        ],
    )
    def test_a_product_without_numbers_says_so(self, identifiers: dict[str, str], exists: bool) -> None:
        item = item_of(replace(BLACK, identifiers=identifiers, facts={}))
        assert item.get("identifier_exists") == (None if exists else ["no"])


class TestVariants:
    """item_group_id is the topmost group, wherever in the release it comes."""

    TREE = (
        replace(samples.LIRA, sku="A", variants=("B",)),
        replace(samples.LIRA, sku="B", parent="A", variants=("C", "D")),
        replace(BLACK, sku="C", parent="B"),
        replace(BLACK, sku="D", parent="B"),
        replace(BLACK, sku="E", type="product", parent=None),
    )

    @staticmethod
    def groups(documents: tuple[Document, ...]) -> dict[str, list[str] | None]:
        return {item["id"][0]: item.get("item_group_id") for item in feed(documents)}

    def test_variants_of_a_sub_group_belong_to_the_root(self) -> None:
        assert self.groups(self.TREE) == {"C": ["A"], "D": ["A"], "E": None}

    def test_the_order_of_the_documents_is_of_no_matter(self) -> None:
        for seed in range(30):
            shuffled = random.Random(seed).sample(self.TREE, len(self.TREE))
            assert self.groups(tuple(shuffled)) == {"C": ["A"], "D": ["A"], "E": None}

    def test_a_variant_whose_group_is_not_in_the_release_keeps_to_the_parent_it_names(self) -> None:
        assert self.groups((BLACK,)) == {"BZ-LIRA-BK": ["BZ-LIRA"]}
        assert self.groups(self.TREE[1:3]) == {"C": ["A"]}

    def test_groups_in_a_circle_end_somewhere(self) -> None:
        circle = (replace(self.TREE[0], parent="B"), *self.TREE[1:3])
        assert set(self.groups(circle)) == {"C"}

    def test_a_long_group_id_is_left_out_with_a_remark(self) -> None:
        work, out = samples.work(), io.BytesIO()
        GoogleMerchant().write((replace(BLACK, parent="x" * 51),), out, work)
        assert b"item_group_id" not in out.getvalue()
        (problem,) = work.problems
        assert not problem.fatal
        assert "51 characters" in problem.message

    def test_what_tells_variants_apart_comes_from_facts(self) -> None:
        assert item_of(with_fact("color", "black", "Schwarz"))["color"] == ["Schwarz"]
        assert item_of(with_fact("size", "m", "M"))["size"] == ["M"]
        several = with_fact("material", ["steel", "wood", "glass", "cork"], "Stahl, Holz, Glas, Kork", "multiselect")
        assert item_of(several)["material"] == ["Stahl/Holz/Glas"]

    def test_or_from_the_axes(self) -> None:
        assert item_of(replace(BLACK, facts={}, axes={"size": "58 mm"}))["size"] == ["58 mm"]

    @pytest.mark.parametrize("color", ["RAL 9005", "#000000", "x" * 41])
    def test_a_color_is_a_word(self, color: str) -> None:
        document = with_fact("color", "c", color)
        assert "color" in remark(document)
        assert "color" not in item_of(document)

    @pytest.mark.parametrize(("name", "limit"), [("size", 100), ("material", 200)])
    def test_long_values_are_left_out(self, name: str, limit: int) -> None:
        assert item_of(with_fact(name, "v", "x" * limit))[name] == ["x" * limit]
        assert f"at most {limit}" in remark(with_fact(name, "v", "x" * (limit + 1)))


class TestDetails:
    def test_the_category_is_told_by_its_labels_from_the_top(self) -> None:
        assert item_of(BLACK)["product_type"] == ["Maschinen > Für zu Hause"]

    def test_a_deep_category_is_cut(self) -> None:
        deep = replace(samples.PUBLICATION, navigation=(Node("home", "x" * 800, 1),))
        out = io.BytesIO()
        GoogleMerchant().write((BLACK,), out, replace(samples.work(), publication=deep))
        category = etree.fromstring(out.getvalue()).findtext(f".//{G}product_type")
        assert len(category) == 750

    def test_a_category_outside_the_navigation_is_not_told(self) -> None:
        document = replace(BLACK, categories=(CategoryLink("secret", "Geheim", ("secret",)),))
        assert "product_type" not in item_of(document)

    def test_facts_are_told_by_group_label_and_text(self) -> None:
        assert item_of(BLACK)["product_detail"] == ["Maße|Gewicht|5,2 kg", "Brühen|Tassenwärmer|Nein"]

    def test_a_group_without_a_label_has_no_section(self) -> None:
        document = replace(BLACK, facts={"x": Fact("Etwas", "nowhere", "text", "v", "Wert", 1)})
        assert item_of(document)["product_detail"] == ["Etwas|Wert"]

    def test_details_have_limits(self) -> None:
        facts = {f"f{n}": Fact("L" * 200, "general", "text", "v", f"{n} " + "W" * 2_000, n) for n in range(150)}
        details = item_of(replace(BLACK, facts=facts))["product_detail"]
        assert len(details) == 100
        for detail in details:
            section, name, value = detail.split("|")
            assert (len(section) <= 140, len(name), len(value) <= 1_000) == (True, 140, True)

    @staticmethod
    def highlights(*texts: str) -> list[str] | None:
        features = tuple(Statement("feature", "de", "", text) for text in texts)
        return item_of(
            replace(saying("teaser", "Gut."), statements=(*saying("teaser", "Gut.").statements, *features))
        ).get("product_highlight")

    def test_highlights_are_the_features_that_are_short_enough(self) -> None:
        assert self.highlights("Eins\nund zwei.", "x" * 151, "y" * 150) == ["Eins und zwei.", "y" * 150]

    def test_one_highlight_is_none(self) -> None:
        assert self.highlights("Eins.") is None
        assert self.highlights("Eins.", "x" * 151) is None

    def test_there_are_at_most_a_hundred_highlights(self) -> None:
        assert len(self.highlights(*[f"Merkmal {number}" for number in range(120)]) or ()) == 100
