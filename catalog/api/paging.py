"""Listing by key: a page begins after the last key of the page before, so that nothing is skipped or repeated."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

import orjson
from django.core.signing import BadSignature, Signer
from django.db.models import Model, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from catalog.api import parameters

MAX_LIMIT = 500
DEFAULT_LIMIT = 100
_SALT = "catalog.api.cursor"
Row = TypeVar("Row", bound=Model)


def _question(listing: str, asked: Mapping[str, str]) -> str:
    """A digest of what is listed: a cursor belongs to one question."""
    rest = sorted((name, value) for name, value in asked.items() if name not in ("cursor", "limit"))
    return blake2b(orjson.dumps([listing, rest]), digest_size=12).hexdigest()


def write(listing: str, asked: Mapping[str, str], after: Any) -> str:
    """Where a listing goes on. Without a time stamp: the same page always has the same bytes."""
    return Signer(salt=_SALT).sign_object([_question(listing, asked), after])


def read(listing: str, asked: Mapping[str, str]) -> Any:
    """What the page before ended with; None for the first page. Raises ValidationError for another listing's cursor."""
    if "cursor" not in asked:
        return None
    try:
        question, after = Signer(salt=_SALT).unsign_object(asked["cursor"])
    except (BadSignature, ValueError, TypeError):
        question = after = None
    if question != _question(listing, asked):
        raise ValidationError({"cursor": "This is no cursor of this listing. Take “next” as it is, or begin anew."})
    return after


def following(request: Request, listing: str, asked: Mapping[str, str], after: Any) -> str:
    """The address of the next page."""
    query = {**asked, "cursor": write(listing, asked, after)}
    return request.build_absolute_uri(f"?{urlencode(query)}")


def latest_first(
    request: Request,
    listing: str,
    rows: QuerySet[Row],
    column: str = "pk",
    *,
    default: int = DEFAULT_LIMIT,
    most: int = MAX_LIMIT,
) -> tuple[list[Row], str | None]:
    """A page of rows by a column of growing whole numbers, and the address of the next one; `limit` and `cursor` say
    which. Raises ValidationError.
    """
    asked = parameters.read(request, "limit", "cursor")
    limit = cast(int, parameters.number(asked, "limit", default, 1, most))
    after = read(listing, asked)
    earlier = rows if after is None else rows.filter(**{f"{column}__lt": after})
    found = list(earlier.order_by(f"-{column}")[: limit + 1])
    if len(found) <= limit:
        return found, None
    return found[:limit], following(request, listing, asked, getattr(found[limit - 1], column))
