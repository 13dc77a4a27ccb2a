"""Answers chosen from an attribute's options."""

from __future__ import annotations

from typing import Any

from catalog.values.base import AttributeSpec, Entry, Invalid, Json, ValueType, pick, quoted
from catalog.values.settings import DEFAULT


class Select(ValueType):
    """One option, stored by its code."""

    code = "select"
    label = "Single choice"
    has_options = True
    operators = frozenset(["="])
    faceted = True
    searchable = True
    settings = (DEFAULT,)

    def parse(self, raw: Any, spec: AttributeSpec) -> Json:
        if not isinstance(raw, str):
            raise Invalid(f"expected the code of an option, not {type(raw).__name__}")
        option = spec.options.get(raw.strip().lower())
        if option is None:
            raise Invalid(f"{quoted(raw)} is no option of “{spec.code}”")
        return option[0]

    def text(self, value: Any, spec: AttributeSpec, chain: tuple[str, ...]) -> str:
        code, labels = spec.options.get(str(value).lower(), (str(value), {}))
        return pick(labels, chain) or code

    def entries(self, value: Any, spec: AttributeSpec) -> tuple[Entry, ...]:
        return (Entry(str(value).lower()),)

    def operand(self, raw: str, spec: AttributeSpec) -> Entry:
        return Entry(str(Select.parse(self, raw, spec)).lower())

    def schema(self, spec: AttributeSpec) -> dict[str, Any]:
        codes = [code for code, _ in spec.options.values()]
        return {"type": "string", **({"enum": codes} if codes else {})}


class MultiSelect(Select):
    """Several options, each once, in the order given."""

    code = "multiselect"
    label = "Multiple choice"
    many = True

    def parse(self, raw: Any, spec: AttributeSpec) -> Json:
        items = [part for part in raw.split(",") if part.strip()] if isinstance(raw, str) else raw
        if not isinstance(items, list):
            raise Invalid(f"expected a list of option codes, not {type(raw).__name__}")
        codes = list(dict.fromkeys(str(super(MultiSelect, self).parse(item, spec)) for item in items))
        if not codes:
            raise Invalid("no option is chosen; leave the value out instead")
        return list(codes)

    def text(self, value: Any, spec: AttributeSpec, chain: tuple[str, ...]) -> str:
        return ", ".join(super(MultiSelect, self).text(code, spec, chain) for code in value)

    def entries(self, value: Any, spec: AttributeSpec) -> tuple[Entry, ...]:
        return tuple(Entry(str(code).lower()) for code in value)

    def schema(self, spec: AttributeSpec) -> dict[str, Any]:
        return {"type": "array", "minItems": 1, "uniqueItems": True, "items": super().schema(spec)}
