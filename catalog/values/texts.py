"""Short, long and rich texts."""

from __future__ import annotations

from typing import Any, ClassVar
from unicodedata import normalize

from catalog.values.base import AttributeSpec, Entry, Invalid, Json, Setting, ValueType, clean_text
from catalog.values.settings import DEFAULT, MAX_LENGTH, MIN_LENGTH, PATTERN, check_order, compiled
from catalog.values.sortable import text_key


class Text(ValueType):
    """One line: line breaks become spaces. At most 500 characters unless the attribute says otherwise."""

    code = "text"
    label = "Text"
    operators = frozenset(["=", "contains", "starts"])
    searchable = True
    settings: ClassVar[tuple[Setting, ...]] = (MIN_LENGTH, MAX_LENGTH, PATTERN, DEFAULT)
    default_length = 500

    def parse(self, raw: Any, spec: AttributeSpec) -> Json:
        text = clean_text(raw, int(spec.settings.get("max_length") or self.default_length))
        text = self.laid_out(normalize("NFC", text))
        if not text:
            raise Invalid("a text with nothing in it; leave the value out instead")
        return self.fitting(text, spec)

    def fitting(self, text: str, spec: AttributeSpec) -> str:
        """The text, if it is as the attribute wants it. Raises Invalid."""
        least, pattern = spec.settings.get("min_length"), spec.settings.get("pattern")
        if least and len(text) < int(least):
            raise Invalid(f"{len(text)} characters are too few; at least {least} are wanted")
        if pattern and compiled(pattern).fullmatch(text) is None:
            raise Invalid(f"this is not written as it should be, {pattern}")
        return text

    def laid_out(self, text: str) -> str:
        return " ".join(filter(None, (line.strip() for line in text.splitlines())))

    def text(self, value: Any, spec: AttributeSpec, chain: tuple[str, ...]) -> str:
        return str(value)

    def entries(self, value: Any, spec: AttributeSpec) -> tuple[Entry, ...]:
        return (Entry(text_key(value)),)

    def operand(self, raw: str, spec: AttributeSpec) -> Entry:
        text = self.laid_out(clean_text(raw))
        if not text:
            raise Invalid("a text with nothing in it; ask “is empty” instead")
        return Entry(text_key(text))

    def schema(self, spec: AttributeSpec) -> dict[str, Any]:
        longest = int(spec.settings.get("max_length") or self.default_length)
        return {"type": "string", "minLength": int(spec.settings.get("min_length", 1)), "maxLength": longest}

    def check_together(self, spec: AttributeSpec) -> None:
        check_order(spec, "min_length", "max_length")


class LongText(Text):
    """Several lines. At most 100,000 characters unless the attribute says otherwise."""

    code = "longtext"
    label = "Long text"
    # What is beyond the beginning is not in the index.
    operators = frozenset(["=", "starts"])
    default_length = 100_000

    def laid_out(self, text: str) -> str:
        return text.strip()
