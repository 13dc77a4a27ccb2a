"""Reading the web pages of tests: strictly, as a browser and a search engine would."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import html5lib
from lxml import etree

from exports.documents import Document, Publication
from exports.formats.web import WebSite
from exports.web.pages import product_page
from exports.web.site import LiveSite, card_of
from tests.exports import samples

XHTML = "{http://www.w3.org/1999/xhtml}"


class PageView:
    """A page parsed without forgiveness."""

    def __init__(self, source: str) -> None:
        parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("lxml"), strict=True, namespaceHTMLElements=False)
        self.source = source
        self.root = parser.parse(source).getroot()

    def all(self, path: str) -> list[Any]:
        return list(self.root.xpath(path))

    def texts(self, path: str) -> list[str]:
        return [" ".join("".join(element.itertext()).split()) for element in self.all(path)]

    def text(self, path: str) -> str:
        (found,) = self.texts(path)
        return found

    def values(self, path: str) -> list[str]:
        """The values of an attribute, the path ending in /@name."""
        return [str(value) for value in self.root.xpath(path)]

    def graph(self) -> dict[str, Any]:
        """The JSON-LD nodes by type."""
        (script,) = self.all("//script")
        assert script.get("type") == "application/ld+json"
        data = json.loads(script.text)
        assert data["@context"] == "https://schema.org"
        return {node["@type"]: node for node in data["@graph"]}

    def elements(self) -> Iterator[Any]:
        return (
            element for element in self.root.iter() if isinstance(element.tag, str) and element is not etree.Comment
        )


def unpacked(artefact: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(artefact)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def site_of(documents: Sequence[Document] = samples.DOCUMENTS, **options: Any) -> dict[str, bytes]:
    out = io.BytesIO()
    WebSite().write(iter(documents), out, samples.work(**options))
    return unpacked(out.getvalue())


def live_site(
    documents: Sequence[Document] = samples.DOCUMENTS, publication: Publication = samples.PUBLICATION
) -> LiveSite:
    cards = {document.sku: card_of(document, publication.currency) for document in documents}
    return LiveSite(publication, "https://shop.example", lambda skus: {sku: cards[sku] for sku in skus if sku in cards})


def page_of(
    document: Document, others: Sequence[Document] = samples.DOCUMENTS, publication: Publication = samples.PUBLICATION
) -> PageView:
    """The live page of a product among others."""
    site = live_site([*(other for other in others if other.sku != document.sku), document], publication)
    return PageView(product_page(document, publication, site))


def speaking(document: Document, *statements: Any) -> Document:
    return replace(document, statements=statements)
