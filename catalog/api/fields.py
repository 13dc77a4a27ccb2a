"""What members a resource has: how each is described, read from a body, and shown."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from django.conf import settings
from django.db.models import Model
from modeltranslation.utils import build_localized_fieldname

from catalog.api.keys import found, key_of, noun_of
from catalog.api.problems import Error, below, pointing
from catalog.models.base import CODE_LENGTH, CODE_PATTERN, texts_of
from catalog.values.base import quoted

Json: TypeAlias = "dict[str, Any]"
# The largest whole number that both engines' columns take.
LARGEST = 2_147_483_647
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Wrong(Exception):
    """A body that cannot be read; `errors` say where and why."""

    def __init__(self, errors: Sequence[Error]) -> None:
        super().__init__(errors)
        self.errors = list(errors)

    @classmethod
    def at(cls, pointer: str, detail: str) -> Wrong:
        return cls([pointing(pointer, detail)])


class Kind:
    """A kind of member. `schema` describes it, as it is shown and as it is written."""

    schema: Json

    def read(self, raw: Any, pointer: str) -> Any:
        """What a body says, as operations take it. Raises Wrong."""
        raise NotImplementedError

    def show(self, row: Any, name: str) -> Any:
        """The member of a row."""
        return getattr(row, name)

    def put(self, row: Any, name: str, value: Any) -> None:
        """Give an unsaved row what was read; what lies in tables of its own is written by the resource."""
        setattr(row, name, value)


@dataclass(frozen=True)
class Text(Kind):
    """A text; its length and letters are checked by the operation that stores it."""

    longest: int | None = None

    @property
    def schema(self) -> Json:  # type: ignore[override]
        return {"type": "string", **({"maxLength": self.longest} if self.longest else {})}

    def read(self, raw: Any, pointer: str) -> Any:
        if not isinstance(raw, str):
            raise Wrong.at(pointer, f"Write a text, not {kind_of(raw)}.")
        if self.longest and len(raw) > self.longest:
            raise Wrong.at(pointer, f"{len(raw):,} characters are too many; at most {self.longest} are allowed.")
        return raw


@dataclass(frozen=True)
class Code(Text):
    """What something is known by."""

    longest: int | None = CODE_LENGTH

    @property
    def schema(self) -> Json:  # type: ignore[override]
        return {"type": "string", "maxLength": self.longest, "pattern": CODE_PATTERN.replace(r"\Z", "$")}


@dataclass(frozen=True)
class Whole(Kind):
    low: int = 0
    high: int = LARGEST
    empty: bool = False

    @property
    def schema(self) -> Json:  # type: ignore[override]
        kind = ["integer", "null"] if self.empty else "integer"
        return {"type": kind, "minimum": self.low, "maximum": self.high}

    def read(self, raw: Any, pointer: str) -> Any:
        if raw is None and self.empty:
            return None
        if isinstance(raw, bool) or not isinstance(raw, int) or not self.low <= raw <= self.high:
            raise Wrong.at(pointer, f"Write a whole number from {self.low} to {self.high}.")
        return raw


class Flag(Kind):
    schema: Json = {"type": "boolean"}

    def read(self, raw: Any, pointer: str) -> Any:
        if not isinstance(raw, bool):
            raise Wrong.at(pointer, f"Write true or false, not {kind_of(raw)}.")
        return raw


@dataclass(frozen=True)
class Choice(Kind):
    options: tuple[str, ...]

    @property
    def schema(self) -> Json:  # type: ignore[override]
        return {"type": "string", "enum": list(self.options)}

    def read(self, raw: Any, pointer: str) -> Any:
        if raw not in self.options or not isinstance(raw, str):
            shown = ", ".join(option or '""' for option in self.options)
            raise Wrong.at(pointer, f"Choose one of {shown}; {quoted(raw)} is none.")
        return raw


@dataclass(frozen=True)
class Listed(Kind):
    """Several of some words."""

    options: tuple[str, ...] = ()

    @property
    def schema(self) -> Json:  # type: ignore[override]
        item = {"type": "string", "enum": list(self.options)} if self.options else {"type": "string"}
        return {"type": "array", "items": item, "uniqueItems": True}

    def read(self, raw: Any, pointer: str) -> Any:
        listed = texts_in(raw, pointer)
        for at, word in enumerate(listed):
            if self.options and word not in self.options:
                raise Wrong.at(below(pointer, at), f"Choose among {', '.join(self.options)}; {quoted(word)} is none.")
        return list(dict.fromkeys(listed))


class Date(Kind):
    schema: Json = {"type": ["string", "null"], "format": "date"}

    def read(self, raw: Any, pointer: str) -> Any:
        if raw is None:
            return None
        try:
            if not isinstance(raw, str) or not _DATE.fullmatch(raw):
                raise ValueError
            return datetime.date.fromisoformat(raw)
        except ValueError:
            raise Wrong.at(pointer, "Write a date such as 2027-01-31, or null.") from None

    def show(self, row: Any, name: str) -> Any:
        date = getattr(row, name)
        return date.isoformat() if date else None


class Moment(Kind):
    """When something happened; never written from outside."""

    schema: Json = {"type": ["string", "null"], "format": "date-time"}

    def show(self, row: Any, name: str) -> Any:
        moment = getattr(row, name)
        return moment.isoformat() if moment else None


@dataclass(frozen=True)
class Texts(Kind):
    """A text in several languages; languages that are not named keep theirs, and "" takes one away."""

    longest: int | None = None

    @property
    def schema(self) -> Json:  # type: ignore[override]
        text = Text(self.longest).schema
        return {"type": "object", "additionalProperties": text, "example": {"en": "Weight", "de": "Gewicht"}}

    def read(self, raw: Any, pointer: str) -> Any:
        members = object_in(raw, pointer, "texts by language")
        for language in members:
            if language not in settings.MODELTRANSLATION_LANGUAGES:
                known = ", ".join(settings.MODELTRANSLATION_LANGUAGES)
                raise Wrong.at(below(pointer, language), f"There is no such language. There are {known}.")
        return {code: Text(self.longest).read(text, below(pointer, code)) for code, text in members.items()}

    def show(self, row: Any, name: str) -> Any:
        return texts_of(row, name)

    def languages(self) -> Sequence[str]:
        return tuple(settings.MODELTRANSLATION_LANGUAGES)

    def put(self, row: Any, name: str, value: Any) -> None:
        for language, text in value.items():
            setattr(row, build_localized_fieldname(name, language), text)


@dataclass(frozen=True)
class Link(Kind):
    """Another object, by what it is known by."""

    model: type[Model]
    empty: bool = True

    @property
    def schema(self) -> Json:  # type: ignore[override]
        return {"type": ["string", "null"] if self.empty else "string"}

    def read(self, raw: Any, pointer: str) -> Any:
        if raw is None and self.empty:
            return None
        key = Text().read(raw, pointer)
        row = found(self.model, [key]).get(key.lower())
        if row is None:
            raise Wrong.at(pointer, f"There is no {noun_of(self.model)} {quoted(key)}.")
        return row

    def show(self, row: Any, name: str) -> Any:
        other = getattr(row, name)
        return key_of(other) if other is not None else None


@dataclass(frozen=True)
class Links(Kind):
    """Other objects by what they are known by; the list is replaced as a whole. `sort`: they have no order."""

    model: type[Model]
    sort: bool = True

    @property
    def schema(self) -> Json:  # type: ignore[override]
        return {"type": "array", "items": {"type": "string"}}

    def read(self, raw: Any, pointer: str) -> Any:
        keys = texts_in(raw, pointer)
        rows = found(self.model, keys)
        missing = [(at, key) for at, key in enumerate(keys) if key.lower() not in rows]
        if missing:
            noun = noun_of(self.model)
            raise Wrong(
                [pointing(below(pointer, at), f"There is no {noun} {quoted(key)}.") for at, key in missing[:20]]
            )
        return list(dict.fromkeys(rows[key.lower()] for key in keys))

    def show(self, row: Any, name: str) -> Any:
        keys = [key_of(other) for other in getattr(row, name).all()]
        return sorted(keys) if self.sort else keys

    def put(self, row: Any, name: str, value: Any) -> None:
        """Written after the row, by the resource."""


@dataclass(frozen=True)
class Document(Kind):
    """An object whose members the operation checks."""

    schema: Json = field(default_factory=lambda: {"type": "object", "additionalProperties": True})

    def read(self, raw: Any, pointer: str) -> Any:
        return object_in(raw, pointer, "an object")


@dataclass(frozen=True)
class Rows(Kind):
    """A list of objects that belong to the row and have members of their own; it is replaced as a whole."""

    fields: tuple[Field, ...]
    shown: Callable[[Any], Iterable[Any]]

    @property
    def schema(self) -> Json:  # type: ignore[override]
        return {"type": "array", "items": object_schema(self.fields, complete=False)}

    def read(self, raw: Any, pointer: str) -> Any:
        return [read_object(self.fields, item, below(pointer, at)) for at, item in enumerate(list_in(raw, pointer))]

    def show(self, row: Any, name: str) -> Any:
        return [show_object(self.fields, each) for each in self.shown(row)]

    def put(self, row: Any, name: str, value: Any) -> None:
        """Written after the row, by the resource."""


@dataclass(frozen=True)
class Field:
    """One member. `written`: "always", only on "creation", or "never"."""

    name: str
    kind: Kind
    about: str = ""
    written: Literal["always", "creation", "never"] = "always"
    required: bool = False

    def schema(self) -> Json:
        more = {"description": self.about} if self.about else {}
        return {**self.kind.schema, **more, **({"readOnly": True} if self.written == "never" else {})}


# --- Objects ---------------------------------------------------------------------------------------------------------
def object_schema(fields: Iterable[Field], *, complete: bool) -> Json:
    """An object of these members; `complete` where all are always there."""
    listed = list(fields)
    required = [each.name for each in listed if complete or each.required]
    schema: Json = {"type": "object", "properties": {each.name: each.schema() for each in listed}}
    return {**schema, **({"required": required} if required else {}), "additionalProperties": False}


def show_object(fields: Iterable[Field], row: Any) -> Json:
    return {each.name: each.kind.show(row, each.name) for each in fields}


def read_object(fields: Sequence[Field], raw: Any, pointer: str, *, creating: bool = True) -> dict[str, Any]:
    """The members that a body says, each as it is written. Raises Wrong with all that is wrong with it."""
    members = object_in(raw, pointer, "an object")
    known = {each.name: each for each in fields}
    data: dict[str, Any] = {}
    errors: list[Error] = []
    for name, value in members.items():
        try:
            data[name] = _allowed(known, name, below(pointer, name), creating=creating).kind.read(
                value, below(pointer, name)
            )
        except Wrong as error:
            errors += error.errors
    missing = [each.name for each in fields if creating and each.required and each.name not in members]
    errors += [pointing(below(pointer, name), "This is needed.") for name in missing]
    if errors:
        raise Wrong(errors)
    return data


def _allowed(known: Mapping[str, Field], name: str, pointer: str, *, creating: bool) -> Field:
    """The member called so, if it may be written. Raises Wrong."""
    if name not in known:
        there = ", ".join(each.name for each in known.values() if each.written != "never") or "none"
        raise Wrong.at(pointer, f"There is no such member here. There are: {there}.")
    member = known[name]
    if member.written == "never":
        raise Wrong.at(pointer, "This cannot be written; leave it out.")
    if member.written == "creation" and not creating:
        raise Wrong.at(pointer, "This stays as it was made; leave it out.")
    return member


def kind_of(raw: Any) -> str:
    """What JSON calls a value."""
    names = {dict: "an object", list: "a list", type(None): "null", str: "a text", bool: "true or false"}
    return names.get(type(raw), "a number")


def object_in(raw: Any, pointer: str, what: str) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise Wrong.at(pointer, f"Write {what}, not {kind_of(raw)}.")
    return raw


def list_in(raw: Any, pointer: str, most: int = 1_000) -> list[Any]:
    if not isinstance(raw, list):
        raise Wrong.at(pointer, f"Write a list, not {kind_of(raw)}.")
    if len(raw) > most:
        raise Wrong.at(pointer, f"A list of {len(raw):,} is too long; at most {most:,} are taken.")
    return raw


def texts_in(raw: Any, pointer: str) -> list[str]:
    return [Text().read(item, below(pointer, at)) for at, item in enumerate(list_in(raw, pointer, 5_000))]
