"""A catalogue for wholesalers and procurement systems: BMEcat 2005.2 (T_NEW_CATALOG), elements in the schema's order.

Lengths are those of the specification's data types (BMEcat 2005 final draft, chapter 4); languages are ISO 639-2 codes,
units those of UN/ECE Recommendation 20.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, ClassVar

from exports.addresses import absolute
from exports.documents import Document, Node
from exports.formats.base import Work
from exports.formats.feed import Feed
from exports.formats.mapped import FieldMapping
from exports.mapping.classes import Classified, catalog_options, classified
from exports.mapping.commerce import GTIN, price
from exports.mapping.fields import Field, Row, matching
from exports.mapping.seeing import Seen, Value
from exports.text import cut, one_line
from exports.xml import escape

# ISO 639-2/T, by codes of two letters.
_CODES = (
    "ar ara, bg bul, cs ces, da dan, de deu, el ell, en eng, es spa, et est, fi fin, fr fra, ga gle, he heb, hr hrv, "
    "hu hun, is isl, it ita, ja jpn, ko kor, lt lit, lv lav, mt mlt, nb nob, nl nld, no nor, pl pol, pt por, ro ron, "
    "ru rus, sk slk, sl slv, sr srp, sv swe, tr tur, uk ukr, zh zho"
)
LANGUAGES: Mapping[str, str] = {code[:2]: code[3:] for code in _CODES.split(", ")}
PRICES = {"net_list": "List price without VAT", "nrp": "Recommended price, with VAT", "net_customer": "Net price"}
REFERENCES = frozenset(
    "accessories base_product consists_of diff_orderunit followup mandatory similar select sparepart others".split()  # noqa: SIM905
)
_MIME_TYPE = re.compile(r"[-+.\w]{1,48}/[-+.\w]{1,48}", re.ASCII)
_MEMORY = 1_000_000
_UNIT = matching("[A-Z0-9]{2,3}", "a code of UN/ECE Recommendation 20, such as C62 or KGM")

MAX_PID = 32

FIELDS: tuple[Field, ...] = (
    Field(name="SUPPLIER_PID", default="sku", required=True, most=MAX_PID),
    Field(name="DESCRIPTION_SHORT", default="name", required=True, most=150, cuts=True),
    Field(
        name="DESCRIPTION_LONG",
        default="slot:description or slot:teaser or slot:headline",
        many=20,
        most=64_000,
        cuts=True,
        lines=True,
    ),
    GTIN,
    Field(name="SUPPLIER_ALT_PID", most=50),
    Field(name="MANUFACTURER_PID", default="mpn or sku", most=50),
    Field(name="MANUFACTURER_NAME", default="brand", most=50),
    Field(name="MANUFACTURER_TYPE_DESCR", most=50),
    Field(name="DELIVERY_TIME", rule="days", check=matching(r"\d{1,4}", "a number of days")),
    Field(name="KEYWORD", many=50, most=50),
    Field(name="ORDER_UNIT", default='"C62"', rule="UN/ECE Recommendation 20", required=True, check=_UNIT),
    Field(name="CONTENT_UNIT", rule="UN/ECE Recommendation 20", check=_UNIT),
    Field(name="NO_CU_PER_OU", check=matching(r"\d+(\.\d+)?", "a number")),
    Field(name="QUANTITY_MIN", check=matching(r"\d+(\.\d+)?", "a number")),
    Field(name="QUANTITY_INTERVAL", check=matching(r"\d+(\.\d+)?", "a number")),
    price(default="price", required=True),
    Field(name="TAX", rule="a share, such as 0.19", check=matching(r"0(\.\d{1,4})?", "a share such as 0.19")),
    Field(name="COUNTRY_OF_ORIGIN", rule="ISO 3166, such as IT", check=matching("[A-Z]{2}", "two capital letters")),
    Field(name="CUSTOMS_TARIFF_NUMBER", check=matching(r"\d{6,15}", "6 to 15 digits")),
)
_DETAILS = ("SUPPLIER_ALT_PID", "MANUFACTURER_PID", "MANUFACTURER_NAME", "MANUFACTURER_TYPE_DESCR", "DELIVERY_TIME")
_ORDER = ("ORDER_UNIT", "CONTENT_UNIT", "NO_CU_PER_OU", "QUANTITY_MIN", "QUANTITY_INTERVAL")
_LOGISTICS = ("CUSTOMS_TARIFF_NUMBER", "COUNTRY_OF_ORIGIN")


class BmeCat(Feed):
    """One PRODUCT for each that can be bought, with its facts as features, and the channel's category tree."""

    code = "bmecat"
    label = "BMEcat 2005.2"
    extension = "xml"
    media_type = "application/xml"
    fields: ClassVar = FIELDS
    options: ClassVar = {**catalog_options(PRICES, 50, "accessories"), "fields": FieldMapping(fields=FIELDS)}

    def fault(self, told: Mapping[str, Any]) -> str:
        wrong = next((kind for kind in told["references"].values() if kind not in REFERENCES), "")
        return f"“{wrong[:60]}” is no kind of reference; there are {', '.join(sorted(REFERENCES))}." if wrong else ""

    def rules(self, row: Row, seen: Seen, told: Mapping[str, Any]) -> None:
        row["classified"] = [Value("", classified(seen, told))]

    def write(self, documents: Iterable[Document], out: BinaryIO, work: Work) -> None:
        told = self.told(work)
        out.write(_opening(work, told))
        out.write(_groups(work.publication.navigation))
        known = {node.code for node in _nodes(work.publication.navigation)}
        with SpooledTemporaryFile(max_size=_MEMORY) as maps:
            for document, row in self.items(documents, work):
                out.write(_product(document, row, told, work).encode())
                for category in document.categories:
                    if category.code in known:
                        maps.write(_map(row.text("SUPPLIER_PID"), category.code).encode())
            maps.seek(0)
            while block := maps.read(1 << 16):
                out.write(block)
        out.write(b"</T_NEW_CATALOG>\n</BMECAT>\n")


def _e(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else ""


def _opening(work: Work, told: Mapping[str, Any]) -> bytes:
    publication = work.publication
    language = LANGUAGES.get(publication.language.partition("-")[0], "eng")
    title = one_line(publication.title)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<BMECAT version="2005.2" xmlns="http://www.bmecat.org/bmecat/2005.2">\n'
        f"<HEADER><GENERATOR_INFO>Tessera</GENERATOR_INFO><CATALOG><LANGUAGE>{language}</LANGUAGE>"
        f"{_e('CATALOG_ID', (told['catalog_id'] or publication.channel)[:20])}"
        f"<CATALOG_VERSION>{_version(publication.release)}</CATALOG_VERSION>{_e('CATALOG_NAME', cut(title, 100))}"
        f"<GENERATION_DATE>{publication.released_on}T00:00:00</GENERATION_DATE>"
        f"{_e('TERRITORY', publication.country)}{_e('CURRENCY', publication.currency)}</CATALOG>"
        f"<SUPPLIER>{_e('SUPPLIER_NAME', told['supplier'] or cut(title, 50))}</SUPPLIER></HEADER>\n<T_NEW_CATALOG>\n"
    ).encode()


def _version(release: int) -> str:
    """A release's number as a version: at most three digits, a point and three digits."""
    return f"{release // 1_000 % 1_000:03}.{release % 1_000:03}"


def _groups(nodes: Iterable[Node]) -> bytes:
    """The tree below a root of ours, as BMEcat wants exactly one."""
    structures = [_structure("root", "1", "Catalog", "0"), *_below(nodes, "1")]
    inside = "".join(structures)
    return f"<CATALOG_GROUP_SYSTEM>{inside}</CATALOG_GROUP_SYSTEM>\n".encode() if len(structures) > 1 else b""


def _below(nodes: Iterable[Node], parent: str) -> Iterator[str]:
    for node in nodes:
        yield _structure(
            "node" if node.children else "leaf", node.code, cut(one_line(node.label), 50) or node.code, parent
        )
        yield from _below(node.children, node.code)


def _nodes(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _nodes(node.children)


def _structure(kind: str, code: str, label: str, parent: str) -> str:
    inside = f"{_e('GROUP_ID', code[:50])}{_e('GROUP_NAME', label)}{_e('PARENT_ID', parent[:50])}"
    return f'<CATALOG_STRUCTURE type="{kind}">{inside}</CATALOG_STRUCTURE>\n'


def _map(sku: str, category: str) -> str:
    inside = f"{_e('PROD_ID', sku)}{_e('CATALOG_GROUP_ID', category[:50])}"
    return f"<PRODUCT_TO_CATALOGGROUP_MAP>{inside}</PRODUCT_TO_CATALOGGROUP_MAP>\n"


def _product(document: Document, row: Row, told: Mapping[str, Any], work: Work) -> str:
    found: Classified = row["classified"][0].raw
    parts = (
        f'<PRODUCT mode="new">{_e("SUPPLIER_PID", row.text("SUPPLIER_PID"))}',
        f"<PRODUCT_DETAILS>{_details(row)}</PRODUCT_DETAILS>",
        _class(found, told["system"]),
        _features(document),
        f"<PRODUCT_ORDER_DETAILS>{_named(row, _ORDER)}</PRODUCT_ORDER_DETAILS>",
        _price(row, told["price_type"]),
        _mime(document, work),
        *_references(document, told["references"]),
        _logistics(row),
        "</PRODUCT>\n",
    )
    return "".join(parts)


def _named(row: Row, names: Iterable[str]) -> str:
    text = "".join(_e(name, value) for name in names for value in row.texts(name))
    if "CONTENT_UNIT" not in row:  # which may not be missing
        text = text.replace("</ORDER_UNIT>", f"</ORDER_UNIT>{_e('CONTENT_UNIT', row.text('ORDER_UNIT'))}")
    return text


def _details(row: Row) -> str:
    gtin = row.text("gtin")
    number = f'<INTERNATIONAL_PID type="gtin">{gtin}</INTERNATIONAL_PID>' if gtin else ""
    long = cut("\n".join(row.texts("DESCRIPTION_LONG")), 64_000)
    rest = "".join(_e(name, row.text(name)) for name in _DETAILS)
    keywords = "".join(_e("KEYWORD", text) for text in row.texts("KEYWORD"))
    short = _e("DESCRIPTION_SHORT", row.text("DESCRIPTION_SHORT"))
    return f"{short}{_e('DESCRIPTION_LONG', long)}{number}{rest}{keywords}"


def _class(found: Classified, system: str) -> str:
    if not found.code:
        return ""
    features = "".join(_feature(code, values, unit) for code, _, values, unit in found.features)
    head = f"{_e('REFERENCE_FEATURE_SYSTEM_NAME', system)}{_e('REFERENCE_FEATURE_GROUP_ID', found.code)}"
    return f"<PRODUCT_FEATURES>{head}{features}</PRODUCT_FEATURES>"


def _feature(name: str, values: Iterable[str], unit: str) -> str:
    said = "".join(_e("FVALUE", cut(one_line(value), 250)) for value in values)
    return f"<FEATURE>{_e('FNAME', name)}{said}{_e('FUNIT', unit)}</FEATURE>" if said else ""


def _features(document: Document) -> str:
    """All facts that are listed, as people read them; measurements with the unit's code and a number."""
    rows = []
    for _, fact in document.listed():
        measured = isinstance(fact.value, dict) and "amount" in fact.value
        texts = [fact.value["amount"]] if measured else [fact.text]
        rows.append(_feature(cut(one_line(fact.label), 80), texts, fact.value.get("unit_code", "") if measured else ""))
    return f"<PRODUCT_FEATURES>{''.join(rows)}</PRODUCT_FEATURES>" if any(rows) else ""


def _price(row: Row, kind: str) -> str:
    amount, _, currency = row.text("price").partition(" ")
    inside = f"{_e('PRICE_AMOUNT', amount)}{_e('PRICE_CURRENCY', currency)}{_e('TAX', row.text('TAX'))}"
    return f'<PRODUCT_PRICE_DETAILS><PRODUCT_PRICE price_type="{kind}">{inside}</PRODUCT_PRICE></PRODUCT_PRICE_DETAILS>'


def _mime(document: Document, work: Work) -> str:
    rows: list[str] = []
    main = document.picture()
    for asset in document.assets:
        url = absolute(work.base_url, asset.url)
        kind = "image/jpeg" if asset.kind == "image" else asset.media_type
        if not url or len(url) > 255 or not _MIME_TYPE.fullmatch(kind):
            continue
        purpose = "normal" if asset is main else "detail" if asset.kind == "image" else "data_sheet"
        descr = _e("MIME_DESCR", cut(one_line(asset.alt), 250))
        rows.append(
            f"<MIME>{_e('MIME_TYPE', kind)}{_e('MIME_SOURCE', url)}{descr}{_e('MIME_PURPOSE', purpose)}"
            f"{_e('MIME_ORDER', str(len(rows) + 1))}</MIME>"
        )
    return f"<MIME_INFO>{''.join(rows)}</MIME_INFO>" if rows else ""


def _references(document: Document, kinds: Mapping[str, str]) -> Iterator[str]:
    known = {code.lower(): kind for code, kind in kinds.items()}
    for link in document.associations:
        if (kind := known.get(link.type.lower())) and len(link.sku) <= MAX_PID:
            inside = _e("PROD_ID_TO", link.sku)
            yield f'<PRODUCT_REFERENCE type="{kind}" quantity="{link.quantity}">{inside}</PRODUCT_REFERENCE>'


def _logistics(row: Row) -> str:
    inside = "".join(_e(name, text) for name in _LOGISTICS for text in row.texts(name))
    return f"<PRODUCT_LOGISTIC_DETAILS>{inside}</PRODUCT_LOGISTIC_DETAILS>" if inside else ""
