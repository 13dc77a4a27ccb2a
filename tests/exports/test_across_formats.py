"""Whoever asks, and in whatever format: price, availability, GTIN, name and facts of one release are the same."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from lxml import etree

from catalog.actors import Actor
from catalog.demo import render
from catalog.importing.apply import apply
from catalog.importing.sources.tessera import Tessera
from catalog.models import Channel
from exports.documents import Document, from_bytes
from exports.editions import Checked, release_of, work_of
from exports.formats.registry import format_called
from exports.identifiers import gtin_fault
from exports.models import Output
from exports.querysets import documents_at
from exports.releasing.committing import release
from tests.sharing import once

CONTENT = Path(render.__file__).parent / "content"
ACTOR = Actor("test", "import")
G = "{http://base.google.com/ns/1.0}"
B = "{http://www.bmecat.org/bmecat/2005.2}"
BRAND = {"brand": "Bordanza"}

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Told:
    """What a format says of a product. `facts` are label and text, where it has facts."""

    name: str
    price: str
    gtin: str
    availability: str = "in_stock"
    facts: frozenset[tuple[str, str]] = field(default=frozenset())


Everything = Mapping[str, Told]


def build() -> str:
    """The demo, with one picture in place of all, released for a market place."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "one.jpg"
        render.draw_file(("tamper", "steel", "front"), path)
        apply(Tessera(lambda pictures: dict.fromkeys(pictures, path)).read(CONTENT), ACTOR)
    release(ACTOR, Channel.objects.get(code="google-it"))
    return "google-it"


made = once(build)


@pytest.fixture
def channel(db: None, made: Any) -> Channel:
    found: Channel = Channel.objects.get(code=made.again())
    return found


def written(channel: Channel, code: str, **options: Any) -> bytes:
    output = Output(code=code, channel=channel, language="it", format=code, options=options)
    form, current, out = format_called(code), release_of(output), io.BytesIO()
    work = work_of(output, current)
    form.write(iter(Checked(documents_at(current, "it"), form, work)), out, work)
    return out.getvalue()


# --- What each says --------------------------------------------------------------------------------------------------


def of_documents(channel: Channel) -> tuple[dict[str, Document], Everything]:
    rows = [
        from_bytes(json.dumps(row["document"]).encode()) for row in json.loads(written(channel, "json"))["documents"]
    ]
    documents = {row.sku: row for row in rows if row.type != "group"}
    return documents, {sku: _told(row) for sku, row in documents.items()}


def _told(document: Document) -> Told:
    gtin = document.identifiers.get("gtin", "")
    money = document.price("EUR")
    facts = frozenset((fact.label, " ".join(fact.text.split())) for _, fact in document.listed())
    price = f"{money.amount} EUR" if money else ""
    return Told(document.name, price, "" if gtin_fault(gtin) else gtin, facts=facts)


def of_google(channel: Channel) -> Everything:
    root = etree.fromstring(written(channel, "google", **BRAND))
    found = {}
    for item in root.findall("channel/item"):
        details = [
            (row.findtext(f"{G}attribute_name"), row.findtext(f"{G}attribute_value"))
            for row in item.findall(f"{G}product_detail")
        ]
        said = {name: item.findtext(f"{G}{name}") or "" for name in ("id", "title", "price", "gtin", "availability")}
        found[said["id"]] = Told(said["title"], said["price"], said["gtin"], said["availability"], frozenset(details))
    return found


def of_google_table(channel: Channel) -> Everything:
    rows = csv.DictReader(
        io.StringIO(written(channel, "google-tsv", **BRAND).decode()), delimiter="\t", quoting=csv.QUOTE_NONE
    )
    return {row["id"]: Told(row["title"], row["price"], row["gtin"], row["availability"]) for row in rows}


def of_meta(channel: Channel) -> Everything:
    rows = csv.DictReader(io.StringIO(written(channel, "meta", **BRAND).decode(), newline=""))
    return {
        row["id"]: Told(row["title"], row["price"], row["gtin"], row["availability"].replace(" ", "_")) for row in rows
    }


def of_openai(channel: Channel) -> Everything:
    rows = map(json.loads, written(channel, "openai", **BRAND).splitlines())
    return {row["item_id"]: Told(row["title"], row["price"], row.get("gtin", ""), row["availability"]) for row in rows}


def of_agentic(channel: Channel) -> Everything:
    found = {}
    for product in json.loads(written(channel, "acp"))["products"]:
        for row in product["variants"]:
            price = f"{row['price']['amount'] / 100:.2f} {row['price']['currency']}"
            gtins = [code["value"] for code in row.get("barcodes", [])]
            found[row["id"]] = Told(row["title"], price, "".join(gtins), row["availability"]["status"])
    return found


def of_bmecat(channel: Channel) -> Everything:
    found = {}
    for row in etree.fromstring(written(channel, "bmecat")).iter(f"{B}PRODUCT"):
        price = f"{row.findtext(f'.//{B}PRICE_AMOUNT')} {row.findtext(f'.//{B}PRICE_CURRENCY')}"
        facts = frozenset((each.findtext(f"{B}FNAME"), each.findtext(f"{B}FVALUE")) for each in row.iter(f"{B}FEATURE"))
        gtin = row.findtext(f".//{B}INTERNATIONAL_PID") or ""
        found[row.findtext(f"{B}SUPPLIER_PID")] = Told(
            row.findtext(f".//{B}DESCRIPTION_SHORT"), price, gtin, facts=facts
        )
    return found


def of_xchange(channel: Channel) -> Everything:
    found = {}
    fields = {"ManufacturerName": '"Bordanza"'}
    for row in json.loads(written(channel, "etim-xchange", fields=fields))["Supplier"][0]["Product"]:
        item = row["TradeItem"][0]
        name = row["ProductDetails"]["ProductDescriptions"][0]["UniqueMainProductDescription"]
        price = f"{float(item['Pricing'][0]['GrossListPrice']):.2f} EUR"
        gtins = row["ProductIdentification"].get("ProductGtin", [])
        found[item["ItemIdentification"]["SupplierItemNumber"]] = Told(name, price, "".join(gtins))
    return found


def of_table(channel: Channel) -> Everything:
    rows = csv.DictReader(io.StringIO(written(channel, "csv").decode(), newline=""))
    return {row["SKU"]: Told(row["Name"], f"{row['Price']} {row['Currency']}".strip(), row["GTIN"]) for row in rows}


def of_pages(channel: Channel) -> tuple[Everything, dict[str, str]]:
    """What the pages' data says, and the words that people read, by SKU."""
    found, words = {}, {}
    with zipfile.ZipFile(io.BytesIO(written(channel, "web"))) as archive:
        for name in archive.namelist():
            page = archive.read(name).decode() if name.endswith(".html") else ""
            for data in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL):
                for node in json.loads(data).get("@graph", []):
                    if node["@type"] == "Product" and "offers" in node:
                        offer = node["offers"]
                        price = f"{offer['price']:.2f} {offer['priceCurrency']}"
                        availability = {"https://schema.org/InStock": "in_stock"}[offer["availability"]]
                        found[node["sku"]] = Told(node["name"], price, node.get("gtin", ""), availability)
                        plain = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
                        words[node["sku"]] = " ".join(html.unescape(re.sub("<[^>]*>", " ", plain)).split())
    return found, words


# --- Are they the same? ----------------------------------------------------------------------------------------------


def test_name_price_gtin_and_availability_are_the_same_everywhere(channel: Channel) -> None:
    truth = of_documents(channel)[1]
    assert len(truth) > 20
    said = {
        "google": of_google(channel),
        "google-tsv": of_google_table(channel),
        "meta": of_meta(channel),
        "openai": of_openai(channel),
        "acp": of_agentic(channel),
        "bmecat": of_bmecat(channel),
        "etim-xchange": of_xchange(channel),
        "csv": of_table(channel),
        "web": of_pages(channel)[0],
    }
    for form, found in said.items():
        assert found, f"{form} has nothing"
        assert found.keys() <= truth.keys(), form
        for sku, told in found.items():
            expected = truth[sku]
            ours = (told.name, told.price, told.gtin, told.availability)
            assert ours == (expected.name, expected.price, expected.gtin, "in_stock"), f"{form}, {sku}"
    priced = {sku for sku, told in truth.items() if told.price}
    for form in ("csv", "bmecat", "acp", "web"):
        assert priced <= said[form].keys(), f"{form} lacks products that have a price"


def test_facts_are_the_same_in_feeds_and_on_pages(channel: Channel) -> None:
    documents = of_documents(channel)[0]
    own = {"brand", "gtin", "mpn", "color", "size", "material", "pattern", "name"}
    google, bmecat, words = of_google(channel), of_bmecat(channel), of_pages(channel)[1]
    compared = 0
    for sku, document in documents.items():
        for code, fact in document.listed():
            text = " ".join(fact.text.split())
            if sku in google and code not in own:
                assert (fact.label, text) in google[sku].facts, (sku, code)
            if sku in bmecat:
                measured = isinstance(fact.value, dict) and "amount" in fact.value
                assert (fact.label, fact.value["amount"] if measured else text) in bmecat[sku].facts, (sku, code)
            if sku in words and not document.tables.get(code):
                assert text in words[sku], (sku, code)
                compared += 1
    assert compared > 100
