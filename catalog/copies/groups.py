"""Which paragraphs belong together: equal ones, and ones that are nearly so. No database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain
from typing import Literal

from catalog.copies.alike import Progress, check_threshold, near_groups
from catalog.copies.reading import Corpus, Text

DEFAULT_THRESHOLD = 0.9
DEFAULT_WORDS = 8
# Texts of one group; a larger one is more than anybody looks through, and goes on as another.
MAX_TEXTS = 100

Kind = Literal["equal", "near"]
# Two texts, by their digests in order, that somebody said are no copies; one twice where all its places are meant.
Pairs = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Group:
    """Paragraphs of one language that could be one. The first text is the one the others are like.

    An equal group has one text, which stands in several places; a near one has several, each in one place or more.
    `similarities` are between 0 and 1, in the order of the texts.
    """

    kind: Kind
    texts: tuple[Text, ...]
    similarities: tuple[float, ...]

    @property
    def language(self) -> str:
        return self.texts[0].language

    @property
    def master(self) -> Text:
        return self.texts[0]

    @property
    def digest(self) -> str:
        """Names the group as long as it has the same texts."""
        told = "\0".join([self.kind, *sorted(text.digest for text in self.texts)])
        return blake2b(told.encode(), digest_size=16).hexdigest()

    @property
    def text(self) -> str:
        """How the first text reads."""
        return self.master.text

    @property
    def words(self) -> int:
        return self.master.words

    @property
    def variants(self) -> int:
        """How many different texts there are."""
        return len(self.texts)

    @property
    def places(self) -> int:
        return sum(len(text.occurrences) for text in self.texts)

    @property
    def saved(self) -> int:
        """Words that would be written once instead of in every place."""
        return sum(text.words * len(text.occurrences) for text in self.texts) - self.master.words


def groups(
    corpus: Corpus, threshold: float = DEFAULT_THRESHOLD, apart: Pairs = frozenset(), progress: Progress | None = None
) -> list[Group]:
    """All groups, those that save most first; without what was said to be no copies. Raises ValueError."""
    check_threshold(threshold)
    found = [*equal_groups(corpus.texts.values(), apart), *_near(corpus, threshold, apart, progress)]
    return sorted(found, key=lambda group: (group.kind, -group.saved, group.language, group.master.markup))


def equal_groups(texts: Iterable[Text], apart: Pairs = frozenset()) -> Iterator[Group]:
    for text in texts:
        if text.copies and (text.digest, text.digest) not in apart:
            yield Group("equal", (text,), (1.0,))


def _near(corpus: Corpus, threshold: float, apart: Pairs, progress: Progress | None) -> Iterator[Group]:
    by_language: dict[str, dict[str, list[Text]]] = defaultdict(lambda: defaultdict(list))
    for text in sorted(corpus.texts.values(), key=lambda text: (-text.copies, len(text.markup), text.markup)):
        by_language[text.language][text.normal].append(text)
    for language in sorted(by_language):
        yield from _near_in(by_language[language], threshold, apart, progress)


def _near_in(
    written: dict[str, list[Text]], threshold: float, apart: Pairs, progress: Progress | None
) -> Iterator[Group]:
    """The groups of one language; `written` are the texts by what counts of them when they are compared."""
    normals = list(written)
    grouped = near_groups(normals, threshold, progress)
    led = {member.text for group in grouped for member in group}
    for group in grouped:
        yield from _parted(
            [(text, member.similarity) for member in group for text in written[normals[member.text]]], apart
        )
    for place, key in enumerate(normals):
        if place not in led:
            yield from _parted([(text, 1.0) for text in written[key]], apart)


def _parted(found: Sequence[tuple[Text, float]], apart: Pairs) -> Iterator[Group]:
    """A group without the texts that are no copies of its first one; one too large in several."""
    while len(found) > 1:
        kept, others = [found[0]], list[tuple[Text, float]]()
        for text, similarity in found[1:]:
            alike = _pair(kept[0][0], text) not in apart
            (kept if alike else others).append((text, similarity))
        for start in range(1, len(kept), MAX_TEXTS - 1):
            texts, similarities = zip(kept[0], *kept[start : start + MAX_TEXTS - 1], strict=True)
            yield Group("near", texts, similarities)
        # What is no copy of the first may be one of another.
        found = [(text, 1.0 if place == 0 else similarity) for place, (text, similarity) in enumerate(others)]


def _pair(one: Text, other: Text) -> tuple[str, str]:
    first, second = sorted((one.digest, other.digest))
    return first, second


def pairs_of(group: Group) -> Pairs:
    """What is said when a group is called no copies: of each two of its texts, or of the places of its only one."""
    if group.kind == "equal":
        return frozenset([(group.master.digest, group.master.digest)])
    texts = group.texts
    return frozenset(chain.from_iterable((_pair(one, other) for other in texts[:n]) for n, one in enumerate(texts)))
