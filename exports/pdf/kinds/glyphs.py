"""Which characters our fonts can show. What they cannot would be printed as a box, so it is told beforehand."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont

from exports.pdf.fonts import font_files

# Spaces, line breaks, direction marks, joiners: they show nothing (Unicode, general categories).
_UNSEEN = {"Cc", "Cf", "Zl", "Zp", "Zs"}
_VARIATION_SELECTORS = range(0xFE00, 0xFE10)


def missing(text: str) -> list[str]:
    """The characters of `text` that no font of ours has, each once, in order. Every font has those of ASCII."""
    letters = [letter for letter in dict.fromkeys(_seen(text)) if not letter.isascii()]
    for path in font_files():
        if not letters:
            break
        known = _characters(path)
        letters = [letter for letter in letters if ord(letter) not in known]
    return letters


def named(letter: str) -> str:
    """A character as people can find it: “☃” (U+2603 SNOWMAN)."""
    return f"“{letter}” (U+{ord(letter):04X} {unicodedata.name(letter, 'without a name')})"


def _seen(text: str) -> Iterator[str]:
    """Composed where Unicode has a composed letter: the shaper prefers it too."""
    for letter in unicodedata.normalize("NFC", text):
        if unicodedata.category(letter) not in _UNSEEN and ord(letter) not in _VARIATION_SELECTORS:
            yield letter


@lru_cache(maxsize=20)
def _characters(path: Path) -> frozenset[int]:
    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap())
