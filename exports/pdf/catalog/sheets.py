"""What a sheet of a catalogue gets when its pieces are on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from exports.pdf.press.chunk import Chunk
from exports.pdf.press.gathering import Laying
from exports.pdf.press.paste import Piece, Sheet
from exports.pdf.press.stamping import Side


def close_up(sheets: Iterable[Sheet]) -> None:
    """The rows of a table follow each other: what is free on a sheet is left at its foot."""
    for sheet in sheets:
        down = sheet.pieces[0].y if sheet.pieces else 0.0
        for at, (piece, block) in enumerate(zip(sheet.pieces, sheet.blocks, strict=True)):
            sheet.pieces[at] = replace(piece, y=round(down, 2))
            down += (piece.page.end if piece.page else 0.0) - sheet.frame.top + block.gap


def head_columns(sheets: Iterable[Sheet], strips: Mapping[str, Chunk | None], laid: Laying) -> None:
    """Where a table goes on, the heads of its columns stand over it again."""
    seen: set[str] = set()
    for sheet in sheets:
        first = next((block.laid.key for block in sheet.blocks), "")
        strip = strips.get(first)
        if strip and (first in seen or strip.code in seen):
            page = laid[strip.code].pages[0]
            sheet.pieces.append(Piece(laid[strip.code].key, page.form, 0.0, 0.0, page.height, page))
        for block in sheet.blocks:
            seen.add(block.laid.key)
            if found := strips.get(block.laid.key):
                seen.add(found.code)


def outer(sheet: Sheet) -> tuple[float, Side]:
    """The edge of the text that is cut, and which side that is."""
    return (sheet.frame.left, "left") if sheet.is_left else (sheet.frame.right, "right")


def inner(sheet: Sheet) -> tuple[float, Side]:
    """The edge at the fold."""
    return (sheet.frame.right, "right") if sheet.is_left else (sheet.frame.left, "left")
