"""Doing a write once, however often it is sent: `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header).

The answer is stored in the transaction of the write itself, so there is never one without the other: after a crash the
same request either finds its answer or does its work. Only answers to what was done are stored; what was refused wrote
nothing and may be sent again.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from hashlib import blake2b
from typing import Any, cast

import orjson
from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request

from catalog.api.problems import Refusal, wrong
from catalog.models import StoredAnswer

HEADER = "Idempotency-Key"
KEPT = datetime.timedelta(hours=24)
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_HEADERS = ("Content-Type", "ETag", "Location")


def once(request: Request, work: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer of `work`, done in one transaction; the stored one where the same request was answered before.

    Raises Refusal: 400 for what is no key, 409 while the first request is still at work, 422 where the key came with
    another request.
    """
    key = request.headers.get(HEADER)
    if key is None:
        with transaction.atomic():
            return work()
    if not _KEY.fullmatch(key):
        detail = "Send 1 to 200 visible ASCII characters, such as a UUID."
        raise wrong([{"field": HEADER, "detail": detail}])
    user, digest = cast(User, request.user), _digest(request)
    with transaction.atomic():
        _lock(user, key)
        if (stored := _stored(user, key)) is not None:
            return _replayed(stored, digest)
        answer = work()
        _store(user, key, digest, answer)
        return answer


def _digest(request: Request) -> str:
    """What makes a request another one: method, address, type and all of its body."""
    body = blake2b(digest_size=32)
    files = {name: _file_digest(file) for name, file in sorted(request.FILES.items())}
    if files:
        data = cast(dict[str, Any], request.data)
        fields = sorted((name, value) for name, value in data.items() if name not in files)
        body.update(orjson.dumps([files, fields], default=str))
    else:
        request.data  # noqa: B018  # reads the body
        body.update(getattr(request._request, "tessera_body", b""))
    parts = [request.method, request.get_full_path(), (request.content_type or "").partition(";")[0], body.hexdigest()]
    return blake2b(orjson.dumps(parts), digest_size=32).hexdigest()


def _file_digest(file: UploadedFile[Any]) -> str:
    digest = blake2b(digest_size=32)
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _lock(user: User, key: str) -> None:
    """Keep the same request out until the transaction ends. On SQLite writers wait for each other already."""
    if connection.vendor != "postgresql":
        return
    number = int.from_bytes(blake2b(f"{user.pk}:{key}".encode(), digest_size=8).digest(), "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        if not cursor.fetchone()[0]:
            detail = "The first request with this key is still at work. Send it again to get its answer."
            raise Refusal(409, detail, [{"field": HEADER, "detail": detail}], {"Retry-After": "1"})


def _stored(user: User, key: str) -> StoredAnswer | None:
    """What was answered to the key, unless that is too long ago. Clears away what is."""
    StoredAnswer.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
    return StoredAnswer.objects.filter(user=user, key=key).first()


def _replayed(stored: StoredAnswer, digest: str) -> HttpResponse:
    if stored.request_digest != digest:
        detail = "This key came with another request before. Make a new key for each request."
        raise Refusal(422, detail, [{"field": HEADER, "detail": detail}])
    answer = HttpResponse(bytes(stored.body), status=stored.status)
    for name, value in stored.headers.items():
        answer.headers[name] = value
    answer.headers["Idempotency-Replayed"] = "true"
    return answer


def _store(user: User, key: str, digest: str, answer: HttpResponse) -> None:
    StoredAnswer.objects.create(
        user=user,
        key=key,
        request_digest=digest,
        status=answer.status_code,
        headers={name: answer.headers[name] for name in _HEADERS if name in answer.headers},
        body=answer.content,
        created_at=timezone.now(),
    )
