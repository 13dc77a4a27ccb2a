"""What documents carry, in narrow rows, so that where something is used is an indexed query.

Written with the document from its provenance. Codes are in lower case, as things were called on that day.
"""

from __future__ import annotations

from django.db import models

from exports.models.releases import DocumentVersion


class VersionStatement(models.Model):
    """A fragment whose words stand in a document: in which slot, and where among its statements.

    `language` is that of the words. `via` is the fragment whose text names it, or "" where it is placed itself.
    """

    # Both indexes below are written anyway, and one begins with the version.
    version = models.ForeignKey(DocumentVersion, models.CASCADE, related_name="statements", db_index=False)
    place = models.PositiveSmallIntegerField()
    slot = models.CharField(max_length=100)
    language = models.CharField(max_length=10)
    fragment = models.CharField(max_length=150)
    revision = models.PositiveIntegerField()
    via = models.CharField(max_length=150, blank=True)

    class Meta:
        # With all that is asked of them, so that the rows themselves need not be read.
        indexes = [
            models.Index(
                fields=["fragment", "slot", "via", "language", "version"], name="version_statement_of_fragment"
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["version", "place", "fragment"], name="version_statement_once"),
        ]

    def __str__(self) -> str:
        return f"{self.version}: {self.fragment} in {self.slot}"


class VersionAsset(models.Model):
    """An asset that a document shows."""

    version = models.ForeignKey(DocumentVersion, models.CASCADE, related_name="assets")
    asset = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["asset", "version"], name="version_asset_once")]

    def __str__(self) -> str:
        return f"{self.version}: {self.asset}"


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


class VersionFacts(models.Model):
    """The facts of a document."""

    version = models.OneToOneField(DocumentVersion, models.CASCADE, primary_key=True, related_name="facts")
    # Its index is named below, as that of a document's body is.
    fact_set = models.ForeignKey(FactSet, models.PROTECT, related_name="versions", db_index=False)

    class Meta:
        indexes = [models.Index(fields=["fact_set"], name="version_facts_of_set")]

    def __str__(self) -> str:
        return f"{self.version}: {self.fact_set_id}"
