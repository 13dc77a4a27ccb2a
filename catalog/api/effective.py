"""What counts for a product in a channel and language, and where it comes from."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import ValidationError

from catalog import querysets
from catalog.api.fields import Json
from catalog.api.selecting import context
from catalog.filters import Context
from catalog.models import Product
from catalog.values import TYPES, AttributeSpec, Level
from catalog.values.effective import COMPUTED, DEFAULT, FAMILY, effective, levels_of
from catalog.values.resolve import Candidate, Resolution

_CANDIDATE: Json = {
    "value": {"description": "As facts are written; null where a level says that it is empty."},
    "from": {"type": "string", "enum": ["product", "family", "default", "computed"]},
    "of": {"type": "string", "description": "The SKU or family code that says it."},
    "scope": {"type": "string"},
}
SCHEMA: Json = {
    "type": "object",
    "description": "Where asked for: by attribute what counts, as text for people, whence, and what it beat.",
    "additionalProperties": {
        "type": "object",
        "properties": {
            **_CANDIDATE,
            "text": {"type": "string"},
            "beaten": {"type": "array", "items": {"type": "object", "properties": _CANDIDATE}},
        },
    },
}


def shown(product: Product, where: str) -> Json:
    """By attribute what counts in "CHANNEL,LANGUAGE". Raises rest_framework's ValidationError."""
    channel, comma, language = where.partition(",")
    if not comma:
        raise ValidationError({"effective": "Write CHANNEL,LANGUAGE; the channel may be empty, as in “,de”."})
    asked = context(channel.strip(), language.strip(), "effective", "effective")
    line = querysets.line_of(product)
    family = querysets.families().get(pk=product.family_id) if product.family_id else None
    codes = {row.attribute.code for row in family.family_attributes.all()} if family else set()
    codes |= {code for each in line for code in each.values}
    specs = querysets.with_records(querysets.attribute_specs(codes))
    levels = levels_of(
        [Level(each.sku, each.values) for each in line],
        family.code if family else "",
        family.values if family else {},
        specs.values(),
    )
    found = effective(list(specs.values()), levels, asked.channel, asked.chain)
    return {code: _resolved(resolution, specs[code.lower()], asked) for code, resolution in sorted(found.items())}


def _resolved(resolution: Resolution, spec: AttributeSpec, asked: Context) -> Json:
    value = resolution.winner.value
    text = "" if value is None else TYPES[spec.type].text(value, spec, asked.chain)
    beaten = [_candidate(each) for each in resolution.beaten]
    return {**_candidate(resolution.winner), "text": text, "beaten": beaten}


def _candidate(candidate: Candidate) -> dict[str, Any]:
    """Levels that are no products have names that no SKU can have."""
    kinds = {FAMILY: "family", DEFAULT: "default", COMPUTED: "computed"}
    kind, colon, code = candidate.sku.partition(":")
    return {
        "value": candidate.value,
        "from": kinds.get(kind + colon, "product"),
        "of": code if colon else candidate.sku,
        "scope": str(candidate.scope),
    }
