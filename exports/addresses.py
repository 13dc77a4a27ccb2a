"""The public addresses of a channel's pages and pictures, below the site's origin."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote

# The widths, in pixels, of the renditions a picture is served in.
SIZES = {"large": 1600, "medium": 800, "small": 400}


@lru_cache(maxsize=1_000)
def index_path(channel: str, language: str) -> str:
    return f"/p/{_part(channel)}/{_part(language)}/"


def category_path(channel: str, language: str, code: str, page: int = 1) -> str:
    """A category's page; further pages of a long one are counted from 2."""
    further = f"?page={page}" if page > 1 else ""
    return f"{index_path(channel, language)}c/{_part(code)}/{further}"


def product_path(channel: str, language: str, sku: str) -> str:
    return f"{index_path(channel, language)}{_part(sku)}/"


def picture_path(digest: str, size: str) -> str:
    """A JPEG rendition; `size` is a key of SIZES."""
    return f"/assets/{_part(digest)}/{size}.jpg"


def absolute(base_url: str, url: str) -> str:
    """`url` with the site's origin before it, as it stands where it has one, empty where it is neither."""
    if url.startswith(("https://", "http://")):
        return url
    return f"{base_url}{url}" if url.startswith("/") else ""


def _part(text: str) -> str:
    """One segment of a path: slashes and everything not ASCII are encoded (RFC 3986, section 2.1)."""
    return quote(text, safe="")
