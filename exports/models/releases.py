"""A release is the next numbered, complete and immutable set of a channel's documents.

Documents are stored as intervals of release numbers: the current set, any past set, and what changed between two
releases are one indexed query each.
"""

from __future__ import annotations

from typing import Any

from django.db import models

from catalog.models import Channel

# Where what is put together for a release that is not out yet ends (exports.models.staging).
STAGED = 2_147_483_647


class EqualityIndex(models.Index):
    """For `=` alone, of long keys: PostgreSQL keeps four bytes of each, and every end of a version is an entry anew."""

    def create_sql(self, model: type[models.Model], schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        hashed = " USING hash" if schema_editor.connection.vendor == "postgresql" else using
        return super().create_sql(model, schema_editor, using=hashed, **kwargs)


class Release(models.Model):
    """One release of a channel. The row's presence makes its documents visible.

    `publications` is, by language, what is true of the whole release (exports.documents.Publication). `restores` is the
    number of the earlier release whose state it says again. Of one that was pruned only the row is kept.
    """

    channel = models.ForeignKey(Channel, models.PROTECT, related_name="releases")
    number = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=200)
    documents = models.PositiveIntegerField(help_text="Documents in the release, all languages.")
    added = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()
    removed = models.PositiveIntegerField()
    publications = models.JSONField()
    problems = models.JSONField(default=dict, help_text="How many of each kind.")
    restores = models.PositiveIntegerField(null=True, help_text="The earlier release whose state it says again.")
    pruned_at = models.DateTimeField(null=True, help_text="Since when its documents are kept no more.")
    note = models.TextField(blank=True, help_text="By whose leave it was made, where a rule stood against it.")

    class Meta:
        ordering = ["channel", "-number"]
        permissions = [("restore_release", "Can release an old state again, and let a held channel go on")]
        constraints = [
            models.UniqueConstraint(fields=["channel", "number"], name="release_number_once_per_channel"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="release_number_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.channel.code} release {self.number}"


class DocumentBody(models.Model):
    """The canonical JSON of a document, once, narrow, under its digest. It is served without being parsed."""

    digest = models.CharField(max_length=64, primary_key=True)
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.digest


class ChannelState(models.Model):
    """Up to where a channel's releases have looked: the last batch of what was touched, and the day they judged by.

    `asked` is the digest of what the channel asked for then, so that another wish is noticed whoever wrote it down.
    `held` says that an old state was put back, which stays until a person lets the channel go on.
    """

    channel = models.OneToOneField(Channel, models.CASCADE, primary_key=True, related_name="release_state")
    batch = models.PositiveBigIntegerField()
    judged_on = models.DateField()
    asked = models.CharField(max_length=64)
    held = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.channel.code} up to batch {self.batch}"


class Problem(models.Model):
    """What is amiss with a product in a channel, from release `valid_from` until before `valid_until`, or still.

    `effect` is what the channel made of it: "" where it is only reported, "kept" where the document of an earlier
    release stays, "withheld" where there is none. `responsible` is whoever can mend it.
    """

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="problems")
    product = models.PositiveBigIntegerField()
    sku = models.CharField(max_length=100)
    kind = models.CharField(max_length=30)
    message = models.TextField()
    languages = models.JSONField()
    responsible = models.CharField(max_length=100, blank=True)
    effect = models.CharField(max_length=10, blank=True)
    valid_from = models.PositiveIntegerField()
    valid_until = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["sku", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True) | models.Q(valid_until__gt=models.F("valid_from")),
                name="problem_interval_not_empty",
            ),
        ]
        indexes = [
            models.Index(fields=["channel", "sku"], name="problem_of_a_product"),
            models.Index(
                fields=["channel", "product"], condition=models.Q(valid_until__isnull=True), name="problem_still_there"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku}: {self.message}"


class Trace(models.Model):
    """Where each fact and statement of a document comes from, and what it beat. Never leaves the house.

    It never changes, nor does what hangs on it (exports.models.carrying). Documents that differ in nothing but the
    words of fragments have the same.
    """

    content = models.JSONField()

    def __str__(self) -> str:
        return f"trace {self.pk}"


class DocumentVersion(models.Model):
    """A document's content from release `valid_from` until before release `valid_until`, or still.

    `product` is the product's id, which it keeps under another SKU and takes along when it is deleted; `listed` says
    that lists show it: variants are found through their group. `revisions` are the numbers, by fragment and language,
    in which it differs from its trace.
    """

    # Those below begin with the channel: an index of its own would only have to be written, too.
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="document_versions", db_index=False)
    product = models.PositiveBigIntegerField()
    listed = models.BooleanField()
    sku = models.CharField(max_length=100)
    language = models.CharField(max_length=10)
    # Its index is named below, as Django would make two on PostgreSQL, one of them for LIKE.
    body = models.ForeignKey(DocumentBody, models.PROTECT, related_name="versions", db_index=False)
    trace = models.ForeignKey(Trace, models.PROTECT, related_name="told_of", db_index=False)
    revisions = models.JSONField(default=dict)
    valid_from = models.PositiveIntegerField()
    valid_until = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["sku"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "language", "sku"],
                condition=models.Q(valid_until__isnull=True),
                name="document_current_once",
            ),
            models.UniqueConstraint(
                fields=["channel", "language", "sku", "valid_from"], name="document_once_per_release"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True) | models.Q(valid_until__gt=models.F("valid_from")),
                name="document_interval_not_empty",
            ),
        ]
        indexes = [
            EqualityIndex(fields=["body"], name="document_of_body"),
            models.Index(fields=["trace"], name="document_of_trace"),
            models.Index(fields=["channel", "valid_from"], name="document_appeared"),
            models.Index(
                fields=["channel", "valid_until"],
                condition=models.Q(valid_until__isnull=False),
                name="document_disappeared",
            ),
            models.Index(
                fields=["channel", "product"], condition=models.Q(valid_until__isnull=True), name="document_of_product"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku} {self.language} {self.valid_from}–{self.valid_until or ''}"

    @property
    def provenance(self) -> dict[str, Any]:
        """Where everything in it comes from, as exports.assembling tells it."""
        told: dict[str, Any] = self.trace.content
        return {**told, "statements": [self._renewed(row) for row in told["statements"]]} if self.revisions else told

    def _renewed(self, row: dict[str, Any]) -> dict[str, Any]:
        number = self.revisions.get(row["fragment"], {}).get(row["language"], row["revision"])
        beaten = {"beaten": [self._renewed(loser) for loser in row["beaten"]]} if "beaten" in row else {}
        return {**row, "revision": number, **beaten}
