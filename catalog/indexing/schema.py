"""What all batches of one refresh have in common: attributes, families, channels' languages. Read as it is needed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Lower

from catalog import querysets, schema_token
from catalog.aliases import Aliases
from catalog.indexing.nesting import Nested
from catalog.models import Attribute, Category, FacetTerm, FactContext, Family, FamilyAttribute
from catalog.models.base import is_code
from catalog.remembered import remembered
from catalog.values import TYPES, AttributeSpec
from catalog.values.contexts import context_key, own_chain

T = TypeVar("T")
# What has one of these roles is looked for as it is written, as a SKU is.
IDENTIFIERS = (Attribute.Role.GTIN, Attribute.Role.MPN)
# Up to so many facts are taken out of a document; of more, it is read as a whole.
_FEW = 12
# What has more parts than this is not kept for the next refresh.
_KEPT = 4_000


class Indexed(NamedTuple):
    """An attribute: its primary key, what it is, and whether products can be found by it."""

    pk: int
    spec: AttributeSpec
    filterable: bool

    @property
    def entered(self) -> bool:
        """Whether its values stand in the fact index."""
        return self.filterable or self.spec.unique

    @property
    def labelled(self) -> bool:
        """Whether products are found by what its options are called, by way of the fact index (see labels.py)."""
        plain = not self.spec.localizable and self.spec.role not in IDENTIFIERS
        return plain and self.entered and self.searchable and TYPES[self.spec.type].has_options

    @property
    def searchable(self) -> bool:
        """Whether its values are words that people look for."""
        return TYPES[self.spec.type].searchable


class FamilyRow(NamedTuple):
    """A family as the index sees it. `attributes` and `label_attribute` are codes in lower case.

    `spelled` is the attributes' codes as products' documents have them.
    """

    pk: int
    code: str
    values: Mapping[str, Mapping[str, Any]]
    label_attribute: str
    attributes: tuple[str, ...]
    spelled: frozenset[str]


NO_FAMILY = FamilyRow(0, "", {}, "", (), frozenset())


class Context(NamedTuple):
    """For whom a value counts: a row of FactContext with what it stands for."""

    pk: int
    channel: str
    chain: tuple[str, ...]


def _read(condition: Q) -> dict[str, Indexed]:
    """Attributes by lower-case code. Two queries."""
    rows = list(querysets.attributes().alias(lower=Lower("code")).filter(condition))
    specs = querysets.with_records({row.code.lower(): row.spec() for row in rows})
    return {code: Indexed(row.pk, specs[code], row.filterable) for row in rows for code in [row.code.lower()]}


def _size_of_attributes(found: Mapping[str, Indexed]) -> int:
    return sum(1 + len(each.spec.options) for each in found.values())


def _size_of_families(found: Mapping[int, FamilyRow]) -> int:
    return sum(1 + len(each.attributes) + len(each.values) for each in found.values())


class Schema:
    """`changed` is the facts, by lower-case code, whose rows are brought up to date; None for those of all facts.

    With `values`, products say something else of these facts, and the attributes are what they were. `said` is then the
    facts that products have to be read with, as they are spelled; None for all.
    """

    def __init__(self, attributes: Collection[str] | None = None, *, values: bool = False) -> None:
        self.attributes: dict[str, Indexed] = {}
        self.families: dict[int, FamilyRow] = {0: NO_FAMILY}
        self.parents: dict[int, int | None] = {}
        self.revisions: dict[int, dict[str, Any]] = {}
        self.terms: dict[int, dict[str, int]] = {}
        self.cache: dict[Any, Any] = {}
        self._asked: set[str] = set()
        self.values = values
        self.said: tuple[str, ...] | None = None
        self.changed = None if attributes is None else self._with_computed({code.lower() for code in attributes})

    def cached(self, key: Any, make: Callable[[], T]) -> T:
        """What was made before under a key, else what is made now."""
        if key not in self.cache:
            self.cache[key] = make()
        found: T = self.cache[key]
        return found

    def kept(self, key: Any, make: Callable[[], T], size: Callable[[T], int] = lambda _: 0) -> T:
        """What was made before under a key, by this refresh or by one before it; see catalog.remembered."""

        def sized() -> tuple[T, bool]:
            made = make()
            return made, size(made) <= _KEPT

        return remembered(("schema", key), sized, self._token)

    @cached_property
    def _token(self) -> str:
        return schema_token.current()

    def is_changed(self, code: str) -> bool:
        return self.changed is None or code in self.changed

    # --- Attributes and families -------------------------------------------------------------------------------------
    def load_families(self, ids: Iterable[int | None]) -> None:
        """Know these families and which attributes they have: two queries for those that are new."""
        fresh = {pk for pk in ids if pk} - self.families.keys()
        if fresh:
            found: dict[int, FamilyRow] = self.kept(
                ("families", frozenset(fresh)), lambda: self._families(fresh), _size_of_families
            )
            self.families |= found

    def load_attributes(self, codes: Iterable[str]) -> None:
        """Know the attributes of these codes in lower case: two queries for those that are new."""
        fresh = {code for code in codes if is_code(code)} - self._asked
        if fresh:
            self._asked |= fresh
            self.attributes |= _read(Q(lower__in=fresh))

    @staticmethod
    def _families(ids: Collection[int]) -> dict[int, FamilyRow]:
        found = {}
        members: dict[int, list[str]] = defaultdict(list)
        links = FamilyAttribute.objects.filter(family__in=ids).order_by("position", "attribute__code")
        for family, code in links.values_list("family_id", "attribute__code"):
            members[family].append(code)
        rows = Family.objects.filter(pk__in=ids).values_list("pk", "code", "values", "label_attribute__code")
        for pk, code, values, label in rows:
            attributes = tuple(member.lower() for member in members[pk])
            found[pk] = FamilyRow(pk, code, values, (label or "").lower(), attributes, frozenset(members[pk]))
        return found

    def _with_computed(self, codes: set[str]) -> frozenset[str]:
        """These facts and all that are computed from them, each known with what it is made of."""
        if not codes:
            return frozenset()
        kinds = [code for code, kind in TYPES.items() if kind.computed]
        found: dict[str, Indexed] = self.kept(
            ("with computed", frozenset(codes)),
            lambda: _read(Q(lower__in=codes) | Q(type__in=kinds)),
            _size_of_attributes,
        )
        self.attributes |= found
        self._asked |= codes | self.attributes.keys()
        sources = {code: self.sources(row) for code, row in self.attributes.items()}
        changed = set(codes)
        while more := {code for code, names in sources.items() if changed & names} - changed:
            changed |= more
        needed = set(changed)
        while more := {name for code in needed for name in sources.get(code, ())} - needed:
            needed |= more
        self.load_attributes(needed)
        if self.values and len(needed) <= _FEW and not any(map(self.alters_texts, changed)):
            self.said = tuple(self.attributes[code].spec.code for code in needed if code in self.attributes)
        return frozenset(changed)

    def alters_texts(self, code: str) -> bool:
        """Whether the search texts of products may read otherwise when this fact, in lower case, changed."""
        row = self.attributes.get(code)
        if row is None or not row.searchable:
            return False
        return not (self.values and row.labelled and code not in self._naming)

    @cached_property
    def _naming(self) -> frozenset[str]:
        """The attributes that name the products of any family, in lower case: their words stand in the name."""
        rows = Family.objects.filter(label_attribute__isnull=False).order_by()
        codes = rows.values_list("label_attribute__code", flat=True).distinct()
        return self.kept("naming", lambda: frozenset(code.lower() for code in codes.all()), len)

    def sources(self, row: Indexed) -> frozenset[str]:
        """The facts a computed one is made of, in lower case."""
        return frozenset(name.lower() for name in TYPES[row.spec.type].sources(row.spec))

    # --- Contexts ----------------------------------------------------------------------------------------------------
    @cached_property
    def channels(self) -> Mapping[str, tuple[tuple[str, ...], ...]]:
        """The chains of languages of each channel, by its code."""
        return {channel.code: tuple(channel.chains().values()) for channel in querysets.channels().order_by("code")}

    @cached_property
    def chains(self) -> tuple[tuple[str, ...], ...]:
        """Every chain that a text may be asked for in: of the languages offered, then of the channels."""
        offered = [own_chain(language, settings.LANGUAGE_CODE) for language, _ in settings.LANGUAGES]
        return tuple(dict.fromkeys((*offered, *(chain for chains in self.channels.values() for chain in chains))))

    @cached_property
    def default_chain(self) -> tuple[str, ...]:
        return own_chain(settings.LANGUAGE_CODE, settings.LANGUAGE_CODE)

    def contexts(self, spec: AttributeSpec) -> Sequence[Context]:
        """For whom an attribute may have values of their own; new ones are written down."""
        shape = (spec.localizable, spec.per_channel)
        return self.cached(
            ("contexts", shape), lambda: self.kept(("contexts", shape), lambda: self._contexts(*shape), len)
        )

    def _contexts(self, localizable: bool, per_channel: bool) -> list[Context]:
        channels = ("", *self.channels) if per_channel else ("",)
        chains = self.chains if localizable else ((),)
        wanted = {context_key(channel, chain): (channel, chain) for channel in channels for chain in chains}
        ids = self._ids_of(wanted)
        return [Context(ids[key], channel, chain or self.default_chain) for key, (channel, chain) in wanted.items()]

    def _ids_of(self, keys: Collection[str]) -> Mapping[str, int]:
        """Primary keys of FactContext rows, found or made."""
        found = dict(FactContext.objects.filter(key__in=keys).values_list("key", "pk"))
        missing = [FactContext(key=key) for key in keys if key not in found]
        if missing:
            FactContext.objects.bulk_create(missing, ignore_conflicts=True)
            found = dict(FactContext.objects.filter(key__in=keys).values_list("key", "pk"))
        return found

    # --- Facet terms -------------------------------------------------------------------------------------------------
    def load_terms(self, attributes: Iterable[int]) -> None:
        """Know the terms of these attributes."""
        fresh = set(attributes) - self.terms.keys()
        if fresh:
            self.terms |= {pk: {} for pk in fresh}
            for pk, attribute, key in FacetTerm.objects.filter(attribute__in=fresh).values_list(
                "pk", "attribute_id", "key"
            ):
                self.terms[attribute][key] = pk

    def make_terms(self, wanted: Iterable[tuple[int, str]]) -> None:
        """Make those (attribute, key) that are not there yet; their attributes are known."""
        missing = {(attribute, key) for attribute, key in wanted if key not in self.terms[attribute]}
        if missing:
            rows = [FacetTerm(attribute_id=attribute, key=key) for attribute, key in sorted(missing)]
            FacetTerm.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1_000)
            touched = {attribute for attribute, _ in missing}
            for attribute in touched:
                del self.terms[attribute]
            self.load_terms(touched)

    # --- Categories and fragments ------------------------------------------------------------------------------------
    def load_categories(self, ids: Iterable[int]) -> None:
        """Know what stands above these categories: a query for each level that is new."""
        missing = set(ids) - self.parents.keys()
        while missing:
            self.parents |= dict(Category.objects.filter(pk__in=missing).values_list("pk", "parent_id"))
            missing = {self.parents[pk] or 0 for pk in missing} - self.parents.keys() - {0}

    def path(self, category: int) -> tuple[int, ...]:
        """A known category and those above it, from the root down."""
        path = [category]
        while above := self.parents.get(path[-1]):
            path.append(above)
        return tuple(reversed(path))

    def load_revisions(self, fragments: Iterable[int]) -> None:
        """Know what was approved last of these fragments, with the words of others in place of what names them."""
        fresh = set(fragments) - self.revisions.keys()
        if fresh:
            rows = querysets.current_revisions().filter(fragment__in=fresh)
            found = {row.fragment_id: self.aliases.in_revision(row.out or {}) for row in rows}
            self.revisions |= self.nested.put_in(found)

    @cached_property
    def nested(self) -> Nested:
        return Nested(self.aliases)

    @cached_property
    def aliases(self) -> Aliases:
        """Frozen texts go on saying the codes of their day."""
        return Aliases()
