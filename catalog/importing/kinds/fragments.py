"""Fragments with their placements, tags, applicability and revisions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Model

from catalog.filters import FilterError
from catalog.importing.compare import LEFT_OUT, Item, Kind
from catalog.importing.known import batches, rows_of
from catalog.importing.links import Links, Wanted
from catalog.importing.plan import FragmentRecord, PlacementRecord
from catalog.importing.referable import Coming
from catalog.importing.writing import insert
from catalog.models import (
    Audience,
    Category,
    Channel,
    Family,
    Fragment,
    FragmentRevision,
    Market,
    Placement,
    Product,
    RevisionApproval,
    Slot,
    Tag,
)
from catalog.operations.fragments import APPLIES_TO, clean_body, digest_of, frozen, whole
from catalog.operations.recording import record as note
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


class Fragments(Kind[FragmentRecord]):
    """The working copy is set as the record says; a revision is made where one is asked for and something differs.

    A fragment that was retired here stays so until its content changes.
    """

    name = "fragments"
    noun = "fragment"
    model = Fragment
    plain = ("source", "verified_on", "claim_valid_until", "media", "valid_from", "valid_until")
    optional = ("products",)
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
        ),
    )

    def compare_rows(self) -> None:
        self.revisions: list[FragmentRevision] = []
        placements = (placement for record in self.records for placement in record.placements)
        self.run.known.load(Product, (placement.product for placement in placements))
        self.coming = Coming(self.run.known, self.records)
        super().compare_rows()

    def compare_links(self) -> None:
        super().compare_links()
        latest = self._latest()
        for item in self.items:
            if item.record.approved:
                self._approve(item, *latest.get(item.row.pk, (0, "")))

    def columns(self, record: FragmentRecord, row: Any) -> dict[str, Any]:
        columns = super().columns(record, row)
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
        insert(FragmentRevision, self.revisions)
        self._insert_approvals()

    def _insert_approvals(self) -> None:
        """Every new revision is approved in each language it has."""
        approvals = []
        for batch in batches(revision.fragment.pk for revision in self.revisions):
            rows = rows_of(FragmentRevision).filter(fragment__in=batch, approvals__isnull=True, out__isnull=False)
            approvals += [
                RevisionApproval(revision_id=pk, language=language, by=self.run.actor.name)
                for pk, languages in rows.values_list("pk", "out__revisions")
                for language in languages
            ]
        insert(RevisionApproval, approvals)

    def write_record(self) -> None:
        super().write_record()
        note(self.run.actor, "approve", [revision.fragment for revision in self.revisions])

    def _latest(self) -> dict[int, tuple[int, str]]:
        """Number and digest of the latest revision by the fragment's primary key."""
        latest = {}
        for batch in batches(item.row.pk for item in self.items if not item.new):
            rows = rows_of(FragmentRevision).filter(fragment__in=batch).order_by("number")
            for fragment, number, digest in rows.values_list("fragment_id", "number", "digest"):
                latest[fragment] = (number, digest)
        return latest

    def _approve(self, item: Item, number: int, digest: str) -> None:
        """What catalog.operations.fragments.approve does, without its queries."""
        fragment = item.row
        applies = {name: [self._code(name, row) for row in item.linked[name]] for name in APPLIES_TO}
        content = frozen(fragment, applies)
        if not content["body"]:
            self.issue(item.record, "body", "", "without a text it cannot be approved; it stays as it is.")
            return
        fresh = digest_of(content)
        if fresh != digest:
            self.revisions.append(
                FragmentRevision(
                    fragment=fragment,
                    number=number + 1,
                    content=content,
                    digest=fresh,
                    authors=[self.run.actor.name],
                    submitted_by=self.run.actor.name,
                    out=whole(content, number + 1),
                )
            )
        if fresh != digest or fragment.state == Fragment.State.DRAFT:
            self._set_state(item)

    def _code(self, name: str, row: Any) -> str:
        """The code of the channel, market or audience a link points to."""
        return str(self.run.known.pointed(row, name.removesuffix("s")).code)

    def _set_state(self, item: Item) -> None:
        item.touched = True
        if item.row.state != Fragment.State.APPROVED:
            item.row.state = Fragment.State.APPROVED
            item.changed.add("state")
