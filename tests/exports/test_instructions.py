from __future__ import annotations

import io
import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pikepdf
import pytest

from exports.documents import Document, Publication, Statement
from exports.errors import ExportError
from exports.formats.base import Work
from exports.formats.instructions import InstructionSheet
from exports.formats.options import WrongOptions
from tests.exports import samples
from tests.exports.contract import HOSTILE, hostile_document, hostile_publication
from tests.exports.pdf_reading import (
    PdfContract,
    active_things,
    destinations,
    links,
    longwinded,
    opened,
    outline,
    pictures,
    rendered,
    texts,
)
from tests.exports.structure_reading import elements, kinds, marked_contents

__all__ = ["rendered"]  # a fixture
PICTURE = f'<img src="/assets/{samples.DIGEST}/large.jpg" alt="Siebträger" width="1600" height="1600">'
STEPS = {
    "de": f"<h3>Erste Schritte</h3><ol><li>{PICTURE}Wasser einfüllen.</li><li>Einschalten.</li></ol>",
    "en": f"<h3>First steps</h3><ol><li>{PICTURE}Fill in water.</li><li>Switch on.</li></ol>",
    "ar": "<h3>الخطوات الأولى</h3><ol><li>املأ الخزان بالماء.</li><li>شغّل الآلة.</li></ol>",
    "zh-hant": "<h3>第一步</h3><ol><li>注入清水。</li><li>開啟電源。</li></ol>",
}
DANGERS = {
    "de": "Spannung im Inneren.",
    "en": "Live parts inside.",
    "ar": "أجزاء تحت الجهد الكهربائي.",
    "zh-hant": "內部帶電。",
}
SLOTS = {**samples.PUBLICATION.slots, "danger-electricity": "Gefahr", "notice": "Hinweis", "instruction": "Anleitung"}
CAUTION = "<p>Nur Trinkwasser.</p>"


def lira(language: str = "de") -> Document:
    return replace(
        samples.LIRA,
        statements=(
            Statement("notice", language, CAUTION, "Nur Trinkwasser."),
            Statement("danger-electricity", language, f"<p>{DANGERS[language]}</p>", DANGERS[language]),
            Statement("warning", language, "<p>Heiß.</p>", "Heiß."),
            Statement("instruction", language, STEPS[language], "…"),
        ),
    )


def work(*languages: str, **options: Any) -> Work:
    publication = replace(samples.PUBLICATION, slots=SLOTS, alternates=languages or ("de",))

    def translated(language: str) -> tuple[Publication, Iterable[Document]]:
        return replace(publication, language=language), [lira(language)]

    return replace(samples.work(**options), publication=publication, translations=translated)


def booklet(*documents: Document, work: Work) -> pikepdf.Pdf:
    form, out = InstructionSheet(), io.BytesIO()
    for document in documents:
        work.problems.extend(form.check(document, work))
    form.write(iter(documents), out, work)
    return opened(out.getvalue())


class TestInstructionsFormat(PdfContract):
    format = InstructionSheet()
    options = {"faults": "print", "slots": ["instruction", "description"], "languages": "de", "facts": True}

    def test_hostile_text_stays_text(self) -> None:
        work, out = replace(self.work(hostile_publication()), problems=[]), io.BytesIO()
        self.format.write(iter([replace(hostile_document(), type="product", parent=None)]), out, work)
        pdf = opened(out.getvalue())
        words = "".join(texts(pdf)).replace(" ", "").replace("\u200b", "")
        assert words.count(HOSTILE.replace(" ", "")) > 5
        assert active_things(pdf) == []
        assert all("A text of" in problem.message for problem in work.problems), "its language is hostile too"

    def test_takes_bounded_time_for_texts_without_bounds(self) -> None:
        work, out = replace(self.work(), options={**self.options, "skus": "BZ-LIRA"}), io.BytesIO()
        started = time.process_time()
        self.format.write(iter(longwinded()), out, work)
        assert time.process_time() - started < 60
        assert 2 < len(opened(out.getvalue()).pages) < 60
        assert not any(problem.fatal for problem in work.problems)


def test_a_booklet_has_every_language_with_its_page_on_the_cover() -> None:
    pdf = booklet(lira(), work=work("de", "en"))
    cover, german, english = texts(pdf)
    assert "DE Anleitung 2" in cover
    assert "EN Instructions 3" in cover
    assert destinations(pdf) == {"lang-de": 2, "lang-en": 3}
    assert list(dict.fromkeys(links(pdf.pages[0]))) == ["lang-de", "lang-en"]
    assert "DE" in german.split()
    assert "EN" in english.split()
    assert [(title, page) for _, title, page in outline(pdf)][:2] == [("Anleitung Lira", 2), ("Sicherheit", 2)]


def test_safety_messages_come_first_the_gravest_before_the_others() -> None:
    _, words = texts(booklet(lira(), work=work()))
    said = ["Sicherheit", "GEFAHR", "Spannung im Inneren.", "WARNUNG", "Heiß.", "HINWEIS", "Nur Trinkwasser."]
    said += ["Erste Schritte", "1.", "Wasser einfüllen.", "2.", "Einschalten."]
    places = [words.index(word) for word in said]
    assert places == sorted(places)


def test_steps_have_their_pictures() -> None:
    assert pictures(booklet(lira(), work=work())) == 2  # in two sizes, on the cover and beside a step


def test_programs_find_the_structure_to_read_aloud() -> None:
    pdf = booklet(lira(), work=work("de", "en"))
    assert pdf.Root.MarkInfo.Marked
    assert "pdfuaid:part" in pdf.Root.Metadata.read_bytes().decode()
    assert str(pdf.Root.Lang) == "de"
    assert str(pdf.docinfo["/Title"]) == "Lira"
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    found = elements(pdf)
    headings = [element.kind for element in found if element.kind in ("H1", "H2", "H3")]
    assert headings == ["H1", *["H1", "H2", "H3"] * 2]
    figures = [element.alt for element in found if element.kind == "Figure"]
    signs = ["Warnzeichen: elektrische Spannung", "Allgemeines Warnzeichen", "Siebträger"]
    assert figures == ["Lira von vorn", *signs, "Warning sign: electricity", "General warning sign", "Siebträger"]
    assert [element.language for element in found if element.depth == 1] == ["de", "de", "en"]
    assert kinds(pdf, "L", "LI") == ["L", "LI", "LI"] + ["L", "LI", "LI"] * 2
    marked, named = marked_contents(pdf)
    assert marked - named == 2 * 3, "nothing but the margins of two pages, where the mark, name and number stand"


def test_a_text_in_another_language_than_it_should_be_is_a_fault() -> None:
    german = replace(lira(), statements=(Statement("instruction", "en", STEPS["en"], "…"),))
    with pytest.raises(ExportError, match="BZ-LIRA: A text of instruction is in English, not in Deutsch"):
        booklet(german, work=work())
    printed = work(faults="print")
    assert "First steps" in texts(booklet(german, work=printed))[1]
    assert [problem.fatal for problem in printed.problems] == [False]


def test_a_product_without_instructions_is_a_fault() -> None:
    with pytest.raises(ExportError, match="BZ-TAMPER: It has nothing in the slot “instruction”"):
        booklet(samples.TAMPER, work=work())


def test_a_language_that_the_channel_has_not_is_told() -> None:
    with pytest.raises(ExportError, match="“languages” names “fr”; the channel has de, en"):
        booklet(lira(), work=work("de", "en", languages="fr"))


def test_a_product_that_a_language_has_not_is_a_fault() -> None:
    with pytest.raises(ExportError, match="BZ-MOLA: The release has no English text of it"):
        booklet(replace(lira(), sku="BZ-MOLA"), work=work("de", "en"))


def test_a_picture_too_small_for_its_place_is_a_fault() -> None:
    small = replace(samples.picture(), width=300, height=300)
    with pytest.raises(ExportError, match=r"has 300 pixels for 88 mm, 87 per inch; print needs 150"):
        booklet(replace(lira(), assets=(small,)), work=work())


def test_right_to_left_text_is_set_from_the_right(rendered: list[str]) -> None:
    pdf = booklet(lira("ar"), work=replace(work("ar"), publication=replace(work("ar").publication, language="ar")))
    assert '<html lang="ar" dir="rtl">' in rendered[-1]
    assert str(pdf.Root.Lang) == "ar"
    fonts = {str(font.BaseFont).split("+")[-1] for page in pdf.pages for font in page.obj.Resources.Font.values()}
    assert "Noto-Sans-Arabic" in "".join(fonts)
    letters = "".join("".join(texts(pdf)).split())
    assert "\x00" not in letters
    # Words stand in the order of reading; the letters of a ligature may come together.
    assert "الماء" in letters or "ءاملا" in letters


def test_chinese_is_set_with_its_letters() -> None:
    publication = replace(work("zh-hant").publication, language="zh-hant")
    pdf = booklet(lira("zh-hant"), work=replace(work("zh-hant"), publication=publication))
    words = "".join(texts(pdf)[1].split())
    for said in ("第一步", "注入清水。", "開啟電源。", "內部帶電。"):
        assert said in words
    assert str(pdf.Root.Lang) == "zh-hant"


def test_a_letter_that_no_font_has_is_told_in_every_language() -> None:
    odd = work("de", "en", faults="leave_out")
    english = replace(lira("en"), name="Lira 🦀")
    odd = replace(odd, translations=lambda language: (replace(odd.publication, language=language), [english]))
    pdf = booklet(lira(), work=odd)
    assert len(pdf.pages) == 1
    assert [(p.sku, "U+1F980 CRAB" in p.message, p.fatal) for p in odd.problems] == [("BZ-LIRA", True, True)]


@pytest.mark.parametrize(
    ("options", "message"), [({"paper": "a3"}, "one of a5, a4"), ({"facts": "some"}, "true or false")]
)
def test_a_wrong_option_is_told(options: dict[str, Any], message: str) -> None:
    with pytest.raises(WrongOptions) as refused:
        InstructionSheet().read(options)
    assert message in str(refused.value)
