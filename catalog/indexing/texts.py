"""What products are searched by: their words, once for all languages and once for each they are written in.

No row repeats another: a search in a language looks at the row of all languages, at its own, and at those that stand in
for it. The words are made here and not by the database, so that both engines find the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from django.conf import settings

from catalog.indexing.batch import Batch, Row
from catalog.indexing.keeping import Columns, Keeper
from catalog.indexing.schema import IDENTIFIERS, Indexed
from catalog.indexing.words import joined
from catalog.models import SearchText
from catalog.references import substitute
from catalog.richtext import to_text
from catalog.values import TYPES, ValueType

_IDENTIFIER_TYPES = ("gtin", "isbn", "mpn")


class Parts(NamedTuple):
    """What a row is made of: identifiers and the product's name, which weigh most, and the rest."""

    codes: list[str]
    name: list[str]
    body: list[str]


_CODES, _NAME, _BODY = range(len(Parts._fields))


class Reading(NamedTuple):
    """How an attribute's values read: the field of Parts they belong in, and whether they are known by labels."""

    kind: ValueType
    place: int
    labelled: bool


class SearchTexts(Keeper):
    """Facts without a channel of their own, and approved fragments whatever channels they are for.

    What options are called stands here only where the fact index does not know who has them, or where it is the name.
    """

    model = SearchText
    identity = ("product_id", "language")
    payload = ("name", "body")

    def concerns(self, batch: Batch) -> bool:
        changed = batch.schema.changed
        return batch.links or changed is None or any(map(batch.schema.alters_texts, changed))

    def rows(self, batch: Batch) -> Iterator[Columns]:
        for alike in batch.alike:
            facts = [_Facts(batch, alike[0], localizable) for localizable in (False, True)]
            for row in alike:
                parts: dict[str, Parts] = defaultdict(lambda: Parts([], [], []))
                parts[""].codes.append(row.sku)
                for said in facts:
                    said.add(row, parts)
                _add_fragments(batch, row, parts)
                yield from _columns(row, parts)


def _columns(row: Row, parts: Mapping[str, Parts]) -> Iterator[Columns]:
    for language, said in parts.items():
        columns = joined(said.name, said.codes), joined(said.body)
        if any(columns):
            yield (row.pk, language, *columns)


class _Facts:
    """The searchable facts, localizable or not, of products with the same attributes."""

    def __init__(self, batch: Batch, first: Row, localizable: bool) -> None:
        label = batch.family(first).label_attribute
        self.batch = batch
        self.choice = batch.choice(first, f"texts {localizable}", _varying(localizable, label))
        languages = [code for code, _ in settings.LANGUAGES] if localizable else [""]
        self.languages = languages if self.choice.attributes else []
        self.readings = {each.pk: _reading(each, label) for each in self.choice.attributes}

    def add(self, row: Row, parts: dict[str, Parts]) -> None:
        for language in self.languages:
            chain = (language,) if language else self.batch.schema.default_chain
            for each, value in self.batch.values(row, self.choice, "", chain):
                kind, place, labelled = self.readings[each.pk]
                if language or not labelled:
                    parts[language][place].append(kind.text(value, each.spec, chain))
                    continue
                for where, text in self._labels(each, value).items():
                    parts[where][place].append(text)

    def _labels(self, each: Indexed, value: Any) -> Mapping[str, str]:
        """How options and records read: under "" if they read the same in all languages, else under each."""
        known: dict[str, Mapping[str, str]] = self.batch.schema.cached(("reads", each.pk), dict)
        key = str(value)
        if key not in known:
            known[key] = _labels(each, value)
        return known[key]


def _reading(each: Indexed, label: str) -> Reading:
    kind, place = TYPES[each.spec.type], _BODY
    if each.spec.role in IDENTIFIERS or each.spec.type in _IDENTIFIER_TYPES:
        place = _CODES
    elif each.spec.code.lower() == label:
        place = _NAME
    return Reading(kind, place, kind.has_options or bool(each.spec.options))


def _varying(localizable: bool, label: str) -> Callable[[Indexed], bool]:
    """Not what is found by its options' labels; but what products are called by weighs more than those."""

    def wanted(each: Indexed) -> bool:
        here = not each.labelled or each.spec.code.lower() == label
        return here and each.searchable and each.spec.localizable == localizable

    return wanted


def _labels(each: Indexed, value: Any) -> dict[str, str]:
    kind = TYPES[each.spec.type]
    texts = {code: kind.text(value, each.spec, (code,)) for code, _ in settings.LANGUAGES}
    said = {"": min(texts.values())} if len(set(texts.values())) == 1 else texts
    # Records are known by their codes too: brands and materials often by nothing else.
    return said if kind.has_options else {**said, "": f"{value} {said.get('', '')}"}


def _add_fragments(batch: Batch, row: Row, parts: dict[str, Parts]) -> None:
    for fragment in dict.fromkeys([placed.fragment_id for placed in batch.placements[row.pk]]):
        for language, text in _spoken(batch, fragment).items():
            parts[language].body.append(text)


def _spoken(batch: Batch, fragment: int) -> dict[str, str]:
    """The words of a fragment's latest revision by language, without what its references stand for."""
    content = batch.schema.revisions.get(fragment)
    if content is None:
        return {}
    return batch.schema.cached(
        ("spoken", fragment),
        lambda: {
            language: joined([to_text(substitute(body, lambda _: " "))]) for language, body in content["body"].items()
        },
    )
