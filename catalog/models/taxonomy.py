"""Where things belong: category trees and controlled tags."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower
from mptt.models import MPTTModel, TreeForeignKey

from catalog.models.base import code_field, label_of, unique_code


class Category(MPTTModel):
    """A node of one of several trees, each known by its root's code. `parent` is the truth, the rest derived."""

    code = code_field()
    label = models.CharField(max_length=200, blank=True)
    parent = TreeForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    retired = models.BooleanField(default=False, help_text="No longer offered; its products stay in it.")

    class Meta:
        ordering = ["tree_id", "lft"]
        verbose_name_plural = "categories"
        constraints = [unique_code("category")]

    def __str__(self) -> str:
        return label_of(self, "en") or self.code


class Tag(models.Model):
    """A word of a controlled vocabulary, `facet:code`, by which content is found. May have narrower tags below it."""

    facet = code_field(max_length=50)
    code = code_field()
    label = models.CharField(max_length=200, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")

    class Meta:
        ordering = ["facet", "code"]
        constraints = [models.UniqueConstraint(Lower("facet"), Lower("code"), name="tag_once_per_facet")]

    def __str__(self) -> str:
        return f"{self.facet}:{self.code}"
