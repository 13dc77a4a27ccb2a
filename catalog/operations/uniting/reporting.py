"""Keeping what was found, for all processes, until it is looked for anew."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from catalog.copies.groups import Group
from catalog.copies.packing import packed
from catalog.models import Change, CopiesGroup, CopiesReport

_BATCH = 500
_SHOWN = 200


def newest_change() -> int:
    """The number of the last write, 0 where there was none. One query."""
    return Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


@transaction.atomic
def keep_report(change: int, paragraphs: int, found: Iterable[Group]) -> CopiesReport:
    """Let this be the report from now on; those of older texts go away. One of newer texts goes on being the report."""
    CopiesReport.objects.filter(change__lte=change).delete()
    report = CopiesReport.objects.create(change=change, paragraphs=paragraphs)
    CopiesGroup.objects.bulk_create((_row(report, group) for group in found), batch_size=_BATCH)
    return report


def _row(report: CopiesReport, group: Group) -> CopiesGroup:
    return CopiesGroup(
        report=report,
        digest=group.digest,
        kind=group.kind,
        language=group.language,
        text=group.text[:_SHOWN],
        words=group.words,
        variants=group.variants,
        places=group.places,
        saved=group.saved,
        packed=packed(group),
    )


def drop_from_report(group: Group) -> None:
    """A group that was decided about is not shown any more."""
    CopiesGroup.objects.filter(digest=group.digest).delete()
