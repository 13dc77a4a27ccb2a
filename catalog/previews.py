"""How a text would read for a product. Rooms above, which put texts into words, say how; the knowledge base asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from catalog.models import Product


class Asked(NamedTuple):
    """A fragment's text in a language as it is being written; `channel` is a channel's code, "" for none."""

    code: str
    language: str
    body: str
    rich: bool
    product: Product
    channel: str = ""


class Preview(NamedTuple):
    """Clean markup ("" for a plain text) and words; or why there are none."""

    html: str
    text: str
    problem: str = ""


Previewer: TypeAlias = Callable[[Asked], Preview]
PREVIEWERS: list[Previewer] = []


def preview(asked: Asked) -> Preview:
    """What the room that puts texts into words makes of it; that nobody does, where there is no such room."""
    for previewer in PREVIEWERS:
        return previewer(asked)
    return Preview("", "", "Nothing here can show how a text reads.")
