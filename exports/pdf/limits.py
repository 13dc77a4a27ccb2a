"""How much of a text a page takes. Sanitised HTML can still ask for hours of layout; this bounds it beforehand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from html import escape, unescape

from exports.pdf.pictures import ADDRESS

TABLE = frozenset(["table", "thead", "tbody", "tr", "th", "td"])
CELLS = frozenset(["th", "td"])
VOID = frozenset(["br", "img"])
INLINE = VOID | {"a", "b", "em", "i", "strong", "sub", "sup", "u"}
TAGS = TABLE | INLINE | {"p", "h3", "h4", "ul", "ol", "li", "blockquote"}
SCHEMES = {"http", "https", "mailto"}

RAW = 100_000  # characters of HTML looked at
CHARACTERS = 12_000  # of text: about three pages
ELEMENTS = 1_000
INLINES = 100  # inline elements and line breaks in one block: its layout takes their number squared
DEPTH = 8
COLUMNS = 8
SPAN = 12  # rows of a cell
ALT = 500  # characters of an alternative text
WORD = 60  # longer runs without a space may be broken anywhere

# What a sanitiser writes; a stray "<" is text. Linear: html.parser takes minutes for a hundred thousand "<a ".
_ATTRIBUTES = r"""(?P<attributes>(?:\s+[a-z-]+="[^"]*")*+)"""
_TOKEN = re.compile(rf"<(?P<end>/?)(?P<tag>[a-z][a-z0-9]*){_ATTRIBUTES}\s*/?>|(?P<text>[^<]+|<)")
_ATTRIBUTE = re.compile(r"""\s([a-z]+)="([^"]*)\"""")
_PLACE = re.compile("#sku-[A-Za-z0-9%._~-]+")  # of an entry in the same PDF
_WORD_END = re.compile(r"[ \t\n\r\f\u200b]+")  # where a line may break; a no-break space is part of a word
_LONG = re.compile(rf"[^ \t\n\r\f\u200b]{{{WORD + 1},}}")
_BREAK = "\u200b"


def clipped(text: str, limit: int) -> str:
    """At most `limit` characters, with an ellipsis where more were there, and words that a line can take."""
    short = text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
    return breakable(short)


def breakable(text: str) -> str:
    """`text` with places to break in words too long for a line, and without soft hyphens.

    A paragraph with a few hundred soft hyphens keeps WeasyPrint 70 busy for minutes; it hyphenates by itself.
    """
    half = WORD // 2
    plain = text.replace("\u00ad", "")
    return _LONG.sub(lambda m: _BREAK.join(m[0][at : at + half] for at in range(0, len(m[0]), half)), plain)


def bounded(html: str) -> tuple[str, tuple[str, ...]]:
    """Well-formed HTML of our vocabulary within the limits, and what had to go. Linear in its length."""
    rebuild = _Rebuild()
    for token in _TOKEN.finditer(html[:RAW]):
        rebuild.take(token)
    if len(html) > RAW:
        rebuild.cuts[f"It has more than {RAW:,} characters of HTML; the rest is not printed."] = None
    return rebuild.result(), tuple(rebuild.cuts)


def paragraphs(text: str) -> str:
    """HTML of a plain text: a paragraph per line, within the limits."""
    lines = [line for line in clipped(text, CHARACTERS).splitlines() if line.strip()]
    return "".join(f"<p>{escape(line)}</p>" for line in lines[:ELEMENTS])


class _Rebuild:
    """Copies HTML and leaves out what is beyond the limits or not of our vocabulary; the text of a left out tag stays.

    Sanitised HTML is well-formed; of any other, each end tag closes all that was opened since its start.
    """

    def __init__(self) -> None:
        self.cuts: dict[str, None] = {}
        self._out: list[str] = []
        self._open: list[tuple[str, bool]] = []  # each open tag, and whether it was written
        self._count: Counter[str] = Counter()  # of tags in `_open`
        self._depth = 0  # of those written
        self._characters = 0
        self._elements = 0
        self._column = 0
        self._inlines = 0  # in this block
        self._word = 0  # letters since the last place where a line may break
        self._silent_from: int | None = None  # the place in `_open` of a cell beyond the last column

    def result(self) -> str:
        return "".join(self._out) + "".join(f"</{tag}>" for tag, written in reversed(self._open) if written)

    def take(self, token: re.Match[str]) -> None:
        if token["text"]:
            self._text(unescape(token["text"]))
        elif token["end"]:
            self._end(token["tag"])
        else:
            self._start(token["tag"], token["attributes"])

    def _start(self, tag: str, attributes: str) -> None:
        said = {name: unescape(value) for name, value in _ATTRIBUTE.findall(attributes)}
        written = self._may_write(tag)
        self._separate(tag, written)
        if written:
            self._elements += 1
            self._out.append(self._cell(tag, said) if tag in CELLS else _opening(tag, said))
        if tag in TAGS and tag not in VOID:
            self._open.append((tag, written))
            self._count[tag] += 1
            self._depth += written

    def _end(self, tag: str) -> None:
        while self._count[tag] and self._pop() != tag:
            pass

    def _pop(self) -> str:
        """Close the tag opened last."""
        name, written = self._open.pop()
        self._separate(name, written)
        self._count[name] -= 1
        self._depth -= written
        if self._silent_from == len(self._open):
            self._silent_from = None
        if written:
            self._out.append(f"</{name}>")
        return name

    def _text(self, data: str) -> None:
        if self._silent_from is not None or self._is_full():
            return
        left = CHARACTERS - self._characters
        self._characters += len(data)
        if len(data) > left:
            self._is_full()
        self._out.append(escape(self._spaced(clipped(data, left))))

    def _spaced(self, text: str) -> str:
        """A word may go on over tags, which are no places to break; so its length is carried from text to text."""
        head = len(_WORD_END.split(text, maxsplit=1)[0])
        tail = len(_WORD_END.split(text)[-1])
        broken = self._word and self._word + head > WORD
        self._word = tail if broken or head < len(text) else self._word + head
        return _BREAK + text if broken else text

    def _separate(self, tag: str, written: bool) -> None:
        """A block ends a word; one left out still stands for a space."""
        if tag not in INLINE:
            self._inlines = 0
        if tag not in INLINE or tag == "br":
            self._word = 0
            if not written and self._silent_from is None and not self._is_full():
                self._out.append(" ")

    def _may_write(self, tag: str) -> bool:
        if tag not in TAGS or self._silent_from is not None or self._is_full():
            return False
        if tag in TABLE:
            return self._may_write_table(tag)
        self._inlines += tag in INLINE
        if self._inlines > INLINES:
            return self._cut(f"A paragraph has more than {INLINES} marks and line breaks; the rest is left out.")
        if self._depth >= DEPTH and tag not in VOID:
            return self._cut(f"It is nested more than {DEPTH} levels deep; the inner levels were flattened.")
        return True

    def _may_write_table(self, tag: str) -> bool:
        if self._count["table"] > (0 if tag == "table" else 1) or (tag == "table" and self._depth >= DEPTH):
            return self._cut("A table within a table or a deep list was taken apart.")
        if tag == "tr":
            self._column = 0
        self._column += tag in CELLS
        if self._column > COLUMNS:
            self._silent_from = len(self._open)
            return self._cut(f"A table has more than {COLUMNS} columns; the first {COLUMNS} are printed.")
        return True

    def _cell(self, tag: str, said: Mapping[str, str]) -> str:
        """A cell that spans no more columns than are left."""
        columns = min(_number(said, "colspan"), COLUMNS - self._column + 1)
        rows = min(_number(said, "rowspan"), SPAN)
        self._column += columns - 1
        spans = (("colspan", columns), ("rowspan", rows))
        written = "".join(f' {name}="{number}"' for name, number in spans if number > 1)
        return f"<{tag}{written}>"

    def _is_full(self) -> bool:
        if self._elements >= ELEMENTS:
            self._cut(f"It has more than {ELEMENTS:,} elements; the rest is not printed.")
        if self._characters >= CHARACTERS:
            self._cut(f"It is longer than {CHARACTERS:,} characters; the rest is not printed.")
        return self._elements >= ELEMENTS or self._characters >= CHARACTERS

    def _cut(self, why: str) -> bool:
        self.cuts[why] = None
        return False


def _number(said: Mapping[str, str], name: str) -> int:
    """A span as it is said, 1 for what is none."""
    text = said.get(name, "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def _opening(tag: str, said: Mapping[str, str]) -> str:
    if tag == "img":
        return _picture(said)
    address = said.get("href", "") if tag == "a" else ""
    # Relative addresses have nothing to be relative to on paper, and sanitisers let them pass.
    is_known = address.partition(":")[0].lower() in SCHEMES or _PLACE.fullmatch(address)
    return f'<a href="{escape(address)}">' if is_known else f"<{tag}/>" if tag in VOID else f"<{tag}>"


def _picture(said: Mapping[str, str]) -> str:
    """A picture that the renderer may fetch; of any other the alternative text."""
    alt = clipped(said.get("alt", ""), ALT)
    return f'<img src="{said["src"]}" alt="{escape(alt)}"/>' if ADDRESS.fullmatch(said.get("src", "")) else escape(alt)
