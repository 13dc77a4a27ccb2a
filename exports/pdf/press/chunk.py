"""What goes into the press and what comes out: a chunk, its manuscript, and the pages it was laid out on.

Lengths are points; y goes down from the top of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson

from exports.formats.base import Problem

# Ids by which a template speaks to the press. No text of an author has an id.
END = "end-of-chunk"  # an empty block after everything
LABEL = "label-"  # an element that is not displayed: a line that may be put anywhere
MARK = "mark-"  # a statement, by its place in the document, or facts of a group: for the map of pages
SLOT = "slot-"  # a link to `slot-STYLE-ANCHOR` keeps room for the number of the anchor's page


@dataclass(frozen=True, slots=True)
class Manuscript:
    """HTML with the files of its pictures by their addresses.

    `problems` were found while it was written. One that is not `whole` lacks what should be there another time.
    """

    html: str
    pictures: Mapping[str, Path] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    whole: bool = True


Write = Callable[[], Manuscript]


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece that is laid out alone. It knows no page number.

    `code` is its name in the publication, `determined_by` the digest of all that goes into it, `sku` the product of
    which it is the entry. `suspects` are its texts alone, by name: where the whole cannot be laid out they are tried,
    so that the culprit can be named. `spare` may stand in its place.
    """

    code: str
    determined_by: str
    write: Write
    sku: str = ""
    suspects: Callable[[], Mapping[str, Manuscript]] = dict
    spare: Write | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """`target` is an anchor, or an address where the link leads outside; `slot` the style of a number that is due."""

    target: str
    box: tuple[float, float, float, float]
    is_outside: bool = False
    slot: str = ""


@dataclass(frozen=True, slots=True)
class Bookmark:
    level: int
    label: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Page:
    """`end` is where the content ends; `form` the number of its drawing in the chunk's file."""

    form: int
    width: float
    height: float
    end: float
    anchors: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    links: Sequence[Link] = ()
    bookmarks: Sequence[Bookmark] = ()
    marks: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Label:
    """A line that may be put anywhere: a running header, a digit."""

    form: int
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Laid:
    """How a chunk was laid out. Its drawings lie in the file kept under `key`.

    `fonts` has, by the renderer's name of a font, what it takes to embed it: see exports.pdf.press.drawing.
    """

    key: str
    pages: Sequence[Page]
    labels: Mapping[str, Label]
    fonts: Mapping[str, Mapping[str, Any]]
    images: Sequence[str]
    problems: Sequence[Problem] = ()
    failed: str = ""

    def said(self) -> dict[str, Any]:
        """As JSON, without the key."""
        data: dict[str, Any] = orjson.loads(orjson.dumps(self))
        del data["key"]
        return data

    @classmethod
    def of(cls, key: str, data: Mapping[str, Any]) -> Laid:
        return cls(
            key,
            tuple(_page(row) for row in data["pages"]),
            {name: Label(**row) for name, row in data["labels"].items()},
            data["fonts"],
            tuple(data["images"]),
            tuple(Problem(**row) for row in data["problems"]),
            data["failed"],
        )


def _page(row: Mapping[str, Any]) -> Page:
    return Page(
        **{
            **row,
            "anchors": {name: tuple(place) for name, place in row["anchors"].items()},
            "links": tuple(Link(**{**link, "box": tuple(link["box"])}) for link in row["links"]),
            "bookmarks": tuple(Bookmark(**mark) for mark in row["bookmarks"]),
            "marks": tuple(row["marks"]),
        }
    )


def digest(*parts: Any) -> str:
    """A name for something that is determined by `parts`, which are JSON."""
    return blake2b(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS), digest_size=20).hexdigest()
