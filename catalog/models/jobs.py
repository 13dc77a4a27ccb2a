"""Work outside a request: what is to be done, how far it is, and who is at it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

LOG_LINES = 200
LOG_LINE = 500  # characters


class Job(models.Model):
    """One piece of work, written in the transaction that wants it. catalog.jobs says how one lives.

    Whoever runs it holds the `fence` it was claimed under. The number only grows, so one who was thought dead, and
    comes back after another has claimed the job, holds an old one and is refused.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"
        QUARANTINED = "quarantined", "Quarantined"

    OPEN: ClassVar = (State.WAITING, State.RUNNING)

    kind = models.CharField(max_length=50, help_text="What is done, as catalog.jobs.registry calls it.")
    key = models.CharField(
        max_length=200, blank=True, help_text="What it is done to: the same work is not put in line twice."
    )
    payload = models.JSONField(default=dict, help_text="Identifiers of what it is about.")
    state = models.CharField(max_length=20, choices=State.choices, default=State.WAITING)
    priority = models.SmallIntegerField(default=0, help_text="The higher, the sooner.")
    run_after = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveIntegerField(default=0, help_text="Runs that failed since it last came a step further.")
    max_attempts = models.PositiveIntegerField(default=1, help_text="After as many it has failed for good.")
    crashes = models.PositiveIntegerField(default=0, help_text="Runs whose process died since its last step.")
    fence = models.PositiveBigIntegerField(default=0, help_text="How often it was claimed.")
    worker = models.CharField(max_length=100, blank=True, help_text="Who runs it, or ran it last: host and process.")
    lease_until = models.DateTimeField(null=True, help_text="If nothing is heard of its worker until then, it is dead.")
    heartbeat_at = models.DateTimeField(null=True)
    cancelling = models.BooleanField(default=False, help_text="Somebody wants it to stop.")
    cursor = models.JSONField(default=dict, help_text="Where to go on, saved with each step.")
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0, help_text="0 while it is not known.")
    message = models.CharField(max_length=300, blank=True)
    result = models.JSONField(null=True)
    error = models.TextField(blank=True)
    log = models.JSONField(default=list, help_text="The last lines: at, text.")
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="children")
    created_by = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="running", lease_until__isnull=False)
                | (~models.Q(state="running") & models.Q(lease_until__isnull=True)),
                name="job_leased_while_running",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-priority", "run_after", "id"], condition=models.Q(state="waiting"), name="job_waiting"
            ),
            models.Index(fields=["kind", "key"], condition=models.Q(state="waiting", fence=0), name="job_not_begun"),
            models.Index(fields=["lease_until"], condition=models.Q(state="running"), name="job_running"),
            models.Index(fields=["state", "-id"], name="job_in_state"),
            models.Index(fields=["ended_at"], condition=models.Q(ended_at__isnull=False), name="job_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key or self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.state in self.OPEN

    def note(self, *lines: str) -> None:
        """Add lines to the log, of which the last ones are kept. They are saved with the row."""
        now = timezone.now().isoformat(timespec="milliseconds")
        fresh: list[dict[str, Any]] = [{"at": now, "text": line[:LOG_LINE]} for line in lines]
        self.log = [*self.log, *fresh][-LOG_LINES:]
