"""What a release changes as one digest, which a signature names: the same in parts, at once, or from the database."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import orjson
from django.db.models import Exists, OuterRef

from catalog.models import Channel
from exports.models import DocumentVersion, Problem
from exports.releasing.problems import COLUMNS

if TYPE_CHECKING:
    from exports.releasing.stepping import Step

# Rows that are read at a time.
_ROWS = 2_000


class Marks:
    """The digests of single changes, in whatever order they come: some 70 bytes each, however large the documents."""

    def __init__(self) -> None:
        self._marks: list[bytes] = []

    def add(self, step: Step) -> None:
        """All that a step changes."""
        for row in step.others:
            self._mark("put", row.sku, row.language, row.digest)
        for gone in step.gone:
            self._mark("gone", gone.sku, gone.language)
        for amiss in step.problems.fresh:
            self._mark("amiss", amiss.as_row())
        for amiss in step.problems.gone.values():
            self._mark("mended", amiss.as_row())

    @classmethod
    def of_release(cls, channel: Channel, number: int) -> Marks:
        """All that the rows of a release say is changed by it; its own row need not be there yet. Four queries."""
        found = cls()
        versions = DocumentVersion.objects.filter(channel=channel).order_by()
        fresh = versions.filter(valid_from=number)
        for row in fresh.values_list("sku", "language", "body_id").iterator(_ROWS):
            found._mark("put", *row)
        instead = fresh.filter(sku=OuterRef("sku"), language=OuterRef("language"))
        gone = versions.filter(~Exists(instead), valid_until=number)
        for key in gone.values_list("sku", "language").iterator(_ROWS):
            found._mark("gone", *key)
        problems = Problem.objects.filter(channel=channel).order_by()
        for what, some in (("amiss", {"valid_from": number}), ("mended", {"valid_until": number})):
            for values in problems.filter(**some).values_list(*COLUMNS).iterator(_ROWS):
                found._mark(what, dict(zip(COLUMNS, values, strict=True)))
        return found

    def __bool__(self) -> bool:
        return bool(self._marks)

    def _mark(self, *said: Any) -> None:
        self._marks.append(blake2b(orjson.dumps(said, option=orjson.OPT_SORT_KEYS), digest_size=32).digest())

    def digest(self, publications: Mapping[str, Any]) -> str:
        """BLAKE2b-256, hex, of all changes and of what is true of the whole release (stepping.lasting)."""
        whole = blake2b(digest_size=32)
        for mark in sorted(self._marks):
            whole.update(mark)
        whole.update(orjson.dumps(publications, option=orjson.OPT_SORT_KEYS))
        return whole.hexdigest()
