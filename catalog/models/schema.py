"""What a product can say: attributes, their options, and the families that choose among them."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower

from catalog.models.base import Coded, code_field, responsible_field, texts_of, unique_code
from catalog.values import TYPES, AttributeSpec


class AttributeGroup(Coded):
    """A heading under which attributes stand in forms, data sheets and pages."""

    label = models.CharField(max_length=200, blank=True)
    responsible = responsible_field()
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "code"]
        constraints = [unique_code("attribute_group")]


def types() -> list[tuple[str, str]]:
    """The attribute types there are. A callable, so that a new type needs no migration."""
    return [(code, kind.label) for code, kind in TYPES.items()]


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
    type = models.CharField(max_length=20, choices=types)
    group = models.ForeignKey(AttributeGroup, models.PROTECT, related_name="attributes")
    position = models.PositiveIntegerField(default=0)
    localizable = models.BooleanField("one value per language", default=False)
    per_channel = models.BooleanField("one value per channel", default=False)
    filterable = models.BooleanField(default=False)
    unique = models.BooleanField("no two products share a value", default=False)
    retired = models.BooleanField(default=False, help_text="No longer offered; what is written stays readable.")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.NONE, blank=True)
    settings = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["group__position", "position", "code"]
        constraints = [
            unique_code("attribute"),
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
            unique=self.unique,
            retired_options=frozenset(option.code for option in options if option.retired),
        )


class AttributeOption(models.Model):
    """One answer of a select. Its code is unique within its attribute."""

    attribute = models.ForeignKey(Attribute, models.CASCADE, related_name="options")
    code = code_field()
    label = models.CharField(max_length=200, blank=True)
    color = models.CharField(max_length=7, blank=True)
    picture = models.ForeignKey("catalog.Asset", models.PROTECT, null=True, blank=True, related_name="+")
    retired = models.BooleanField(default=False, help_text="No longer offered; products that have it keep it.")
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
    values = models.JSONField(
        default=dict, blank=True, help_text="Facts all its products have until they say otherwise; as on a product."
    )
    retired = models.BooleanField(default=False, help_text="No longer offered; its products stay as they are.")

    class Meta:
        ordering = ["code"]
        verbose_name_plural = "families"
        constraints = [unique_code("family")]


class FamilyAttribute(models.Model):
    """An attribute's place in a family."""

    family = models.ForeignKey(Family, models.CASCADE, related_name="family_attributes")
    attribute = models.ForeignKey(Attribute, models.CASCADE, related_name="family_attributes")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "attribute__code"]
        constraints = [models.UniqueConstraint(fields=["family", "attribute"], name="family_attribute_once")]

    def __str__(self) -> str:
        return f"{self.family.code}: {self.attribute.code}"


class Requirement(models.Model):
    """What a channel demands of a family's products before they count as complete: a fact, a text or a file.

    Exactly one of attribute, slot and asset_role is said. A condition is a filter (docs/filters.md); products it does
    not match are not asked.
    """

    family = models.ForeignKey(Family, models.CASCADE, related_name="requirements")
    channel = models.ForeignKey("catalog.Channel", models.CASCADE, related_name="requirements")
    attribute = models.ForeignKey(Attribute, models.CASCADE, null=True, blank=True, related_name="requirements")
    slot = models.ForeignKey("catalog.Slot", models.CASCADE, null=True, blank=True, related_name="requirements")
    asset_role = code_field("asset role", max_length=50, default="", blank=True)
    condition = models.TextField(blank=True, help_text="Such as: category = lighting")

    class Meta:
        ordering = ["family__code", "channel__code", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(attribute__isnull=False, slot__isnull=True, asset_role="")
                | models.Q(attribute__isnull=True, slot__isnull=False, asset_role="")
                | (models.Q(attribute__isnull=True, slot__isnull=True) & ~models.Q(asset_role="")),
                name="requirement_of_exactly_one_thing",
                violation_error_message="Choose exactly one: an attribute, a slot or a role of assets.",
            ),
            *(
                models.UniqueConstraint(
                    fields=["family", "channel", what], condition=said, name=f"requirement_of_{what}_once"
                )
                for what, said in (
                    ("attribute", models.Q(attribute__isnull=False)),
                    ("slot", models.Q(slot__isnull=False)),
                    ("asset_role", ~models.Q(asset_role="")),
                )
            ),
        ]

    def __str__(self) -> str:
        what = self.attribute or self.slot or self.asset_role
        return f"{self.channel.code} wants {what} of {self.family.code}"


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
