"""Fragments: prose written once, approved once, and placed wherever it holds."""

from __future__ import annotations

from collections.abc import Collection
from copy import copy
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from catalog.models.assets import Asset
from catalog.models.base import Coded, code_field, is_code, responsible_field, unique_code
from catalog.models.channels import Audience, Channel, Market
from catalog.models.products import Product
from catalog.models.schema import Family
from catalog.models.taxonomy import Category, Tag


def _exactly_one(*targets: str) -> models.Q:
    """One of these foreign keys is there and no filter, or none of them and a filter."""
    none = models.Q(**{f"{target}__isnull": True for target in targets})
    found = none & ~models.Q(filter="")
    for target in targets:
        others = models.Q(**{f"{other}__isnull": True for other in targets if other != target})
        found |= others & models.Q(**{f"{target}__isnull": False}, filter="")
    return found


class Slot(Coded):
    """The role a fragment plays: headline, description, warning ..."""

    label = models.CharField(max_length=200, blank=True)
    multiple = models.BooleanField(default=False, help_text="All fragments show, in order; else the best one wins.")
    rich = models.BooleanField(default=True, help_text="Has paragraphs and lists; else one plain text.")
    max_length = models.PositiveIntegerField(null=True, blank=True, help_text="Characters of plain text.")
    required_facets = models.JSONField(
        default=list, blank=True, help_text='Facets of which its fragments must have a tag, such as ["topic"].'
    )
    four_eyes = models.BooleanField(default=False, help_text="Approved only by somebody who did not write it.")
    responsible = responsible_field()
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "code"]
        constraints = [unique_code("slot")]

    def clean(self) -> None:
        facets = self.required_facets
        if not isinstance(facets, list) or not all(isinstance(facet, str) and is_code(facet) for facet in facets):
            raise ValidationError({"required_facets": 'This must be a list of facets of tags, such as ["topic"].'})


class Fragment(models.Model):
    """The working copy of a piece of prose. Channels get revisions of it, never the row itself.

    The applicability (channels, markets, audiences, media, products, from and until) says where it may be shown; an
    empty list allows everything. It is frozen together with the texts when a revision is made of them. `state` is that
    of the working copy: one in review may have an earlier text out. `authors` wrote on it since the last revision.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        REVIEW = "review", "In review"
        APPROVED = "approved", "Approved"
        RETIRED = "retired", "Retired"

    code = code_field(max_length=150)
    title = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT, editable=False)
    tags: models.ManyToManyField[Tag, Any] = models.ManyToManyField(Tag, blank=True, related_name="fragments")
    vouched_by = models.CharField(max_length=200, blank=True, help_text="Who answers for what it says.")
    source = models.CharField(max_length=500, blank=True, help_text="Where it says so: document, chapter, page.")
    source_document = models.ForeignKey(
        Asset, models.PROTECT, null=True, blank=True, related_name="vouching_for", help_text="The document itself."
    )
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
    products = models.TextField(
        blank=True, help_text="A filter of the products it may be said of; empty means all. Such as: battery = lithium"
    )
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    authors = models.JSONField(default=list, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    # What it says besides its texts and links.
    DETAILS = (
        "vouched_by",
        "source",
        "source_document_id",
        "verified_on",
        "claim_valid_until",
        "media",
        "products",
        "valid_from",
        "valid_until",
    )

    class Meta:
        ordering = ["code"]
        permissions = [("approve_fragment", "Can approve fragments")]
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

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **others: Any) -> Fragment:
        """Remembers the details as they were read, so that a write leaves alone what its caller did not change."""
        fragment = super().from_db(db, field_names, values, **others)
        fragment.remember()
        return fragment

    def remember(self) -> None:
        """Take the details as they are for what the database says."""
        loaded = vars(self)
        self.as_read = {name: copy(loaded[name]) for name in self.DETAILS if name in loaded}

    def changed_details(self) -> list[str]:
        """The details that are others than when the row was read; all of one that never was."""
        known: dict[str, Any] = getattr(self, "as_read", {})
        return [name for name in self.DETAILS if name not in known or getattr(self, name) != known[name]]


class FragmentRevision(models.Model):
    """The working copy as it was submitted: texts per language and applicability. `content` never changes afterwards.

    `content` is `{"title": {language: text}, "body": {language: html}, "applies": {...}}`; see
    catalog.operations.fragments.freeze. `out` is empty until a language is approved; then it is what channels get from
    here on, of the same shape: in each language the text approved last, be it an earlier revision's, with the numbers
    of the revisions by language as `revisions`; see catalog.revisions. `withdrawn_by` took it back before all of it was
    approved.
    """

    fragment = models.ForeignKey(Fragment, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    authors = models.JSONField(default=list)
    submitted_by = models.CharField(max_length=200)
    submitted_at = models.DateTimeField(auto_now_add=True)
    withdrawn_by = models.CharField(max_length=200, blank=True)
    out = models.JSONField(null=True)
    outdated = models.JSONField(default=list, help_text="Languages in which what is out is behind its source.")

    class Meta:
        ordering = ["fragment", "number"]
        constraints = [
            models.UniqueConstraint(fields=["fragment", "number"], name="fragment_revision_number_once"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="fragment_revision_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.fragment.code} revision {self.number}"


class RevisionApproval(models.Model):
    """One language of a revision may go out."""

    revision = models.ForeignKey(FragmentRevision, models.CASCADE, related_name="approvals")
    language = models.CharField(max_length=10)
    by = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["revision", "language"]
        constraints = [models.UniqueConstraint(fields=["revision", "language"], name="revision_language_approved_once")]

    def __str__(self) -> str:
        return f"{self.revision} in {self.language}, approved by {self.by}"


class Comment(models.Model):
    """What somebody says of a revision, in one language or of all. An open change request keeps it from going out."""

    revision = models.ForeignKey(FragmentRevision, models.CASCADE, related_name="comments")
    language = models.CharField(max_length=10, blank=True)
    author = models.CharField(max_length=200)
    text = models.TextField()
    change_request = models.BooleanField(default=False)
    sent_back = models.BooleanField(
        default=False, help_text="The revision was sent back with it: the next one is an answer."
    )
    resolved_by = models.CharField(max_length=200, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.author} on {self.revision}: {self.text[:40]}"


class Placement(models.Model):
    """Puts a fragment in a slot on exactly one of: a product, a family, a category with all below, what a filter finds.

    One that is `excluded` takes it out there instead: itself and what stands as near or further away counts no more.
    """

    fragment = models.ForeignKey(Fragment, models.CASCADE, related_name="placements")
    slot = models.ForeignKey(Slot, models.PROTECT, related_name="placements")
    product = models.ForeignKey(Product, models.CASCADE, null=True, blank=True, related_name="placements")
    family = models.ForeignKey(Family, models.CASCADE, null=True, blank=True, related_name="placements")
    category = models.ForeignKey(Category, models.CASCADE, null=True, blank=True, related_name="placements")
    filter = models.TextField(blank=True, help_text="Every product that meets it, such as: battery = lithium")
    filter_key = models.CharField(max_length=64, blank=True, editable=False, help_text="Digest of the filter.")
    excluded = models.BooleanField(default=False, help_text="Not shown there, though it is placed further up.")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["slot__position", "position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=_exactly_one("product", "family", "category"),
                name="placement_on_exactly_one_target",
                violation_error_message="Choose exactly one: a product, a family, a category or a filter.",
            ),
            models.CheckConstraint(
                condition=models.Q(filter="", filter_key="") | ~models.Q(filter="") & ~models.Q(filter_key=""),
                name="placement_filter_has_key",
            ),
            *(
                models.UniqueConstraint(
                    fields=["fragment", "slot", target],
                    condition=models.Q(**{f"{target}__isnull": False}),
                    name=f"placement_once_per_{target}",
                )
                for target in ("product", "family", "category")
            ),
            models.UniqueConstraint(
                fields=["fragment", "slot", "filter_key"],
                condition=~models.Q(filter_key=""),
                name="placement_once_per_filter",
            ),
        ]

    def __str__(self) -> str:
        target = self.product or self.family or self.category or self.filter
        return f"{self.fragment.code} {'not ' if self.excluded else ''}as {self.slot.code} on {target}"
