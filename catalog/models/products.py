"""Products: a tree of any depth in which a child inherits what it does not say itself."""

from __future__ import annotations

from typing import Any

from django.db import models

from catalog.models.base import Coded, code_field, unique_code
from catalog.models.schema import Family, FamilyVariant
from catalog.models.taxonomy import Category


class Product(models.Model):
    """A product, a group of variants, or a variant.

    `values` is the facts' document: `{attribute code: {scope: value}}`, where a scope is "" (everywhere), "de" (a
    language), "@print" (a channel) or "de@print" (both), and a value of null says "empty here, whatever is inherited".

    `own_only` names what is not inherited from above here, so that only the product's own word counts (nothing, if it
    has none): "categories", "asset:ROLE", "slot:CODE" or "association:TYPE".
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        ENABLED = "enabled", "Enabled"
        DISABLED = "disabled", "Disabled"

    sku = code_field("SKU")
    family = models.ForeignKey(Family, models.PROTECT, related_name="products", null=True, blank=True)
    family_variant = models.ForeignKey(
        FamilyVariant,
        models.PROTECT,
        related_name="products",
        null=True,
        blank=True,
        help_text="How this product splits into variants; said at the root.",
    )
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    categories: models.ManyToManyField[Category, Any] = models.ManyToManyField(
        Category, blank=True, related_name="products"
    )
    values = models.JSONField(default=dict, blank=True)
    own_only = models.JSONField(default=list, blank=True)
    axis_key = models.CharField(
        max_length=64, blank=True, editable=False, help_text="Digest of the values that tell it from its siblings."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["sku"]
        constraints = [
            unique_code("product", "sku"),
            models.CheckConstraint(condition=~models.Q(parent=models.F("id")), name="product_not_its_own_parent"),
            models.CheckConstraint(
                condition=models.Q(status__in=["draft", "enabled", "disabled"]), name="product_status_known"
            ),
            models.UniqueConstraint(
                fields=["parent", "axis_key"],
                condition=~models.Q(axis_key=""),
                name="product_axes_once_per_parent",
                violation_error_message="Another variant of the same product has these values of the axes.",
            ),
        ]
        # Where most products have no parent, SQLite takes the index of all of them for useless, and reads the table.
        indexes = [models.Index(fields=["parent"], condition=models.Q(parent__isnull=False), name="product_below")]

    def __str__(self) -> str:
        return self.sku


class AssociationType(Coded):
    """A way in which a product points to another: accessory, spare part, replacement ..."""

    label = models.CharField(max_length=200, blank=True)
    two_way = models.BooleanField(default=False, help_text="Holds from the other product's side too.")
    inverse_label = models.CharField(
        "label from the other side", max_length=200, blank=True, help_text="Where a two-way type reads differently."
    )
    bundle = models.BooleanField(default=False, help_text="The products pointed to are the parts of a set.")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "code"]
        constraints = [unique_code("association_type")]


class Association(models.Model):
    """`source` has `target` as its accessory (or whatever the type says), so many of it."""

    source = models.ForeignKey(Product, models.CASCADE, related_name="associations")
    type = models.ForeignKey(AssociationType, models.PROTECT, related_name="associations")
    target = models.ForeignKey(Product, models.CASCADE, related_name="associated_from")
    quantity = models.PositiveIntegerField(default=1)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["type__position", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["source", "type", "target"], name="association_once"),
            models.CheckConstraint(condition=~models.Q(source=models.F("target")), name="association_to_another"),
            models.CheckConstraint(condition=models.Q(quantity__gte=1), name="association_quantity_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.source.sku} {self.type.code} {self.target.sku}"
