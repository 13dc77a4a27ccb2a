"""Making one fragment of what is written several times, without changing what channels get."""

from catalog.operations.uniting.applying import Outcome, Refused, unite, unite_all
from catalog.operations.uniting.remembering import apart, keep_apart, no_longer_apart
from catalog.operations.uniting.reporting import drop_from_report, keep_report, newest_change
from catalog.operations.uniting.settling import settled
from catalog.operations.uniting.unifying import unify

__all__ = [
    "Outcome",
    "Refused",
    "apart",
    "drop_from_report",
    "keep_apart",
    "keep_report",
    "newest_change",
    "no_longer_apart",
    "settled",
    "unify",
    "unite",
    "unite_all",
]
