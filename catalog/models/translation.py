"""Translation: how far each text is, what was translated before, which words to use, what translators have."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models

from catalog.models.base import Coded, unique_code
from catalog.models.channels import Channel, languages

LANGUAGE_LENGTH = 10
_TWICE = "This concept has this term in this language already."


class TranslationState(models.Model):
    """How far the texts of one object are in one language, and which source they were translated from.

    `kind` and `object_id` name the object; `source_texts` are the texts it was translated from by field, as far as that
    is known, and `source_digest` is their digest. A language without a row has no text.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        MACHINE = "machine", "Machine translated"
        TRANSLATED = "translated", "Translated"
        REVIEWED = "reviewed", "Reviewed"
        APPROVED = "approved", "Approved"

    kind = models.CharField(max_length=50)
    object_id = models.PositiveBigIntegerField()
    language = models.CharField(max_length=LANGUAGE_LENGTH)
    state = models.CharField(max_length=10, choices=State.choices)
    source_language = models.CharField(max_length=LANGUAGE_LENGTH)
    source_digest = models.CharField(max_length=64)
    source_texts = models.JSONField(default=dict, blank=True)
    outdated = models.BooleanField(default=False, db_index=True, help_text="The source has changed since.")
    by = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["kind", "object_id", "language"]
        constraints = [models.UniqueConstraint(fields=["kind", "object_id", "language"], name="translation_state_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} {self.language}: {self.state}"


class MemorySegment(models.Model):
    """A paragraph that was approved in two languages.

    `source` and `target` are marked text (catalog.translating.segments): codes stand in it by number. `digest` is that
    of the source's words, `codes` of what the numbers stand for, `context` of the paragraphs around it, `key` of all.
    """

    source_language = models.CharField(max_length=LANGUAGE_LENGTH)
    target_language = models.CharField(max_length=LANGUAGE_LENGTH)
    source = models.TextField()
    target = models.TextField()
    digest = models.CharField(max_length=32)
    codes = models.CharField(max_length=32)
    context = models.CharField(max_length=32)
    key = models.CharField(max_length=32)
    length = models.PositiveIntegerField(help_text="Characters of the source without its codes.")
    origin = models.CharField(max_length=200, help_text="Where it was approved last.")
    by = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        ordering = ["source_language", "target_language", "source"]
        constraints = [
            models.UniqueConstraint(fields=["source_language", "target_language", "key"], name="memory_segment_once")
        ]
        indexes = [
            models.Index(fields=["source_language", "target_language", "digest"], name="memory_segment_exact"),
            models.Index(fields=["source_language", "target_language", "length"], name="memory_segment_length"),
        ]

    def __str__(self) -> str:
        return f"{self.source_language} → {self.target_language}: {self.source[:60]}"


class Concept(Coded):
    """One thing with its names in several languages."""

    definition = models.TextField(blank=True, help_text="What it is, so that nobody takes it for something else.")
    note = models.CharField(max_length=500, blank=True, help_text="For translators.")
    part_of_speech = models.CharField(max_length=50, blank=True, help_text="Such as: noun")
    domain = models.CharField(max_length=100, blank=True, help_text="The field it belongs to, such as: grinders")

    class Meta:
        ordering = ["code"]
        constraints = [unique_code("concept")]

    def __str__(self) -> str:
        return self.code


class Term(models.Model):
    """What a concept is called in a language: what to write, what may be written, what must not."""

    class Status(models.TextChoices):
        PREFERRED = "preferred", "Preferred"
        ADMITTED = "admitted", "Admitted"
        FORBIDDEN = "forbidden", "Forbidden"

    concept = models.ForeignKey(Concept, models.CASCADE, related_name="terms")
    language = models.CharField(max_length=LANGUAGE_LENGTH, choices=languages)
    text = models.CharField(max_length=100)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PREFERRED)
    channel = models.ForeignKey(Channel, models.CASCADE, null=True, blank=True, related_name="terms")
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["concept", "language", "-status", "text"]
        constraints = [
            models.UniqueConstraint(
                fields=["concept", "language", "text", "channel"],
                name="term_once",
                violation_error_message=_TWICE,
            ),
            models.UniqueConstraint(
                fields=["concept", "language", "text"],
                condition=models.Q(channel__isnull=True),
                name="term_once_for_all_channels",
                violation_error_message=_TWICE,
            ),
        ]

    def __str__(self) -> str:
        return self.text


def default_weights() -> dict[str, int]:
    """What share of the price of a new word agencies ask, in percent."""
    return {"new": 100, "fuzzy": 60, "repetition": 25, "exact": 10}


class TranslationJob(Coded):
    """Texts that go to a translator together, into one language, and come back.

    `words` are words of the source by match class ("exact", "fuzzy", "repetition", "new"); `report` is what the last
    import said: counts by outcome.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        SENT = "sent", "Sent"
        RETURNED = "returned", "Returned"
        DONE = "done", "Done"
        CANCELLED = "cancelled", "Cancelled"

    source_language = models.CharField(max_length=LANGUAGE_LENGTH, choices=languages)
    target_language = models.CharField(max_length=LANGUAGE_LENGTH, choices=languages)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN, editable=False)
    due = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True, help_text="For the translator; it stands in the file.")
    selection = models.CharField(max_length=500, editable=False, help_text="What was chosen, in words.")
    words = models.JSONField(default=dict, editable=False)
    weights = models.JSONField(
        default=default_weights,
        help_text="Percent of the price per word, by match class: exact, fuzzy, repetition, new.",
    )
    price_per_word = models.DecimalField(
        max_digits=8,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(1000)],
    )
    currency = models.CharField(
        max_length=3,
        default="EUR",
        validators=[RegexValidator(r"^[A-Z]{3}\Z", "Three capital letters (ISO 4217), such as EUR.")],
    )
    report = models.JSONField(default=dict, editable=False)
    created_by = models.CharField(max_length=200, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, editable=False)
    returned_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            unique_code("translation_job"),
            models.CheckConstraint(
                condition=~models.Q(source_language=models.F("target_language")),
                name="translation_job_into_another_language",
                violation_error_message="A translation is into another language than that of its source.",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class JobUnit(models.Model):
    """One text of a job: as it was sent, and what became of it.

    `source` is the text as it was sent and `target` the translation there was at the last exchange, by which a change
    made meanwhile is told. `problem` says why what came back was not taken, and what mends it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        TAKEN = "taken", "Taken"
        OUTDATED = "outdated", "Taken, but the source has changed"
        UNCHANGED = "unchanged", "Came back as it was"
        CONFLICT = "conflict", "Changed here meanwhile"
        REFUSED = "refused", "Not taken"

    job = models.ForeignKey(TranslationJob, models.CASCADE, related_name="units")
    kind = models.CharField(max_length=50)
    object_id = models.PositiveBigIntegerField()
    name = models.CharField(max_length=200, help_text="Code of the object when the job was made.")
    field = models.CharField(max_length=100, help_text="Of a fact, its attribute.")
    source = models.TextField()
    source_digest = models.CharField(max_length=64)
    target = models.TextField(blank=True)
    limit = models.PositiveIntegerField(null=True, help_text="Characters that fit where it is shown.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    problem = models.TextField(blank=True)

    class Meta:
        ordering = ["job", "id"]
        constraints = [models.UniqueConstraint(fields=["job", "kind", "object_id", "field"], name="job_unit_once")]
        indexes = [models.Index(fields=["kind", "object_id"], name="job_unit_of_object")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}, {self.field}"
