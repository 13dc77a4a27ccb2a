"""Where a text would stand and have nothing to say: products without the facts that it refers to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from django.conf import settings

from catalog import querysets
from catalog.indexing.batch import Batch, Row
from catalog.indexing.schema import Schema
from catalog.indexing.touched import touched
from catalog.models import Fragment
from catalog.references import references_in
from catalog.values.contexts import own_chain

# Products that are looked at; of a fragment placed on more, these say enough.
LOOKED_AT = 1_000
EXAMPLES = 5


class Empty(NamedTuple):
    """Of `among` products, `lacking` have no value for a fact; `examples` are the SKUs of the first."""

    language: str
    code: str
    lacking: int
    among: int
    examples: tuple[str, ...]


def empty_facts(fragment: Fragment, texts: Mapping[str, str]) -> list[Empty]:
    """For each language, and each fact its text refers to, the products that have none where the fragment is placed.

    Looks at the first 1,000 products, as all channels see them. A constant number of queries.
    """
    asked = {language: _facts(text) for language, text in texts.items()}
    if fragment.pk is None or not any(asked.values()):
        return []
    batch = Batch(Schema(), _placed_on(fragment))
    missing: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in batch.rows:
        for language, code in _missing(batch, row, asked):
            missing[language, code].append(row.sku)
    return [
        Empty(language, code, len(skus), len(batch.rows), tuple(skus[:EXAMPLES]))
        for (language, code), skus in sorted(missing.items())
    ]


def _facts(text: str) -> frozenset[str]:
    return frozenset(found.code.lower() for found in references_in(text) if found.kind == "fact")


def _placed_on(fragment: Fragment) -> list[int]:
    """The ids of the first products it is placed on, and of those that inherit it from them."""
    first = sorted(touched(fragment).ids())[:LOOKED_AT]
    return sorted({*first, *querysets.descendants(first)})[:LOOKED_AT]


def _missing(batch: Batch, row: Row, asked: Mapping[str, frozenset[str]]) -> Iterator[tuple[str, str]]:
    for language, codes in asked.items():
        if not codes:
            continue
        name = f"said of {','.join(sorted(codes))}"
        choice = batch.choice(row, name, lambda each, codes=codes: each.spec.code.lower() in codes)  # type: ignore[misc]
        chain = own_chain(language, settings.LANGUAGE_CODE)
        there = {each.spec.code.lower() for each, _ in batch.values(row, choice, "", chain)}
        yield from ((language, code) for code in sorted(codes - there))
