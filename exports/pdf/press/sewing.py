"""Parts become one PDF: objects get new numbers, and nothing else of them is read.

To a PDF library an edit of one page is a copy of all the others, object by object, which takes a millisecond a page.
The syntax is that of ISO 32000-1, 7.3 and 7.5.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import BinaryIO

from exports.pdf.press.bound import Bound

# A string, in which no reference is meant, or a reference.
_TOKEN = re.compile(rb"\((?:[^()\\]|\\.)*\)|\b(\d+) 0 R\b", re.DOTALL)
# The objects that a PDF has once.
CATALOG, PAGES, OUTLINES, PLACES, FACTS, FONTS, FIRST = range(1, 8)


def references(text: bytes) -> Iterable[int]:
    """The numbers of the objects that an object refers to."""
    return (int(found[1]) for found in _TOKEN.finditer(text) if found[1])


def sew(parts: Sequence[Bound], fonts: Bound, facts: Mapping[str, str], language: str, out: BinaryIO) -> None:
    """Write the PDF. `fonts` has one table of fonts, for all parts; `facts` are entries of the information dictionary.

    No time and no chance goes into its bytes.
    """
    pdf = _Writer(out)
    numbering = _Numbering()
    letters = numbering.of(fonts)
    numbers = [numbering.of(part) for part in parts]
    marks = [new[mark] for part, new in zip(parts, numbers, strict=True) for mark in part.marks]
    pdf.write_all(fonts, letters, {})
    for part, new in zip(parts, numbers, strict=True):
        pdf.write_all(part, new, {mark: _among(marks, new[mark]) for mark in part.marks})
    pdf.write(PAGES, _pages(parts, numbers))
    pdf.write(PLACES, _places(parts, numbers))
    pdf.write(OUTLINES, _outlines(marks))
    pdf.write(FACTS, _facts(facts))
    pdf.write(CATALOG, _catalog(language, has_marks=bool(marks)))
    pdf.finish()


class _Numbering:
    """New numbers for the objects of parts; a picture that an earlier part has gets that one's."""

    def __init__(self) -> None:
        self._next = FIRST
        self._images: dict[str, int] = {}

    def of(self, part: Bound) -> dict[int, int]:
        new = {part.parent: PAGES, **dict.fromkeys(part.tables, FONTS)}
        names = {number: name for name, number in part.images.items()}
        for number, _, _ in part.objects:
            name = names.get(number)
            if name in self._images:
                new[number] = self._images[name]
            elif number not in new:
                new[number] = self._next
                self._next += 1
            if name is not None:
                self._images.setdefault(name, new[number])
        return new


class _Writer:
    def __init__(self, out: BinaryIO) -> None:
        self._out, self._at = out, 0
        self._offsets: dict[int, int] = {}
        self._digest = blake2b(digest_size=16)
        self._put(b"%PDF-1.7\n%\xbf\xf7\xa2\xfe\n")

    def _put(self, *pieces: bytes | memoryview) -> None:
        for piece in pieces:
            self._out.write(piece)
            self._digest.update(piece)
            self._at += len(piece)

    def write(self, number: int, dictionary: bytes, stream: memoryview | None = None) -> None:
        self._offsets[number] = self._at
        self._put(b"%d 0 obj\n" % number, dictionary)
        if stream is not None:
            self._put(b"\nstream\n", stream, b"\nendstream")
        self._put(b"\nendobj\n")

    def write_all(self, part: Bound, new: Mapping[int, int], more: Mapping[int, bytes]) -> None:
        """Those of its objects that no earlier part had. `more` goes into their dictionaries."""
        body, at = memoryview(part.body), 0
        for number, length, streamed in part.objects:
            dictionary, end = body[at : at + length], at + length + max(streamed, 0)
            if new[number] not in self._offsets:
                text = renumbered(bytes(dictionary), new)
                if number in more:
                    text = text.removesuffix(b">>") + more[number] + b">>"
                self.write(new[number], text, body[at + length : end] if streamed >= 0 else None)
            at = end

    def finish(self) -> None:
        name, start = self._digest.hexdigest().encode(), self._at
        count = max(self._offsets) + 1
        rows = (b"%010d 00000 n \n" % self._offsets[number] for number in range(1, count))
        self._put(b"xref\n0 %d\n0000000000 65535 f \n" % count, *rows)
        self._put(b"trailer\n<< /Info %d 0 R /Root %d 0 R /Size %d" % (FACTS, CATALOG, count))
        self._put(b" /ID [<%s> <%s>] >>\nstartxref\n%d\n%%%%EOF\n" % (name, name, start))


def renumbered(text: bytes, new: Mapping[int, int]) -> bytes:
    return _TOKEN.sub(lambda found: b"%d 0 R" % new[int(found[1])] if found[1] else found[0], text)


def _among(marks: Sequence[int], mark: int) -> bytes:
    """What ties an item at the top of the outline to its neighbours."""
    at = marks.index(mark)
    before = b" /Prev %d 0 R" % marks[at - 1] if at else b""
    after = b" /Next %d 0 R" % marks[at + 1] if at + 1 < len(marks) else b""
    return b"/Parent %d 0 R%s%s " % (OUTLINES, before, after)


def _pages(parts: Sequence[Bound], numbers: Sequence[Mapping[int, int]]) -> bytes:
    pages = [new[page] for part, new in zip(parts, numbers, strict=True) for page in part.pages]
    return b"<< /Count %d /Kids [ %s ] /Type /Pages >>" % (len(pages), b" ".join(b"%d 0 R" % page for page in pages))


def _places(parts: Sequence[Bound], numbers: Sequence[Mapping[int, int]]) -> bytes:
    places: dict[bytes, bytes] = {}
    for part, new in zip(parts, numbers, strict=True):
        places.update((anchor.encode(), renumbered(place.encode(), new)) for anchor, place in part.places.items())
    rows = (b"<%s> %s" % (anchor.hex().encode(), place) for anchor, place in sorted(places.items()))
    return b"<< /Names [ %s ] >>" % b" ".join(rows)


def _outlines(marks: Sequence[int]) -> bytes:
    ends = b" /First %d 0 R /Last %d 0 R" % (marks[0], marks[-1]) if marks else b""
    return b"<< /Count %d%s /Type /Outlines >>" % (len(marks), ends)


def _facts(facts: Mapping[str, str]) -> bytes:
    said = (b" /%s %s" % (name.encode(), _text(value)) for name, value in facts.items() if value)
    return b"<<%s >>" % b"".join(said)


def _catalog(language: str, *, has_marks: bool) -> bytes:
    outlines = b" /Outlines %d 0 R" % OUTLINES if has_marks else b""
    return (
        b"<< /Lang %s /Names << /Dests %d 0 R >>%s /Pages %d 0 R /Type /Catalog"
        b" /ViewerPreferences << /DisplayDocTitle true >> >>"
    ) % (_text(language), PLACES, outlines, PAGES)


def _text(text: str) -> bytes:
    return b"<feff%s>" % text.encode("utf-16-be", "replace").hex().encode()
