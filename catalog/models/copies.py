"""What was looked at and is not the same, though it reads alike."""

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
