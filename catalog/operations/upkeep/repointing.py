"""Letting foreign keys point to another row."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model

from catalog.models import AttributeOption, Category, Family, FamilyAttribute
from catalog.operations.upkeep.rewriting import plain
from catalog.usage import relations_to


def repoint(old: Model, new: Model) -> None:
    """Whatever points to `old` points to `new`; what that would make twice is there once."""
    for relation in relations_to(type(old)):
        field: Any = relation.model._meta.get_field(relation.name)
        if relation.model is Category and isinstance(old, Category) and not relation.many:
            _move_children(old, new)
        elif relation.many:
            _move(field.remote_field.through, field.m2m_reverse_field_name(), old, new)
        else:
            _move(relation.model, relation.name, old, new)
    for part, name in {FamilyAttribute: "family"}.items() if isinstance(old, Family) else ():
        _move(part, name, old, new)
    if hasattr(old, "options"):
        _move(AttributeOption, "attribute", old, new)


def _move(model: type[Model], name: str, old: Model, new: Model) -> None:
    """All at once, or one by one where some are there already."""
    rows = plain(model).filter(**{name: old.pk})
    try:
        with transaction.atomic():
            rows.update(**{name: new.pk})
    except IntegrityError:
        for row in list(rows.order_by("pk")):
            _move_one(row, name, new)


def _move_one(row: Model, name: str, new: Model) -> None:
    own = plain(type(row)).filter(pk=row.pk)
    try:
        with transaction.atomic():
            own.update(**{name: new.pk})
    except IntegrityError:
        own.delete()


def _move_children(old: Category, new: Model) -> None:
    """Below the other one, at the end. The tree is locked."""
    for child in Category.objects.filter(parent=old):
        child.refresh_from_db()
        child.move_to(Category.objects.get(pk=new.pk), "last-child")
