"""One cell of prose into paragraphs of clean HTML. Pure.

A literal `\\n`, a line feed and `<br>` break a line. Where both stand together they are one break; two of a kind
leave a blank line, which ends the paragraph, as block elements do. Lists and tables stay whole. Inline markup that goes
on over several paragraphs is closed and opened anew. A `<` that begins no element of HTML is a character.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

from catalog.references import malformed_in
from catalog.richtext import ATTRIBUTES, MAX_DEPTH, clean_html, clean_plain, to_text
from catalog.richtext import TAGS as ALL_TAGS
from catalog.values import Invalid
from catalog.values.base import clean_text

# Pictures of other systems are none of our asset library.
TAGS = ALL_TAGS - {"img"}
_INLINE = frozenset(["strong", "em", "b", "i", "u", "sub", "sup", "a"])
_WHOLE = frozenset(["ul", "ol", "table", "blockquote", "h3", "h4"])
# Elements that end a paragraph, kept inside those that stay whole as far as they are among TAGS.
_BLOCKS = TAGS - _INLINE - _WHOLE - {"br"} | frozenset(
    ["div", "dl", "dt", "dd", "h1", "h2", "h5", "h6", "hr", "section", "article", "header", "footer", "caption", "pre"]
)
# Elements whose content is not for reading, and others of which the text stays.
_HIDDEN = frozenset(["script", "style"])
_OTHER_NAMES = """
abbr acronym address aside audio base big body button center cite code col colgroup del details dfn dir embed fieldset
figcaption figure font form frame frameset head html iframe img input ins kbd label legend link main map mark menu meta
nav nobr noscript object optgroup option param picture q s samp select small source span strike summary svg textarea
tfoot time title track tt var video wbr
"""
_OTHERS = frozenset(_OTHER_NAMES.split())
_KNOWN = TAGS | _BLOCKS | _HIDDEN | _OTHERS
_TOKEN = re.compile(r"<!--|-->|</?([A-Za-z][A-Za-z0-9]*)((?:\s[^<>]*)?)/?>|\n|<|(?:[^<\n-]+|-(?!->))+")
_SPACES = re.compile(r"[ \t]+")
_CLOSER = re.compile(r"</([A-Za-z][A-Za-z0-9]*)\s*>")
_AROUND_BREAK = re.compile(r" *<br> *")
_TAG = re.compile(r"<[^>]*>")
_NAMED = re.compile(r"([^\s/=\"']+)(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"']*))?")


@dataclass(frozen=True)
class Text:
    """What a cell says: paragraphs, the elements that could not be kept, and what looks like broken markup."""

    paragraphs: tuple[str, ...]
    dropped: frozenset[str]
    odd: str


def rich(raw: str) -> Text:
    """The paragraphs of a cell. Raises Invalid; then nothing of the cell can be taken."""
    splitter = _split(raw)
    paragraphs = tuple(cleaned for piece in splitter.pieces if (cleaned := _clean(piece)))
    return Text(paragraphs, frozenset(splitter.dropped), splitter.odd)


def plain(raw: str) -> Text:
    """A cell as one line without markup. Raises Invalid."""
    splitter = _split(raw)
    line = clean_plain(" ".join(to_text(_clean(piece)) for piece in splitter.pieces))
    return Text((line,) if line else (), frozenset(splitter.dropped | splitter.kept), splitter.odd)


def _split(raw: str) -> _Splitter:
    text = clean_text(raw).replace("\\n", "\n")
    bad = malformed_in(text)
    if bad:
        raise Invalid(f"“{bad[0][:40]}” reads as a reference, but is none")
    splitter = _Splitter()
    splitter.run(text)
    return splitter


@lru_cache(maxsize=20_000)
def _clean(piece: str) -> str:
    """Clean HTML of a piece, "" where it shows nothing. Raises Invalid."""
    cleaned = clean_html(piece, pictures=False)
    return cleaned if html.unescape(_TAG.sub("", cleaned)).strip() else ""


@dataclass
class _Splitter:
    """Goes through the tokens of a text and cuts it into pieces. `lines` and `marks` are the breaks not yet settled."""

    pieces: list[str] = field(default_factory=list)
    dropped: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    odd: str = ""
    buffer: list[str] = field(default_factory=list)
    open: list[tuple[str, str]] = field(default_factory=list)
    lines: int = 0
    marks: int = 0
    depth: int = 0
    hidden: str = ""
    closers: Counter[str] = field(default_factory=Counter)

    def run(self, text: str) -> None:
        self.closers = Counter(name.lower() for name in _CLOSER.findall(text))
        self.closers["!--"] = text.count("-->")
        for match in _TOKEN.finditer(text):
            piece, name = match[0], (match[1] or "").lower()
            if self.hidden:
                self.skip(piece, name)
            elif piece == "<!--" and self.closers["!--"]:
                self.hidden = "!--"
                self.dropped.add("comment")
            elif name in _KNOWN:
                self.element(piece, name, match[2])
            elif piece == "\n":
                self.break_line()
            else:
                self.say(piece, text[match.start() : match.start() + 20])
        self.cut(last=True)

    def skip(self, piece: str, name: str) -> None:
        ends = piece == "-->" if self.hidden == "!--" else name == self.hidden and piece.startswith("</")
        if ends:
            self.closers[self.hidden] -= 1
            self.hidden = ""

    def say(self, piece: str, around: str) -> None:
        """Characters. A lone `<` is one of them; before a letter it looks like broken markup."""
        if piece == "-->":
            self.closers["!--"] -= 1
        if piece.startswith("<") and not self.odd and re.match(r"<[/A-Za-z!]", around):
            self.odd = " ".join(around.split())
        words = piece.replace("<", "&lt;") if piece.startswith("<") else _SPACES.sub(" ", piece)
        if words != " ":
            self.settle()
            self.buffer.append(words)
        else:
            self.space()

    def element(self, piece: str, name: str, attributes: str) -> None:
        closing = piece.startswith("</")
        self.note(name, attributes)
        if closing:
            self.closers[name] -= 1
        if name == "br" and not self.depth:
            self.marks += 1
        elif name in _HIDDEN:
            self.hidden = name if not closing and self.closers[name] > 0 else ""
        elif name in _WHOLE:
            self.whole(piece, closing)
        elif self.depth:
            self.buffer.append(piece if name in TAGS else "")
        elif name in _BLOCKS:
            self.cut()
        elif name in _INLINE:
            self.inline(piece, name, closing)

    def note(self, name: str, attributes: str) -> None:
        if name not in TAGS:
            self.dropped.add(name)
        elif set(_NAMED.findall(attributes.lower())) - ATTRIBUTES.get(name, set()) and name != "a":
            self.dropped.add(f"attributes of {name}")
        elif name not in ("p", "br"):
            self.kept.add(name)

    def whole(self, piece: str, closing: bool) -> None:
        """A list, table, quotation or heading is a piece of its own with all that is in it."""
        if not self.depth:
            self.cut()
        self.buffer.append(piece)
        self.depth = max(0, self.depth + (-1 if closing else 1))
        if not self.depth:
            self.cut(wrap=False)

    def inline(self, piece: str, name: str, closing: bool) -> None:
        names = [opened for opened, _ in self.open]
        if closing and name in names:
            del self.open[len(names) - 1 - names[::-1].index(name)]
            self.buffer.append(piece)
        elif not closing:
            self.settle()
            self.open.append((name, piece))
            if len(self.open) > MAX_DEPTH:
                raise Invalid(f"elements are nested more than {MAX_DEPTH} deep")
            self.buffer.append(piece)

    def break_line(self) -> None:
        if self.depth:
            self.space()
        else:
            self.lines += 1

    def space(self) -> None:
        if self.buffer and not self.buffer[-1].endswith(" "):
            self.buffer.append(" ")

    def settle(self) -> None:
        """What the breaks before the next words are: one stays a break, more end the paragraph."""
        count = max(self.lines, self.marks)
        if count > 1:
            self.cut()
        elif count and self.visible():
            self.buffer.append("<br>")
        self.lines = self.marks = 0

    def visible(self) -> bool:
        return any(not part.startswith("<") and part.strip() for part in self.buffer)

    def cut(self, *, wrap: bool = True, last: bool = False) -> None:
        """End the piece. Markup whose end is still to come goes on in the next one."""
        self.lines = self.marks = 0
        inner = _AROUND_BREAK.sub("<br>", "".join(self.buffer)).strip()
        if inner:
            closing = "".join(f"</{name}>" for name, _ in reversed(self.open))
            self.pieces.append(f"<p>{inner}{closing}</p>" if wrap and not self.depth else inner)
        self.open = [] if last else [(name, tag) for name, tag in self.open if self.closers[name] > 0]
        self.buffer = [tag for _, tag in self.open]
