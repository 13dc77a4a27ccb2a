"""Revisions of an earlier day: in which languages what is out is behind its source, where that was not kept yet."""

from __future__ import annotations

from collections import defaultdict

from django.db import transaction

from catalog import querysets
from catalog.indexing import outbox
from catalog.indexing.shown import saying
from catalog.indexing.writing import batches
from catalog.models import Fragment, FragmentRevision, TranslationState
from catalog.operations.translations import Approved, is_behind, source_texts, texts_out

BATCH = 500


@transaction.atomic
def recount_outdated() -> int:
    """Note the languages that were let out with or before a source they were not translated from; how many these were.

    Only where the working copy says what is out: of anything else the states say nothing. Nothing noted is taken away.
    """
    found = 0
    ids = list(querysets.current_revisions().order_by("pk").values_list("pk", flat=True))
    for part in batches(ids, BATCH):
        revisions = list(FragmentRevision.objects.filter(pk__in=part).select_related("fragment"))
        rows: dict[int, list[TranslationState]] = defaultdict(list)
        fragments = [revision.fragment_id for revision in revisions]
        for row in TranslationState.objects.filter(kind="fragment", object_id__in=fragments, outdated=True):
            rows[row.object_id].append(row)
        changed = [revision for revision in revisions if _noted(revision, rows[revision.fragment_id])]
        FragmentRevision.objects.bulk_update(changed, ["outdated"])
        if changed:
            outbox.note(saying([revision.fragment for revision in changed]))
        found += len(changed)
    return found


def _noted(revision: FragmentRevision, rows: list[TranslationState]) -> bool:
    """Whether a language was noted that had not been."""
    out, fragment = revision.out or {}, revision.fragment
    texts, numbers = texts_out(out), out.get("revisions", {})
    behind = {row.language for row in rows if _before_its_source(row, numbers) and _says_so(fragment, row, texts)}
    fresh = behind - set(revision.outdated)
    revision.outdated = sorted({*revision.outdated, *fresh})
    return bool(fresh)


def _before_its_source(row: TranslationState, numbers: dict[str, int]) -> bool:
    return 0 < numbers.get(row.language, 0) <= numbers.get(row.source_language, 0)


def _says_so(fragment: Fragment, row: TranslationState, texts: dict[str, dict[str, str]]) -> bool:
    same = source_texts(fragment).get(row.language) == texts.get(row.language)
    return same and is_behind(row, Approved(fragment, (), texts))
