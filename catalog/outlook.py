"""What is known of what is out: documents, releases, editions. The knowledge base asks; exports answers.

The rooms above this one put their answers in (`OUTLOOK`) when they are ready. Without them nothing is out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from django.db.models import Model

from catalog.models import Channel, Fragment, Placement, Product


@dataclass(frozen=True)
class Outlet:
    """One channel and language. `documents` are those of the current release; the releases are the first that carried
    the thing and the last, None where that is the current one."""

    channel: str
    language: str
    documents: int
    first_release: int
    last_release: int | None


@dataclass(frozen=True)
class Carried:
    """Where a thing stands in what is out. `editions` are the latest of outputs, such as "list-fr from release 3"."""

    products: int = 0
    examples: tuple[str, ...] = ()
    documents: int = 0
    outlets: tuple[Outlet, ...] = ()
    editions: tuple[str, ...] = ()

    @property
    def channels(self) -> int:
        return len({outlet.channel for outlet in self.outlets if outlet.documents})


@dataclass(frozen=True)
class Printed:
    """Where the latest edition of an output has a product: the edition's number and name, and its pages."""

    edition: int
    name: str
    pages: tuple[int, ...]


@dataclass(frozen=True)
class Impact:
    """What differs from what is out if a fragment goes out as it is written now.

    `statements` are slots of fragments that show it; `words` are those of the sources to be translated again.
    `editions` are the latest of outputs that would be made otherwise, by medium.
    """

    statements: int = 0
    documents: int = 0
    channels: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    outdated: int = 0
    words: int = 0
    editions: Mapping[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        if not (self.documents or self.outdated):
            return "Nothing that is out will change."
        parts = [
            f"{count(self.statements, 'statement')} in {count(self.documents, 'document')} of "
            f"{count(len(self.channels), 'channel')} in {count(len(self.languages), 'language')} will change"
        ]
        if self.outdated:
            become = "becomes" if self.outdated == 1 else "become"
            parts.append(f"{count(self.outdated, 'translation')} {become} outdated ({count(self.words, 'word')})")
        for medium, number in sorted(self.editions.items()):
            name = {"print": "printed edition"}.get(medium, f"{medium} edition")
            parts.append(f"{count(number, name)} will differ")
        return "; ".join(parts) + "."


@dataclass(frozen=True)
class Changing:
    """Of one channel and language: its documents of products that a placement reaches, and how many of those that
    were assembled with it and without it differ."""

    channel: str
    language: str
    concerned: int
    assembled: int
    changed: int


@dataclass(frozen=True)
class Preview:
    """What a placement would do. `examples` are the first products; not `complete`: only some were assembled."""

    products: int
    examples: tuple[str, ...]
    outlets: tuple[Changing, ...] = ()
    complete: bool = True
    notes: tuple[str, ...] = ()

    @property
    def changed(self) -> int:
        return sum(outlet.changed for outlet in self.outlets)

    @property
    def concerned(self) -> int:
        return sum(outlet.concerned for outlet in self.outlets)


# Why a product's document says what it says in a channel and language: the one that is out, or, asked with True, the
# one that would go out now. Raises LookupError with the reason where there is none.
Explain: TypeAlias = Callable[[Product, Channel, str, bool], Any]


@dataclass
class Outlook:
    where_used: Callable[[Model], Carried] = lambda _: Carried()
    printed: Callable[[Product], Sequence[Printed]] = lambda _: ()
    impact: Callable[[Fragment], Impact] = lambda _: Impact()
    preview: Callable[[Placement], Preview] | None = None
    explain: Explain | None = None


OUTLOOK = Outlook()


def count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
