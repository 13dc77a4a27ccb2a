"""The small language of computed facts: reading it, and what it says.

    width[cm] * depth[cm] * height[cm] / 1000
    round(max(power[W], peak[W]) * 1.2, 0)
    brand & " " & model

Numbers, texts in quotation marks, + - * / and &, which joins texts; parentheses; min, max, sum, round. A fact is called
by its code, in braces where that is more than letters, digits and "_": {net-weight}. A measurement is followed by the
unit it is wanted in, a price by its currency, in brackets. No other names, no loops, nothing to call.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from catalog.values.base import Invalid, clean_text, quoted
from catalog.values.decimals import exact

MAX_LENGTH = 1_000
MAX_DEPTH = 20
MAX_OPERATORS = 100
# How many arguments each takes at least and at most.
FUNCTIONS = {"min": (1, 20), "max": (1, 20), "sum": (1, 20), "round": (2, 2)}

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>[0-9]+(?:\.[0-9]+)?|\.[0-9]+)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*|\{[A-Za-z0-9][A-Za-z0-9_.-]*\})(?:\[(?P<unit>[^\]\[]{1,20})\])?
    |"(?P<text>(?:[^"\\]|\\["\\])*)"
    |(?P<sign>[-+*/&(),]))""",
    re.VERBOSE,
)
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Literal:
    """A number in canonical notation, or a text."""

    value: str
    is_number: bool


@dataclass(frozen=True)
class Name:
    """A fact; `unit` is the unit or currency it is wanted in, or ""."""

    code: str
    unit: str = ""


@dataclass(frozen=True)
class Call:
    """A function, or an operator (which has two arguments), with what it is applied to."""

    function: str
    arguments: tuple[Node, ...]


Node: TypeAlias = "Literal | Name | Call"


class _Token(NamedTuple):
    """`kind` is number, name, text, sign or end; `start` and `end` are places in the expression."""

    kind: str
    text: str
    unit: str
    start: int
    end: int


@lru_cache(maxsize=1_000)
def read(expression: str) -> Node:
    """What an expression says. Raises Invalid naming the place of what cannot be understood."""
    return _Reader(tuple(_tokens(expression))).whole()


def names_in(expression: str) -> tuple[str, ...]:
    """The codes of the facts an expression is made of, each once, in order. Raises Invalid."""
    return tuple(dict.fromkeys(name.code for name in _names(read(expression))))


def _names(node: Node) -> Iterator[Name]:
    if isinstance(node, Name):
        yield node
    elif isinstance(node, Call):
        for argument in node.arguments:
            yield from _names(argument)


def renamed(expression: str, old: str, new: str) -> str:
    """The same expression about a fact that is called otherwise now. Raises Invalid for what is no expression."""
    read(expression)
    result, place = "", 0
    for token in _tokens(expression):
        code = token.text.strip("{}")
        if token.kind == "name" and code.lower() == old.lower():
            result += expression[place : token.start] + written(new)
            place = token.end
    return result + expression[place:]


def written(code: str) -> str:
    """A fact's code as it stands in expressions."""
    return code if _PLAIN_NAME.fullmatch(code) and code.lower() not in FUNCTIONS else f"{{{code}}}"


def _tokens(expression: str) -> Iterator[_Token]:
    text = clean_text(expression, MAX_LENGTH).rstrip()
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if not found:
            raise Invalid(f"{quoted(text[place:].lstrip(), 20)} at position {place + 1} cannot be understood")
        kind = next(kind for kind in ("number", "name", "text", "sign") if found[kind] is not None)
        yield _Token(kind, found[kind], (found["unit"] or "").strip(), found.start(kind), found.end(kind))
        place = found.end()
    yield _Token("end", "", "", len(text), len(text))


class _Reader:
    """Recursive descent: joins of sums of products of parts."""

    def __init__(self, tokens: tuple[_Token, ...]) -> None:
        self.tokens = tokens
        self.place = 0
        self.depth = 0
        self.operators = 0

    @property
    def next(self) -> _Token:
        return self.tokens[self.place]

    def whole(self) -> Node:
        node = self.joins()
        if self.next.kind != "end":
            raise self.wrong("an operator or the end")
        return node

    def joins(self) -> Node:
        return self.chain("&", self.sums)

    def sums(self) -> Node:
        return self.chain("+-", self.products)

    def products(self) -> Node:
        return self.chain("*/", self.part)

    def chain(self, signs: str, part: Callable[[], Node]) -> Node:
        """Parts with one of these operators between them, from left to right."""
        node = part()
        while self.next.kind == "sign" and self.next.text in signs:
            sign = self.take().text
            self.operators += 1
            if self.operators > MAX_OPERATORS:
                raise Invalid(f"the expression has more than {MAX_OPERATORS} operators")
            node = Call(sign, (node, part()))
        return node

    def part(self) -> Node:
        token = self.take()
        if token.kind == "number":
            return Literal(exact(token.text), is_number=True)
        if token.kind == "text":
            return Literal(re.sub(r"\\(.)", r"\1", token.text), is_number=False)
        if token.kind == "name":
            return self.named(token)
        if token.text == "-":
            return Call("-", (Literal("0", is_number=True), self.deeper(self.part)))
        if token.text == "(":
            node = self.deeper(self.joins)
            self.expect(")")
            return node
        self.place -= 1
        raise self.wrong("a number, a fact or a parenthesis")

    def named(self, token: _Token) -> Node:
        if token.text.lower() not in FUNCTIONS:
            return Name(token.text.strip("{}"), token.unit)
        function = token.text.lower()
        self.expect("(")
        arguments = [self.deeper(self.joins)]
        while self.next.text == "," and self.next.kind == "sign":
            self.take()
            arguments.append(self.deeper(self.joins))
        self.expect(")")
        least, most = FUNCTIONS[function]
        if not least <= len(arguments) <= most:
            wanted = f"{least}" if least == most else f"{least} to {most}"
            raise Invalid(f"{function} at position {token.start + 1} takes {wanted} values, not {len(arguments)}")
        return Call(function, tuple(arguments))

    def deeper(self, read_on: Callable[[], Node]) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Invalid(f"the expression is nested more than {MAX_DEPTH} deep")
        node = read_on()
        self.depth -= 1
        return node

    def take(self) -> _Token:
        self.place += 1
        return self.tokens[self.place - 1]

    def expect(self, sign: str) -> None:
        if self.next.kind != "sign" or self.next.text != sign:
            raise self.wrong(f"“{sign}”")
        self.take()

    def wrong(self, wanted: str) -> Invalid:
        there = f"{quoted(self.next.text)}" if self.next.kind != "end" else "the end"
        return Invalid(f"expected {wanted} at position {self.next.start + 1}, not {there}")
