"""What keeps names in order: codes that were, and forbidden words."""

from __future__ import annotations

from django.db import models

from catalog.models.channels import Channel, languages


class CodeAlias(models.Model):
    """A code that something was called by before it was renamed or merged; what still says it is understood.

    `kind` is the model's name; `scope` is the attribute's code for an option, the entity type's for a record, else "".
    """

    kind = models.CharField(max_length=50)
    scope = models.CharField(max_length=100, blank=True)
    alias = models.CharField(max_length=200, help_text="In lower case.")
    code = models.CharField(max_length=200, help_text="What it is called now.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["kind", "scope", "alias"]
        verbose_name_plural = "code aliases"
        constraints = [models.UniqueConstraint(fields=["kind", "scope", "alias"], name="code_alias_once")]

    def __str__(self) -> str:
        return f"{self.alias} -> {self.code}"


class ForbiddenTerm(models.Model):
    """A word that must not stand in texts of a language (of all, if none is said), on one channel or on any."""

    term = models.CharField(max_length=100)
    language = models.CharField(max_length=10, choices=languages, blank=True)
    channel = models.ForeignKey(Channel, models.CASCADE, null=True, blank=True, related_name="forbidden_terms")
    instead = models.CharField(max_length=200, blank=True, help_text="What to write instead, or why not.")

    class Meta:
        ordering = ["term", "language"]

    def __str__(self) -> str:
        return self.term
