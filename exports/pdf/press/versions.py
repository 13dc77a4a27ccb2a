"""What of the machine and of the code goes into every page: a piece made with another version is another piece."""

from __future__ import annotations

import ctypes
from contextlib import suppress
from functools import lru_cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path

from exports.pdf.press.chunk import digest

PACKAGES = (
    "weasyprint",
    "pydyf",
    "fonttools",
    "pyphen",
    "tinycss2",
    "tinyhtml5",
    "cssselect2",
    "pillow",
    "pikepdf",
    "babel",
    "font-source-sans-pro",
    "font-source-serif-pro",
)
# The libraries that shape and cut, and what each calls the function that tells its version.
LIBRARIES = (("libpango-1.0.so.0", "pango_version_string"), ("libharfbuzz.so.0", "hb_version_string"))
ROOT = Path(__file__).parents[3]
# All that can decide what a piece looks like: folders and files. Other code may change without a page made anew.
CODE = (
    "catalog/templatetags",
    "catalog/values",
    "exports/assembling/prose.py",
    "exports/documents.py",
    "exports/errors.py",
    "exports/formats/base.py",
    "exports/formats/options.py",
    "exports/pdf",
    "exports/web/locales.py",
    "exports/wording.py",
    "templates/exports/pdf",
)


@lru_cache(maxsize=1)
def engine() -> str:
    """A digest of all of it."""
    return digest([(name, version(name)) for name in PACKAGES], [_library(*one) for one in LIBRARIES], _code())


def _library(name: str, function: str) -> str:
    """Without loading the renderer, which takes a second: most of the time nothing needs to be rendered."""
    with suppress(OSError, AttributeError):
        ask = getattr(ctypes.CDLL(name), function)
        ask.restype = ctypes.c_char_p
        return bytes(ask()).decode()
    return ""


def _code() -> str:
    total = blake2b(digest_size=16)
    for place in CODE:
        for path in [ROOT / place, *sorted((ROOT / place).rglob("*"))]:
            if path.suffix in (".py", ".html", ".css"):
                total.update(path.read_bytes())
    return total.hexdigest()
