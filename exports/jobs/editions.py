"""Making an edition outside a request."""

from __future__ import annotations

from typing import Any

from catalog.actors import Actor
from catalog.jobs import GiveUp, Kind, TryAgain, Work, enqueue
from catalog.models import Job
from exports import editions
from exports.errors import ExportError
from exports.models import Output


class BuildEdition(Kind):
    """Payload: `output`, the id. The same recipe gives the same edition, so a second run finds it made."""

    code = "edition"
    label = "Edition"
    attempts = 3
    timeout = 4 * 3_600.0

    def run(self, work: Work) -> Any:
        output = Output.objects.select_related("channel").filter(pk=work.payload["output"]).first()
        if output is None:
            raise GiveUp("The output is not there any more.")
        try:
            built = editions.build(work.actor, output)
        except editions.BuildFailed as error:
            cause = error.__cause__
            if isinstance(cause, ExportError) and not cause.permanent:
                raise TryAgain(str(error), self.pause(work.attempts + 1).total_seconds()) from error
            raise GiveUp(str(error)) from error
        return {"output": output.code, "edition": built.edition.pk, "new": built.new}


def build_later(actor: Actor, output: Output, *, priority: int = 0) -> Job:
    """Want an edition of the output, in the caller's transaction; one that is in line already does."""
    return enqueue(actor, BuildEdition.code, {"output": output.pk}, key=output.code, priority=priority)
