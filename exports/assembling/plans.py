"""What is the same for all documents of a channel in one language, worked out once and kept with the library.

A plan holds sheets, a sheet is all that products of a kind can say, a column of it one attribute.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from catalog.values import TYPES, AttributeSpec, Resolution, ValueType
from catalog.values.display import as_shown
from catalog.values.effective import Chooser
from exports.assembling.judging import Judged, judge, meets
from exports.assembling.statements import Aside, aside_of
from exports.documents import Fact
from exports.gathering.bundles import Context, FragmentContent, Library, ProductBundle

IDENTIFIERS = ("gtin", "mpn", "brand")
_FILES = ("asset", "assets")
# The types whose values can be tables; most facts are not even asked.
_TABULAR = frozenset(code for code, kind in TYPES.items() if type(kind).rows is not ValueType.rows)


class Column:
    """An attribute as the readers of one channel and language get it.

    Of a type with few distinct values the facts are kept, as most products have the same.
    """

    def __init__(self, spec: AttributeSpec, position: int, role: str, context: Context) -> None:
        kind = TYPES[spec.type]
        self.spec, self.kind, self.code, self.group = spec, kind, spec.code, spec.group
        self.position, self.role = position, role
        self.label, self.type = spec.label(context.chain), kind.code_of(spec)
        self.chain, self.units = context.chain, context.units
        self.currencies = context.currencies if spec.type == "price" else ()
        few = kind.faceted and not kind.many and not spec.localizable
        self.known: dict[Any, Fact] | None = {} if few else None

    def value(self, resolution: Resolution) -> Any:
        """What counts, of prices those in the channel's currencies; None or an empty list where that is nothing."""
        value = resolution.winner.value
        if self.currencies and value is not None:
            return [money for money in value if money["currency"] in self.currencies]
        return value

    def chain_of(self, resolution: Resolution) -> tuple[str, ...]:
        """A text shown in a fallback language keeps that language's formats; all else is written in the wanted one."""
        return (resolution.winner.scope.language, *self.chain) if self.spec.localizable else self.chain

    def fact(self, value: Any, resolution: Resolution) -> Fact:
        if self.known is None:
            return self._fact(value, self.chain_of(resolution))
        found = self.known.get(value)
        if found is None:
            found = self.known[value] = self._fact(value, self.chain)
        return found

    def _fact(self, value: Any, chain: tuple[str, ...]) -> Fact:
        spec, kind = self.spec, self.kind
        text = kind.text(as_shown(value, self.units) if self.units else value, spec, chain)
        return Fact(self.label, self.group, self.type, kind.machine(value, spec), text, self.position, self.role)


class Sheet:
    """The attributes of a kind of product in display order: `columns` by code, `called` by lower-case code.

    Those with a meaning of their own are told apart.
    """

    def __init__(self, attributes: tuple[AttributeSpec, ...], label_attribute: str, context: Context) -> None:
        self.attributes = attributes
        columns = [
            Column(spec, position, "name" if spec.code == label_attribute else spec.role, context)
            for position, spec in enumerate(attributes)
        ]
        self.columns = {column.code: column for column in columns}
        self.called = {column.code.lower(): column for column in columns}
        self.identifiers = [column for column in columns if column.spec.role in IDENTIFIERS]
        self.prices = [column for column in columns if column.spec.role == column.spec.type == "price"]
        self.files = [column for column in columns if column.spec.type in _FILES]
        self.tables = [column for column in columns if column.spec.type in _TABULAR]
        self.chooser = Chooser(attributes, context.channel, context.chain)

    def facts(self, counting: Mapping[str, Resolution]) -> dict[str, Fact]:
        """What is not empty here, by code, in the order of the columns."""
        facts = {}
        for code, resolution in counting.items():
            column = self.columns[code]
            value = column.value(resolution)
            if value is not None and value != []:
                facts[code] = column.fact(value, resolution)
        return facts


class Plan:
    """For the readers of one channel and language, whatever rules a product meets."""

    def __init__(self, context: Context, library: Library) -> None:
        self.context = context
        self.library = library
        self._meeting: dict[frozenset[str], Context] = {}
        self._sheets: dict[tuple[int, str], Sheet] = {}
        self._judged: dict[tuple[FragmentContent, bool], Judged] = {}
        self._asides: dict[FragmentContent, Aside] = {}

    def context_of(self, bundle: ProductBundle) -> Context:
        """With the rules that the product meets."""
        met = bundle.meets.get(self.context.language)
        if not met:
            return self.context
        if met not in self._meeting:
            self._meeting[met] = replace(self.context, meets=met)
        return self._meeting[met]

    def sheet(self, bundle: ProductBundle) -> Sheet:
        """Products of a kind share the very tuple of their attributes (gathering.loading); a sheet keeps it alive."""
        key = id(bundle.attributes), bundle.label_attribute
        if key not in self._sheets:
            self._sheets[key] = Sheet(bundle.attributes, bundle.label_attribute, self.context)
        return self._sheets[key]

    def judged(self, fragment: FragmentContent, context: Context) -> Judged:
        """Of the rules in the context only the one that the fragment itself names counts."""
        key = fragment, meets(fragment.content, context)
        if key not in self._judged:
            self._judged[key] = judge(fragment.content, context)
        return self._judged[key]

    def aside(self, fragment: FragmentContent) -> Aside:
        """No rule that a product meets counts for it."""
        if fragment not in self._asides:
            self._asides[fragment] = aside_of(fragment, self.context, self.library)
        return self._asides[fragment]


def plan_of(context: Context, library: Library) -> Plan:
    """Worked out once and kept as long as the library."""
    if context not in library.plans:
        library.plans[context] = Plan(context, library)
    found: Plan = library.plans[context]
    return found
