"""Fragments with their placements, tags, applicability and revisions."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django.db.models import Model

from catalog.filters import FilterError
from catalog.importing.approving import Approvals
from catalog.importing.compare import LEFT_OUT, Item, Kind
from catalog.importing.links import Links, Wanted
from catalog.importing.plan import FragmentRecord, PlacementRecord
from catalog.importing.referable import Coming
from catalog.models import (
    Asset,
    Audience,
    Category,
    Channel,
    Family,
    Fragment,
    Market,
    Placement,
    Product,
    Slot,
    Tag,
)
from catalog.operations.four_eyes import Unseen, unseen, why_not
from catalog.operations.fragments import clean_body
from catalog.operations.referring import check_references
from catalog.rules import key_of, read
from catalog.values import Invalid

TARGETS: dict[str, type[Model]] = {"product": Product, "family": Family, "category": Category}


def _named(name: str, column: str, model: type[Model]) -> Wanted:
    """Links to the rows a list of codes names."""

    def wanted(kind: Kind[FragmentRecord], item: Item) -> Iterator[dict[str, Any]]:
        return ({column: row} for row in kind.find_all(item.record, name, model, getattr(item.record, name)))

    return wanted


def _placements(kind: Kind[FragmentRecord], item: Item) -> Iterator[dict[str, Any]]:
    for placement in item.record.placements:
        slot = kind.find(item.record, "placements.slot", Slot, placement.slot)
        target = _target(kind, item.record, placement)
        if slot is not None and target:
            none = {**dict.fromkeys(TARGETS), "filter": "", "filter_key": ""}
            yield {"slot": slot, **none, **target, "excluded": placement.excluded, "position": placement.position}


def _target(kind: Kind[FragmentRecord], record: FragmentRecord, placement: PlacementRecord) -> dict[str, Any]:
    """What a placement is on, by the column's name; nothing where it is unknown or not exactly one."""
    named = {name: code for name in (*TARGETS, "filter") if (code := getattr(placement, name))}
    if len(named) != 1:
        kind.issue(record, "placements", " ".join(named.values()), f"a placement is on one thing; {LEFT_OUT}.")
        return {}
    ((name, code),) = named.items()
    if name == "filter":
        return _rule(kind, record, code)
    row = kind.find(record, f"placements.{name}", TARGETS[name], code)
    return {} if row is None else {name: row}


def _rule(kind: Kind[FragmentRecord], record: FragmentRecord, text: str) -> dict[str, Any]:
    """A filter as it is stored; what it names may come with the same plan, so that is not looked up here."""
    try:
        filter = read(text).text()
    except FilterError as error:
        kind.issue(record, "placements.filter", text, f"{error} {LEFT_OUT[0].upper()}{LEFT_OUT[1:]}.")
        return {}
    return {"filter": filter, "filter_key": key_of(filter)}


def _unseen(kind: Fragments, item: Item, row: Placement) -> str:
    """An import is nobody's eyes: what only its authors have seen comes into such a slot by a person who places it."""
    slot = kind.run.known.pointed(row, "slot")
    own = None if row.excluded or not slot.four_eyes else kind.unseen.get(item.row.pk)
    return why_not(slot, own) if own else ""


class Fragments(Kind[FragmentRecord]):
    """The working copy is set as the record says; a revision is made where one is asked for and something differs."""

    name = "fragments"
    noun = "fragment"
    model = Fragment
    plain = ("source", "verified_on", "claim_valid_until", "media", "valid_from", "valid_until")
    optional = ("products", "vouched_by")
    texts = ("title", "body")
    links = (
        Links("tags", Fragment.tags.through, "fragment", ("tag",), _named("tags", "tag", Tag)),
        Links("channels", Fragment.channels.through, "fragment", ("channel",), _named("channels", "channel", Channel)),
        Links("markets", Fragment.markets.through, "fragment", ("market",), _named("markets", "market", Market)),
        Links(
            "audiences",
            Fragment.audiences.through,
            "fragment",
            ("audience",),
            _named("audiences", "audience", Audience),
        ),
        Links(
            "placements",
            Placement,
            "fragment",
            ("slot", *TARGETS, "filter_key"),
            _placements,
            payload=("filter", "excluded", "position"),
            refused=_unseen,
        ),
    )

    def compare_rows(self) -> None:
        self.approvals = Approvals(self)
        placements = (placement for record in self.records for placement in record.placements)
        self.run.known.load(Product, (placement.product for placement in placements))
        self.coming = Coming(self.run.known, self.records)
        self.run.known.load(Asset, (record.source_document for record in self.records if record.source_document))
        super().compare_rows()

    @cached_property
    def unseen(self) -> dict[int, Unseen]:
        """What is out of these fragments and only their authors have seen."""
        return unseen([item.row.pk for item in self.items if not item.new])

    def compare_links(self) -> None:
        super().compare_links()
        self.approvals.compare()

    def columns(self, record: FragmentRecord, row: Any) -> dict[str, Any]:
        columns = super().columns(record, row)
        if record.source_document is not None:
            columns |= self._document(record)
        since, until = record.valid_from, record.valid_until
        if since and until and until < since:
            self.issue(record, "valid_until", until.isoformat(), f"this is before {since}; both are left out.")
            del columns["valid_from"], columns["valid_until"]
        if record.products:
            columns["products"] = self._limit(record, record.products)
        return columns

    def _limit(self, record: FragmentRecord, text: str) -> str:
        """Kept even where it is wrong: without it, the text would be said of more products than was meant."""
        try:
            return read(text).text()
        except FilterError as error:
            self.issue(record, "products", text, f"{error} Until this is mended, no channel can be released.")
            return text

    def _document(self, record: FragmentRecord) -> dict[str, Any]:
        """What vouches for it, where the record speaks of that: an asset, or none."""
        if not record.source_document:
            return {"source_document": None}
        found = self.find(record, "source_document", Asset, record.source_document)
        return {} if found is None else {"source_document": found}

    def clean(self, record: FragmentRecord, name: str, text: str) -> str:
        if name != "body":
            return super().clean(record, name, text)
        body = clean_body(text, rich=record.rich)
        for problem in check_references({"": body}, record.code, known=self.coming, suggest=False):
            if problem.fatal:
                raise Invalid(str(problem).removesuffix("."))
        return body

    def write_links(self) -> None:
        super().write_links()
        self.approvals.write()

    def write_record(self) -> None:
        super().write_record()
        self.approvals.write_record()
