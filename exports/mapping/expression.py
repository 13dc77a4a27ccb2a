"""The language of mappings: `fact:title or name | cut 70`, `"{brand} {name}"`, `fact:weight | in kg`.

expression = choice { "|" step }          choice = item { "or" item }          the first that says something
item       = source | "words with {source} in them", which say nothing where a source does not
step       = name { argument }            an argument with blanks stands in quotation marks
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from exports.mapping.seeing import Seen, Value
from exports.mapping.sources import SOURCES
from exports.mapping.steps import STEPS, Step, Unfit

MAX_LENGTH = 1_000
_TOKEN = re.compile(r'\s*(?:(\|)|((?:[^\s|"]|"(?:[^"\\]|\\.)*")+)|(\S))', re.DOTALL)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_HOLE = re.compile(r"\{([^{}]*)\}")
_CODE = re.compile(r"[\w.\-/]{1,200}")

_OR = "or"

Item = Callable[[Seen], list[Value]]


class WrongExpression(ValueError):
    """What is written is no expression; the message says where and what may stand there."""


@dataclass(frozen=True, slots=True)
class Expression:
    """`sources` are what it reads, as written, in order."""

    text: str
    items: tuple[Item, ...]
    steps: tuple[Step, ...]
    sources: tuple[str, ...]

    def values(self, seen: Seen) -> list[Value]:
        found: list[Value] = []
        for item in self.items:
            if found := item(seen):
                break
        for step in self.steps:
            if not found:
                break
            found = step(found)
        return found


@lru_cache(maxsize=10_000)
def parse(text: str) -> Expression:
    """Raises WrongExpression."""
    if len(text) > MAX_LENGTH:
        raise WrongExpression(f"An expression has at most {MAX_LENGTH:,} characters.")
    parts = _parted(text)
    sources: list[str] = []
    items = tuple(_item(token, sources) for token in _choices(parts[0]))
    steps = tuple(_step(part) for part in parts[1:])
    return Expression(text, items, steps, tuple(dict.fromkeys(sources)))


def _parted(text: str) -> list[list[str]]:
    """The tokens between the bars."""
    parts: list[list[str]] = [[]]
    for found in _TOKEN.finditer(text):
        bar, token, stray = found.groups()
        if stray:
            raise WrongExpression(f"A quotation mark is left open: {text[found.start(3) :][:40]}")
        if bar:
            parts.append([])
        elif token:
            parts[-1].append(token)
    return parts


def _choices(tokens: Sequence[str]) -> list[str]:
    if not tokens:
        raise WrongExpression(
            "Nothing stands before “|”. Begin with a source, such as name, or words in quotation marks."
        )
    between = tokens[1::2]
    if set(between) - {_OR} or len(tokens) % 2 == 0:
        strange = next((word for word in between if word != _OR), tokens[-1])
        raise WrongExpression(f"“{strange[:60]}” is not expected: sources are parted by “or”, steps follow after “|”.")
    return list(tokens[::2])


def _item(token: str, sources: list[str]) -> Item:
    if token.startswith('"'):
        if not _QUOTED.fullmatch(token):
            raise WrongExpression(f"“{token[:60]}”: a blank is missing after the quotation mark.")
        return _words(_unquoted(token), sources)
    return _source(token, sources)


def _source(token: str, sources: list[str]) -> Item:
    name, colon, code = token.partition(":")
    source = SOURCES.get(name)
    if source is None:
        raise WrongExpression(f"There is no source “{name[:60]}”. There are {', '.join(SOURCES)}.")
    if colon and not source.code:
        raise WrongExpression(f"“{name}” takes no code behind it.")
    if source.code and not code and not source.may:
        raise WrongExpression(f"“{name}” needs a code: {source.written}.")
    if code and not _CODE.fullmatch(code):
        raise WrongExpression(f"“{code[:60]}” cannot be a code.")
    sources.append(token)
    read, wanted = source.read, code.lower()
    return lambda seen: list(read(seen, wanted))


def _words(text: str, sources: list[str]) -> Item:
    """Words with sources in braces."""
    pieces = _HOLE.split(text)
    holes = [_source(piece.strip(), sources) for piece in pieces[1::2]]
    around = pieces[::2]
    if not holes:
        return lambda _: [Value(text)] if text else []

    def item(seen: Seen) -> list[Value]:
        said = [", ".join(value.text for value in hole(seen)) for hole in holes]
        if not all(said):
            return []
        return [Value("".join(part for pair in zip(around, [*said, ""], strict=True) for part in pair))]

    return item


def _step(tokens: Sequence[str]) -> Step:
    if not tokens:
        raise WrongExpression(f"Nothing stands after “|”. There are {', '.join(STEPS)}.")
    name, *arguments = tokens
    if name not in STEPS:
        raise WrongExpression(f"There is no step “{name[:60]}”. There are {', '.join(STEPS)}.")
    try:
        return STEPS[name].make([_unquoted(argument) for argument in arguments])
    except Unfit as error:
        raise WrongExpression(f"“{name}” {error}.") from None


def _unquoted(token: str) -> str:
    return _QUOTED.sub(lambda found: re.sub(r"\\(.)", r"\1", found[1], flags=re.DOTALL), token)
