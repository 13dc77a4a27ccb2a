"""Texts with paragraphs, lists and emphasis."""

from __future__ import annotations

from typing import Any
from unicodedata import normalize

from catalog import richtext
from catalog.values.base import AttributeSpec, Entry, Invalid, Json
from catalog.values.settings import DEFAULT, MAX_LENGTH, MIN_LENGTH
from catalog.values.sortable import text_key
from catalog.values.texts import LongText


class RichText(LongText):
    """Sanitised HTML of the vocabulary of fragments. The lengths count what people read, not the markup."""

    code = "richtext"
    label = "Rich text"
    settings = (MIN_LENGTH, MAX_LENGTH, DEFAULT)

    def parse(self, raw: Any, spec: AttributeSpec) -> Json:
        html = richtext.clean_html(normalize("NFC", raw) if isinstance(raw, str) else raw, pictures=False)
        words = richtext.to_text(html)
        if not words:
            raise Invalid("a text with nothing in it; leave the value out instead")
        longest = int(spec.settings.get("max_length") or self.default_length)
        if len(words) > longest:
            raise Invalid(f"{len(words)} characters are too many; at most {longest} are allowed")
        self.fitting(words, spec)
        return html

    def text(self, value: Any, spec: AttributeSpec, chain: tuple[str, ...]) -> str:
        return richtext.to_text(value)

    def entries(self, value: Any, spec: AttributeSpec) -> tuple[Entry, ...]:
        return (Entry(text_key(richtext.to_text(value))),)

    def schema(self, spec: AttributeSpec) -> dict[str, Any]:
        return {"type": "string", "contentMediaType": "text/html"}
