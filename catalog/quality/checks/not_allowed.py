"""Values from before their attribute was made stricter."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.quality.base import Check, Found, Subject
from catalog.quality.checks.identifiers import scheme_of
from catalog.values import TYPES, Invalid


class NotAllowed(Check):
    """What could not be written today: the attribute's limits, unit family, pattern or options have changed since.

    Numbers with check digits have a check of their own.
    """

    code = "not_allowed"
    label = "Value no longer allowed"
    severity = "error"
    hint = "Correct the value, or allow it again in the attribute's settings."

    def check(self, subject: Subject) -> Iterator[Found]:
        for said in subject.own_facts():
            kind = TYPES[said.spec.type]
            if kind.computed or scheme_of(said):
                continue
            try:
                kind.parse(said.value, said.spec)
            except Invalid as error:
                yield Found(said.key, f"{said.spec.label(('en',))}: {error}.")
