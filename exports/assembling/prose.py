"""What the markup of statements says in a way of its own: links to products, and pictures of the asset library.

The module `words` writes both, and no author can: `<a href="product:SKU">Name</a>` and
`<img src="/assets/DIGEST/large.jpg" alt="...">`. Receivers that know products by SKU take the links as they are;
formats that have places of their own say where.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from exports.documents import Document, DocumentAsset, Statement

_LINK = re.compile(r'<a href="product:([A-Za-z0-9_.-]+)">([^<]*)</a>')
_PICTURE = re.compile(
    r'<img src="(/assets/([^/"]+)/large\.jpg)" alt="([^"]*)"(?: width="([0-9]+)" height="([0-9]+)")?>'
)

# From a SKU to an address, "" where there is none.
Address = Callable[[str], str]
# From a picture to the address and, if known, width and height (pixels) it is shown in; an address of "" for none.
Source = Callable[[DocumentAsset], tuple[str, int, int]]


def shown(document: Document, address: Address, source: Source) -> Document:
    """The document with its statements' links and pictures where they are for its reader.

    A link without an address leaves the product's name, a picture without one its alternative text.
    """
    statements = tuple(
        replace(row, html=with_pictures(with_links(row.html, address), source)) if _has_either(row) else row
        for row in document.statements
    )
    return replace(document, statements=statements)


def with_links(markup: str, address: Address) -> str:
    def put(found: re.Match[str]) -> str:
        url = address(found[1])
        return f'<a href="{html.escape(url)}">{found[2]}</a>' if url else found[2]

    return _LINK.sub(put, markup)


def with_pictures(markup: str, source: Source) -> str:
    def put(found: re.Match[str]) -> str:
        url, width, height = source(_asset(found))
        size = f' width="{width}" height="{height}"' if width else ""
        return f'<img src="{html.escape(url)}" alt="{found[3]}"{size}>' if url else found[3]

    return _PICTURE.sub(put, markup)


def pictures_of(document: Document) -> Iterator[DocumentAsset]:
    """The pictures in its statements, in order."""
    for statement in document.statements:
        if _has_either(statement):
            yield from (_asset(found) for found in _PICTURE.finditer(statement.html))


def products_in(document: Document) -> Iterator[str]:
    """The SKUs that its statements link to, in order."""
    for statement in document.statements:
        yield from (found[1] for found in _LINK.finditer(statement.html))


def _has_either(statement: Statement) -> bool:
    return 'href="product:' in statement.html or "<img" in statement.html


def _asset(found: re.Match[str]) -> DocumentAsset:
    width, height = (int(number) if number else None for number in (found[4], found[5]))
    alt = html.unescape(found[3])
    return DocumentAsset("inline", "image", found[1], alt, "image/jpeg", width, height, found[2])
