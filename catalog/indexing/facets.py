"""What products are counted by: their terms, in one narrow row each."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.indexing.batch import Batch, Choice, Row
from catalog.indexing.keeping import Columns, Difference, Keeper
from catalog.indexing.schema import Indexed
from catalog.models import ProductIndex
from catalog.terms import exchanged, packed
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
        for pk, ids in self._ids(batch).items():
            yield pk, batch.lines[pk][-1].pk, packed(ids)

    def _ids(self, batch: Batch) -> dict[int, frozenset[int]]:
        """The terms of each product of the facts that changed, or of all."""
        wanted = list(_wanted(batch))
        schema = batch.schema
        schema.load_terms(each.pk for each in schema.attributes.values() if schema.changed or is_facet(each))
        schema.make_terms(set().union(*(terms for _, terms in wanted)))
        found: dict[int, frozenset[int]] = {}
        for same, terms in wanted:
            ids = frozenset(schema.terms[attribute][key] for attribute, key in terms)
            found |= dict.fromkeys((row.pk for row in same), ids)
        return found

    def difference(self, batch: Batch) -> Difference:
        """Where only some facts changed, the terms of the others stay, and so does the root."""
        if batch.schema.changed is None:
            return super().difference(batch)
        wanted = self._ids(batch)
        changed = [each for code, each in batch.schema.attributes.items() if batch.schema.is_changed(code)]
        ours = frozenset(pk for each in changed for pk in batch.schema.terms[each.pk].values())
        difference = Difference(self, changing=("terms",))
        for pk, terms in self.there(batch).values_list("product_id", "terms"):
            if (fresh := exchanged(terms, ours, wanted.pop(pk))) is not None:
                difference.changed.append((pk, fresh))
        difference.added = [(pk, batch.lines[pk][-1].pk, packed(ids)) for pk, ids in wanted.items()]
        return difference


def is_facet(each: Indexed) -> bool:
    return each.filterable and TYPES[each.spec.type].faceted


def _wanted(batch: Batch) -> Iterator[tuple[list[Row], frozenset[tuple[int, str]]]]:
    """Products that say the same, and their terms as attribute and key."""
    for alike in batch.alike:
        choice = batch.changed_choice(alike[0], "facets", is_facet)
        for same in batch.same(alike):
            yield same, frozenset(_terms(batch, same[0], choice))


def _terms(batch: Batch, row: Row, choice: Choice) -> Iterator[tuple[int, str]]:
    for each, value in batch.values(row, choice, "", batch.schema.default_chain):
        for entry in TYPES[each.spec.type].entries(value, each.spec):
            yield each.pk, entry.key
