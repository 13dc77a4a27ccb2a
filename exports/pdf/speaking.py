"""What a program that reads a PDF aloud needs, and the renderer does not say: languages, and levels of headings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

HEADINGS = tuple(f"/H{level}" for level in range(1, 7))


def spoken_as(spoken: Sequence[str], _document: Any, pdf: Any) -> None:
    """Mend the structure of a PDF about to be written; `spoken` are the languages of its pages."""
    name_languages(spoken, pdf)
    level_headings(pdf)


def name_languages(spoken: Sequence[str], pdf: Any) -> None:
    """Say in the structure of a PDF about to be written in which language each page stands, if it has several.

    WeasyPrint 70 names the language of the whole document only; a booklet needs that of each part (ISO 14289-1, 7.2).
    """
    if len(set(spoken)) < 2:
        return
    import pydyf

    languages = dict(zip(pdf.page_references, spoken, strict=True))
    elements = _elements(pdf)
    for thing in list(elements.values()):
        if thing.get("S") == "/Document":
            for child in thing["K"]:
                element = elements[child]
                element["Lang"] = pydyf.String(languages[element["Pg"]])


def level_headings(pdf: Any) -> None:
    """Let no level of headings be left out below another (ISO 14289-1, 7.4.2): an H3 right below an H1 is an H2.

    So an entry is always an H3 for style sheets, whether it stands in a chapter or in a section of one.
    """
    above: list[int] = []
    for element in _in_order(_elements(pdf)):
        if element["S"] in HEADINGS:
            level = HEADINGS.index(element["S"])
            while above and above[-1] >= level:
                above.pop()
            element["S"] = HEADINGS[len(above)]
            above.append(level)


def _elements(pdf: Any) -> dict[Any, Any]:
    import pydyf

    return {thing.reference: thing for thing in pdf.objects if isinstance(thing, pydyf.Dictionary) and "S" in thing}


def _in_order(elements: dict[Any, Any]) -> Iterator[Any]:
    """As they are read."""
    waiting = [thing for thing in elements.values() if thing["S"] == "/Document"][::-1]
    while waiting:
        element = waiting.pop()
        yield element
        kids = element.get("K", ())
        for kid in reversed(kids if isinstance(kids, (list, tuple)) else (kids,)):
            if isinstance(kid, bytes) and kid in elements:
                waiting.append(elements[kid])
