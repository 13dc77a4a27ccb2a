"""The small HTML vocabulary of fragments, the same on every path in, and its plain-text rendering.

Sanitised markup can still bring a PDF renderer down (huge spans, endless words, deep nesting), so the limits here are
part of what "clean" means.
"""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

import nh3

from catalog.values.base import Invalid, clean_text

TAGS = frozenset(
    [
        "p",
        "br",
        "strong",
        "em",
        "b",
        "i",
        "u",
        "sub",
        "sup",
        "h3",
        "h4",
        "ul",
        "ol",
        "li",
        "a",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "blockquote",
    ]
)
ATTRIBUTES = {"a": {"href"}}
MAX_DEPTH = 20
MAX_WORD = 200
_BLOCKS = frozenset(["p", "h3", "h4", "ul", "ol", "li", "table", "tr", "blockquote"])
_VOID = frozenset({"br"})
_SOFT_BREAK = "\N{ZERO WIDTH SPACE}"


def clean_html(raw: str, limit: int = 100_000) -> str:
    """Allowed markup only; idempotent. Text without any markup becomes paragraphs.

    Raises Invalid for characters that cannot be stored, excessive length, and nesting deeper than 20.
    """
    text = clean_text(raw, limit).strip()
    if not text:
        return ""
    if "<" not in text:
        text = "".join(
            f"<p>{html.escape(part.strip(), quote=False)}</p>" for part in re.split(r"\n\s*\n", unescape(text))
        )
    depth = nesting(text)
    if depth > MAX_DEPTH:
        raise Invalid(f"elements are nested {depth} deep; at most {MAX_DEPTH} levels are allowed")
    cleaned = nh3.clean(
        text,
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        url_schemes={"https", "http", "mailto", "tel"},
        link_rel=None,
        strip_comments=True,
    )
    return re.sub(r"\S{%d,}" % (MAX_WORD + 1), _break_word, cleaned).strip()


def unescape(text: str) -> str:
    """Entities of a text that has no markup become the characters they stand for, once."""
    return html.unescape(text) if "&" in text else text


def clean_plain(raw: str, limit: int = 10_000) -> str:
    """One line of text without markup. Raises Invalid."""
    return " ".join(clean_text(raw, limit).split())


def nesting(markup: str) -> int:
    """How deep elements stand in one another, unclosed ones counted as open."""
    parser = _Depth()
    parser.feed(markup)
    return parser.deepest


def to_text(markup: str) -> str:
    """The words of clean HTML: a line per block, list items with a dash, cells separated by tabs."""
    parser = _Text()
    parser.feed(markup)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.parts).replace(_SOFT_BREAK, "").split("\n"))
    return "\n".join(line for line in lines if line and line != "–")


def _break_word(match: re.Match[str]) -> str:
    """Chances to break an endless word, unless it is an address or other markup."""
    word = match[0]
    if "<" in word or ">" in word or "&" in word or "=" in word:
        return word
    return _SOFT_BREAK.join(word[start : start + MAX_WORD] for start in range(0, len(word), MAX_WORD))


class _Depth(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.deepest = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self.open.append(tag)
            self.deepest = max(self.deepest, len(self.open))

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS or tag == "br":
            self.parts.append("\n")
        if tag == "li":
            self.parts.append("– ")
        if tag in ("td", "th"):
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(data.replace("\n", " "))
