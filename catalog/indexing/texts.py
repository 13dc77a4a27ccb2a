"""What products are searched by: their words, once for all languages and once for each they are written in.

No row repeats another: a search in a language looks at the row of all languages, at its own, and at those that stand in
for it. The words are made here and not by the database, so that both engines find the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from catalog.indexing.batch import Batch, Row
from catalog.indexing.keeping import Columns, Keeper
from catalog.indexing.schema import Indexed
from catalog.indexing.words import joined
from catalog.models import Attribute, SearchText
from catalog.references import substitute
from catalog.richtext import to_text
from catalog.values import TYPES

_IDENTIFIERS = (Attribute.Role.GTIN, Attribute.Role.MPN)
_IDENTIFIER_TYPES = ("gtin", "isbn", "mpn")


@dataclass
class Parts:
    """What a row is made of: identifiers and the product's name, which weigh most, and the rest."""

    codes: list[str] = field(default_factory=list)
    name: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)


class SearchTexts(Keeper):
    """Facts without a channel of their own, and approved fragments whatever channels they are for."""

    model = SearchText
    identity = ("product_id", "language")
    payload = ("name", "body")

    def concerns(self, batch: Batch) -> bool:
        schema = batch.schema
        rows = (schema.attributes.get(code) for code in schema.changed or ())
        return batch.links or schema.changed is None or any(row and is_searchable(row) for row in rows)

    def rows(self, batch: Batch) -> Iterator[Columns]:
        for row in batch.rows:
            parts: dict[str, Parts] = defaultdict(Parts)
            parts[""].codes.append(row.sku)
            _add_facts(batch, row, parts)
            _add_fragments(batch, row, parts)
            for language, said in parts.items():
                columns = joined(said.name, said.codes), joined(said.body)
                if any(columns):
                    yield (row.pk, language, *columns)


def is_searchable(each: Indexed) -> bool:
    return TYPES[each.spec.type].searchable


def _add_facts(batch: Batch, row: Row, parts: dict[str, Parts]) -> None:
    label = batch.family(row).label_attribute
    for localizable, languages in ((False, [""]), (True, [code for code, _ in settings.LANGUAGES])):
        choice = batch.choice(row, f"texts {localizable}", _varying(localizable))
        for language in languages if choice.attributes else ():
            chain = (language,) if language else batch.schema.default_chain
            for each, value in batch.values(row, choice, "", chain):
                for where, text in _readings(batch, each, value, language).items():
                    _place_of(each, label, parts[where]).append(text)


def _place_of(each: Indexed, label: str, said: Parts) -> list[str]:
    if each.spec.role in _IDENTIFIERS or each.spec.type in _IDENTIFIER_TYPES:
        return said.codes
    return said.name if each.spec.code.lower() == label else said.body


def _varying(localizable: bool) -> Any:
    return lambda each: is_searchable(each) and each.spec.localizable == localizable


def _readings(batch: Batch, each: Indexed, value: Any, language: str) -> dict[str, str]:
    """How a value reads: under "" if it reads the same in all languages, else under each."""
    kind = TYPES[each.spec.type]
    if language:
        return {language: kind.text(value, each.spec, (language,))}
    if not kind.has_options:
        return {"": kind.text(value, each.spec, batch.schema.default_chain)}
    return batch.schema.cached(("reads", each.pk, str(value)), lambda: _labels(each, value))


def _labels(each: Indexed, value: Any) -> dict[str, str]:
    kind = TYPES[each.spec.type]
    texts = {code: kind.text(value, each.spec, (code,)) for code, _ in settings.LANGUAGES}
    return {"": min(texts.values())} if len(set(texts.values())) == 1 else texts


def _add_fragments(batch: Batch, row: Row, parts: dict[str, Parts]) -> None:
    for fragment in dict.fromkeys(placed.fragment_id for placed in batch.placements[row.pk]):
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
