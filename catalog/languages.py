"""Languages as the Unicode CLDR knows them: codes, names, directions, and what stands in for a regional one.

A code is a BCP 47 tag in lower case, as Django has it: "de", "de-at", "zh-hant-tw". Tags do not tell case apart
(RFC 5646, section 2.1.1), so pages may say them as they are.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Literal

from babel import Locale, UnknownLocaleError

# Tables keep a language in ten characters.
_CODE = re.compile(r"[a-z]{2,3}(-[a-z]{4})?(-([a-z]{2}|[0-9]{3}))?")
_MAX_LENGTH = 10

Direction = Literal["ltr", "rtl"]


def canonical(tag: str) -> str:
    """A language's tag as its code: "de_AT" and "de-AT" are "de-at". Raises ValueError for what is no language."""
    code = tag.strip().replace("_", "-").lower()
    if len(code) > _MAX_LENGTH or not _CODE.fullmatch(code):
        raise ValueError(f"“{tag[:40]}” is no code of a language.")
    try:
        locale = Locale.parse(code, sep="-")
    except UnknownLocaleError as error:
        raise ValueError(f"There is no language “{code}”.") from error
    # Babel takes the nearest locale for a region nobody speaks the language in; that is not what was meant.
    if not set(code.split("-")[1:]) <= {(locale.script or "").lower(), (locale.territory or "").lower()}:
        raise ValueError(f"There is no language “{code}”.")
    return code


@lru_cache(maxsize=200)
def name_of(code: str) -> str:
    """What a language calls itself, as a title: “Italiano”."""
    name = str(Locale.parse(code, sep="-").get_display_name() or code)
    return name[:1].upper() + name[1:]


@lru_cache(maxsize=200)
def direction(code: str) -> Direction:
    """Which way a language is written; from the left for one nobody knows."""
    try:
        return "rtl" if Locale.parse(code, sep="-").text_direction == "rtl" else "ltr"
    except (UnknownLocaleError, ValueError):
        return "ltr"


def bases(code: str) -> tuple[str, ...]:
    """What a regional language is a form of, nearest first: "zh-hant-tw" of "zh-hant", and that of "zh"."""
    parts = code.split("-")
    return tuple("-".join(parts[:count]) for count in range(len(parts) - 1, 0, -1))


def stand_ins(code: str, offered: Collection[str], default: str) -> tuple[str, ...]:
    """The languages read where a text is missing in one: what it is a form of, then the default language."""
    return tuple(dict.fromkeys((*(base for base in bases(code) if base in offered), default)))
