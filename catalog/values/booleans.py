"""Yes or no."""

from __future__ import annotations

from typing import Any

from catalog.values.base import AttributeSpec, Entry, Invalid, Json, ValueType, quoted
from catalog.values.settings import DEFAULT

_YES_NO = {
    "en": ("Yes", "No"),
    "it": ("Sì", "No"),
    "ro": ("Da", "Nu"),
    "de": ("Ja", "Nein"),
    "fr": ("Oui", "Non"),
    "es": ("Sí", "No"),
}
_ANSWERS = {"1": True, "true": True, "0": False, "false": False}


class Boolean(ValueType):
    """Yes or no."""

    code = "boolean"
    label = "Yes or no"
    operators = frozenset(["="])
    faceted = True
    settings = (DEFAULT,)

    def parse(self, raw: Any, spec: AttributeSpec) -> Json:
        if isinstance(raw, int) and raw in (0, 1):
            return bool(raw)
        answer = _ANSWERS.get(raw.strip().lower()) if isinstance(raw, str) else None
        if answer is None:
            raise Invalid(f"{quoted(raw)} is neither yes nor no; write 1 or 0, true or false")
        return answer

    def text(self, value: Any, spec: AttributeSpec, chain: tuple[str, ...]) -> str:
        language = chain[0]
        yes, no = _YES_NO.get(language) or _YES_NO.get(language.partition("-")[0]) or _YES_NO["en"]
        return yes if value else no

    def entries(self, value: Any, spec: AttributeSpec) -> tuple[Entry, ...]:
        return (Entry("1" if value else "0"),)

    def operand(self, raw: str, spec: AttributeSpec) -> Entry:
        answer = {"yes": "1", "no": "0"}.get(raw.strip().lower(), raw)
        return Entry("1" if self.parse(answer, spec) else "0")

    def schema(self, spec: AttributeSpec) -> dict[str, Any]:
        return {"type": "boolean"}
