"""Saying of a finding that it is known."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from catalog.actors import Actor
from catalog.indexing import outbox
from catalog.models import Finding
from catalog.operations.recording import record
from catalog.richtext import clean_plain
from catalog.values import Invalid

MAX_REASON = 500


@transaction.atomic
def acknowledge(actor: Actor, findings: Iterable[Finding], reason: str) -> int:
    """These findings no longer count, until what they say changes; returns how many those are.

    Raises ValidationError without a reason that others can read.
    """
    try:
        said = clean_plain(reason, MAX_REASON)
    except Invalid as error:
        raise ValidationError({"reason": f"This reason cannot be kept: {error}."}) from error
    if not said:
        raise ValidationError({"reason": "Say why this may stay as it is; others will read it."})
    return _mark(actor, "acknowledge", findings, by=actor.name, reason=said)


@transaction.atomic
def reopen(actor: Actor, findings: Iterable[Finding]) -> int:
    """These findings count again; returns how many those are."""
    return _mark(actor, "reopen", findings, by="", reason="")


def _mark(actor: Actor, operation: str, findings: Iterable[Finding], by: str, reason: str) -> int:
    """Write the mark on those that are still there."""
    ids = [finding.pk for finding in findings]
    found = list(Finding.objects.select_for_update().filter(pk__in=ids).select_related("product").order_by("pk"))
    Finding.objects.filter(pk__in=[finding.pk for finding in found]).update(
        acknowledged_by=by[:200], acknowledged_at=timezone.now() if by else None, reason=reason
    )
    outbox.note(finding.product_id for finding in found)
    record(actor, operation, dict.fromkeys(finding.product for finding in found))
    return len(found)
