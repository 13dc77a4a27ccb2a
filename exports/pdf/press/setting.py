"""Pages of one PDF laid out part by part in a process of the press, which keeps them until they are bound."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

from exports.formats.base import Problem
from exports.pdf.hearing import listening
from exports.pdf.press.composing import Composer
from exports.pdf.press.given import Given
from exports.pdf.rendering import AssetFetcher, FontConfiguration, weasyprint
from exports.pdf.speaking import spoken_as

# Where a page resets the counter WeasyPrint does not also increment it. Even pages are left ones.
FIRST_PAGE = "@page :first {{ counter-reset: page {number} }} html {{ break-before: {side} }}"
STYLES = 8  # style sheets kept
MANY_PAGES = 20  # whose layout leaves more behind than it takes to look for it


class Setting:
    def __init__(self) -> None:
        self._fonts = FontConfiguration()
        self._given = Given()
        self._fetcher = AssetFetcher(self._given)
        self._styles: dict[str, Any] = {}
        self._composers: dict[tuple[str, int], Composer] = {}
        self.begin()

    def begin(self) -> dict[str, Any]:
        """Another PDF. Says nothing."""
        self._parts: dict[int, Any] = {}
        self._pictures: dict[str, Any] = {}
        self._loose = 0  # pages since rubbish was last looked for
        return {}

    def part(self, task: Mapping[str, Any]) -> dict[str, Any]:
        """Lays out `html` under the number `part`: how many pages it has, on which each id is, what is to be told.

        Raises whatever layout raises.
        """
        problems = list[Problem]()
        with listening(problems):
            rendered = self._rendered(task, task["pictures"])
        self._parts[task["part"]] = rendered
        self._forget_rubbish(len(rendered.pages))
        told = [*self._given.refused, *(problem.message for problem in problems)]
        return {"pages": len(rendered.pages), "anchors": _anchors(rendered.pages), "told": told}

    def measured(self, task: Mapping[str, Any]) -> dict[str, Any]:
        """Of each element of `html` with a `data-fit`: how wide its lines are and how high it is, in CSS pixels."""
        found: dict[str, tuple[float, float]] = {}
        for page in self._rendered(task, {}).pages:
            for box in _boxes(page._page_box):
                key = box.element.get("data-fit") if box.element is not None else None
                if key and box.is_in_normal_flow() and key not in found:
                    found[key] = (_width(box), float(box.height))
        return {"measured": found}

    def bound(self, task: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
        """The PDF of these parts, and what there is to say of it."""
        parts = [self._parts[number] for number in task["parts"]]
        document = parts[0].copy([page for part in parts for page in part.pages])
        if archive := task["archive"]:
            document.metadata.attachments = [_attachment(archive)]
        spoken = [part.metadata.lang or "" for part in parts for _ in part.pages]
        out, problems = BytesIO(), list[Problem]()
        with listening(problems), warnings.catch_warnings():
            # WeasyPrint 70 leaves the colour profile that it puts into a PDF/A to the garbage collector, open.
            warnings.filterwarnings("ignore", message=".*sRGB2014", category=ResourceWarning)
            document.write_pdf(
                out,
                finisher=partial(spoken_as, spoken) if task["tagged"] or task["accessible"] else None,
                pdf_tags=task["tagged"] or task["accessible"],
                pdf_variant=task["variant"],
            )
        return {"told": [problem.message for problem in problems]}, out.getvalue()

    def _rendered(self, task: Mapping[str, Any], pictures: Mapping[str, str]) -> Any:
        composer = self._composer(task["css"], task["first_page"])
        self._given.of(pictures)
        return composer.document(task["html"], self._fetcher, self._pictures)

    def _composer(self, css: str, number: int) -> Composer:
        if (css, number) not in self._composers:
            if len(self._composers) >= STYLES:
                self._composers.clear()
            numbering = FIRST_PAGE.format(number=number, side="right" if number % 2 else "left")
            sheets = [self._style(css), self._read(numbering)]
            self._composers[css, number] = Composer(sheets, self._fetcher, self._fonts)
        return self._composers[css, number]

    def _style(self, text: str) -> Any:
        if text not in self._styles:
            if len(self._styles) >= STYLES:
                self._styles.clear()
            self._styles[text] = self._read(text)
        return self._styles[text]

    def _read(self, text: str) -> Any:
        self._given.of({})
        return weasyprint.CSS(string=text, url_fetcher=self._fetcher, font_config=self._fonts)

    def _forget_rubbish(self, pages: int) -> None:
        """Let go of what layout leaves behind in rings; what stays is not looked at again."""
        self._loose += pages
        if self._loose >= MANY_PAGES:
            self._loose = 0
            gc.collect()
            gc.freeze()


def _attachment(archive: Mapping[str, str]) -> Any:
    day = datetime.fromisoformat(archive["day"])
    return weasyprint.Attachment(
        string=Path(archive["file"]).read_bytes(),
        url_fetcher=AssetFetcher(Given()),
        name=archive["name"],
        description=archive["description"],
        created=day,
        modified=day,
        relationship="Source",
    )


def _anchors(pages: Sequence[Any]) -> dict[str, int]:
    """The page of each id, from 0."""
    found: dict[str, int] = {}
    for number, page in enumerate(pages):
        for anchor in page.anchors:
            found.setdefault(anchor, number)
    return found


def _width(box: Any) -> float:
    """From the left end of the leftmost line to the right end of the rightmost, without spaces at their ends."""
    lines = [inner for inner in _boxes(box) if type(inner).__name__ == "LineBox"]
    right = max((line.position_x + _line_width(line) for line in lines), default=0.0)
    return float(right - min((line.position_x for line in lines), default=0.0))


def _line_width(line: Any) -> float:
    right = max((child.position_x + child.width for child in line.children), default=line.position_x)
    return float(right - line.position_x)


def _boxes(box: Any) -> Iterator[Any]:
    yield box
    for child in getattr(box, "children", ()):
        yield from _boxes(child)
