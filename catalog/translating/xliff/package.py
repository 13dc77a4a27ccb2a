"""What goes into a file: the texts of some objects, each in passages (fields) of units (segments)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from catalog.translating.matching import Suggestion
from catalog.translating.segments import Code, Segment

# As XLIFF 2 names them; 1.2 says the same in other words.
UnitState: TypeAlias = Literal["initial", "translated", "reviewed", "final"]
# What a code is, for tools that show it: XLIFF 2 type and subType, and 1.2 ctype.
_KINDS = {
    "strong": ("fmt", "xlf:b", "bold"),
    "b": ("fmt", "xlf:b", "bold"),
    "em": ("fmt", "xlf:i", "italic"),
    "i": ("fmt", "xlf:i", "italic"),
    "u": ("fmt", "xlf:u", "underlined"),
    "br": ("fmt", "xlf:lb", "lb"),
    "a": ("link", "", "link"),
    "img": ("image", "", "image"),
}
_ORIGINAL = re.compile(r"([A-Za-z0-9_.-]+)/([a-z]+)/([0-9]{1,18})/(.*)", re.DOTALL)
_UNIT = re.compile(r"([A-Za-z0-9_.-]+)\.([0-9]{1,6})")


@dataclass(frozen=True)
class Unit:
    """One segment. `target` has the numbers of the source's codes."""

    id: str
    source: Segment
    target: Segment | None = None
    state: UnitState = "initial"
    matches: tuple[Suggestion, ...] = ()


@dataclass(frozen=True)
class Passage:
    """One field of an object. `limit` is how many characters of plain text fit, over all its units."""

    name: str
    units: tuple[Unit, ...]
    limit: int | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Item:
    """One object: its kind, id and code, what a translator should know of it, and its texts."""

    kind: str
    id: int
    name: str
    passages: tuple[Passage, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Package:
    """A job's file. Languages are codes as settings have them."""

    job: str
    source_language: str
    target_language: str
    items: tuple[Item, ...]
    notes: tuple[str, ...] = ()


def original_of(package: Package, item: Item) -> str:
    """What an item's <file> says it is made of: job, kind, id and code."""
    return f"{package.job}/{item.kind}/{item.id}/{item.name}"


def parsed_original(text: str) -> tuple[str, str, int] | None:
    """Job, kind and id of an item; None for what is not of our making."""
    found = _ORIGINAL.fullmatch(text)
    return (found[1], found[2], int(found[3])) if found else None


def unit_id(field: str, place: int) -> str:
    """`place` counts from 1."""
    return f"{field}.{place}"


def parsed_unit(text: str) -> tuple[str, int] | None:
    """Field and place of a unit."""
    found = _UNIT.fullmatch(text)
    return (found[1], int(found[2])) if found else None


def tag_of(language: str) -> str:
    """A language's code as tools expect it (RFC 5646, section 2.1.1): "zh-hant-tw" is "zh-Hant-TW"."""
    first, *rest = language.split("-")
    return "-".join([first, *(part.upper() if len(part) == 2 else part.title() for part in rest)])


def kind_of(code: Code) -> tuple[str, str, str]:
    """Type, subtype and ctype of a code."""
    if code.text.startswith("{{"):
        return "other", "", "x-reference"
    name = re.match(r"</?([a-z0-9]+)", code.text)
    return _KINDS.get(name[1] if name else "", ("other", "", "x-other"))


def said_limit(limit: int) -> str:
    return f"At most {limit} characters fit."
