"""The press: renders HTML part by part and binds the parts into one PDF.

A part is laid out alone and knows its first page's number, because parts are rendered in order; so a table of contents
rendered last has literal page numbers, nothing is laid out twice, and no more than one part's HTML is ever in memory.
"""

from __future__ import annotations

import atexit
import gc
import tempfile
import threading
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from exports.documents import DocumentAsset
from exports.errors import ExportError
from exports.formats.base import Files, Problem
from exports.pdf import fonts
from exports.pdf.hearing import listening
from exports.pdf.kinds.archive import Archive
from exports.pdf.pictures import Pictures
from exports.pdf.speaking import name_languages

# Where a page resets the counter WeasyPrint does not also increment it. Even pages are left ones.
FIRST_PAGE = "@page :first {{ counter-reset: page {number} }} html {{ break-before: {side} }}"
# To find the fonts and to read a style sheet takes longer than to lay out a page, so a thread does it once.
_warm = threading.local()
STYLES = 8  # style sheets kept
MANY_PAGES = 20  # whose layout leaves more behind than it takes to look for it

# What layout raises for HTML it cannot cope with.
IMPOSSIBLE = (RecursionError, ZeroDivisionError, OverflowError)


@dataclass(frozen=True, slots=True)
class Part:
    """Rendered pages. `anchors` says on which page of the whole PDF each element with an id begins."""

    first_page: int
    rendered: Any
    anchors: Mapping[str, int]

    @property
    def length(self) -> int:
        return len(self.rendered.pages)

    @property
    def next_page(self) -> int:
        return self.first_page + self.length


class Press:
    """Makes one PDF. A context: pictures lie in a folder that goes away at its end."""

    def __init__(self, files: Files, stylesheet: str, problems: list[Problem]) -> None:
        self._files = files
        self._stylesheet = stylesheet
        self._problems = problems
        self._cache: dict[str, Any] = {}
        self._loose = 0  # pages since rubbish was last looked for
        self._open = ExitStack()

    def __enter__(self) -> Self:
        with self._open as opening:
            folder = Path(opening.enter_context(tempfile.TemporaryDirectory(prefix="tessera-pdf-")))
            self.pictures = Pictures(self._files, folder, self._problems)
            opening.enter_context(_patient_collector())
            opening.enter_context(listening(self._problems))
            self._prepare()
            self._open = opening.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._cache.clear()
        self._open.close()

    def _prepare(self) -> None:
        with fonts.only_ours():
            from exports.pdf import rendering
            from exports.pdf.press.composing import Composer

            self._fonts = _warm_fonts(rendering)
        self._compose = Composer
        self._weasyprint = rendering.weasyprint
        self._refused = rendering.URLFetchingError  # of an address in a style sheet that the renderer insists on
        self._fetcher = rendering.AssetFetcher(self.pictures)
        if self._stylesheet not in _warm.styles:
            if len(_warm.styles) >= STYLES:
                _warm.styles.clear()
            _warm.styles[self._stylesheet] = self._stylesheet_of(self._stylesheet)
        self._css = _warm.styles[self._stylesheet]

    def _composer(self, first_page: int) -> Any:
        key = self._stylesheet, first_page
        if key not in _warm.composers:
            if len(_warm.composers) >= STYLES:
                _warm.composers.clear()
            side = "right" if first_page % 2 else "left"
            numbering = self._stylesheet_of(FIRST_PAGE.format(number=first_page, side=side))
            _warm.composers[key] = self._compose([self._css, numbering], self._fetcher, self._fonts)
        return _warm.composers[key]

    def _stylesheet_of(self, text: str) -> Any:
        return self._weasyprint.CSS(string=text, url_fetcher=self._fetcher, font_config=self._fonts)

    def picture(self, sku: str, asset: DocumentAsset | None, width: int) -> str:
        """The `src` of a picture at most `width` pixels wide, or "" where there is none."""
        return self.pictures.address(sku, asset, width)

    def render(self, html: str, *, first_page: int = 1) -> Part:
        """Lay out `html`; its first page has the number `first_page`. Raises ExportError where that is impossible."""
        try:
            rendered = self._composer(first_page).document(html, self._fetcher, self._cache)
        except (*IMPOSSIBLE, self._refused) as error:
            raise ExportError(f"The pages from {first_page} cannot be laid out: {type(error).__name__}.") from error
        self._loose += len(rendered.pages)
        if self._loose >= MANY_PAGES:
            self._loose = 0
            _forget_rubbish()
        return Part(first_page, rendered, _anchors(rendered.pages, first_page))

    def bind(
        self,
        parts: Sequence[Part],
        out: BinaryIO,
        *,
        tagged: bool,
        accessible: bool = False,
        archive: Archive | None = None,
    ) -> None:
        """Write all parts as one PDF with the first one's title. No time and no chance goes into its bytes.

        `tagged` adds the structure that reading aloud needs, `accessible` says so too (PDF/UA-1), `archive` makes it a
        PDF/A-3.
        """
        bound = parts[0].rendered.copy([page for part in parts for page in part.rendered.pages])
        variant = archive.variant if archive else "pdf/ua-1" if accessible else None
        if archive:
            bound.metadata.attachments = [self._attachment(archive)]
        spoken = [part.rendered.metadata.lang or "" for part in parts for _ in part.rendered.pages]
        with warnings.catch_warnings():
            # WeasyPrint 70 leaves the colour profile that it puts into a PDF/A to the garbage collector, open.
            warnings.filterwarnings("ignore", message=".*sRGB2014", category=ResourceWarning)
            bound.write_pdf(
                out,
                finisher=partial(name_languages, spoken) if accessible else None,
                pdf_tags=tagged or accessible,
                pdf_variant=variant,
            )

    def _attachment(self, archive: Archive) -> Any:
        return self._weasyprint.Attachment(
            string=archive.body,
            url_fetcher=self._fetcher,
            name=archive.name,
            description=archive.description,
            created=archive.day,
            modified=archive.day,
            relationship="Source",
        )


def _anchors(pages: Sequence[Any], first_page: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for number, page in enumerate(pages, first_page):
        for anchor in page.anchors:
            found.setdefault(anchor, number)
    return found


def _warm_fonts(rendering: Any) -> Any:
    if not hasattr(_warm, "fonts"):
        _warm.fonts, _warm.styles, _warm.composers = rendering.FontConfiguration(), {}, {}
    return _warm.fonts


@atexit.register
def _cool() -> None:
    """The renderer's clean-up needs modules that go away at the very end."""
    _warm.__dict__.clear()


@contextmanager
def _patient_collector() -> Iterator[None]:
    """Layout makes millions of objects that stay; looking through them again and again takes a fifth of the time."""
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    gc.set_threshold(200_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        if gc.get_freeze_count() > frozen:
            gc.unfreeze()


def _forget_rubbish() -> None:
    """Let go of what a part's layout leaves behind in rings; what stays is not looked at again."""
    gc.collect()
    gc.freeze()
