"""From the current release of a channel to a draft: what would be new, other and gone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from catalog.many import among
from catalog.models import Channel
from exports import querysets
from exports.models import DocumentVersion, Release, VersionCategory
from exports.releasing.drafting import Draft, Key, Made, Members
from exports.releasing.problems import Changed, changed_problems


@dataclass(frozen=True)
class Step:
    """The documents that are new or other, those that stay, and those that go; of the products drafted.

    `last` is the current release, if there is one, and `current` are its documents; `replaced` are the ones that the
    `fresh` ones take the place of.
    """

    last: Release | None
    new: Draft
    current: Mapping[Key, DocumentVersion]
    fresh: list[Made]
    same: list[Made]
    replaced: list[DocumentVersion]
    gone: list[DocumentVersion]
    problems: Changed

    @classmethod
    def of(cls, channel: Channel, last: Release | None, new: Draft) -> Step:
        rows = DocumentVersion.objects.filter(channel=channel, valid_until=None).order_by()
        if new.only is not None:
            rows = rows.filter(product__in=among(new.only))
        current = {(row.sku, row.language): row for row in rows} if new.only is None or new.only else {}
        fresh = [row for row in new.made if row.key not in current or current[row.key].body_id != row.digest]
        same = [row for row in new.made if row.key in current and current[row.key].body_id == row.digest]
        keys = {row.key for row in new.made}
        replaced = [current[row.key] for row in fresh if row.key in current]
        gone = [row for key, row in current.items() if key not in keys]
        return cls(last, new, current, fresh, same, replaced, gone, changed_problems(channel, new))

    @property
    def added(self) -> int:
        return len(self.fresh) - len(self.replaced)

    @property
    def documents(self) -> int:
        """How many there are afterwards."""
        before = self.last.documents if self.last and self.new.only is not None else len(self.current)
        return before + self.added - len(self.gone)

    @cached_property
    def publications(self) -> dict[str, dict[str, Any]]:
        """What is true of the whole release afterwards, by language; without its number and day."""
        return self.new.publish(self._members())

    @property
    def differs(self) -> bool:
        """Whether there is anything for a next release to say."""
        if self.last is None or self.fresh or self.gone or self.problems:
            return True
        return not same(self.last.publications, self.publications)

    def counts(self) -> dict[str, int]:
        """How many problems of each kind there are afterwards."""
        return self.problems.counts(self.last.problems if self.last else {})

    def _members(self) -> Members:
        """How many products are in each category afterwards: counted, or as before but for what differs."""
        full = self.last is None or self.new.only is None
        found = members_before(None if full else self.last)
        self.count_members(found, full=full)
        return found

    def count_members(self, found: Mapping[str, Counter[str]], *, full: bool) -> None:
        """Count the categories of what was made, or only of what differs."""
        if full:
            for row in self.new.made:
                if row.listed:
                    found[row.language].update(row.categories)
            return
        before = {row.pk: row.language for row in (*self.replaced, *self.gone) if row.listed}
        rows = VersionCategory.objects.filter(version__in=among(before)).values_list("version_id", "code")
        for version, code in rows if before else ():
            found[before[version]][code] -= 1
        for row in self.fresh:
            if row.listed:
                found[row.language].update(row.categories)


def members_before(last: Release | None) -> defaultdict[str, Counter[str]]:
    """How many products are in each category of a release, by language; none of no release."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for language, data in last.publications.items() if last else ():
        found[language].update(querysets.members_of(data))
    return found


def same(stored: Mapping[str, Any], fresh: Mapping[str, Any]) -> bool:
    """Whether publications say the same, but for the number and day they were released."""
    volatile = ("release", "released_on")
    strip = [
        {language: {k: v for k, v in data.items() if k not in volatile} for language, data in side.items()}
        for side in (stored, fresh)
    ]
    return strip[0] == strip[1]
