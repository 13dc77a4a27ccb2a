"""What a channel's next release would hold: every document assembled, and what is true of all of them together.

Nothing is written and nothing locked here.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import transaction

from catalog import querysets
from catalog.models import AssociationType, AttributeGroup, Category, Channel, Slot
from catalog.models.base import texts_of
from catalog.values.base import pick
from exports.assemble import Assembled, assemble
from exports.bundles import INVERSE, Context
from exports.documents import Node, Publication, digest_of, to_bytes
from exports.loading import Loader, contexts

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Made:
    """One assembled document as it is stored. `categories` are the codes it stands in or below.

    The document and its provenance are kept as bytes: a whole channel of them as objects takes ten times the room.
    """

    sku: str
    language: str
    variant: bool
    body: bytes
    digest: str
    provenance: bytes
    categories: tuple[str, ...]
    problems: tuple[tuple[str, str], ...]

    @property
    def key(self) -> Key:
        return self.sku, self.language


@dataclass(frozen=True)
class Draft:
    """`publications` by language, without the number and the day of their release; `report` says what is amiss."""

    made: list[Made]
    publications: dict[str, dict[str, Any]]
    report: list[dict[str, Any]]


def draft(channel: Channel, on: datetime.date) -> Draft:
    """Assemble the channel as the knowledge base is now; validity is judged on the day given."""
    with transaction.atomic():  # on SQLite everything is read at one moment
        channel = querysets.channels().get(pk=channel.pk)
        loader = Loader(channel)
        labels: dict[str, list[Any]] = {
            "groups": list(AttributeGroup.objects.all()),
            "slots": list(Slot.objects.all()),
            "associations": list(AssociationType.objects.all()),
        }
    wanted = contexts(channel, on)
    made = [
        _made(context, assemble(bundle, context, loader.library)) for bundle in loader.bundles() for context in wanted
    ]
    children = _tree(channel, loader.paths.values())
    publications = {
        context.language: _publication(channel, context, labels, children, made).as_json() for context in wanted
    }
    return Draft(made, publications, _report(made))


def _made(context: Context, assembled: Assembled) -> Made:
    document = assembled.document
    body = to_bytes(document)
    return Made(
        sku=document.sku,
        language=context.language,
        variant=document.parent is not None,
        body=body,
        digest=digest_of(body),
        provenance=orjson.dumps(assembled.provenance),
        categories=tuple(sorted({code for link in document.categories for code in link.path})),
        problems=assembled.problems,
    )


def _report(made: Iterable[Made]) -> list[dict[str, Any]]:
    """What is amiss, once per product and problem, with the languages it concerns."""
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for row in made:
        for kind, message in row.problems:
            found[row.sku, kind, message].append(row.language)
    return [
        {"sku": sku, "kind": kind, "message": message, "languages": languages}
        for (sku, kind, message), languages in found.items()
    ]


def _publication(
    channel: Channel,
    context: Context,
    labels: Mapping[str, list[Any]],
    children: Mapping[int | None, list[Category]],
    made: Iterable[Made],
) -> Publication:
    """What formats need to know of the whole release; its number and day are put in when it is committed."""
    named = {
        name: {row.code: pick(texts_of(row, "label"), context.chain) or row.code for row in rows}
        for name, rows in labels.items()
        if name != "associations"
    }
    members = _members(row for row in made if row.language == context.language)
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


def _members(made: Iterable[Made]) -> dict[str, int]:
    """By category code, how many products are in or below it; variants are found through their group."""
    members: dict[str, int] = defaultdict(int)
    for row in made:
        if not row.variant:
            for code in row.categories:
                members[code] += 1
    return members


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
            members[category.code],
            _navigation(children, category.pk, members, context),
        )
        for category in children.get(parent, ())
        if members.get(category.code)
    )
