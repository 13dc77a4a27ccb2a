"""Short and long texts, without markup."""

from __future__ import annotations

from typing import Any
from unicodedata import normalize

from catalog.values.base import AttributeSpec, Invalid, Json, ValueType, clean_text


class Text(ValueType):
    """One line: line breaks become spaces. Setting: `max_length` in characters (500 unless said)."""

    code = "text"
    label = "Text"
    default_length = 500

    def parse(self, raw: Any, spec: AttributeSpec) -> Json:
        text = clean_text(raw, int(spec.settings.get("max_length") or self.default_length))
        text = self.laid_out(normalize("NFC", text))
        if not text:
            raise Invalid("a text with nothing in it; leave the value out instead")
        return text

    def laid_out(self, text: str) -> str:
        return " ".join(filter(None, (line.strip() for line in text.splitlines())))

    def text(self, value: Any, spec: AttributeSpec, chain: tuple[str, ...]) -> str:
        return str(value)


class LongText(Text):
    """Several lines. Setting: `max_length` in characters (100,000 unless said)."""

    code = "longtext"
    label = "Long text"
    default_length = 100_000

    def laid_out(self, text: str) -> str:
        return text.strip()
