"""From the current release of a channel to a draft: what would be new, other and gone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from catalog.many import among
from catalog.models import Channel
from exports import querysets
from exports.gate.judging import KEPT
from exports.gate.settling import settle
from exports.models import DocumentVersion, Release, TraceCategory
from exports.releasing.drafting import Draft, Key, Made, Members
from exports.releasing.marks import Marks
from exports.releasing.problems import Amiss, Changed, amiss_in, changed_problems
from exports.releasing.rewording import Reworded


@dataclass(frozen=True)
class Step:
    """The documents that are new or other, those that stay, and those that go; of the products drafted.

    `last` is the current release, if there is one, and `current` are its documents; `replaced` are the ones that the
    `fresh` ones take the place of. `kept` are those that the gate keeps as they are, `amiss` is what is told of all.
    """

    last: Release | None
    new: Draft
    current: Mapping[Key, DocumentVersion]
    fresh: list[Made]
    same: list[Made]
    replaced: list[DocumentVersion]
    gone: list[DocumentVersion]
    kept: list[DocumentVersion]
    amiss: list[Amiss]
    problems: Changed

    @classmethod
    def of(
        cls, channel: Channel, last: Release | None, new: Draft, out: QuerySet[DocumentVersion] | None = None
    ) -> Step:
        """`out` are the documents by which is told whether groups and variants that were not drafted are out.

        They are those of the current release, where nothing else is said.
        """
        rows = DocumentVersion.objects.filter(channel=channel, valid_until=None).order_by()
        if new.only is not None:
            rows = rows.filter(product__in=among(new.only))
        current = {(row.sku, row.language): row for row in rows} if new.only is None or new.only else {}
        others = _others(new, DocumentVersion.objects.filter(channel=channel, valid_until=None) if out is None else out)
        settled = settle(new.made, {key: row.product for key, row in current.items()}, others)
        passed = [row for row in new.made if row.key not in settled.effects]
        kept = [current[key] for key, effect in settled.effects.items() if effect == KEPT]
        fresh = [row for row in passed if row.key not in current or current[row.key].body_id != row.digest]
        same = [row for row in passed if row.key in current and current[row.key].body_id == row.digest]
        staying = {row.key for row in passed} | {(row.sku, row.language) for row in kept}
        replaced = [current[row.key] for row in fresh if row.key in current]
        gone = [row for key, row in current.items() if key not in staying]
        amiss = amiss_in(settled, new.made)
        problems = changed_problems(channel, new.only, amiss)
        return cls(last, new, current, fresh, same, replaced, gone, kept, amiss, problems)

    @property
    def others(self) -> list[Made | Reworded]:
        """The documents that are new or say something else."""
        return [*self.fresh, *self.new.words.documents]

    @property
    def ended(self) -> list[int]:
        """The ids of the versions that are no more."""
        return [*(row.pk for row in (*self.replaced, *self.gone)), *(row.version for row in self.new.words.documents)]

    @property
    def changed(self) -> int:
        return len(self.replaced) + len(self.new.words.documents)

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
        if self.last is None or self.others or self.gone or self.problems:
            return True
        return not same(self.last.publications, self.publications)

    @cached_property
    def digest(self) -> str:
        """BLAKE2b-256, hex, of all that a release would change: the same changes have the same digest."""
        marks = Marks()
        marks.add(self)
        return marks.digest(lasting(self.publications))

    def changes(self, most: int) -> list[list[str]]:
        """The first of what changes, in the order of SKUs: SKU, language, and added, changed or removed."""
        added = {row.key for row in self.fresh} - {(row.sku, row.language) for row in self.replaced}
        rows = [[*row.key, "added" if row.key in added else "changed"] for row in self.others]
        rows += [[row.sku, row.language, "removed"] for row in self.gone]
        return sorted(rows)[:most]

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
        """Count the categories of what is out afterwards, or only of what differs."""
        if full:
            self._count_all(found)
            return
        before = {row.pk: row.language for row in (*self.replaced, *self.gone) if row.listed}
        rows = TraceCategory.objects.filter(versions__pk__in=among(before)).values_list("versions__pk", "code")
        for version, code in rows if before else ():
            found[before[version]][code] -= 1
        for row in self.fresh:
            if row.listed:
                found[row.language].update(row.categories)

    def _count_all(self, found: Mapping[str, Counter[str]]) -> None:
        for row in (*self.fresh, *self.same):
            if row.listed:
                found[row.language].update(row.categories)
        kept = {row.pk: row.language for row in self.kept if row.listed}
        rows = TraceCategory.objects.filter(versions__pk__in=among(kept)).values_list("versions__pk", "code")
        for version, code in rows if kept else ():
            found[kept[version]][code] += 1


def _others(new: Draft, out: QuerySet[DocumentVersion]) -> set[Key]:
    """Of the groups and variants that drafted documents name and that are not drafted, those that are out.

    Where all products are drafted, there are no others. At most one query.
    """
    if new.only is None:
        return set()
    made = {row.sku for row in new.made}
    named = {sku for row in new.made for sku in (*row.variants, row.parent) if sku and sku not in made}
    if not named:
        return set()
    rows = out.filter(sku__in=named)
    return set(rows.order_by().values_list("sku", "language"))


def members_before(last: Release | None) -> defaultdict[str, Counter[str]]:
    """How many products are in each category of a release, by language; none of no release."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for language, data in last.publications.items() if last else ():
        found[language].update(querysets.members_of(data))
    return found


def same(stored: Mapping[str, Any], fresh: Mapping[str, Any]) -> bool:
    """Whether publications say the same, but for the number and day they were released."""
    return lasting(stored) == lasting(fresh)


def lasting(publications: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Publications without the number and the day they were released."""
    of_release = ("release", "released_on")
    return {
        language: {name: value for name, value in data.items() if name not in of_release}
        for language, data in publications.items()
    }
