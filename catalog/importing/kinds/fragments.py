"""Fragments with their placements, tags, applicability and revisions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Model

from catalog.importing.approving import Approvals
from catalog.importing.compare import LEFT_OUT, Item, Kind
from catalog.importing.links import Links, Wanted
from catalog.importing.plan import FragmentRecord, PlacementRecord
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
from catalog.operations.fragments import clean_body

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
            yield {"slot": slot, **dict.fromkeys(TARGETS), **target, "position": placement.position}


def _target(kind: Kind[FragmentRecord], record: FragmentRecord, placement: PlacementRecord) -> dict[str, Any]:
    """What a placement is on, by the column's name; nothing where it is unknown or not exactly one."""
    named = {name: code for name in TARGETS if (code := getattr(placement, name))}
    if len(named) != 1:
        kind.issue(record, "placements", " ".join(named.values()), f"a placement is on one thing; {LEFT_OUT}.")
        return {}
    ((name, code),) = named.items()
    row = kind.find(record, f"placements.{name}", TARGETS[name], code)
    return {} if row is None else {name: row}


class Fragments(Kind[FragmentRecord]):
    """The working copy is set as the record says; a revision is made where one is asked for and something differs."""

    name = "fragments"
    noun = "fragment"
    model = Fragment
    plain = ("source", "verified_on", "claim_valid_until", "media", "valid_from", "valid_until")
    optional = ("vouched_by",)
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
            ("slot", *TARGETS),
            _placements,
            payload=("position",),
        ),
    )

    def compare_rows(self) -> None:
        self.approvals = Approvals(self)
        placements = (placement for record in self.records for placement in record.placements)
        self.run.known.load(Product, (placement.product for placement in placements))
        self.run.known.load(Asset, (record.source_document for record in self.records if record.source_document))
        super().compare_rows()

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
        return columns

    def _document(self, record: FragmentRecord) -> dict[str, Any]:
        """What vouches for it, where the record speaks of that: an asset, or none."""
        if not record.source_document:
            return {"source_document": None}
        found = self.find(record, "source_document", Asset, record.source_document)
        return {} if found is None else {"source_document": found}

    def clean(self, record: FragmentRecord, name: str, text: str) -> str:
        return clean_body(text, rich=record.rich) if name == "body" else super().clean(record, name, text)

    def write_links(self) -> None:
        super().write_links()
        self.approvals.write()

    def write_record(self) -> None:
        super().write_record()
        self.approvals.write_record()
