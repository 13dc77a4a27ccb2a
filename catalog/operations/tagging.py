"""Tags of many fragments at once, and one tag made into several. Tags are merged like all things: operations.upkeep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from catalog.actors import Actor
from catalog.indexing.writing import batches
from catalog.models import Fragment, Tag
from catalog.operations.recording import record, record_keys, store

BATCH = 1_000
_LINKS = Fragment.tags.through


@transaction.atomic
def tag_fragments(
    actor: Actor, fragments: Iterable[Fragment], add: Iterable[Tag] = (), remove: Iterable[Tag] = ()
) -> int:
    """Give fragments tags and take others away; returns how many of them are different now.

    A constant number of queries per thousand. Raises ValidationError for a tag that is to be given and taken.
    """
    given, taken = {tag.pk: tag for tag in add}, {tag.pk: tag for tag in remove}
    if both := given.keys() & taken.keys():
        raise ValidationError(f"“{given[min(both)]}” cannot be given and taken away at once.")
    codes = {fragment.pk: fragment.code for fragment in fragments}
    changed = 0
    for part in batches(sorted(codes), BATCH):
        touched = _tag(part, list(given), list(taken))
        record_keys(actor, "tag", (("fragment", codes[pk]) for pk in sorted(touched)))
        changed += len(touched)
    return changed


def _tag(fragments: Sequence[int], given: list[int], taken: list[int]) -> set[int]:
    """The ids of those that had not what is given, or had what is taken."""
    # In order and locked, so that two who tag the same fragments do not wait for each other.
    list(QuerySet(Fragment).filter(pk__in=fragments).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    links: QuerySet[Any] = QuerySet(_LINKS).filter(fragment__in=fragments)
    there = set(links.filter(tag__in=given).values_list("fragment_id", "tag_id"))
    fresh = [(pk, tag) for pk in fragments for tag in given if (pk, tag) not in there]
    gone = links.filter(tag__in=taken)
    touched = {*gone.values_list("fragment_id", flat=True), *(pk for pk, _ in fresh)}
    gone.delete()
    QuerySet(_LINKS).bulk_create([_LINKS(fragment_id=pk, tag_id=tag) for pk, tag in fresh], batch_size=BATCH)
    return touched


@transaction.atomic
def split_tag(actor: Actor, tag: Tag, into: Mapping[str, Iterable[Fragment]]) -> list[Tag]:
    """Narrower words for a tag that came to mean too much: by the new tag's code, the fragments that are of it.

    These have the new tags in place of the old one; all others keep that. A code that is not yet in the facet is made
    beside the old one. A fragment may be of several. Raises ValidationError for one that does not have the tag.
    """
    chosen = {code: list(fragments) for code, fragments in into.items()}
    named = {fragment.pk: fragment for fragments in chosen.values() for fragment in fragments}
    having = set(QuerySet(_LINKS).filter(tag=tag, fragment__in=list(named)).values_list("fragment_id", flat=True))
    if strangers := sorted(str(fragment) for pk, fragment in named.items() if pk not in having):
        raise ValidationError(f"“{strangers[0]}” does not have the tag “{tag}”, so it cannot get a part of it.")
    tags = []
    for code, fragments in chosen.items():
        new = Tag.objects.filter(facet__iexact=tag.facet, code__iexact=code).first()
        if new is None:
            new = Tag(facet=tag.facet, code=code, parent=tag.parent)
            store(actor, new)
        if new.pk == tag.pk:
            raise ValidationError(f"“{tag}” cannot be split into itself; choose another code.")
        tag_fragments(actor, fragments, add=[new])
        tags.append(new)
    tag_fragments(actor, named.values(), remove=[tag])
    record(actor, "split", [tag])
    return tags
