"""What every page is told besides its products: the release, its language and what the output's options say."""

from __future__ import annotations

from typing import Any

from exports.formats.base import Work
from exports.formats.options import SHORT, Text
from exports.pdf.limits import clipped
from exports.web.locales import date_text
from exports.wording import words

# What formats with prices can be told of them.
PRICE_NOTE = Text(label="Note on prices", help="Such as what taxes they include.", limit=600, group="Content")


def envelope(work: Work, title: str, price_note: str = "") -> dict[str, Any]:
    """The context that all templates share."""
    publication = work.publication
    released_on = publication.released_on[:10]
    own_words = words(publication.language)
    released = date_text(released_on, publication.language)
    return {
        "language": publication.language,
        "words": own_words,
        "author": clipped(publication.title, SHORT),
        "title": clipped(title, SHORT),
        "released_on": released_on,
        "release_line": own_words["release_line"].format(number=publication.release, date=released),
        "price_note": clipped(price_note, PRICE_NOTE.limit),
    }
