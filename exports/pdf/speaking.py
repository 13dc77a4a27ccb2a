"""In which language each page is to be read aloud."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def name_languages(spoken: Sequence[str], _document: Any, pdf: Any) -> None:
    """Say in the structure of a PDF about to be written in which language each page stands, if it has several.

    WeasyPrint 70 names the language of the whole document only; a booklet needs that of each part (ISO 14289-1, 7.2).
    """
    if len(set(spoken)) < 2:
        return
    import pydyf

    languages = dict(zip(pdf.page_references, spoken, strict=True))
    elements = {thing.reference: thing for thing in pdf.objects if isinstance(thing, pydyf.Dictionary)}
    for thing in list(elements.values()):
        if thing.get("S") == "/Document":
            for child in thing["K"]:
                element = elements[child]
                element["Lang"] = pydyf.String(languages[element["Pg"]])
