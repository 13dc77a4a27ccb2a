"""Numbers whose check digit is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

from stdnum import ean, isbn
from stdnum.exceptions import ValidationError

from catalog.quality.base import Check, Found, Said, Subject, excerpt


class InvalidIdentifier(Check):
    """GTIN-8, -12, -13 and -14 (GS1 General Specifications, section 7.9) and ISBN (ISO 2108)."""

    code = "identifier"
    label = "Invalid GTIN or ISBN"
    severity = "error"
    hint = "Copy the number from the packaging or the number's owner; a digit is wrong or missing."

    def check(self, subject: Subject) -> Iterator[Found]:
        for said in subject.own_facts():
            scheme = scheme_of(said)
            if scheme is None:
                continue
            name, module = scheme
            try:
                module.validate(str(said.value))
            except ValidationError as error:
                reason = str(error).rstrip(".")
                yield Found(said.key, f"{excerpt(str(said.value))} is no {name}: {reason}.")


def scheme_of(said: Said) -> tuple[str, ModuleType] | None:
    """What the attribute numbers things by, where that has check digits."""
    if said.spec.role == "gtin" or said.spec.type == "gtin":
        return "GTIN", ean
    return ("ISBN", isbn) if said.spec.type == "isbn" else None
