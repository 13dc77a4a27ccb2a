"""A large release, put together batch by batch: bounded memory, short transactions, and nothing lost when it is killed.

What is assembled is written under the release's coming number, where no reader looks yet (exports.models.staging), and
becomes visible with the release's row, in one transaction that assembles and copies nothing. Whoever releases the
channel meanwhile takes part: each batch is drawn from where the staging is, and is written only if it still is there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, NamedTuple, TypeVar

from django.db import transaction
from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet

from catalog.indexing.writing import batches, insert_rows
from catalog.many import among
from catalog.models import Channel, Product
from exports import querysets
from exports.gate.judging import WITHHELD
from exports.gathering.membership import Known, Membership
from exports.models import STAGED, DocumentVersion, Problem, Release, StagedEnd, Staging, TraceCategory
from exports.releasing import storing
from exports.releasing.affected import Affected, Seen, Span
from exports.releasing.drafting import Draft, Members, Publish, draft, draft_part, publisher, whole
from exports.releasing.rewording import Rewording
from exports.releasing.stepping import Step

M = TypeVar("M", bound=Model)

# Products of one batch. A release of no more is made in memory, and is not staged.
SIZE = 1_000
# As many may be reworded at once, of which less is in memory and less has to be written.
REWORDED = 5_000
# The round before the first: of products that only say something else.
WORDS = 0
# Above any id: of what a round that is over has come to, and of the last of its shares.
_LAST = 2**62
# After so many rounds a release comes out; what was touched during the last one is for the next release.
ROUNDS = 4


class Moved(Exception):
    """Somebody else has taken the staging further, or ended it."""


class Share(NamedTuple):
    """What one of several workers does of a round: the products whose root has an id over `low`, up to `high`."""

    low: int
    high: int


# Has several workers do a round, where there is enough of it. Returns when it is done, or where there is not.
Spread = Callable[[Staging, Membership], None]


@dataclass(frozen=True)
class Counts:
    """What a release comes to; `problems` are how many there are of each kind, `differs` whether others than before."""

    documents: int
    added: int
    changed: int
    removed: int
    problems: dict[str, int]
    differs: bool = True


def is_large(affected: Affected) -> bool:
    """Whether so many products are too many to be released without staging."""
    return affected.count > SIZE or len(affected.words.products) > REWORDED


def open_staging(channel: Channel) -> Staging | None:
    return Staging.objects.filter(channel=channel).first()


@transaction.atomic
def begin(channel: Channel, seen: Seen, affected: Affected) -> None:
    """Note that a release is put together from here on, unless one is already, or another has come out."""
    Channel.objects.select_for_update().get(pk=channel.pk)
    if querysets.current_release(channel) != seen.last or Staging.objects.filter(channel=channel).exists():
        return
    before = None if affected.anew is None else seen.state
    Staging.objects.create(
        channel=channel,
        number=seen.last.number + 1 if seen.last else 1,
        round=WORDS if affected.words else 1,
        since=before.batch if before else None,
        since_day=before.judged_on if before else None,
        batch=seen.batch,
        judged_on=seen.on,
        asked=seen.asked,
    )


def go_on(channel: Channel, staging: Staging, seen: Seen, spread: Spread | None = None) -> Publish | None:
    """Put the release together from where it is; what its envelope says, or None where it came to nothing.

    Raises Moved, and SelectionError.
    """
    if staging.abandoned or staging.asked != seen.asked or staging.number != (seen.last.number if seen.last else 0) + 1:
        sweep(channel)
        return None
    while True:
        affected = _of_round(channel, staging)
        if staging.round == WORDS:
            _stage_words(channel, staging, affected.words)
        members = _of_whom(channel, staging, affected.anew)
        if spread is not None and not staging.after:
            spread(staging, members)
        for part, after in parts(members, staging.after):
            _stage(channel, staging, draft_part(channel, staging.judged_on, members, part), after)
            staging.after = after
        if staging.round >= ROUNDS or not is_large(affected):
            return publisher(channel, staging.judged_on)
        _next_round(staging, Seen.now(channel))


def _of_whom(channel: Channel, staging: Staging, products: Collection[int] | None) -> Membership:
    return whole(channel, products, None if staging.round == 1 else _coming(channel))


def shares(members: Membership, most: int) -> list[Share]:
    """A round in as many shares at most, of about as many products each; none where it is too little to be shared."""
    trees = _trees(members)
    total = sum(map(len, trees.values()))
    count = min(most, total // (2 * SIZE))
    if count < 2:
        return []
    ends: list[int] = []
    done = 0
    for root in sorted(trees):
        done += len(trees[root])
        if done * count >= total * (len(ends) + 1):
            ends.append(root)
    ends = [*ends[: count - 1], _LAST]
    return [Share(low, high) for low, high in zip([-1, *ends], ends, strict=False)]


def stage_share(channel: Channel, staging: Staging, share: Share, step: Callable[[int], Any]) -> None:
    """Stage one share of a round, whose other shares others stage at the same time.

    Each part is written within `step`, a transaction that notes the root it came to. Who is in the channel is looked
    up anew: what has changed since the round began is for the next one. Raises Moved.
    """
    members = _of_whom(channel, staging, _of_round(channel, staging).anew)
    for part, root in parts(members, *share):
        new = draft_part(channel, staging.judged_on, members, part)
        with step(root):
            _stage(channel, staging, new, None)


@transaction.atomic
def end_shares(staging: Staging) -> None:
    """Note that all shares of a round are staged. Raises Moved."""
    _locked(staging)
    Staging.objects.filter(pk=staging.pk).update(after=_LAST)
    staging.after = _LAST


def _of_round(channel: Channel, staging: Staging) -> Affected:
    """Words are put in place of others only where nothing is staged yet: it is what is out that is reworded."""
    if staging.since is None or staging.since_day is None:
        return Affected(None)
    span = Span(staging.since, staging.since_day, staging.batch, staging.judged_on)
    return span.affected(channel) if staging.round <= 1 else Affected(span.touched())


def _stage_words(channel: Channel, staging: Staging, words: Rewording) -> None:
    """The products that only say something else, before the first round."""
    for part in batches(sorted(pk for pk in words.products if pk > staging.after), SIZE):
        some = replace(words, products=frozenset(part))
        _stage(channel, staging, draft(channel, staging.judged_on, frozenset(), some), part[-1])
        staging.after = part[-1]
    _begin_rounds(staging)


@transaction.atomic
def _begin_rounds(staging: Staging) -> None:
    _locked(staging)
    staging.round, staging.after = 1, 0
    staging.save(update_fields=["round", "after"])


def _coming(channel: Channel) -> Known:
    """How the channel calls products once what is staged is out."""

    def known(products: Collection[int]) -> dict[int, str]:
        withheld = _standing(Problem, "problem", channel).filter(product__in=among(products), effect=WITHHELD)
        rows = _standing(DocumentVersion, "version", channel).filter(product__in=among(products))
        found = [each.order_by().values_list("product", "sku").distinct() for each in (withheld, rows)]
        return dict(chain.from_iterable(found))

    return known


def _standing(model: type[M], name: str, channel: Channel) -> QuerySet[M]:
    """The rows that will be open once what is staged is out; `name` is what StagedEnd calls them."""
    ended = StagedEnd.objects.filter(**{name: OuterRef("pk")})
    there = Q(valid_until=STAGED) | Q(valid_until__isnull=True) & ~Exists(ended)
    return QuerySet(model).filter(there, channel=channel)


def parts(members: Membership, after: int = 0, until: int = _LAST) -> Iterator[tuple[frozenset[int], int]]:
    """The products to be made that are still to come, some at a time, and the id of the last one's root.

    Those of one root are in one part, in the order of the roots: whether a group is released depends on its variants,
    and they on it.
    """
    trees = _trees(members)
    part: list[int] = []
    last = after
    for root in sorted(pk for pk in trees if (pk > after or not after) and pk <= until):
        if part and len(part) + len(trees[root]) > SIZE:
            yield frozenset(part), last
            part = []
        part += trees[root]
        last = root
    if part:
        yield frozenset(part), last


def _trees(members: Membership) -> dict[int, list[int]]:
    """The products to be made, by the id of their root."""
    # Of all: those that are gone, too; documents of old may know their product as 0.
    chosen = members.only if members.only is not None else {*members.products, *_gone(members.channel)}
    trees: dict[int, list[int]] = defaultdict(list)
    for pk in chosen:
        trees[_root(members, pk)].append(pk)
    return trees


def _root(members: Membership, pk: int) -> int:
    """The id of the product at the top, as far as it is known."""
    seen: set[int] = set()
    while (row := members.products.get(pk)) is not None and row.parent_id and pk not in seen:
        seen.add(pk)
        pk = row.parent_id
    return pk


def _gone(channel: Channel) -> QuerySet[DocumentVersion, int]:
    """The products that the channel has and the knowledge base has not any more."""
    rows = DocumentVersion.objects.filter(channel=channel, valid_until__isnull=True).order_by()
    there = Product.objects.filter(pk=OuterRef("product"))
    return rows.filter(~Exists(there)).values_list("product", flat=True).distinct()


def _locked(staging: Staging, *, after: bool = True) -> Staging:
    """The staging's row, held until the transaction ends. Raises Moved unless it is where it was.

    Without `after`: in the same round of the same staging.
    """
    row = Staging.objects.select_for_update().filter(pk=staging.pk).first()
    place = ("number", "round", "abandoned", "begun_at", *(("after",) if after else ()))
    if row is None or any(getattr(row, name) != getattr(staging, name) for name in place):
        raise Moved
    return row


@transaction.atomic
def _stage(channel: Channel, staging: Staging, new: Draft, after: int | None) -> None:
    """Write what differs in a batch, with how far the staging has come; None: others are at it as well."""
    _locked(staging, after=after is not None)
    _unstage(channel, new)
    step = Step.of(channel, None, new, _standing(DocumentVersion, "version", channel))
    storing.refresh_provenance(step.current, step.same)
    storing.store(channel, staging.number, step.fresh, STAGED)
    storing.retell(new.words.retold)
    storing.renew(channel, staging.number, new.words.documents, STAGED)
    step.problems.stage(staging.number)
    ends: list[tuple[Any, ...]] = [(channel.pk, pk, None) for pk in step.ended]
    ends += [(channel.pk, None, pk) for pk in step.problems.gone]
    insert_rows(StagedEnd, ("channel_id", "version_id", "problem_id"), ends)
    if after is not None:
        Staging.objects.filter(pk=staging.pk).update(after=after)


def _unstage(channel: Channel, new: Draft) -> None:
    """Take back what an earlier round has staged of a batch's products, or under the SKUs they have now."""
    named = among(new.touched)
    StagedEnd.objects.filter(Q(version__product__in=named) | Q(problem__product__in=named), channel=channel).delete()
    skus = {row.sku for row in new.made} | {row.sku for row in new.words.documents}
    staged = DocumentVersion.objects.filter(channel=channel, valid_until=STAGED).order_by()
    storing.remove(list(staged.filter(product__in=named).values_list("pk", flat=True)))
    if staged.exists():
        storing.remove(list(staged.filter(sku__in=skus).values_list("pk", flat=True)))
    Problem.objects.filter(channel=channel, valid_until=STAGED, product__in=named).delete()


@transaction.atomic
def _next_round(staging: Staging, seen: Seen) -> None:
    _locked(staging)
    staging.since, staging.since_day = staging.batch, staging.judged_on
    staging.batch, staging.judged_on = seen.batch, seen.on
    staging.round += 1
    staging.after = 0
    staging.save()


# --- The end of it ----------------------------------------------------------------------------------------------------


def come_out(channel: Channel, staging: Staging, last: Release | None) -> tuple[Counts, Members]:
    """Make visible what is staged, within the transaction that writes the release's row, under the channel's lock.

    Raises Moved. A number of queries that does not depend on how much it is.
    """
    _locked(staging)
    number = staging.number
    ends = StagedEnd.objects.filter(channel=channel).order_by()
    staged = DocumentVersion.objects.filter(channel=channel, valid_until=STAGED).order_by()
    fresh, ended = staged.count(), ends.filter(version__isnull=False).count()
    DocumentVersion.objects.filter(pk__in=ends.filter(version__isnull=False).values("version")).update(
        valid_until=number
    )
    staged.update(valid_until=None)
    Problem.objects.filter(pk__in=ends.filter(problem__isnull=False).values("problem")).update(valid_until=number)
    Problem.objects.filter(channel=channel, valid_until=STAGED).update(valid_until=None)
    told = Problem.objects.filter(channel=channel, valid_from=number)
    differs = bool(fresh or ended) or ends.exists() or told.exists()
    ends._raw_delete(ends.db)
    Staging.objects.filter(pk=staging.pk).delete()
    changed = count_changed(channel, number)
    counts = Counts(
        documents=(last.documents if last else 0) + fresh - ended,
        added=fresh - changed,
        changed=changed,
        removed=ended - changed,
        problems=_problems(channel),
        differs=differs,
    )
    return counts, _members(channel)


def count_changed(channel: Channel, number: int) -> int:
    """How many documents have a version that ends with a release and one that begins with it. One query."""
    rows = DocumentVersion.objects.filter(Q(valid_from=number) | Q(valid_until=number), channel=channel).order_by()
    return rows.values("sku", "language").annotate(sides=Count("pk")).filter(sides=2).count()


def _problems(channel: Channel) -> dict[str, int]:
    rows = Problem.objects.filter(channel=channel, valid_until__isnull=True).order_by()
    return dict(sorted(rows.values_list("kind").annotate(count=Count("pk"))))


def _members(channel: Channel) -> Members:
    """How many listed products are in each category, by language."""
    rows = TraceCategory.objects.filter(
        versions__channel=channel, versions__valid_until__isnull=True, versions__listed=True
    ).order_by()
    found: dict[str, dict[str, int]] = {}
    for language, code, count in rows.values_list("versions__language", "code").annotate(count=Count("pk")):
        found.setdefault(language, {})[code] = count
    return found


def sweep(channel: Channel) -> None:
    """Take away what was staged and will not come out, some at a time; the note of it goes last."""
    Staging.objects.filter(channel=channel).update(abandoned=True)
    staged = DocumentVersion.objects.filter(channel=channel, valid_until=STAGED).order_by().values_list("pk", flat=True)
    while part := list(staged[:SIZE]):
        with transaction.atomic():
            storing.remove(part)
    with transaction.atomic():
        StagedEnd.objects.filter(channel=channel).delete()
        Problem.objects.filter(channel=channel, valid_until=STAGED).delete()
        Staging.objects.filter(channel=channel, abandoned=True).delete()
