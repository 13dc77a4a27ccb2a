"""How the records of a plan become rows: the one mechanism for all kinds.

Every kind compares first, reading only; what must be written is kept as rows that are not saved yet. An import then
writes them, a dry run does not. A row that is about to be made can be pointed to like any other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, JSONField, Model
from modeltranslation.utils import build_localized_fieldname

from catalog.actors import Actor
from catalog.importing.known import Known
from catalog.importing.links import LinkChanges, Links, differs, plain_json
from catalog.importing.plan import Issue, Plan, Texts
from catalog.importing.report import Counts
from catalog.importing.writing import insert, update
from catalog.operations.recording import record as note
from catalog.operations.translations import TRANSLATED, follow_all, source_texts
from catalog.richtext import clean_plain
from catalog.values import Invalid

R = TypeVar("R")
M = TypeVar("M", bound=Model)

LEFT_OUT = "it is left out"


@dataclass
class Run:
    """One import: its plan, what is known so far, and what could not be taken."""

    plan: Plan
    actor: Actor
    known: Known
    issues: list[Issue] = field(default_factory=list)
    foreign: Counter[tuple[str, str]] = field(default_factory=Counter)

    def offers(self, kind: str, language: str) -> bool:
        """Whether there are columns for a language; texts in others are counted and reported once."""
        if language in settings.MODELTRANSLATION_LANGUAGES:
            return True
        self.foreign[kind, language] += 1
        return False

    @cached_property
    def attributes(self) -> set[str]:
        """The attributes, in lower case, that the plan knows at all. Of others, nothing is taken away."""
        named = [record.code for record in self.plan.attributes]
        named += [code for record in self.plan.families for code in record.attributes]
        named += [code for record in self.plan.products for code in record.values]
        return {code.lower() for code in named}

    def foreign_issues(self) -> list[Issue]:
        languages = ", ".join(settings.MODELTRANSLATION_LANGUAGES)
        return [
            Issue(kind, 0, language, "", f"{count} texts in this language are left out; there are {languages}.")
            for (kind, language), count in self.foreign.items()
        ]


@dataclass
class Item:
    """A record with its row: what is there, or what is about to be made. `changed` names columns to be written.

    `before` are the texts it had, where translations of them have states.
    """

    record: Any
    row: Any
    new: bool
    changed: set[str] = field(default_factory=set)
    touched: bool = False
    linked: dict[str, list[Any]] = field(default_factory=dict)
    before: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


class Kind(Generic[R]):
    """A kind of record: which table it goes to, declared as data, and where needed a method of its own.

    `plain` columns are copied, `optional` ones too unless the record has None there, `texts` are translated,
    `references` are foreign keys given by code, `parent` is the one of them that makes a tree; a new row needs the
    columns in `needs`.
    """

    name: ClassVar[str]
    noun: ClassVar[str]
    model: ClassVar[type[Model]]
    identity: ClassVar[tuple[str, ...]] = ("code",)
    plain: ClassVar[tuple[str, ...]] = ()
    optional: ClassVar[tuple[str, ...]] = ()
    texts: ClassVar[tuple[str, ...]] = ("label",)
    references: ClassVar[Mapping[str, type[Model]]] = {}
    parent: ClassVar[str] = ""
    needs: ClassVar[tuple[str, ...]] = ()
    links: ClassVar[tuple[Links, ...]] = ()

    def __init__(self, run: Run) -> None:
        self.run = run
        self.records: list[R] = getattr(run.plan, self.name)
        self.items: list[Item] = []
        self.link_changes: list[LinkChanges] = []
        self.left_out = 0

    @property
    def label(self) -> str:
        """The name for people, in the plural."""
        return self.name.replace("_", " ")

    # --- Comparing: reads only ---------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Slow work that needs no lock, done before the transaction begins."""

    def compare_rows(self) -> None:
        """Find for each record what its row is, and which columns differ."""
        if not self.records:
            return
        distinct = self._distinct()
        self.run.known.load(self.model, distinct)
        for key in parents_first(distinct, self.parent) if self.parent else distinct:
            self._compare(distinct[key], key)

    def compare_links(self) -> None:
        """Compare what hangs on the rows; every row of the plan is known by now."""
        self.link_changes = [links.compare(self, self.items) for links in self.links]

    @property
    def _is_translated(self) -> bool:
        return self.model._meta.model_name in TRANSLATED

    def key(self, record: R) -> str:
        return ":".join(getattr(record, name) for name in self.identity).lower()

    def columns(self, record: R, row: Any) -> dict[str, Any]:
        """The columns a record speaks of. What cannot be taken is reported and not among them."""
        found: dict[str, Any] = {}
        for name in self.plain:
            found |= self.copied(record, name, name, getattr(record, name))
        for name in self.optional:
            if (value := getattr(record, name)) is not None:
                found |= self.copied(record, name, name, value)
        for name in self.texts:
            found |= self.translated(record, row, name, getattr(record, name))
        for name in self.references:
            found |= self.pointed(record, row, name)
        return found

    def copied(self, record: R, column: str, name: str, value: Any) -> dict[str, Any]:
        """One column with a value as it is stored; none where it is a text that cannot be."""
        try:
            return {column: self.clean(record, name, value) if isinstance(value, str) else plain_json(value)}
        except Invalid as error:
            self.issue(record, column, value, f"{error}; {LEFT_OUT}.")
            return {}

    def translated(self, record: R, row: Any, name: str, texts: Texts) -> dict[str, Any]:
        """A column per language named. What equals the stored text was cleaned when it was stored."""
        found: dict[str, Any] = {}
        for language, text in texts.items():
            column = build_localized_fieldname(name, language)
            if not self.run.offers(self.name, language):
                continue
            found |= {column: text} if text == getattr(row, column) else self.copied(record, column, name, text)
        return found

    def clean(self, record: R, name: str, text: str) -> str:
        """A text as it is stored. Raises Invalid."""
        return clean_plain(text, getattr(self._column(name), "max_length", None) or 10_000)

    def pointed(self, record: R, row: Any, name: str) -> dict[str, Any]:
        """A foreign key by the code a record gives; none for an unknown one, so that it stays as it is."""
        code = getattr(record, name)
        if not code and not self._column(name).null:
            self.issue(record, name, "", "this cannot be empty.")
            return {}
        if not code:
            return {name: None}
        target = self.find(record, name, self.references[name], code)
        if target is None:
            return {}
        if name == self.parent and _stands_below(target, row):
            self.issue(record, name, code, f"that one stands below this {self.noun} itself; {LEFT_OUT}.")
            return {}
        return {name: target}

    def find(self, record: R, column: str, model: type[M], code: str) -> M | None:
        """The row of a code, there or coming; an issue and None for an unknown one."""
        found = self.run.known.get(model, code)
        if found is None:
            self.issue(record, column, code, f"there is no {model._meta.verbose_name} of this code; {LEFT_OUT}.")
        return found

    def find_all(self, record: R, column: str, model: type[M], codes: Iterable[str]) -> list[M]:
        found = (self.find(record, column, model, code) for code in codes)
        return [row for row in found if row is not None]

    def issue(self, record: R, column: str, value: str, reason: str) -> None:
        place = ":".join(str(getattr(record, name)) for name in self.identity)
        self.run.issues.append(Issue(self.name, 0, f"{place}.{column}" if column else place, value, reason))

    def _distinct(self) -> dict[str, R]:
        """The records by key; of two with the same key, the first counts."""
        distinct: dict[str, R] = {}
        for record in self.records:
            if distinct.setdefault(self.key(record), record) is not record:
                self.issue(record, "", "", f"this {self.noun} is named twice; the first one counts.")
                self.left_out += 1
        return distinct

    def _compare(self, record: R, key: str) -> None:
        row = self.run.known.get(self.model, key)
        before = source_texts(row) if row is not None and self._is_translated else {}
        item = Item(record, row or self.model(), new=row is None, before=before)
        columns = self.columns(record, item.row)
        if item.new:
            columns = {name: getattr(record, name) for name in self.identity if name not in columns} | columns
        if self._takes(item, columns):
            self.items.append(item)
            if item.new:
                self.run.known.put(item.row)
        else:
            self.left_out += 1

    def _takes(self, item: Item, columns: Mapping[str, Any]) -> bool:
        """Put the columns that differ into the row; False where a new row cannot be without one that is wrong."""
        item.changed = {name for name, value in columns.items() if item.new or differs(item.row, name, value)}
        before = {name: getattr(item.row, name, None) for name in item.changed - set(self.references)}
        for name in item.changed:
            setattr(item.row, name, columns[name])
        complete = not item.new or self._has_all(columns)
        for name, problems in self._problems(item).items():
            self.issue(item.record, name, str(columns[name]), f"{problems} {LEFT_OUT.capitalize()}.")
            setattr(item.row, name, before[name])
            item.changed.discard(name)
            complete = complete and (not item.new or self._column(name).blank)
        item.touched = bool(item.changed)
        return complete

    def _has_all(self, columns: Mapping[str, Any]) -> bool:
        """Whether a new row can be made of these; what is missing was reported already."""
        pointed = [name for name in self.references if not self._column(name).null]
        copied = [name for name in self.plain if not (self._column(name).blank or self._column(name).has_default())]
        return all(columns.get(name) for name in [*pointed, *copied, *self.needs])

    def _column(self, name: str) -> Any:
        return self.model._meta.get_field(name)

    def _problems(self, item: Item) -> dict[str, str]:
        """What is wrong with the changed columns, one line each. Texts are clean by now, and links are known."""
        checked = {
            column.name
            for column in self.model._meta.fields
            if column.name in item.changed and not isinstance(column, ForeignKey | JSONField)
        }
        try:
            item.row.clean_fields(exclude={column.name for column in self.model._meta.fields} - checked)
        except ValidationError as error:
            return {name: " ".join(messages) for name, messages in error.message_dict.items()}
        return {}

    # --- Writing: no decisions ---------------------------------------------------------------------------------------

    def write_rows(self) -> None:
        insert(self.model, [item.row for item in self.items if item.new], self.parent)
        changed = [item for item in self.items if item.changed and not item.new]
        update(self.model, [item.row for item in changed], {name for item in changed for name in item.changed})
        if self._is_translated:
            follow_all(self.run.actor, [(item.row, item.before) for item in self.items if item.new or item.changed])

    def write_links(self) -> None:
        for changes in self.link_changes:
            changes.write()

    def write_record(self) -> None:
        """Note who touched what."""
        note(self.run.actor, "create", [item.row for item in self.items if item.new])
        note(self.run.actor, "change", [item.row for item in self.items if item.touched and not item.new])

    def counts(self) -> Counts:
        created = sum(item.new for item in self.items)
        updated = sum(item.touched and not item.new for item in self.items)
        return Counts(created, updated, len(self.items) - created - updated, self.left_out)


def parents_first(records: Mapping[str, Any], parent: str) -> list[str]:
    """The keys in order, but none before the key of its record's parent. Of a circle, one has to be first."""
    done: dict[str, None] = {}
    for key in records:
        line: dict[str, None] = {}
        while key in records and key not in done and key not in line:
            line[key] = None
            key = getattr(records[key], parent).lower()
        done |= dict.fromkeys(reversed(line))
    return list(done)


def _stands_below(row: Any, above: Any) -> bool:
    """Whether a row is the other one or stands below it."""
    seen: list[Any] = []
    while row is not None and not any(row is other for other in seen):
        if row is above:
            return True
        seen.append(row)
        row = row.parent
    return False
