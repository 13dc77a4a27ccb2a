"""Writing attributes: with settings their type understands, and expressions that can be computed."""

from __future__ import annotations

from dataclasses import replace

from django.core.exceptions import ValidationError
from django.db import transaction

from catalog import querysets
from catalog.actors import Actor
from catalog.models import Attribute
from catalog.operations.links import checked
from catalog.operations.recording import store
from catalog.operations.upkeep.units import units_said
from catalog.values import TYPES, AttributeSpec, Invalid
from catalog.values.base import InvalidSetting
from catalog.values.computed import check_sources, cycle_in


@transaction.atomic
def save_attribute(actor: Actor, attribute: Attribute) -> Attribute:
    """Create or change an attribute; its settings are kept as their type has them.

    Raises ValidationError, also for a computed fact that needs one that is not there, or itself.
    """
    spec = attribute.spec() if attribute.pk else _new_spec(attribute)
    try:
        attribute.settings = checked_settings(spec)
    except InvalidSetting as error:
        raise ValidationError({f"setting_{error.name}": sentence(error)}) from None
    if not TYPES[spec.type].operators and (attribute.filterable or attribute.unique):
        label = TYPES[spec.type].label.lower()
        raise ValidationError(f"A {label} can neither be filtered by nor be unique; untick both.")
    if attribute.pk:
        refuse_lost_units(attribute)
    store(actor, attribute)
    return attribute


def refuse_lost_units(attribute: Attribute) -> None:
    """A unit that products use stays allowed until their values are converted. Raises ValidationError."""
    allowed = set(attribute.settings.get("units") or ())
    before = set(Attribute.objects.values_list("settings", flat=True).get(pk=attribute.pk).get("units") or ())
    if not allowed or (before and before <= allowed):
        return
    lost = [(unit, count) for unit, count in units_said(attribute) if unit not in allowed]
    if lost:
        said = ", ".join(f"{count} in {unit}" for unit, count in lost)
        raise ValidationError(
            {
                "setting_units": f"Products have values in units that would not be allowed any more: {said}. "
                "Convert them first with “Change units”."
            }
        )


def _new_spec(attribute: Attribute) -> AttributeSpec:
    """An attribute that has no options yet."""
    return AttributeSpec(attribute.code, attribute.type, settings=attribute.settings)


def checked_settings(spec: AttributeSpec) -> dict[str, object]:
    """The settings as they are kept: links in a default are there, and so are the facts of an expression.

    Raises InvalidSetting.
    """
    kept = TYPES[spec.type].check_settings(spec)
    checked_spec = replace(spec, settings=kept)
    if "default" in kept:
        try:
            kept["default"] = checked(checked_spec, kept["default"])
        except Invalid as error:
            raise InvalidSetting("default", str(error)) from None
    if TYPES[spec.type].computed:
        _check_expression(checked_spec)
    return dict(kept)


def _check_expression(spec: AttributeSpec) -> None:
    own = {spec.code.lower(): spec}
    specs = own | querysets.attribute_specs() | own  # its own way round a circle is told first
    check_sources(spec, specs)
    if circle := cycle_in(specs.values()):
        path = " needs ".join(specs[code].code for code in circle)
        raise InvalidSetting("expression", f"it would need itself: {path}")


def sentence(error: Invalid) -> str:
    """A refusal as a sentence of its own."""
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."
