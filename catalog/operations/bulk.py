"""The same facts on many products at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from orjson import dumps, loads

from catalog.actors import Actor
from catalog.indexing import refresh
from catalog.indexing.batch import Row, rows_of
from catalog.indexing.documents import Entries, patched, say_where_different, tells_where_different
from catalog.indexing.writing import batches, update_rows
from catalog.many import among
from catalog.models import Attribute, FamilyVariantAttribute, Product
from catalog.operations.former import specs_called
from catalog.operations.products import INHERIT, Facts, merged
from catalog.operations.recording import record_alike
from catalog.remembered import remembered
from catalog.values import TYPES

# Products whose facts are in memory together.
BATCH = 1_000
# A Row, with the facts left out.
COLUMNS = ("id", *Row._fields[1:-2], "own_only")
# Products that come to say different things of the facts are changed by so many statements, or else one by one.
STATEMENTS = 20


class Report(NamedTuple):
    """How many products were changed, and how many had the facts already."""

    changed: int
    unchanged: int


class Patch(NamedTuple):
    """What is put into a values document and what is taken out of it, as it is stored."""

    put: Mapping[str, Mapping[str, Any]]
    taken: Mapping[str, frozenset[str]]
    # Whether all the facts are of attributes that have one value, and are put: whatever was said, they are known after.
    outright: bool = False

    @property
    def codes(self) -> list[str]:
        """The facts concerned."""
        return list(dict.fromkeys([*self.put, *self.taken]))

    def applied(self, values: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
        """The document with the patch in it: the one given itself if that changes nothing."""
        fresh = {code: self._scopes(code, values.get(code, {})) for code in self.codes}
        if all(scopes == values.get(code, {}) for code, scopes in fresh.items()):
            return values
        return {code: scopes for code, scopes in {**values, **fresh}.items() if scopes or code not in fresh}

    def applied_to(self, documents: Iterable[Mapping[str, Any]]) -> dict[int, Mapping[str, Mapping[str, Any]]]:
        """The same for many, by the id of the one given. Those that come to say the same are one and the same."""
        found: dict[int, Mapping[str, Mapping[str, Any]]] = {}
        known: dict[bytes, Mapping[str, Mapping[str, Any]]] = {}
        for values in documents:
            if id(values) not in found:
                fresh = self.applied(values)
                found[id(values)] = fresh if fresh is values else known.setdefault(dumps(fresh), fresh)
        return found

    def _scopes(self, code: str, scopes: Mapping[str, Any]) -> Mapping[str, Any]:
        gone = self.taken.get(code, ())
        left = {scope: value for scope, value in scopes.items() if scope not in gone}
        return {**left, **self.put.get(code, {})}


@transaction.atomic
def set_fact_on(actor: Actor, products: Iterable[int | Model], facts: Facts) -> Report:
    """Say these facts on all the products (ids, or a queryset); all or none.

    They are checked once. Products below inherit them unless they say otherwise. Raises ValidationError, also for a
    fact that tells products apart: one that is unique or an axis of variants.
    """
    patch = _patch(facts)
    ids = sorted({product if isinstance(product, int) else product.pk for product in products})
    _refuse_telling_apart(patch)
    unchanged = 0
    for part in batches(ids, BATCH):
        changed = _write(actor, part, patch)
        refresh(changed, attributes=patch.codes, values=True, known=changed)
        unchanged += len(part) - len(changed)
    return Report(len(ids) - unchanged, unchanged)


def _patch(facts: Facts) -> Patch:
    """The facts checked and as they are stored. Raises ValidationError."""
    said = {code: {scope: raw for scope, raw in scopes.items() if raw is not INHERIT} for code, scopes in facts.items()}
    put = merged({}, said)
    gone = {code: {scope: None for scope, raw in scopes.items() if raw is INHERIT} for code, scopes in facts.items()}
    # Checked like the others, so that the attribute's own spelling is known.
    emptied = merged({}, gone) if any(gone.values()) else {}
    taken = {code: frozenset(scopes) - frozenset(put.get(code, ())) for code, scopes in emptied.items()}
    taken = {code: scopes for code, scopes in taken.items() if scopes}
    return Patch(deepcopy(put), taken, not taken and _outright(put))


def _outright(put: Mapping[str, Mapping[str, Any]]) -> bool:
    single = not any(spec.localizable or spec.per_channel for spec in specs_called(put).values())
    return bool(put) and single and tells_where_different(scopes[""] for scopes in put.values())


def _refuse_telling_apart(patch: Patch) -> None:
    codes = tuple(patch.codes)
    if found := remembered(("apart", codes), lambda: (_telling_apart(codes), True)):
        raise ValidationError(f"“{found}” tells products apart, so it cannot be the same on many. Change it on each.")


def telling_apart() -> QuerySet[Attribute]:
    """Attributes that cannot be said on many products at once."""
    axes = FamilyVariantAttribute.objects.filter(axis=True).values("attribute")
    return Attribute.objects.filter(Q(unique=True) | Q(pk__in=axes))


def _telling_apart(codes: Collection[str]) -> str:
    """What the first of these attributes is called that tells products apart, or ""."""
    return str(telling_apart().filter(code__in=codes).order_by("code").first() or "")


def _write(actor: Actor, ids: Sequence[int], patch: Patch) -> dict[int, Row]:
    """Change the products that differ; returns them by their id, as they are now, with these facts only."""
    changed = _say(ids, patch) if patch.outright else _merge(ids, patch)
    record_alike(actor, "change", "product", [row.sku for row in changed.values()])
    return changed


def _say(ids: Sequence[int], patch: Patch) -> dict[int, Row]:
    """Without asking what was said before."""
    facts = {code: scopes[""] for code, scopes in patch.put.items()}
    rows = say_where_different(ids, facts, _entries(facts), timezone.now(), COLUMNS)
    only = {text: loads(text) for text in {row[-1] for row in rows}}
    return {row[0]: Row._make((*row[:-1], patch.put, only[row[-1]])) for row in rows}


def _entries(facts: Mapping[str, Any]) -> Entries:
    """Those of the facts that are in the index, and have one entry there."""
    specs = specs_called(facts)
    codes = tuple(facts)
    filterable = Attribute.objects.filter(code__in=codes, filterable=True).values_list("code", "pk")
    indexed = remembered(("indexed", codes), lambda: (dict(filterable), True))
    found: dict[str, tuple[int, str]] = {}
    for code, pk in indexed.items():
        if facts[code] is not None:
            spec = specs[code.lower()]
            keys = [entry.key for entry in TYPES[spec.type].entries(facts[code], spec)]
            found |= {code: (pk, keys[0])} if len(keys) == 1 else {}
    return found


def _merge(ids: Sequence[int], patch: Patch) -> dict[int, Row]:
    """Into what is said already."""
    products = Product.objects.select_for_update(no_key=True).filter(pk__in=among(ids)).order_by("pk")
    rows = rows_of(products, patch.codes)
    fresh = patch.applied_to(row.values for row in rows)
    changed = {
        row.pk: Row(*row[:-2], values, row.own_only)
        for row in rows
        if (values := fresh[id(row.values)]) is not row.values
    }
    _store(changed, patch)
    return changed


def _store(rows: Mapping[int, Row], patch: Patch) -> None:
    """In a statement for all that say the same of these facts now, which leaves the documents in the database."""
    now = timezone.now()
    alike: dict[int, list[int]] = {}
    for pk, row in rows.items():
        alike.setdefault(id(row.values), []).append(pk)
    if len(alike) <= STATEMENTS:
        for pks in alike.values():
            values = rows[pks[0]].values
            said = patched("values", {code: values.get(code) for code in patch.codes})
            Product.objects.filter(pk__in=among(pks)).update(values=said, updated_at=now)
    else:
        whole = rows_of(Product.objects.filter(pk__in=among(rows)).order_by())
        update_rows(Product, ("values", "updated_at"), [(row.pk, patch.applied(row.values), now) for row in whole])
