"""ETIM xChange 1.1: products and what is traded of them, as JSON (ETIM International, xChange schema 1.1).

The dictionary of ETIM is licensed; its codes come from the output's options.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, BinaryIO, ClassVar

import orjson

from exports.addresses import absolute
from exports.documents import Document
from exports.formats.base import Work
from exports.formats.feed import Feed
from exports.formats.mapped import FieldMapping
from exports.mapping.classes import Feature, catalog_options, classified
from exports.mapping.commerce import GTIN, price
from exports.mapping.fields import Field, Row, matching
from exports.mapping.seeing import Seen, Value
from exports.mapping.steps import decimal_of, written
from exports.text import cut, one_line

RELATIONS = frozenset(
    {"ACCESSORY", "MAIN_PRODUCT", "CONSISTS_OF", "CROSS-SELLING", "MANDATORY", "SELECT", "SIMILAR", "SPAREPART"}
    | {"UPSELLING", "SUCCESSOR", "PREDECESSOR", "OTHER"}
)
PRICES = {
    "GrossListPrice": "List price",
    "NetPrice": "Net price",
    "RecommendedRetailPrice": "Recommended retail price",
}
_UNITS = frozenset(
    {"C62", "CMK", "CMQ", "CMT", "CT", "DZN", "FOT", "GRM", "HLT", "INH", "KGM", "KTM", "LBR", "LTR", "MGM", "MLT"}
    | {"MMK", "MMT", "MTK", "MTQ", "MTR", "ONZ", "PA", "PF", "PK", "PL", "PR", "RL", "RO", "SET", "ST", "TNE", "YRD"}
)
_NUMBER = matching(r"\d{1,12}(\.\d{1,4})?", "a number of at most four decimal places")
_FEATURE = matching(r"EF(\d{6}|I\d{5}|[A-Z]{2}\d{4})", "such as EF000001")
_CODES = {
    "classes": matching(r"EC\d{6}", "such as EC000001"),
    "features": _FEATURE,
    "values": matching(r"EV\d{6}", "such as EV000001"),
}

FIELDS: tuple[Field, ...] = (
    Field(name="ManufacturerName", default="brand", required=True, most=80),
    Field(name="ManufacturerProductNumber", default="mpn or sku", required=True, most=35),
    GTIN,
    Field(name="BrandName", default="brand", most=50),
    Field(name="CountryOfOrigin", rule="ISO 3166, such as IT", many=10, check=matching("[A-Z]{2}", "two capitals")),
    Field(name="CustomsCommodityCode", rule="8 digits", check=matching(r"\d{8}", "8 digits")),
    Field(name="MinimalProductDescription", default="name", required=True, most=80, cuts=True),
    Field(name="UniqueMainProductDescription", default="name", most=255, cuts=True),
    Field(name="FullProductDescription", default="slot:description", many=20, most=10_000, cuts=True, lines=True),
    Field(name="ProductMarketingText", default="slot:teaser", many=20, most=10_000, cuts=True, lines=True),
    Field(name="ProductKeyword", many=50, most=50),
    Field(name="SupplierItemNumber", default="sku", required=True, most=35),
    Field(name="OrderUnit", default='"C62"', rule="UN/ECE Recommendation 20", required=True, takes=_UNITS),
    Field(name="MinimumOrderQuantity", default='"1"', required=True, check=_NUMBER),
    Field(name="OrderStepSize", default='"1"', required=True, check=_NUMBER),
    Field(name="PriceQuantity", default='"1"', required=True, check=matching(r"\d{1,5}(\.\d{1,4})?", "a number")),
    price(default="price", required=True),
    Field(name="Vat", rule="per cent, such as 19", check=matching(r"\d{1,2}(\.\d{1,2})?", "a percentage")),
)
_SAID = ("MinimalProductDescription", "UniqueMainProductDescription", "FullProductDescription", "ProductMarketingText")


class EtimXChange(Feed):
    """One catalogue of one supplier; a product a line."""

    code = "etim-xchange"
    label = "ETIM xChange 1.1"
    extension = "json"
    media_type = "application/json"
    fields: ClassVar = FIELDS
    options: ClassVar = {**catalog_options(PRICES, 80, "ACCESSORY"), "fields": FieldMapping(fields=FIELDS)}

    def fault(self, told: Mapping[str, Any]) -> str:
        wrong = next((kind for kind in told["references"].values() if kind not in RELATIONS), "")
        if wrong:
            return f"“{wrong[:60]}” is no kind of relation; there are {', '.join(sorted(RELATIONS))}."
        faults = (check(text) for name, check in _CODES.items() for text in told[name].values())
        return next((f"{fault[0].upper()}{fault[1:]}." for fault in faults if fault), "")

    def rules(self, row: Row, seen: Seen, told: Mapping[str, Any]) -> None:
        row["classified"] = [Value("", classified(seen, told))]
        if "price" in row and _number(row.text("price").partition(" ")[0]) is None:
            row.refuse(f"price “{row.text('price')}” has more than four decimal places.", "price")

    def write(self, documents: Iterable[Document], out: BinaryIO, work: Work) -> None:
        told = self.told(work)
        out.write(_opening(work, told))
        separator = b"\n"
        for document, row in self.items(documents, work):
            out.write(separator + orjson.dumps(_product(document, row, told, work)))
            separator = b",\n"
        out.write(b"\n]}]}\n")


def _opening(work: Work, told: Mapping[str, Any]) -> bytes:
    publication = work.publication
    head = {
        "CatalogueId": (told["catalog_id"] or publication.channel)[:20],
        "CatalogueVersion": str(publication.release),
        "CatalogueType": "FULL",
        "GenerationDate": publication.released_on,
        "CatalogueValidityStart": publication.released_on,
        "Language": [_language(work)],
    } | ({"CurrencyCode": publication.currency} if publication.currency else {})
    supplier = orjson.dumps({"SupplierName": told["supplier"] or cut(one_line(publication.title), 80)})
    return orjson.dumps(head)[:-1] + b',"Supplier":[' + supplier[:-1] + b',"Product":['


def _language(work: Work) -> str:
    """A language with a country, as the schema wants it: that of the market, else the one it is called after."""
    language = work.publication.language.partition("-")[0].lower()[:2]
    return f"{language}-{work.publication.country or {'en': 'GB'}.get(language, language.upper())}"


def _product(document: Document, row: Row, told: Mapping[str, Any], work: Work) -> dict[str, Any]:
    language = _language(work)
    gtins = row.texts("gtin")
    said = {name: cut("\n".join(row.texts(name)), 10_000) for name in _SAID}
    return _present(
        ProductIdentification=_present(
            ManufacturerName=row.text("ManufacturerName"),
            ManufacturerProductNumber=row.text("ManufacturerProductNumber"),
            ProductGtin=gtins,
            BrandName=row.text("BrandName"),
            CountryOfOrigin=row.texts("CountryOfOrigin"),
            CustomsCommodityCode=row.text("CustomsCommodityCode"),
        ),
        ProductDetails={
            "ProductDescriptions": [
                _present(DescriptionLanguage=language, **said, ProductKeyword=row.texts("ProductKeyword"))
            ]
        },
        ProductRelations=list(_relations(document, told["references"])),
        ProductAttachments=list(_attachments(document, work, language)),
        EtimClassification=_classification(row, told["system"]),
        TradeItem=[_item(row, told, gtins)],
    )


def _item(row: Row, told: Mapping[str, Any], gtins: list[str]) -> dict[str, Any]:
    unit = row.text("OrderUnit")
    amount = _number(row.text("price").partition(" ")[0])
    price = {"PriceUnit": unit, "PriceQuantity": row.text("PriceQuantity"), told["price_type"]: amount}
    return {
        "ItemIdentification": _present(SupplierItemNumber=row.text("SupplierItemNumber"), ItemGtin=gtins),
        "Ordering": {
            "OrderUnit": unit,
            "MinimumOrderQuantity": row.text("MinimumOrderQuantity"),
            "OrderStepSize": row.text("OrderStepSize"),
        },
        "Pricing": [price | _present(Vat=row.text("Vat"))],
    }


def _classification(row: Row, system: str) -> list[dict[str, Any]]:
    found = row["classified"][0].raw
    if not found.code:
        return []
    features = [said for feature in found.features if (said := _feature(feature))]
    version = system.rpartition("-")[2]
    return [_present(EtimReleaseVersion=version, EtimClassCode=found.code, EtimFeatures=features)]


def _feature(feature: Feature) -> dict[str, Any]:
    """As the schema has it; nothing for a number that it cannot have."""
    head = {"EtimFeatureCode": feature.code}
    if feature.kind == "logical":
        return head | {"EtimValueLogical": feature.values[0] == "true"}
    if feature.kind == "code":
        return head | {"EtimValueCode": feature.values[0]}
    numbers = [_number(value) for value in feature.values]
    if None in numbers:
        return {}
    names = ("EtimValueRangeLower", "EtimValueRangeUpper") if feature.kind == "range" else ("EtimValueNumeric",)
    return head | dict(zip(names, numbers, strict=True))


def _number(text: str) -> str | None:
    """At most four decimal places, no exponent; None for what needs more."""
    amount = decimal_of(text)
    if amount is None or amount != round(amount, 4) or abs(amount) >= Decimal(10) ** 11:
        return None
    return written(amount)


def _relations(document: Document, kinds: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    known = {code.lower(): kind for code, kind in kinds.items()}
    for link in document.associations:
        kind = known.get(link.type.lower())
        if kind and len(link.sku) <= 35 and link.quantity > 0:
            yield {
                "RelatedManufacturerProductNumber": link.sku,
                "RelationType": kind,
                "RelatedProductQuantity": link.quantity,
            }


def _attachments(document: Document, work: Work, language: str) -> Iterator[dict[str, Any]]:
    """The main picture (ATX015), others (ATX018) and documents (ATX099) by their addresses."""
    order, main = 0, document.picture()
    for asset in document.assets:
        url = absolute(work.base_url, asset.url)
        if not url or asset.kind not in ("image", "document"):
            continue
        order += 1
        text = cut(one_line(asset.alt), 255)
        described = [{"Language": language, "AttachmentDescription": text}] if text else []
        details = _present(AttachmentLanguage=[language], AttachmentUri=url, AttachmentDescription=described)
        kind = "ATX015" if asset is main else "ATX018" if asset.kind == "image" else "ATX099"
        yield {"AttachmentType": kind, "AttachmentOrder": order, "AttachmentDetails": [details]}


def _present(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}
