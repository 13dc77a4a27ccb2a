"""Safety messages: which signal word and which sign a statement gets, by the slot it stands in.

A slot called `danger`, `warning`, `caution` or `notice` has that signal word (ISO 3864-2). A hazard after a hyphen, as
in `danger-electricity`, gives it a sign of its own. The signs are drawn for this project, after the shapes and colours
that ISO 3864-1 prescribes: a triangle, black on yellow.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exports.wording import word

if TYPE_CHECKING:
    from exports.pdf.entries import Prose

LEVELS = ("danger", "warning", "caution", "notice")
GENERAL = "general"

_LINE = 'fill="none" stroke="#000" stroke-linecap="round" stroke-linejoin="round"'
SYMBOLS = {
    GENERAL: '<path d="M10.9 8.2h2.2l-.5 6.4h-1.2z"/><circle cx="12" cy="16.9" r="1.15"/>',
    "electricity": '<path d="M13.6 6.6 9.3 13h2.3l-1.3 4 .1.1-1-.3.6 2.1 1.9-1.1-.8-.3L14.9 11.8h-2.5z"/>',
    "heat": f'<path d="M7 17.6h10" {_LINE} stroke-width="1.3"/>'
    f'<path d="M9.4 15.6c-1-1 .9-2.1 0-3.3M12 15.6c-1.2-1.5 1.2-3.2 0-5.4M14.6 15.6c-1-1 .9-2.1 0-3.3" {_LINE} '
    'stroke-width="1"/>',
    "moving": f'<circle cx="10.1" cy="15.2" r="2.2" {_LINE} stroke-width="1.1"/><circle cx="14.4" cy="12.4" r="1.6" '
    f'{_LINE} stroke-width="1"/><path d="M10.1 11.9v1M10.1 17.5v1M6.8 15.2h1M12.4 15.2h1M7.8 12.9l.7.7M11.7 16.8l.7.7'
    'M7.8 17.5l.7-.7M14.4 9.7v1M14.4 14.1v.9M16.1 12.4h.9M15.6 11.2l.6-.6M15.6 13.6l.6.6" '
    f'{_LINE} stroke-width=".9"/>',
    "corrosive": f'<path d="M7 17.8h3.1c.5-1 1.2-1 1.9-.2.6.7 1.3.9 1.9-.4H17" {_LINE} stroke-width="1.2"/>'
    '<path d="M12 8c1.3 1.9 1.9 2.8 1.9 3.7a1.9 1.9 0 0 1-3.8 0c0-.9.6-1.8 1.9-3.7z"/>',
}


@dataclass(frozen=True, slots=True)
class Hazard:
    """`symbol` is SVG of ours; `alt` says what it shows; `prose` are the messages, of one level and hazard."""

    level: str
    signal: str
    symbol: str
    alt: str
    prose: tuple[Prose, ...]


def is_hazard(slot: str) -> bool:
    return slot.partition("-")[0] in LEVELS


def hazards(statements: Iterable[Prose], language: str) -> tuple[Hazard, ...]:
    """The safety messages among `statements`, gravest first; those of one slot stand in one panel."""
    slots: dict[str, list[Prose]] = {}
    for prose in statements:
        if is_hazard(prose.slot):
            slots.setdefault(prose.slot, []).append(prose)
    in_order = sorted(slots, key=lambda slot: LEVELS.index(slot.partition("-")[0]))
    return tuple(_hazard(slot, slots[slot], language) for slot in in_order)


def _hazard(slot: str, prose: Iterable[Prose], language: str) -> Hazard:
    level, _, kind = slot.partition("-")
    kind = kind if kind in SYMBOLS else GENERAL
    return Hazard(level, word(language, level), SYMBOLS[kind], word(language, f"hazard_{kind}"), tuple(prose))
