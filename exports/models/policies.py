"""How a channel is released: when, by whose leave, and what is let through."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from catalog.models import Channel, Finding

IDENTIFIERS = ("gtin", "mpn", "brand")


def site_zone() -> str:
    return settings.TIME_ZONE


class Effect(models.TextChoices):
    """What becomes of a product's document of which something is amiss."""

    REPORT = "report", "Release it, and report it"
    KEEP = "keep", "Keep what was released last"
    WITHHOLD = "withhold", "Take it out until it is mended"


class Outdated(models.TextChoices):
    """What becomes of a translation whose source has changed since."""

    SERVE = "serve", "Show it, and report it"
    FALL_BACK = "fallback", "Show the next language of the chain"
    KEEP = "keep", "Keep the product as it was released last"
    WITHHOLD = "withhold", "Take the product out until it is mended"


class ChannelPolicy(models.Model):
    """A channel's rules of release. A channel without a row has the defaults: by hand, everything let through.

    `next_at` is when a worker is to release it next without a write. `stopped` says why it needs a person, since the
    batch of writes `stopped_batch`; before `next_at` a worker does not try it again then.
    """

    class Mode(models.TextChoices):
        BY_HAND = "hand", "When somebody says so"
        CONTINUOUS = "continuous", "At once, after every change"
        SCHEDULED = "scheduled", "At set times"
        SIGNED = "signed", "When somebody has signed what will change"

    channel = models.OneToOneField(Channel, models.CASCADE, related_name="policy")
    mode = models.CharField("released", max_length=10, choices=Mode.choices, default=Mode.BY_HAND)
    cron = models.CharField(
        "times",
        max_length=100,
        blank=True,
        help_text="Minute, hour, day, month, weekday: “0 6 * * 1-5” is at six from Monday to Friday.",
    )
    time_zone = models.CharField(
        max_length=50, default=site_zone, help_text="In which these times are told, such as Europe/Rome."
    )
    four_eyes = models.BooleanField(default=True, help_text="Whoever prepares a release cannot sign it.")
    max_shrink = models.PositiveSmallIntegerField(
        "may shrink by",
        default=20,
        validators=[MaxValueValidator(100)],
        help_text="Percent. A release that takes out more, and over ten documents, stops and asks. 100 never asks.",
    )
    completeness = models.PositiveSmallIntegerField(
        "complete to",
        default=100,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="Percent of what the channel demands that a product must have; 100: all of it.",
    )
    on_incomplete = models.CharField("if less", max_length=10, choices=Effect.choices, default=Effect.REPORT)
    quality = models.CharField(
        "quality findings",
        max_length=10,
        choices=[("", "Do not count"), *Finding.Severity.choices],
        default="",
        blank=True,
        help_text="Open ones as severe as this or worse.",
    )
    on_quality = models.CharField("if there are any", max_length=10, choices=Effect.choices, default=Effect.REPORT)
    on_reference = models.CharField(
        "a reference has no value", max_length=10, choices=Effect.choices, default=Effect.REPORT
    )
    identifiers = models.JSONField(
        "identifiers demanded", default=list, blank=True, help_text=f"Some of {', '.join(IDENTIFIERS)}; with commas."
    )
    on_identifier = models.CharField(
        "if one is missing or wrong", max_length=10, choices=Effect.choices, default=Effect.REPORT
    )
    on_claim = models.CharField("a claim has expired", max_length=10, choices=Effect.choices, default=Effect.REPORT)
    outdated = models.CharField(
        "a translation is outdated", max_length=10, choices=Outdated.choices, default=Outdated.SERVE
    )
    next_at = models.DateTimeField(null=True, editable=False, db_index=True)
    stopped = models.TextField(blank=True, editable=False)
    stopped_at = models.DateTimeField(null=True, editable=False)
    stopped_batch = models.PositiveBigIntegerField(null=True, editable=False)

    class Meta:
        verbose_name = "release policy"
        verbose_name_plural = "release policy"

    def __str__(self) -> str:
        return f"{self.channel.code}: {self.get_mode_display()}"


class Freeze(models.Model):
    """A time in which nothing of a channel, or of any where none is named, is released."""

    channel = models.ForeignKey(
        Channel, models.CASCADE, null=True, blank=True, related_name="freezes", help_text="Empty: every channel."
    )
    starts = models.DateTimeField("from")
    ends = models.DateTimeField("until")
    reason = models.CharField(max_length=200)

    class Meta:
        ordering = ["starts"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends__gt=models.F("starts")),
                name="freeze_not_empty",
                violation_error_message="A freeze ends after it has begun: give “until” a later time.",
            )
        ]

    def __str__(self) -> str:
        return self.reason


class SignOff(models.Model):
    """What somebody wants released, to be signed by another: the changes after release `after`, and their digest.

    `changes` are the first of them: SKU, language, and what happens ("added", "changed", "removed"). `why` says why it
    lapsed: what is released is what was signed, or nothing.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waits for a signature"
        RELEASED = "released", "Signed and released"
        LAPSED = "lapsed", "Lapsed"
        WITHDRAWN = "withdrawn", "Withdrawn"

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="sign_offs")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    note = models.CharField(max_length=500, blank=True)
    after = models.PositiveIntegerField(help_text="The number of the release it changes, 0 for none.")
    digest = models.CharField(max_length=64)
    added = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()
    removed = models.PositiveIntegerField()
    documents = models.PositiveIntegerField()
    changes = models.JSONField(default=list)
    problems = models.JSONField(default=dict)
    prepared_by = models.CharField(max_length=200)
    prepared_at = models.DateTimeField(auto_now_add=True)
    signed_by = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True)
    release = models.PositiveIntegerField(null=True)
    why = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = "sign-off"
        constraints = [
            models.UniqueConstraint(
                fields=["channel"], condition=models.Q(state="waiting"), name="sign_off_waiting_once_per_channel"
            )
        ]
        permissions = [
            ("prepare_release", "Can prepare a release for signature"),
            ("sign_release", "Can sign and release"),
            ("override_freeze", "Can release during a freeze"),
            ("allow_shrink", "Can let a channel shrink"),
        ]

    def __str__(self) -> str:
        return f"{self.channel.code} after release {self.after}"
