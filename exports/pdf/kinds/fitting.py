"""Does a text fit its box? Measured by the layout engine itself, before anything is printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string

from exports.documents import Document
from exports.pdf.engine import Press
from exports.pdf.limits import clipped

MILLIMETRE = 96 / 25.4  # CSS pixels
TOLERANCE = 0.5  # mm: letters of another font make a line a little higher; no line of ours is that low
LONGEST = 4_000  # characters measured; no box of ours holds that many

# From what says most to what says least of a product in a few words.
SHORTER = ("description", "teaser", "promotion", "headline")


@dataclass(frozen=True, slots=True)
class Text:
    """A text, the class that sets its type, and its room in mm. `key` tells it from others.

    `size` is in points where it is another than the class's.
    """

    key: str
    text: str
    style: str
    width: float
    height: float
    size: float = 0.0


@dataclass(frozen=True, slots=True)
class Excess:
    """By how many mm a text is too wide (a word that cannot be broken) and too high."""

    width: float
    height: float

    def __bool__(self) -> bool:
        return max(self.width, self.height) > TOLERANCE

    def __str__(self) -> str:
        found = [
            f"{mm:.1f} mm too {what}" for mm, what in ((self.height, "high"), (self.width, "wide")) if mm > TOLERANCE
        ]
        return " and ".join(found)


def excesses(press: Press, language: str, texts: Sequence[Text]) -> Mapping[str, Excess]:
    """Those of `texts` that do not fit, by key."""
    if not texts:
        return {}
    shown = [(text, clipped(text.text, LONGEST)) for text in texts]
    html = render_to_string("exports/pdf/fitting.html", {"texts": shown, "language": language})
    rooms = {text.key: text for text in texts}
    found = {key: _excess(*size, rooms[key]) for key, size in press.measured(html).items()}
    return {key: excess for key, excess in found.items() if excess}


def shorter(press: Press, language: str, document: Document, room: Text) -> str:
    """The longest of a product's shorter texts that fits the room, as words for a report; "" where none does."""
    variants = [
        (statement.slot, statement.text)
        for slot in SHORTER
        for statement in document.slot(slot)
        if len(statement.text) < len(room.text)
    ]
    texts = [
        Text(str(number), text, room.style, room.width, room.height, room.size)
        for number, (_, text) in enumerate(variants)
    ]
    too_long = excesses(press, language, texts)
    fitting = [variant for number, variant in enumerate(variants) if str(number) not in too_long]
    if not fitting:
        return "None of its other texts would fit."
    slot, text = max(fitting, key=lambda variant: len(variant[1]))
    return f"Its {slot} would fit: “{clipped(text, 80)}”."


def _excess(width: float, height: float, room: Text) -> Excess:
    return Excess(max(0.0, width / MILLIMETRE - room.width), max(0.0, height / MILLIMETRE - room.height))
