"""What a product lacks in words for people, and who can supply it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple, TypeVar

from django.db.models import Model, QuerySet
from django.db.models.functions import Lower

from catalog.models import Attribute, Slot
from catalog.models.base import label_of
from catalog.requirements import ASSET, FACT, SLOT

M = TypeVar("M", bound=Model)

# Files of products come from one place; attribute groups and slots name whoever supplies theirs.
OF_ASSETS = "photographer"


class Supply(NamedTuple):
    """Something demanded: what people call it, and who can supply it, or "" where nobody is named."""

    label: str
    supplier: str


def supplies(names: Collection[str], language: str) -> dict[str, Supply]:
    """By what Completeness.missing lists, such as "fact:weight". Two queries."""
    found = {f"{ASSET}:{code.lower()}": Supply(f"File: {code}", OF_ASSETS) for code in _codes(names, ASSET)}
    for attribute in _called(Attribute.objects.select_related("group"), _codes(names, FACT)):
        label = label_of(attribute, language) or attribute.code
        found[f"{FACT}:{attribute.code.lower()}"] = Supply(label, attribute.group.responsible)
    for slot in _called(Slot.objects.all(), _codes(names, SLOT)):
        found[f"{SLOT}:{slot.code.lower()}"] = Supply(label_of(slot, language) or slot.code, slot.responsible)
    return {name: found.get(name.lower(), Supply(name, "")) for name in names}


def _codes(names: Collection[str], kind: str) -> Iterator[str]:
    return (name.removeprefix(f"{kind}:") for name in names if name.startswith(f"{kind}:"))


def _called(rows: QuerySet[M], codes: Iterator[str]) -> Iterator[M]:
    return iter(rows.alias(lower=Lower("code")).filter(lower__in=[code.lower() for code in codes]))
