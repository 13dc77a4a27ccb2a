"""Running the checks over products and keeping what they find."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from django.db import transaction

from catalog.indexing import outbox
from catalog.indexing.schema import Schema
from catalog.indexing.writing import batches, update_rows
from catalog.models import Finding, ProductIndex
from catalog.quality.base import MESSAGE_LENGTH, Found, Subject
from catalog.quality.others import note_others, with_others
from catalog.quality.registry import CHECKS
from catalog.quality.subjects import Subjects

# Products in one batch and transaction: their facts and texts are in memory together.
BATCH = 500
# Told how many products are done, of how many.
Progress = Callable[[int, int], None]

# A product's id, a check's code and a finding's key.
Key = tuple[int, str, str]
Wanted = dict[Key, Found]
ROUNDS = 2


def _quiet(_done: int, _all: int) -> None:
    """For callers that show no progress."""


def recheck(ids: Iterable[int]) -> None:
    """Run all checks over these products; a constant number of queries for each batch of them.

    Products that said, or now say, the same as one of them are noted as unchecked, where that changes their findings.
    """
    schema = Schema()
    for part in batches(sorted(set(ids)), BATCH):
        with transaction.atomic():
            _recheck(schema, part)


def recheck_stale(*, everything: bool = False, progress: Progress = _quiet) -> int:
    """Run the checks over the products whose findings are not up to date, or over all. Returns how many those were.

    What one batch says of products of another is looked at in a second round, and a third is never needed.
    """
    if everything:
        ProductIndex.objects.update(checked=False)
    done = 0
    for _ in range(ROUNDS):
        ids = list(ProductIndex.objects.filter(checked=False).order_by("pk").values_list("pk", flat=True))
        total = done + len(ids)
        for part in batches(ids, BATCH):
            recheck(part)
            done += len(part)
            progress(done, total)
    return done


def _recheck(schema: Schema, ids: Sequence[int]) -> None:
    # Whoever changes one of these products waits, so that what is written here is still so.
    index = ProductIndex.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    likenesses = dict(index.values_list("pk", "likeness"))
    subjects = with_others(schema, Subjects(schema, ids))
    changed = [(pk, each.likeness) for pk, each in subjects.items() if likenesses.get(pk, "") != each.likeness]
    update_rows(ProductIndex, ("likeness",), changed)
    ProductIndex.objects.filter(pk__in=ids).update(checked=True)
    added, removed = _write(ids, findings_of(subjects))
    note_others(ids, subjects, added, removed)


def findings_of(subjects: Mapping[int, Subject]) -> Wanted:
    wanted: Wanted = {}
    for pk, subject in subjects.items():
        for code, check in CHECKS.items():
            for found in check.check(subject):
                wanted.setdefault((pk, code, found.key), found)
    return wanted


def _write(ids: Sequence[int], wanted: Wanted) -> tuple[list[Key], list[Key]]:
    """Store what differs; returns what is new and what is gone. A finding that says something else is open again."""
    there = {(row.product_id, row.check_code, row.key): row for row in Finding.objects.filter(product__in=ids)}
    gone = [key for key in there if key not in wanted]
    Finding.objects.filter(pk__in=[there[key].pk for key in gone]).delete()
    fresh = [key for key in wanted if key not in there]
    columns = ["severity", "message", "hint"]
    Finding.objects.bulk_create(
        [_filled(Finding(product_id=key[0], check_code=key[1], key=key[2]), wanted[key]) for key in fresh],
        batch_size=500,
        update_conflicts=True,
        unique_fields=["product", "check_code", "key"],
        update_fields=columns,
    )
    changed = [row for key, row in there.items() if key in wanted and _differs(row, wanted[key])]
    acknowledgement = ["acknowledged_by", "acknowledged_at", "reason"]
    Finding.objects.bulk_update(changed, [*columns, *acknowledgement], batch_size=200)
    # Channels may not release what has findings.
    outbox.note({key[0] for key in (*fresh, *gone)} | {row.product_id for row in changed})
    return fresh, gone


def _differs(row: Finding, found: Found) -> bool:
    """Whether a stored finding has to be written again; it then says what was found now."""
    before = (row.severity, row.message, row.hint)
    _filled(row, found)
    return before != (row.severity, row.message, row.hint)


def _filled(row: Finding, found: Found) -> Finding:
    check = CHECKS[row.check_code]
    message = found.message[:MESSAGE_LENGTH]
    if row.message != message:
        row.acknowledged_by, row.acknowledged_at, row.reason = "", None, ""
    row.severity, row.message, row.hint = check.severity, message, (found.hint or check.hint)[:MESSAGE_LENGTH]
    return row
