"""Reading bodies: JSON that both database engines can store and every program can read, and uploaded files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import IO, Any

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, MultiPartParser

from catalog.api.problems import Error, Refusal, below, pointing, wrong

MAX_BYTES = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
# Room for the parts of an upload besides its file.
_AROUND = 1024 * 1024
MAX_DEPTH = 20
# No number in a catalog has more digits than that; Python takes minutes for a million.
MAX_DIGITS = 100
# As in catalog.values.base, but tab, line feed and carriage return.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_SHOWN_ERRORS = 20


class Refused:
    """Stands in a document where something was that cannot be taken, until its place is known."""

    def __init__(self, detail: str) -> None:
        self.detail = detail


class JsonParser(BaseParser):
    """Strict JSON (RFC 8259, I-JSON): UTF-8, no member twice, no NaN, exact decimals, limited in size and depth."""

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        raw = read_at_most(stream, MAX_BYTES)
        request = (parser_context or {}).get("request")
        if request is not None:
            request._request.tessera_body = raw
        return loads(raw)


class UploadParser(MultiPartParser):
    """A file with fields beside it, refused by its declared size before it is read."""

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        request = (parser_context or {}).get("request")
        length = request.META.get("CONTENT_LENGTH") if request is not None else None
        if length and length.isdigit() and len(length) < 20 and int(length) > settings.ASSET_MAX_BYTES + _AROUND:
            raise too_large(settings.ASSET_MAX_BYTES)
        try:
            return super().parse(stream, media_type, parser_context)
        except UnicodeError:
            raise ParseError("The parts of the upload are not valid UTF-8.") from None


def too_large(limit: int) -> Refusal:
    return Refusal(413, f"The body is larger than {limit:,} bytes. Send it in parts.")


def read_at_most(stream: IO[bytes], limit: int) -> bytes:
    """All bytes of a body. Raises Refusal (413)."""
    raw = stream.read(limit + 1)
    if len(raw) > limit:
        raise too_large(limit)
    return raw


def loads(raw: bytes) -> Any:
    """The document that JSON text says; numbers with a point are Decimal. Raises Refusal (400) that names the place."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refusal(400, f"The body is not valid UTF-8 (byte {error.start + 1}).") from None
    try:
        document = json.loads(
            text,
            parse_int=_whole,
            parse_float=_decimal,
            parse_constant=lambda name: Refused(f"{name} is no JSON; leave the value out or write null."),
            object_pairs_hook=_object,
        )
    except RecursionError:
        raise Refusal(400, f"The body is nested too deeply; at most {MAX_DEPTH} levels are taken.") from None
    except json.JSONDecodeError as error:
        raise Refusal(400, f"The body is no JSON: {error.msg} (line {error.lineno}, column {error.colno}).") from None
    errors = []
    for error_found in _faults(document, "", 1):
        errors.append(error_found)
        if len(errors) >= _SHOWN_ERRORS:
            break
    if errors:
        raise wrong(errors)
    return document


def _whole(digits: str) -> int | Refused:
    return int(digits) if len(digits) <= MAX_DIGITS else Refused(f"A number may have at most {MAX_DIGITS} digits.")


def _decimal(digits: str) -> Decimal | Refused:
    try:
        return Decimal(digits) if len(digits) <= MAX_DIGITS else Refused(f"At most {MAX_DIGITS} digits are taken.")
    except InvalidOperation:
        return Refused("This number is out of bounds.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                found[name] = Refused("This member stands here more than once.")
            seen.add(name)
    return found


def _faults(value: Any, pointer: str, depth: int) -> Iterator[Error]:
    """What in a document cannot be taken, with its place."""
    if isinstance(value, Refused):
        yield pointing(pointer, value.detail)
    elif isinstance(value, str):
        yield from _text_faults(value, pointer)
    elif isinstance(value, list | dict) and depth > MAX_DEPTH:
        yield pointing(pointer, f"This is nested too deeply; at most {MAX_DEPTH} levels are taken.")
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _faults(item, below(pointer, at), depth + 1)
    elif isinstance(value, dict):
        for name, member in value.items():
            faults = list(_text_faults(name, pointer))
            yield from faults
            yield from _faults(member, below(pointer, name), depth + 1) if not faults else ()


def _text_faults(text: str, pointer: str) -> Iterator[Error]:
    if found := _FORBIDDEN.search(text):
        yield pointing(pointer, f"Character U+{ord(found[0]):04X} at position {found.start() + 1} cannot be stored.")
