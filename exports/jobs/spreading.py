"""A large release by several workers: each stages a share of a round, and when all have, the release goes on."""

from __future__ import annotations

from typing import Any

from catalog.jobs import Kind, Work
from catalog.models import Channel
from exports.gathering.membership import Membership
from exports.models import Staging
from exports.releasing.staging import Moved, Share, Spread, end_shares, open_staging, shares, stage_share

# Each share reads narrow rows of the whole channel, so more shares than machines have processors only cost more.
MOST = 8


class ReleaseShare(Kind):
    """Payload: `channel`, the id, `place` as `place_of` has it, and the share, `low` and `high`.

    A share of a round that is over, or of a staging that is there no more, has nothing to do.
    """

    code = "release_share"
    label = "Share of a release"

    def run(self, work: Work) -> Any:
        channel = Channel.objects.filter(pk=work.payload["channel"]).first()
        staging = open_staging(channel) if channel else None
        if channel is None or staging is None or staging.abandoned or place_of(staging) != work.payload["place"]:
            return {"moved": True}
        share = Share(work.cursor.get("after", work.payload["low"]), work.payload["high"])
        try:
            stage_share(channel, staging, share, lambda root: work.step({"after": root}))
        except Moved:
            return {"moved": True}
        return {"moved": False}


def place_of(staging: Staging) -> dict[str, Any]:
    """Which staging it is, and which round of it."""
    return {"number": staging.number, "round": staging.round, "begun": staging.begun_at.isoformat()}


def spread_over(work: Work) -> Spread:
    """Have each round of the release that a job makes done by others, as parts of the job."""

    def spread(staging: Staging, members: Membership) -> None:
        place = place_of(staging)
        if work.cursor.get("spread") != place:
            found = shares(members, MOST)
            if not found:
                return
            with work.step({"spread": place}, message=f"Round {staging.round} in {len(found)} shares"):
                for share in found:
                    payload = {"channel": staging.channel_id, "place": place, "low": share.low, "high": share.high}
                    work.spawn(ReleaseShare.code, payload)
        work.join()
        end_shares(staging)

    return spread
