"""Calendar dates, and moments."""

from __future__ import annotations

import datetime
import re
from typing import Any

from babel.dates import format_date, format_datetime

from catalog.values.base import AttributeSpec, Entry, Invalid, Json, ValueType, quoted
from catalog.values.decimals import locale_of
from catalog.values.settings import DEFAULT

# RFC 3339, section 5.6, with seconds that may be left out and a blank in place of the T.
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2})(:[0-9]{2})?(\.0+)?(Z|[+-][0-9]{2}:[0-9]{2})?", re.I
)


class Date(ValueType):
    """A day, stored as ISO 8601 `YYYY-MM-DD`."""

    code = "date"
    label = "Date"
    operators = frozenset(["=", "<"])
    settings = (DEFAULT,)

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
        return format_date(datetime.date.fromisoformat(value), format="long", locale=locale_of(chain[0]))

    def entries(self, value: Any, spec: AttributeSpec) -> tuple[Entry, ...]:
        return (Entry(value),)

    def operand(self, raw: str, spec: AttributeSpec) -> Entry:
        return Entry(str(self.parse(raw, spec)))

    def schema(self, spec: AttributeSpec) -> dict[str, Any]:
        return {"type": "string", "format": "date"}


class DateTime(Date):
    """A moment to the second, stored in UTC: `2027-03-31T09:30:00Z`. It has to come with its time zone."""

    code = "datetime"
    label = "Date and time"

    def parse(self, raw: Any, spec: AttributeSpec) -> Json:
        if isinstance(raw, datetime.datetime):
            raw = raw.isoformat()
        if not isinstance(raw, str):
            raise Invalid(f"expected a moment such as 2027-03-31T09:30:00Z, not {type(raw).__name__}")
        found = _MOMENT.fullmatch(raw.strip()) if len(raw) < 100 else None
        if not found:
            raise Invalid(f"{quoted(raw)} is no date and time; write it as 2027-03-31T09:30:00+02:00")
        day, minutes, seconds, _, zone = found.groups()
        if not zone:
            raise Invalid(f"{quoted(raw)} lacks its time zone; add Z for UTC, or an offset such as +02:00")
        try:
            moment = datetime.datetime.fromisoformat(f"{day}T{minutes}{seconds or ':00'}{zone.upper()}")
            utc = moment.astimezone(datetime.UTC)
        except (ValueError, OverflowError):
            raise Invalid(f"{quoted(raw)} is no date and time that there is") from None
        return utc.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"

    def text(self, value: Any, spec: AttributeSpec, chain: tuple[str, ...]) -> str:
        return format_datetime(datetime.datetime.fromisoformat(value), format="long", locale=locale_of(chain[0]))

    def operand(self, raw: str, spec: AttributeSpec) -> Entry:
        """A day alone stands for its beginning in UTC."""
        whole_day = len(raw.strip()) <= 10
        return Entry(f"{Date.parse(self, raw, spec)}T00:00:00Z" if whole_day else str(self.parse(raw, spec)))

    def schema(self, spec: AttributeSpec) -> dict[str, Any]:
        return {"type": "string", "format": "date-time"}
