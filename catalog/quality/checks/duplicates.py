"""The same value where no two products may share one."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.quality.base import Check, Found, Subject, excerpt


class DuplicateValue(Check):
    code = "duplicate"
    label = "Duplicate of a unique value"
    severity = "error"
    hint = "Find out which of the two products the value belongs to, and correct the other."

    def check(self, subject: Subject) -> Iterator[Found]:
        for twin in subject.twins:
            yield Found(twin.key, f"{twin.label} {excerpt(twin.text)} is also that of {twin.sku}.")
