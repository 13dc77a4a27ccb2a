"""Manual releases with a signature: somebody prepares what is to change, another signs it, and that is released.

What is released is exactly what was signed: its digest is compared in the release's own transaction, in which the
sign-off ends, too. Where it differs, nothing is released, and the sign-off lapses and says why.
"""

from __future__ import annotations

from collections import Counter

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from catalog.actors import Actor
from catalog.models import Channel
from catalog.operations.recording import record
from exports import querysets
from exports.models import ChannelPolicy, SignOff
from exports.policies.refusing import NO_LEAVE, Lapsed, Leave
from exports.releasing.committing import Outcome, release
from exports.releasing.forecasting import Summary, summary
from exports.releasing.staging import sweep

# Changes that are kept to be shown.
SHOWN = 1_000
_NAMED = 5

State = SignOff.State


@transaction.atomic
def prepare(actor: Actor, channel: Channel, note: str = "") -> SignOff:
    """Put up for signature what would be released now; what was put up before lapses.

    Raises ValidationError where nothing would change, Retired and SelectionError.
    """
    channel = Channel.objects.select_for_update().get(pk=channel.pk)
    if querysets.policy_of(channel).mode == ChannelPolicy.Mode.SIGNED:
        sweep(channel)  # what was put together for a signature before
    found = summary(channel, SHOWN)
    if not found.differs:
        raise ValidationError(f"Nothing would change in channel “{channel.code}”, so there is nothing to sign.")
    for row in SignOff.objects.filter(channel=channel, state=State.WAITING):
        _end(row, State.LAPSED, f"{actor.name} prepared it anew.")
    row = SignOff.objects.create(
        channel=channel,
        note=note[:500],
        after=found.after,
        digest=found.digest,
        added=found.added,
        changed=found.changed,
        removed=found.removed,
        documents=found.documents,
        changes=found.changes,
        problems=found.problems,
        prepared_by=actor.name[:200],
    )
    record(actor, "prepare release", [row])
    return row


def sign(actor: Actor, sign_off: SignOff, leave: Leave = NO_LEAVE) -> Outcome:
    """Sign what was prepared and release it. That the channel shrinks is signed with it.

    Raises ValidationError for one that waits no more or for whoever prepared it, Lapsed where something else would be
    released by now, and what else `release` raises; then nothing is signed.
    """
    row = SignOff.objects.select_related("channel").get(pk=sign_off.pk)
    _refuse_ended(row)
    if querysets.policy_of(row.channel).four_eyes and actor.name == row.prepared_by:
        raise ValidationError(f"{actor.name} has prepared this, so somebody else has to sign it.")

    def signed(outcome: Outcome) -> None:
        held = SignOff.objects.select_for_update().get(pk=row.pk)
        _refuse_ended(held)  # perhaps while a large release was put together
        held.signed_by, held.release = actor.name[:200], outcome.release.number
        _end(held, State.RELEASED, "")
        record(actor, "sign release", [held])

    try:
        return release(
            actor, row.channel, leave=Leave(freeze=leave.freeze, shrink=True, signed=row.digest), then=signed
        )
    except Lapsed as error:
        why = _difference(row, summary(row.channel, SHOWN))
        _lapse(row, why)
        raise Lapsed(f"{error} {why}") from error


def _refuse_ended(row: SignOff) -> None:
    if row.state != State.WAITING:
        raise ValidationError(
            f"This waits for no signature any more: it is {row.get_state_display().lower()}. {row.why}"
        )


@transaction.atomic
def _lapse(row: SignOff, why: str) -> None:
    """Unless it ended otherwise meanwhile."""
    held = SignOff.objects.select_for_update().get(pk=row.pk)
    if held.state == State.WAITING:
        _end(held, State.LAPSED, why)


@transaction.atomic
def withdraw(actor: Actor, sign_off: SignOff) -> None:
    """Raises ValidationError for one that waits no more."""
    row = SignOff.objects.select_for_update().get(pk=sign_off.pk)
    if row.state != State.WAITING:
        raise ValidationError("This waits for no signature any more.")
    _end(row, State.WITHDRAWN, f"{actor.name} took it back.")
    record(actor, "withdraw release", [row])


def waiting(channel: Channel) -> SignOff | None:
    return SignOff.objects.filter(channel=channel, state=State.WAITING).first()


def _end(row: SignOff, state: str, why: str) -> None:
    row.state, row.why, row.ended_at = state, why, timezone.now()
    row.save()


def _difference(row: SignOff, found: Summary) -> str:
    """How what would be released now differs from what was prepared, in words."""
    if found.after != row.after:
        return f"Release {found.after} was made since. Prepare it anew."
    counts = f"{found.added} added, {found.changed} changed, {found.removed} removed"
    before = f"{row.added} added, {row.changed} changed, {row.removed} removed"
    prepared, now = Counter(map(tuple, row.changes)), Counter(map(tuple, found.changes))
    skus = sorted({change[0] for change in (prepared - now) + (now - prepared)})
    named = ", ".join(skus[:_NAMED]) + (" …" if len(skus) > _NAMED else "")
    where = f" It concerns {named}." if skus else " The same documents would change, but otherwise."
    return f"It was prepared with {before}; now it would be {counts}.{where} Prepare it anew."
