"""What is said about products in general: attributes' settings, filters, references, former codes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.db.models.functions import Lower

from catalog import querysets, rules
from catalog.aliases import REFERRED, Aliases, target_of
from catalog.columns import complaint
from catalog.filters import FilterError, parse
from catalog.filters import check as check_filter
from catalog.mentions import body_columns
from catalog.models import (
    Attribute,
    Channel,
    CodeAlias,
    EntityType,
    Fragment,
    Placement,
    Requirement,
    Slot,
)
from catalog.references import faults, malformed_in, pictures_in, references_in
from catalog.values import TYPES, Invalid
from catalog.values.computed import cycle_in
from catalog.verifying.registry import Defect, check

_MAKE = "Make it, or write this anew."


@check("attributes")
def attributes() -> Iterator[Defect]:
    """Settings are such as the type understands, and what they name is there."""
    specs = querysets.attribute_specs()
    entities = {code.lower() for code in EntityType.objects.values_list("code", flat=True)}
    for spec in specs.values():
        name = f"attribute “{spec.code}”"
        if spec.type not in TYPES:
            yield Defect(name, f"it is of a type “{spec.type}”, which there is not.", "Restore the type's file.")
            continue
        try:
            TYPES[spec.type].check_settings(spec)
        except Invalid as error:
            yield Defect(name, f"its settings cannot be used: {error}.", "Set them anew.")
        entity = str(spec.settings.get("entity", ""))
        if entity and entity.lower() not in entities:
            yield Defect(name, f"its records are of “{entity}”, which there is not.", _MAKE)
        for source in TYPES[spec.type].sources(spec):
            if source.lower() not in specs:
                yield Defect(name, f"it is computed from “{source}”, which there is not.", _MAKE)
    if circle := cycle_in(specs.values()):
        yield Defect(f"attribute “{circle[0]}”", f"it needs itself: {' -> '.join(circle)}.", "Change an expression.")


@check("filters")
def filters() -> Iterator[Defect]:
    """Selections of channels, conditions of requirements and rules of fragments can be understood."""
    for channel in Channel.objects.exclude(selection=""):
        yield from _filter(f"channel “{channel.code}”, its selection", channel.selection)
    rows = Requirement.objects.exclude(condition="").select_related("family", "channel", "attribute", "slot")
    for requirement in rows:
        yield from _filter(f"requirement “{requirement}”, its condition", requirement.condition)
    for placement in Placement.objects.exclude(filter="").select_related("fragment", "slot"):
        yield from _rule(f"placement “{placement}”, its filter", placement.filter)
        if placement.filter_key != rules.key_of(placement.filter):
            yield Defect(f"placement “{placement}”", "its key is not that of its filter.", "Write the filter anew.")
    for code, text in Fragment.objects.exclude(products="").order_by("pk").values_list("code", "products"):
        yield from _rule(f"fragment “{code}”, the products it may be said of", text)
    for revision in rules.limited(querysets.current_revisions()).order_by("pk").iterator(chunk_size=1_000):
        text = (revision.out or {})["applies"]["products"]
        yield from _rule(f"{revision}, the products it may be said of", text)


def _rule(name: str, text: str) -> Iterator[Defect]:
    try:
        rules.understood_as_rule(text, "filter")
    except ValidationError as error:
        yield Defect(name, f"it cannot be understood. {' '.join(error.messages)}", "Write it anew.")


def _filter(name: str, text: str) -> Iterator[Defect]:
    try:
        check_filter(parse(text))
    except FilterError as error:
        yield Defect(name, f"it cannot be understood. {error}", "Write it anew.")


@check("limits")
def limits() -> Iterator[Defect]:
    """Channels limit texts that there are."""
    known = {code.lower() for code in Attribute.objects.values_list("code", flat=True)}
    known |= {f"slot:{code.lower()}" for code in Slot.objects.values_list("code", flat=True)}
    for code, found in Channel.objects.values_list("code", "text_limits"):
        for key in sorted(key for key in found if key.lower() not in known and key.lower() != "name"):
            yield Defect(f"channel “{code}”", f"it limits the text “{key}”, which there is not.", _MAKE)


@check("references")
def references() -> Iterator[Defect]:
    """What fragments refer to, in their working copies and in what is approved, is there or was renamed."""
    known = _Referable()
    columns = body_columns()
    for code, *bodies in QuerySet(Fragment).order_by("pk").values_list("code", *columns).iterator(chunk_size=1_000):
        yield from known.defects(f"fragment “{code}”", bodies)
    for revision in querysets.current_revisions().order_by("pk").iterator(chunk_size=1_000):
        yield from known.defects(f"{revision}", (revision.out or {}).get("body", {}).values())


class _Referable:
    """What references and pictures may name: by present and former codes in lower case, read when first asked for."""

    def __init__(self) -> None:
        self.aliases = Aliases()
        self.codes: dict[str, set[str]] = {}

    def knows(self, kind: str, code: str) -> bool:
        if kind not in self.codes:
            model = apps.get_model("catalog", kind)
            rows = QuerySet(model).annotate(lower=Lower("sku" if kind == "product" else "code"))
            self.codes[kind] = set(rows.values_list("lower", flat=True))
        return code.lower() in self.codes[kind]

    def defects(self, name: str, bodies: Any) -> Iterator[Defect]:
        texts = [self.aliases.in_text(body) for body in bodies if body]
        for reference in sorted({reference for text in texts for reference in references_in(text)}):
            kind = REFERRED.get(reference.kind)
            if kind and not self.knows(kind, reference.code):
                yield Defect(name, f"it refers to {reference}, which there is not.", _MAKE)
            for fault in faults(reference):
                yield Defect(name, f"{reference} {fault}.", "Write it anew.")
        for code in sorted({code for text in texts for code in pictures_in(text)}):
            if not self.knows("asset", code):
                yield Defect(name, f"it shows the asset “{code}”, which there is not.", _MAKE)
        for wrong in sorted({wrong for text in texts for wrong in malformed_in(text)}):
            yield Defect(name, f"“{wrong}” is no reference.", "Write it anew.")


@check("aliases")
def aliases() -> Iterator[Defect]:
    """Former codes stand for something that is there, and nothing has one as its present code."""
    there = set(_known_by())
    for kind, scope, alias, code in CodeAlias.objects.values_list("kind", "scope", "alias", "code"):
        name = f"code alias “{alias}” of {kind} “{code}”"
        if (kind, scope.lower(), code.lower()) not in there:
            yield Defect(name, "it stands for nothing.", "Delete the alias.")
        if (kind, scope.lower(), alias) in there:
            yield Defect(name, "something is called so.", "Delete the alias.")


def _known_by() -> Iterator[tuple[str, str, str]]:
    """All that may have an alias: kind, scope and code in lower case. Of kinds without any alias, nothing."""
    for kind in CodeAlias.objects.order_by().values_list("kind", flat=True).distinct():
        for row in _named(kind):
            target = target_of(row)
            yield target.kind, target.scope.lower(), target.code.lower()


def _named(kind: str) -> QuerySet[Any]:
    model = apps.get_model("catalog", kind)
    owner = {"attributeoption": "attribute", "record": "entity_type"}.get(kind)
    rows: QuerySet[Any] = QuerySet(model)
    if owner:
        return rows.select_related(owner)
    return rows.only("facet", "code") if kind == "tag" else rows.only("sku" if kind == "product" else "code")


@check("columns")
def columns() -> Iterator[Defect]:
    """Every language named has its columns."""
    if found := complaint():
        yield Defect("languages", found, "Run: manage.py sync_languages")
