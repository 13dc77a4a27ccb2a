from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pikepdf
import pytest

from exports.documents import Document, Fact, Money, Statement
from exports.errors import ExportError
from exports.formats.label import LabelSheet
from exports.formats.options import WrongOptions
from tests.exports import samples
from tests.exports.code_reading import codes_on, places_on
from tests.exports.contract import hostile_document, hostile_publication
from tests.exports.pdf_reading import PdfContract, opened, rendered, texts

__all__ = ["rendered"]  # a fixture
BLACK = samples.DOCUMENTS[1]
CONTENT = {"capacity": Fact("Inhalt", "general", "measurement", {"amount": "250", "unit": "ml"}, "250 ml", 1)}
ONE = {"skus": "BZ-LIRA-BK"}


def labels(*documents: Document, **options: Any) -> pikepdf.Pdf:
    return opened(written(*documents, **options))


def written(*documents: Document, **options: Any) -> bytes:
    """The documents that pass the check, as an edition would have them."""
    work, form, out = samples.work(**options), LabelSheet(), io.BytesIO()

    def passing() -> Iterator[Document]:
        for document in documents:
            problems = form.check(document, work)
            work.problems.extend(problems)
            if not any(problem.fatal for problem in problems):
                yield document

    form.write(passing(), out, work)
    return out.getvalue()


def told(*documents: Document, **options: Any) -> list[tuple[str, str, bool]]:
    work, form = samples.work(**options), LabelSheet()
    good = [document for document in documents if not any(p.fatal for p in found(form, document, work))]
    form.write(iter(good), io.BytesIO(), work)
    return [(problem.sku, problem.message, problem.fatal) for problem in work.problems]


def found(form: LabelSheet, document: Document, work: Any) -> list[Any]:
    problems = form.check(document, work)
    work.problems.extend(problems)
    return problems


class TestLabelFormat(PdfContract):
    format = LabelSheet()
    # Hostile words are no GTIN; a label without a code has nothing to complain of.
    options = {"code": "none", "faults": "print", "height": 90, "rows": 3}

    def test_hostile_text_stays_text(self) -> None:
        work, out = replace(self.work(hostile_publication()), problems=[]), io.BytesIO()
        document = replace(hostile_document(), type="product", parent=None)
        self.format.write(iter([document]), out, work)
        assert document.name.replace(" ", "") in "".join(texts(opened(out.getvalue()))).replace(" ", "").replace(
            "\u200b", ""
        )
        assert work.problems == []

    def test_other_statements_give_other_bytes(self) -> None:
        """A label prints none."""

    def test_takes_bounded_time_for_texts_without_bounds(self) -> None:
        long = replace(BLACK, name="Überdruckventil-" * 12_500)
        work, out = replace(self.work(), options={"faults": "print"}), io.BytesIO()
        self.format.write(iter([long, samples.DOCUMENTS[2]]), out, work)
        assert len(opened(out.getvalue()).pages) == 1
        assert [problem.sku for problem in work.problems] == ["BZ-LIRA-BK"]


@pytest.mark.parametrize(
    ("options", "content"),
    [
        ({}, "9521234567899"),
        ({"magnification": 80}, "9521234567899"),
        ({"code": "gs1-128"}, "(01)09521234567899"),
        ({"code": "datamatrix"}, "(01)09521234567899"),
    ],
)
def test_codes_can_be_read_from_the_printed_page(options: dict[str, Any], content: str) -> None:
    assert codes_on(written(BLACK, **options)) == [content]


def test_a_qr_code_holds_the_digital_link() -> None:
    page = written(BLACK, qr=True, width=105, columns=2, resolver="https://id.example.com")
    assert sorted(codes_on(page)) == ["9521234567899", "https://id.example.com/01/09521234567899"]


@pytest.mark.parametrize(("gtin", "content"), [("95212340", "95212340"), ("012345678905", "0012345678905")])
def test_short_numbers_have_a_code_of_their_own(gtin: str, content: str) -> None:
    assert codes_on(written(replace(BLACK, identifiers={"gtin": gtin}))) == [content]


def test_labels_stand_where_the_sheet_has_them() -> None:
    many = [replace(BLACK, sku=f"BZ-{number}") for number in range(4)]
    grid = {
        "width": 60,
        "height": 40,
        "columns": 2,
        "rows": 2,
        "gap_x": 5,
        "gap_y": 3,
        "margin_left": 10,
        "code": "datamatrix",
    }
    places = places_on(written(*many, **grid, margin_top=12))
    left, top = places[0]
    found = [round(mm, 1) for x, y in places for mm in (x - left, y - top)]
    assert found == pytest.approx([0, 0, 65, 0, 0, 43, 65, 43], abs=0.15)


def test_begins_at_the_position_that_the_option_says_and_goes_on_over_sheets() -> None:
    many = [replace(BLACK, sku=f"BZ-{number:02}") for number in range(24)]
    pages = texts(labels(*many, start=23))
    assert [[f"BZ-{number:02}" in page for number in (0, 1, 2, 23)] for page in pages] == [
        [True, True, False, False],
        [False, False, True, True],
    ]


def test_a_single_label_is_a_page_of_its_size() -> None:
    pdf = labels(BLACK, samples.DOCUMENTS[2], single=True, width=62, height=36.5)
    assert len(pdf.pages) == 2
    assert [float(side) / 72 * 25.4 for side in pdf.pages[0].mediabox] == pytest.approx([0, 0, 62, 36.5], abs=0.01)


def test_prints_the_price_and_the_price_per_litre() -> None:
    descaler = replace(BLACK, facts=CONTENT, prices=(Money("9.90", "EUR"),))
    [words] = texts(labels(descaler, unit_price="capacity"))
    assert "9,90 €" in words
    assert "39,60 € / l" in words


def test_prints_as_many_copies_as_said() -> None:
    assert codes_on(written(BLACK, copies=3)) == ["9521234567899"] * 3


def test_a_group_has_no_label_but_its_variants_have() -> None:
    [words] = texts(labels(*samples.DOCUMENTS, faults="leave_out"))
    assert "BZ-LIRA-BK" in words
    assert "BZ-LIRA-RD" in words
    assert "BZ-TAMPER" not in words


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"identifiers": {}}, "It has no GTIN, so its label would be without a code."),
        (
            {"identifiers": {"gtin": "9521234567890"}},
            "The GTIN “9521234567890” has a wrong check digit, so its label would be without a code.",
        ),
        (
            {"identifiers": {"gtin": "19521234567896"}},
            "The GTIN “19521234567896” is that of a case: the option “code” has to be gs1-128 or datamatrix.",
        ),
        ({"prices": ()}, "It has no price in EUR."),
        (
            {"name": "Lira 🦀"},
            "The name has “🦀” (U+1F980 CRAB), which no font of ours has: write it otherwise, or install its font.",
        ),
    ],
)
def test_what_is_amiss_is_told_and_the_rest_printed_by_policy(change: dict[str, Any], message: str) -> None:
    wrong, right = replace(BLACK, **change), samples.DOCUMENTS[2]
    assert told(wrong, right, faults="leave_out") == [("BZ-LIRA-BK", message, True)]
    assert codes_on(written(wrong, right, faults="leave_out")) == ["9521234567882"]
    with pytest.raises(ExportError) as refused:
        written(wrong, right)
    assert f"BZ-LIRA-BK: {message}" in str(refused.value)


def test_prints_a_label_without_its_code_where_the_policy_is_to_print() -> None:
    [words] = texts(labels(replace(BLACK, identifiers={}), faults="print"))
    assert "Lira, schwarz" in words


def test_never_prints_a_box_for_a_letter_that_no_font_has() -> None:
    [words] = texts(labels(replace(BLACK, name="Lira 🦀"), samples.DOCUMENTS[2], faults="print"))
    assert "schwarz" not in words
    assert "BZ-LIRA-BK" not in words


def test_a_name_that_is_too_long_is_told_with_what_would_fit() -> None:
    long = replace(
        BLACK,
        name="Espressomaschine mit Siebträger und Dampflanze, " * 4,
        statements=(
            Statement("headline", "de", "", "Espresso auf 22 Zentimetern"),
            Statement("teaser", "de", "", "Klein im Stellmaß und groß im Geschmack, " * 4),
        ),
    )
    [(sku, message, fatal)] = told(long, faults="print")
    assert (sku, fatal) == ("BZ-LIRA-BK", False)
    assert message.startswith("The name is 14.8 mm too high for its place on the label.")
    assert message.endswith("Its headline would fit: “Espresso auf 22 Zentimetern”.")
    with pytest.raises(ExportError, match="mm too high"):
        written(long)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"width": "wide"}, "“wide” cannot be the option “width”: it has to be a number from 15 to 300 mm"),
        ({"columns": 4}, "“columns” asks for 280 mm of labels, gaps and margin; the paper has 210 mm"),
        ({"rows": 9}, "“rows” asks for 333.5 mm"),
        ({"start": 25}, "“start” is 25; a sheet has 24 labels"),
        ({"copies": 1.5}, "“1.5” cannot be the option “copies”: it has to be a whole number"),
        ({"code": "qr"}, "“qr” cannot be the option “code”: it has to be one of ean, gs1-128, datamatrix, none"),
        ({"faults": "ignore"}, "“ignore” cannot be the option “faults”: it has to be one of stop, leave_out, print"),
        ({"prices": "perhaps"}, "“perhaps” cannot be the option “prices”: it has to be true or false"),
        ({"resolver": "javascript:alert(1)"}, "it has to be an address that begins with https://"),
    ],
)
def test_a_wrong_option_is_told_before_anything_is_made(options: dict[str, Any], message: str) -> None:
    with pytest.raises(WrongOptions) as refused:
        LabelSheet().read(options)
    assert message in str(refused.value)
    with pytest.raises(WrongOptions, match=re.escape(message)):
        written(BLACK, **options)


def test_a_label_too_small_for_its_code_is_told_with_the_size_it_needs() -> None:
    with pytest.raises(ExportError, match=r"The label is 30 × 20 mm; its codes and a name need 41\.3 × 19\.\d mm"):
        written(BLACK, width=30, height=20)


def test_a_product_that_the_release_has_not_is_told() -> None:
    with pytest.raises(ExportError, match="“BZ-NADA” is not among what can be printed"):
        written(BLACK, skus=["BZ-NADA"])
