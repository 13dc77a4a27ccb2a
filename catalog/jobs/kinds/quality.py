"""Quality checks over what changed, or over everything."""

from __future__ import annotations

from typing import Any

from catalog.jobs.base import Kind
from catalog.jobs.work import Work
from catalog.quality.rechecking import recheck_stale


class CheckQuality(Kind):
    """Payload: `all` says whether unchanged products are checked too. Each batch is a transaction of its own."""

    code = "check_quality"
    label = "Check quality"

    def run(self, work: Work) -> Any:
        everything = bool(work.payload.get("all")) and not work.cursor
        # What is marked as unchecked by the first run is what a resumed one finds left.

        def tell(done: int, total: int) -> None:
            work.save({"marked": True}, done, total)

        return {"checked": recheck_stale(everything=everything, progress=tell)}
