"""Errors as problem details (RFC 9457), each naming what to change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db.models import ProtectedError, RestrictedError
from django.http import Http404, HttpResponse
from rest_framework import exceptions

from catalog.operations.recording import key_of
from exports.api.authentication import HasChannelToken

MEDIA_TYPE = "application/problem+json"
Error = dict[str, str]


class Problem(HttpResponse):
    """A problem detail. `errors` are pairs of a field or parameter and what to do about it."""

    def __init__(self, status: int, detail: str, errors: Sequence[Error] = ()) -> None:
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": detail,
        }
        if errors:
            body["errors"] = list(errors)
        super().__init__(orjson.dumps(body), status=status, content_type=MEDIA_TYPE)


def problem_handler(error: Exception, _context: Mapping[str, Any]) -> HttpResponse | None:
    """The answer to an exception in a view of the API; None for one that is our own fault, which is then logged."""
    if isinstance(error, Http404):
        return Problem(404, "There is nothing at this address.")
    if isinstance(error, PermissionDenied):
        return Problem(403, "This is not allowed.")
    if isinstance(error, SuspiciousOperation):
        return Problem(400, "The request is larger or stranger than this site takes.")
    if isinstance(error, ProtectedError | RestrictedError):
        return Problem(409, _still_used(error))
    if not isinstance(error, exceptions.APIException):
        return None
    if isinstance(error, exceptions.ValidationError):
        errors = list(_errors(error.detail))
        return Problem(error.status_code, _summary(errors), errors)
    return _with_headers(Problem(error.status_code, _detail(error)), error)


def _detail(error: exceptions.APIException) -> str:
    if isinstance(error, exceptions.NotAuthenticated):
        return HasChannelToken.message
    return " ".join(str(row["detail"]) for row in _errors(error.detail))


def _with_headers(problem: Problem, error: exceptions.APIException) -> Problem:
    """What DRF found out for the headers: how to log in, and when to come back."""
    if header := getattr(error, "auth_header", None):
        problem.headers["WWW-Authenticate"] = header
    if wait := getattr(error, "wait", None):
        problem.headers["Retry-After"] = str(int(wait))
    return problem


def _errors(detail: Any, field: str = "") -> Iterator[Error]:
    """DRF's nested details as a flat list; `field` is a path such as `facts.weight`."""
    if isinstance(detail, Mapping):
        for name, below in detail.items():
            yield from _errors(below, f"{field}.{name}" if field else str(name))
    elif isinstance(detail, list):
        for below in detail:
            yield from _errors(below, field)
    else:
        yield {"field": field, "detail": str(detail)}


def _summary(errors: Sequence[Error]) -> str:
    fields = ", ".join(dict.fromkeys(f"“{row['field']}”" for row in errors if row["field"]))
    return f"Not understood: {fields}. See “errors”." if fields else "The request was not understood. See “errors”."


def _still_used(error: ProtectedError | RestrictedError) -> str:
    rows = getattr(error, "protected_objects", None) or getattr(error, "restricted_objects", None) or ()
    names = sorted(f"{row._meta.verbose_name} “{key_of(row)}”" for row in list(rows)[:5])
    return f"Still used by {', '.join(names)}; change or remove that first." if names else "Still used elsewhere."
