"""Numbers and addresses by which the world knows a product."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from stdnum import ean, isbn
from stdnum.exceptions import InvalidChecksum
from stdnum.exceptions import ValidationError as InvalidNumber

from catalog.values.base import AttributeSpec, Entry, Invalid, Json, ValueType, clean_text, quoted
from catalog.values.settings import DEFAULT, MAX_LENGTH, PATTERN
from catalog.values.sortable import text_key
from catalog.values.texts import Text

_SEPARATED = re.compile(r"[ -]")
# GS1 General Specifications, section 3.3.2: the lengths a GTIN has.
_GTIN_LENGTHS = (8, 12, 13, 14)
_MPN = re.compile(r"[^\W_]")


class Gtin(ValueType):
    """A GTIN-8, -12, -13 or -14 with a right check digit, stored as its digits. Also known as EAN and UPC."""

    code = "gtin"
    searchable = True
    label = "GTIN"
    operators = frozenset(["="])

    def parse(self, raw: Any, spec: AttributeSpec) -> Json:
        digits = _SEPARATED.sub("", clean_text(raw, 100).strip())
        if not (digits.isascii() and digits.isdigit()) or len(digits) not in _GTIN_LENGTHS:
            raise Invalid(f"{quoted(raw)} is no GTIN; it has 8, 12, 13 or 14 digits")
        right = ean.calc_check_digit(digits[:-1])
        if digits[-1] != right:
            raise Invalid(f"the last digit of {digits} is wrong: with these digits before it, it would be {right}")
        return digits

    def text(self, value: Any, spec: AttributeSpec, chain: tuple[str, ...]) -> str:
        return str(value)

    def entries(self, value: Any, spec: AttributeSpec) -> tuple[Entry, ...]:
        """In 14 digits, so that a GTIN-12 equals the GTIN-13 that begins with a zero."""
        return (Entry(str(value).zfill(14)),)

    def operand(self, raw: str, spec: AttributeSpec) -> Entry:
        return self.entries(self.parse(raw, spec), spec)[0]

    def schema(self, spec: AttributeSpec) -> dict[str, Any]:
        return {"type": "string", "pattern": "^([0-9]{8}|[0-9]{12}|[0-9]{13}|[0-9]{14})$"}


class Isbn(Gtin):
    """An ISBN with a right check digit, stored as the thirteen digits an ISBN-10 has too."""

    code = "isbn"
    label = "ISBN"

    def parse(self, raw: Any, spec: AttributeSpec) -> Json:
        text = clean_text(raw, 100)
        try:
            return str(isbn.validate(text, convert=True))
        except InvalidChecksum:
            raise Invalid(f"the check digit of {quoted(text)} is wrong") from None
        except InvalidNumber:
            raise Invalid(f"{quoted(text)} is no ISBN; it has 10 or 13 digits, such as 978-3-16-148410-0") from None

    def text(self, value: Any, spec: AttributeSpec, chain: tuple[str, ...]) -> str:
        return str(isbn.format(value))

    def entries(self, value: Any, spec: AttributeSpec) -> tuple[Entry, ...]:
        return (Entry(str(value)),)

    def schema(self, spec: AttributeSpec) -> dict[str, Any]:
        return {"type": "string", "pattern": "^97[89][0-9]{10}$"}


class Mpn(Text):
    """A manufacturer's part number: letters, digits and signs, with at least one letter or digit."""

    code = "mpn"
    label = "Manufacturer's part number"
    settings = (MAX_LENGTH, PATTERN)
    default_length = 70

    def fitting(self, text: str, spec: AttributeSpec) -> str:
        if not _MPN.search(text):
            raise Invalid(f"{quoted(text)} has neither a letter nor a digit")
        return super().fitting(text, spec)


class Url(Text):
    """A web address, http or https, complete and without a password in it."""

    code = "url"
    label = "Web address"
    settings = (MAX_LENGTH, PATTERN, DEFAULT)
    default_length = 2_000

    def fitting(self, text: str, spec: AttributeSpec) -> str:
        check_address(text)
        return super().fitting(text, spec)

    def schema(self, spec: AttributeSpec) -> dict[str, Any]:
        return {**super().schema(spec), "format": "uri"}

    def entries(self, value: Any, spec: AttributeSpec) -> tuple[Entry, ...]:
        return (Entry(text_key(value)),)


def check_address(text: str) -> None:
    """Raises Invalid where a text is no complete web address (RFC 3986) that is safe to show and follow."""
    if any(character.isspace() or character in '<>"\\^`{|}' or not character.isprintable() for character in text):
        raise Invalid("a web address has no blanks, quotation marks or brackets; write a blank as %20")
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise Invalid(f"{quoted(text)} is no web address") from None
    if parts.scheme not in ("http", "https") or not host:
        raise Invalid(f"{quoted(text)} is no complete web address; it begins with https://")
    if parts.username is not None or parts.password is not None:
        raise Invalid("a web address with a name or password in it is seen by everyone; leave that part out")
