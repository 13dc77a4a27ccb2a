"""Documents that differ from those that are out in nothing but the words of fragments: not assembled, but reworded.

A note of words (catalog.indexing.outbox) says that an approval changed what a fragment says, in the languages it spoke,
and nothing else. Of a product that nothing else happened to, a document is then what it was, with the bytes of the
statement in place of those that were there: canonical JSON has them exactly once, as no text of a document has a
quotation mark that is not escaped. What is in any doubt is refused, and made anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

import orjson
from django.db import connection
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from catalog.indexing import outbox
from catalog.indexing.nesting import naming
from catalog.indexing.outbox import Noted
from catalog.indexing.shown import saying
from catalog.indexing.touched import placed_with
from catalog.indexing.writing import batches
from catalog.many import among, is_any
from catalog.models import Channel, Fragment, FragmentRevision, Placement, Slot
from catalog.querysets import current_revisions
from exports.assembling.words import fixed
from exports.documents import Statement, digest_of
from exports.gathering.bundles import FragmentContent
from exports.gathering.membership import reach
from exports.models import DocumentVersion, Problem, TraceStatement

# Numbers of revisions that a document may have besides its trace; with more it is made anew, with a trace of its own.
MOST = 50
# Products of which the documents are read at once.
BATCH = 500
# Traces of which the documents are looked for at once.
AT_ONCE = 100_000
# More products than these are not told apart by what is touched meanwhile.
FEW = 1_000


@dataclass(frozen=True)
class Rewording:
    """The fragments of which only the words are others, by their ids, and products that say them; up to a batch."""

    fragments: frozenset[int]
    products: frozenset[int]
    batch: int

    def __bool__(self) -> bool:
        return bool(self.products)


NO_WORDS = Rewording(frozenset(), frozenset(), 0)


class Reworded(NamedTuple):
    """A document that takes the place of version `version`, whose digest is `was`.

    `revisions` are the numbers that differ from its trace, as JSON.
    """

    version: int
    product: int
    listed: bool
    sku: str
    language: str
    was: str
    digest: str
    body: bytes
    trace: int
    revisions: str

    @property
    def key(self) -> tuple[str, str]:
        return self.sku, self.language


class Retold(NamedTuple):
    """A document whose words are the same, but those of other revisions."""

    version: int
    product: int
    revisions: str


@dataclass(frozen=True)
class Words:
    """What became of a rewording; `refused` are the products to be made anew, with what hangs together with them."""

    documents: Sequence[Reworded] = ()
    retold: Sequence[Retold] = ()
    refused: frozenset[int] = frozenset()

    def without(self, products: frozenset[int]) -> Words:
        """The same without what is made anew anyway."""
        documents = [row for row in self.documents if row.product not in products]
        return Words(documents, [row for row in self.retold if row.product not in products], self.refused)


NONE = Words()


# --- Which products ---------------------------------------------------------------------------------------------------


def others(fragments: Collection[int]) -> set[int]:
    """The products in whose documents these fragments' words stand otherwise than as statements of their own.

    They stand in other fragments' texts, or are out no more. Approximately so many queries as texts are nested.
    """
    out = set(current_revisions().filter(fragment__in=among(fragments)).values_list("fragment", flat=True))
    gone = saying([Fragment(pk=pk) for pk in set(fragments) - out])
    nesting = naming(fragments)
    return gone | placed_with(nesting).ids() if nesting else gone


def beaten(fragments: Collection[int]) -> set[int]:
    """The products in whose documents one of them may lose a slot to another fragment; what loses is told, too."""
    contested = _contested(fragments)
    return reach(placed_with(contested).ids()) if contested else set()


def _contested(fragments: Collection[int]) -> set[int]:
    """Those that stand in a slot for one statement, in which others stand, too."""
    rows = Placement.objects.filter(excluded=False, slot__multiple=False).order_by()
    own = set(rows.filter(fragment__in=among(fragments)).values_list("slot", "fragment").distinct())
    there = defaultdict(set)
    for slot, fragment in rows.filter(slot__in={slot for slot, _ in own}).values_list("slot", "fragment").distinct():
        there[slot].add(fragment)
    return {fragment for slot, fragment in own if len(there[slot]) > 1}


def carrying(channel: Channel, fragments: Collection[int]) -> set[int]:
    """The products whose documents, as they are out, say these fragments.

    SQLite begins with the fragment. Without fresh statistics PostgreSQL takes either side for a row or two, and goes
    for each document through everything that ever said the fragment: so one after the other there.
    """
    names = Fragment.objects.filter(pk__in=among(fragments)).order_by().values_list("code", flat=True)
    codes = {code.lower() for code in names}
    out = DocumentVersion.objects.filter(channel=channel, valid_until=None).order_by()
    products = out.values_list("product", flat=True).distinct()
    if connection.vendor == "sqlite":
        return set(products.filter(statements__fragment__in=codes))
    said = TraceStatement.objects.filter(fragment__in=codes).order_by()
    traces = said.values_list("trace", flat=True).iterator(chunk_size=AT_ONCE)
    found: set[int] = set()
    while part := list(islice(traces, AT_ONCE)):
        found.update(products.filter(is_any("trace", part)))
    return found


# --- Their documents --------------------------------------------------------------------------------------------------


class _Said(NamedTuple):
    """A fragment's statement in a document: the slot's code in lower case, and of the fragment its own, too."""

    fragment: str
    slot: str
    language: str
    revision: int
    via: str


class _Out(NamedTuple):
    """A document that is out."""

    version: int
    product: int
    listed: bool
    sku: str
    language: str
    digest: str
    body: bytes
    trace: int
    revisions: str

    def reworded(self, body: bytes, revisions: str) -> Reworded:
        version, product, listed, sku, language, was, _, trace, _ = self
        return Reworded(version, product, listed, sku, language, was, digest_of(body), body, trace, revisions)

    def retold(self, revisions: str) -> Retold:
        return Retold(self.version, self.product, revisions)


def reword(channel: Channel, wanted: Rewording) -> Words:
    """Put the words that are out now into the documents of these products. Within the snapshot of a draft."""
    if not wanted:
        return NONE
    doubtful = _doubtful(channel, wanted)
    texts = _Texts(wanted.fragments)
    parts = [_part(channel, part, texts) for part in batches(sorted(wanted.products - doubtful), BATCH)]
    refused = doubtful.union(*(part.refused for part in parts))
    return Words(
        [row for part in parts for row in part.documents],
        [row for part in parts for row in part.retold],
        frozenset(reach(refused)) if refused else frozenset(),
    )


def _part(channel: Channel, products: Collection[int], texts: _Texts) -> Words:
    """The same of some products, of which the documents are in memory as they were."""
    documents = _documents(channel, products)
    said = _said(documents, texts.codes)
    found = [(row, texts.put_into(row, said.get(row.trace, ()))) for row in documents]
    doubtful = {row.product for row, new in found if new is None}
    sure = [(row, new) for row, new in found if new is not None and row.product not in doubtful]
    return Words(
        [row.reworded(body, told) for row, (body, told) in sure if body is not row.body],
        [row.retold(told) for row, (body, told) in sure if body is row.body and told != row.revisions],
        frozenset(doubtful),
    )


def _doubtful(channel: Channel, wanted: Rewording) -> set[int]:
    """Products that something else has happened to meanwhile, or whose documents are not what was made last."""
    meanwhile = Noted.of(outbox.between(wanted.batch, outbox.LATEST)).products
    if outbox.EVERYTHING in meanwhile or len(meanwhile) > FEW:
        return set(wanted.products)
    gated = Problem.objects.filter(channel=channel, valid_until=None, product__in=among(wanted.products))
    kept = set(gated.exclude(effect="").order_by().values_list("product", flat=True))
    return (reach(meanwhile) & wanted.products if meanwhile else set()) | kept


def _documents(channel: Channel, products: Collection[int]) -> list[_Out]:
    rows = DocumentVersion.objects.filter(channel=channel, valid_until=None, product__in=among(products)).order_by()
    told = Cast("revisions", TextField())
    columns = ("pk", "product", "listed", "sku", "language", "body_id", "body__content", "trace_id", told)
    return [_Out._make(row) for row in _as_bytes(rows.values_list(*columns))]


def _as_bytes(rows: QuerySet[DocumentVersion, Any]) -> Iterable[Sequence[Any]]:
    """PostgreSQL spells bytes in hexadecimal unless it is asked for binary answers, which the ORM does not."""
    if connection.vendor != "postgresql":
        return rows
    from psycopg import Cursor

    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        return cursor.execute(*rows.query.sql_with_params(), binary=True).fetchall()


def _said(documents: Iterable[_Out], codes: Collection[str]) -> Mapping[int, tuple[_Said, ...]]:
    """By trace, where these fragments stand in its documents."""
    traces = among(row.trace for row in documents)
    rows = TraceStatement.objects.filter(trace__in=traces, fragment__in=codes).order_by()
    found: dict[int, tuple[_Said, ...]] = defaultdict(tuple)
    for trace, *said in rows.values_list("trace_id", *_Said._fields):
        found[trace] += (_Said(*said),)
    return found


class _Swap(NamedTuple):
    """A statement as it is in documents and as it is to be, in JSON, and whether it is of another revision now."""

    old: bytes
    new: bytes
    differs: bool


class _Change(NamedTuple):
    """What becomes of documents that say the same: their statements, and the numbers besides their trace, as JSON."""

    swaps: Sequence[_Swap]
    revisions: str
    differs: bool


class _Texts:
    """The words of fragments as they are out, and as they were; each statement is put into JSON once."""

    def __init__(self, fragments: Collection[int]) -> None:
        contested = _contested(fragments)
        rows = current_revisions().filter(fragment__in=among(fragments))
        self._out = {row.fragment.code.lower(): row for row in rows}
        self._contested = {code for code, row in self._out.items() if row.fragment_id in contested}
        self._slots = {row.code.lower(): row for row in Slot.objects.all()}
        self._swaps: dict[_Said, _Swap | None] = {}
        self._changes: dict[tuple[tuple[_Said, ...], str], _Change | None] = {}

    @property
    def codes(self) -> Collection[str]:
        return list(self._out)

    def put_into(self, document: _Out, said: tuple[_Said, ...]) -> tuple[bytes, str] | None:
        """A document's body and numbers with these statements as they are now; None where that is not sure."""
        key = said, document.revisions
        if key not in self._changes:
            self._changes[key] = self._change(*key)
        change = self._changes[key]
        if change is None:
            return None
        body = document.body
        for old, new, _ in change.swaps:
            if len(parts := body.split(old)) != 2:
                return None
            body = body if old == new else new.join(parts)
        return body if change.differs else document.body, change.revisions

    def _change(self, said: tuple[_Said, ...], revisions: str) -> _Change | None:
        """For documents that have these numbers besides their trace; None where it is not the same for all of them."""
        if self._contested and self._contested - {row.fragment for row in said}:
            return None
        own = {(code.lower(), language): number for code, language, number in _numbers(revisions)}
        swaps = []
        for row in said:
            swap = self._swap(row._replace(revision=own.get((row.fragment, row.language), row.revision)))
            if swap is None:
                return None
            swaps.append(swap)
        if not any(swap.differs for swap in swaps):
            return _Change(swaps, revisions, differs=False)
        told = self._told_with(revisions, {row.fragment for row in said})
        return _Change(swaps, told, differs=True) if told else None

    def _swap(self, said: _Said) -> _Swap | None:
        """None where a statement is not the same for all documents."""
        if said not in self._swaps:
            self._swaps[said] = self._made(said)
        return self._swaps[said]

    def _made(self, said: _Said) -> _Swap | None:
        out, slot = self._out[said.fragment], self._slots.get(said.slot)
        if slot is None or said.via:
            return None
        now = (out.out or {})["body"].get(said.language, "")
        old, new = (_statement(slot, said.language, body) for body in (_body(out.fragment_id, said), now))
        return _Swap(old, new, _content(out).revision_of(said.language) != said.revision) if old and new else None

    def _told_with(self, revisions: str, fragments: Collection[str]) -> str:
        """The numbers that a document has besides its trace, with those of fragments; "" where they are too many."""
        told: dict[str, dict[str, int]] = orjson.loads(revisions)
        for out in (self._out[code] for code in fragments):
            content = _content(out)
            told[out.fragment.code] = {language: content.revision_of(language) for language in content.content["body"]}
        many = sum(map(len, told.values())) > MOST
        return "" if many else orjson.dumps(told, option=orjson.OPT_SORT_KEYS).decode()


def _numbers(revisions: str) -> Iterable[tuple[str, str, int]]:
    """Code, language, number."""
    for code, numbers in orjson.loads(revisions).items():
        yield from ((code, language, number) for language, number in numbers.items())


def _content(out: FragmentRevision) -> FragmentContent:
    return FragmentContent(out.fragment.code, out.number, out.out or {})


def _body(fragment: int, said: _Said) -> str:
    """The text that a statement was made of."""
    rows = FragmentRevision.objects.filter(fragment=fragment, number=said.revision)
    content: Mapping[str, Any] = rows.values_list("content", flat=True).first() or {"body": {}}
    return str(content["body"].get(said.language, ""))


def _statement(slot: Slot, language: str, body: str) -> bytes:
    """As documents have it (exports.documents.to_bytes); empty where it is not the same for all of them."""
    words = fixed(body, slot.rich) if body else None
    return orjson.dumps(Statement(slot.code, language, *words)) if words else b""
