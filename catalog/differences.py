"""What differs between two texts, in words: for people who read them, not their markup.

Paragraphs are compared first, then the words of those that differ. Comparing follows E. W. Myers, "An O(ND) Difference
Algorithm and Its Variations" (1986), with a limit of steps: two long texts that have little in common are shown as one
taken away and one put in, instead of being searched for what they share by chance.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from math import isqrt
from typing import Literal, NamedTuple, TypeAlias, TypeVar

from catalog.richtext import to_text

T = TypeVar("T")
Kind: TypeAlias = Literal["same", "removed", "added"]
# A stretch of both texts: the same in both, or what stands in the one for what in the other.
Run: TypeAlias = tuple[Literal["same", "changed"], Sequence[T], Sequence[T]]
# Comparisons of two words or paragraphs in one call of `words`.
STEPS = 300_000

# Scripts that are written without spaces: Thai, Lao, Burmese, Khmer, kana, Han.
_SPACELESS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_TOKEN = re.compile(rf"\s+|[{_SPACELESS}]|(?:(?![{_SPACELESS}])\w)+(?:[.,'’\-/](?:(?![{_SPACELESS}])\w)+)*|[^\w\s]")


class Segment(NamedTuple):
    """A run of text that both have, or only the old, or only the new one."""

    kind: Kind
    text: str


class _Word(NamedTuple):
    """A word, a sign, or a character of a script without spaces, and the white space before it."""

    space: str
    text: str


class _Budget:
    """Counts comparisons; `spent` once there are no more."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def pay(self, steps: int) -> bool:
        self.left -= steps
        return self.left >= 0


def words(old: str, new: str, steps: int = STEPS) -> list[Segment]:
    """The two texts, markup or plain, as one row of segments; both are whole if read by their kind.

    At most about `steps` comparisons are made. Segments of the same kind never follow each other.
    """
    return plain_words(to_text(old), to_text(new), steps)


def plain_words(old: str, new: str, steps: int = STEPS) -> list[Segment]:
    """The same of texts that have no markup, where `<` and `&` stand for themselves; a paragraph is a line."""
    return list(_joined(_compared(old, new, _Budget(steps))))


def _compared(old: str, new: str, budget: _Budget) -> Iterator[Segment]:
    """By paragraphs, and within those that differ by words. A paragraph begins with a line break, the first one too."""
    before, after = _paragraphs(old), _paragraphs(new)
    for kind, a, b in _runs(before, after, budget):
        if kind == "same":
            yield from (Segment("same", text) for text in a)
        else:
            yield from _by_words("".join(a), "".join(b), budget)


def _paragraphs(text: str) -> list[str]:
    return [f"\n{line}" for line in text.split("\n")] if text else []


def _by_words(old: str, new: str, budget: _Budget) -> Iterator[Segment]:
    before, after = _words(old), _words(new)
    a = b = 0
    for kind, old_run, new_run in _readable(
        _runs([word.text for word in before], [word.text for word in after], budget)
    ):
        gone, come = before[a : a + len(old_run)], after[b : b + len(new_run)]
        a, b = a + len(gone), b + len(come)
        if kind == "same":
            yield from (Segment("same", word.space + word.text) for word in come)
        else:
            yield from (Segment("removed", word.space + word.text) for word in gone)
            yield from (Segment("added", word.space + word.text) for word in come)


def _readable(runs: Iterable[Run[str]]) -> list[Run[str]]:
    """Signs that two texts share between words that differ say nothing, and nor do a few words that many have."""
    found = list(runs)
    shared = sum(len(old) for kind, old, _ in found if kind == "same")
    longer = max((sum(len(run[side]) for run in found) for side in (1, 2)), default=0)
    if len(found) > 1 and longer > 8 and shared * 5 < longer:
        return [("changed", [w for _, old, _ in found for w in old], [w for _, _, new in found for w in new])]
    inner = range(1, len(found) - 1)
    return [
        ("changed", *run[1:]) if number in inner and not any(word.isalnum() for word in run[1]) else run
        for number, run in enumerate(found)
    ]


def _words(text: str) -> list[_Word]:
    found: list[_Word] = []
    space = ""
    for token in _TOKEN.findall(text):
        if token.isspace():
            space = token
        elif found and not space and unicodedata.category(token[0]).startswith("M"):
            found[-1] = _Word(found[-1].space, found[-1].text + token)
        else:
            found.append(_Word(space, token))
            space = ""
    return found


# --- Comparing -------------------------------------------------------------------------------------------------------


def _runs(old: Sequence[T], new: Sequence[T], budget: _Budget) -> Iterator[Run[T]]:
    """Stretches that are the same in both, and between them what stands in the one for what in the other."""
    start, end = _alike(old, new, budget)
    if start:
        yield "same", old[:start], new[:start]
    a, b = old[start : len(old) - end], new[start : len(new) - end]
    done_a = done_b = 0
    for i, j, length in _matches(a, b, budget):
        if i > done_a or j > done_b:
            yield "changed", a[done_a:i], b[done_b:j]
        yield "same", a[i : i + length], b[j : j + length]
        done_a, done_b = i + length, j + length
    if done_a < len(a) or done_b < len(b):
        yield "changed", a[done_a:], b[done_b:]
    if end:
        yield "same", old[len(old) - end :], new[len(new) - end :]


def _alike(old: Sequence[T], new: Sequence[T], budget: _Budget) -> tuple[int, int]:
    """How many are the same at the beginning, and how many at the end of the rest."""
    shorter = min(len(old), len(new))
    start = next((i for i in range(shorter) if old[i] != new[i]), shorter)
    end = next((i for i in range(shorter - start) if old[-1 - i] != new[-1 - i]), shorter - start)
    budget.pay(start + end)
    return start, end


def _matches(a: Sequence[T], b: Sequence[T], budget: _Budget) -> list[tuple[int, int, int]]:
    """Where stretches of both are the same: their beginnings and length, in order. None where the search is given up.

    `furthest[k]` is how far into `a` one gets on diagonal k with so many edits; negative k count from the list's end.
    """
    most = min(len(a) + len(b), isqrt(max(budget.left, 0)) + 1)
    furthest = [0] * (2 * most + 3)
    trace: list[list[int]] = []
    for edits in range(most + 1 if a and b else 0):
        trace.append(furthest[: edits + 2] + furthest[len(furthest) - edits - 1 :])
        if not budget.pay(2 * edits + 1):
            return []
        for k in range(-edits, edits + 1, 2):
            x = began = _step(furthest, edits, k)
            while x < len(a) and x - k < len(b) and a[x] == b[x - k]:
                x += 1
            furthest[k] = x
            if x >= len(a) and x - k >= len(b):
                return _path(trace, len(a), len(b))
            if not budget.pay(x - began):
                return []
    return []


def _step(furthest: Sequence[int], edits: int, k: int) -> int:
    """Where one edit more leads to on diagonal k: a word of `b` put in, or one of `a` taken away."""
    if edits == 0:
        return 0
    return furthest[k + 1] if _is_down(furthest, edits, k) else furthest[k - 1] + 1


def _is_down(furthest: Sequence[int], edits: int, k: int) -> bool:
    return k == -edits or (k != edits and furthest[k - 1] < furthest[k + 1])


def _path(trace: Sequence[list[int]], x: int, y: int) -> list[tuple[int, int, int]]:
    """Back from the end: the diagonals of the way on which the end was reached."""
    found: list[tuple[int, int, int]] = []
    for edits in range(len(trace) - 1, -1, -1):
        furthest, k = trace[edits], x - y
        start = _step(furthest, edits, k)
        if x > start:
            found.append((start, start - k, x - start))
        if edits:
            down = _is_down(furthest, edits, k)
            x, y = (start, start - k - 1) if down else (start - 1, start - k)
    return found[::-1]


# --- Showing ---------------------------------------------------------------------------------------------------------
def _joined(segments: Iterable[Segment]) -> Iterator[Segment]:
    """Runs of one kind as one segment; of what stands in the same place, what was taken away first."""
    first = True
    for same, run in groupby(segments, lambda segment: segment.kind == "same"):
        texts: dict[Kind, str] = {}
        for kind, text in run:
            texts[kind] = texts.get(kind, "") + text
        order: tuple[Kind, ...] = ("same",) if same else ("removed", "added")
        for name in order:
            if name in texts:
                yield Segment(name, texts[name].removeprefix("\n") if first else texts[name])
        first = False


def old_side(segments: Iterable[Segment]) -> list[Segment]:
    """What to show of the old text beside the new one."""
    return [segment for segment in segments if segment.kind != "added"]


def new_side(segments: Iterable[Segment]) -> list[Segment]:
    return [segment for segment in segments if segment.kind != "removed"]


def shortened(segments: Sequence[Segment], around: int = 300) -> list[Segment]:
    """Of what is the same only so many characters on either side of a difference."""
    last = len(segments) - 1
    return [
        Segment(kind, _cut(text, around if number else 0, around if number < last else 0) if kind == "same" else text)
        for number, (kind, text) in enumerate(segments)
    ]


def _cut(text: str, start: int, end: int) -> str:
    """The first and the last so many characters of a long text, to the nearest white space."""
    if len(text) <= start + end + 200:
        return text
    left, right = text[:start], text[len(text) - end :] if end else ""
    left = left[: left.rfind(" ") + 1] or left
    return f"{left}\n[…]\n{right[right.find(' ') + 1 :]}"


def as_text(segments: Iterable[Segment]) -> str:
    """For a terminal: `[-taken away-]` and `{+put in+}`."""
    marks = {"same": ("", ""), "removed": ("[-", "-]"), "added": ("{+", "+}")}
    return "".join(_within(marks[kind], text) for kind, text in segments)


def as_html(segments: Iterable[Segment]) -> str:
    """Markup in which everything that comes from the texts is escaped; line breaks are `<br>`."""
    marks = {"same": ("", ""), "removed": ("<del>", "</del>"), "added": ("<ins>", "</ins>")}
    return "".join(_within(marks[kind], html.escape(text)) for kind, text in segments).replace("\n", "<br>")


def _within(marks: tuple[str, str], text: str) -> str:
    """White space at its ends stands outside of the marks."""
    core = text.strip()
    if not core:
        return text if not marks[0] else marks[0] + text + marks[1]
    lead, trail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return lead + marks[0] + core + marks[1] + trail
