"""Errors as problem details (RFC 9457), each naming what to change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import IntegrityError, OperationalError
from django.db.models import ProtectedError, RestrictedError
from django.http import Http404, HttpResponse
from rest_framework import exceptions

from catalog.operations.recording import key_of
from catalog.usage import InUse, Use

MEDIA_TYPE = "application/problem+json"
# `field` (a parameter or header) or `pointer` (into the body, RFC 6901), and `detail`.
Error = dict[str, str]


class Problem(HttpResponse):
    """A problem detail. `errors` are pairs of a place and what to do about it; `more` are members of its own."""

    def __init__(self, status: int, detail: str, errors: Sequence[Error] = (), **more: Any) -> None:
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": detail,
        }
        if errors:
            body["errors"] = list(errors)
        super().__init__(orjson.dumps({**body, **more}), status=status, content_type=MEDIA_TYPE)


class Refusal(exceptions.APIException):
    """Why a request is not done: raised anywhere, answered as a problem detail.

    `errors` say where; `more` are members of the answer besides, such as the uses of something that is in use.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        errors: Sequence[Error] = (),
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(detail)
        self.status_code = status
        self.said = detail
        self.errors = list(errors)
        self.headers = dict(headers or {})
        self.more = more

    def problem(self) -> Problem:
        answer = Problem(self.status_code, self.said, self.errors, **self.more)
        for name, value in self.headers.items():
            answer.headers[name] = value
        return answer


def wrong(errors: Sequence[Error]) -> Refusal:
    """The refusal of a body, parameter or header that has these errors."""
    return Refusal(400, summary(errors), errors)


def pointing(pointer: str, detail: str) -> Error:
    """An error at a place in the body, as a JSON pointer (RFC 6901)."""
    return {"pointer": pointer, "detail": detail}


def below(pointer: str, name: str | int) -> str:
    """The pointer to a member or item of what a pointer leads to."""
    escaped = str(name).replace("~", "~0").replace("/", "~1")
    return f"{pointer}/{escaped if len(escaped) <= 60 else escaped[:60] + '…'}"


def problem_handler(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """The answer to an exception in a view of the API; None for one that is our own fault, which is then logged."""
    if isinstance(error, Refusal):
        return error.problem()
    if isinstance(error, exceptions.ValidationError):
        errors = list(_errors(error.detail))
        return Problem(error.status_code, summary(errors), errors)
    if isinstance(error, exceptions.NotAuthenticated):
        return _with_headers(Problem(error.status_code, _how_to_log_in(context)), error)
    if isinstance(error, exceptions.UnsupportedMediaType):
        taken = " or ".join(parser.media_type for parser in getattr(context.get("view"), "parser_classes", ()))
        return Problem(415, f"Send the body as {taken}, and say so in Content-Type." if taken else "Not taken here.")
    if isinstance(error, exceptions.APIException):
        detail = " ".join(str(row["detail"]) for row in _errors(error.detail))
        return _with_headers(Problem(error.status_code, detail), error)
    refusal = refusal_of(error)
    return refusal.problem() if refusal else None


def refusal_of(error: Exception) -> Refusal | None:
    """What Django's own exceptions say of the request; None for what is no fault of the request's."""
    if isinstance(error, Http404):
        return Refusal(404, "There is nothing at this address.")
    if isinstance(error, PermissionDenied):
        return Refusal(403, "This is not allowed.")
    if isinstance(error, RequestDataTooBig):
        return Refusal(413, "The request is larger than this site takes. Send it in parts.")
    if isinstance(error, SuspiciousOperation):
        return Refusal(400, "The request is larger or stranger than this site takes.")
    if isinstance(error, InUse):
        return Refusal(409, error.messages[0], uses=[use_of(use) for use in error.uses])
    if isinstance(error, ProtectedError | RestrictedError):
        return Refusal(409, _still_used(error))
    return None


def clash_of(error: Exception) -> Refusal | None:
    """What the database says when two write the same at once; None for anything else."""
    if isinstance(error, IntegrityError):
        return Refusal(409, "Somebody else wrote the same at the same time. Look at it as it is now, and try again.")
    if isinstance(error, OperationalError):
        return Refusal(503, "The database is busy. Nothing was written; try again.", headers={"Retry-After": "2"})
    return None


def use_of(use: Use) -> dict[str, Any]:
    """One way in which something is used."""
    return {
        "kind": use.kind,
        "label": use.label,
        "count": use.count,
        "examples": [key_of(example) for example in use.examples],
    }


def _how_to_log_in(context: Mapping[str, Any]) -> str:
    return str(getattr(context.get("view"), "how_to_log_in", "Send a token: “Authorization: Bearer …”."))


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
        for name, inner in detail.items():
            yield from _errors(inner, f"{field}.{name}" if field else str(name))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _errors(inner, field)
    else:
        yield {"field": field, "detail": str(detail)}


def summary(errors: Sequence[Error]) -> str:
    """One line that names the places."""
    named = dict.fromkeys(row.get("field") or row.get("pointer") or "" for row in errors)
    places = [f"“{place}”" for place in named if place]
    more = f" and {len(places) - 5} more" if len(places) > 5 else ""
    if not places:
        return "The request was not understood. See “errors”."
    return f"Not understood: {', '.join(places[:5])}{more}. See “errors”."


def _still_used(error: ProtectedError | RestrictedError) -> str:
    rows = getattr(error, "protected_objects", None) or getattr(error, "restricted_objects", None) or ()
    names = sorted(f"{row._meta.verbose_name} “{key_of(row)}”" for row in list(rows)[:5])
    return f"Still used by {', '.join(names)}; change or remove that first." if names else "Still used elsewhere."
