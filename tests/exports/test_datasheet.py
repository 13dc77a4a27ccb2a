from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import pikepdf
import pytest

from exports.documents import Document, DocumentAsset, Fact
from exports.errors import ExportError
from exports.formats.base import Problem, Work
from exports.formats.datasheet import DataSheet
from tests.exports import samples
from tests.exports.code_reading import codes_on
from tests.exports.pdf_reading import PdfContract, font_names, links, opened, outline, pictures, rendered, texts
from tests.exports.structure_reading import elements, kinds, marked_contents

__all__ = ["rendered"]  # a fixture
BARE = replace(samples.TAMPER, facts={}, prices=(), family={"code": "x", "label": ""})


def sheet(
    documents: tuple[Document, ...] = samples.DOCUMENTS, work: Work | None = None, **options: object
) -> pikepdf.Pdf:
    out = io.BytesIO()
    DataSheet().write(iter(documents), out, work or samples.work(**options))
    return opened(out.getvalue())


class TestDataSheetFormat(PdfContract):
    format = DataSheet()
    options = {"sku": "", "prices": True, "price_note": "inkl. MwSt."}


def test_a_sheet_is_made_of_this_html(rendered: list[str], golden: Callable[[str, bytes], None]) -> None:
    sheet(sku="BZ-LIRA")
    assert len(rendered) == 1
    golden("datasheet/lira.html", rendered[0].encode())


def test_describes_the_product_that_the_option_names() -> None:
    pdf = sheet(sku="BZ-TAMPER")
    assert len(pdf.pages) == 1
    [words] = texts(pdf)
    assert "Tamper <58> & Co" in words
    assert "Stahl, Holz" in words
    assert "39,00 €" in words
    assert "Lira" not in words


def test_has_the_variants_of_a_group_in_a_table() -> None:
    [words] = texts(sheet(sku="BZ-LIRA"))
    assert "Varianten Artikelnr. Farbe GTIN Preis" in words
    assert "BZ-LIRA-BK schwarz 9521234567899 449,00 € BZ-LIRA-RD rot 9521234567882 449,00 €" in words


def with_table(*rows: tuple[str, ...]) -> Document:
    facts = {"cups": Fact("Tassen", "brewing", "table", [], "in einer Zeile", 1)}
    return replace(BARE, facts=facts, tables={"cups": rows})


def test_prints_a_table_of_facts_as_one() -> None:
    [words] = texts(sheet((with_table(("Tasse", "Menge"), ("Lungo", "110 ml"), ("Ristretto", "25 ml")),)))
    assert "Tassen Tasse Menge Lungo 110 ml Ristretto 25 ml" in words
    assert "in einer Zeile" not in words


def test_prints_a_wide_table_in_pieces_that_begin_with_the_first_column() -> None:
    wide = [tuple(f"{row}.{column}" for column in range(20)) for row in range(3)]
    [words] = texts(sheet((with_table(*wide),)))
    assert [words.count(cell) for cell in ("1.0", "1.7 ", "1.8 ", "1.19")] == [3, 1, 1, 1]


def test_prints_as_much_of_a_huge_table_as_a_sheet_can_take() -> None:
    work = samples.work()
    pdf = sheet((with_table(*[("W" * 5_000,) * 20] * 201),), work)
    assert len(pdf.pages) < 10
    assert "its first 2 rows are printed" in work.problems[-1].message


def test_gives_each_product_a_page_of_its_own_without_the_option() -> None:
    pdf = sheet()
    assert [(title, page) for _, title, page in outline(pdf)] == [
        ("Lira", 1),
        ("Lira, schwarz", 2),
        ("Lira, rot", 3),
        ("Tamper <58> & Co", 4),
    ]
    assert all("1 / 1" in words for words in texts(pdf))


def test_refuses_a_product_that_the_release_has_not() -> None:
    with pytest.raises(ExportError, match="BZ-NADA"):
        sheet(sku="BZ-NADA")


def test_says_which_release_it_stands_in() -> None:
    [words] = texts(sheet(sku="BZ-TAMPER"))
    assert "Ausgabe 7 vom 22. November 2026" in words


def test_leaves_prices_out_where_the_output_says_so() -> None:
    assert not any("€" in words for words in texts(sheet(prices="false")))


def test_says_from_which_price_variants_are_sold_where_they_differ() -> None:
    black, red = (
        samples.DOCUMENTS[1],
        replace(samples.DOCUMENTS[2], prices=(replace(samples.LIRA.prices[0], amount="429.00"),)),
    )
    [words] = texts(sheet((samples.LIRA, black, red), sku="BZ-LIRA"))
    assert "ab 429,00 €" in words


def test_prints_slots_it_knows_nothing_of_under_the_channels_label() -> None:
    publication = replace(samples.PUBLICATION, slots={**samples.PUBLICATION.slots, "instruction": "Anleitung"})
    document = replace(BARE, statements=(replace(samples.LIRA.statements[2], slot="instruction"),))
    [words] = texts(sheet((document,), replace(samples.work(), publication=publication)))
    assert "Anleitung Die Lira ist in drei Minuten bereit." in words


def test_marks_a_statement_in_another_language(rendered: list[str]) -> None:
    sheet(sku="BZ-LIRA")
    assert '<div class="prose prose-warning" lang="en"><p>Do not immerse in water.</p></div>' in rendered[0]


def test_has_the_picture_once() -> None:
    assert pictures(sheet(sku="BZ-LIRA")) == 1


def test_leaves_the_place_of_a_lost_picture_empty_and_says_so() -> None:
    class Lost:
        def picture(self, asset: DocumentAsset, width: int) -> bytes:
            raise ExportError("the file is gone")

    work = replace(samples.work(sku="BZ-LIRA"), files=Lost())
    pdf = sheet(work=work)
    assert pictures(pdf) == 0
    assert "Lira" in texts(pdf)[0]
    assert work.problems == [Problem("BZ-LIRA", "A picture is missing: the file is gone", fatal=False)]


def test_warns_of_a_product_without_a_picture() -> None:
    problems = DataSheet().check(samples.TAMPER, samples.work())
    assert [(problem.sku, problem.fatal) for problem in problems] == [("BZ-TAMPER", False)]
    assert DataSheet().check(samples.LIRA, samples.work()) == []


def test_is_set_in_the_language_of_the_release() -> None:
    romanian = replace(samples.PUBLICATION, language="ro")
    pdf = sheet((replace(BARE, name="Șnițel și țață"),), replace(samples.work(), publication=romanian))
    assert str(pdf.Root.Lang) == "ro"
    assert "Șnițel și țață" in texts(pdf)[0]
    assert "Ediția 7 din 22 noiembrie 2026" in texts(pdf)[0]
    assert font_names(pdf) <= {"Source-Sans-Pro", "Source-Serif-Pro-Light", "Source-Sans-Pro-Semi-Bold"}


def test_can_be_read_aloud() -> None:
    pdf = sheet(sku="BZ-LIRA")
    assert pdf.Root.MarkInfo.Marked
    assert "/StructTreeRoot" in pdf.Root


def test_programs_find_titles_pictures_and_tables_in_reading_order() -> None:
    drawing = replace(samples.picture("drawing", "Lira mit Maßen"), digest="f" * 64)
    document = replace(samples.LIRA, assets=(*samples.LIRA.assets, drawing))
    pdf = sheet((document, *samples.DOCUMENTS[1:]), sku="BZ-LIRA")
    assert "pdfuaid:part" in pdf.Root.Metadata.read_bytes().decode()
    assert str(pdf.docinfo["/Title"]) == "Lira"
    assert str(pdf.docinfo["/Author"]) == "Bordanza Shop"
    found = elements(pdf)
    assert [element.alt for element in found if element.kind == "Figure"] == [
        "Lira von vorn",
        "Lira mit Maßen",
        "Allgemeines Warnzeichen",
    ]
    assert kinds(pdf, "H1", "H2", "Table") == ["H1", "Table", "H2", "Table", "H2", "H2"]
    marked, named = marked_contents(pdf)
    assert marked - named == 2 * len(pdf.pages), "nothing but the foot and the number of each page"


def test_lists_documents_with_their_addresses() -> None:
    manual = replace(samples.picture("manual", "Anleitung Lira"), kind="document", media_type="application/pdf")
    pdf = sheet((replace(samples.TAMPER, assets=(replace(manual, url="/assets/lira.pdf"),)),))
    assert "Downloads Anleitung Lira PDF" in " ".join(texts(pdf))
    assert set(links(pdf.pages[0])) == {"https://shop.example/assets/lira.pdf"}


def test_a_code_leads_to_the_page_that_the_option_names() -> None:
    out = io.BytesIO()
    DataSheet().write(iter([samples.TAMPER]), out, samples.work(qr="https://shop.example/p/{sku}"))
    assert codes_on(out.getvalue()) == ["https://shop.example/p/BZ-TAMPER"]


def test_leaves_out_the_slots_that_the_option_names() -> None:
    [words] = texts(sheet(sku="BZ-LIRA", without="teaser, feature"))
    assert "Klein im Stellmaß" not in words
    assert "Präinfusion" not in words
    assert "Die Lira ist in drei Minuten bereit." in words
