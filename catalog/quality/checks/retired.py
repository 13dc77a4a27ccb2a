"""Options that are no longer offered and still chosen."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.quality.base import Check, Found, Subject, key_of
from catalog.values.base import pick


class RetiredOption(Check):
    code = "retired"
    label = "Retired option still used"
    severity = "hint"
    hint = "Choose an option that is still offered."

    def check(self, subject: Subject) -> Iterator[Found]:
        for said in subject.own_facts():
            if not said.spec.retired_options:
                continue
            for code in said.value if isinstance(said.value, list) else [said.value]:
                if code in said.spec.retired_options:
                    label = pick(said.spec.options[code.lower()][1], ("en",)) or code
                    yield Found(key_of(said.key, code), f"{said.spec.label(('en',))}: “{label}” is no longer offered.")
