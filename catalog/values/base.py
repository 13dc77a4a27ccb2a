"""What every attribute type can do."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, NamedTuple, TypeAlias

# A value as it stands in a product's values document: never a float, so that numbers stay exact.
Json: TypeAlias = "str | bool | int | list[Any] | dict[str, Any]"

MAX_TEXT = 100_000
# Below and above every key of the fact index.
LOWEST, HIGHEST = " ", "\U0010ffff"
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
    unique: bool = False
    retired_options: frozenset[str] = frozenset()

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


class Entry(NamedTuple):
    """A value as the fact index keeps it: keys sort by code point as the values do.

    `until` is the upper end of a range.
    """

    key: str
    until: str = ""


class Setting(NamedTuple):
    """Something an attribute of a type can be told.

    `kind` says how it is asked for: whole, number, text, pattern, unit_family, unit, units, entity, columns,
    expression, result or value (one of the attribute's own). `check` gives it as it is kept, or raises Invalid.
    """

    name: str
    kind: str
    label: str
    help: str
    check: Callable[[Any], Json]
    required: bool = False


class InvalidSetting(Invalid):
    """A setting that an attribute cannot have; `name` is the setting's."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class ValueType(ABC):
    """One kind of value. A new one costs a file with a subclass and a line in the registry.

    `operators` are what filters may ask: "=", "<" (which stands for every order), "contains" and "starts". `faceted`
    types have few distinct values, so that products can be counted by them; `searchable` ones are words that people
    look for. Entries of `ranged` ones have two ends.
    """

    code: ClassVar[str]
    label: ClassVar[str]
    has_options: ClassVar[bool] = False
    many: ClassVar[bool] = False
    computed: ClassVar[bool] = False
    operators: ClassVar[frozenset[str]] = frozenset()
    faceted: ClassVar[bool] = False
    ranged: ClassVar[bool] = False
    searchable: ClassVar[bool] = False
    settings: ClassVar[tuple[Setting, ...]] = ()

    @abstractmethod
    def parse(self, raw: Any, spec: AttributeSpec) -> Json:
        """A value from a form, a file or an API, normalised; equal values become equal JSON.

        Raises Invalid.
        """

    @abstractmethod
    def text(self, value: Any, spec: AttributeSpec, chain: tuple[str, ...]) -> str:
        """The value for people, in the first language of the chain."""

    def rows(self, value: Any, spec: AttributeSpec, chain: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
        """The value for people in rows and columns, their labels first; nothing where its text says it all."""
        return ()

    @abstractmethod
    def schema(self, spec: AttributeSpec) -> dict[str, Any]:
        """The JSON Schema (draft 2020-12) of what `machine` gives."""

    def machine(self, value: Any, spec: AttributeSpec) -> Json:
        """The value for machines, as it stands in a document."""
        result: Json = value
        return result

    def entries(self, value: Any, spec: AttributeSpec) -> tuple[Entry, ...]:
        """What the fact index holds of a stored value; nothing where the type cannot be filtered by."""
        return ()

    def operand(self, raw: str, spec: AttributeSpec) -> Entry:
        """What somebody wrote in a filter, as it compares with `entries`. Raises Invalid."""
        raise Invalid(f"“{spec.code}” cannot be compared with a value")

    def operators_of(self, spec: AttributeSpec) -> frozenset[str]:
        """What filters may ask of this attribute."""
        return self.operators

    def code_of(self, spec: AttributeSpec) -> str:
        """The type whose values those of this attribute are: its own, or that of a computed one's results."""
        return self.code

    def span(self, key: str) -> tuple[str, str]:
        """The keys between which lie those that compare with `key` in order: all, unless a type says otherwise."""
        return LOWEST, HIGHEST

    def sources(self, spec: AttributeSpec) -> tuple[str, ...]:
        """The codes of the facts that a computed value is made of."""
        return ()

    def compute(self, spec: AttributeSpec, values: Mapping[str, tuple[Any, AttributeSpec]]) -> Json | None:
        """A computed value, from effective values by lower-case code; None where one is missing."""
        return None

    def check_settings(self, spec: AttributeSpec) -> dict[str, Json]:
        """The settings as they are kept, without empty ones; a default is a value then. Raises InvalidSetting."""
        known = {setting.name: setting for setting in self.settings}
        for name in spec.settings:
            if name not in known:
                there = f"; there are {', '.join(known)}" if known else ""
                raise InvalidSetting(name, f"{quoted(name)} is no setting of the type “{self.label}”{there}")
        kept: dict[str, Json] = {}
        for setting in self.settings:
            kept |= _kept(setting, spec.settings.get(setting.name))
        checked = replace(spec, settings=kept)
        self.check_together(checked)
        if "default" in kept:
            try:
                kept["default"] = self.parse(kept["default"], checked)
            except Invalid as error:
                raise InvalidSetting("default", f"{known['default'].label}: {error}") from None
        return kept

    def check_together(self, spec: AttributeSpec) -> None:  # noqa: B027  # most types have nothing to compare
        """Whether the settings go together. Raises InvalidSetting naming the one to change."""


def _kept(setting: Setting, raw: Any) -> dict[str, Json]:
    """One setting as it is kept; nothing where it is empty. Raises InvalidSetting."""
    if raw is None or raw in ("", [], {}):
        if setting.required:
            raise InvalidSetting(setting.name, f"{setting.label}: this is needed")
        return {}
    try:
        return {setting.name: setting.check(raw)}
    except Invalid as error:
        raise InvalidSetting(setting.name, f"{setting.label}: {error}") from None


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
