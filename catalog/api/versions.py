"""Versions of objects: strong entity tags that also tell which members have changed since (RFC 9110, section 8.8.3).

A version is a digest of all an object shows, and of each member a short one: "<32 hex>-<4 hex for each member>".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import orjson
from rest_framework.request import Request

from catalog.api.problems import Refusal

_TAG = re.compile(r'(W/)?"([^"]*)"')
_MARK = 4


def _digest(value: Any, size: int) -> str:
    return blake2b(orjson.dumps(value, option=orjson.OPT_SORT_KEYS), digest_size=size).hexdigest()


def version_of(shown: Mapping[str, Any]) -> str:
    """The version of an object as it is shown."""
    return f"{_digest(shown, 16)}-{''.join(_digest(value, _MARK // 2) for value in shown.values())}"


def tag_of(version: str, more: Any = None) -> str:
    """The entity tag of an answer that shows this version and, where something is said, `more` besides."""
    return f'"{version}"' if more is None else f'"{version}+{_digest(more, 8)}"'


def changed_since(version: str, shown: Mapping[str, Any]) -> dict[str, Any]:
    """The members that differ from those of an earlier version, as they are now; all, if it is no such version."""
    marks = version.partition("-")[2]
    if len(marks) != _MARK * len(shown):
        return dict(shown)
    before = [marks[at : at + _MARK] for at in range(0, len(marks), _MARK)]
    return {
        name: value
        for (name, value), mark in zip(shown.items(), before, strict=True)
        if _digest(value, _MARK // 2) != mark
    }


def refuse_stale(request: Request, shown: Mapping[str, Any]) -> None:
    """Raises Refusal: 428 without `If-Match`, 412 where the object is not what the writer has seen any more."""
    header = request.headers.get("If-Match")
    if header is None:
        raise Refusal(
            428,
            "Send “If-Match” with the ETag that you were given with the object, so that nobody's change is lost.",
            [{"field": "If-Match", "detail": "This header is needed here."}],
        )
    given = [tag.partition("+")[0] for weak, tag in _TAG.findall(header) if not weak]
    refuse_other_version(given, shown, anyway=header.strip() == "*")


def refuse_other_version(given: list[str], shown: Mapping[str, Any], *, anyway: bool = False) -> None:
    """Raises Refusal (412) unless the object's version is among those given."""
    current = version_of(shown)
    if anyway or current in given:
        return
    changed = changed_since(given[0] if given else "", shown)
    raise Refusal(
        412,
        "Somebody changed this since you read it. “changed” has what differs, as it is now; look at it, and send your "
        "change again with the new “version”.",
        version=current,
        changed=changed,
    )
