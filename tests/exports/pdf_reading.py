"""Reading PDFs back, and what both printed formats must do."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pikepdf
import pytest

from exports.documents import Document, Statement
from exports.pdf.engine import Part, Press
from exports.pdf.press.pool import Pool
from tests.exports import samples
from tests.exports.contract import HOSTILE, HOSTILE_CODE, LIVE, FormatContract, hostile_document, hostile_publication

# Whatever could run, open or carry something.
ACTIVE = (
    "/JavaScript",
    "/JS",
    "/Launch",
    "/EmbeddedFile",
    "/EmbeddedFiles",
    "/OpenAction",
    "/AA",
    "/GoToR",
    "/RichMedia",
)


def opened(body: bytes) -> pikepdf.Pdf:
    """The PDF, after qpdf has found nothing to complain of."""
    pdf = pikepdf.open(io.BytesIO(body))
    assert pdf.check_pdf_syntax() == []
    return pdf


def texts(pdf: pikepdf.Pdf) -> list[str]:
    """The words of each page in the order of drawing, runs of white space as one space."""
    return [" ".join("".join(_pieces(page)).split()) for page in pdf.pages]


def _pieces(page: pikepdf.Page | pikepdf.Object) -> Iterator[str]:
    letters: dict[int, str] = {}
    resources = (page.obj if isinstance(page, pikepdf.Page) else page).Resources
    for instruction in pikepdf.parse_content_stream(page):
        operator = str(instruction.operator)
        if operator == "Tf":
            letters = _letters(resources.Font[str(instruction.operands[0])])
        elif operator == "Do":
            thing = resources.XObject[str(instruction.operands[0])]
            if thing.Subtype == "/Form":
                yield " "
                yield from _pieces(thing)
        elif operator in ("Tj", "TJ"):
            yield from _shown(instruction.operands[0], letters)
        elif operator == "Tm":
            yield " "


def _shown(operand: Any, letters: dict[int, str]) -> Iterator[str]:
    for piece in operand if isinstance(operand, pikepdf.Array) else [operand]:
        if isinstance(piece, pikepdf.String):
            glyphs = bytes(piece)
            for at in range(0, len(glyphs), 2):
                glyph = int.from_bytes(glyphs[at : at + 2], "big")
                assert glyph, "a letter that the font has not"
                yield letters.get(glyph, "�")


def _letters(font: Any) -> dict[int, str]:
    """What each glyph of a font stands for, by its ToUnicode table."""
    table = font.ToUnicode.read_bytes().decode()
    pairs = re.findall(r"<([0-9a-fA-F]{4})> <([0-9a-fA-F]+)>\s", table)
    return {int(glyph, 16): bytes.fromhex(text).decode("utf-16-be") for glyph, text in pairs}


def placed(page: pikepdf.Page) -> list[tuple[float, float, str]]:
    """Where each piece of a pasted up page has its lower left corner, and its words."""
    found, place = [], (0.0, 0.0)
    for instruction in pikepdf.parse_content_stream(page):
        if str(instruction.operator) == "cm":
            place = (float(instruction.operands[4]), float(instruction.operands[5]))
        elif str(instruction.operator) == "Do":
            thing = page.obj.Resources.XObject[str(instruction.operands[0])]
            found.append((*place, " ".join("".join(_pieces(thing)).split())))
    return found


def stamped(page: pikepdf.Page) -> list[tuple[float, float, int]]:
    """The numbers on a pasted up page, and where each has its lower left corner."""
    numbers: list[tuple[float, float, float, str]] = []
    for x, y, text in placed(page):
        if not (text.isdigit() and len(text) == 1):
            continue
        if numbers and numbers[-1][1] == y and 0 < x - numbers[-1][2] < 7:
            left, _, _, digits = numbers.pop()
            numbers.append((left, y, x, digits + text))
        else:
            numbers.append((x, y, x, text))
    return [(left, y, int(digits)) for left, y, _, digits in numbers]


def font_names(pdf: pikepdf.Pdf) -> set[str]:
    """The embedded fonts, without the six letters that mark a subset."""
    holders: list[Any] = [page.obj for page in pdf.pages]
    holders += [form for page in pdf.pages for form in page.obj.Resources.get("/XObject", {}).values()]
    fonts = [font for one in holders if "/Resources" in one for font in one.Resources.get("/Font", {}).values()]
    assert all("/FontFile2" in font.DescendantFonts[0].FontDescriptor for font in fonts), "a font is not embedded"
    return {str(font.BaseFont).split("+")[-1] for font in fonts}


def destinations(pdf: pikepdf.Pdf) -> dict[str, int]:
    """The page number, from 1, of each named place."""
    if "/Names" not in pdf.Root:
        return {}
    names = list(pdf.Root.Names.Dests.Names)
    numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages, 1)}
    return {str(names[at]): numbers[names[at + 1][0].objgen] for at in range(0, len(names), 2)}


def outline(pdf: pikepdf.Pdf) -> list[tuple[int, str, int]]:
    """Depth, title and page number of each bookmark."""
    numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages, 1)}

    def walk(items: Any, depth: int) -> Iterator[tuple[int, str, int]]:
        for item in items:
            yield depth, item.title, numbers[item.destination[0].objgen]
            yield from walk(item.children, depth + 1)

    with pdf.open_outline() as tree:
        return list(walk(tree.root, 1))


def links(page: pikepdf.Page) -> list[str]:
    """The targets of a page's links: names of places, or addresses."""
    found = []
    for link in page.obj.get("/Annots", []):
        action = link.get("/A")
        found.append(str(action.URI) if action is not None and "/URI" in action else str(link.get("/Dest", "")))
    return found


def pictures(pdf: pikepdf.Pdf) -> int:
    """How many pictures are in the PDF."""
    return sum(1 for thing in pdf.objects if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == "/Image")


def active_things(pdf: pikepdf.Pdf) -> list[str]:
    """What in a PDF could run, open a file or carry one."""
    found = []
    for thing in pdf.objects:
        if isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
            names = [*thing.keys(), *(str(thing.get(key)) for key in ("/S", "/Type") if key in thing)]
            found += [name for name in names if name in ACTIVE]
    return found


def spied(patch: pytest.MonkeyPatch) -> list[str]:
    """A list that will have the HTML of every part or chunk, in the order of rendering."""
    seen: list[str] = []
    render = Press.render

    def spying(self: Press, html: str, **more: Any) -> Part:
        seen.append(html)
        return render(self, html, **more)

    run = Pool.run

    def watching(self: Pool, tasks: Any) -> Any:
        def told() -> Any:
            for name, task in tasks:
                seen.extend([task["html"]] if "html" in task else [])
                yield name, task

        return run(self, told())

    patch.setattr(Press, "render", spying)
    patch.setattr(Pool, "run", watching)
    return seen


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    return spied(monkeypatch)


class PdfContract(FormatContract):
    """The contract of formats, read with eyes that see through compression."""

    def test_hostile_text_stays_text(self) -> None:
        """Compressed bytes prove nothing, so this reads the words, and looks for whatever could act."""
        work, out = replace(self.work(hostile_publication()), problems=[]), io.BytesIO()
        self.format.write(iter([samples.LIRA, replace(hostile_document(), type="product", parent=None)]), out, work)
        pdf = opened(out.getvalue())
        words = "".join(texts(pdf)).replace(" ", "").replace("\u200b", "")
        assert words.count(HOSTILE.replace(" ", "")) > 5, "hostile words have to be printed to prove a thing"
        assert active_things(pdf) == []
        assert work.problems == [], "something was fetched or misread"

    def test_hostile_text_is_escaped_in_every_part(self, rendered: list[str]) -> None:
        alone = replace(hostile_document(), type="product", parent=None, sku=f"{HOSTILE_CODE}1")
        self.written((samples.LIRA, hostile_document(), alone), hostile_publication())
        assert rendered
        assert not any(LIVE.decode() in html for html in rendered)

    def test_has_no_fonts_but_ours(self) -> None:
        assert all(
            name.startswith(("Source-Sans-Pro", "Source-Serif-Pro")) for name in font_names(opened(self.written()))
        )

    def test_needs_no_more_than_a_page_for_no_documents(self) -> None:
        assert len(opened(self.written(())).pages) >= 1

    def test_takes_bounded_time_for_texts_without_bounds(self) -> None:
        work, out = self.work(), io.BytesIO()
        started = time.process_time()
        self.format.write(iter(longwinded()), out, work)
        assert time.process_time() - started < 60
        assert 2 < len(opened(out.getvalue()).pages) < 60
        assert {problem.sku for problem in work.problems} == {"BZ-LIRA"}
        assert not any(problem.fatal for problem in work.problems)


def longwinded() -> tuple[Document, ...]:
    """A product with texts of 200 KB, in every shape that has stopped a renderer."""
    word = "Überdruckventil-" * 12_500
    shapes = (
        ("description", f"<p>{word}</p>"),
        ("description", "<ul><li>tief" * 2_000 + "</li></ul>" * 2_000),
        ("description", "<table><tr>" + "<td>Zelle</td>" * 60 + "</tr></table>"),
        ("feature", "<b>fett</b><i>kursiv</i>" * 8_000),
        ("warning", "<br>" * 30_000),
    )
    statements = tuple(Statement(slot, "de", html, "") for slot, html in shapes)
    facts = {code: replace(fact, label=word, text=word) for code, fact in samples.LIRA.facts.items()}
    lira = replace(samples.LIRA, name=word, statements=statements, facts=facts)
    return (lira, *samples.DOCUMENTS[1:3], replace(samples.TAMPER, assets=(samples.picture(),)))
