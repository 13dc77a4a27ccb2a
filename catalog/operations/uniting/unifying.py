"""Letting one text stand for others that are nearly the same, where somebody has decided which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.db import transaction

from catalog.actors import Actor
from catalog.copies.groups import Group
from catalog.copies.paragraphs import BLOCKS
from catalog.copies.planning import Proposal, Row, Source, new_code, rows_of
from catalog.copies.reading import Occurrence, Text
from catalog.models import Fragment
from catalog.models.base import texts_of
from catalog.operations.uniting.settling import settled
from catalog.operations.uniting.sharing import Replacements, make_shared, refer


@transaction.atomic
def unify(actor: Actor, group: Group, master: Text) -> tuple[Fragment, list[str]]:
    """Let the fragments of a group take one of its texts from one fragment; returns that, and the others' codes.

    Only working copies change: documents do as each of the others is approved. In the languages that the text stands in
    where it comes from, it takes the place of theirs at the same place. Raises ValidationError.
    """
    if master.kind not in BLOCKS:
        raise ValidationError("Only a paragraph of its own, a list or a table can be shared.")
    places = {text.digest: [each for each in text.occurrences if each.kind == "fragment"] for text in group.texts}
    if not places[master.digest]:
        raise ValidationError("This text stands in facts only. Choose one of a fragment.")
    home, texts = _home(actor, group.language, master, places[master.digest])
    wanted: dict[int, dict[str, Replacements]] = defaultdict(lambda: defaultdict(dict))
    for place in (each for found in places.values() for each in found if each.pk != home.pk):
        for language, markup in _row(place, group.language).items():
            if language in texts:
                wanted[place.pk][language][place.place] = (home.code, markup)
    changed = []
    for pk, by_language in sorted(wanted.items()):
        fragment = Fragment.objects.get(pk=pk)
        refer(actor, fragment, by_language, approved=False)
        changed.append(fragment.code)
    return home, changed


def _home(actor: Actor, language: str, master: Text, places: list[Occurrence]) -> tuple[Fragment, dict[str, str]]:
    """The fragment that is just this text and applies everywhere, or a new one, approved if its text is out already."""
    known = {source.pk: source for source in settled({place.pk for place in places})[0]}
    for place in places:
        source = known.get(place.pk)
        if source and source.everywhere and source.bodies.get(language) == master.markup:
            return Fragment.objects.get(pk=place.pk), dict(source.bodies)
    if not any(place.pk in known for place in places):
        raise ValidationError("This text is not approved yet. Approve it first, or choose another.")
    first = next(place for place in places if place.pk in known)
    texts = _row(first, language)
    proposal = Proposal("share", new_code(texts), True, texts, (), {}, like=first.key)
    return make_shared(actor, proposal), texts


def _row(place: Occurrence, language: str) -> dict[str, str]:
    """What stands at a place of a working copy, in all languages that have it at their side there."""
    return next((dict(row.texts) for row in _rows(place.pk) if row.place == place.place and language in row.texts), {})


def _rows(pk: int) -> Iterator[Row]:
    fragment = Fragment.objects.get(pk=pk)
    return rows_of(Source(pk, fragment.code, texts_of(fragment, "body"), {}, {}, frozenset(), 0))
