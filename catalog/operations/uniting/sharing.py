"""Carrying out proposals: fragments that become one, and paragraphs that fragments take from another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext

from django.conf import settings
from django.core.exceptions import ValidationError

from catalog.actors import Actor
from catalog.copies.paragraphs import blocks, title_of
from catalog.copies.planning import Proposal
from catalog.models import Fragment, TranslationState
from catalog.models.base import texts_of
from catalog.operations.fragments import write_fragment
from catalog.operations.recording import record
from catalog.operations.reviewing import approve
from catalog.operations.translations import digest_of, mark, source_texts, states
from catalog.operations.upkeep import merge

_SOURCE = ("vouched_by", "source", "source_document", "verified_on", "claim_valid_until")
_KIND = "fragment"
_ORDER = TranslationState.State.values
# What a language is before its revision is approved, however far it was elsewhere.
_BEFORE = TranslationState.State.REVIEWED
# By place in a body, the code of the fragment that stands for the paragraph there, and the paragraph.
Replacements = dict[int, tuple[str, str]]


def merge_all(actor: Actor, proposals: Iterable[Proposal]) -> None:
    """Put each kept fragment in the place of the others, whose codes go on being understood. Raises ValidationError."""
    for proposal in proposals:
        for member in proposal.members:
            merge(actor, _fragment(member.code), _fragment(proposal.code))


def share_all(actor: Actor, proposals: Iterable[Proposal]) -> None:
    """Make the new fragments, and let all members refer to theirs. Each is approved, whose documents stay the same.

    Raises ValidationError where a fragment has changed since it was looked at, or may not be approved so.
    """
    wanted: dict[str, dict[str, Replacements]] = defaultdict(lambda: defaultdict(dict))
    for proposal in proposals:
        if proposal.new:
            make_shared(actor, proposal)
        for member in proposal.members:
            for language in member.languages:
                wanted[member.code][language][member.place] = (proposal.code, proposal.texts[language])
    for code, by_language in wanted.items():
        refer(actor, _fragment(code), by_language)


def make_shared(actor: Actor, proposal: Proposal) -> Fragment:
    """The new fragment of a proposal, approved, as far translated as its members are. Raises ValidationError."""
    fragment = Fragment(code=proposal.code)
    if proposal.like:
        like = _fragment(proposal.like)
        for name in _SOURCE:
            setattr(fragment, name, getattr(like, name))
    titles = {language: title_of(text) for language, text in proposal.texts.items()}
    write_fragment(actor, fragment, title=titles, body=proposal.texts)
    fragment.tags.set(proposal.tags)
    _take_states(actor, fragment, proposal)
    approve(actor, fragment)
    return fragment


def refer(actor: Actor, fragment: Fragment, wanted: Mapping[str, Replacements], *, approved: bool = True) -> None:
    """Put references in the place of paragraphs. Raises ValidationError.

    With `approved` they stand for just these paragraphs: that is approved at once, and translations are as current as
    they were. Without, it stays a working copy.
    """
    bodies = texts_of(fragment, "body")
    new = {language: _referring(fragment, bodies.get(language, ""), found) for language, found in wanted.items()}
    with _meaning_kept(fragment) if approved else nullcontext():
        write_fragment(actor, fragment, title={}, body=new)
    record(actor, "share", [fragment])
    if approved:
        approve(actor, fragment)


def _referring(fragment: Fragment, body: str, wanted: Replacements) -> str:
    found = blocks(body)
    for place, (code, paragraph) in sorted(wanted.items(), reverse=True):
        block = found[place] if place < len(found) else None
        if block is None or body[block.start : block.end] != paragraph:
            raise ValidationError(f"“{fragment.code}” has been changed meanwhile. Look for copies anew.")
        body = f"{body[: block.start]}<p>{{{{ fragment:{code} }}}}</p>{body[block.end :]}"
    return body


def _fragment(code: str) -> Fragment:
    found = Fragment.objects.select_for_update(of=("self",)).filter(code__iexact=code).first()
    if found is None:
        raise ValidationError(f"“{code}” is not there any more. Look for copies anew.")
    return found


# --- Translations ----------------------------------------------------------------------------------------------------
@contextmanager
def _meaning_kept(fragment: Fragment) -> Iterator[None]:
    """Texts are written differently within, and say the same: states stay as they are."""
    before = states(fragment)
    yield
    after = source_texts(fragment)
    for row in before.values():
        if not row.outdated:
            row.source_texts = after.get(row.source_language, {})
            row.source_digest = digest_of(row.source_texts)
        row.save()


def _take_states(actor: Actor, fragment: Fragment, proposal: Proposal) -> None:
    """A language of the new fragment is as far as the least of those it comes from, until it is approved."""
    source = settings.LANGUAGE_CODE
    codes = [member.code for member in proposal.members]
    pks = dict(Fragment.objects.filter(code__in=codes).values_list("code", "pk"))
    rows = {
        (row.object_id, row.language): row
        for row in TranslationState.objects.filter(kind=_KIND, object_id__in=pks.values(), source_language=source)
    }
    for language in sorted(proposal.texts.keys() - {source}) if source in proposal.texts else ():
        having = (member for member in proposal.members if language in member.languages)
        found = [row for member in having if (row := rows.get((pks[member.code], language))) is not None]
        if found:
            state = min((row.state for row in found), key=_ORDER.index)
            behind = next((row.source_texts for row in found if row.outdated), None)
            mark(actor, fragment, language, min(state, _BEFORE, key=_ORDER.index), translated_from=behind)
