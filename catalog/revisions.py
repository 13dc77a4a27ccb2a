"""What is out of a fragment: the rules over the frozen contents of its revisions, as plain data.

A content is what catalog.operations.fragments.frozen gives; what is out has the same shape, and as `revisions` the
number of the revision by language. A language is one in which the body has a text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from catalog.languages import name_of
from catalog.models import Slot
from catalog.richtext import to_text

Content = Mapping[str, Any]


def languages_at_stake(content: Content, out: Content | None) -> list[str]:
    """The languages of which a revision can be approved: those it has a text in, and those it takes one away from."""
    return sorted({*content["body"], *(out or {}).get("revisions", {})})


def merged(out: Content | None, content: Content, number: int, approved: Collection[str]) -> dict[str, Any]:
    """What is out once these languages of revision `number` are approved, where `out` was out before.

    Each language has the text approved last; one approved without a text is out no more. Where and when it applies
    and what vouches for it are the revision's.
    """
    before = out or {"title": {}, "body": {}, "revisions": {}}
    numbers = {language: known for language, known in before["revisions"].items() if language not in approved}
    numbers |= {language: number for language in approved if content["body"].get(language)}
    numbers = dict(sorted(numbers.items()))
    origin = {language: content if language in approved else before for language in numbers}
    titles = {language: origin[language]["title"].get(language) for language in numbers}
    titles |= _without_text(content, numbers)
    return {
        **content,
        "title": {language: title for language, title in titles.items() if title},
        "body": {language: origin[language]["body"][language] for language in numbers},
        "revisions": numbers,
    }


def _without_text(content: Content, out: Collection[str]) -> dict[str, str]:
    """Titles in languages that have no text to be approved go with any other."""
    return {
        language: title
        for language, title in content["title"].items()
        if language not in content["body"] and language not in out
    }


def waiting(content: Content, out: Content | None) -> list[str]:
    """The languages in which a revision says something else than what is out."""
    return [language for language in languages_at_stake(content, out) if differs(content, out, language)]


def pending(content: Content, own: Content | None, before: Content | None) -> list[str]:
    """The languages in which a revision waits for approval: `own` is what is out by it, `before` what was without it.

    Once any language of it is approved, where and when it applies and its source are out, too, so that texts which
    are the same as before wait no more.
    """
    return languages_at_stake(content, before) if own is None else waiting(content, own)


def differs(content: Content, out: Content | None, language: str) -> bool:
    if out is None or language not in out["revisions"] or language not in content["body"]:
        return True
    return any(content[field].get(language, "") != out[field].get(language, "") for field in ("title", "body"))


def only_words_differ(before: Content | None, out: Content) -> bool:
    """Whether what is out differs from what was out before in nothing but its words, in the same languages.

    Words that name or show anything are more than words: what they come to depends on where they stand.
    """
    if before is None or {**before, **_words_of(out)} != out:
        return False
    bodies = [*before["body"].values(), *out["body"].values()]
    return _spoken(before) == _spoken(out) and not any("{{" in body or "<img" in body for body in bodies)


def _words_of(content: Content) -> dict[str, Any]:
    return {name: content[name] for name in ("title", "body", "revisions")}


def _spoken(content: Content) -> set[str]:
    return {language for language, body in content["body"].items() if body}


class Reading(NamedTuple):
    """What is known when somebody wants to approve a revision: where it stands, its tags' facets and who wrote it."""

    slots: Collection[Slot]
    facets: Collection[str]
    authors: Collection[str]


def objections(content: Content, languages: Iterable[str], reading: Reading, approver: str) -> Iterator[str]:
    """Why these languages of a revision cannot be approved by somebody, one sentence each."""
    demanding = sorted(str(slot) for slot in reading.slots if slot.four_eyes)
    if demanding and approver in reading.authors:
        yield f"“{demanding[0]}” demands four eyes: {approver} wrote on it, so somebody else has to approve it."
    facets = {facet.lower() for facet in reading.facets}
    for slot in reading.slots:
        missing = [facet for facet in slot.required_facets if facet.lower() not in facets]
        if missing:
            yield f"To stand in “{slot}” it needs a tag of: {', '.join(missing)}."
    yield from _overlong(content["body"], languages, reading.slots)


def _overlong(bodies: Mapping[str, str], languages: Iterable[str], slots: Collection[Slot]) -> Iterator[str]:
    limits = [(slot, slot.max_length) for slot in slots if slot.max_length]
    for language in languages if limits else ():
        length = len(words_of(bodies.get(language, "")))
        for slot, limit in limits:
            if length > limit:
                name = name_of(language)
                yield f"{name}: the text has {length} characters, “{slot}” takes at most {limit}. Shorten it."


def words_of(body: str) -> str:
    """A body without markup; one line that was written for a plain slot has none."""
    return to_text(body) if body.startswith("<") else body
