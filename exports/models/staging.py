"""A large release while it is put together, batch by batch.

What it will hold is written as versions that begin with its coming number and end never (STAGED): no reader looks at a
number that is not out yet, and none of what is current has such an end. They become visible with the release's row.
"""

from __future__ import annotations

from django.db import models

from catalog.models import Channel
from exports.models.releases import STAGED as STAGED
from exports.models.releases import DocumentVersion, Problem


class Staging(models.Model):
    """Release `number` of a channel, as far as it is put together.

    It goes over products in rounds: those touched after the batch `since` (null: all of them) as far as there is a note
    of it by `batch`, in the order of their ids, up to `after` so far. What is touched meanwhile is for the next round.
    `asked` is as in ChannelState. Once it is `abandoned` nothing is added, and what is there is swept away.
    """

    channel = models.OneToOneField(Channel, models.CASCADE, primary_key=True, related_name="staging")
    number = models.PositiveIntegerField()
    round = models.PositiveIntegerField(default=1)
    since = models.PositiveBigIntegerField(null=True)
    since_day = models.DateField(null=True)
    batch = models.PositiveBigIntegerField()
    judged_on = models.DateField()
    asked = models.CharField(max_length=64)
    after = models.PositiveBigIntegerField(default=0)
    abandoned = models.BooleanField(default=False)
    begun_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.channel.code} release {self.number}, being put together"


class StagedEnd(models.Model):
    """A version or a problem that ends with a staged release: something else takes its place, or nothing."""

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="+")
    version = models.OneToOneField(DocumentVersion, models.CASCADE, null=True, related_name="+")
    problem = models.OneToOneField(Problem, models.CASCADE, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(version__isnull=True) ^ models.Q(problem__isnull=True),
                name="staged_end_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"end of {self.version or self.problem}"
