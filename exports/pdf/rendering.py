"""All that needs WeasyPrint. Importing it takes a second, so the engine does so when the first page is due."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Protocol

import weasyprint
from PIL import ImageFile
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse, URLFetchingError

from exports.pdf.hearing import Router

# WeasyPrint tells Pillow, for the whole process, to take torn pictures for whole ones; uploads have to be refused then.
ImageFile.LOAD_TRUNCATED_IMAGES = False

# A warning of the renderer is a mistake in our templates: it has to be heard even where logs are kept short.
weasyprint.LOGGER.setLevel(logging.WARNING)
weasyprint.LOGGER.addFilter(Router())

__all__ = ["AssetFetcher", "FontConfiguration", "URLFetchingError", "weasyprint"]


class Paths(Protocol):
    """Where the pictures of a PDF lie."""

    def path(self, address: str) -> Path:
        """Raises Refused for an address that may not be fetched."""


class PictureResponse(URLFetcherResponse):  # type: ignore[misc]
    """A picture that WeasyPrint reads from its file again when it writes the PDF, instead of keeping its bytes."""

    def __init__(self, url: str, file: Path) -> None:
        super().__init__(url, file.read_bytes(), {"Content-Type": "image/jpeg"})
        self._file = file

    @property
    def path(self) -> str:
        return str(self._file)


class AssetFetcher(URLFetcher):  # type: ignore[misc]
    """Fetches the pictures of this PDF and refuses every other address.

    The parent's handlers for file:, http:, ftp: and data: are never reached; the empty list of protocols is for whoever
    calls past `fetch`.
    """

    def __init__(self, pictures: Paths) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False)
        self._pictures = pictures

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        return PictureResponse(url, self._pictures.path(url))
