"""Sheets become parts. A part knows its page numbers and is kept, so that an edit binds one anew.

Fonts are left open in parts: their glyphs are known only when all parts are.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

from exports.pdf.press.bound import Bound
from exports.pdf.press.chunk import Link
from exports.pdf.press.paste import Piece, Sheet
from exports.pdf.press.sewing import references

Fetch = Callable[[str], bytes]  # a chunk's file by its key


def bind(sheets: Sequence[Sheet], fetch: Fetch, anchors: Collection[str]) -> Bound:
    """One part. Links whose target is not among `anchors` are left out."""
    with Pdf.new() as pdf:
        binder = _Binder(pdf, fetch, anchors)
        for sheet in sheets:
            binder.add(sheet)
        return binder.finish()


def letters(file: bytes) -> Bound:
    """The table of fonts in a file of them."""
    with Pdf.open(io.BytesIO(file)) as pdf:
        table = pdf.Root.Fonts
        return Bound(*_objects(pdf, [table], ()), tables=[_number(table)])


def _objects(pdf: Pdf, roots: Iterable[Any], without: Collection[int]) -> tuple[bytes, list[tuple[int, int, int]]]:
    """All objects that can be reached from these, but those `without` and what only they lead to: see Bound."""
    found: dict[int, tuple[bytes, bytes | None]] = {}
    due = [_number(root) for root in roots]
    while due:
        number = due.pop()
        if number not in found and number not in without:
            found[number] = _written(pdf.get_object(number, 0))
            due += references(found[number][0])
    body = io.BytesIO()
    rows = []
    for number, (text, stream) in sorted(found.items()):
        body.write(text)
        body.write(stream or b"")
        rows.append((number, len(text), -1 if stream is None else len(stream)))
    return body.getvalue(), rows


def _written(thing: Any) -> tuple[bytes, bytes | None]:
    """An object as PDF writes it, and the bytes of its stream if it is one."""
    if not isinstance(thing, Stream):
        return thing.unparse(resolved=True), None
    stream = thing.read_raw_bytes()
    thing.stream_dict.Length = len(stream)
    return thing.stream_dict.unparse(), stream


def _number(thing: Any) -> int:
    return int(thing.objgen[0])


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

    def finish(self) -> Bound:
        pages = [_number(page.obj) for page in self._pdf.pages]
        tables = [_number(table) for table in self._tables]
        marks = _tree(self._pdf, self._marks)
        parent = _number(self._pdf.Root.Pages)
        roots = [*(page.obj for page in self._pdf.pages), *marks]
        return Bound(
            *_objects(self._pdf, roots, {parent, *tables}),
            parent,
            pages,
            tables,
            {name: _number(image) for name, image in self._images.items()},
            {anchor: place.unparse().decode() for anchor, place in self._places.items()},
            [_number(mark) for mark in marks],
        )


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
