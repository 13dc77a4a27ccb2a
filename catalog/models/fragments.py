"""Fragments: prose written once, approved once, and placed wherever it holds."""

from __future__ import annotations

from typing import Any

from django.db import models

from catalog.models.base import Coded, code_field, responsible_field, unique_code
from catalog.models.channels import Audience, Channel, Market
from catalog.models.products import Product
from catalog.models.schema import Family
from catalog.models.taxonomy import Category, Tag


class Slot(Coded):
    """The role a fragment plays: headline, description, warning ..."""

    label = models.CharField(max_length=200, blank=True)
    multiple = models.BooleanField(default=False, help_text="All fragments show, in order; else the best one wins.")
    rich = models.BooleanField(default=True, help_text="Has paragraphs and lists; else one plain text.")
    max_length = models.PositiveIntegerField(null=True, blank=True, help_text="Characters of plain text.")
    responsible = responsible_field()
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "code"]
        constraints = [unique_code("slot")]


class Fragment(models.Model):
    """The working copy of a piece of prose. Channels get revisions of it, never the row itself.

    The applicability (channels, markets, audiences, media, from and until) says where it may be shown; an empty list
    allows everything. It is frozen together with the texts when a revision is approved.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        APPROVED = "approved", "Approved"
        RETIRED = "retired", "Retired"

    code = code_field(max_length=150)
    title = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT, editable=False)
    tags: models.ManyToManyField[Tag, Any] = models.ManyToManyField(Tag, blank=True, related_name="fragments")
    source = models.CharField(max_length=500, blank=True, help_text="Who says so, and in which document.")
    verified_on = models.DateField(null=True, blank=True)
    claim_valid_until = models.DateField(null=True, blank=True, help_text="When the source must be asked again.")
    channels: models.ManyToManyField[Channel, Any] = models.ManyToManyField(
        Channel, blank=True, related_name="fragments"
    )
    markets: models.ManyToManyField[Market, Any] = models.ManyToManyField(Market, blank=True, related_name="fragments")
    audiences: models.ManyToManyField[Audience, Any] = models.ManyToManyField(
        Audience, blank=True, related_name="fragments"
    )
    media = models.JSONField(default=list, blank=True, help_text='Such as ["print"]; none means all.')
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            unique_code("fragment"),
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True)
                | models.Q(valid_from__isnull=True)
                | models.Q(valid_until__gte=models.F("valid_from")),
                name="fragment_until_not_before_from",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class FragmentRevision(models.Model):
    """What approval froze: texts per language and applicability. Never changed afterwards.

    `content` is `{"title": {language: text}, "body": {language: html}, "applies": {...}}`; see
    catalog.operations.fragments.freeze.
    """

    fragment = models.ForeignKey(Fragment, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    approved_by = models.CharField(max_length=200)
    approved_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["fragment", "number"]
        constraints = [
            models.UniqueConstraint(fields=["fragment", "number"], name="fragment_revision_number_once"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="fragment_revision_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.fragment.code} revision {self.number}"


class Placement(models.Model):
    """Puts a fragment in a slot on exactly one of: a product, a family, or a category with its descendants."""

    fragment = models.ForeignKey(Fragment, models.CASCADE, related_name="placements")
    slot = models.ForeignKey(Slot, models.PROTECT, related_name="placements")
    product = models.ForeignKey(Product, models.CASCADE, null=True, blank=True, related_name="placements")
    family = models.ForeignKey(Family, models.CASCADE, null=True, blank=True, related_name="placements")
    category = models.ForeignKey(Category, models.CASCADE, null=True, blank=True, related_name="placements")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["slot__position", "position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(product__isnull=False, family__isnull=True, category__isnull=True)
                | models.Q(product__isnull=True, family__isnull=False, category__isnull=True)
                | models.Q(product__isnull=True, family__isnull=True, category__isnull=False),
                name="placement_on_exactly_one_target",
                violation_error_message="Choose exactly one: a product, a family or a category.",
            ),
            *(
                models.UniqueConstraint(
                    fields=["fragment", "slot", target],
                    condition=models.Q(**{f"{target}__isnull": False}),
                    name=f"placement_once_per_{target}",
                )
                for target in ("product", "family", "category")
            ),
        ]

    def __str__(self) -> str:
        target = self.product or self.family or self.category
        return f"{self.fragment.code} as {self.slot.code} on {target}"
