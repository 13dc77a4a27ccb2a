"""Markup that a reader would see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import html5

from catalog.quality.base import Check, Found, Subject, excerpt

_TAGS = "a|b|big|br|div|em|font|h[1-6]|hr|i|img|li|ol|p|small|span|strong|sub|sup|table|tbody|td|th|tr|u|ul"
# Attributes are looked at up to their first 200 characters, so that a long text is read in one go.
_REST = re.compile(
    rf"</?(?:{_TAGS})(?:\s[^<>]{{0,200}})?/?>|&(?:#[0-9]{{1,7}}|#[xX][0-9a-fA-F]{{1,6}}|([A-Za-z]{{2,8}}[0-9]{{0,2}}));",
    re.IGNORECASE,
)


class MarkupRests(Check):
    """Tags and entities in what is plain text once it is shown, such as `&nbsp;` or `<b>`."""

    code = "markup"
    label = "HTML rests"
    severity = "warning"
    hint = "Take the tag out, or write the character itself."

    def check(self, subject: Subject) -> Iterator[Found]:
        for prose in subject.own_texts():
            if rest := first_rest(prose.text):
                yield Found(prose.key, f"{prose.where} shows {excerpt(rest)} to its readers.")


def first_rest(text: str) -> str:
    """The first tag or entity there is, or nothing. “R&D;” is no entity."""
    if "<" not in text and "&" not in text:
        return ""
    return next((match[0] for match in _REST.finditer(text) if match[1] is None or f"{match[1]};" in html5), "")
