"""BMEcat and ETIM xChange: as their schemas want them, where those are at hand, and what they say."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from lxml import etree

from exports.documents import Document, Fact, Money, Publication
from exports.errors import ExportError
from exports.formats.base import Format, Work
from exports.formats.bmecat import BmeCat
from exports.formats.xchange import EtimXChange
from tests.exports import samples
from tests.exports.contract import FormatContract, hostile_document, hostile_publication

SCHEMAS = Path(__file__).resolve().parents[3] / "shared" / "schemas"
with_schemas = pytest.mark.skipif(
    not SCHEMAS.is_dir(), reason="../shared/schemas is absent; it is no part of the project"
)
BLACK = samples.DOCUMENTS[1]
B = "{http://www.bmecat.org/bmecat/2005.2}"
CLASSES = {
    "classes": {"Espresso_Machines": "EC001234"},
    "features": {"weight": "EF000010", "color": "EF000011", "cup_warmer": "EF000012", "range": "EF000013"},
    "values": {"color/SCHWARZ": "EV000001"},
}
RANGE = Fact(
    "Temperatur", "brewing", "range", {"from": "88", "to": "96", "unit": "°C", "unit_code": "CEL"}, "88–96 °C", 9
)
RANGED = replace(BLACK, facts={**BLACK.facts, "range": RANGE})
# As hostile as it can be where the SKU may have 32 characters.
HOSTILE_PRODUCT = replace(hostile_document(), sku="\"'>]]><img src=x>&")
LONG = replace(
    BLACK,
    sku="S" * 32,
    name="N" * 300,
    identifiers={"brand": "B" * 50, "mpn": "M" * 35},
    facts={f"f{n}": Fact("L" * 200, "general", "text", "v", "W" * 3_000, n) for n in range(3)},
)


def written(form: Format, documents: Sequence[Document], work: Work) -> bytes:
    out = io.BytesIO()
    form.write((row for row in documents if not any(p.fatal for p in form.check(row, work))), out, work)
    return out.getvalue()


class WholesaleContract(FormatContract):
    def valid(self, artefact: bytes) -> None:
        raise NotImplementedError

    @pytest.mark.real_data
    @with_schemas
    @pytest.mark.parametrize("publication", [samples.PUBLICATION, hostile_publication()], ids=["plain", "hostile"])
    def test_it_is_as_the_schema_wants_it(self, publication: Publication) -> None:
        kinds = {"bmecat": "accessories", "etim-xchange": "ACCESSORY"}
        said = {**CLASSES, "references": {"accessory": kinds[self.format.code]}}
        for documents in (samples.DOCUMENTS, (samples.LIRA, RANGED, LONG), (samples.LIRA, HOSTILE_PRODUCT)):
            work = replace(samples.work(**said), publication=publication)
            artefact = written(self.format, documents, work)
            assert documents[1].name[:20].encode() in artefact or documents[1] is not LONG
            self.valid(artefact)

    def test_a_wrong_kind_of_reference_is_told(self) -> None:
        with pytest.raises(ExportError, match="is no kind of"):
            written(self.format, (BLACK,), samples.work(references={"accessory": "Zubehör"}))


class TestBmeCat(WholesaleContract):
    format = BmeCat()

    def valid(self, artefact: bytes) -> None:
        schema = etree.XMLSchema(etree.parse(SCHEMAS / "bmecat" / "bmecat_2005_2.xsd"))
        schema.assertValid(etree.fromstring(artefact))

    def test_writes_the_golden_output(self, golden: Callable[[str, bytes], None]) -> None:
        work = samples.work(**CLASSES, references={"accessory": "accessories"})
        golden("bmecat/catalog.xml", written(self.format, samples.DOCUMENTS, work))

    def test_hostile_text_stays_text(self) -> None:
        artefact = written(
            self.format, (samples.LIRA, HOSTILE_PRODUCT), replace(samples.work(), publication=hostile_publication())
        )
        root = etree.fromstring(artefact)
        assert root.findtext(f".//{B}SUPPLIER_PID") == HOSTILE_PRODUCT.sku
        assert root.findtext(f".//{B}DESCRIPTION_SHORT") == HOSTILE_PRODUCT.name
        assert b"<img src=x" not in artefact

    def test_language_and_version_are_written_as_bmecat_does(self) -> None:
        root = etree.fromstring(written(self.format, (BLACK,), samples.work()))
        assert root.findtext(f".//{B}LANGUAGE") == "deu"
        assert root.findtext(f".//{B}CATALOG_VERSION") == "000.007"

    def test_measurements_are_numbers_with_the_units_code(self) -> None:
        root = etree.fromstring(written(self.format, (BLACK,), samples.work()))
        (feature,) = [row for row in root.iter(f"{B}FEATURE") if row.findtext(f"{B}FNAME") == "Gewicht"]
        assert (feature.findtext(f"{B}FVALUE"), feature.findtext(f"{B}FUNIT")) == ("5.2", "KGM")

    def test_a_product_is_mapped_to_its_categories_that_are_in_the_tree(self) -> None:
        root = etree.fromstring(written(self.format, (BLACK,), samples.work()))
        groups = {row.findtext(f"{B}GROUP_ID") for row in root.iter(f"{B}CATALOG_STRUCTURE")}
        maps = [[each.text for each in row] for row in root.iter(f"{B}PRODUCT_TO_CATALOGGROUP_MAP")]
        assert maps == [["BZ-LIRA-BK", "home"]]
        assert {"machines", "home"} < groups

    def test_a_long_sku_is_refused(self) -> None:
        problems = self.format.check(replace(BLACK, sku="x" * 33), samples.work())
        assert [(p.message, p.fatal) for p in problems] == [
            ("SUPPLIER_PID has 33 characters, at most 32 are taken.", True)
        ]


class TestEtimXChange(WholesaleContract):
    format = EtimXChange()

    def valid(self, artefact: bytes) -> None:
        schema = json.loads((SCHEMAS / "etim" / "xChange_Schema_V1.1.json").read_text())
        Draft202012Validator(schema).validate(json.loads(artefact))

    def products(self, *documents: Document, **options: Any) -> list[dict[str, Any]]:
        data = json.loads(written(self.format, documents, samples.work(**options)))
        found: list[dict[str, Any]] = data["Supplier"][0]["Product"]
        return found

    def test_writes_the_golden_output(self, golden: Callable[[str, bytes], None]) -> None:
        golden("etim/catalog.json", written(self.format, samples.DOCUMENTS, samples.work(**CLASSES)))

    def test_hostile_text_stays_text(self) -> None:
        (product,) = self.products(samples.LIRA, HOSTILE_PRODUCT)
        assert (
            product["ProductDetails"]["ProductDescriptions"][0]["UniqueMainProductDescription"] == HOSTILE_PRODUCT.name
        )

    def test_features_have_the_kind_of_value_that_they_have(self) -> None:
        (product,) = self.products(RANGED, **CLASSES)
        (classification,) = product["EtimClassification"]
        assert (classification["EtimReleaseVersion"], classification["EtimClassCode"]) == ("9.0", "EC001234")
        assert classification["EtimFeatures"] == [
            {"EtimFeatureCode": "EF000011", "EtimValueCode": "EV000001"},
            {"EtimFeatureCode": "EF000013", "EtimValueRangeLower": "88", "EtimValueRangeUpper": "96"},
            {"EtimFeatureCode": "EF000010", "EtimValueNumeric": "5.2"},
            {"EtimFeatureCode": "EF000012", "EtimValueLogical": False},
        ]

    @pytest.mark.parametrize(
        "options", [{"classes": {"x": "EC1"}}, {"features": {"x": "power"}}, {"values": {"x/y": "EV"}}]
    )
    def test_codes_that_are_not_etims_are_told(self, options: dict[str, Any]) -> None:
        with pytest.raises(ExportError, match="such as E"):
            written(self.format, (BLACK,), samples.work(**options))

    def test_a_price_has_at_most_four_places(self) -> None:
        problems = self.format.check(replace(BLACK, prices=(Money("1.00001", "EUR"),)), samples.work())
        assert [p.message for p in problems if p.fatal] == ["price “1.00001 EUR” has more than four decimal places."]
        (product,) = self.products(replace(BLACK, prices=(Money("1.5000", "EUR"),)))
        assert product["TradeItem"][0]["Pricing"][0]["GrossListPrice"] == "1.5"
