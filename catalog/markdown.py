"""Clean markup as CommonMark (0.31), tables as GitHub Flavored Markdown writes them (section 4.10).

What Markdown cannot say (underline, sub- and superscript, a break in a cell, emphasis that its rules for delimiters
would not see) stays HTML, which CommonMark takes as it is (section 6.6).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, zip_longest

from catalog.richtext import TAGS

_TOKEN = re.compile(rf'<(/?)({"|".join(sorted(TAGS))})((?:\s[^>"]*(?:"[^"]*"[^>"]*)*)?)>|([^<]+|<)')
_ATTRIBUTE = re.compile(r'\b([a-z]+)="([^"]*)"')
_LAYOUT = re.compile(r"[ \t\n\v\f\r\x85\u2028\u2029]+")
_SOFT_BREAK = "\N{ZERO WIDTH SPACE}"
_SPECIAL = re.compile(r"[\\`*_\[\]<>&~|!#]")
# What begins a block where it stands first in a line.
_BEGINS_BLOCK = re.compile(r"(?:[+=:-]|\d{1,9}(?=[.)]))")
_VOID = frozenset(["br", "img"])
_EMPHASIS = {"strong": "**", "b": "**", "em": "*", "i": "*"}
_HTML = frozenset(["u", "sub", "sup"])
_INLINE = _EMPHASIS.keys() | _HTML | _VOID | {"a"}
_HEADINGS = {"h3": "### ", "h4": "#### "}


@dataclass
class Node:
    """An element; a text is one called "" that has no children."""

    tag: str
    text: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)

    @property
    def is_inline(self) -> bool:
        return self.tag == "" or (self.tag in _INLINE and all(child.is_inline for child in self.children))


def to_markdown(markup: str) -> str:
    """Clean HTML as Markdown: blocks apart by an empty line, without one at the end."""
    return "\n".join(_blocks(_tree(markup).children))


def _tree(markup: str) -> Node:
    """The elements of well-formed markup of our vocabulary; an end without a beginning is passed over."""
    top = Node("root")
    inside = [top]
    for end, tag, attributes, text in _TOKEN.findall(markup):
        if not tag:
            inside[-1].children.append(Node("", html.unescape(text)))
        elif end:
            if tag in [node.tag for node in inside]:
                while inside.pop().tag != tag:
                    pass
        else:
            node = Node(tag, attributes={name: html.unescape(value) for name, value in _ATTRIBUTE.findall(attributes)})
            inside[-1].children.append(node)
            if tag not in _VOID:
                inside.append(node)
    return top


# --- Blocks ----------------------------------------------------------------------------------------------------------
def _blocks(nodes: Sequence[Node]) -> list[str]:
    """The lines of some nodes, of which those that are no blocks make paragraphs of their own."""
    found = [(kind, lines) for kind, lines in _each(nodes) if lines]
    out = found[0][1] if found else []
    for (before, _), (kind, lines) in pairwise(found):
        # Without something between them, two lists of a kind would be one.
        apart = ["", "<!-- -->", ""] if before == kind and kind in ("ul", "ol") else [""]
        out = [*out, *apart, *lines]
    return out


def _each(nodes: Sequence[Node]) -> Iterator[tuple[str, list[str]]]:
    words: list[Node] = []
    for node in nodes:
        if node.is_inline:
            words.append(node)
            continue
        yield "p", _paragraph(words)
        words = []
        yield from _block(node)
    yield "p", _paragraph(words)


def _block(node: Node) -> Iterator[tuple[str, list[str]]]:
    if node.tag == "p" and all(child.is_inline for child in node.children):
        yield "p", _paragraph(node.children)
    elif node.tag in _HEADINGS:
        words = _inline(node.children, "<br>")
        yield node.tag, [_HEADINGS[node.tag] + words] if words else []
    elif node.tag in ("ul", "ol"):
        yield node.tag, _list(node)
    elif node.tag == "blockquote":
        yield node.tag, [f"> {line}".rstrip() for line in _blocks(node.children)]
    elif node.tag == "table":
        yield node.tag, _table(node)
    else:
        yield from _each(node.children)


def _paragraph(nodes: Sequence[Node]) -> list[str]:
    words = _inline(nodes, "\\\n")
    return [_BEGINS_BLOCK.sub(_escaped_beginning, line, count=1) if _begins(line) else line for line in _lines(words)]


def _lines(words: str) -> list[str]:
    return words.split("\n") if words else []


def _begins(line: str) -> bool:
    return _BEGINS_BLOCK.match(line) is not None


def _escaped_beginning(found: re.Match[str]) -> str:
    return f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}"


def _list(node: Node) -> list[str]:
    out: list[str] = []
    # What stands between the items is one of its own.
    items = [
        each if each.tag == "li" else Node("li", children=[each]) for each in node.children if _plain(each).strip()
    ]
    is_tight = all(sum(not grand.is_inline for grand in item.children) <= 1 for item in items)
    for number, item in enumerate(items, 1):
        mark = f"{number}. " if node.tag == "ol" else "- "
        lines = _blocks(item.children) or [""]
        if out and not is_tight:
            out.append("")
        out.append((mark + lines[0]).rstrip())
        out += [(" " * len(mark) + line).rstrip() for line in lines[1:]]
    return out


# --- Tables ----------------------------------------------------------------------------------------------------------
def _table(node: Node) -> list[str]:
    """A row of heads (empty ones, where the first row has none), and a row for each other."""
    rows = [list(_cells(row)) for row in _rows(node)]
    if not any(rows):
        return []
    width = max(map(len, rows))
    has_heads = any(cell.tag == "th" for cell in next(_rows(node)).children)
    heads, body = (rows[0], rows[1:]) if has_heads else ([], rows)
    return [_row(heads, width), "|" + " --- |" * width, *(_row(row, width) for row in body)]


def _rows(node: Node) -> Iterator[Node]:
    for child in node.children:
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody"):
            yield from _rows(child)


def _cells(row: Node) -> Iterator[str]:
    """The words of each cell; one that spans several columns has empty ones after it."""
    for cell in row.children:
        if cell.tag in ("th", "td"):
            yield "<br>".join(filter(None, _cell(cell.children)))
            yield from [""] * (int(cell.attributes.get("colspan", "1")) - 1)


def _cell(nodes: Iterable[Node]) -> Iterator[str]:
    """The words of each block in a cell, where Markdown has room for one line only."""
    words: list[Node] = []
    for node in nodes:
        if node.is_inline:
            words.append(node)
            continue
        yield _inline(words, "<br>")
        words = []
        yield from _cell(node.children)
    yield _inline(words, "<br>")


def _row(cells: Sequence[str], width: int) -> str:
    padded = [cell for cell, _ in zip_longest(cells, range(width), fillvalue="")]
    return "|" + "".join(f" {cell} |" if cell else "  |" for cell in padded)


# --- Within a line ---------------------------------------------------------------------------------------------------
def _inline(nodes: Sequence[Node], line_break: str) -> str:
    out = ""
    for node in nodes:
        piece = _piece(node, out, line_break)
        if not out or out.endswith(("\n", " ", "<br>")):
            piece = piece.lstrip(" ")
        if piece.startswith(line_break):
            out = out.rstrip(" ")
        out += piece
    out = out.strip(" ")
    while out.startswith(line_break):
        out = out.removeprefix(line_break).lstrip(" ")
    while out.endswith(line_break):
        out = out.removesuffix(line_break).rstrip(" ")
    return out


def _piece(node: Node, before: str, line_break: str) -> str:
    if node.tag == "":
        return _escaped(_LAYOUT.sub(" ", node.text.replace(_SOFT_BREAK, "")))
    if node.tag == "br":
        return line_break
    if node.tag == "img":
        return f"![{_escaped(node.attributes.get('alt', ''))}]({_address(node, 'src')})"
    words = _inline_kept(node.children, line_break)
    if not words.strip():
        return words
    lead, words, tail = _apart(words)
    if node.tag == "a":
        return f"{lead}[{words}]({_address(node, 'href')}){tail}" if "href" in node.attributes else lead + words + tail
    mark = _EMPHASIS.get(node.tag, "")
    if mark and words[0].isalnum() and words[-1].isalnum() and not (before + lead).endswith("*"):
        return f"{lead}{mark}{words}{mark}{tail}"
    return f"{lead}<{node.tag}>{words}</{node.tag}>{tail}"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text)


def _inline_kept(nodes: Sequence[Node], line_break: str) -> str:
    """As above, with the spaces at both ends, which may part two words."""
    words = _inline(nodes, line_break)
    plain = "".join(_plain(node) for node in nodes)
    return f"{' ' if plain[:1].isspace() else ''}{words}{' ' if plain[-1:].isspace() else ''}"


def _plain(node: Node) -> str:
    return node.text or "".join(map(_plain, node.children)) or ("\ufffc" if node.tag in _VOID else "")


def _apart(words: str) -> tuple[str, str, str]:
    """Spaces before, the words, spaces after: emphasis must not begin or end with a space."""
    inner = words.strip(" ")
    return words[: len(words) - len(words.lstrip(" "))], inner, words[len(words.rstrip(" ")) :] if inner else ""


def _address(node: Node, name: str) -> str:
    return "<" + re.sub(r"[<>\\\s]", lambda found: f"%{ord(found[0]):02X}", node.attributes[name]) + ">"
