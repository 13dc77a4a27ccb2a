"""From WeasyPrint's pages to a chunk's file: each page as a form, without fonts, links and names.

Those are put in when chunks are bound. Uses what WeasyPrint 70 does not promise to keep: tests hold it to that.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pydyf
from weasyprint.pdf import _use_references
from weasyprint.pdf.fonts import build_fonts_dictionary
from weasyprint.pdf.stream import Stream

from exports.pdf.press.chunk import END, MARK, SLOT
from exports.pdf.press.lines import Label

POINTS = 0.75  # to a CSS pixel
VERSION = b"1.7"


class MissingGlyph(Exception):
    """No font has a character that is to be printed."""


def drawn(pages: Iterable[Any], labels: Mapping[str, Label], fonts: dict[Any, Any]) -> tuple[bytes, dict[str, Any]]:
    """The chunk's file, and what Laid says of it. `fonts` are those seen before, for another chunk.

    Raises MissingGlyph.
    """
    for font in fonts.values():
        font.to_unicode, font.widths, font.missing = {}, {}, {}
    pdf, said = pydyf.PDF(), _Said()
    table = pydyf.Dictionary()
    pdf.add_object(table)
    forms = pydyf.Array()
    images: dict[str, Any] = {}
    resources: list[Any] = []

    def add(width: float, height: float, draw: Callable[[Any], None]) -> int:
        form, needs = _form(width, height, draw, fonts, images, table)
        pdf.add_object(form)
        forms.append(form.reference)
        resources.append(needs)
        return len(forms) - 1

    for page in pages:
        said.page(page, add(page.width, page.height, page.paint))
    for name, label in labels.items():
        said.label(name, label, add(label.width, label.height, label.draw))
    _refuse_missing(fonts)
    for needs in resources:
        _use_references(pdf, needs, images, {})
    pdf.catalog["Forms"], pdf.catalog["Fonts"] = forms, table.reference
    out = io.BytesIO()
    pdf.write(out, VERSION)
    return out.getvalue(), {**said.json(), "fonts": _used(fonts), "images": sorted(images)}


def _form(
    wide: float, high: float, draw: Callable[[Any], None], fonts: dict[Any, Any], images: dict[str, Any], table: Any
) -> tuple[Any, Any]:
    width, height = wide * POINTS, high * POINTS
    needs = pydyf.Dictionary(
        {
            "ExtGState": pydyf.Dictionary(),
            "XObject": pydyf.Dictionary(),
            "Pattern": pydyf.Dictionary(),
            "Shading": pydyf.Dictionary(),
            "ColorSpace": pydyf.Dictionary(),
        }
    )
    extra = pydyf.Dictionary(
        {"Type": "/XObject", "Subtype": "/Form", "BBox": pydyf.Array([0, 0, width, height]), "Resources": needs}
    )
    stream = Stream(
        fonts,
        (0, 0, wide, high),
        needs,
        images,
        None,
        {},
        None,
        extra=extra,
        compress=True,
    )
    stream.transform(d=-1, f=height)
    stream.transform(a=POINTS, d=POINTS)
    draw(stream)
    needs["Font"] = table.reference
    return stream, needs


def _refuse_missing(fonts: Mapping[Any, Any]) -> None:
    missing = sorted({code for font in fonts.values() for code in font.missing})
    if missing:
        names = ", ".join(f"“{chr(code)}” (U+{code:04X})" for code in missing[:5])
        raise MissingGlyph(f"no font has the character {names}")


class _Said:
    """What Laid says of pages and labels, gathered page by page."""

    def __init__(self) -> None:
        self._pages: list[dict[str, Any]] = []
        self._labels: dict[str, dict[str, Any]] = {}

    def json(self) -> dict[str, Any]:
        return {"pages": self._pages, "labels": self._labels}

    def label(self, name: str, label: Label, form: int) -> None:
        size = {"width": round(label.width * POINTS, 2), "height": round(label.height * POINTS, 2)}
        self._labels[name] = {"form": form, **size}

    def page(self, page: Any, form: int) -> None:
        height = page.height * POINTS
        anchors = {name: _pair(place) for name, place in page.anchors.items()}
        end = anchors.pop(END, (0.0, height))[1]
        self._pages.append(
            {
                "form": form,
                "width": round(page.width * POINTS, 2),
                "height": round(height, 2),
                "end": end,
                "marks": [name.removeprefix(MARK) for name in anchors if name.startswith(MARK)],
                "anchors": {name: place for name, place in anchors.items() if not name.startswith(MARK)},
                "links": [link for row in page.links if (link := _link(*row[:3]))],
                "bookmarks": [
                    {"level": level, "label": text, **dict(zip("xy", _pair(place), strict=True))}
                    for level, text, place, _state in page.bookmarks
                ],
            }
        )


def _pair(place: Sequence[float]) -> tuple[float, float]:
    return round(place[0] * POINTS, 2), round(place[1] * POINTS, 2)


def _link(kind: str, target: str, box: Sequence[float]) -> dict[str, Any] | None:
    if kind == "attachment":
        return None
    slot = ""
    if kind == "internal" and target.startswith(SLOT):
        slot, _, target = target.removeprefix(SLOT).partition("-")
    corners = [round(length * POINTS, 2) for length in box]
    return {"target": target, "box": corners, "is_outside": kind == "external", "slot": slot}


def _used(fonts: Mapping[Any, Any]) -> dict[str, dict[str, Any]]:
    """By the renderer's name: how CSS asks for the font, and of each glyph drawn its width (1/1000 em) and text."""
    used: dict[str, dict[str, Any]] = {}
    for font in fonts.values():
        if font.to_unicode:
            asked = {"family": font.family, "weight": int(font.weight), "style": int(font.style), "glyphs": {}}
            glyphs = used.setdefault(font.hash, asked)["glyphs"]
            for glyph, text in font.to_unicode.items():
                glyphs.setdefault(str(glyph), [font.widths[glyph], text])
    return {name: {**font, "glyphs": dict(sorted(font["glyphs"].items()))} for name, font in sorted(used.items())}


def font_file(fonts: Sequence[Any], wanted: Mapping[str, Mapping[str, Any]]) -> bytes:
    """A file with a table of fonts, each cut down to the glyphs wanted.

    Raises LookupError for a font that is not there.
    """
    pdf, table = pydyf.PDF(), {}
    for name, asked in wanted.items():
        font = next((one for one in fonts if one.hash == name), None)
        if font is None:
            raise LookupError(f"The font {asked['family']} {asked['weight']} is not found any more.")
        glyphs = {int(glyph): row for glyph, row in sorted(asked["glyphs"].items(), key=lambda kv: int(kv[0]))}
        font.to_unicode = {glyph: text for glyph, (_, text) in glyphs.items()}
        font.widths = {glyph: width for glyph, (width, _) in glyphs.items()}
        table[name] = font
    options = {"hinting": False, "pdf_version": None}
    made = build_fonts_dictionary(pdf, table, True, True, options)
    pdf.add_object(made)
    pdf.catalog["Fonts"] = made.reference
    out = io.BytesIO()
    pdf.write(out, VERSION)
    return out.getvalue()
