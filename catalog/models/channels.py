"""Who is spoken to: markets, audiences, and the channels that reach them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models

from catalog.languages import bases, stand_ins
from catalog.models.base import Coded, unique_code
from catalog.models.schema import Family
from catalog.models.taxonomy import Category


class Market(Coded):
    """A country or region that is sold to, in one currency."""

    label = models.CharField(max_length=200, blank=True)
    country = models.CharField(
        max_length=2,
        blank=True,
        validators=[RegexValidator(r"^[A-Z]{2}\Z", "Two capital letters (ISO 3166-1), or nothing for a region.")],
    )
    currency = models.CharField(
        max_length=3, validators=[RegexValidator(r"^[A-Z]{3}\Z", "Three capital letters (ISO 4217), such as EUR.")]
    )

    class Meta:
        ordering = ["code"]
        constraints = [unique_code("market")]


class Audience(Coded):
    """Whom a text is written for: consumer, reseller, technician ..."""

    label = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [unique_code("audience")]


class Medium(models.TextChoices):
    """What a channel is made of."""

    WEB = "web", "Web"
    PRINT = "print", "Print"
    MARKETPLACE = "marketplace", "Marketplace"
    IN_STORE = "instore", "In-store"
    APP = "app", "App"
    SERVICE = "service", "Service"


class ExpiredClaims(models.TextChoices):
    """What a channel does with a claim that is no longer vouched for."""

    WARN = "warn", "Show it, and report it"
    BLOCK = "block", "Leave it out, and report it"


class Channel(Coded):
    """One outlet: a medium, a market, an audience, languages with fallbacks, and a selection of products."""

    label = models.CharField("title", max_length=200, blank=True)
    medium = models.CharField(max_length=15, choices=Medium.choices, default=Medium.WEB)
    market = models.ForeignKey(Market, models.PROTECT, null=True, blank=True, related_name="channels")
    audience = models.ForeignKey(Audience, models.PROTECT, null=True, blank=True, related_name="channels")
    tree = models.ForeignKey(
        Category,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The category whose descendants are this channel's navigation and chapters.",
    )
    families = models.ManyToManyField(
        Family, blank=True, related_name="channels", help_text="Kinds of product to release; none means all."
    )
    selection = models.TextField(
        blank=True, help_text="A filter of the products to release; empty means all. Such as: voltage in (v230)"
    )
    units = models.JSONField(
        default=dict, blank=True, help_text='Units its readers expect, by kind, such as {"length": "in"}.'
    )
    text_limits = models.JSONField(
        default=dict, blank=True, help_text='Characters that fit, such as {"name": 150, "slot:teaser": 300}.'
    )
    min_picture = models.PositiveIntegerField(
        null=True, blank=True, help_text="Pixels that the shorter side of a main picture must have."
    )
    currencies = models.JSONField(default=list, blank=True, help_text='Codes of the prices shown, such as ["EUR"].')
    expired_claims = models.CharField(
        max_length=5,
        choices=ExpiredClaims.choices,
        default=ExpiredClaims.WARN,
        help_text="What to do with a fragment whose source must be asked again.",
    )
    keep_releases = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="So many of its latest releases are kept, and those of the days below; empty in both means all.",
    )
    keep_days = models.PositiveIntegerField(
        null=True, blank=True, help_text="What was current within so many days is kept."
    )
    public = models.BooleanField(default=False, help_text="Its web pages need no token.")
    retired = models.BooleanField(default=False, help_text="Releases nothing any more.")

    class Meta:
        ordering = ["code"]
        constraints = [unique_code("channel")]

    def chains(self) -> dict[str, tuple[str, ...]]:
        """For each offered language of the channel, the languages a text may stand in, best first.

        A regional language falls back to what it is a form of, and then to the default, where nothing else is said.
        """
        said = {row.language: row.fallback for row in self.languages.all()}
        offered = dict(settings.LANGUAGES)
        return {
            language: tuple(code for code in _chain(language, said, offered) if code in offered)
            for language in said
            if language in offered
        }


def _chain(language: str, said: Mapping[str, str], offered: Collection[str]) -> list[str]:
    chain = [language]
    while (following := said.get(chain[-1], "")) and following not in chain:
        chain.append(following)
    if bases(language):
        chain += stand_ins(language, offered, settings.LANGUAGE_CODE)
    return list(dict.fromkeys(chain))


def languages() -> list[tuple[str, str]]:
    """The languages offered. A callable, so that a migration does not depend on how many there are."""
    return list(settings.LANGUAGES)


class ChannelLanguage(models.Model):
    """A language of a channel, and the language that stands in where a text is missing."""

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="languages")
    language = models.CharField(max_length=10, choices=languages)
    fallback = models.CharField(max_length=10, choices=languages, blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["channel", "language"], name="channel_language_once"),
            models.CheckConstraint(
                condition=~models.Q(language=models.F("fallback")), name="channel_language_falls_back_to_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel.code}: {self.language}"
