"""Products with all that their derived rows are made of, read in a constant number of queries however many they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import Any, NamedTuple, TypeAlias

import orjson
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from catalog import inheritance
from catalog.indexing.documents import picked
from catalog.indexing.placing import Counting, Placements
from catalog.indexing.schema import FamilyRow, Indexed, Schema
from catalog.many import among
from catalog.models import Product, ProductAsset
from catalog.values import TYPES, AttributeSpec, Level
from catalog.values.effective import effective, levels_of


class Row(NamedTuple):
    """A product's own columns."""

    pk: int
    sku: str
    family_id: int | None
    parent_id: int | None
    family_variant_id: int | None
    status: str
    values: Mapping[str, Mapping[str, Any]]
    own_only: Sequence[str]


class Attached(NamedTuple):
    """An asset in a role, for one channel or (None) for all."""

    asset_id: int
    role: str
    channel_id: int | None


# The family's id and the facts, in lower case, that a line says and the family does not have: products alike in both
# have the same attributes. (What a line says of its family's own facts differs from product to product.)
Kind: TypeAlias = tuple[int, frozenset[str]]


class Choice(NamedTuple):
    """Some attributes of a product; all that is needed to know their values, in order; the levels below its root's."""

    attributes: tuple[Indexed, ...]
    specs: tuple[AttributeSpec, ...]
    below: tuple[Level, ...]
    plain: bool


_NONE: frozenset[str] = frozenset()
_COLUMNS = (*Row._fields[:-2], "said", "only")


class Batch:
    """`rows` are the products to index; `lines` has for each of their ids the rows from itself up to its root.

    `links` says that what hangs on them may have changed: texts, files, categories, associations, status.
    """

    def __init__(
        self, schema: Schema, ids: Iterable[int], *, links: bool = True, known: Mapping[int, Row] | None = None
    ) -> None:
        self.schema = schema
        self.links = links
        self._whole = False
        wanted = list(ids)
        known = _with_ancestors(wanted, known or {}, schema.said)
        self.rows = [known[pk] for pk in wanted if pk in known]
        self.ids = [row.pk for row in self.rows]
        self.lines = {row.pk: _line(row, known) for row in self.rows}
        self._levels: dict[int, tuple[Level, ...]] = {}
        self.families = frozenset(row.family_id for row in self.rows if row.family_id)
        schema.load_families(self.families)
        self._said = {row.pk: (row.family_id, *[id(each.values) for each in self.lines[row.pk]]) for row in self.rows}
        self.kinds = self._kinds()
        if schema.changed is None:
            self._load_attributes()

    # --- Facts -------------------------------------------------------------------------------------------------------
    def family(self, row: Row) -> FamilyRow:
        return self.schema.families.get(row.family_id or 0, self.schema.families[0])

    @cached_property
    def alike(self) -> list[list[Row]]:
        """The products, those with the same attributes together: what is chosen for the first is chosen for all."""
        found: dict[Kind, list[Row]] = defaultdict(list)
        for row in self.rows:
            found[self.kinds[row.pk]].append(row)
        return list(found.values())

    def same(self, alike: Sequence[Row]) -> list[list[Row]]:
        """Of products with the same attributes those together whose lines say the very same: one stands for all.

        Where documents are read for single facts only, or were changed together, that is many.
        """
        return self._same[self.kinds[alike[0].pk]]

    @cached_property
    def _same(self) -> dict[Kind, list[list[Row]]]:
        found: dict[Kind, dict[tuple[int | None, ...], list[Row]]] = defaultdict(dict)
        for row in self.rows:
            found[self.kinds[row.pk]].setdefault(self._said[row.pk], []).append(row)
        return {kind: list(groups.values()) for kind, groups in found.items()}

    def _kinds(self) -> dict[int, Kind]:
        """The kind of each product, worked out once for those of a family that say the very same."""
        known: dict[tuple[int | None, ...], Kind] = {}
        for row in self.rows:
            if (said := self._said[row.pk]) not in known:
                known[said] = _kind(self.family(row), self.lines[row.pk])
        return {pk: known[said] for pk, said in self._said.items()}

    def codes(self, row: Row) -> tuple[str, ...]:
        """The attributes of the product's family in order, then any others its line says; in lower case."""
        kind = self.kinds[row.pk]
        return self.schema.cached(("codes", kind), lambda: _codes(self.family(row), kind[1]))

    def changed_choice(self, row: Row, name: str, wanted: Callable[[Indexed], bool]) -> Choice:
        """Of the product's attributes that changed those that are wanted, which `name` stands for."""
        key = (name, self.kinds[row.pk])
        return self.schema.cached(key, lambda: self._choice(row, lambda code: self.schema.is_changed(code), wanted))

    def choice(self, row: Row, name: str, wanted: Callable[[Indexed], bool]) -> Choice:
        """All attributes of the product that are wanted, whether or not they changed; `name` stands for which."""
        self._load_attributes()
        return self.schema.cached((name, self.kinds[row.pk]), lambda: self._choice(row, lambda _: True, wanted))

    def _choice(self, row: Row, open_to: Callable[[str], bool], wanted: Callable[[Indexed], bool]) -> Choice:
        here = {code: self.schema.attributes[code] for code in self.codes(row) if code in self.schema.attributes}
        chosen = [code for code, each in here.items() if open_to(code) and wanted(each)]
        needed = set(chosen)
        while more := {name for code in needed & here.keys() for name in self.schema.sources(here[code])} - needed:
            needed |= more
        family = self.family(row)
        specs = tuple(each.spec for code, each in here.items() if code in needed)
        below = levels_of((), family.code, family.values, specs)
        plain = not any(spec.localizable or spec.per_channel or TYPES[spec.type].computed for spec in specs)
        return Choice(tuple(here[code] for code in chosen), specs, below, plain)

    def _load_attributes(self) -> None:
        """Know all attributes of the batch's products, if they are not known yet."""
        if not self._whole:
            self._whole = True
            self.schema.load_attributes({code for row in self.rows for code in self.codes(row)})

    def values(self, row: Row, choice: Choice, channel: str, chain: Sequence[str]) -> Iterator[tuple[Indexed, Any]]:
        """What counts of the chosen attributes, where it is not empty."""
        levels = self.levels(row, choice)
        return _plain_values(choice, levels) if choice.plain else _values(choice, levels, channel, chain)

    def depth(self, row: Row, each: Indexed, channel: str, chain: Sequence[str]) -> int:
        """How many levels above a product the value of an attribute is said that counts; 0 where none does."""
        choice = self.choice(row, f"depth {each.pk}", lambda other: other.pk == each.pk)
        levels = self.levels(row, choice)
        found = effective(choice.specs, levels, channel, chain).get(each.spec.code)
        names = [level.sku for level in levels]
        return names.index(found.winner.sku) if found else 0

    def levels(self, row: Row, choice: Choice) -> tuple[Level, ...]:
        """Where a fact may be said: the product, up to its root, then its family, then the attributes' defaults."""
        found = self._levels.get(row.pk)
        if found is None:
            found = self._levels[row.pk] = tuple([Level(each.sku, each.values) for each in self.lines[row.pk]])
        return found + choice.below

    # --- What hangs on products --------------------------------------------------------------------------------------
    @cached_property
    def categories(self) -> dict[int, frozenset[int]]:
        """The ids of the categories each product stands in, its own and inherited ones, without those above them."""
        everyone = self._everyone()
        own: dict[int, list[int]] = defaultdict(list)
        links = Product.categories.through.objects.filter(product__in=among(everyone)).order_by("id")
        for product, category in links.values_list("product_id", "category_id"):
            own[product].append(category)
        return {
            pk: frozenset(inheritance.categories([own[each.pk] for each in line], inheritance.cuts(line)))
            for pk, line in self.lines.items()
        }

    @cached_property
    def attached(self) -> dict[int, list[Attached]]:
        """The assets attached to each product of the lines itself, in order; catalog.inheritance says which count."""
        rows = ProductAsset.objects.filter(product__in=among(self._everyone())).order_by("position", "id")
        found: dict[int, list[Attached]] = defaultdict(list)
        for product, asset, role, channel in rows.values_list("product_id", "asset_id", "role", "channel_id"):
            found[product].append(Attached(asset, role, channel))
        return found

    @property
    def placements(self) -> Counting:
        """The approved fragments that count for each product for anybody; `schema.revisions` has what they say."""
        return self.placing.anywhere

    @cached_property
    def placing(self) -> Placements:
        return Placements(self)

    def _everyone(self) -> set[int]:
        return {each.pk for line in self.lines.values() for each in line}


def _kind(family: FamilyRow, line: Sequence[Row]) -> Kind:
    others = {code.lower() for row in line for code in row.values.keys() - family.spelled}
    return family.pk, frozenset(others.difference(family.attributes)) if others else _NONE


def _values(
    choice: Choice, levels: Sequence[Level], channel: str, chain: Sequence[str]
) -> Iterator[tuple[Indexed, Any]]:
    found = effective(choice.specs, levels, channel, chain)
    for each in choice.attributes:
        resolution = found.get(each.spec.code)
        if resolution is not None and resolution.winner.value is not None:
            yield each, resolution.winner.value


def _plain_values(choice: Choice, levels: Sequence[Level]) -> Iterator[tuple[Indexed, Any]]:
    """What catalog.values.resolve gives for facts that hold for everybody, which most do: the nearest level counts.

    Without the other candidates, of which nobody asks here, a batch takes a third of the time.
    """
    documents = [level.values for level in levels]
    for each in choice.attributes:
        code = each.spec.code
        for values in documents:
            if (own := values.get(code)) and "" in own:
                if own[""] is not None:
                    yield each, own[""]
                break


def _codes(family: FamilyRow, said: Collection[str]) -> tuple[str, ...]:
    others = {*said, *(code.lower() for code in family.values)} - set(family.attributes)
    return (*family.attributes, *sorted(others))


def rows_of(products: QuerySet[Product], codes: Sequence[str] | None = None) -> list[Row]:
    """Products as a batch takes them, with these facts only or (None) with all, of which most are long documents.

    Facts are read as text: orjson takes a third of the time of Django's decoder.
    """
    said = Cast("values", TextField()) if codes is None else picked("values", codes)
    rows = list(products.annotate(said=said, only=Cast("own_only", TextField())).values_list(*_COLUMNS))
    # Those that say the same have one document together, see Batch.same.
    read = orjson.loads if codes is None else partial(_members, codes)
    documents = {text: read(text) for text in {row[-2] for row in rows}}
    only = {text: orjson.loads(text) for text in {row[-1] for row in rows}}
    return [
        Row(pk, sku, family, parent, variant, status, documents[said], only[cut])
        for pk, sku, family, parent, variant, status, said, cut in rows
    ]


def _members(codes: Sequence[str], said: str) -> Mapping[str, Mapping[str, Any]]:
    return {code: scopes for code, scopes in zip(codes, orjson.loads(said), strict=True) if scopes is not None}


def _with_ancestors(ids: Iterable[int], given: Mapping[int, Row], codes: Sequence[str] | None) -> dict[int, Row]:
    """The products of these ids and all above them: a query for each level that is not given."""
    known = {pk: given[pk] for pk in ids if pk in given}
    missing = set(ids) - known.keys() | _parents(known.values()) - known.keys()
    while missing:
        fresh = {row.pk: row for row in rows_of(Product.objects.filter(pk__in=among(missing)).order_by(), codes)}
        known |= fresh
        missing = _parents(fresh.values()) - known.keys()
    return known


def _parents(rows: Iterable[Row]) -> set[int]:
    return {row.parent_id for row in rows if row.parent_id}


def _line(row: Row, known: Mapping[int, Row]) -> tuple[Row, ...]:
    """The product, its parent, and so on up to its root; a circle ends where it would begin again."""
    if row.parent_id is None:
        return (row,)
    line = [row]
    while (above := known.get(line[-1].parent_id or 0)) is not None and above not in line:
        line.append(above)
    return tuple(line)
