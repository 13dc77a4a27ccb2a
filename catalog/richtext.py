"""The small HTML vocabulary of fragments, the same on every path in, and its plain-text rendering.

Sanitised markup can still bring a PDF renderer down (huge spans, endless words, deep nesting), and raw markup the
sanitiser itself, so the limits here are part of what "clean" means. Raw markup is looked at with linear expressions
only: html.parser takes minutes for a hundred thousand "<a ".
"""

from __future__ import annotations

import html
import re

import nh3

from catalog.richtables import with_sane_tables
from catalog.values.base import Invalid, clean_text

_BLOCKS = frozenset(["p", "h3", "h4", "ul", "ol", "li", "table", "thead", "tbody", "tr", "blockquote", "br"])
_CELLS = frozenset(["th", "td"])
_INLINE = frozenset(["strong", "em", "b", "i", "u", "sub", "sup", "a"])
TAGS = _BLOCKS | _CELLS | _INLINE | {"img"}
_SPANS = frozenset(["colspan", "rowspan"])
ATTRIBUTES = {"a": {"href"}, "img": {"src", "alt"}, "th": _SPANS, "td": _SPANS}
MAX_DEPTH = 20
MAX_ALT = 500
MAX_WORD = 200
# Rounds of cleaning after which markup has to come out as it went in. Ordinary markup takes two.
MAX_ROUNDS = 8
_SOFT_BREAK = "\N{ZERO WIDTH SPACE}"

# White space that is only layout; no-break and other typographic spaces are part of a text.
_LAYOUT = re.compile(r"[ \t\n\v\f\r\x85\u2028\u2029]+")
_MARKUP = re.compile(r"<[a-zA-Z/!?]")
# A complete address. `../x`, `//host` and `https:x` depend on where a page or a PDF happens to lie.
_ADDRESS = re.compile(r"(?:https?://[^\s/\\]|mailto:|tel:)\S", re.IGNORECASE)
# The only pictures there are: those of the asset library, by code. What they are called elsewhere is put in later.
_ASSET = re.compile(r"asset:[A-Za-z0-9][A-Za-z0-9_.-]{0,199}")
_SPAN = re.compile("[0-9]{1,9}")

# In raw markup: where a tag begins, and the tags that a browser opens again in every following paragraph until they
# are closed. It keeps three alike at most; without attributes all are alike, so none can pile up.
_TAG_BEGINS = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
_REOPENED = re.compile(r"<(b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s/][^>]*(?:>|\Z)", re.IGNORECASE)
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)
# Elements whose end people leave out: what a new one of them ends, where that is the innermost.
_ENDED_BY = {
    "p": {"p"},
    "li": {"li", "p"},
    "tr": {"tr", "td", "th", "p"},
    "td": {"td", "th", "p"},
    "th": {"td", "th", "p"},
    **{block: {"p"} for block in ("ul", "ol", "table", "blockquote", "h3", "h4", "div")},
}

# In clean markup: one of our tags (any other "<" is a character of a plain text), an entity, any other character.
_TAG = rf'<(/?)({"|".join(sorted(TAGS))})((?:\s[^>"]*(?:"[^"]*"[^>"]*)*)?)>'
_TAG_OR_TEXT = re.compile(rf"{_TAG}|([^<]+|<)")
_TAG_OR_CHARACTER = re.compile(rf"({_TAG})|(&[#\w]+;|.)", re.DOTALL)
_LONG = re.compile(rf"[^\s{_SOFT_BREAK}]{{{MAX_WORD + 1}}}")
_LINK_TO_NOWHERE = re.compile(r"<a>(.*?)</a>", re.DOTALL)
# A sanitiser escapes "<" and ">" within attributes.
_PICTURE = re.compile(r"<img\b([^<>]*)>")
_ATTRIBUTE = re.compile(r'\b(src|alt)="([^"]*)"')


def clean_html(raw: str, limit: int = 100_000, *, pictures: bool = True, strict: bool = True) -> str:
    """Allowed markup only; idempotent. Text without any markup becomes paragraphs.

    A link keeps its address if that is complete (http, https, mailto or tel); of any other only the words stay. A
    picture stays if it is one of the asset library (`asset:CODE`), unless there are to be no `pictures`.
    Raises Invalid for characters that cannot be stored, excessive length, and nesting deeper than 20; if `strict`, for
    tables of excessive size too, which may have been stored before there was a limit.
    """
    text = clean_text(raw, limit).strip()
    if not _MARKUP.search(text):
        text = _paragraphs(text)
    _check_nesting(text)
    for _ in range(MAX_ROUNDS):
        cleaned = _cleaned(text, pictures, strict)
        if cleaned == text:
            break
        text = cleaned
    else:
        raise Invalid("its elements are so mixed up that browsers would not agree on them")
    _check_nesting(text)
    if len(text) > limit:
        raise Invalid(f"{len(text)} characters of clean markup are too many; at most {limit} are allowed")
    return clean_text(text, limit)  # entities stand for characters that nobody can store, too


def _paragraphs(text: str) -> str:
    """Plain text as markup. Entities of a text that has no markup stand for their characters."""
    parts = re.split(r"\n\s*\n", html.unescape(text))
    return "".join(f"<p>{html.escape(part.strip(), quote=False)}</p>" for part in parts if part.strip())


def _check_nesting(markup: str) -> None:
    if nesting(markup) > MAX_DEPTH:
        raise Invalid(f"elements are nested more than {MAX_DEPTH} deep")


def _cleaned(text: str, pictures: bool, strict: bool) -> str:
    """One round of cleaning."""
    cleaned = nh3.clean(
        _REOPENED.sub(r"<\1>", text),
        tags=set(TAGS) if pictures else set(TAGS - {"img"}),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        attribute_filter=_attribute,
        url_schemes={"https", "http", "mailto", "tel", "asset"},
        link_rel=None,
        strip_comments=True,
    )
    cleaned = _PICTURE.sub(_picture, _LINK_TO_NOWHERE.sub(r"\1", cleaned))
    cleaned = _breakable(with_sane_tables(cleaned, strict=strict)).strip()
    if _MARKUP.search(cleaned):
        return cleaned
    return f"<p>{cleaned}</p>" if html.unescape(cleaned).strip() else ""


def _attribute(_tag: str, name: str, value: str) -> str | None:
    """What stays of an attribute; None where nothing does."""
    if name == "alt":
        return _LAYOUT.sub(" ", value).strip()[:MAX_ALT].rstrip()
    wanted = {"href": _ADDRESS.match, "src": _ASSET.fullmatch}.get(name, _SPAN.fullmatch)
    return value if wanted(value) else None


def _picture(found: re.Match[str]) -> str:
    """A picture as it is always written; nothing of one that is none of ours."""
    said = dict(_ATTRIBUTE.findall(found[1]))
    return f'<img src="{said["src"]}" alt="{said.get("alt", "")}">' if "src" in said else ""


def clean_plain(raw: str, limit: int = 10_000) -> str:
    """One line of text without markup. Raises Invalid."""
    return _LAYOUT.sub(" ", clean_text(raw, limit)).strip()


def nesting(markup: str) -> int:
    """How deep elements stand in one another, unclosed ones counted as open; beyond MAX_DEPTH it is not counted."""
    inside: list[str] = []
    deepest = 0
    for end, name in _TAG_BEGINS.findall(markup):
        tag = name.lower()
        if end and tag in inside:
            while inside.pop() != tag:
                pass
        elif not end and tag not in _VOID:
            while inside and inside[-1] in _ENDED_BY.get(tag, ()):
                inside.pop()
            inside.append(tag)
            deepest = max(deepest, len(inside))
            if deepest > MAX_DEPTH:
                break
    return deepest


def to_text(markup: str) -> str:
    """The words of clean HTML: a line per block, list items with a dash, cells separated by a space.

    A picture stands for its alternative text.
    """
    lines = [""]
    bullet = ""
    for end, tag, attributes, text in _TAG_OR_TEXT.findall(markup):
        if tag == "img":
            text = dict(_ATTRIBUTE.findall(attributes)).get("alt", "")
        if tag in _BLOCKS:
            lines.append("")
            if tag == "li":
                bullet = "" if end else "– "
        elif tag in _CELLS:
            lines[-1] += " "
        elif text.strip():
            lines[-1] += bullet + html.unescape(text)
            bullet = ""
        else:
            lines[-1] += text
    return "\n".join(filter(None, (_LAYOUT.sub(" ", line).strip() for line in lines))).replace(_SOFT_BREAK, "")


def _breakable(markup: str) -> str:
    """Chances to break endless words, which a renderer takes gigabytes to look for. Inline tags do not end a word."""
    if not _LONG.search(re.sub(_TAG, "", markup)):
        return markup
    out: list[str] = []
    length = 0
    for tag, _, name, _, character in _TAG_OR_CHARACTER.findall(markup):
        if tag:
            length = length if name in _INLINE else 0
        elif character.isspace() or character == _SOFT_BREAK:
            length = 0
        elif length == MAX_WORD:
            out.append(_SOFT_BREAK)
            length = 1
        else:
            length += 1
        out.append(tag or character)
    return "".join(out)
