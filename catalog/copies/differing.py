"""What differs between two texts, in words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from rapidfuzz.distance import Indel

_WORD_OR_GAP = re.compile(r"\s+|[^\s]+")
# Beyond so many words a text is shown as replaced in whole.
_MAX_WORDS = 3_000


class Segment(NamedTuple):
    """A piece of text that both have, or only the old or only the new one."""

    kind: Literal["equal", "old", "new"]
    text: str


def words(old: str, new: str) -> list[Segment]:
    """What both texts say and what only one of them does, in order; what is replaced before what replaces it."""
    one, other = _WORD_OR_GAP.findall(old), _WORD_OR_GAP.findall(new)
    if max(len(one), len(other)) > _MAX_WORDS:
        return [Segment("old", old), Segment("new", new)]
    return list(_segments(one, other))


def _segments(one: list[str], other: list[str]) -> Iterator[Segment]:
    # Edits of one place come apart into what is left out and what is put in; all left out there goes first.
    left, put = "", ""
    for step in Indel.opcodes(one, other):
        if step.tag == "equal":
            yield from _pending(left, put)
            left = put = ""
            yield Segment("equal", "".join(one[step.src_start : step.src_end]))
        else:
            left += "".join(one[step.src_start : step.src_end])
            put += "".join(other[step.dest_start : step.dest_end])
    yield from _pending(left, put)


def _pending(left: str, put: str) -> Iterator[Segment]:
    if left:
        yield Segment("old", left)
    if put:
        yield Segment("new", put)
