"""A product's facts, parsed with the attribute types."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from catalog.importing.plan import AttributeRecord, OptionRecord, Refused
from catalog.values import TYPES, AttributeSpec, Invalid, Scope

# Told the fact's place, its value and the reason.
Complain = Callable[[str, str, str], None]


def specs_of(attributes: Iterable[AttributeRecord], options: Iterable[OptionRecord]) -> dict[str, AttributeSpec]:
    """The attributes of the files as the types want them, by lower-case code."""
    answers: dict[str, dict[str, tuple[str, Mapping[str, str]]]] = {}
    for option in options:
        answers.setdefault(option.attribute.lower(), {})[option.code.lower()] = (option.code, option.label)
    return {
        record.code.lower(): AttributeSpec(
            code=record.code,
            type=record.type,
            localizable=record.localizable,
            per_channel=record.per_channel,
            settings=record.settings,
            options=answers.get(record.code.lower(), {}),
        )
        for record in attributes
    }


def checked(attributes: Sequence[AttributeRecord], options: Iterable[OptionRecord]) -> list[AttributeRecord]:
    """The attributes with their settings as they are kept. Raises Refused naming the one that cannot be."""
    specs = specs_of(attributes, options)
    return [replace(record, settings=_settings(specs[record.code.lower()])) for record in attributes]


def _settings(spec: AttributeSpec) -> Mapping[str, Any]:
    try:
        return TYPES[spec.type].check_settings(spec)
    except Invalid as error:
        raise Refused(f"attribute “{spec.code}”: {error}.") from error


def parse(
    facts: Mapping[str, Any], specs: Mapping[str, AttributeSpec], complain: Complain
) -> dict[str, dict[str, Any]]:
    """The values document. What cannot be taken is complained of and left out."""
    values: dict[str, dict[str, Any]] = {}
    for code, raw in facts.items():
        spec = specs.get(code.lower())
        if spec is None:
            complain(code, str(raw), "there is no attribute of this code in these files; it is left out.")
            continue
        for scope, value in _scoped(spec, raw):
            try:
                Scope.read(scope).check(spec)
                values.setdefault(spec.code, {})[scope] = TYPES[spec.type].parse(value, spec)
            except Invalid as error:
                complain(f"{code}.{scope}" if scope else code, str(value), f"{error}; it is left out.")
    return {code: scopes for code, scopes in values.items() if scopes}


def _scoped(spec: AttributeSpec, raw: Any) -> Iterator[tuple[str, Any]]:
    """A value per scope: what varies is written as a table such as `{ en = ..., de = ... }` or `{ "@print" = ... }`."""
    if isinstance(raw, dict) and (spec.localizable or (spec.per_channel and all("@" in key or not key for key in raw))):
        yield from raw.items()
    else:
        yield "", raw
