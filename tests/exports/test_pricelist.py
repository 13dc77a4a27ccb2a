from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pikepdf
import pytest

from exports.documents import Document, Fact, to_bytes
from exports.errors import ExportError
from exports.formats.pricelist import PriceList
from tests.exports import samples
from tests.exports.contract import HOSTILE, hostile_document, hostile_publication
from tests.exports.pdf_reading import PdfContract, active_things, opened, rendered, texts
from tests.exports.structure_reading import kinds

__all__ = ["rendered"]  # a fixture
CONTENT = {"capacity": Fact("Inhalt", "general", "measurement", {"amount": "500", "unit": "ml"}, "500 ml", 1)}


def prices(*documents: Document, **options: Any) -> pikepdf.Pdf:
    work, form, out = samples.work(**options), PriceList(), io.BytesIO()
    for document in documents:
        work.problems.extend(form.check(document, work))
    form.write(iter(documents), out, work)
    return opened(out.getvalue())


class TestPriceListFormat(PdfContract):
    format = PriceList()
    options = {"faults": "print", "tagged": False}

    def test_hostile_text_stays_text(self) -> None:
        work, out = replace(self.work(hostile_publication()), problems=[]), io.BytesIO()
        self.format.write(iter([replace(hostile_document(), type="product", parent=None)]), out, work)
        pdf = opened(out.getvalue())
        assert HOSTILE.replace(" ", "") in "".join(texts(pdf)).replace(" ", "").replace("\u200b", "")
        assert active_things(pdf) == []
        assert work.problems == []

    def test_other_statements_give_other_bytes(self) -> None:
        """A price list prints none."""

    def test_takes_bounded_time_for_texts_without_bounds(self) -> None:
        long = replace(samples.TAMPER, name="Überdruckventil-" * 12_500)
        assert len(opened(self.written((long,))).pages) == 1


def test_a_price_list_is_made_of_this_html(rendered: list[str], golden: Callable[[str, bytes], None]) -> None:
    prices(*samples.DOCUMENTS, price_note="inkl. MwSt.")
    golden("pricelist/list.html", rendered[0].encode())


def test_lists_every_article_under_its_chapter_with_variants_under_their_group() -> None:
    [words] = texts(prices(*samples.DOCUMENTS, price_note="inkl. MwSt."))
    said = ["Preisliste", "Preise vom 22. November 2026 · inkl. MwSt.", "Maschinen", "Für zu Hause", "BZ-LIRA Lira"]
    said += ["BZ-LIRA-BK schwarz 9521234567899 449,00 €", "BZ-LIRA-RD rot 9521234567882 449,00 €"]
    said += ["Zubehör", "BZ-TAMPER Tamper <58> & Co 39,00 €"]
    places = [words.index(text) for text in said]
    assert places == sorted(places)


def test_prints_prices_per_litre_where_there_is_one() -> None:
    [words] = texts(prices(replace(samples.TAMPER, facts=CONTENT), unit_price="capacity"))
    assert "Grundpreis" in words
    assert "78,00 € / l 39,00 €" in words


def test_an_article_without_a_price_is_a_fault() -> None:
    free = replace(samples.TAMPER, prices=())
    with pytest.raises(ExportError, match="BZ-TAMPER: It has no price in EUR"):
        prices(free)
    assert "BZ-TAMPER" not in texts(prices(*samples.DOCUMENTS[:3], free, faults="leave_out"))[0]


def test_can_be_read_aloud_where_wanted() -> None:
    pdf = prices(*samples.DOCUMENTS, tagged=True)
    assert kinds(pdf, "H1", "Table")[:2] == ["H1", "Table"]
    assert "TH" in kinds(pdf)


@pytest.mark.parametrize(("tagged", "level"), [(False, "B"), (True, "A")])
def test_a_pdf_a_carries_the_documents_it_was_made_from(tagged: bool, level: str) -> None:
    pdf = prices(*samples.DOCUMENTS, pdf_a=True, tagged=tagged)
    metadata = pdf.Root.Metadata.read_bytes().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in metadata or 'pdfaid:part="3"' in metadata
    assert f"<pdfaid:conformance>{level}</pdfaid:conformance>" in metadata or f'conformance="{level}"' in metadata
    assert "/OutputIntents" in pdf.Root
    [name] = pdf.attachments
    assert name == "shop-de-de-7.json"
    body = orjson.loads(pdf.attachments[name].get_file().read_bytes())
    assert [row["document"] for row in body["documents"]] == [
        orjson.loads(to_bytes(document)) for document in samples.DOCUMENTS
    ]
    assert str(pdf.Root.AF[0].AFRelationship) == "/Source"


def test_a_pdf_a_is_the_same_bytes_every_time() -> None:
    def made() -> bytes:
        out = io.BytesIO()
        PriceList().write(iter(samples.DOCUMENTS), out, samples.work(pdf_a=True))
        return out.getvalue()

    assert made() == made()
