from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pikepdf
import pytest

from exports.documents import Document, Statement
from exports.errors import ExportError
from exports.formats.base import Work
from exports.formats.flyer import Flyer
from exports.formats.options import WrongOptions
from tests.exports import samples
from tests.exports.code_reading import codes_on
from tests.exports.contract import HOSTILE, hostile_document, hostile_publication
from tests.exports.pdf_reading import PdfContract, active_things, longwinded, opened, pictures, rendered, texts

__all__ = ["rendered"]  # a fixture
LIRA = samples.LIRA
OFFER = {"offers": {"BZ-LIRA": "399.00"}, "starts": "2027-01-07", "ends": "2027-01-31"}


def printed(*documents: Document, work: Work) -> bytes:
    form, out = Flyer(), io.BytesIO()
    for document in documents:
        work.problems.extend(form.check(document, work))
    form.write(iter(documents), out, work)
    return out.getvalue()


def flyer(*documents: Document, **options: Any) -> pikepdf.Pdf:
    return opened(printed(*documents, work=samples.work(**options)))


class TestFlyerFormat(PdfContract):
    format = Flyer()
    options = {"faults": "print"}

    def test_hostile_text_stays_text(self) -> None:
        work, out = replace(self.work(hostile_publication()), problems=[]), io.BytesIO()
        self.format.write(iter([replace(hostile_document(), type="product", parent=None)]), out, work)
        pdf = opened(out.getvalue())
        assert HOSTILE.replace(" ", "") in "".join(texts(pdf)).replace(" ", "").replace("\u200b", "")
        assert active_things(pdf) == []
        assert all("for its place on the flyer" in problem.message for problem in work.problems)

    def test_takes_bounded_time_for_texts_without_bounds(self) -> None:
        work, out = self.work(), io.BytesIO()
        self.format.write(iter(longwinded()), out, work)
        assert len(opened(out.getvalue()).pages) == 1
        assert ("BZ-LIRA", False) in {(problem.sku, problem.fatal) for problem in work.problems}

    def test_other_statements_give_other_bytes(self) -> None:
        other = replace(LIRA, statements=(Statement("teaser", "de", "", "Anders."),))
        assert self.written((other,)) != self.written((LIRA,))


def test_prints_the_period_and_the_old_price_beside_the_new_one() -> None:
    [words] = texts(flyer(LIRA, title="Winterwochen", subtitle="Nur im Januar.", **OFFER))
    for said in ("Winterwochen", "Nur im Januar.", "7. Januar 2027 bis 31. Januar 2027", "399,00 €", "449,00 €"):
        assert said in words
    assert "−11 %" in words


def test_the_code_leads_to_the_landing_page() -> None:
    page = printed(LIRA, work=samples.work(landing="https://bordanza.example/winter", landing_text="bordanza.example"))
    assert codes_on(page) == ["https://bordanza.example/winter"]
    assert "Scannen und mehr erfahren: bordanza.example" in texts(opened(page))[0]


def test_offers_stand_in_the_order_of_the_option_and_go_on_over_pages() -> None:
    many = [replace(LIRA, sku=f"BZ-{number:02}", name=f"Stück {number:02}") for number in range(9)]
    offers = {f"BZ-{number:02}": "399.00" for number in reversed(range(9))}
    pages = texts(flyer(*many, offers=offers))
    names = [[word for word in page.split() if word.isdigit() and len(word) == 2] for page in pages]
    assert names == [["08", "07", "06", "05", "04", "03", "02"], ["01", "00"]]


def test_with_bleed_the_page_is_larger_and_its_edge_is_marked() -> None:
    pdf = flyer(LIRA, bleed=3)
    page = pdf.pages[0]
    trim = [float(edge) / 72 * 25.4 for edge in page.obj.TrimBox]
    assert [trim[2] - trim[0], trim[3] - trim[1]] == pytest.approx([210, 297], abs=0.1)
    left, _, right, _ = (float(edge) / 72 * 25.4 for edge in page.mediabox)
    assert right - left == pytest.approx(216, abs=0.1)


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({"prices": ()}, {}, "BZ-LIRA: It has no price in EUR."),
        ({}, {"offers": {"BZ-LIRA": "449.00"}}, "Its offer, 449.00 EUR, is not below its price of 449.00 EUR."),
        ({"assets": ()}, {}, "BZ-LIRA: It has no picture, which its place on the flyer needs."),
        ({}, {"offers": {"BZ-LIRA": "9", "BZ-NADA": "9"}}, "BZ-NADA: It has an offer, but this release has no such"),
        ({}, {"needs": "promotion"}, "It has nothing in the slot “promotion”, which the option “needs” asks for."),
        ({}, {"title": "Donaudampfschifffahrtsgesellschaftskapitän " * 3}, "The option “title” is"),
    ],
)
def test_what_is_amiss_stops_the_edition(change: dict[str, Any], options: dict[str, Any], message: str) -> None:
    with pytest.raises(ExportError) as refused:
        printed(replace(LIRA, **change), work=samples.work(**options))
    assert message in str(refused.value)


def test_a_text_that_does_not_fit_is_told_with_one_that_would() -> None:
    long = Statement("teaser", "de", "", "Klein im Stellmaß und groß im Geschmack. " * 12)
    work = samples.work(faults="print")
    printed(replace(LIRA, statements=(long, LIRA.statements[0])), work=work)
    [problem] = work.problems
    assert problem.message.startswith("The teaser is ")
    assert "mm too high for its place on the flyer. Its headline would fit: “Espresso auf 22" in problem.message


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"starts": "2027-02-01", "ends": "2027-01-01"}, "“ends” is 2027-01-01, before “starts”, 2027-02-01"),
        ({"ends": "31.1.2027"}, "it has to be a date such as 2027-01-31"),
        ({"offers": ["BZ-LIRA"]}, "it has to be codes with a value each"),
        ({"offers": {"BZ-LIRA": "cheap"}}, "“offers” has “cheap” for BZ-LIRA; it has to be a price such as 9.90"),
        ({"accent": "red"}, "it has to be a colour such as #a4552e"),
        ({"landing": "https://bordanza.example/" + "x" * 400}, "of at most 300 characters"),
    ],
)
def test_a_wrong_option_is_told(options: dict[str, Any], message: str) -> None:
    with pytest.raises(WrongOptions) as refused:
        Flyer().read(options)
    assert message in str(refused.value)


def test_the_first_offers_picture_has_to_be_large_enough_for_its_place() -> None:
    small = replace(LIRA, assets=(replace(samples.picture(), width=500, height=500),))
    second = replace(small, sku="BZ-2")
    with pytest.raises(ExportError, match=r"1 fault.*BZ-LIRA: .* has 500 pixels for 96 mm, 132 per inch"):
        printed(small, second, work=samples.work())


def test_a_lost_picture_is_a_fault_of_its_product() -> None:
    class Lost:
        def picture(self, asset: Any, width: int) -> bytes:
            raise ExportError("the file is gone")

    with pytest.raises(ExportError, match="BZ-LIRA: A picture is missing: the file is gone"):
        printed(LIRA, work=replace(samples.work(), files=Lost()))
    work = replace(samples.work(faults="print"), files=Lost())
    assert pictures(opened(printed(LIRA, work=work))) == 0
    assert {(problem.sku, problem.fatal) for problem in work.problems} == {("BZ-LIRA", False)}
