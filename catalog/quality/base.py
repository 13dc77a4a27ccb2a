"""What a quality check is given, and what it says. Pure: nothing here looks anything up."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, ClassVar, NamedTuple

from catalog.values import AttributeSpec, Scope

KEY_LENGTH = 200
MESSAGE_LENGTH = 500
# A finding about a fact or a text is made where it can be mended; attributes of these types are prose.
PROSE_TYPES = ("text", "longtext", "richtext")


class Found(NamedTuple):
    """What a check has to say. `key` tells its findings on one product apart; `hint` stands in for the check's own."""

    key: str
    message: str
    hint: str = ""


@dataclass(frozen=True)
class Said:
    """An effective value and the scope it stands in. `own`: it is to be mended here, not further up."""

    spec: AttributeSpec
    scope: Scope
    value: Any
    own: bool = True

    @property
    def key(self) -> str:
        return key_of(self.spec.code, str(self.scope))


@dataclass(frozen=True)
class Prose:
    """A text as plain text. `place` is "fact:CODE" or "slot:CODE"; `language` is "" where it reads the same in all.

    `source` is the fragment's code, or "". `channels` are the lower-case codes of those that show it. `limit` is the
    slot's own, in characters.
    """

    place: str
    label: str
    language: str
    text: str
    source: str = ""
    channels: frozenset[str] = frozenset()
    limit: int | None = None
    own: bool = True

    @property
    def key(self) -> str:
        return key_of(self.place, self.source, self.language)

    @property
    def where(self) -> str:
        """For a message, such as: Feature “quiet-grinder” (de)."""
        label = f"{self.label} “{self.source}”" if self.place.startswith("slot:") and self.source else self.label
        return f"{label} ({self.language})" if self.language else label


@dataclass(frozen=True)
class Picture:
    """The main picture of a product on the channels of these codes, in lower case; pixels."""

    code: str
    width: int
    height: int
    channels: frozenset[str] = frozenset()
    own: bool = True


@dataclass(frozen=True)
class Outlet:
    """What a channel demands: characters per place (in lower case), pixels of a main picture's shorter side."""

    code: str
    text_limits: tuple[tuple[str, int], ...] = ()
    min_picture: int = 0


@dataclass(frozen=True)
class Term:
    """A forbidden word; language and channel "" for all. `instead` is what to write in its place."""

    term: str
    language: str = ""
    channel: str = ""
    instead: str = ""


@dataclass(frozen=True)
class Concept:
    """A concept of the termbase by language: what it may be called. `source` is the language translated from."""

    code: str
    source: str
    names: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Twin:
    """Another product that says the same: `code` is the attribute's, `key` names the value, `sku` the other."""

    code: str
    label: str
    key: str
    text: str
    sku: str


@dataclass(frozen=True)
class Subject:
    """One product as the checks see it: all that any channel shows of it, in every language.

    `name` is the code, in lower case, of the fact that names it; `channels` are those that may release it. `lookalike`
    is the SKU of another product of the same `likeness`.
    """

    sku: str
    name: str = ""
    facts: tuple[Said, ...] = ()
    texts: tuple[Prose, ...] = ()
    pictures: tuple[Picture, ...] = ()
    channels: tuple[Outlet, ...] = ()
    terms: tuple[Term, ...] = ()
    concepts: tuple[Concept, ...] = ()
    twins: tuple[Twin, ...] = ()
    lookalike: str = ""
    likeness: str = ""

    def own_facts(self) -> Iterator[Said]:
        return (said for said in self.facts if said.own)

    def own_texts(self) -> Iterator[Prose]:
        return (prose for prose in self.texts if prose.own)


class Check(ABC):
    """One thing that can be wrong. A new one costs a file with a subclass, a line in the registry and one of docs."""

    code: ClassVar[str]
    label: ClassVar[str]
    severity: ClassVar[str]
    hint: ClassVar[str]

    @abstractmethod
    def check(self, subject: Subject) -> Iterator[Found]:
        """What is wrong with the product; nothing where it cannot be said for certain."""


def key_of(*parts: str) -> str:
    """A key of at most 200 characters; of a longer one its beginning and a digest of the whole."""
    key = "/".join(part for part in parts if part)
    if len(key) <= KEY_LENGTH:
        return key
    digest = blake2b(key.encode(), digest_size=8).hexdigest()
    return f"{key[: KEY_LENGTH - len(digest) - 1]}/{digest}"


def excerpt(text: str, limit: int = 60) -> str:
    """The beginning of a text in quotation marks, on one line."""
    line = " ".join(text.split())
    return f"“{line if len(line) <= limit else line[: limit - 1] + '…'}”"
