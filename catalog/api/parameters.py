"""Reading the parameters of an address: an allow-list, one value each, errors that name the parameter and the fix."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

_NUMBER = re.compile("[0-9]{1,9}")
_SHOWN = 40


def read(request: Request, *known: str) -> dict[str, str]:
    """The parameters given, by name. Raises ValidationError for others than the known ones, and for repeated ones."""
    given = request.query_params
    errors = {}
    for name in given:
        if name not in known:
            errors[shortened(name)] = f"There is no such parameter here. {_there_are(known)}"
        elif len(given.getlist(name)) > 1:
            errors[name] = "Give this parameter once."
    if errors:
        raise ValidationError(errors)
    return given.dict()


def _there_are(known: Sequence[str]) -> str:
    return f"There are: {', '.join(known)}." if known else "There are none."


def number(given: dict[str, str], name: str, default: int | None, low: int, high: int) -> int | None:
    """A whole number. Raises ValidationError."""
    raw = given.get(name)
    if raw is None:
        return default
    if not _NUMBER.fullmatch(raw) or not low <= int(raw) <= high:
        raise ValidationError({name: f"Give a whole number from {low} to {high}, not “{shortened(raw)}”."})
    return int(raw)


def choice(given: dict[str, str], name: str, options: Sequence[str]) -> str:
    """One of the options, the first by default. Raises ValidationError."""
    raw = given.get(name, options[0])
    if raw not in options:
        shown = ", ".join(filter(None, options))
        raise ValidationError({name: f"Choose one of {shown}, not “{shortened(raw)}”."})
    return raw


def shortened(text: str) -> str:
    """As much of what somebody sent as may stand in an answer to him."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
