"""Reading bar codes from pages as a scanner would: drawn at print resolution, then decoded."""

from __future__ import annotations

from typing import Any

import pypdfium2
import zxingcpp

RESOLUTION = 300  # per inch


def codes_on(pdf: bytes) -> list[str]:
    """What all codes of all pages say, from above to below and from left to right."""
    return [code.text for page in _pages(pdf) for code in _read(page)]


def places_on(pdf: bytes) -> list[tuple[float, float]]:
    """Left and top of every code in mm, in the same order."""
    corners = [code.position.top_left for page in _pages(pdf) for code in _read(page)]
    return [(corner.x / RESOLUTION * 25.4, corner.y / RESOLUTION * 25.4) for corner in corners]


def _read(page: Any) -> list[Any]:
    found = zxingcpp.read_barcodes(page)
    return sorted(found, key=lambda code: (round(code.position.top_left.y / 40), code.position.top_left.x))


def _pages(pdf: bytes) -> list[Any]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=RESOLUTION / 72).to_pil().convert("L") for page in document]
    finally:
        document.close()
