"""What is in a catalogue, read back from its pages by another program than the one that made them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pikepdf
import pypdfium2
import pytest

from exports.documents import Document, Statement
from exports.errors import ExportError
from exports.formats.base import Workshop
from exports.formats.catalog import Catalog
from exports.pdf import entries
from exports.pdf.speaking import HEADINGS
from tests.exports import samples
from tests.exports.pdf_reading import destinations, opened
from tests.exports.structure_reading import elements, marked_contents
from tests.exports.test_press import HOSTILE, entry

ROADS = (False, True)  # pasted up of pieces, and in one flow with tags


def written(documents: tuple[Document, ...], workshop: Workshop | None = None, **options: Any) -> tuple[bytes, Any]:
    work = samples.work(**options)
    work = replace(work, workshop=workshop) if workshop else work
    out = io.BytesIO()
    Catalog().write(iter(documents), out, work)
    return out.getvalue(), work


@pytest.fixture(scope="module", params=ROADS, ids=["pasted", "tagged"])
def body(request: pytest.FixtureRequest) -> bytes:
    return written(samples.DOCUMENTS, tagged=request.param)[0]


@pytest.fixture(scope="module")
def tagged() -> pikepdf.Pdf:
    return opened(written(samples.DOCUMENTS, tagged=True)[0])


def extracted(body: bytes) -> list[str]:
    """The words of each page without white space, as pdfium reads them."""
    with pypdfium2.PdfDocument(body) as pdf:
        return [bare(page.get_textpage().get_text_range()) for page in pdf]


def bare(text: str) -> str:
    return re.sub(r"[\s\u00ad\u200b\ufffe\u0002-]+", "", text)


def sayings(document: Document) -> Iterator[str]:
    """All that a document says, line by line."""
    yield document.name
    for statement in document.statements:
        yield from (line for line in (statement.text or "").splitlines() if line.strip("– "))
    for code, fact in document.listed():
        if code not in document.axes:
            yield fact.label
            yield fact.text


def test_every_statement_and_fact_of_the_documents_is_on_a_page(body: bytes) -> None:
    words = "".join(extracted(body))
    for document in samples.DOCUMENTS:
        if document.type == "variant":
            assert bare(document.sku) in words
            continue
        missing = [said for said in sayings(document) if bare(said.removeprefix("– ")) not in words]
        assert missing == [], document.sku


def test_is_read_in_the_order_in_which_it_is_written(body: bytes) -> None:
    page = extracted(body)[destinations(opened(body))["sku-BZ-LIRA"] - 1]
    order = [statement.text for slot in ("headline", "teaser", "description") for statement in samples.LIRA.slot(slot)]
    places = [page.index(bare(text.splitlines()[0])) for text in order]
    assert len(places) == 3
    assert places == sorted(places)
    assert page.index(bare("Lira")) < places[0]
    facts = [page.index(bare(fact.label)) for _, fact in samples.LIRA.listed()]
    assert min(facts) > places[0]


def test_numbers_in_contents_and_index_are_those_of_the_pages() -> None:
    """Of the one with tags; of the other, where they are stamped, see test_catalog_format."""
    body, _ = written(samples.DOCUMENTS, tagged=True)
    pdf, pages = opened(body), extracted(body)
    places = destinations(pdf)
    for document in (samples.LIRA, samples.TAMPER):
        place = places[f"sku-{document.sku}"]
        assert f"{bare(document.sku)}·" in pages[place - 1]
        for number, line in ((2, document.name), (places["index"], document.sku + document.name)):
            # A line ends where the next one begins, or at the page's own number.
            assert re.search(rf"{re.escape(bare(line))}{place}(\D|{number}$)", pages[number - 1]), (number, line)


class TestTags:
    def test_the_document_says_that_it_is_tagged_its_title_and_its_language(self, tagged: pikepdf.Pdf) -> None:
        assert bool(tagged.Root.MarkInfo.Marked)
        assert str(tagged.Root.Lang) == "de"
        assert str(tagged.docinfo["/Title"]) == "Bordanza Shop"
        assert all("/StructParents" in page.obj for page in tagged.pages)

    def test_headings_tables_and_pictures_are_in_the_structure(self, tagged: pikepdf.Pdf) -> None:
        found = elements(tagged)
        assert {"H1", "H2", "H3", "Table", "TR", "TH", "TD", "Figure", "Link", "P"} <= {one.kind for one in found}
        assert "Lira von vorn" in [one.alt for one in found if one.kind == "Figure"]
        assert all(one.alt for one in found if one.kind == "Figure"), "a picture without words"

    def test_no_level_of_headings_is_left_out(self, tagged: pikepdf.Pdf) -> None:
        levels = [int(one.kind[1]) for one in elements(tagged) if f"/{one.kind}" in HEADINGS]
        assert levels[0] == 1
        assert all(below - above <= 1 for above, below in pairwise(levels)), levels
        assert {1, 2, 3} <= set(levels)

    def test_nothing_is_outside_of_the_structure_but_what_stands_at_head_and_foot(self, tagged: pikepdf.Pdf) -> None:
        marked, named = marked_contents(tagged)
        assert 0 <= marked - named <= 4 * len(tagged.pages)
        assert named > 50

    def test_every_link_is_in_the_structure(self, tagged: pikepdf.Pdf) -> None:
        annotations = [link for page in tagged.pages for link in page.obj.get("/Annots", [])]
        assert annotations
        named = [kid.Obj.objgen for kid in _references(tagged.Root.StructTreeRoot.K)]
        assert sorted(named) == sorted(link.objgen for link in annotations)
        assert all("/StructParent" in link for link in annotations)


def _references(kid: Any) -> Iterator[Any]:
    """The references of the structure to annotations (ISO 32000-1, 14.7.4.3)."""
    if isinstance(kid, pikepdf.Array):
        for one in kid:
            yield from _references(one)
    elif isinstance(kid, pikepdf.Dictionary):
        if kid.get("/Type") == "/OBJR":
            yield kid
        yield from _references(kid.get("/K", pikepdf.Array()))


def test_a_tagged_catalogue_leaves_out_what_cannot_be_laid_out_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "bounded", lambda html: (html, ()))
    bad = replace(entry(5), statements=(Statement("description", "de", HOSTILE["nesting"], "x"),))
    body, work = written((entry(1), bad, entry(9)), tagged=True)
    words = "".join(extracted(body))
    assert "Teil001" in words
    assert "Teil009" in words
    assert [(one.sku, one.message) for one in work.problems if one.fatal] == [
        (bad.sku, "It cannot be laid out, it is left out: text 1 in “description”: layout ends with RecursionError.")
    ]
    with pytest.raises(ExportError, match="T-005 cannot be laid out"):
        written((entry(1), bad), tagged=True, failures="stop")


def test_sixty_hostile_products_among_two_hundred_good_ones(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """As if nothing bounded texts: the edition of the 200 appears, and the report names the 60 and their texts."""
    monkeypatch.setattr(entries, "bounded", lambda html: (html, ()))
    kinds_of = [*["glyph"] * 52, *["nesting"] * 5, "word", "colspan", "size"]
    good = [replace(entry(number), name=f"Gut {number:03}", facts={}, prices=()) for number in range(200)]
    bad = [
        replace(
            entry(500 + number), statements=(Statement("description", "de", f"{HOSTILE[kind]}<!--{number}-->", "x"),)
        )
        for number, kind in enumerate(kinds_of)
    ]
    documents = tuple(sorted((*good, *bad), key=lambda one: one.sku))
    body, work = written(documents, Workshop(tmp_path, processes=2, seconds=1, megabytes=200))
    words = "".join(extracted(body))
    assert all(f"Gut{number:03}" in words for number in range(200))
    told = {problem.sku: problem.message for problem in work.problems if problem.fatal}
    assert told.keys() == {one.sku for one in bad}
    assert all("it is left out: text 1 in “description”: " in message for message in told.values())
