"""What documents carry, in narrow rows, so that where something is used is an indexed query.

It hangs on their traces, which it is written with and goes with: documents that say other words, or say old ones again,
have it without another row. Codes are in lower case, as things were called on that day.
"""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage
from django.db import models
from django.db.models.fields.related import ForeignObject

from exports.models.releases import DocumentVersion, Trace


class VersionsOfTrace(ForeignObject):  # type: ignore[type-arg] # cannot be subscripted when it is run
    """From what hangs on a trace to the versions that have it, past the trace's own row: a join less. No column."""

    def __init__(self, *, related_name: str) -> None:
        super().__init__(DocumentVersion, models.DO_NOTHING, ["trace"], ["trace"], related_name=related_name)

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = True, **kwargs: Any) -> None:
        super().contribute_to_class(cls, name, private_only=True, **kwargs)

    def _check_unique_target(self) -> list[CheckMessage]:
        """Several versions may have the same."""
        return []


class TraceStatement(models.Model):
    """A fragment whose words stand in a document: in which slot, and where among its statements.

    `language` is that of the words, `revision` the number before those that a version has of its own. `via` is the
    fragment whose text names it, or "" where it is placed itself.
    """

    # Both indexes below are written anyway, and one begins with the trace.
    trace = models.ForeignKey(Trace, models.CASCADE, related_name="statements", db_index=False)
    place = models.PositiveSmallIntegerField()
    slot = models.CharField(max_length=100)
    language = models.CharField(max_length=10)
    fragment = models.CharField(max_length=150)
    revision = models.PositiveIntegerField()
    via = models.CharField(max_length=150, blank=True)
    versions = VersionsOfTrace(related_name="statements")

    class Meta:
        # With all that is asked of them, so that the rows themselves need not be read.
        indexes = [
            models.Index(fields=["fragment", "slot", "via", "language", "trace"], name="trace_statement_of_fragment")
        ]
        constraints = [
            models.UniqueConstraint(fields=["trace", "place", "fragment"], name="trace_statement_once"),
        ]

    def __str__(self) -> str:
        return f"{self.trace}: {self.fragment} in {self.slot}"


class TraceAsset(models.Model):
    """An asset that a document shows."""

    trace = models.ForeignKey(Trace, models.CASCADE, related_name="assets")
    asset = models.CharField(max_length=200)
    versions = VersionsOfTrace(related_name="assets")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["asset", "trace"], name="trace_asset_once")]

    def __str__(self) -> str:
        return f"{self.trace}: {self.asset}"


class TraceCategory(models.Model):
    """A category a document stands in, for the pages of that category."""

    trace = models.ForeignKey(Trace, models.CASCADE, related_name="categories")
    code = models.CharField(max_length=100)
    versions = VersionsOfTrace(related_name="categories")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "trace"], name="trace_category_once")]

    def __str__(self) -> str:
        return f"{self.trace}: {self.code}"


class FactSet(models.Model):
    """Which facts a document has. Most documents have the same as many others, in all languages and releases."""

    digest = models.CharField(max_length=32, primary_key=True)

    def __str__(self) -> str:
        return self.digest


class FactSetMember(models.Model):
    """An attribute of which all documents of the set have a fact."""

    fact_set = models.ForeignKey(FactSet, models.CASCADE, related_name="members")
    attribute = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attribute", "fact_set"], name="fact_set_member_once")]

    def __str__(self) -> str:
        return f"{self.attribute} in {self.fact_set_id}"


class TraceFacts(models.Model):
    """The facts of a document."""

    trace = models.OneToOneField(Trace, models.CASCADE, primary_key=True, related_name="facts")
    # Its index is named below, as that of a document's body is.
    fact_set = models.ForeignKey(FactSet, models.PROTECT, related_name="traces", db_index=False)
    versions = VersionsOfTrace(related_name="facts")

    class Meta:
        indexes = [models.Index(fields=["fact_set"], name="trace_facts_of_set")]

    def __str__(self) -> str:
        return f"{self.trace}: {self.fact_set_id}"
