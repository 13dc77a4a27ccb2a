"""What tells variants of one product apart: the values of the axes of their level, as a digest. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

import orjson

from catalog.values import TYPES, AttributeSpec


def axis_key(axes: Sequence[AttributeSpec], values: Mapping[str, Mapping[str, Any]]) -> str:
    """BLAKE2b-256, hex, of what a variant says itself of its axes; "" where there are none or it does not say all.

    Values that are found by the same filter give the same key: 0.5 l and 500 ml are one combination.
    """
    said = {spec.code.lower(): _said(spec, values.get(spec.code, {})) for spec in axes}
    if not said or not all(said.values()):
        return ""
    return blake2b(orjson.dumps(said, option=orjson.OPT_SORT_KEYS), digest_size=32).hexdigest()


def unsaid(axes: Sequence[AttributeSpec], values: Mapping[str, Mapping[str, Any]]) -> list[AttributeSpec]:
    """The axes of which a variant says nothing itself."""
    return [spec for spec in axes if not _said(spec, values.get(spec.code, {}))]


def _said(spec: AttributeSpec, own: Mapping[str, Any]) -> list[Any]:
    """Each scope with its value, comparable."""
    kind = TYPES[spec.type]
    return [
        [scope, [list(entry) for entry in kind.entries(value, spec)] or value]
        for scope, value in sorted(own.items())
        if value is not None
    ]
