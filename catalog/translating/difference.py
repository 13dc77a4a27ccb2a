"""What has changed between two texts, in words and not in markup."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Literal, NamedTuple

from rapidfuzz.distance import Indel

from catalog.translating.segments import plain, segmented

# Beyond this many words a comparison says only that the text was written anew.
MAX_WORDS = 20_000
_WORD = re.compile(r"\w+(?:['’.,-]\w+)*")
# A word or a sign, with the white space behind it.
_PIECE = re.compile(r"(?:\w+(?:['’.,-]\w+)*|[^\w\s])\s*|\s+")


class Piece(NamedTuple):
    """Words that stayed, were put in, or were taken out."""

    kind: Literal["same", "added", "removed"]
    text: str


def readable(text: str) -> str:
    """A stored text as people read it: a line for each segment, references as they are written."""
    lines = (
        "".join(
            part if isinstance(part, str) else (part.text if part.text.startswith("{{") else "") for part in segment
        )
        for segment in segmented(text).segments
    )
    return "\n".join(lines)


def count_words(text: str) -> int:
    """Words of a stored text, without markup and references."""
    return sum(len(_WORD.findall(plain(segment))) for segment in segmented(text).segments)


def words_in(text: str) -> int:
    """Words of plain text."""
    return len(_WORD.findall(text))


def difference(before: str, after: str) -> list[Piece]:
    """Two stored texts compared word for word; joined, "same" and "added" are the second."""
    old, new = _PIECE.findall(readable(before)), _PIECE.findall(readable(after))
    if len(old) + len(new) > MAX_WORDS:
        return [Piece("removed", "".join(old)), Piece("added", "".join(new))] if old != new else [_same(old)]
    return list(_merged(_pieces(old, new)))


def _same(words: list[str]) -> Piece:
    return Piece("same", "".join(words))


def _pieces(old: list[str], new: list[str]) -> Iterator[Piece]:
    for step in Indel.opcodes(old, new):
        if step.tag == "equal":
            yield _same(new[step.dest_start : step.dest_end])
            continue
        if step.src_end > step.src_start:
            yield Piece("removed", "".join(old[step.src_start : step.src_end]))
        if step.dest_end > step.dest_start:
            yield Piece("added", "".join(new[step.dest_start : step.dest_end]))


def _merged(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Neighbours of a kind joined; between two that stayed, what was taken out before what was put in."""
    for same, run in groupby(pieces, lambda piece: piece.kind == "same"):
        found = list(run)
        for kind in ("same",) if same else ("removed", "added"):
            if text := "".join(piece.text for piece in found if piece.kind == kind):
                yield Piece(kind, text)  # type: ignore[arg-type]


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, list[Piece]]:
    """By field, where the texts of a field differ; nothing but "same" where only markup does."""
    names = dict.fromkeys([*before, *after])
    return {
        name: difference(before.get(name, ""), after.get(name, ""))
        for name in names
        if before.get(name, "") != after.get(name, "")
    }


def in_line(pieces: list[Piece]) -> str:
    """A difference as one line: "Press [-start-]{+stop+}."."""
    marks = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    return "".join(marks[piece.kind].format(piece.text) for piece in pieces)
