"""Kinds of things that products refer to, and the things themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from catalog.importing.compare import Item, Kind
from catalog.importing.links import Links
from catalog.importing.plan import EntityRecord, EntityTypeRecord
from catalog.models import Attribute, EntityAttribute, EntityType, Record


def _attributes(kind: Kind[EntityTypeRecord], item: Item) -> Iterator[dict[str, Any]]:
    attributes = kind.find_all(item.record, "attributes", Attribute, item.record.attributes)
    return ({"attribute": attribute, "position": place} for place, attribute in enumerate(attributes))


class EntityTypes(Kind[EntityTypeRecord]):
    name = "entity_types"
    noun = "entity type"
    model = EntityType
    links = (Links("attributes", EntityAttribute, "entity_type", ("attribute",), _attributes, payload=("position",)),)


class Records(Kind[EntityRecord]):
    name = "records"
    noun = "record"
    model = Record
    identity = ("entity_type", "code")
    plain = ("values",)
    references = {"entity_type": EntityType}
