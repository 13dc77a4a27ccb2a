"""What can be done about equal paragraphs: which fragments can be one, and which can take a paragraph from another.

No database: it is given the fragments that may take part (catalog.operations.uniting.settling). A paragraph is looked
at in all languages at once: the paragraphs that stand at one place of a fragment are one row, as far as the languages
have the same elements one after the other. Rows that contradict each other in no language can be one fragment, which
then has the languages of all of them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Literal, NamedTuple

import orjson
from django.conf import settings
from django.utils.text import slugify

from catalog.copies.groups import DEFAULT_WORDS, Pairs
from catalog.copies.paragraphs import BLOCKS, blocks, count_words
from catalog.copies.reading import digest_of
from catalog.richtext import to_text

Texts = Mapping[str, str]


@dataclass(frozen=True)
class Source:
    """A fragment whose working copy is what is out; `bodies` by language, `placed` in so many places."""

    pk: int
    code: str
    bodies: Texts
    applies: Mapping[str, Any]
    source: Mapping[str, Any]
    tags: frozenset[int]
    placed: int

    @property
    def everywhere(self) -> bool:
        return not any(self.applies.values())


class Row(NamedTuple):
    """What stands at one place of a fragment, by language; `whole` says that it has nothing else."""

    source: Source
    place: int
    texts: Texts
    whole: bool


class Member(NamedTuple):
    """A fragment by its code that takes the paragraph at a place from another, in these languages."""

    code: str
    place: int
    languages: tuple[str, ...]


@dataclass(frozen=True)
class Proposal:
    """Make one fragment of several texts.

    A `merge` puts the fragment `code` in the place of the members, whose texts are all the same. A `share` puts
    `{{ fragment:code }}` where the paragraph stands in the members; `new` says that the fragment has still to be made,
    of `texts` by language. `saved` are words by language that are written once less. `tags` and `like` are the tags
    all members have, and the member whose source is all members' source, for a new one.
    """

    kind: Literal["merge", "share"]
    code: str
    new: bool
    texts: Texts
    members: tuple[Member, ...]
    saved: Mapping[str, int]
    tags: frozenset[int] = frozenset()
    like: str = ""

    @property
    def digest(self) -> str:
        told = orjson.dumps([self.kind, sorted(self.texts.items()), sorted(map(list, self.members))])
        return blake2b(told, digest_size=16).hexdigest()

    @property
    def codes(self) -> frozenset[str]:
        """The fragments that are there already, in lower case."""
        members = {member.code.lower() for member in self.members}
        return frozenset(members if self.new else {*members, self.code.lower()})


def plan(
    sources: Sequence[Source], minimum: int = DEFAULT_WORDS, apart: Pairs = frozenset(), refused: Collection[str] = ()
) -> list[Proposal]:
    """Proposals that do not get in each other's way, without those refused by their digest.

    What they leave open, a plan made afterwards finds. Fragments that can be one are not taken apart in the same plan.
    """
    merges = [each for each in _merges(sources, minimum, apart) if each.digest not in refused]
    busy = {code for each in merges for code in each.codes}
    others = [source for source in sources if source.code.lower() not in busy]
    return [*merges, *_Sharing(others, minimum, apart, refused).proposals()]


# --- Fragments that can be one ---------------------------------------------------------------------------------------
def _merges(sources: Iterable[Source], minimum: int, apart: Pairs) -> Iterator[Proposal]:
    """Of fragments that say the same in all languages, in the same places and by the same source."""
    alike: dict[bytes, list[Source]] = defaultdict(list)
    for each in sources:
        told = [each.bodies, each.applies, each.source]
        alike[orjson.dumps(told, option=orjson.OPT_SORT_KEYS)].append(each)
    for found in alike.values():
        texts = found[0].bodies
        said = {language: count_words(to_text(body)) for language, body in texts.items()}
        kept_apart = any((key := digest_of(*pair), key) in apart for pair in texts.items())
        if len(found) < 2 or kept_apart or max(said.values(), default=0) < minimum:
            continue
        kept, *others = sorted(found, key=lambda each: (-each.placed, each.code))
        members = tuple(Member(each.code, 0, tuple(texts)) for each in others)
        saved = {language: words * len(others) for language, words in said.items()}
        yield Proposal("merge", kept.code, False, texts, members, saved)


# --- Paragraphs that can be shared -----------------------------------------------------------------------------------
def rows_of(source: Source) -> Iterator[Row]:
    """The paragraphs of a fragment that are elements of their own, with those of other languages at their side."""
    alike: dict[tuple[str, ...], dict[str, list[str]]] = defaultdict(dict)
    for language, body in source.bodies.items():
        found = blocks(body)
        kinds = tuple(block.kind for block in found)
        alike[kinds][language] = [body[block.start : block.end] for block in found]
    for kinds, bodies in alike.items():
        for place, kind in enumerate(kinds):
            if kind in BLOCKS:
                texts = {language: parts[place] for language, parts in bodies.items()}
                yield Row(source, place, texts, whole=len(kinds) == len(alike) == 1)


class _Sharing:
    """One look at all rows: each is in one proposal at most."""

    def __init__(self, sources: Iterable[Source], minimum: int, apart: Pairs, refused: Collection[str]) -> None:
        self.minimum = minimum
        self.apart = apart
        self.refused = refused
        self.words: dict[tuple[str, str], int] = {}
        self.standing: dict[tuple[str, str], list[Row]] = defaultdict(list)
        self.used: set[tuple[int, int, tuple[str, ...]]] = set()
        for source in sources:
            for row in rows_of(source):
                for key in row.texts.items():
                    self.standing[key].append(row)

    def proposals(self) -> Iterator[Proposal]:
        """Those in the default language first, which others are translated from; then those that save most."""
        wanted = [key for key, rows in self.standing.items() if len(rows) > 1 and self._wanted(key)]
        wanted.sort(key=lambda key: (key[0] != settings.LANGUAGE_CODE, -self._saving(key), key))
        for key in wanted:
            rows = [row for row in self.standing[key] if _name(row) not in self.used]
            proposal = self._proposal(rows)
            if proposal is not None and proposal.digest not in self.refused:
                changed = set(proposal.members)
                about = (row for row in rows if _member(row) in changed or row.source.code == proposal.code)
                self.used |= set(map(_name, about))
                yield proposal

    def _wanted(self, key: tuple[str, str]) -> bool:
        digest = digest_of(*key)
        return self._count(key) >= self.minimum and (digest, digest) not in self.apart

    def _count(self, key: tuple[str, str]) -> int:
        if key not in self.words:
            self.words[key] = count_words(to_text(key[1]))
        return self.words[key]

    def _saving(self, key: tuple[str, str]) -> int:
        return self._count(key) * (len(self.standing[key]) - 1)

    def _proposal(self, rows: Sequence[Row]) -> Proposal | None:
        """The best that can be done with rows that agree in one language."""
        homes = [found for row in rows if row.whole and (found := self._at_home(row, rows)) is not None]
        if homes:
            return max(homes, key=lambda each: (sum(each.saved.values()), len(each.texts), each.code))
        return self._new(rows)

    def _at_home(self, home: Row, rows: Sequence[Row]) -> Proposal | None:
        """The others take the paragraph from a fragment that is just that; it has to apply where they do."""
        members = [
            row
            for row in rows
            if row.source is not home.source
            and row.texts.items() <= home.texts.items()
            and (home.source.everywhere or home.source.applies == row.source.applies)
        ]
        if not members:
            return None
        saved = self._saved(members, home.texts, once=False)
        return Proposal("share", home.source.code, False, home.texts, _members(members), saved)

    def _new(self, rows: Sequence[Row]) -> Proposal | None:
        """A new fragment of all rows that contradict each other nowhere, beginning with what most of them say."""
        said = Counter(tuple(sorted(row.texts.items())) for row in rows)
        texts: dict[str, str] = {}
        members = []
        for row in sorted(rows, key=lambda row: (-said[tuple(sorted(row.texts.items()))], -len(row.texts))):
            if all(texts.get(language, text) == text for language, text in row.texts.items()):
                texts |= row.texts
                members.append(row)
        if len({row.source.pk for row in members}) < 2:
            return None
        sources = [row.source for row in members]
        same = all(source.source == sources[0].source for source in sources)
        tags = frozenset.intersection(*(source.tags for source in sources))
        saved = self._saved(members, texts, once=True)
        code = new_code(texts)
        return Proposal(
            "share", code, True, texts, _members(members), saved, tags, like=sources[0].code if same else ""
        )

    def _saved(self, members: Iterable[Row], texts: Texts, *, once: bool) -> dict[str, int]:
        """Words by language; of a paragraph that a new fragment says, once less."""
        times = Counter(language for row in members for language in row.texts)
        return {language: self._count((language, texts[language])) * (times[language] - once) for language in times}


def _members(rows: Iterable[Row]) -> tuple[Member, ...]:
    return tuple(map(_member, rows))


def _member(row: Row) -> Member:
    return Member(row.source.code, row.place, tuple(sorted(row.texts)))


def _name(row: Row) -> tuple[int, int, tuple[str, ...]]:
    return row.source.pk, row.place, tuple(sorted(row.texts))


def new_code(texts: Texts) -> str:
    """For a fragment of these texts: its first words in the default language, and what makes it another's."""
    first = texts.get(settings.LANGUAGE_CODE) or texts[min(texts)]
    words = slugify(" ".join(to_text(first).split()[:5]))[:40].strip("-")
    mark = blake2b(orjson.dumps(sorted(texts.items())), digest_size=4).hexdigest()
    return f"shared-{words}-{mark}" if words else f"shared-{mark}"
