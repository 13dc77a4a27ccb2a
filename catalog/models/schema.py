"""What a product can say: attributes, their options, and the families that choose among them."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower

from catalog.models.base import Coded, code_field, texts_of, unique_code
from catalog.values import TYPES, AttributeSpec


class AttributeGroup(Coded):
    """A heading under which attributes stand in forms, data sheets and pages."""

    label = models.CharField(max_length=200, blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "code"]
        constraints = [unique_code("attribute_group")]


class Attribute(Coded):
    """A typed characteristic. `settings` holds what its type understands, such as `unit_family` and `unit`."""

    class Role(models.TextChoices):
        """What the attribute means to every receiver, whatever it is called here."""

        NONE = "", "—"
        GTIN = "gtin", "GTIN (EAN, UPC)"
        MPN = "mpn", "Manufacturer's part number"
        BRAND = "brand", "Brand"
        PRICE = "price", "Selling price"

    label = models.CharField(max_length=200, blank=True)
    help_text = models.CharField(max_length=500, blank=True)
    type = models.CharField(max_length=20, choices=[(code, kind.label) for code, kind in TYPES.items()])
    group = models.ForeignKey(AttributeGroup, models.PROTECT, related_name="attributes")
    position = models.PositiveIntegerField(default=0)
    localizable = models.BooleanField("one value per language", default=False)
    per_channel = models.BooleanField("one value per channel", default=False)
    filterable = models.BooleanField(default=False)
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.NONE, blank=True)
    settings = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["group__position", "position", "code"]
        constraints = [
            unique_code("attribute"),
            models.CheckConstraint(condition=models.Q(type__in=list(TYPES)), name="attribute_type_known"),
        ]

    def spec(self) -> AttributeSpec:
        """The attribute as pure data; costs one query for a select whose options are not prefetched."""
        options = self.options.all() if TYPES[self.type].has_options else ()
        return AttributeSpec(
            code=self.code,
            type=self.type,
            labels=texts_of(self, "label"),
            group=self.group.code,
            localizable=self.localizable,
            per_channel=self.per_channel,
            role=self.role,
            settings=self.settings,
            options={option.code.lower(): (option.code, texts_of(option, "label")) for option in options},
        )


class AttributeOption(models.Model):
    """One answer of a select. Its code is unique within its attribute."""

    attribute = models.ForeignKey(Attribute, models.CASCADE, related_name="options")
    code = code_field()
    label = models.CharField(max_length=200, blank=True)
    color = models.CharField(max_length=7, blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "code"]
        constraints = [
            models.UniqueConstraint(models.F("attribute"), Lower("code"), name="attribute_option_code_unique")
        ]

    def __str__(self) -> str:
        return f"{self.attribute.code}: {self.label or self.code}"


class Family(Coded):
    """A kind of product: which attributes it has, and which of them each channel requires."""

    label = models.CharField(max_length=200, blank=True)
    attributes: models.ManyToManyField[Attribute, FamilyAttribute] = models.ManyToManyField(
        Attribute, through="FamilyAttribute", related_name="families"
    )
    label_attribute = models.ForeignKey(
        Attribute, models.PROTECT, related_name="+", null=True, blank=True, help_text="Whose value is a product's name."
    )
    image_attribute = models.ForeignKey(
        Attribute,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        help_text="Whose picture is a product's main picture, where none is attached with that role.",
    )

    class Meta:
        ordering = ["code"]
        verbose_name_plural = "families"
        constraints = [unique_code("family")]


class FamilyAttribute(models.Model):
    """An attribute's place in a family."""

    family = models.ForeignKey(Family, models.CASCADE, related_name="family_attributes")
    attribute = models.ForeignKey(Attribute, models.CASCADE, related_name="family_attributes")
    position = models.PositiveIntegerField(default=0)
    required_by = models.ManyToManyField(
        "catalog.Channel", blank=True, related_name="requirements", help_text="Channels that need this fact."
    )

    class Meta:
        ordering = ["position", "attribute__code"]
        constraints = [models.UniqueConstraint(fields=["family", "attribute"], name="family_attribute_once")]

    def __str__(self) -> str:
        return f"{self.family.code}: {self.attribute.code}"


class FamilyVariant(Coded):
    """A way a family's products split into variants: at each level its axes, and the attributes that live there."""

    family = models.ForeignKey(Family, models.CASCADE, related_name="variants")
    label = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["family__code", "code"]
        constraints = [unique_code("family_variant")]


class FamilyVariantAttribute(models.Model):
    """An attribute's level in a family variant: 1 is the level below the root. An axis tells variants apart."""

    family_variant = models.ForeignKey(FamilyVariant, models.CASCADE, related_name="levels")
    attribute = models.ForeignKey(Attribute, models.CASCADE, related_name="+")
    level = models.PositiveSmallIntegerField()
    axis = models.BooleanField(default=False)

    class Meta:
        ordering = ["level", "-axis", "id"]
        constraints = [
            models.UniqueConstraint(fields=["family_variant", "attribute"], name="family_variant_attribute_once"),
            models.CheckConstraint(condition=models.Q(level__gte=1), name="family_variant_level_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.family_variant.code} {self.level}: {self.attribute.code}"
