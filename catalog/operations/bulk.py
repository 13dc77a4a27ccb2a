"""The same facts on many products at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from catalog.actors import Actor
from catalog.indexing import refresh
from catalog.indexing.batch import Row, rows_of
from catalog.indexing.writing import among, batches, patched, update_rows
from catalog.models import Attribute, FamilyVariantAttribute, Product
from catalog.operations.products import INHERIT, Facts, merged
from catalog.operations.recording import record_keys

# Products whose facts are in memory together.
BATCH = 1_000


class Report(NamedTuple):
    """How many products were changed, and how many had the facts already."""

    changed: int
    unchanged: int


class Patch(NamedTuple):
    """What is put into a values document and what is taken out of it, as it is stored."""

    put: Mapping[str, Mapping[str, Any]]
    taken: Mapping[str, frozenset[str]]

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
        refresh(changed, attributes=patch.codes, known=changed)
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
    return Patch(deepcopy(put), {code: scopes for code, scopes in taken.items() if scopes})


def _refuse_telling_apart(patch: Patch) -> None:
    axes = FamilyVariantAttribute.objects.filter(axis=True).values("attribute")
    apart = Attribute.objects.filter(code__in=patch.codes)
    if found := (apart.filter(unique=True) | apart.filter(pk__in=axes)).order_by("code").first():
        raise ValidationError(f"“{found}” tells products apart, so it cannot be the same on many. Change it on each.")


def _write(actor: Actor, ids: Iterable[int], patch: Patch) -> dict[int, Row]:
    """Change the products that differ; returns them by their id, as they are now."""
    products = Product.objects.select_for_update(no_key=True).filter(pk__in=among(ids)).order_by("pk")
    changed = {}
    for row in rows_of(products):
        values = patch.applied(row.values)
        if values is not row.values:
            changed[row.pk] = row._replace(values=values)
    _store(changed, patch)
    record_keys(actor, "change", (("product", row.sku) for row in changed.values()))
    return changed


def _store(rows: Mapping[int, Row], patch: Patch) -> None:
    """In one statement that leaves the documents in the database, where all say the same of these facts now."""
    now = timezone.now()
    said = {pk: {code: row.values.get(code) for code in patch.codes} for pk, row in rows.items()}
    same = next(iter(said.values()), {})
    if all(each == same for each in said.values()):
        products = Product.objects.filter(pk__in=among(rows))
        products.update(values=patched("values", same), updated_at=now)
    else:
        update_rows(Product, ("values", "updated_at"), [(pk, row.values, now) for pk, row in rows.items()])
