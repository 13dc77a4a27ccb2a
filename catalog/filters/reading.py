"""From a filter's text to its tree.

    filter    = [ either ]
    either    = both { "or" both }
    both      = part { "and" part }
    part      = "not" part | "(" either ")" | condition
    condition = field operator values           capacity >= 1 TB; color in (black, red); weight is empty

Keywords may be written in any case. A value is words as they are, or a text in quotation marks, in which \\" and \\\\
stand for a quotation mark and a backslash.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from catalog.filters.errors import FilterError, instead
from catalog.filters.tree import (
    CODED_FIELDS,
    EVERYTHING,
    FACT,
    KEYWORDS,
    MAX_CONDITIONS,
    MAX_DEPTH,
    MAX_ITEMS,
    MAX_LENGTH,
    PLAIN_FIELDS,
    WORD,
    And,
    Condition,
    Filter,
    Not,
    Or,
    Place,
    Word,
)
from catalog.values import Invalid
from catalog.values.base import clean_text, quoted

_TOKEN = re.compile(
    rf"""\s*(?:(?P<sign>[(),]|!=|<=|>=|=|<|>)|(?P<text>"(?:[^"\\]|\\.)*")|(?P<word>{WORD})|(?P<other>\S))""", re.DOTALL
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_JOINING = frozenset({"and", "or", "not"})
_SIGNS = frozenset({"=", "!=", "<", "<=", ">", ">="})
# The same texts come again and again; long ones, which take much memory, are rare.
_SHORT = 1_000


class Token(NamedTuple):
    """`kind` is "sign", "text", "word" or "end"; `said` is a text without its quotation marks, else as it stands."""

    kind: str
    said: str
    place: Place

    @property
    def keyword(self) -> str:
        return self.said.lower() if self.kind == "word" else ""


def parse(text: str) -> Filter:
    """The filter that a text says; an empty text is the filter that everything meets. Raises FilterError."""
    return _remembered(text) if len(text) <= _SHORT else _parsed(text)


def _parsed(text: str) -> Filter:
    if len(text) > MAX_LENGTH:
        raise FilterError(
            f"a filter may have {MAX_LENGTH:,} characters, and this one has {len(text):,}; split it.",
            Place(MAX_LENGTH, len(text)),
        )
    return _Reader(_tokens(text)).whole()


# A tree is never changed, and says nothing but its text.
_remembered = lru_cache(maxsize=512)(_parsed)


def field_of(name: str, place: Place) -> tuple[str, str]:
    """The field and code that a name says. Raises FilterError."""
    lower = name.lower()
    if not re.fullmatch(WORD, name):
        raise FilterError(f"{quoted(name)} cannot be the name of a field.", place, name)
    kind, colon, code = name.partition(":")
    if lower in PLAIN_FIELDS:
        return lower, ""
    if not colon:
        return FACT, name
    if kind.lower() not in CODED_FIELDS:
        raise FilterError(
            f"there is no field {quoted(name)}{instead(kind + ':', (f'{each}:' for each in CODED_FIELDS))}", place, name
        )
    if not code:
        raise FilterError(f"a code must follow, such as {kind.lower()}:CODE.", place, name)
    return kind.lower(), code


def check_text(text: str, place: Place) -> str:
    """Raises FilterError for what neither engine can take, such as NUL."""
    try:
        clean_text(text)
    except Invalid as error:
        raise FilterError(f"{error}.", place, "") from None
    return text


def _tokens(text: str) -> list[Token]:
    tokens = []
    at = 0
    while found := _TOKEN.match(text, at):
        kind = found.lastgroup or ""
        place = Place(found.start(kind), found.end())
        said = check_text(found[kind], place)
        if kind == "other":
            raise FilterError(_stray(said), place, said)
        tokens.append(Token(kind, _unescaped(said, place) if kind == "text" else said, place))
        at = found.end()
    return [*tokens, Token("end", "", Place(len(text), len(text)))]


def _stray(sign: str) -> str:
    if sign == '"':
        return 'a quotation mark opens here and is not closed; put another " at the end of the text.'
    return f"{quoted(sign)} says nothing here; “!=” means “is not”."


def _unescaped(text: str, place: Place) -> str:
    for found in _ESCAPE.finditer(text):
        if found[1] not in ('"', "\\"):
            raise FilterError("in quotation marks, write \\\\ for a backslash.", place, text)
    return _ESCAPE.sub(r"\1", text[1:-1])


class _Reader:
    """Reads tokens from left to right, one method for each line of the grammar."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = 0
        self.count = 0

    @property
    def next(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        token = self.next
        self.at += token.kind != "end"
        return token

    def took(self, *words: str) -> bool:
        """Whether these keywords or signs come next; then they are taken."""
        ahead = self.tokens[self.at : self.at + len(words)]
        if [token.keyword or (token.said if token.kind == "sign" else "") for token in ahead] != list(words):
            return False
        self.at += len(words)
        return True

    def fault(self, message: str) -> FilterError:
        """What is wrong with the token that comes next."""
        return FilterError(message, self.next.place, self.next.said)

    def whole(self) -> Filter:
        if self.next.kind == "end":
            return EVERYTHING
        found = self.either()
        if self.next.said == ")" and self.next.kind == "sign":
            raise self.fault("this parenthesis closes none; take it away or open one before.")
        if self.next.kind != "end":
            raise self.fault(f"“and” or “or” must stand before {quoted(self.next.said)}.")
        return found

    def either(self) -> Filter:
        parts = [self.both()]
        while self.took("or"):
            parts.append(self.both())
        return Or(tuple(parts)) if len(parts) > 1 else parts[0]

    def both(self) -> Filter:
        parts = [self.part()]
        while self.took("and"):
            parts.append(self.part())
        return And(tuple(parts)) if len(parts) > 1 else parts[0]

    def part(self) -> Filter:
        negated, opened = self.took("not"), False
        if not negated:
            opened = self.took("(")
        if not negated and not opened:
            return self.condition()
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.fault(
                f"a filter may be {MAX_DEPTH} levels deep; write this part without so many parentheses or “not”."
            )
        found = Not(self.part()) if negated else self.either()
        if opened and not self.took(")"):
            raise self.fault("a parenthesis is still open; close it with “)”, or write “and” or “or”.")
        self.depth -= 1
        return found

    def condition(self) -> Condition:
        name = self.next
        if name.kind != "word" or name.keyword in KEYWORDS:
            raise self.fault("a condition must stand here, such as: status = enabled")
        self.count += 1
        if self.count > MAX_CONDITIONS:
            raise self.fault(f"a filter may have {MAX_CONDITIONS} conditions; join some with “in (…)”.")
        field, code = field_of(self.take().said, name.place)
        operator = self.operator(name)
        return Condition(field, code, operator, self.values(operator), name.place)

    def operator(self, name: Token) -> str:
        if self.next.kind == "sign" and self.next.said in _SIGNS:
            return self.take().said
        for words in ("is not empty", "is empty", "not in", "in", "between", "contains", "starts with"):
            if self.took(*words.split()):
                return words
        after = f", not {quoted(self.next.said)}" if self.next.said else ""
        raise self.fault(
            f"after {quoted(name.said)} must stand =, !=, <, <=, >, >=, in, not in, between, contains, starts with, "
            f"is empty or is not empty{after}."
        )

    def values(self, operator: str) -> tuple[Word, ...]:
        if operator.endswith("empty"):
            return ()
        if operator == "between":
            low = self.value()
            if not self.took("and"):
                raise self.fault("“between” needs two values: between 1 and 4.")
            return low, self.value()
        return self.listed() if operator.endswith("in") else (self.value(),)

    def listed(self) -> tuple[Word, ...]:
        if not self.took("("):
            raise self.fault("after “in” comes a list in parentheses, such as: in (black, red)")
        words = [self.value()]
        while self.took(","):
            words.append(self.value())
            if len(words) > MAX_ITEMS:
                raise self.fault(f"a list may have {MAX_ITEMS} values.")
        if not self.took(")"):
            raise self.fault("values of a list are parted by commas, and a “)” ends it.")
        return tuple(words)

    def value(self) -> Word:
        """A text in quotation marks, or the words up to the next sign or joining keyword."""
        if self.next.kind == "text":
            token = self.take()
            return Word(token.said, token.place)
        first = self.next
        words = []
        while self.next.kind == "word" and self.next.keyword not in _JOINING:
            words.append(self.take())
        if not words:
            raise self.fault("a value must stand here; put “and”, “or”, “not” and signs in quotation marks.")
        return Word(" ".join(word.said for word in words), Place(first.place.start, words[-1].place.end))
