"""What all resources share: finding, listing, reading a body, writing by one operation, and saying what was wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import F, Func, Model, QuerySet
from modeltranslation.utils import build_localized_fieldname

from catalog.actors import Actor
from catalog.aliases import present_codes
from catalog.api.fields import Field, Json, Links, Texts, read_object, show_object
from catalog.api.keys import called, column_of, is_key, key_of, lowered
from catalog.api.problems import Error, below, pointing
from catalog.api.versions import version_of
from catalog.operations.recording import remove, store

Parameters = Mapping[str, str]


@dataclass(frozen=True)
class Parameter:
    """A parameter of a listing. `schema` describes its value."""

    name: str
    about: str
    schema: Json


@dataclass(frozen=True)
class Act:
    """Something that is done to one object besides writing it, at `/{route}/{key}/{name}/`.

    `run` gets the members of the body, which are those of `fields`; what it gives is answered, else the object.
    """

    name: str
    summary: str
    about: str
    run: Callable[[Actor, Any, dict[str, Any]], Any]
    permission: str = "change"
    fields: tuple[Field, ...] = ()


class Resource:
    """One kind of object. Subclasses say its members and which operation writes it."""

    name: ClassVar[str]
    plural: ClassVar[str]
    route: ClassVar[str]
    one: ClassVar[str]  # such as "a product"
    words: ClassVar[str]  # such as "products"
    about: ClassVar[str]
    writing: ClassVar[str] = ""
    key_about: ClassVar[str] = "The code, in whatever case."
    model: ClassVar[type[Model]]
    fields: ClassVar[tuple[Field, ...]]
    parameters: ClassVar[tuple[Parameter, ...]] = ()
    # Of one object; `object_extras` answers them.
    object_parameters: ClassVar[tuple[Parameter, ...]] = ()
    acts: ClassVar[tuple[Act, ...]] = ()
    # Whether its uses and its history are told.
    looked_at: ClassVar[bool] = True
    # What pages and single objects say besides, as JSON Schema.
    extras_schema: ClassVar[Json] = {}
    object_extras_schema: ClassVar[Json] = {}
    # A body that makes one, for the description; a test sends it.
    example: ClassVar[Json]

    # --- Reading -----------------------------------------------------------------------------------------------------
    def rows(self) -> QuerySet[Any]:
        """All, with what `show` needs: a constant number of queries."""
        return self.model._default_manager.all()

    def narrowed(self, rows: QuerySet[Any], asked: Parameters) -> QuerySet[Any]:
        """The rows that a listing's parameters ask for. Raises rest_framework's ValidationError."""
        return rows

    def extras(self, rows: QuerySet[Any], asked: Parameters) -> Json:
        """What a page says besides its items."""
        return {}

    def object_extras(self, row: Any, asked: Parameters) -> Json:
        """What one object says besides its members, where its parameters ask for that."""
        return {}

    def show(self, row: Any) -> Json:
        return show_object(self.fields, row)

    def presented(self, row: Any) -> Json:
        """The row with its version, as answers have it."""
        shown = self.show(row)
        return {**shown, "version": version_of(shown)}

    def key_of(self, row: Any) -> str:
        return key_of(row)

    def bodies(self, made: Json) -> Json:
        """By media type, the bodies that make one; `made` is the JSON."""
        return {"application/json": made}

    def key_in(self, raw: Any) -> str | None:
        """The key of an object that a bulk write may know already; None where it names none."""
        key = raw.get(self.key_field) if isinstance(raw, dict) else None
        return key if isinstance(key, str) else None

    @property
    def key_field(self) -> str:
        return column_of(self.model)

    @property
    def listed_by(self) -> Func | F:
        """What a listing is ordered by; no two rows have the same."""
        return lowered(self.model)

    def after(self, raw: Any) -> Any:
        """The place in a cursor as the database compares it."""
        return str(raw)

    def find(self, key: str, *, lock: bool = False, former: bool = True) -> Any:
        """The row called so in whatever case, or, where `former` names count, once called so; or None.

        `lock` keeps other writers out until the transaction ends.
        """
        if not self.is_key(key):
            return None
        row = self._found(key, lock=lock)
        if row is None and former and (present := self._renamed(key)):
            row = self._found(present, lock=lock)
        return row

    def _found(self, key: str, *, lock: bool) -> Any:
        if lock and not self._called(self.model._default_manager.select_for_update(of=("self",)), key).first():
            return None
        return self._called(self.rows(), key).first()

    def _renamed(self, key: str) -> str | None:
        """What something is called now that was once called so."""
        return present_codes(self.model._meta.model_name or "", [key]).get(key.lower())

    def is_key(self, key: str) -> bool:
        return is_key(self.model, key)

    def _called(self, rows: QuerySet[Any], key: str) -> QuerySet[Any]:
        return called(rows.order_by(), [key])

    # --- Writing -----------------------------------------------------------------------------------------------------
    def lock(self) -> None:
        """Taken before the first read of a write, where rows are not enough to lock."""

    def blank(self) -> Any:
        """A new row that is not stored yet."""
        return self.model()

    def read(self, raw: Any, row: Any = None) -> dict[str, Any]:
        """What a body says: of a new object, or of the row. Raises Wrong."""
        if row is not None and isinstance(raw, dict):
            raw = {name: value for name, value in raw.items() if not self._says_key(name, value, row)}
        return read_object(self.fields, raw, "", creating=row is None)

    def _says_key(self, name: str, value: Any, row: Any) -> bool:
        """Whether a member only repeats what the object is known by, or was."""
        if name != self.key_field or not isinstance(value, str):
            return False
        own = str(getattr(row, name)).lower()
        return value.lower() == own or (self._renamed(value) or "").lower() == own

    def write(self, actor: Actor, row: Any, data: dict[str, Any]) -> Any:
        """Put what was read into the row and store it, by the operation that does. Raises ValidationError."""
        self.assign(row, data)
        self.save(actor, row, data)
        return row

    def assign(self, row: Any, data: Mapping[str, Any]) -> None:
        for each in self.fields:
            if each.name in data:
                each.kind.put(row, each.name, data[each.name])

    def save(self, actor: Actor, row: Any, data: dict[str, Any]) -> None:
        store(actor, row)

    def delete(self, actor: Actor, row: Any) -> None:
        """Raises InUse."""
        remove(actor, row)

    def links_in(self, data: Mapping[str, Any]) -> dict[str, Sequence[Any]]:
        """The lists of other objects among what was read."""
        return {
            each.name: data[each.name] for each in self.fields if isinstance(each.kind, Links) and each.name in data
        }

    # --- What was wrong ----------------------------------------------------------------------------------------------
    def blame(self, error: ValidationError, row: Any, data: Mapping[str, Any]) -> list[Error]:
        """An operation's refusal with the places in the body it is about."""
        return errors_of(error, self.fields, self.pointer_to)

    def pointer_to(self, column: str) -> str:
        """The place in a body of what an operation calls by a column's or a form field's name."""
        return place_of(column, self.fields)


def errors_of(
    error: ValidationError, fields: Sequence[Field], place: Callable[[str], str] | None = None
) -> list[Error]:
    """An operation's refusal as errors with their places in an object of these members."""
    if not hasattr(error, "error_dict"):
        return [pointing("", message) for message in error.messages]
    return [
        pointing(place(name) if place else place_of(name, fields), message)
        for name, messages in error.message_dict.items()
        for message in messages
    ]


def place_of(column: str, fields: Sequence[Field]) -> str:
    """The pointer to what is kept in a column; to the whole object where there is no such member."""
    names = {each.name for each in fields}
    if column == NON_FIELD_ERRORS:
        return ""
    if column in names:
        return below("", column)
    setting = re.fullmatch(r"setting_(\w+)", column)
    if setting and "settings" in names:
        return below("/settings", setting[1])
    return next(_translated(column, fields), "")


def _translated(column: str, fields: Sequence[Field]) -> Iterator[str]:
    for each in fields:
        if isinstance(each.kind, Texts):
            for language in each.kind.languages():
                if build_localized_fieldname(each.name, language) == column:
                    yield below(f"/{each.name}", language)
