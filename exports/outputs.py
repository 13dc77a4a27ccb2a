"""Saying what is to be made: one output, defined or redefined."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from catalog.actors import Actor
from catalog.models import Channel
from catalog.operations.recording import store
from exports.formats.registry import FORMATS
from exports.models import Output


def define(
    actor: Actor, code: str, channel: Channel, language: str, form: str, options: Mapping[str, Any], title: str = ""
) -> tuple[Output, bool]:
    """The output called `code` as said here, and whether it is new. An empty title leaves the one there was.

    Raises ValidationError naming the field and what it may be.
    """
    check(channel, language, form, options)
    found = Output.objects.filter(code__iexact=code).first()
    output = found or Output(code=code)
    output.channel, output.language, output.format, output.options = channel, language, form, dict(options)
    output.title = title or output.title
    store(actor, output)
    return output, found is None


def check(channel: Channel, language: str, form: str, options: Mapping[str, Any]) -> None:
    """Raises ValidationError."""
    faults = {}
    languages = list(channel.chains())
    if language not in languages:
        faults["language"] = f"Channel “{channel.code}” has {_list(languages)}, not “{language}”."
    if form not in FORMATS:
        faults["format"] = f"There is {_list(FORMATS)}, not “{form}”."
    else:
        known = FORMATS[form].options
        unknown = sorted(set(options) - set(known))
        if unknown:
            faults["options"] = f"Format “{form}” has {_list(known)}, not “{unknown[0]}”."
        elif fault := FORMATS[form].options_fault(options):
            faults["options"] = fault
    if faults:
        raise ValidationError(faults)


def _list(names: Any) -> str:
    return ", ".join(names) or "none"
