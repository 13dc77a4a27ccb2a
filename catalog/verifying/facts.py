"""Facts: every code in them is there, and every value is one that its attribute takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.functions import Lower

from catalog import querysets
from catalog.aliases import NAMED_BY
from catalog.columns import hidden
from catalog.models import Asset, AssociationType, Channel, Family, Product, Record, Slot
from catalog.values import TYPES, AttributeSpec, Invalid, Scope
from catalog.verifying.registry import Defect, check

BATCH = 1_000
_HOLDERS: tuple[type[Model], ...] = (Product, Family, Record)
# Where what a value names is looked for. Options are known to the attribute itself.
_ROWS: dict[str, tuple[type[Model], str]] = {"asset": (Asset, "code"), "product": (Product, "sku")}


class Said(NamedTuple):
    """One value: on which object, of which attribute, in which scope."""

    holder: str
    spec: AttributeSpec
    scope: str
    value: Any

    def defect(self, problem: str, fix: str) -> Defect:
        where = f" ({self.scope})" if self.scope else ""
        return Defect(self.holder, f"its fact “{self.spec.code}”{where} {problem}.", fix)


@check("facts")
def facts() -> Iterator[Defect]:
    """All facts of products, families and records, in batches."""
    specs = {spec.code: spec for spec in querysets.attribute_specs().values()}
    judge = _Judge(specs)
    for model in _HOLDERS:
        code = "sku" if model is Product else "code"
        rows: QuerySet[Any] = QuerySet(model).exclude(values={}).order_by("pk").values_list(code, "values")
        batch: list[tuple[str, Any]] = []
        for found, values in rows.iterator(chunk_size=BATCH):
            batch.append((f"{model._meta.verbose_name} “{found}”", values))
            if len(batch) == BATCH:
                yield from judge.documents(batch)
                batch = []
        yield from judge.documents(batch)


class _Judge:
    """Judges facts' documents, knowing what there is; `specs` are all attributes by code."""

    def __init__(self, specs: Mapping[str, AttributeSpec]) -> None:
        self.specs = specs
        self.channels = set(Channel.objects.values_list("code", flat=True))
        self.languages = {*settings.MODELTRANSLATION_LANGUAGES, *hidden(connection)}
        rows = Record.objects.annotate(kind=Lower("entity_type__code")).values_list("kind", "code")
        self.records = set(rows)

    def documents(self, batch: list[tuple[str, Any]]) -> Iterator[Defect]:
        said = []
        for holder, values in batch:
            for code, scopes in values.items():
                if code not in self.specs:
                    yield Defect(
                        holder,
                        f"it has a fact “{code}”, which is no attribute.",
                        "Make the attribute, or remove it.",
                    )
                    continue
                said += [Said(holder, self.specs[code], scope, value) for scope, value in scopes.items()]
        yield from self.all_of(said)

    def all_of(self, said: list[Said]) -> Iterator[Defect]:
        there = _there(said)
        for each in said:
            yield from self.scope_of(each)
            if each.value is not None:
                yield from self.value_of(each, there)

    def scope_of(self, said: Said) -> Iterator[Defect]:
        scope = Scope.read(said.scope)
        if scope.channel and scope.channel not in self.channels:
            yield said.defect(f"is said for a channel “{scope.channel}”, which there is not", "Remove it there.")
        if scope.language and scope.language not in self.languages:
            yield said.defect(f"is said in “{scope.language}”, which is no language here", "Name it in PIM_LANGUAGES.")
        try:
            scope.check(said.spec)
        except Invalid as error:
            yield said.defect(f"is said where it cannot be: {error}", "Write it anew.")

    def value_of(self, said: Said, there: Mapping[str, set[str]]) -> Iterator[Defect]:
        if said.spec.code and TYPES[said.spec.type].computed:
            yield said.defect("is computed and yet written down", "Remove it.")
            return
        try:
            if TYPES[said.spec.type].parse(said.value, said.spec) != said.value:
                yield said.defect("is not written as its type writes it", "Write it anew.")
        except Invalid as error:
            yield said.defect(f"has a value it cannot have: {error}", "Write it anew, or let the attribute take it.")
            return
        for code in self.missing(said, there):
            yield said.defect(f"names “{code}”, which there is not", "Make it, or write the fact anew.")

    def missing(self, said: Said, there: Mapping[str, set[str]]) -> Iterator[str]:
        kind = NAMED_BY.get(said.spec.type, "")
        named = said.value if isinstance(said.value, list) else [said.value]
        if kind == "record":
            entity = str(said.spec.settings.get("entity", "")).lower()
            yield from (code for code in named if (entity, code) not in self.records)
        elif kind in _ROWS:
            yield from (code for code in named if code not in there[kind])


def _there(said: Iterable[Said]) -> dict[str, set[str]]:
    """By kind, the codes of assets and products that values name and that are there. A query for each kind."""
    named: dict[str, set[str]] = defaultdict(set)
    for each in said:
        kind = NAMED_BY.get(each.spec.type, "")
        if kind in _ROWS and each.value:
            named[kind].update(each.value if isinstance(each.value, list) else [each.value])
    found: dict[str, set[str]] = defaultdict(set)
    for kind, codes in named.items():
        model, column = _ROWS[kind]
        texts = sorted(code for code in codes if isinstance(code, str))
        for start in range(0, len(texts), BATCH):
            rows: QuerySet[Any] = QuerySet(model).filter(**{f"{column}__in": texts[start : start + BATCH]})
            found[kind] |= set(rows.values_list(column, flat=True))
    return found


@check("inheritance")
def inheritance() -> Iterator[Defect]:
    """What products say they do not inherit is there."""
    known = {f"slot:{code.lower()}" for code in Slot.objects.values_list("code", flat=True)}
    known |= {f"association:{code.lower()}" for code in AssociationType.objects.values_list("code", flat=True)}
    rows = Product.objects.exclude(own_only=[]).order_by("pk").values_list("sku", "own_only")
    for sku, listed in rows.iterator(chunk_size=BATCH):
        for word in listed:
            if word.partition(":")[0] in ("slot", "association") and word not in known:
                yield Defect(f"product “{sku}”", f"it does not inherit “{word}”, which there is not.", "Take it off.")
