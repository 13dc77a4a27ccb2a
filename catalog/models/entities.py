"""Things that products refer to and that have facts of their own: brands, materials, designers ..."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower

from catalog.models.base import Coded, code_field, unique_code
from catalog.models.schema import Attribute


class EntityType(Coded):
    """A kind of thing, such as a brand, and the attributes its records have."""

    label = models.CharField(max_length=200, blank=True)
    attributes: models.ManyToManyField[Attribute, EntityAttribute] = models.ManyToManyField(
        Attribute, through="EntityAttribute", related_name="entity_types"
    )

    class Meta:
        ordering = ["code"]
        constraints = [unique_code("entity_type")]


class EntityAttribute(models.Model):
    """An attribute's place among those of an entity type."""

    entity_type = models.ForeignKey(EntityType, models.CASCADE, related_name="entity_attributes")
    attribute = models.ForeignKey(Attribute, models.CASCADE, related_name="entity_attributes")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "attribute__code"]
        constraints = [models.UniqueConstraint(fields=["entity_type", "attribute"], name="entity_attribute_once")]

    def __str__(self) -> str:
        return f"{self.entity_type.code}: {self.attribute.code}"


class Record(models.Model):
    """One thing of a kind. Its code is unique within its entity type; `values` is a facts' document as a product's."""

    entity_type = models.ForeignKey(EntityType, models.PROTECT, related_name="records")
    code = code_field()
    label = models.CharField(max_length=200, blank=True)
    values = models.JSONField(default=dict, blank=True)
    retired = models.BooleanField(default=False, help_text="No longer offered; products that name it keep it.")

    class Meta:
        ordering = ["entity_type__code", "code"]
        constraints = [models.UniqueConstraint(models.F("entity_type"), Lower("code"), name="record_code_unique")]

    def __str__(self) -> str:
        return self.label or self.code
