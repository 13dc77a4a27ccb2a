"""How a language writes prices and dates, and what it calls itself."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from catalog.values.prices import money as written
from exports.documents import Money

_DEFAULT = "en"


@lru_cache(maxsize=100)
def locale_of(language: str) -> Locale:
    """The locale of a language tag such as "de" or "pt-BR"; English for one nobody has written down."""
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(_DEFAULT)


def money_text(money: Money, language: str) -> str:
    return written(money.amount, money.currency, (str(locale_of(language)).replace("_", "-"),))


def date_text(iso: str, language: str) -> str:
    return format_date(date.fromisoformat(iso), "long", locale=locale_of(language))


def language_name(language: str) -> str:
    """What the language calls itself, as a title: “Italiano”."""
    locale = locale_of(language)
    known = locale.language == language.partition("-")[0].lower()
    name = (locale.get_display_name() if known else None) or language
    return name[:1].upper() + name[1:]
