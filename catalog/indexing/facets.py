"""What products are counted by: their terms, in one narrow row each."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.indexing.batch import Batch, Choice, Row
from catalog.indexing.keeping import Columns, Keeper
from catalog.indexing.schema import Indexed
from catalog.models import ProductIndex
from catalog.terms import packed, unpacked
from catalog.values import TYPES


class Facets(Keeper):
    """Terms of what counts for all channels, in the default language."""

    model = ProductIndex
    identity = ("product_id",)
    payload = ("root_id", "terms")
    initial = {"checked": False, "likeness": ""}

    def concerns(self, batch: Batch) -> bool:
        """An attribute that is no facet may have been one, but only if its type can be."""
        changed = batch.schema.changed
        rows = batch.schema.attributes
        return changed is None or any(TYPES[rows[code].spec.type].faceted for code in changed if code in rows)

    def shown(self, columns: Columns) -> Columns:
        product, root, terms = columns
        return product, root, bytes(terms)

    def rows(self, batch: Batch) -> Iterator[Columns]:
        wanted = dict(_wanted(batch))
        pairs = set().union(*wanted.values())
        schema = batch.schema
        schema.load_terms(each.pk for each in schema.attributes.values() if schema.changed or is_facet(each))
        schema.make_terms(pairs)
        kept = self._kept(batch)
        for row in batch.rows:
            ids = {schema.terms[attribute][key] for attribute, key in wanted[row.pk]}
            yield row.pk, batch.lines[row.pk][-1].pk, packed(ids | kept.get(row.pk, set()))

    def _kept(self, batch: Batch) -> dict[int, set[int]]:
        """Where only some facts changed, the terms of the others."""
        if batch.schema.changed is None:
            return {}
        changed = [each for code, each in batch.schema.attributes.items() if batch.schema.is_changed(code)]
        gone = {pk for each in changed for pk in batch.schema.terms[each.pk].values()}
        rows = self.there(batch).values_list("product_id", "terms")
        return {product: set(unpacked(bytes(terms))) - gone for product, terms in rows}


def is_facet(each: Indexed) -> bool:
    return each.filterable and TYPES[each.spec.type].faceted


def _wanted(batch: Batch) -> Iterator[tuple[int, set[tuple[int, str]]]]:
    for alike in batch.alike:
        choice = batch.changed_choice(alike[0], "facets", is_facet)
        for row in alike:
            yield row.pk, set(_terms(batch, row, choice))


def _terms(batch: Batch, row: Row, choice: Choice) -> Iterator[tuple[int, str]]:
    for each, value in batch.values(row, choice, "", batch.schema.default_chain):
        for entry in TYPES[each.spec.type].entries(value, each.spec):
            yield each.pk, entry.key
