"""What a channel has to change in its copy, and waiting for it."""

from __future__ import annotations

import time
from threading import BoundedSemaphore
from typing import Any, cast

import orjson
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from catalog.api import parameters
from exports import querysets
from exports.api import examples, schema
from exports.api.coding import body_in, coding_of, said
from exports.api.cursors import Position
from exports.api.views import MAX_LIMIT, ReleasedView, labelled
from exports.models import Release
from exports.releasing.changes import Change, Place, changes, key_of

MAX_WAIT = 25
# Seconds between two looks, and how many of a process's threads may wait at once: the others are for those who do not.
_PAUSE = 0.1
_WAITING = BoundedSemaphore(16)


class Gone(APIException):
    """What a cursor goes on from is kept no more."""

    status_code = 410
    default_detail = (
        "The release this cursor goes on from is kept no more, or the database was restored from a backup. "
        "Read all documents again, and go on from the “changes” that come with them."
    )


class ChangesView(ReleasedView):
    """What differs from where the reader is."""

    @extend_schema(
        operation_id="listChanges",
        summary="What to change in a copy",
        description=schema.CHANGES_TEXT,
        parameters=[schema.CHANNEL, schema.LANGUAGE, schema.LIMIT, schema.POSITION, schema.WAIT],
        responses={
            (200, "application/json"): schema.CHANGES_ANSWER,
            **schema.problems(400, 401, 403, 404, 406, 410, 429),
        },
        examples=examples.CHANGES,
    )
    def get(self, request: Request, channel: str) -> HttpResponse:
        given = parameters.read(request, "language", "limit", "cursor", "wait")
        limit = cast(int, parameters.number(given, "limit", 100, 1, MAX_LIMIT))
        wait = cast(int, parameters.number(given, "wait", 0, 0, MAX_WAIT))
        position = self.position(given)
        release = self.following(position, wait)
        rows = changes(release, position.language, position.since, Place(position.gone, position.after), limit + 1)
        fresh = rows[:limit]
        if len(rows) > limit:
            following = position._replace(until=release.number, gone=fresh[-1].gone, after=fresh[-1].sku)
        else:
            following = Position(position.language, release.number, key_of(release))
        envelope = {
            "channel": self.reader.code,
            "language": position.language,
            "since": position.since,
            "release": release.number,
            "cursor": following.write(self.reader),
            "more": len(rows) > limit,
        }
        body = b'%b,"changes":[%b]}' % (orjson.dumps(envelope)[:-1], b",".join(map(_bytes, fresh)))
        coding = coding_of(request)
        answer = said(body_in(coding, body), coding)
        return cast(HttpResponse, labelled(answer, release.number, position.language))

    def position(self, given: dict[str, str]) -> Position:
        """Where the reader is; at no release, without a cursor. Raises Gone, and ValidationError."""
        if "cursor" not in given:
            return Position(self.language(given, self.release(None)), 0, 0)
        position = Position.read(given["cursor"], self.reader)
        parameters.choice(given, "language", [position.language])
        since = querysets.release_of(self.reader, position.since) if position.since else None
        if key_of(since) != position.key or (since and since.pruned_at):
            raise Gone
        return position

    def following(self, position: Position, wait: int) -> Release:
        """The release to go to: the one the reader is on the way to, else the current one. Waits for a new one."""
        if position.until:
            found = querysets.release_of(self.reader, position.until)
            if found is None or found.pruned_at:
                raise Gone
            return found
        release = self.release(None)
        if release.number > position.since or not wait or not _WAITING.acquire(blocking=False):
            return release
        try:
            return self.awaited(release, time.monotonic() + wait)
        finally:
            _WAITING.release()

    def awaited(self, release: Release, end: float) -> Release:
        """The next release, or the same one where none has come by then."""
        while time.monotonic() < end:
            time.sleep(_PAUSE)
            if querysets.current_number(self.reader) > release.number:
                return self.release(None)
        return release


def _bytes(change: Change) -> bytes:
    """Stored bytes go out as they are."""
    head: dict[str, Any] = {"type": "delete" if change.gone else "upsert", "sku": change.sku, "release": change.release}
    if change.gone:
        return orjson.dumps(head)
    return b'%b,"digest":"%b","document":%b}' % (orjson.dumps(head)[:-1], change.digest.encode(), change.body)
