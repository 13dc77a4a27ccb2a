"""What is derived from the knowledge base so that it can be found fast. Nothing here is the truth of anything.

All rows are kept by catalog.indexing in the transaction of the write that makes them necessary; `manage.py reindex`
builds them anew and `manage.py verify` compares.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from catalog.models.channels import Channel
from catalog.models.products import Product
from catalog.models.schema import Attribute


class KeyField(models.CharField):  # type: ignore[type-arg]
    """Text that is compared by its code points on both engines, whatever the database's collation."""

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        parameters: dict[str, Any] = dict(super().db_parameters(connection))
        parameters["collation"] = "C" if connection.vendor == "postgresql" else None
        return parameters


class FactContext(models.Model):
    """For whom a value counts: `key` is "" (all), "de>en" (a chain of languages), "@print" or "de>en@print"."""

    key = models.CharField(max_length=200, unique=True)

    def __str__(self) -> str:
        return self.key or "all"


class SchemaToken(models.Model):
    """One row that says whether what names stand for has changed; triggers keep it, see catalog.schema_token."""

    token = models.CharField(max_length=40)

    def __str__(self) -> str:
        return self.token


class FactEntry(models.Model):
    """An effective value of a filterable attribute as a key that sorts as the value does.

    A range has its lower end in `key` and its upper end in `until`; everything else has "" there. A value of several
    options has a row for each.
    """

    product = models.ForeignKey(Product, models.CASCADE, related_name="+", db_index=False)
    attribute = models.ForeignKey(Attribute, models.CASCADE, related_name="+", db_index=False)
    context = models.ForeignKey(FactContext, models.CASCADE, related_name="+", db_index=False)
    key = KeyField(max_length=220)
    until = KeyField(max_length=220, default="", blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["attribute", "context", "key", "product", "until"], name="fact_entry_by_value"),
            models.Index(fields=["product", "attribute", "context", "key", "until"], name="fact_entry_by_product"),
        ]

    def __str__(self) -> str:
        return f"{self.attribute_id}={self.key}"


class FacetTerm(models.Model):
    """A value that products are counted by. Its id is what ProductIndex.terms holds."""

    attribute = models.ForeignKey(Attribute, models.CASCADE, related_name="+")
    key = KeyField(max_length=220)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attribute", "key"], name="facet_term_once")]

    def __str__(self) -> str:
        return f"{self.attribute_id}={self.key}"


class ProductIndex(models.Model):
    """One narrow row per product: what lists count and sort by, without reading its facts.

    `terms` is the ids of its FacetTerms, ascending, each as four bytes, least significant first. `likeness` is a digest
    of name and facts, the same for products of which the same is said; "" while its findings are not up to date.
    """

    product = models.OneToOneField(Product, models.CASCADE, primary_key=True, related_name="index")
    root = models.ForeignKey(Product, models.CASCADE, related_name="+")
    terms = models.BinaryField(default=b"")
    checked = models.BooleanField(default=False, db_index=True, help_text="Its findings are up to date.")

    likeness = models.CharField(max_length=32, default="", blank=True, db_index=True)

    def __str__(self) -> str:
        return str(self.product_id)


class SearchText(models.Model):
    """What a product is found by in one language; language "" holds what reads the same in all."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="+")
    language = models.CharField(max_length=10)
    name = models.TextField(blank=True, help_text="SKU, identifiers and name: what weighs most.")
    body = models.TextField(blank=True, help_text="Facts and fragments.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product", "language"], name="search_text_once")]

    def __str__(self) -> str:
        return f"{self.product_id} {self.language}"


class Completeness(models.Model):
    """How much of what a channel demands a product has, in one language.

    `missing` lists what is not there, in order: "fact:CODE", "slot:CODE" or "asset:ROLE".
    """

    product = models.ForeignKey(Product, models.CASCADE, related_name="completeness")
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="+", db_index=False)
    language = models.CharField(max_length=10)
    required = models.PositiveIntegerField()
    filled = models.PositiveIntegerField()
    complete = models.BooleanField()
    missing = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "channel", "language"], name="completeness_once"),
        ]
        indexes = [models.Index(fields=["channel", "language", "complete", "product"], name="completeness_filter")]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.filled}/{self.required}"


class Finding(models.Model):
    """What a quality check has to say about a product. `key` tells findings of the same check apart.

    Acknowledged with a reason, it stays known and no longer counts, until its message changes.
    """

    class Severity(models.TextChoices):
        ERROR = "error", "Error"
        WARNING = "warning", "Warning"
        HINT = "hint", "Hint"

    product = models.ForeignKey(Product, models.CASCADE, related_name="findings")
    check_code = models.CharField("check", max_length=40)
    key = models.CharField(max_length=200, blank=True)
    severity = models.CharField(max_length=10, choices=Severity.choices)
    message = models.CharField(max_length=500)
    hint = models.CharField(max_length=500, blank=True)
    found_at = models.DateTimeField(auto_now_add=True)
    acknowledged_by = models.CharField(max_length=200, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["severity", "check_code", "key"]
        constraints = [models.UniqueConstraint(fields=["product", "check_code", "key"], name="finding_once")]
        indexes = [models.Index(fields=["check_code", "severity", "product"], name="finding_filter")]

    def __str__(self) -> str:
        return f"{self.check_code}: {self.message}"
