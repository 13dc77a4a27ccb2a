"""What every attribute type can do."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias

# A value as it stands in a product's values document: never a float, so that numbers stay exact.
Json: TypeAlias = "str | bool | int | list[Any] | dict[str, Any]"

MAX_TEXT = 100_000
# NUL and the other controls but tab and line feed, halves of surrogate pairs, and two non-characters XML refuses.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Invalid(ValueError):
    """A value that the attribute cannot hold; the message says why, for the person who typed it."""


@dataclass(frozen=True)
class AttributeSpec:
    """An attribute as pure data.

    `options` maps a lower-case option code to (code, labels by language). `settings` holds what the type understands.
    """

    code: str
    type: str
    labels: Mapping[str, str] = field(default_factory=dict)
    group: str = ""
    localizable: bool = False
    per_channel: bool = False
    role: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, tuple[str, Mapping[str, str]]] = field(default_factory=dict)

    def label(self, chain: tuple[str, ...]) -> str:
        return pick(self.labels, chain) or self.code


def pick(texts: Mapping[str, str], chain: tuple[str, ...]) -> str:
    """The text of the first language of the chain that has one, else English, else any, else nothing."""
    for language in (*chain, "en"):
        if texts.get(language):
            return texts[language]
    return next((text for text in texts.values() if text), "")


def quoted(raw: Any, limit: int = 40) -> str:
    """The beginning of what was given, in quotation marks, for a message that can be shown, logged and stored."""
    text = raw if isinstance(raw, str) else f"a {type(raw).__name__}"
    return "“" + "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[:limit]) + "”"


class ValueType(ABC):
    """One kind of value. A new one costs a file with a subclass and a line in the registry."""

    code: ClassVar[str]
    label: ClassVar[str]
    has_options: ClassVar[bool] = False
    many: ClassVar[bool] = False

    @abstractmethod
    def parse(self, raw: Any, spec: AttributeSpec) -> Json:
        """A value from a form, a file or an API, normalised; equal values become equal JSON.

        Raises Invalid.
        """

    @abstractmethod
    def text(self, value: Any, spec: AttributeSpec, chain: tuple[str, ...]) -> str:
        """The value for people, in the first language of the chain."""

    def machine(self, value: Any, spec: AttributeSpec) -> Json:
        """The value for machines, as it stands in a document."""
        result: Json = value
        return result


def clean_text(raw: Any, limit: int = MAX_TEXT) -> str:
    """A text both database engines can store and every format can carry.

    Raises Invalid for what is not text, NUL and other control characters, lone surrogates, and excessive length.
    """
    if not isinstance(raw, str):
        raise Invalid(f"expected a text, not {type(raw).__name__}")
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > limit:
        raise Invalid(f"{len(text)} characters are too many; at most {limit} are allowed")
    found = _FORBIDDEN.search(text)
    if found:
        raise Invalid(f"character U+{ord(found[0]):04X} at position {found.start() + 1} cannot be stored")
    return text
