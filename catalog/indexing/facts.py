"""The fact index: effective values of what products are found by, and of what no two may share."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from catalog.indexing.batch import Batch, Choice, Row
from catalog.indexing.keeping import Columns, Difference, Keeper
from catalog.indexing.schema import Context, Indexed
from catalog.many import among
from catalog.models import FactEntry
from catalog.values import TYPES

# Values that products come to have are written by so many statements, or else row by row.
_STATEMENTS = 20


class FactEntries(Keeper):
    model = FactEntry
    identity = ("product_id", "attribute_id", "context_id", "key", "until")

    def concerns(self, batch: Batch) -> bool:
        return batch.schema.changed is None or bool(batch.schema.changed)

    def there(self, batch: Batch) -> QuerySet[Any]:
        rows = super().there(batch)
        changed = batch.schema.changed
        if changed is None:
            return rows
        return rows.filter(attribute__in=[row.pk for code, row in batch.schema.attributes.items() if code in changed])

    def rows(self, batch: Batch) -> Iterator[Columns]:
        for same, entries in self._said(batch):
            yield from ((row.pk, *entry) for row in same for entry in entries)

    def _said(self, batch: Batch) -> Iterator[tuple[list[Row], list[Columns]]]:
        """Products that say the same, and their entries in one context without the product."""
        specs = [each.spec for code, each in batch.schema.attributes.items() if batch.schema.is_changed(code)]
        shapes = sorted({(spec.localizable, spec.per_channel) for spec in specs})
        for alike in batch.alike:
            for localizable, per_channel in shapes:
                choice = _choice(batch, alike[0], localizable, per_channel)
                if choice.attributes:
                    for context in batch.schema.contexts(choice.attributes[0].spec):
                        for same in batch.same(alike):
                            yield same, list(_entries(batch, same[0], choice, context))

    def bring(self, batch: Batch) -> None:
        """Where each has one value of each fact now, that is put in place of what was; nothing is read."""
        if not batch.schema.values or not self._exchange(batch):
            super().bring(batch)

    def _exchange(self, batch: Batch) -> bool:
        """Whether nothing is left to do. Of these facts nobody has two values, so what was put is right in any case."""
        schema = batch.schema
        changed = [each for code, each in schema.attributes.items() if schema.is_changed(code) and each.entered]
        if any(TYPES[each.spec.type].many for each in changed):
            return False
        products: dict[Columns, list[int]] = defaultdict(list)
        for same, entries in self._said(batch):
            for entry in entries:
                products[entry] += [row.pk for row in same]
        places = [(each.pk, context.pk) for each in changed for context in schema.contexts(each.spec)]
        wanted: Counter[Columns] = Counter()
        for entry, pks in products.items():
            wanted[entry[:2]] += len(pks)
        if len(products) > _STATEMENTS or wanted != dict.fromkeys(places, len(batch.ids)):
            return False
        for (attribute, context, key, until), pks in products.items():
            here = FactEntry.objects.filter(product__in=among(pks), attribute=attribute, context=context)
            wanted[attribute, context] -= here.update(key=key, until=until)
        return not any(wanted.values())

    def difference(self, batch: Batch) -> Difference:
        """What an entry says is changed where one goes and another comes, which takes half as long."""
        wanted = set(self.rows(batch))
        rows = list(self.there(batch).values_list("pk", *self.identity))
        there = {columns[1:]: columns[0] for columns in rows}
        stale: dict[Columns, list[int]] = defaultdict(list)
        for row in there.keys() - wanted:
            stale[row[:_PLACE]].append(there[row])
        difference = Difference(self, changing=self.identity[_PLACE:])
        for row in wanted - there.keys():
            if free := stale.get(row[:_PLACE]):
                difference.changed.append((free.pop(), *row[_PLACE:]))
            else:
                difference.added.append(row)
        # One that is there twice is there once too often.
        twice = {columns[0] for columns in rows}.difference(there.values()) if len(rows) > len(there) else ()
        difference.removed = [*twice, *(pk for free in stale.values() for pk in free)]
        return difference


# Product, attribute and context come first of an entry's columns.
_PLACE = 3


def _choice(batch: Batch, row: Row, localizable: bool, per_channel: bool) -> Choice:
    """The product's indexed attributes that vary alike."""

    def wanted(each: Indexed) -> bool:
        return each.entered and each.spec.localizable == localizable and each.spec.per_channel == per_channel

    return batch.changed_choice(row, f"facts {localizable} {per_channel}", wanted)


def _entries(batch: Batch, row: Row, choice: Choice, context: Context) -> Iterator[Columns]:
    """The entries of a product, without the product."""
    for each, value in batch.values(row, choice, context.channel, context.chain):
        for entry in TYPES[each.spec.type].entries(value, each.spec):
            yield each.pk, context.pk, entry.key, entry.until
