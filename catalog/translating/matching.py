"""How like a segment is to what was translated before.

100  the same words and the same codes (before others: where the paragraphs around it are the same, too)
99   the same words, but the codes stand for something else, such as another fact
98   the same words, but codes stand at other places; and at most this for words that differ
then the share of equal characters (normalised edit similarity), less 2 if the translation's codes do not fit
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Literal, NamedTuple

from rapidfuzz import fuzz

from catalog.translating.segments import (
    Code,
    CodeProblem,
    Segment,
    Text,
    check_codes,
    marked,
    plain,
    unmarked,
    words_of,
)

THRESHOLD = 70
OTHER_CODES, OTHER_PLACES, UNFIT = 99, 98, 2
# What counts as which class when words are counted for a job.
MatchClass = Literal["exact", "fuzzy", "repetition", "new"]


class Candidate(NamedTuple):
    """A pair of the memory; texts are marked."""

    source: str
    target: str
    codes: str
    context: str
    origin: str = ""


class Suggestion(NamedTuple):
    """A translation of something like a segment. `fits`: it has the segment's codes, so that it can be put in as it is.

    `source` and `target` are marked text, the target with the numbers of the segment's codes.
    """

    score: int
    source: str
    target: str
    origin: str
    fits: bool
    in_context: bool = False


def normal(words: str) -> str:
    """Words as they are compared: white space is one space, characters in composed form (Unicode NFC)."""
    return " ".join(unicodedata.normalize("NFC", words).split())


def digest(*parts: str) -> str:
    """BLAKE2b-128, hex."""
    return blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()


def words_digest(segment: Segment) -> str:
    return digest(normal(plain(segment)))


def codes_digest(segment: Segment) -> str:
    """Of what the codes of a segment stand for."""
    return digest(*(part.text for part in segment if isinstance(part, Code)))


def contexts(text: Text) -> list[str]:
    """For each segment, the digest of the words before and after it."""
    words = ["", *(normal(plain(segment)) for segment in text.segments), ""]
    return [digest(before, after) for before, after in zip(words, words[2:], strict=False)]


def renumbered(source: Segment, target: Segment) -> Segment | None:
    """A translation with the numbers of its source's codes; None where it has other codes than its source."""
    free = [part for part in source if isinstance(part, Code) and part.kind != "close"]
    numbers: dict[int, int] = {}
    out: list[str | Code] = []
    for part in target:
        if isinstance(part, str):
            out.append(part)
            continue
        if part.kind != "close":
            same = next((code for code in free if (code.kind, code.text) == (part.kind, part.text)), None)
            if same is None:
                return None
            free.remove(same)
            numbers[part.id] = same.id
        out.append(Code(numbers[part.id], part.kind, part.text))
    found = tuple(out)
    try:
        check_codes(source, found)
    except CodeProblem:
        return None
    return found


def aligned(source: Text, target: Text) -> list[tuple[Segment, Segment]] | None:
    """The segments of a text with those of its translation; None where the two are not built alike."""
    if source.rich != target.rich or source.shape != target.shape:
        return None
    found = []
    for one, other in zip(source.segments, target.segments, strict=True):
        if (fitting := renumbered(one, other)) is None:
            return None
        found.append((one, fitting))
    return found


def ranked(
    segment: Segment, candidates: Iterable[Candidate], context: str = "", limit: int = 5, threshold: int = THRESHOLD
) -> list[Suggestion]:
    """The best candidates, best first; each translation once."""
    words, written, codes = normal(plain(segment)), marked(segment), codes_digest(segment)
    found: dict[str, Suggestion] = {}
    for candidate in candidates:
        score = _score(words, written, codes, candidate, threshold)
        if score < threshold:
            continue
        fits = _fits(candidate.target, segment)
        score -= 0 if fits or score >= OTHER_CODES else UNFIT
        known = found.get(candidate.target)
        same = score == 100 and bool(context) and candidate.context == context
        suggestion = Suggestion(score, candidate.source, candidate.target, candidate.origin, fits, same)
        if score >= threshold and (known is None or _order(suggestion) < _order(known)):
            found[candidate.target] = suggestion
    return sorted(found.values(), key=_order)[:limit]


def _order(suggestion: Suggestion) -> tuple[bool, int]:
    return (not suggestion.in_context, -suggestion.score)


def _score(words: str, written: str, codes: str, candidate: Candidate, threshold: int) -> int:
    known = normal(words_of(candidate.source))
    if known == words:
        if normal(candidate.source) != normal(written):
            return OTHER_PLACES
        return 100 if candidate.codes == codes else OTHER_CODES
    return min(OTHER_PLACES, int(fuzz.ratio(words, known, score_cutoff=threshold)))


def _fits(target: str, segment: Segment) -> bool:
    try:
        unmarked(target, segment)
    except CodeProblem:
        return False
    return True


def classified(score: int) -> MatchClass:
    """The match class of a best score; 0 where there is none."""
    if score >= OTHER_CODES:
        return "exact"
    return "fuzzy" if score >= THRESHOLD else "new"


def window(length: int, threshold: int = THRESHOLD) -> tuple[int, int]:
    """How short and how long a text may be that can still reach the threshold: of ratio = 2·common / (a + b)."""
    share = threshold / (200 - threshold)
    return int(length * share), int(length / share) + 1


def joined(segments: Sequence[Segment]) -> str:
    """The words of several segments, a line each."""
    return "\n".join(plain(segment) for segment in segments)
