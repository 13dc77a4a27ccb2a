"""Which facts a channel's documents have, and of which type, told by the documents themselves."""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple

import orjson
from django.core.cache import cache

from exports.models import FactSetMember, Release, TraceFacts
from exports.querysets import versions_at
from exports.releasing.changes import key_of

_KEPT = 24 * 3_600


class Sample(NamedTuple):
    """A fact of some document: its code as documents write it, and what stands there."""

    code: str
    fact: dict[str, Any]


class Said:
    """The facts of a release in a language. Each question is asked once."""

    def __init__(self, release: Release, language: str) -> None:
        self.release = release
        self.language = language

    @cached_property
    def codes(self) -> frozenset[str]:
        """The codes, in lower case, of all facts that any document of the channel ever had. One query a release."""
        key = f"exports.asking.codes:{self.release.channel_id}:{self.release.number}:{key_of(self.release)}"
        found = cache.get(key)
        if found is None:
            sets = TraceFacts.objects.filter(versions__channel=self.release.channel_id).order_by()
            members = FactSetMember.objects.filter(fact_set__in=sets.values("fact_set").distinct())
            found = frozenset(members.values_list("attribute", flat=True).distinct())
            cache.set(key, found, _KEPT)
        return frozenset(found)

    def sample(self, code: str) -> Sample | None:
        """A fact of this code, in whatever case; None where no document of the release has one. One query."""
        lower = code.lower()
        versions = versions_at(self.release, self.language).order_by()
        having = versions.filter(facts__fact_set__members__attribute=lower)
        body = having.values_list("body__content", flat=True).first()
        facts = orjson.loads(bytes(body))["facts"] if body is not None else {}
        return next((Sample(name, fact) for name, fact in facts.items() if name.lower() == lower), None)
