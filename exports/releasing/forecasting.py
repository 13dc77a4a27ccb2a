"""What releasing a channel would change and report, before it happens: drafted as a release is, and not written."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from catalog import querysets as knowledge
from catalog.models import Channel
from exports.models import DocumentBody
from exports.policies.refusing import against_freeze, against_mode, against_shrinking, most_lately
from exports.querysets import policy_of
from exports.releasing import staging
from exports.releasing.affected import Seen
from exports.releasing.committing import refuse_retired
from exports.releasing.comparing import Changed, compared
from exports.releasing.drafting import draft_part, publisher, whole
from exports.releasing.marks import Marks
from exports.releasing.problems import as_report
from exports.releasing.stepping import Step, lasting, members_before, same


@dataclass
class Forecast:
    """What `release` would do now. `after` is the number of the current release, 0 where there is none.

    `report` is what would be amiss with the products that were looked at. `against` says why it would not be made
    without somebody's leave; `shrinks` and `frozen` are two such reasons.
    """

    after: int
    documents: int
    added: int = 0
    changed: int = 0
    removed: int = 0
    report: list[dict[str, Any]] = field(default_factory=list)
    differs: bool = False
    against: list[str] = field(default_factory=list)
    shrinks: bool = False
    frozen: bool = False


def forecast(channel: Channel, *, full: bool = False) -> Forecast:
    """What releasing the channel would change. Writes nothing. Raises Retired, and SelectionError.

    Of a channel that is held: what letting it go on would change.
    """
    seen, channel, only = _begin(channel, full=full)
    found = Forecast(seen.last.number if seen.last else 0, seen.last.documents if seen.last else 0)
    members = members_before(None if only is None else seen.last)
    for step in _steps(channel, seen, only):
        found.added += step.added
        found.changed += len(step.replaced)
        found.removed += len(step.gone)
        found.report += as_report(step.amiss)
        found.differs = found.differs or bool(step.fresh or step.gone or step.problems)
        step.count_members(members, full=only is None)
    found.documents += found.added - found.removed
    if seen.last and not found.differs:
        found.differs = not same(seen.last.publications, publisher(channel, seen.on)(members))
    found.differs = found.differs or seen.last is None
    _ask_rules(channel, seen, found)
    return found


def _ask_rules(channel: Channel, seen: Seen, found: Forecast) -> None:
    policy, before = policy_of(channel), most_lately(seen.last, found.documents) if seen.last else 0
    frozen = against_freeze(channel)
    shrinks = against_shrinking(channel.code, before, found.documents, policy.max_shrink)
    found.frozen, found.shrinks = bool(frozen), bool(shrinks)
    found.against = [why for why in (against_mode(channel, policy), frozen, shrinks) if why]


@dataclass(frozen=True)
class Summary:
    """All that the next release would change, as its digest, its counts and the first of the `changes`."""

    after: int
    digest: str
    differs: bool
    documents: int
    added: int
    changed: int
    removed: int
    problems: dict[str, int]
    changes: list[list[str]]


def summary(channel: Channel, most: int) -> Summary:
    """What would be signed now, put together a part at a time; at most so many changes. Raises as `forecast`."""
    seen, channel, only = _begin(channel, full=False)
    added = changed = removed = 0
    marks, changes = Marks(), list[list[str]]()
    problems = dict(seen.last.problems) if seen.last else {}
    members = members_before(None if only is None else seen.last)
    for step in _steps(channel, seen, only):
        added, changed, removed = added + step.added, changed + step.changed, removed + len(step.gone)
        marks.add(step)
        changes = sorted([*changes, *step.changes(most)])[:most]
        problems = step.problems.counts(problems)
        step.count_members(members, full=only is None)
    publications = publisher(channel, seen.on)(members)
    return Summary(
        after=seen.last.number if seen.last else 0,
        digest=marks.digest(lasting(publications)),
        differs=seen.last is None or bool(marks) or not same(seen.last.publications, publications),
        documents=(seen.last.documents if seen.last else 0) + added - removed,
        added=added,
        changed=changed,
        removed=removed,
        problems=problems,
        changes=changes,
    )


@dataclass(frozen=True)
class Upcoming:
    """The first of what the next release would change; `complete` says whether that is all."""

    after: int
    changes: list[Changed]
    complete: bool


def upcoming(channel: Channel, most: int = 100) -> Upcoming:
    """What the next release would change, product by product, at most so many documents. Raises as `forecast`."""
    seen, channel, only = _begin(channel, full=False)
    steps = _steps(channel, seen, only)
    found = list(islice((change for step in steps for change in _changes(step)), most + 1))
    return Upcoming(seen.last.number if seen.last else 0, found[:most], len(found) <= most)


def _changes(step: Step) -> Iterator[Changed]:
    """In SKU order within a part."""
    old = {(row.sku, row.language): row.body_id for row in (*step.replaced, *step.gone)}
    bodies = {
        digest: bytes(content)
        for digest, content in DocumentBody.objects.filter(pk__in=set(old.values())).values_list("pk", "content")
    }
    new = {row.key: row.body for row in step.fresh}
    for key in sorted({*old, *new}):
        yield compared(*key, bodies.get(old.get(key, "")), new.get(key))


def _begin(channel: Channel, *, full: bool) -> tuple[Seen, Channel, frozenset[int] | None]:
    refuse_retired(channel)
    channel = knowledge.channels().get(pk=channel.pk)
    seen = Seen.looking(channel)
    return seen, channel, seen.touched(full=full)


def _steps(channel: Channel, seen: Seen, only: Collection[int] | None) -> Iterator[Step]:
    """From the current release to drafts, a part of the products at a time."""
    members = whole(channel, only)
    for part, _ in staging.parts(members):
        yield Step.of(channel, seen.last, draft_part(channel, seen.on, members, part))
