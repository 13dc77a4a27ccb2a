"""What workers look for besides jobs in line: work that becomes due by itself, and is put in line then."""

from __future__ import annotations

from collections.abc import Callable, Collection

# By the kind of job it puts in line.
WATCHES: dict[str, Callable[[], None]] = {}
# Seconds between two looks of one worker. A look has to be a query or two, by an index.
EVERY = 0.2
# The same where something is written all the time.
SOONEST = 0.05


def watch_for(kind: str, look: Callable[[], None]) -> None:
    """Have workers that run such jobs look. Whatever looks is safe to look twice at the same time."""
    WATCHES[kind] = look


def look(kinds: Collection[str]) -> None:
    for kind, watch in WATCHES.items():
        if kind in kinds:
            watch()
