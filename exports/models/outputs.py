"""What is made from releases."""

from __future__ import annotations

from django.db import models

from catalog.models import Channel
from catalog.models.base import Coded, unique_code
from catalog.models.channels import languages
from exports.models.releases import Release


class Output(Coded):
    """This channel, in this language, in this format, with these options."""

    title = models.CharField(max_length=200, blank=True)
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="outputs")
    language = models.CharField(max_length=10, choices=languages)
    format = models.CharField(max_length=30)
    options = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [unique_code("output")]

    def __str__(self) -> str:
        return self.code


class Edition(models.Model):
    """One artefact of an output, made from one release. Never changed afterwards."""

    output = models.ForeignKey(Output, models.PROTECT, related_name="editions")
    release = models.ForeignKey(Release, models.PROTECT, related_name="editions")
    file = models.CharField(max_length=300, help_text="Path below the editions folder.")
    digest = models.CharField(max_length=64, help_text="BLAKE2b-256 of the file, hex.")
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    documents = models.PositiveIntegerField(help_text="Documents that went in.")
    duration_ms = models.PositiveIntegerField()
    warnings = models.JSONField(default=list)
    recipe = models.CharField(
        max_length=64, help_text="Digest of all that determines the file: the same recipe need not be made twice."
    )
    made_with = models.JSONField(default=dict, help_text="What the recipe is the digest of: see exports.editions.")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=200)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["output", "-id"], name="edition_latest")]

    def __str__(self) -> str:
        return f"{self.output.code} from release {self.release.number}"


class PrintRun(models.Model):
    """That an edition was printed: how often, when, and what is to be remembered of it, such as where."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="print_runs")
    copies = models.PositiveIntegerField()
    printed_on = models.DateField()
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["printed_on", "id"]

    def __str__(self) -> str:
        return f"{self.copies:,} copies on {self.printed_on}"


class PageMap(models.Model):
    """What stands on which page of an edition: see exports.formats.base.Work.pages. Apart, since it is long."""

    edition = models.OneToOneField(Edition, models.CASCADE, primary_key=True, related_name="page_map")
    pages = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"pages of {self.edition}"
