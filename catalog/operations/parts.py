"""What belongs to a thing and is said as a whole, such as the options of an attribute and the assets of a product."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model

from catalog.actors import Actor
from catalog.indexing.touched import gathering
from catalog.models import (
    Association,
    Attribute,
    AttributeOption,
    Family,
    FamilyAttribute,
    Product,
    ProductAsset,
    Requirement,
)
from catalog.models.base import set_texts
from catalog.operations.assets import save_product_asset
from catalog.operations.associations import save_association
from catalog.operations.recording import remove, store
from catalog.operations.requirements import save_requirement
from catalog.values import TYPES

M = TypeVar("M", bound=Model)
Part = Mapping[str, Any]


class PartError(ValidationError):
    """What is wrong with the part at `index` of the list called `part`; `error` is why."""

    def __init__(self, part: str, index: int, error: ValidationError) -> None:
        self.part = part
        self.index = index
        self.error = error
        super().__init__(error)


@transaction.atomic
def set_options(actor: Actor, attribute: Attribute, parts: Sequence[Part]) -> None:
    """Give an attribute these options in this order, and no others.

    A part has `code` and may have `label` (by language), `color`, `picture` and `retired`; what it does not name stays.
    Raises InUse for an option that products have and that is not among them, and PartError.
    """
    if parts and not TYPES[attribute.type].has_options:
        raise ValidationError(f"A {TYPES[attribute.type].label.lower()} has no options.")
    there = {option.code.lower(): option for option in AttributeOption.objects.filter(attribute=attribute)}

    def changed(part: Part, position: int) -> tuple[Hashable, AttributeOption]:
        option = there.get(part["code"].lower()) or AttributeOption(attribute=attribute, code=part["code"])
        set_texts(option, "label", part.get("label", {}))
        for name in {"color", "picture", "retired"} & part.keys():
            setattr(option, name, part[name])
        option.position = position
        return option.code.lower(), option

    _replace(actor, "options", there, parts, changed, store)


@transaction.atomic
def set_members(actor: Actor, family: Family, attributes: Sequence[Attribute]) -> None:
    """Give a family these attributes in this order, and no others. What products say of others stays with them."""
    there = {row.attribute_id: row for row in FamilyAttribute.objects.filter(family=family)}

    def changed(part: Part, position: int) -> tuple[Hashable, FamilyAttribute]:
        attribute = part["attribute"]
        member = there.get(attribute.pk) or FamilyAttribute(family=family, attribute=attribute)
        member.position = position
        return attribute.pk, member

    _replace(actor, "attributes", there, [{"attribute": attribute} for attribute in attributes], changed, store)


@transaction.atomic
def set_requirements(actor: Actor, family: Family, parts: Sequence[Part]) -> None:
    """Let channels demand this of a family, and nothing else.

    A part has `channel`, one of `attribute`, `slot` and `asset_role`, and may have a `condition`. Raises PartError.
    """
    there = {_demand(row): row for row in Requirement.objects.filter(family=family)}

    def changed(part: Part, _: int) -> tuple[Hashable, Requirement]:
        row = Requirement(family=family, **{name: value for name, value in part.items() if name != "condition"})
        row = there.get(_demand(row), row)
        row.condition = part.get("condition", "")
        return _demand(row), row

    _replace(actor, "requirements", there, parts, changed, save_requirement)


@transaction.atomic
def set_associations(actor: Actor, product: Product, parts: Sequence[Part]) -> None:
    """Point a product to these others in this order, and to no others.

    A part has `type` and `target`, and may have a `quantity`; where it says none, that stays. Raises PartError.
    """
    there = {(row.type_id, row.target_id): row for row in Association.objects.filter(source=product)}

    def changed(part: Part, position: int) -> tuple[Hashable, Association]:
        key = part["type"].pk, part["target"].pk
        row = there.get(key) or Association(source=product, type=part["type"], target=part["target"])
        row.quantity, row.position = part.get("quantity", row.quantity), position
        return key, row

    _replace(actor, "associations", there, parts, changed, save_association)


@transaction.atomic
def set_assets(actor: Actor, product: Product, parts: Sequence[Part]) -> None:
    """Give a product these assets in this order, and no others.

    A part has `asset` and `role`, and may have a `channel`. Raises PartError.
    """
    there = {_role(row): row for row in ProductAsset.objects.filter(product=product)}

    def changed(part: Part, position: int) -> tuple[Hashable, ProductAsset]:
        said = ProductAsset(product=product, asset=part["asset"], role=part["role"], channel=part.get("channel"))
        row = there.get(_role(said), said)
        row.role, row.position = said.role, position
        return _role(row), row

    _replace(actor, "assets", there, parts, changed, save_product_asset)


def _role(row: ProductAsset) -> Hashable:
    return row.asset_id, row.role.lower(), row.channel_id


def _demand(row: Requirement) -> Hashable:
    return row.channel_id, row.attribute_id, row.slot_id, row.asset_role.lower()


def _replace(
    actor: Actor,
    part_name: str,
    there: Mapping[Any, M],
    parts: Sequence[Part],
    changed: Callable[[Part, int], tuple[Hashable, M]],
    save: Callable[[Actor, M], object],
) -> None:
    """Take away what is not among the parts, then write what is new or differs; what is derived follows once."""
    before = {key: _columns(row) for key, row in there.items()}
    wanted: dict[Hashable, tuple[int, M]] = {}
    for index, part in enumerate(parts):
        key, row = changed(part, index)
        if key in wanted:
            raise PartError(part_name, index, ValidationError("This stands in the list more than once."))
        wanted[key] = index, row
    with gathering():
        for key, row in there.items():
            if key not in wanted:
                remove(actor, row)
        for key, (index, row) in wanted.items():
            if before.get(key) == _columns(row):
                continue
            try:
                save(actor, row)
            except ValidationError as error:
                raise PartError(part_name, index, error) from error


def _columns(row: Model) -> dict[str, Any]:
    return {column.attname: getattr(row, column.attname) for column in row._meta.concrete_fields}
