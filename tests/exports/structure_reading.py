"""Reading the structure of a tagged PDF: what a program that reads aloud finds, in its order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf


@dataclass(frozen=True)
class Element:
    """`kind` is the tag without its slash; `language` is "" where it is that of what is around."""

    kind: str
    depth: int
    alt: str
    language: str


def elements(pdf: pikepdf.Pdf) -> list[Element]:
    return list(_walk(pdf.Root.StructTreeRoot.K, 0))


def kinds(pdf: pikepdf.Pdf, *wanted: str) -> list[str]:
    """The tags in reading order; only those wanted, where any are."""
    return [element.kind for element in elements(pdf) if not wanted or element.kind in wanted]


def marked_contents(pdf: pikepdf.Pdf) -> tuple[int, int]:
    """How many pieces of content the pages mark, and how many of them the structure names."""
    marked = sum(
        1
        for page in pdf.pages
        for instruction in pikepdf.parse_content_stream(page)
        if str(instruction.operator) == "BDC" and "/MCID" in instruction.operands[1]
    )
    return marked, sum(1 for _ in _named(pdf.Root.StructTreeRoot.K))


def _walk(kid: Any, depth: int) -> Iterator[Element]:
    if isinstance(kid, pikepdf.Array):
        for one in kid:
            yield from _walk(one, depth)
    elif isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
        yield Element(str(kid.S)[1:], depth, str(kid.get("/Alt", "")), str(kid.get("/Lang", "")))
        yield from _walk(kid.get("/K", pikepdf.Array()), depth + 1)


def _named(kid: Any) -> Iterator[int]:
    if isinstance(kid, pikepdf.Array):
        for one in kid:
            yield from _named(one)
    elif isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
        yield from _named(kid.get("/K", pikepdf.Array()))
    elif isinstance(kid, int):
        yield kid
