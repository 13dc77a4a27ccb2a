"""Groups of texts that are nearly equal, among very many: rare pairs of words tell which to compare at all. Pure.

Two texts of n words of which a tenth differs share most of their pairs of neighbouring words. So each text is known by
a few of its pairs, the rarest ones: enough of them that two texts as like as is asked for have at least one in common
(the prefix filter of Chaudhuri, Ganti and Kaushik, "A primitive operator for similarity joins", ICDE 2006). Only texts
that share one are compared, letter by letter.

A text joins the group of the first text it is like, or begins one; only texts that began a group are looked up. So ten
thousand texts made from one template cost ten thousand comparisons, not fifty million. The same texts in the same
order give the same groups. Beside the texts there is a table of fixed size and some twenty numbers for each text.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from math import ceil
from typing import NamedTuple
from zlib import crc32

from rapidfuzz.distance import Indel
from rapidfuzz.process import extractOne

# Counters of pairs of words; pairs that share one by chance only look less rare than they are.
_TABLE = 1 << 21
# Texts that begin a group under one pair of words; a pair that so many share tells nothing.
_MAX_LISTED = 200
# Texts that one is compared with; those that share most pairs come first.
_MAX_COMPARED = 50
# Longer texts are not compared letter by letter.
MAX_WORDS = 2_000
MIN_THRESHOLD = 0.5
# Texts after which those who wait are told.
_TOLD = 1_000
# Told how many texts more are compared.
Progress = Callable[[int], None]


class Member(NamedTuple):
    """A text by its place among those given, and how like it is to the first of its group: 0 to 1."""

    text: int
    similarity: float


def near_groups(texts: Sequence[str], threshold: float, progress: Progress | None = None) -> list[list[Member]]:
    """Groups of at least two of these texts, the first of each that which the others are like.

    Texts are words in order with a space between (catalog.copies.paragraphs.normal), each once. Similarity is that of
    insertions and deletions of letters, between 0 and 1. `progress` is told every now and then how many more are
    compared. Raises ValueError for a threshold below 0.5 or above 1.
    """
    check_threshold(threshold)
    groups: dict[int, list[Member]] = {}
    for place, leader, similarity in _led(texts, threshold):
        if leader is None:
            groups[place] = [Member(place, 1.0)]
        else:
            groups[leader].append(Member(place, similarity))
        if progress and place % _TOLD == _TOLD - 1:
            progress(_TOLD)
    return [group for group in groups.values() if len(group) > 1]


def check_threshold(threshold: float) -> None:
    """Raises ValueError."""
    if not MIN_THRESHOLD <= threshold <= 1:
        raise ValueError(f"A threshold of {threshold} makes no sense; say one between {MIN_THRESHOLD} and 1.")


def _led(texts: Sequence[str], threshold: float) -> Iterator[tuple[int, int | None, float]]:
    """For each text the one whose group it joins and how like that is, or None where it begins one."""
    rarity = _Rarity(texts)
    listed: dict[int, array[int]] = defaultdict(lambda: array("L"))
    for place, text in enumerate(texts):
        prefix = rarity.prefix(text, threshold)
        shared: Counter[int] = Counter()
        for feature in prefix:
            if feature in listed:
                shared.update(listed[feature])
        # Of those that share equally many the first comes first.
        nearest = sorted(shared, key=lambda other: (-shared[other], other))[:_MAX_COMPARED]
        found = extractOne(
            text, [texts[other] for other in nearest], scorer=Indel.normalized_similarity, score_cutoff=threshold
        )
        if found is not None:
            yield place, nearest[found[2]], found[1]
            continue
        for feature in prefix:
            if len(listed[feature]) < _MAX_LISTED:
                listed[feature].append(place)
        yield place, None, 1.0


class _Rarity:
    """How often pairs of words come, counted once over all texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.counts = array("L", bytes(array("L").itemsize * _TABLE))
        for text in texts:
            for feature in _features(text):
                self.counts[feature % _TABLE] += 1

    def prefix(self, text: str, threshold: float) -> list[int]:
        """The rarest pairs of a text, as many as it takes, without those that no other has."""
        counts = self.counts
        ordered = sorted((counts[feature % _TABLE], feature) for feature in _features(text))
        # Each word that differs takes two pairs with it.
        different = ceil((1 - threshold) * (len(ordered) + 1)) + 1
        return [feature for count, feature in ordered[: 2 * different + 1] if count > 1]


def _features(text: str) -> set[int]:
    """The pairs of neighbouring words, each as a number that is the same in every process."""
    words = text.split(" ")
    if len(words) > MAX_WORDS:
        return set()
    if len(words) == 1:
        return {crc32(text.encode())}
    return {crc32(f"{one} {other}".encode()) for one, other in pairwise(words)}
