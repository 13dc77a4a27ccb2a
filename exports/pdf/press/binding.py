"""Sheets become parts, and parts one PDF. A part knows its page numbers and is kept, so that an edit binds one anew.

Fonts are left open in parts: their glyphs are known only when all parts are.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any, BinaryIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String

from exports.pdf.press.bound import Bound
from exports.pdf.press.chunk import Link
from exports.pdf.press.paste import Piece, Sheet

# What is compressed already stays so; to try again costs more than all the rest.
AS_IT_IS: dict[str, Any] = {
    "compress_streams": False,
    "stream_decode_level": pikepdf.StreamDecodeLevel.none,
    "object_stream_mode": pikepdf.ObjectStreamMode.disable,
}
Fetch = Callable[[str], bytes]  # a chunk's file by its key


def bind(sheets: Sequence[Sheet], fetch: Fetch, anchors: Collection[str]) -> Bound:
    """One part. Links whose target is not among `anchors` are left out."""
    with Pdf.new() as pdf:
        binder = _Binder(pdf, fetch, anchors)
        for sheet in sheets:
            binder.add(sheet)
        names = binder.finish()
        out = io.BytesIO()
        pdf.save(out, static_id=True, **AS_IT_IS)
    return Bound(out.getvalue(), *names)


class _Binder:
    def __init__(self, pdf: Pdf, fetch: Fetch, anchors: Collection[str]) -> None:
        self._pdf, self._fetch, self._anchors = pdf, fetch, anchors
        self._files: dict[str, Pdf] = {}
        self._forms: dict[tuple[str, int], Any] = {}
        self._tables: list[Any] = []
        self._images: dict[str, Any] = {}
        self._places: dict[str, Any] = {}
        self._marks: list[tuple[int, str, Any]] = []

    def add(self, sheet: Sheet) -> None:
        names = {piece: f"/f{at}" for at, piece in enumerate(dict.fromkeys((p.key, p.form) for p in sheet.pieces))}
        drawing = "\n".join(_drawn(piece, names[piece.key, piece.form], sheet.frame.height) for piece in sheet.pieces)
        forms = Dictionary({name: self._form(*piece) for piece, name in names.items()})
        page = self._pdf.make_indirect(
            Dictionary(
                Type=Name.Page,
                MediaBox=[0, 0, sheet.frame.width, sheet.frame.height],
                Resources=Dictionary(XObject=forms),
                Contents=self._pdf.make_stream(drawing.encode()),
            )
        )
        self._pdf.pages.append(pikepdf.Page(page))
        page = self._pdf.pages[-1].obj
        notes = [self._note(link, piece, sheet) for piece in sheet.pieces if piece.page for link in piece.page.links]
        if found := [note for note in notes if note is not None]:
            page.Annots = Array(found)
        for piece in sheet.pieces:
            self._note_places(piece, page, sheet.frame.height)

    def _form(self, key: str, number: int) -> Any:
        if (key, number) not in self._forms:
            if key not in self._files:
                self._files[key] = Pdf.open(io.BytesIO(self._fetch(key)))
                self._tables.append(self._pdf.copy_foreign(self._files[key].Root.Fonts))
            form = self._pdf.copy_foreign(self._files[key].Root.Forms[number])
            self._share_images(form.Resources.XObject)
            self._forms[key, number] = form
        return self._forms[key, number]

    def _share_images(self, objects: Any) -> None:
        """A picture printed twice is in the file once: WeasyPrint names it by its address."""
        for name, thing in objects.items():
            if name.startswith("/i"):
                kept = self._images.setdefault(name, thing)
                objects[name] = kept

    def _note(self, link: Link, piece: Piece, sheet: Sheet) -> Any:
        if not link.is_outside and link.target not in self._anchors:
            return None
        left, top, right, bottom = link.box
        height = sheet.frame.height
        note = Dictionary(
            Type=Name.Annot,
            Subtype=Name.Link,
            Rect=[left + piece.x, height - bottom - piece.y, right + piece.x, height - top - piece.y],
            BS=Dictionary(W=0),
        )
        if link.is_outside:
            note.A = Dictionary(Type=Name.Action, S=Name.URI, URI=String(link.target))
        else:
            note.Dest = String(link.target)
        return self._pdf.make_indirect(note)

    def _note_places(self, piece: Piece, page: Any, height: float) -> None:
        if piece.page is None:
            return
        for anchor, (x, y) in piece.page.anchors.items():
            self._places.setdefault(anchor, _place(page, x + piece.x, height - y - piece.y))
        for mark in piece.page.bookmarks:
            place = _place(page, mark.x + piece.x, height - mark.y - piece.y)
            self._marks.append((mark.level, mark.label, place))

    def finish(self) -> tuple[list[str], list[str]]:
        root = self._pdf.Root
        root.PartFonts = self._pdf.make_indirect(Array(self._tables))
        root.PartPlaces = self._pdf.make_indirect(Array(list(self._places.values())))
        root.PartImages = self._pdf.make_indirect(Array(list(self._images.values())))
        root.PartMarks = self._pdf.make_indirect(Array(_tree(self._pdf, self._marks)))
        return list(self._places), list(self._images)


def _drawn(piece: Piece, name: str, height: float) -> str:
    return f"q 1 0 0 1 {piece.x:g} {round(height - piece.y - piece.height, 3):g} cm {name} Do Q"


def _place(page: Any, x: float, y: float) -> Any:
    return Array([page, Name.XYZ, round(x, 2), round(y, 2), 0])


def _tree(pdf: Pdf, marks: Iterable[tuple[int, str, Any]]) -> list[Any]:
    """The outline's items of the first depth; each has those below it. A level that was left out costs no depth."""
    top: list[Any] = []
    open_: list[tuple[int, list[Any], Any]] = []
    for level, label, place in marks:
        while open_ and open_[-1][0] >= level:
            _close(*open_.pop()[1:])
        item = pdf.make_indirect(Dictionary(Title=String(label), Dest=place))
        (open_[-1][1] if open_ else top).append(item)
        open_.append((level, [], item))
    while open_:
        _close(*open_.pop()[1:])
    return top


def _close(children: list[Any], item: Any) -> None:
    """Tie an item's children to it; those that it hides are not counted, since every chapter begins folded."""
    if children:
        _chain(children, item)
        item.Count = -len(children)


def _chain(items: Sequence[Any], parent: Any) -> None:
    for at, item in enumerate(items):
        item.Parent = parent
        if at:
            item.Prev = items[at - 1]
        if at + 1 < len(items):
            item.Next = items[at + 1]
    parent.First, parent.Last = items[0], items[-1]


def join(parts: Iterable[Bound], fonts: bytes, facts: Mapping[str, str], language: str, out: BinaryIO) -> None:
    """Write the PDF. `facts` are the entries of its information dictionary.

    No time and no chance goes into its bytes.
    """
    with ExitStack() as open_, Pdf.new() as pdf:  # what streams are copied from stays open until they are written
        letters = open_.enter_context(Pdf.open(io.BytesIO(fonts)))
        table = dict(pdf.copy_foreign(letters.Root.Fonts).items())
        places: dict[str, Any] = {}
        images: dict[str, Any] = {}
        marks: list[Any] = []
        for part in parts:
            source = open_.enter_context(Pdf.open(io.BytesIO(part.body)))
            _take(pdf, source, table)
            places.update(zip(part.anchors, pdf.copy_foreign(source.Root.PartPlaces), strict=True))
            _share(pdf, part, pdf.copy_foreign(source.Root.PartImages), images, len(source.pages))
            marks.extend(pdf.copy_foreign(source.Root.PartMarks))
        _finish(pdf, places, marks, facts, language)
        pdf.save(out, deterministic_id=True, min_version="1.7", **AS_IT_IS)


def _take(pdf: Pdf, source: Pdf, table: Mapping[str, Any]) -> None:
    for page in source.pages:
        pdf.pages.append(page)
    for open_table in pdf.copy_foreign(source.Root.PartFonts):
        for name, font in table.items():
            open_table[name] = font


def _share(pdf: Pdf, part: Bound, own: Any, images: dict[str, Any], pages: int) -> None:
    """Where an earlier part has the same picture, its pages take that."""
    twice = {name for name in part.images if name in images}
    for name, thing in zip(part.images, own, strict=True):
        images.setdefault(name, thing)
    for page in pdf.pages[len(pdf.pages) - pages :] if twice else ():
        for form in page.obj.Resources.XObject.values():
            for name in twice & set(form.Resources.XObject.keys()):
                form.Resources.XObject[name] = images[name]


def _finish(pdf: Pdf, places: Mapping[str, Any], marks: Sequence[Any], facts: Mapping[str, str], language: str) -> None:
    if places:
        names = sorted((anchor.encode(), place) for anchor, place in places.items())
        rows = [thing for anchor, place in names for thing in (String(anchor), place)]
        pdf.Root.Names = Dictionary(Dests=pdf.make_indirect(Dictionary(Names=Array(rows))))
    if marks:
        outline = pdf.make_indirect(Dictionary(Type=Name.Outlines, Count=len(marks)))
        _chain(marks, outline)
        pdf.Root.Outlines = outline
    pdf.Root.Lang = String(language)
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    for name, text in facts.items():
        if text:
            pdf.docinfo[f"/{name}"] = text
