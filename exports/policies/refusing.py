"""What can stand against a release, and by whose leave it is made all the same."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Max, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from catalog.models import Channel
from exports.models import ChannelPolicy, Freeze, Release

# A share says nothing of a handful: losing fewer documents than this is never asked about.
FEW = 10
# A channel may lose its share in this time, so that many small releases lose no more than a large one; the releases
# that are looked at for it, counted back from the last.
LATELY, RELEASES = datetime.timedelta(days=1), 10_000
# How the note of a release begins that a person has let shrink.
ALLOWED = "Allowed to shrink"


class Refused(ValueError):
    """The channel is not released; the message is for the person who asked, and says what to do."""


class Retired(Refused):
    """A retired channel releases nothing any more."""


class Held(Refused):
    """An old state was put back; nothing is released until a person lets the channel go on."""


class Frozen(Refused):
    """It is a time in which nothing is released."""


class Unsigned(Refused):
    """What changes has to be signed first."""


class Shrinks(Refused):
    """The channel would lose more than it may."""


class Lapsed(Refused):
    """What would be released is not what was signed."""


@dataclass(frozen=True)
class Leave:
    """What a release may do that it otherwise may not; whoever gives it has asked for the permission.

    `freeze` is the reason to release during a freeze. `signed` is the digest of the changes that were signed.
    """

    freeze: str = ""
    shrink: bool = False
    signed: str = ""


NO_LEAVE = Leave()


def freeze_at(channel: Channel, moment: datetime.datetime) -> Freeze | None:
    """The freeze of the channel, or of all channels, that lasts longest from then on. One query."""
    freezes = Freeze.objects.filter(Q(channel=channel) | Q(channel=None), starts__lte=moment, ends__gt=moment)
    return freezes.order_by("-ends").first()


def against_freeze(channel: Channel, leave: Leave = NO_LEAVE) -> str:
    """Why the channel is not released now, "" where no freeze stands against it or there is leave."""
    freeze = None if leave.freeze else freeze_at(channel, timezone.now())
    if freeze is None:
        return ""
    until = timezone.localtime(freeze.ends).strftime("%Y-%m-%d %H:%M %Z")
    return (
        f"Nothing of channel “{channel.code}” is released until {until}: {freeze.reason}. What is written meanwhile "
        "waits. To release all the same, give a reason (“Release …” in the channel's form) or with "
        "--override-freeze REASON."
    )


def against_mode(channel: Channel, policy: ChannelPolicy, leave: Leave = NO_LEAVE) -> str:
    """Why the channel is not released without a signature, or ""."""
    if policy.mode != ChannelPolicy.Mode.SIGNED or leave.signed:
        return ""
    return (
        f"Channel “{channel.code}” is released when somebody has signed what will change: prepare it "
        f"(“Release …” in the channel's form, or release {channel.code} --prepare NOTE), and have it signed."
    )


def most_lately(last: Release, after: int) -> int:
    """The most documents a channel had within a day, since a person last let it shrink or put an old state back.

    A release that leaves `after`, no fewer than there are, loses none whatever was lost before it. At most one query.
    """
    if after >= last.documents:
        return last.documents
    recent = Release.objects.filter(channel=last.channel_id, number__gt=last.number - RELEASES)
    meant = recent.filter(Q(note__startswith=ALLOWED) | Q(restores__isnull=False)).order_by("-number")
    since = recent.filter(
        created_at__gte=timezone.now() - LATELY, number__gte=Coalesce(Subquery(meant.values("number")[:1]), 1)
    )
    return max(last.documents, since.aggregate(most=Max("documents"))["most"] or 0)


def against_shrinking(code: str, before: int, after: int, limit: int) -> str:
    """Why a release that leaves `after` of `before` documents is not made where `limit` percent may go; or "". Pure."""
    lost = before - after
    if lost <= FEW or lost * 100 <= limit * before:
        return ""
    return (
        f"Channel “{code}” would lose {lost:,} of {before:,} documents within a day, {lost * 100 // before} percent; "
        f"it may lose {limit}. Nothing is released and nothing is lost. See what goes (“Release …” in the channel's "
        f"form, or release {code} --dry-run), then mend it or allow it once (there, or with --allow-shrink)."
    )
