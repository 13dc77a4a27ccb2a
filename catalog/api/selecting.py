"""The parameters by which listings are narrowed, read into what filters and querysets take."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.db.models import Q
from rest_framework.exceptions import ValidationError

from catalog import querysets
from catalog.api.parameters import shortened
from catalog.filters import Context, FilterError, check, parse
from catalog.models import Channel
from catalog.models.base import is_code


def context_of(asked: Mapping[str, str]) -> Context:
    """For whom facts are read. Raises ValidationError naming the languages there are."""
    return context(asked.get("channel", ""), asked.get("language", ""), "channel", "language")


def context(channel: str, language: str, channel_field: str, language_field: str) -> Context:
    """The context of a channel (or "" for all) and a language (or "" for the first). Raises ValidationError."""
    if not channel:
        _check(language, [code for code, _ in settings.LANGUAGES], language_field)
        return Context.in_language(language or settings.LANGUAGE_CODE)
    try:
        found = querysets.channel_called(channel) if is_code(channel) else None
    except Channel.DoesNotExist:
        found = None
    if found is None:
        raise ValidationError({channel_field: f"There is no channel “{shortened(channel)}”."})
    _check(language, list(found.chains()), language_field)
    return Context.of(found, language)


def _check(language: str, known: list[str], field: str) -> None:
    if language and language not in known:
        raise ValidationError(
            {field: f"There is no language “{shortened(language)}” here; there are {', '.join(known)}."}
        )


def selected(text: str, context: Context) -> Q:
    """What a query of products asks to get those that a filter's text finds. Raises ValidationError with the place."""
    try:
        return check(parse(text)).condition(context)
    except FilterError as error:
        raise ValidationError({"filter": str(error)}) from None
