"""What reads alike: the groups that were found when all texts were last compared, and what is no copy all the same."""

from __future__ import annotations

from django.db import models


class NotACopy(models.Model):
    """Two paragraphs that somebody said are no copies of each other; one twice: its places are to stay apart.

    `first` and `second` are digests of catalog.copies.reading.digest_of, in order; `text` is how the one begins.
    """

    first = models.CharField(max_length=32)
    second = models.CharField(max_length=32)
    language = models.CharField(max_length=10, blank=True)
    text = models.CharField(max_length=200)
    by = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "not copies"
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="not_a_copy_once")]

    def __str__(self) -> str:
        return self.text


class CopiesReport(models.Model):
    """All texts were compared, and the groups are what was found. The first in order is the one that counts.

    `change` is the newest Change when the texts began to be read, 0 where there was none; `paragraphs` are those read.
    """

    at = models.DateTimeField(auto_now_add=True)
    change = models.BigIntegerField()
    paragraphs = models.PositiveIntegerField()

    class Meta:
        ordering = ["-change", "-id"]

    def __str__(self) -> str:
        return f"{self.paragraphs:,} paragraphs compared at {self.at:%Y-%m-%d %H:%M}"


class CopiesGroup(models.Model):
    """A group of a report, in its order: what the list shows of it, and in `packed` all of it.

    The fields are called what catalog.copies.groups.Group calls them, and mean the same; `text` is how the first one
    begins. `packed` is read by catalog.copies.packing.
    """

    report = models.ForeignKey(CopiesReport, models.CASCADE, related_name="groups")
    digest = models.CharField(max_length=32)
    kind = models.CharField(max_length=5)
    language = models.CharField(max_length=10, blank=True)
    text = models.CharField(max_length=200)
    words = models.PositiveIntegerField()
    variants = models.PositiveIntegerField()
    places = models.PositiveIntegerField()
    saved = models.PositiveIntegerField()
    packed = models.BinaryField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["report", "digest"], name="copies_group_once")]

    def __str__(self) -> str:
        return self.text
