"""Parts are sewn to a PDF by new numbers for their objects."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pikepdf
import pytest

from exports.pdf.press.binding import _objects, letters
from exports.pdf.press.bound import Bound
from exports.pdf.press.sewing import references, renumbered, sew
from tests.exports.pdf_reading import opened, outline

FACTS = {"Title": "Köstlich (12 0 R)", "Author": ""}


@pytest.fixture(scope="module")
def fonts() -> Bound:
    with pikepdf.Pdf.new() as pdf:
        pdf.Root.Fonts = pdf.make_indirect(pikepdf.Dictionary(F1=pikepdf.Dictionary(Type=pikepdf.Name.Font)))
        out = io.BytesIO()
        pdf.save(out)
    return letters(out.getvalue())


def part(title: str, image: bytes) -> Bound:
    """A page with a picture `i1`, a table of fonts left open, and an item of the outline."""
    with pikepdf.Pdf.new() as pdf:
        picture, table = pdf.make_stream(image), pdf.make_indirect(pikepdf.Dictionary())
        resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(i1=picture), Font=table)
        page = pikepdf.Dictionary(Type=pikepdf.Name.Page, MediaBox=[0, 0, 9, 9], Resources=resources)
        pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
        obj, parent = pdf.pages[0].obj, pdf.Root.Pages.objgen[0]
        place = pikepdf.Array([obj, pikepdf.Name.XYZ, 1, 2, 0])
        mark = pdf.make_indirect(pikepdf.Dictionary(Title=pikepdf.String(title), Dest=place))
        open_ = table.objgen[0]
        return Bound(
            *_objects(pdf, [obj, mark], {parent, open_}),
            parent,
            [obj.objgen[0]],
            [open_],
            {"/i1": picture.objgen[0]},
            {title: place.unparse().decode()},
            [mark.objgen[0]],
        )


def sewn(parts: Sequence[Bound], fonts: Bound) -> bytes:
    out = io.BytesIO()
    sew(parts, fonts, FACTS, "de", out)
    return out.getvalue()


def test_is_a_pdf_with_all_pages_places_and_marks(fonts: Bound) -> None:
    body = sewn([part("one", b"1"), part("two", b"2"), part("(3 0 R)", b"3")], fonts)
    pdf = opened(body)
    assert len(pdf.pages) == 3
    assert outline(pdf) == [(1, "one", 1), (1, "two", 2), (1, "(3 0 R)", 3)]
    assert [str(name) for name in pdf.Root.Names.Dests.Names[::2]] == ["(3 0 R)", "one", "two"]
    assert (str(pdf.docinfo.Title), str(pdf.Root.Lang)) == ("Köstlich (12 0 R)", "de")
    assert "/Author" not in pdf.docinfo
    assert all("/F1" in page.Resources.Font for page in pdf.pages)


def test_a_picture_that_two_parts_have_is_in_it_once(fonts: Bound) -> None:
    pdf = opened(sewn([part("one", b"picture"), part("two", b"picture")], fonts))
    assert len({page.Resources.XObject.i1.objgen for page in pdf.pages}) == 1
    assert sum(isinstance(thing, pikepdf.Stream) for thing in pdf.objects) == 1


def test_no_time_and_no_chance_goes_into_it_and_its_id_follows_what_it_says(fonts: Bound) -> None:
    one, same, other = (sewn([part("one", image)], fonts) for image in (b"1", b"1", b"2"))
    assert one == same
    assert opened(one).trailer.ID != opened(other).trailer.ID


def test_a_part_without_marks_has_no_outline(fonts: Bound) -> None:
    bare = part("one", b"1")
    pdf = opened(sewn([Bound(bare.body, bare.objects, bare.parent, bare.pages, bare.tables)], fonts))
    assert "/Outlines" not in pdf.Root
    assert len(pdf.pages) == 1


def test_what_looks_like_a_reference_in_a_string_is_none() -> None:
    text = rb"<< /A 7 0 R /T (\(8 0 R\) \\) /B [ 7 0 R 9 0 R ] /N 10 /Z 0 >>"
    assert list(references(text)) == [7, 7, 9]
    assert renumbered(text, {7: 107, 9: 1}) == rb"<< /A 107 0 R /T (\(8 0 R\) \\) /B [ 107 0 R 1 0 R ] /N 10 /Z 0 >>"
