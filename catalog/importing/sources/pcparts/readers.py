"""Readers of cells: what a column's cell says of the facts it becomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

# What a cell says: pairs of a fact's code and its raw value, still to be parsed by the attribute's type.
Said = Iterator[tuple[str, Any]]


@dataclass(frozen=True)
class Reader:
    """`facts` are the codes of all facts that `read` may speak of."""

    facts: tuple[str, ...]
    read: Callable[[Any], Said]

    def __call__(self, cell: Any) -> Said:
        return self.read(cell)


class Odd(ValueError):
    """A cell of another shape than its column has elsewhere."""


def number(fact: str) -> Reader:
    def read(cell: Any) -> Said:
        yield fact, _number(cell)

    return Reader((fact,), read)


def quantity(fact: str) -> Reader:
    """A bare number, in the unit that the fact is written in."""

    def read(cell: Any) -> Said:
        yield fact, {"amount": _number(cell)}

    return Reader((fact,), read)


def span(fact: str, upper_factor: int = 1) -> Reader:
    """One number, or the lower and the upper end; the upper one may be written in a unit so many times as large."""

    def read(cell: Any) -> Said:
        low, high = _pair(cell) if isinstance(cell, list) else (_number(cell), _number(cell))
        yield fact, {"from": low, "to": high * upper_factor}

    return Reader((fact,), read)


def choice(fact: str, names: Mapping[Any, str] | None = None) -> Reader:
    def read(cell: Any) -> Said:
        yield fact, (names or {}).get(cell, cell if isinstance(cell, str) else str(cell))

    return Reader((fact,), read)


def choices(fact: str, separator: str = "") -> Reader:
    """A list, or one text whose parts stand apart by the separator."""

    def read(cell: Any) -> Said:
        parts = cell if isinstance(cell, list) else str(cell).split(separator) if separator else [cell]
        yield fact, [str(part).strip() for part in parts]

    return Reader((fact,), read)


def flag(fact: str) -> Reader:
    def read(cell: Any) -> Said:
        if not isinstance(cell, bool):
            raise Odd("expected true or false")
        yield fact, cell

    return Reader((fact,), read)


def line(fact: str) -> Reader:
    def read(cell: Any) -> Said:
        yield fact, cell

    return Reader((fact,), read)


def dollars(fact: str) -> Reader:
    def read(cell: Any) -> Said:
        yield fact, [{"amount": _number(cell), "currency": "USD"}]

    return Reader((fact,), read)


def _memory_speed(cell: Any) -> Said:
    """[generation, megahertz]; the first generation is written without its number."""
    generation, clock = _pair(cell) if isinstance(cell, list) else (Decimal(1), _number(cell))
    yield "memory_generation", f"DDR{generation}" if generation > 1 else "DDR"
    yield "memory_clock", {"amount": clock}


def _modules(cell: Any) -> Said:
    count, size = _pair(cell)
    yield "module_count", count
    yield "module_capacity", {"amount": size}


def _pixels(cell: Any) -> Said:
    yield from zip(("pixels_wide", "pixels_high"), _pair(cell), strict=True)


def _drive(cell: Any) -> Said:
    """SSD, Hybrid, or how fast a hard disk turns."""
    if isinstance(cell, str):
        yield "drive_type", cell
    else:
        yield "drive_type", "Hard disk"
        yield "drive_speed", {"amount": _number(cell)}


def _fan_bay(cell: Any) -> Said:
    """The last of several forms is the one that fits a bay."""
    yield "bay", f"{cell[-1] if isinstance(cell, list) else cell} inch"


def _number(cell: Any) -> Decimal:
    if isinstance(cell, bool) or not isinstance(cell, int | Decimal):
        raise Odd("expected a number")
    return Decimal(cell)


def _pair(cell: Any) -> tuple[Decimal, Decimal]:
    if not isinstance(cell, list) or len(cell) != 2:
        raise Odd("expected two numbers")
    return _number(cell[0]), _number(cell[1])


memory_speed = Reader(("memory_generation", "memory_clock"), _memory_speed)
modules = Reader(("module_count", "module_capacity"), _modules)
pixels = Reader(("pixels_wide", "pixels_high"), _pixels)
drive = Reader(("drive_type", "drive_speed"), _drive)
fan_bay = Reader(("bay",), _fan_bay)
