"""Facts that are given under former codes are understood as what these are called now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from catalog import querysets
from catalog.aliases import NAMED_BY, present_codes
from catalog.models import Channel
from catalog.operations import links
from catalog.remembered import remembered
from catalog.values import AttributeSpec, Invalid, Json

# Attributes that have more options than this together are read each time.
_KEPT = 4_000


def specs_called(codes: Iterable[str]) -> dict[str, AttributeSpec]:
    """Attributes by the lower-case codes they are asked for; nobody may change them. A few queries, or one."""
    asked = frozenset(code.lower() for code in codes)

    def read() -> tuple[dict[str, AttributeSpec], bool]:
        specs = _specs_called(asked)
        return specs, sum(1 + len(spec.options) for spec in specs.values()) <= _KEPT

    return dict(remembered(("specs", asked), read))


def _specs_called(asked: frozenset[str]) -> dict[str, AttributeSpec]:
    specs = querysets.attribute_specs(asked)
    former = present_codes("attribute", asked - specs.keys()) if asked - specs.keys() else {}
    present = querysets.attribute_specs(former.values()) if former else {}
    return specs | {alias: present[code.lower()] for alias, code in former.items() if code.lower() in present}


def checked(spec: AttributeSpec, raw: Any, stored: Any = None) -> Json:
    """A raw value as it is stored; what it names may be named by a former code. Raises Invalid."""
    try:
        return links.checked(spec, raw, stored)
    except Invalid:
        now = _in_present_codes(spec, raw)
        if now == raw:
            raise
        return links.checked(spec, now, stored)


def _in_present_codes(spec: AttributeSpec, raw: Any) -> Any:
    named = raw if isinstance(raw, list) else str(raw).split(",") if isinstance(raw, str) else []
    codes = [code.strip() for code in named if isinstance(code, str)]
    kind = NAMED_BY.get(spec.type)
    if not codes or kind is None:
        return raw
    scope = {"attributeoption": spec.code, "record": str(spec.settings.get("entity", ""))}.get(kind, "")
    present = present_codes(kind, codes, scope)
    now = [present.get(code.lower(), code) for code in codes]
    return raw if not present else now if isinstance(raw, list) else ",".join(now)


def channel_called(code: str) -> str:
    """A channel's code in its own spelling. Raises Invalid where there is none."""
    try:
        return links.spelt(Channel.objects.all(), "code", code)
    except Invalid:
        present = present_codes("channel", [code]).get(code.lower())
        if present is None:
            raise
        return links.spelt(Channel.objects.all(), "code", present)
