"""The translation memory: pairs of paragraphs that were approved, exact and like ones found again."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from catalog.models import Asset, FragmentRevision, MemorySegment, TranslationState
from catalog.operations.translations import all_texts, texts_out
from catalog.translating.matching import (
    Candidate,
    Suggestion,
    aligned,
    codes_digest,
    contexts,
    digest,
    normal,
    ranked,
    window,
    words_digest,
)
from catalog.translating.segments import Segment, Text, marked, plain, segmented

# At most this many pairs are compared with a segment that is not known: those nearest to it in length.
MAX_READ = 2_000
# Longer paragraphs are found again by being equal only.
MAX_LENGTH = 5_000
BATCH = 500
_COLUMNS = ("source", "target", "codes", "context", "origin")


class Pair(NamedTuple):
    """Two stored texts, one the translation of the other, and where they were approved."""

    source_language: str
    target_language: str
    source: str
    target: str
    origin: str
    by: str
    at: datetime.datetime


def remember(pairs: Iterable[Pair]) -> int:
    """Keep the paragraphs of approved texts; how many. A text that is not built as its source is not remembered."""
    rows: dict[tuple[str, str, str], MemorySegment] = {}
    for pair in pairs:
        for row in _rows(pair):
            rows[row.source_language, row.target_language, row.key] = row
    MemorySegment.objects.bulk_create(
        rows.values(),
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["source_language", "target_language", "key"],
        update_fields=["context", "origin", "by", "at"],
    )
    return len(rows)


def _rows(pair: Pair) -> Iterator[MemorySegment]:
    source, target = segmented(pair.source), segmented(pair.target)
    for (one, other), context in zip(aligned(source, target) or (), contexts(source), strict=False):
        words = normal(plain(one))
        if not any(character.isalpha() for character in words):
            continue
        written, translated, codes = marked(one), marked(other), codes_digest(one)
        yield MemorySegment(
            source_language=pair.source_language,
            target_language=pair.target_language,
            source=written,
            target=translated,
            digest=words_digest(one),
            codes=codes,
            context=context,
            key=digest(written, translated, codes),
            length=len(words),
            origin=pair.origin[:200],
            by=pair.by[:200],
            at=pair.at,
        )


# --- Finding ---------------------------------------------------------------------------------------------------------
def suggest(source_language: str, target_language: str, segment: Segment, context: str = "") -> list[Suggestion]:
    """The best translations of something equal or like it, best first. At most three queries."""
    exact = [_candidate(row) for row in _pairs(source_language, target_language).filter(digest=words_digest(segment))]
    found = ranked(segment, exact, context)
    if found and found[0].score >= 100:
        return found
    near = _near(source_language, target_language, len(normal(plain(segment))))
    return ranked(segment, [*exact, *near], context)


def suggest_for(source_language: str, target_language: str, text: Text) -> list[list[Suggestion]]:
    """The same for each segment of a text."""
    places = zip(text.segments, contexts(text), strict=True)
    return [suggest(source_language, target_language, segment, context) for segment, context in places]


class Lookup:
    """Suggestions for many segments of one job. Equal ones are looked up once, exact matches all with one query."""

    def __init__(self, source_language: str, target_language: str, segments: Iterable[Segment]) -> None:
        self.languages = (source_language, target_language)
        self._known: dict[tuple[str, str], list[Suggestion]] = {}
        self._exact: Mapping[str, list[Candidate]] = self._all_exact({words_digest(each) for each in segments})

    def _all_exact(self, digests: set[str]) -> Mapping[str, list[Candidate]]:
        found: dict[str, list[Candidate]] = defaultdict(list)
        ordered = sorted(digests)
        for start in range(0, len(ordered), BATCH):
            rows = _pairs(*self.languages).filter(digest__in=ordered[start : start + BATCH])
            for row in rows:
                found[row.digest].append(_candidate(row))
        return found

    def __call__(self, segment: Segment, context: str = "") -> list[Suggestion]:
        exact = self._exact.get(words_digest(segment), [])
        found = ranked(segment, exact, context)
        if found and found[0].score >= 100:
            return found
        key = (marked(segment), codes_digest(segment))
        if key not in self._known:
            near = _near(*self.languages, len(normal(plain(segment))))
            self._known[key] = ranked(segment, [*exact, *near])
        return self._known[key]


def _pairs(source_language: str, target_language: str) -> QuerySet[MemorySegment]:
    return MemorySegment.objects.filter(source_language=source_language, target_language=target_language).order_by(
        "-at"
    )


def _candidate(row: MemorySegment) -> Candidate:
    return Candidate(*(getattr(row, name) for name in _COLUMNS))


def _near(source_language: str, target_language: str, length: int) -> list[Candidate]:
    """The pairs nearest in length within the window in which the threshold can be reached: two indexed queries."""
    if not 0 < length <= MAX_LENGTH:
        return []
    low, high = window(length)
    rows = MemorySegment.objects.filter(source_language=source_language, target_language=target_language)
    longer = rows.filter(length__gte=length, length__lte=high).order_by("length")
    shorter = rows.filter(length__lt=length, length__gte=low).order_by("-length")
    return [Candidate(*values) for side in (longer, shorter) for values in side.values_list(*_COLUMNS)[: MAX_READ // 2]]


# --- Making it anew --------------------------------------------------------------------------------------------------
@transaction.atomic
def rebuild() -> int:
    """Make the memory anew from all that was ever approved; how many paragraphs it has then.

    A translation is that of the source it was approved beside for the first time: later revisions may have changed the
    source alone.
    """
    MemorySegment.objects.all().delete()
    batch: list[Pair] = []
    for pair in _all_pairs():
        batch.append(pair)
        if len(batch) >= BATCH:
            remember(batch)
            batch = []
    remember(batch)
    return MemorySegment.objects.count()


def _all_pairs() -> Iterator[Pair]:
    yield from _pairs_of_fragments()
    yield from _pairs_of_assets()


def _pairs_of_fragments() -> Iterator[Pair]:
    rows = FragmentRevision.objects.filter(out__isnull=False).select_related("fragment").order_by("fragment", "number")
    fragment: int | None = None
    seen: dict[str, Mapping[str, str]] = {}
    for revision in rows.iterator(chunk_size=BATCH):
        if revision.fragment_id != fragment:
            fragment, seen = revision.fragment_id, {}
        out = texts_out(revision.out or {})
        origin = f"fragment {revision.fragment.code}"
        for language in sorted(out.keys() - {settings.LANGUAGE_CODE}):
            if seen.get(language) != out[language]:
                yield from _pairs_in(out, language, origin, revision.submitted_by, revision.submitted_at)
        seen |= {language: texts for language, texts in out.items() if settings.LANGUAGE_CODE in out}


def _pairs_of_assets() -> Iterator[Pair]:
    states = TranslationState.objects.filter(kind="asset", state=TranslationState.State.APPROVED, outdated=False)
    for start in range(0, states.count(), BATCH):
        part = list(states.order_by("pk")[start : start + BATCH])
        ids = [row.object_id for row in part]
        texts = dict(all_texts("asset", ("title", "alt"), ids))
        names = dict(Asset.objects.filter(pk__in=ids).values_list("pk", "code"))
        for row in part:
            if row.object_id in texts:
                origin = f"asset {names[row.object_id]}"
                yield from _pairs_in(texts[row.object_id], row.language, origin, row.by, row.at, row.source_language)


def _pairs_in(
    texts: Mapping[str, Mapping[str, str]],
    language: str,
    origin: str,
    by: str,
    at: datetime.datetime,
    source: str = settings.LANGUAGE_CODE,
) -> Iterator[Pair]:
    """The pairs of fields of one object in two languages."""
    for field, text in texts.get(source, {}).items():
        if translated := texts.get(language, {}).get(field):
            yield Pair(source, language, text, translated, f"{origin}, {field}", by, at)


def remember_approved(
    states: Sequence[TranslationState], out: Mapping[int, Mapping[str, Mapping[str, str]]], names: Mapping[int, str]
) -> None:
    """Keep the pairs of objects that were approved just now: what is out, where its source is what is out, too.

    `out` are the texts by object's id, language and field; `names` what the objects are called.
    """
    now = timezone.now()
    pairs: list[Pair] = []
    for row in states:
        texts = out.get(row.object_id, {})
        if row.language in texts and not row.outdated and row.source_texts == texts.get(row.source_language):
            origin = f"{row.kind} {names[row.object_id]}"
            pairs += _pairs_in(texts, row.language, origin, row.by, now, row.source_language)
    if pairs:
        remember(pairs)


def found_in(text: str) -> Q:
    """What to search the memory for, as people type it."""
    return Q(source__icontains=text) | Q(target__icontains=text)
