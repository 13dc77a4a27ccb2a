"""Calendar dates."""

from __future__ import annotations

import datetime
from typing import Any

from babel import Locale
from babel.dates import format_date

from catalog.values.base import AttributeSpec, Invalid, Json, ValueType, quoted


class Date(ValueType):
    """A day, stored as ISO 8601 `YYYY-MM-DD`."""

    code = "date"
    label = "Date"

    def parse(self, raw: Any, spec: AttributeSpec) -> Json:
        if isinstance(raw, datetime.date) and not isinstance(raw, datetime.datetime):
            return raw.isoformat()
        if not isinstance(raw, str):
            raise Invalid(f"expected a date such as 2027-03-31, not {type(raw).__name__}")
        try:
            # fromisoformat also takes 20270331 and 2027-W13-3; strptime, without the check, the digits of any script.
            day = datetime.datetime.strptime(raw.strip() if raw.isascii() else "", "%Y-%m-%d")
        except ValueError:
            raise Invalid(f"{quoted(raw)} is no date; write it as 2027-03-31") from None
        return day.date().isoformat()

    def text(self, value: Any, spec: AttributeSpec, chain: tuple[str, ...]) -> str:
        return format_date(datetime.date.fromisoformat(value), format="long", locale=Locale.parse(chain[0], sep="-"))
