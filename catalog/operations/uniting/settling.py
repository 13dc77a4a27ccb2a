"""The fragments that may be changed and approved in one go, because nobody is working on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from catalog import querysets
from catalog.copies.planning import Source
from catalog.models import Fragment
from catalog.operations.fragments import freeze

# Fragments read at once.
_BATCH = 500
# Ids in one statement.
_MANY = 10_000


def settled(only: Collection[int] | None = None) -> tuple[list[Source], list[str]]:
    """Those whose working copy is what is out, so that approving them anew puts nothing else out; and the codes of the
    others. Retired ones are neither. `only` are the ids of those it is asked of; without, and of very many, all are
    looked at. A constant number of queries for every five hundred.
    """
    some = {"fragment__in": only} if only is not None and len(only) <= _MANY else {}
    out = {row.fragment_id: row.out or {} for row in querysets.current_revisions().filter(**some)}
    placed = Counter(querysets.approved_placements().filter(**some).order_by().values_list("fragment_id", flat=True))
    rows = Fragment.objects.exclude(state=Fragment.State.RETIRED).select_related("source_document").order_by("code")
    if some:
        rows = rows.filter(pk__in=some["fragment__in"])
    sources, unsettled = [], []
    for fragment in rows.prefetch_related("tags", "channels", "markets", "audiences").iterator(chunk_size=_BATCH):
        content = freeze(fragment)
        said = {name: value for name, value in out.get(fragment.pk, {}).items() if name != "revisions"}
        if fragment.state == Fragment.State.APPROVED and said == content:
            tags = frozenset(tag.pk for tag in fragment.tags.all())
            whole = (content["body"], content["applies"], content["source"])
            sources.append(Source(fragment.pk, fragment.code, *whole, tags, placed[fragment.pk]))
        else:
            unsettled.append(fragment.code)
    return sources, unsettled
