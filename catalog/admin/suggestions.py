"""What the translation memory has for a fragment's texts, beside the editor."""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings
from modeltranslation.utils import build_localized_fieldname

from catalog.differences import Segment
from catalog.models import Fragment
from catalog.operations.translating.memory import suggest_for
from catalog.operations.translations import source_texts, states
from catalog.translating.difference import differences
from catalog.translating.segments import plain, segmented, unmarked, words_of

# Longer texts are for a job; each of their segments would be looked up while the page waits.
MAX_SEGMENTS = 40


class Offered(NamedTuple):
    """A suggestion as it is shown: `insert` is what would stand in the text, "" if its codes do not fit."""

    score: int
    source: str
    target: str
    insert: str
    origin: str


class Help(NamedTuple):
    """For one language of one field: what it is like, what changed since, and what the memory has by segment."""

    language: str
    column: str
    changes: list[tuple[str, list[Segment]]]
    segments: list[tuple[str, list[Offered]]]


def help_for(fragment: Fragment) -> list[Help]:
    """For every language that is missing, a draft, or outdated. At most MAX_SEGMENTS look-ups a language."""
    texts = source_texts(fragment)
    source = texts.get(settings.LANGUAGE_CODE, {})
    known = states(fragment)
    found = []
    for language, _ in settings.LANGUAGES:
        row = known.get(language)
        if language == settings.LANGUAGE_CODE or (row is not None and row.state != "draft" and not row.outdated):
            continue
        if source:
            changes = list(differences(row.source_texts, source).items()) if row and row.outdated else []
            found.append(_help(language, source.get("body", ""), changes))
    return [each for each in found if each.segments or each.changes]


def _help(language: str, body: str, changes: list[tuple[str, list[Segment]]]) -> Help:
    text = segmented(body)
    if len(text.segments) > MAX_SEGMENTS:
        return Help(language, "", changes, [])
    segments = []
    for segment, suggestions in zip(text.segments, suggest_for(settings.LANGUAGE_CODE, language, text), strict=True):
        offered = [
            Offered(
                each.score,
                words_of(each.source),
                words_of(each.target),
                text.written(unmarked(each.target, segment)) if each.fits else "",
                each.origin,
            )
            for each in suggestions
        ]
        if offered:
            segments.append((plain(segment), offered))
    return Help(language, build_localized_fieldname("body", language), changes, segments)
