"""What was done, by whom, and along which path; and which products releases have to look at again for it."""

from __future__ import annotations

from django.db import models


class Change(models.Model):
    """One object touched by one operation, written in the operation's own transaction."""

    at = models.DateTimeField(auto_now_add=True)
    actor = models.CharField(max_length=200)
    path = models.CharField(max_length=10, help_text="admin, api, import, command or job")
    operation = models.CharField(max_length=50)
    kind = models.CharField(max_length=50, help_text="The model's name.")
    key = models.CharField(max_length=300, help_text="The object's code.")

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["kind", "key", "-id"], name="change_of_an_object")]

    def __str__(self) -> str:
        return f"{self.operation} {self.kind} {self.key} by {self.actor}"


class Touched(models.Model):
    """A product that documents may say something else of since a write, noted in the write's own transaction.

    `product` is its id, which stays when the product is deleted; 0 stands for all products, and numbers from 2**62 on
    for fragments of which nothing but the words are other ones. Rows get the number of a `batch` only when they are
    committed (catalog.indexing.outbox): their ids are no order of commits, so nobody goes by ids.
    """

    product = models.PositiveBigIntegerField()
    batch = models.PositiveBigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=models.Q(batch__isnull=True), name="touched_without_batch"),
            models.Index(fields=["batch", "product"], name="touched_in_batch"),
        ]

    def __str__(self) -> str:
        return f"product {self.product or 'any'} in batch {self.batch or 'to come'}"


class TouchedBatch(models.Model):
    """The number of the last batch. One row, and its lock is what makes the numbers an order."""

    number = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)
