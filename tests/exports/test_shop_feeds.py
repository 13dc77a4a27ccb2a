"""Google's table, Meta's and OpenAI's feeds, and that of the Agentic Commerce Protocol."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from lxml import etree

from exports.documents import Document, Fact, Money
from exports.errors import ExportError
from exports.formats.agentic import AgenticCommerce
from exports.formats.base import Format
from exports.formats.google import GoogleMerchant, GoogleTable
from exports.formats.meta import MetaRss, MetaTable
from exports.formats.openai import OpenAiLines, OpenAiTable
from tests.exports import samples
from tests.exports.contract import HOSTILE, HOSTILE_CODE, FormatContract, hostile_document

SCHEMAS = Path(__file__).resolve().parents[3] / "shared" / "schemas"
BLACK = samples.DOCUMENTS[1]
G = "{http://base.google.com/ns/1.0}"
Golden = Callable[[str, bytes], None]


def written(form: Format, documents: Sequence[Document] = samples.DOCUMENTS, **options: Any) -> bytes:
    work, out = samples.work(**options), io.BytesIO()
    form.write((row for row in documents if not any(p.fatal for p in form.check(row, work))), out, work)
    return out.getvalue()


def refused(form: Format, document: Document, **options: Any) -> list[str]:
    return [problem.message for problem in form.check(document, samples.work(**options)) if problem.fatal]


def table(artefact: bytes, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(artefact.decode(), newline=""), delimiter=delimiter))


class PlainText(FormatContract):
    """Formats without markup: the very characters come back."""

    def names(self, artefact: bytes) -> list[str]:
        raise NotImplementedError

    def test_hostile_text_stays_text(self) -> None:
        assert self.names(self.written((samples.LIRA, hostile_document()))) == [HOSTILE]


# --- Google ----------------------------------------------------------------------------------------------------------


class TestGoogleTable(PlainText):
    format = GoogleTable()

    def names(self, artefact: bytes) -> list[str]:
        lines = artefact.decode().splitlines()
        return [line.split("\t")[1] for line in lines[1:]]

    def test_writes_the_golden_output(self, golden: Golden) -> None:
        golden("google/feed.tsv", self.written())

    def test_every_line_has_as_many_columns(self) -> None:
        lines = self.written((samples.LIRA, BLACK, hostile_document())).decode().split("\n")
        assert lines.pop() == ""
        assert len({line.count("\t") for line in lines}) == 1

    def test_parts_are_parted_by_colons_and_quoted_where_they_have_some(self) -> None:
        document = replace(BLACK, facts={"x": Fact("Ratio", "general", "text", "v", '16:9, "wide"', 1)})
        (row,) = table(written(GoogleTable(), (samples.LIRA, document)), "\t")
        assert row["variant_option(name:value)"] == "color:schwarz"
        raw = written(GoogleTable(), (samples.LIRA, document)).decode().splitlines()[1].split("\t")
        assert raw[-2] == 'Allgemein:Ratio:"16:9, ""wide"""'


def google(document: Document, **options: Any) -> Any:
    root = etree.fromstring(written(GoogleMerchant(), (samples.LIRA, document), **options))
    return root.find("channel/item")


class TestGoogleFields:
    def test_a_field_may_come_from_elsewhere(self) -> None:
        item = google(BLACK, fields={"title": '"{brand} {name}"', "custom_label_0": "fact:weight | amount kg"})
        assert item.findtext(f"{G}title") == "Bordanza Lira, schwarz"
        assert item.findtext(f"{G}custom_label_0") == "5.2"

    def test_what_a_machine_wrote_is_called_so(self) -> None:
        item = google(BLACK, machine="title")
        assert item.find(f"{G}title") is None
        structured = item.find(f"{G}structured_title")
        assert structured.findtext(f"{G}digital_source_type") == "trained_algorithmic_media"
        assert structured.findtext(f"{G}content") == "Lira, schwarz"
        assert item.find(f"{G}description") is not None

    def test_certification_and_shipping_have_parts(self) -> None:
        item = google(BLACK, fields={"certification": '"EC:EPREL:123456"', "shipping": '"DE::Standard:4.90 EUR"'})
        assert [part.text for part in item.find(f"{G}certification")] == ["EC", "EPREL", "123456"]
        shipping = item.find(f"{G}shipping")
        assert [(part.tag.removeprefix(G), part.text) for part in shipping] == [
            ("country", "DE"),
            ("service", "Standard"),
            ("price", "4.90 EUR"),
        ]

    def test_googles_category_is_inherited_down_the_tree(self) -> None:
        assert google(BLACK, categories={"machines": "730"}).findtext(f"{G}google_product_category") == "730"
        both = {"machines": "730", "home": "1388"}
        assert google(BLACK, categories=both).findtext(f"{G}google_product_category") == "1388"
        assert google(BLACK, categories={"elsewhere": "1"}).find(f"{G}google_product_category") is None

    def test_a_wrong_unit_is_told_with_what_to_mend(self) -> None:
        (problem,) = GoogleMerchant().check(BLACK, samples.work(fields={"product_length": "fact:weight"}))
        assert problem.message == "product_length “5,2 kg” has to be a number of cm or in: left out."
        assert problem.about == "fact:weight"

    def test_a_wrong_expression_makes_no_feed(self) -> None:
        with pytest.raises(ExportError, match="There is no source “nam”"):
            written(GoogleMerchant(), fields={"title": "nam"})


# --- Meta ------------------------------------------------------------------------------------------------------------


class TestMeta(PlainText):
    format = MetaTable()

    def names(self, artefact: bytes) -> list[str]:
        return [row["title"] for row in table(artefact)]

    def test_writes_the_golden_output(self, golden: Golden) -> None:
        golden("meta/catalog.csv", self.written())

    def test_availability_has_blanks(self) -> None:
        said = {"in_stock": "in stock", "out_of_stock": "out of stock", "backorder": "available for order"}
        for ours, theirs in said.items():
            (row,) = table(written(MetaTable(), (BLACK,), availability=ours))
            assert row["availability"] == theirs

    def test_an_item_needs_a_brand_or_a_number(self) -> None:
        bare = replace(BLACK, identifiers={}, facts={})
        assert refused(MetaTable(), bare) == ["One of brand, gtin and mpn has to be there."]
        assert refused(MetaTable(), bare, brand="Bordanza") == []
        assert refused(MetaTable(), replace(bare, identifiers={"mpn": "1"})) == []


class TestMetaRss(FormatContract):
    format = MetaRss()

    def test_writes_the_golden_output(self, golden: Golden) -> None:
        golden("meta/catalog.xml", self.written())


# --- OpenAI ----------------------------------------------------------------------------------------------------------


class TestOpenAi(PlainText):
    format = OpenAiLines()

    def names(self, artefact: bytes) -> list[str]:
        return [json.loads(line)["title"] for line in artefact.splitlines()]

    def test_writes_the_golden_output(self, golden: Golden) -> None:
        golden("openai/products.jsonl", self.written())

    def test_variants_say_so_with_their_options(self) -> None:
        rows = [json.loads(line) for line in self.written().splitlines()]
        assert {row["group_id"] for row in rows} == {"BZ-LIRA"}
        assert all(row["listing_has_variations"] is True for row in rows)
        assert [row["variant_dict"] for row in rows] == [{"Farbe": "schwarz"}, {"Farbe": "rot"}]
        assert all(row["group_id"] != row["item_id"] for row in rows)

    def test_what_only_fills_a_gap_is_not_there(self) -> None:
        document = replace(BLACK, identifiers={**BLACK.identifiers, "mpn": "N/A"})
        (row,) = [json.loads(line) for line in written(OpenAiLines(), (document,)).splitlines()]
        assert "mpn" not in row
        assert refused(OpenAiLines(), replace(BLACK, name="null")) == ["title is empty: it is taken from name."]

    def test_a_brand_has_to_be_there(self) -> None:
        bare = replace(BLACK, identifiers={}, facts={})
        assert refused(OpenAiLines(), bare) == ["brand is empty: say one in the product or in the output's options."]
        assert refused(OpenAiLines(), bare, brand="B") == []


class TestOpenAiTable(PlainText):
    format = OpenAiTable()

    def names(self, artefact: bytes) -> list[str]:
        return [row["title"] for row in table(artefact)]

    def test_yes_and_no_are_small(self) -> None:
        row = table(self.written())[0]
        assert (row["is_eligible_search"], row["is_eligible_checkout"]) == ("true", "false")
        assert json.loads(row["variant_dict"]) == {"Farbe": "schwarz"}


# --- Agentic Commerce Protocol ---------------------------------------------------------------------------------------


class TestAgenticCommerce(FormatContract):
    format = AgenticCommerce()

    def test_writes_the_golden_output(self, golden: Golden) -> None:
        golden("acp/products.json", self.written())

    def test_hostile_text_stays_text(self) -> None:
        products = json.loads(self.written((samples.LIRA, hostile_document())))["products"]
        assert products[0]["variants"][0]["id"] == HOSTILE_CODE
        assert products[0]["variants"][0]["title"] == HOSTILE

    def test_variants_stand_in_their_product_wherever_they_come(self) -> None:
        single = replace(BLACK, sku="SINGLE", type="product", parent=None, axes={})
        documents = (*samples.DOCUMENTS[:3], single)
        expected = json.loads(written(AgenticCommerce(), documents))
        assert [(row["id"], [each["id"] for each in row["variants"]]) for row in expected["products"]] == [
            ("BZ-LIRA", ["BZ-LIRA-BK", "BZ-LIRA-RD"]),
            ("SINGLE", ["SINGLE"]),
        ]
        assert expected["products"][0]["title"] == "Lira"
        assert expected["products"][1]["title"] == "Lira, schwarz"
        for seed in range(10):
            shuffled = random.Random(seed).sample(documents, len(documents))
            assert json.loads(written(AgenticCommerce(), shuffled)) == expected

    @pytest.mark.parametrize(("amount", "minor"), [("449.00", 44_900), ("449.5", 44_950), ("449", 44_900)])
    def test_amounts_are_in_cents(self, amount: str, minor: int) -> None:
        products = json.loads(written(AgenticCommerce(), (replace(BLACK, prices=(Money(amount, "EUR"),)),)))["products"]
        assert products[0]["variants"][0]["price"] == {"amount": minor, "currency": "EUR"}

    def test_a_price_with_more_places_than_its_currency_is_refused(self) -> None:
        (message,) = refused(AgenticCommerce(), replace(BLACK, prices=(Money("4.495", "EUR"),)))
        assert "more decimal places than its currency" in message

    @pytest.mark.real_data
    @pytest.mark.skipif(not SCHEMAS.is_dir(), reason="../shared/schemas is absent; it is no part of the project")
    def test_it_is_as_the_protocols_schema_wants_it(self) -> None:
        (path,) = SCHEMAS.glob("acp/spec_2026-04-17*")
        schema = json.loads(path.read_text())
        wanted = {"$ref": "#/$defs/UpsertProductsRequest", "$defs": schema["$defs"]}
        single = replace(BLACK, sku="SINGLE", type="product", parent=None)
        for documents in ((*samples.DOCUMENTS, single), (samples.LIRA, hostile_document()), ()):
            Draft202012Validator(wanted).validate(json.loads(self.written(documents)))
