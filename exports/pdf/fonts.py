"""The only fonts a PDF may use: those that come with our dependencies, so that it looks the same on every machine."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from xml.sax.saxutils import escape

SANS = "Source Sans Pro"
SERIF = "Source Serif Pro"
PACKAGES = ("font_source_sans_pro", "font_source_serif_pro")
# For scripts that these have not. Used where they are installed: module, and the folder in it.
FURTHER = (("fontpkg_noto_sans_arabic", "files"), ("cvttf_NotoSansCJK_Regular", ""))

# The packages hold every weight as .otf and as .ttf; knowing both would leave the choice to chance.
CONFIGURATION = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
{folders}
<cachedir>{cache}</cachedir>
<selectfont><rejectfont>{twins}</rejectfont></selectfont>
<alias binding="same"><family>serif</family><prefer><family>{serif}</family></prefer></alias>
<alias binding="same"><family>sans-serif</family><prefer><family>{sans}</family></prefer></alias>
<alias binding="same"><family>monospace</family><prefer><family>{sans}</family></prefer></alias>
</fontconfig>
"""

_environment = Lock()


def folders() -> list[Path]:
    """Where the fonts of our pages lie."""
    return [Path(str(files(package))) / "files" for package in PACKAGES]


def further_folders() -> list[Path]:
    """Where the fonts for further scripts lie, of those packages that are installed."""
    return [Path(str(files(package))) / folder for package, folder in FURTHER if find_spec(package)]


def font_files() -> list[Path]:
    """A file of each family that a PDF may use; its other weights have the same characters."""
    further = [path for folder in further_folders() for path in sorted(folder.glob("*.[ot]tf"))]
    return [path for folder in folders() for path in sorted(folder.glob("*-Regular.ttf"))] + further


@lru_cache(maxsize=1)
def _home() -> tempfile.TemporaryDirectory[str]:
    """A folder that goes away with the process, for the configuration and fontconfig's cache."""
    return tempfile.TemporaryDirectory(prefix="tessera-fonts-")


@lru_cache(maxsize=1)
def configuration() -> Path:
    """A fontconfig file that knows our fonts and no others."""
    home = Path(_home().name)
    lines = "\n".join(f"<dir>{escape(str(folder))}</dir>" for folder in (*folders(), *further_folders()))
    twins = "".join(f"<glob>{escape(str(folder))}/*.otf</glob>" for folder in folders())
    path = home / "fonts.conf"
    path.write_text(
        CONFIGURATION.format(folders=lines, twins=twins, cache=escape(str(home / "cache")), serif=SERIF, sans=SANS),
        encoding="utf-8",
    )
    return path


@contextmanager
def only_ours() -> Iterator[None]:
    """While this is open, fontconfig finds our fonts only: when WeasyPrint is imported and when it lists the fonts.

    The variable is put back so that programs started later (a browser, say) keep the machine's fonts.
    """
    with _environment:
        before = os.environ.get("FONTCONFIG_FILE")
        os.environ["FONTCONFIG_FILE"] = str(configuration())
        try:
            yield
        finally:
            if before is None:
                del os.environ["FONTCONFIG_FILE"]
            else:
                os.environ["FONTCONFIG_FILE"] = before
