"""What becomes of drafted documents, given those that are out: released, kept as they were, or withheld.

Documents hang together: a variant is nothing without its group, and a group nothing without a variant. So a group that
is withheld takes along what is below it, and is withheld itself where nothing below it is left.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from exports.gate.judging import KEPT, WITHHELD, Told, verdict

# A document: SKU and language.
Key = tuple[str, str]


class Drafted(Protocol):
    """What is known of a drafted document here."""

    @property
    def key(self) -> Key: ...
    @property
    def product(self) -> int: ...
    @property
    def parent(self) -> str | None: ...
    @property
    def variants(self) -> tuple[str, ...]: ...
    @property
    def told(self) -> tuple[Told, ...]: ...


@dataclass(frozen=True)
class Settled:
    """By document what becomes of it, where it is not released as drafted, and all that is told of it."""

    effects: Mapping[Key, str]
    told: Mapping[Key, tuple[Told, ...]]


def settle(made: Iterable[Drafted], there: Mapping[Key, int], others: Collection[Key] = ()) -> Settled:
    """`there` are the documents that are out of the products drafted, with the products' ids.

    `others` are those that are out, of products not drafted, which are groups or variants of drafted ones.
    """
    rows = {row.key: row for row in made}
    effects = {key: _own(row, there) for key, row in rows.items()}
    why: dict[Key, Told] = {}
    by_depth = sorted(rows, key=lambda key: _depth(rows, key))
    for key in by_depth:
        above = (rows[key].parent or "", key[1])
        if rows[key].parent and _is_out_of(above, rows, effects, others) and effects[key] != WITHHELD:
            effects[key] = WITHHELD
            why[key] = Told("group", f"It belongs to “{above[0]}”, which is withheld.", effect=WITHHELD)
    for key in reversed(by_depth):
        below = [(sku, key[1]) for sku in rows[key].variants]
        if below and effects[key] != WITHHELD and all(_is_out_of(each, rows, effects, others) for each in below):
            effects[key] = WITHHELD
            why[key] = Told("group", "None of its variants is released.", effect=WITHHELD)
    told = {key: _lines(row, effects[key], why.get(key)) for key, row in rows.items()}
    return Settled({key: effect for key, effect in effects.items() if effect}, told)


def _own(row: Drafted, there: Mapping[Key, int]) -> str:
    """By its own findings; what was never out cannot be kept."""
    found = verdict(row.told)
    return WITHHELD if found == KEPT and there.get(row.key) != row.product else found


def _is_out_of(key: Key, rows: Mapping[Key, Drafted], effects: Mapping[Key, str], others: Collection[Key]) -> bool:
    """Whether a document is not in the release."""
    return effects[key] == WITHHELD if key in rows else key not in others


def _lines(row: Drafted, effect: str, more: Told | None) -> tuple[Told, ...]:
    """What is told of a document, with what really became of it."""
    lines = [line._replace(effect=effect) if line.effect else line for line in row.told]
    return (*lines, more) if more else tuple(lines)


def _depth(rows: Mapping[Key, Drafted], key: Key) -> int:
    seen = {key}
    while (row := rows.get(key)) is not None and row.parent and (key := (row.parent, key[1])) not in seen:
        seen.add(key)
    return len(seen)
