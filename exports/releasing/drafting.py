"""What a channel's next release would hold: every document assembled, and what is true of all of them together.

Nothing is written and nothing locked here.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import connection, transaction

from catalog import querysets
from catalog.models import AssociationType, AttributeGroup, Category, Channel, Product, Slot
from catalog.models.base import texts_of
from catalog.quality.supplying import OF_ASSETS
from catalog.requirements import ASSET, SLOT
from catalog.values.base import pick
from exports.assembling.assemble import Assembled, assemble
from exports.documents import Node, Publication, digest_of, to_bytes
from exports.gate.judging import Assessed, Told, judge
from exports.gathering.bundles import INVERSE, Context
from exports.gathering.findings import findings
from exports.gathering.loading import Loader, contexts
from exports.gathering.membership import Known, Membership, linking_to, pointing_to
from exports.policies.reading import gate_of
from exports.querysets import policy_of
from exports.releasing.carrying import Carriage
from exports.releasing.rewording import NO_WORDS, NONE, Rewording, Words, reword

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Made:
    """One assembled document as it is stored.

    `categories` are the codes it stands in or below; `told` is what is amiss with it.
    The document and its provenance are kept as bytes: a whole channel of them as objects takes ten times the room.
    """

    product: int
    sku: str
    language: str
    body: bytes
    digest: str
    provenance: bytes
    carried: Carriage
    categories: tuple[str, ...]
    parent: str | None
    variants: tuple[str, ...]
    told: tuple[Told, ...]

    @property
    def key(self) -> Key:
        return self.sku, self.language

    @property
    def listed(self) -> bool:
        """Whether lists show it: variants are found through their group."""
        return self.parent is None


# How many of the products that lists show stand in or below each category, by language.
Members = Mapping[str, Mapping[str, int]]
Publish = Callable[[Members], dict[str, dict[str, Any]]]


@dataclass(frozen=True)
class Draft:
    """What was made of the products `only` (None: of all), before the channel's gate.

    `publish` says what is true of the whole release by language, given how many products are in each category; without
    the number and the day of the release. `words` are documents of other products, which are only reworded.
    """

    only: frozenset[int] | None
    made: list[Made]
    publish: Publish
    words: Words = NONE

    @property
    def touched(self) -> Collection[int]:
        """The products that it says something of, where those are not all."""
        return {*(self.only or ()), *(row.product for row in self.words.documents)}


def draft(
    channel: Channel, on: datetime.date, only: Collection[int] | None = None, rewording: Rewording = NO_WORDS
) -> Draft:
    """Assemble the channel as the knowledge base is now, or only these products and what hangs together with them.

    Others are only reworded, as far as that can be done. Validity is judged on the day given. Raises SelectionError.
    """
    with snapshot():
        channel = querysets.channels().get(pk=channel.pk)
        words = reword(channel, rewording)
        membership = whole(channel, only if only is None else {*only, *words.refused})
        loader = Loader(channel, membership) if membership.only is None or membership.only else None
        judging = Judging(channel, loader) if loader else None
        publish = publisher(channel, on, loader.paths if loader else None)
    made = _assembled(loader, judging, channel, on) if loader and judging else []
    return Draft(membership.only, made, publish, words.without(membership.only or frozenset()))


def draft_part(channel: Channel, on: datetime.date, membership: Membership, part: frozenset[int]) -> Draft:
    """The same of a part of what a membership looks at, which knows who is in the channel.

    A product that was deleted just now is left as it is: the note of that is newer than what this is for.
    """
    with snapshot():
        loader = Loader(channel, membership, part=part)
        judging = Judging(channel, loader)
    gone = {row.pk for row in membership.wanted(part)} - loader.lines.keys()
    made = _assembled(loader, judging, channel, on)
    return Draft(part - gone, made, publisher(channel, on, loader.paths))


def whole(channel: Channel, only: Collection[int] | None, known: Known | None = None) -> Membership:
    """Who is in the channel, of these and of those whose documents name one that comes, goes or is called otherwise."""
    membership = Membership(channel, only, known)
    if only is None:
        return membership
    naming = (pointing_to(membership.moved()) | linking_to(membership)) - set(only)
    return Membership(channel, {*only, *naming}, known) if naming else membership


def _assembled(loader: Loader, judging: Judging, channel: Channel, on: datetime.date) -> list[Made]:
    wanted = contexts(channel, on)
    return [
        _made(product.pk, context, assembled, judging.told(product, assembled))
        for product, bundle in zip(loader.wanted, loader.bundles(), strict=True)
        for context in wanted
        for assembled in [assemble(bundle, context, loader.library)]
    ]


def publisher(channel: Channel, on: datetime.date, paths: Mapping[int, tuple[Category, ...]] | None = None) -> Publish:
    """What says the envelope. Read when it is asked for; none of it depends on products."""
    labels: dict[str, list[Any]] = {
        "groups": list(AttributeGroup.objects.all()),
        "slots": list(Slot.objects.all()),
        "associations": list(AssociationType.objects.all()),
    }
    children = _tree(channel, (querysets.category_paths() if paths is None else paths).values())

    def publish(members: Members) -> dict[str, dict[str, Any]]:
        return {
            context.language: _publication(
                channel, context, labels, children, members.get(context.language, {})
            ).as_json()
            for context in contexts(channel, on)
        }

    return publish


@contextmanager
def snapshot() -> Iterator[None]:
    """Read everything within as it was at one moment, whatever is committed meanwhile."""
    with transaction.atomic():
        if connection.vendor == "postgresql" and connection.in_atomic_block and not connection.savepoint_ids:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


class Judging:
    """What a channel's gate goes by besides the documents themselves, read with what they are made of."""

    def __init__(self, channel: Channel, loader: Loader) -> None:
        self._gate = gate_of(policy_of(channel))
        named = loader.only is not None
        self._findings = findings(loader.lines, loader.wanted, self._gate.severities, named=named)
        self._specs = loader.specs
        self._groups: dict[str, str] = dict(AttributeGroup.objects.values_list("code", "responsible"))
        slots = Slot.objects.values_list("code", "responsible")
        self._slots: dict[str, str] = {code.lower(): responsible for code, responsible in slots}

    def told(self, product: Product, assembled: Assembled) -> tuple[Told, ...]:
        """What is amiss with a document, and what becomes of it by that."""
        document = assembled.document
        assessed = Assessed(
            problems=assembled.problems,
            lacking=assembled.lacking,
            demanded=assembled.demanded,
            identifiers=document.identifiers,
            findings=self._findings.get(product.pk, ()),
            group=document.type == "group",
        )
        return judge(assessed, self._gate, self._supplier)

    def _supplier(self, kind: str, code: str) -> str:
        """Who supplies what a product lacks: attribute groups and slots say so."""
        if kind == ASSET:
            return OF_ASSETS
        if kind == SLOT:
            return self._slots.get(code.lower(), "")
        return self._groups.get(self._specs[code.lower()].group, "") if code.lower() in self._specs else ""


def _made(product: int, context: Context, assembled: Assembled, told: tuple[Told, ...]) -> Made:
    document = assembled.document
    body = to_bytes(document)
    return Made(
        product=product,
        sku=document.sku,
        language=context.language,
        body=body,
        digest=digest_of(body),
        provenance=orjson.dumps(assembled.provenance),
        carried=Carriage.of(assembled.provenance),
        categories=tuple(sorted({code for link in document.categories for code in link.path})),
        parent=document.parent,
        variants=document.variants,
        told=told,
    )


def _publication(
    channel: Channel,
    context: Context,
    labels: Mapping[str, list[Any]],
    children: Mapping[int | None, list[Category]],
    members: Mapping[str, int],
) -> Publication:
    """What formats need to know of the whole release; its number and day are put in when it is committed."""
    named = {
        name: {row.code: pick(texts_of(row, "label"), context.chain) or row.code for row in rows}
        for name, rows in labels.items()
        if name != "associations"
    }
    return Publication(
        channel=channel.code,
        title=pick(texts_of(channel, "label"), context.chain) or channel.code,
        medium=channel.medium,
        language=context.language,
        alternates=tuple(channel.chains()),
        release=0,
        released_on="",
        country=channel.market.country if channel.market else "",
        currency=_currency(channel),
        audience=channel.audience.code if channel.audience else "",
        public=channel.public,
        navigation=_navigation(children, channel.tree_id, members, context),
        groups=named["groups"],
        slots=named["slots"],
        associations=_association_labels(labels["associations"], context),
    )


def _association_labels(kinds: Iterable[AssociationType], context: Context) -> dict[str, str]:
    """By code as documents have it; a two-way type may read differently from its other side."""
    found = {}
    for kind in kinds:
        found[kind.code] = pick(texts_of(kind, "label"), context.chain) or kind.code
        inverse = texts_of(kind, "inverse_label") if kind.two_way else {}
        if inverse:
            found[kind.code + INVERSE] = pick(inverse, context.chain)
    return found


def _currency(channel: Channel) -> str:
    if channel.market:
        return channel.market.currency
    return channel.currencies[0] if channel.currencies else ""


def _tree(channel: Channel, paths: Iterable[tuple[Category, ...]]) -> dict[int | None, list[Category]]:
    """The categories of the channel's tree by their parent's id, in tree order."""
    children: dict[int | None, list[Category]] = defaultdict(list)
    for path in paths:
        if any(node.pk == channel.tree_id for node in path):
            children[path[-1].parent_id].append(path[-1])
    return children


def _navigation(
    children: Mapping[int | None, list[Category]], parent: int | None, members: Mapping[str, int], context: Context
) -> tuple[Node, ...]:
    """The categories below `parent` that hold anything, in tree order."""
    if parent is None:
        return ()
    return tuple(
        Node(
            category.code,
            pick(texts_of(category, "label"), context.chain) or category.code,
            members.get(category.code, 0),
            _navigation(children, category.pk, members, context),
        )
        for category in children.get(parent, ())
        if members.get(category.code)
    )
