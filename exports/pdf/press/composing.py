"""WeasyPrint's road from a manuscript to laid out pages, with what chunks have in common kept from one to the next.

Uses what WeasyPrint 70 does not promise to keep: tests hold it to giving the same pages as its own road.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any
from xml.etree import ElementTree

import cssselect2
from weasyprint import DEFAULT_OPTIONS
from weasyprint.css import StyleFor, get_all_computed_styles
from weasyprint.css.counters import CounterStyle
from weasyprint.css.targets import TargetCollector
from weasyprint.document import Document, DocumentMetadata, Page
from weasyprint.formatting_structure.build import build_formatting_structure
from weasyprint.html import get_html_metadata
from weasyprint.images import get_image_from_uri
from weasyprint.layout import LayoutContext, layout_document

from exports.pdf.press.cascade import Kept, KeptStyles
from exports.pdf.press.chunk import LABEL
from exports.pdf.press.lines import Label
from exports.pdf.rendering import FontConfiguration, weasyprint

STYLES = ("style", "link")
OPTIONS = {**DEFAULT_OPTIONS, "cache": {}}


class Manuscript(weasyprint.HTML):  # type: ignore[misc]
    """A manuscript as WeasyPrint takes it, without base address. XML is read by a parser in C, a tenth of the time."""

    def __init__(self, html: str, fetcher: Any) -> None:
        try:
            root = ElementTree.fromstring(html)  # noqa: S314  # of our templates, without a DTD of its own
        except ElementTree.ParseError:
            super().__init__(string=html, url_fetcher=fetcher)
        else:
            self.base_url, self.url_fetcher, self.media_type = None, fetcher, "print"
            self.wrapper_element = cssselect2.ElementWrapper.from_html_root(root, content_language=None)
            self.etree_element = root

    def has_styles(self) -> bool:
        return any("style" in element.attrib or element.tag in STYLES for element in self.etree_element.iter())


class Composer:
    """Lays out manuscripts that share style sheets."""

    def __init__(self, sheets: Sequence[Any], fetcher: Any, configuration: FontConfiguration) -> None:
        own = [(one, "user agent", None) for one in weasyprint.HTML._ua_stylesheets(None)]
        self._kept = Kept([*own, *((sheet, "user", None) for sheet in sheets)], configuration)
        self._sheets, self._fetcher, self._configuration = sheets, fetcher, configuration

    def composed(self, html: str) -> tuple[list[Page], dict[str, Label]]:
        """Its pages, and its labels by name."""
        source = Manuscript(html, self._fetcher)
        pages, styles = self._laid_out(source, {})
        return pages, dict(_labels(source.etree_element, styles))

    def document(self, html: str, fetcher: Any, pictures: dict[str, Any]) -> Document:
        """As WeasyPrint gives it. `pictures` keeps what was read of them for the next one."""
        source = Manuscript(html, fetcher)
        pages, _ = self._laid_out(source, pictures)
        metadata = DocumentMetadata(**get_html_metadata(source))
        document = Document(pages, metadata, fetcher, self._configuration, {}, None)
        document._html = source
        return document

    def _laid_out(self, source: Manuscript, pictures: dict[str, Any]) -> tuple[list[Page], StyleFor]:
        targets, counters = TargetCollector(), CounterStyle()
        for counter in source._ua_counter_style():
            counters.update(counter)
        styles = self._styles(source, targets, counters)
        image = partial(get_image_from_uri, cache=pictures, url_fetcher=source.url_fetcher, options=OPTIONS)
        context = LayoutContext(styles, image, self._configuration, counters, targets)
        root = build_formatting_structure(
            source.etree_element, styles, context.get_image_from_uri, None, targets, counters, context.footnotes
        )
        return [Page(box) for box in layout_document(source, root, context)], styles

    def _styles(self, source: Manuscript, targets: TargetCollector, counters: CounterStyle) -> StyleFor:
        if not source.has_styles():
            return KeptStyles(source, self._kept, targets)
        return get_all_computed_styles(
            source, self._sheets, False, self._configuration, counters, {}, [], [], target_collector=targets
        )


def _labels(root: ElementTree.Element, styles: StyleFor) -> Iterator[tuple[str, Label]]:
    for element in root.iter():
        if (name := element.get("id", "")).startswith(LABEL):
            yield name.removeprefix(LABEL), Label("".join(element.itertext()), styles(element))
