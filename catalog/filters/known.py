"""What the names in a filter stand for, found in a constant number of queries however many conditions there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from django.db.models import F, Model, QuerySet
from django.db.models.functions import Lower
from django.db.models.lookups import In

from catalog.filters.errors import unknown
from catalog.filters.names import VALUE, Name, codes_in
from catalog.filters.tree import PLAIN_FIELDS, Condition, Filter, Place, Word
from catalog.models import (
    AssociationType,
    Attribute,
    AttributeOption,
    Category,
    Channel,
    CodeAlias,
    Family,
    Record,
    Slot,
    Tag,
)
from catalog.models.base import is_code, plain
from catalog.values import TYPES, AttributeSpec

M = TypeVar("M", bound=Model)


class Asked(NamedTuple):
    """An attribute as a filter asks for it: without labels, and with the options only that the filter names."""

    pk: int
    indexed: bool
    spec: AttributeSpec


_SPEC = ("code", "type", "localizable", "per_channel", "settings")
_ROWS: dict[str, QuerySet[Any]] = {
    "family": Family.objects.all(),
    "category": Category.objects.all(),
    "channel": Channel.objects.prefetch_related("languages"),
    "associationtype": AssociationType.objects.all(),
    "slot": Slot.objects.all(),
}


class Known:
    """The rows that a filter names. What is called by a former code is found by its present one."""

    def __init__(self, filter: Filter) -> None:
        self.names = codes_in(filter)
        self.codes: dict[str, set[str]] = defaultdict(set)
        for name in self.names:
            self.codes[name.kind].add(name.code)
        self._rows: dict[str, dict[str, Any]] = {}

    @cached_property
    def aliases(self) -> dict[Name, str]:
        """The present codes of those that were renamed or merged."""
        said = {code for codes in self.codes.values() for code in codes if is_code(code)}
        rows = CodeAlias.objects.filter(alias__in=said).values_list("kind", "alias", "scope", "code")
        return {Name(kind, alias, scope.lower()): code for kind, alias, scope, code in rows}

    def present(self, kind: str, code: str, scope: str = "") -> str:
        """What a code is called now, in lower case."""
        return self.aliases.get(Name(kind, code.lower(), scope.lower()), code).lower()

    def attribute(self, condition: Condition) -> Asked:
        """The attribute that a condition asks for. Raises FilterError."""
        found = self._attributes.get(self.present("attribute", condition.code))
        if found is None:
            known = [*Attribute.objects.values_list("code", flat=True), *PLAIN_FIELDS]
            raise unknown("attribute or field", condition.code, condition.place, known)
        return found

    @cached_property
    def _attributes(self) -> dict[str, Asked]:
        codes = {self.present("attribute", code) for code in self.codes["attribute"]}
        return {each.spec.code.lower(): each for each in self._asked(_called(plain(Attribute), codes))}

    def _asked(self, attributes: QuerySet[Attribute]) -> list[Asked]:
        """Attributes with those of their options that the filter names: there may be thousands of others."""
        rows = list(attributes.order_by().values_list("pk", "filterable", "unique", *_SPEC))
        choosing = [row[0] for row in rows if TYPES[row[4]].has_options]
        options = self._options(choosing) if choosing else {}
        return [
            Asked(
                pk,
                filterable or unique,
                AttributeSpec(**dict(zip(_SPEC, said, strict=True)), options=options.get(pk, {})),
            )
            for pk, filterable, unique, *said in rows
        ]

    def _options(self, attributes: Sequence[int]) -> dict[int, dict[str, tuple[str, dict[str, str]]]]:
        named = {
            self.present("attributeoption", name.code, self.present("attribute", name.scope))
            for name in self.names
            if name.kind == VALUE
        }
        rows = _called(plain(AttributeOption).filter(attribute__in=attributes), named).order_by()
        found: dict[int, dict[str, tuple[str, dict[str, str]]]] = defaultdict(dict)
        for attribute, code in rows.values_list("attribute", "code"):
            found[attribute][code.lower()] = code, {}
        return found

    @cached_property
    def naming(self) -> Sequence[tuple[Asked, list[int]]]:
        """The attributes that name products, each with the ids of the families whose products it names."""
        families: dict[int, list[int]] = defaultdict(list)
        for family, attribute in plain(Family).values_list("pk", "label_attribute"):
            families[attribute].append(family)
        naming = plain(Attribute).filter(pk__in=[pk for pk in families if pk])
        return [(each, families[each.pk]) for each in self._asked(naming)]

    def row(self, kind: str, word: Word) -> Any:
        """The row of a kind that a value names. Raises FilterError."""
        return self.row_called(kind, word.text, word.place)

    def row_called(self, kind: str, code: str, place: Place) -> Any:
        rows = _ROWS[kind].all()
        if kind not in self._rows:
            present = {self.present(kind, each) for each in self.codes[kind]}
            self._rows[kind] = {row.code.lower(): row for row in _called(rows, present)}
        found = self._rows[kind].get(self.present(kind, code))
        if found is None:
            raise unknown(str(rows.model._meta.verbose_name), code, place, rows.values_list("code", flat=True))
        return found

    def record(self, entity: str, word: Word) -> str:
        """The code, in lower case, of the record of an entity that a value names. Raises FilterError."""
        code = self.present("record", word.text, entity)
        if (entity.lower(), code) not in self._records:
            codes = Record.objects.filter(entity_type__code__iexact=entity).values_list("code", flat=True)
            raise unknown(entity, word.text, word.place, codes)
        return code

    @cached_property
    def _records(self) -> set[tuple[str, str]]:
        """The entity's and the own code of records that may be meant, in lower case."""
        said = {name.code for name in self.names if name.kind == VALUE}
        said |= {code.lower() for name, code in self.aliases.items() if name.kind == "record"}
        rows = _called(Record.objects.all(), said).values_list("entity_type__code", "code")
        return {(entity.lower(), code.lower()) for entity, code in rows}

    @cached_property
    def _tags(self) -> Sequence[tuple[int, int | None, str]]:
        """All tags, as id, parent's id and facet:code: a vocabulary is small, and its branches are needed."""
        return [
            (pk, parent, f"{facet}:{code}".lower())
            for pk, parent, facet, code in Tag.objects.values_list("pk", "parent", "facet", "code")
        ]

    def tags(self, word: Word) -> set[int]:
        """The ids of a tag and of all below it. Raises FilterError."""
        wanted = self.present("tag", word.text)
        found = {pk for pk, _, name in self._tags if name == wanted}
        if not found:
            raise unknown("tag", word.text, word.place, (name for _, _, name in self._tags))
        while more := {pk for pk, parent, _ in self._tags if parent in found} - found:
            found |= more
        return found


def _called(rows: QuerySet[M], codes: Iterable[str]) -> QuerySet[M]:
    """The rows with one of these codes, in whatever case."""
    return rows.filter(In(Lower(F("code")), [code.lower() for code in codes if is_code(code)]))
