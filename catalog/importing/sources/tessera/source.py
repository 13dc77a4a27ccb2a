"""Reading a folder of TOML files into a plan."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from catalog.importing.plan import (
    AssetRecord,
    EntityRecord,
    FamilyRecord,
    FragmentRecord,
    Issue,
    PlacementRecord,
    Plan,
    ProductRecord,
    Refused,
    Texts,
)
from catalog.importing.sources.base import Source
from catalog.importing.sources.tessera import facts
from catalog.importing.sources.tessera.records import RECORDS, in_tree_order
from catalog.importing.sources.tessera.rows import REQUIRED, Row, read_toml

F = TypeVar("F", FamilyRecord, EntityRecord)
# What is drawn instead of taken from a file: kind, colour, view.
Picture = tuple[str, str, str]
# Makes files of pictures; those it cannot draw are not in the answer.
Draw = Callable[[Sequence[Picture]], Mapping[Picture, Path]]

STATES = {"approved": True, "draft": False}
TARGETS = {"products": "product", "families": "family", "categories": "category", "filters": "filter"}


class Tessera(Source):
    """Every `*.toml` of a folder and of those in it. `draw` is asked for the pictures that are no files."""

    code = "tessera"
    label = "Tessera's own format, a folder of TOML files"

    def __init__(self, draw: Draw) -> None:
        self._draw = draw

    def read(self, path: Path) -> Plan:
        if not path.is_dir():
            raise Refused(f"{path}: there is no such folder.")
        reading = _Reading(path.resolve(), Plan(self.code))
        reading.run()
        reading.draw_pictures(self._draw)
        return reading.plan


class Used(NamedTuple):
    """What a product uses as an asset: its place, where its bytes come from, and what is said of it."""

    place: str
    origin: Picture | Path
    title: Texts
    alt: Texts


class _Reading:
    """One folder on its way into a plan."""

    def __init__(self, root: Path, plan: Plan) -> None:
        self.root = root
        self.plan = plan
        self.used: dict[str, Used] = {}

    def run(self) -> None:
        tables = self._tables()
        for table, (name, record_of) in RECORDS.items():
            records = []
            for number, (_, row) in enumerate(tables[table]):
                row.number = number
                records.append(record_of(row.named("facet", "attribute", "code", "term")))
                row.done()
            setattr(self.plan, name, in_tree_order(records) if name == "categories" else records)
        self.plan.attributes = facts.checked(self.plan.attributes, self.plan.options)
        self.specs = facts.specs_of(self.plan.attributes, self.plan.options)
        self.plan.families = [self._with_facts(family, family.code) for family in self.plan.families]
        self.plan.records = [self._with_facts(record, record.code) for record in self.plan.records]
        for file, row in tables["product"]:
            self.plan.products.append(self._product(file, row.named("sku")))
            row.done()
        rich = {slot.code.lower() for slot in self.plan.slots if slot.rich}
        for _, row in tables["fragment"]:
            self.plan.fragments.append(_fragment(row.named("code"), rich))
            row.done()

    def _tables(self) -> dict[str, list[tuple[str, Row]]]:
        """The rows of all files by table, each with the name of its file."""
        tables: dict[str, list[tuple[str, Row]]] = {name: [] for name in (*RECORDS, "product", "fragment")}
        for file in sorted(self.root.rglob("*.toml")):
            name = file.relative_to(self.root).as_posix()
            self.plan.rows[name] = 0
            for table, rows in read_toml(file, name).items():
                if table not in tables:
                    raise Refused(f"{name}: “{table}” is no table of this format; there are {', '.join(tables)}.")
                tables[table] += [(name, row) for row in rows]
                self.plan.rows[name] += len(rows)
        if not self.plan.rows:
            raise Refused(f"{self.root}: there are no TOML files in this folder.")
        return tables

    def _with_facts(self, record: F, name: str) -> F:
        """A family or a record with its facts parsed: attributes may stand in a file that is read after its own."""
        if not record.values:
            return record
        return replace(
            record, values=facts.parse(record.values, self.specs, self._complain(type(record).__name__, name))
        )

    def _complain(self, file: str, name: str) -> facts.Complain:
        def complain(place: str, value: str, reason: str) -> None:
            self.plan.issues.append(Issue(file, 0, f"{name}.{place}", value, reason))

        return complain

    # --- Products ----------------------------------------------------------------------------------------------------

    def _product(self, file: str, row: Row) -> ProductRecord:
        sku = row.text("sku")
        return ProductRecord(
            sku=sku,
            family=row.text("family", ""),
            family_variant=row.text("family_variant", ""),
            parent=row.text("parent", ""),
            status=row.text("status", "enabled"),
            categories=row.names("categories"),
            values=facts.parse(row.table("facts"), self.specs, self._complain(file, sku)),
            assets=tuple(self._asset(asset) for asset in row.rows("asset")),
            associations=tuple(_association(association) for association in row.rows("association")),
            own_only=row.names("own_only") if row.has("own_only") else None,
        )

    def _asset(self, row: Row) -> tuple[str, str]:
        """Role and code. What the asset is and says is taken from the first product that uses it."""
        code, origin = self._picture(row) if row.has("picture") else self._file(row)
        used = Used(row.place, origin, row.texts("title"), row.texts("alt"))
        self.used.setdefault(code, used)
        role = row.text("role")
        row.done()
        return role, code

    def _picture(self, row: Row) -> tuple[str, Picture]:
        inner = row.inner("picture")
        picture = (inner.text("kind"), inner.text("color"), inner.text("view"))
        inner.done()
        return f"picture-{'-'.join(picture)}", picture

    def _file(self, row: Row) -> tuple[str, Path]:
        """A file of the folder, and its code: as given, else its path without the ending."""
        name = row.text("file")
        path = (self.root / name).resolve()
        if not path.is_relative_to(self.root):
            raise Refused(f"{row.place}: “file” leads out of the folder: {name}.")
        stem = name.rpartition(".")[0] or name
        return row.text("code", re.sub(r"[^A-Za-z0-9_.-]+", "-", stem).strip("-._")), path

    def draw_pictures(self, draw: Draw) -> None:
        """Turn what products use into assets. A picture that cannot be drawn is an issue."""
        drawn = draw([used.origin for used in self.used.values() if isinstance(used.origin, tuple)])
        for code, used in self.used.items():
            path = drawn.get(used.origin) if isinstance(used.origin, tuple) else used.origin
            if path is None:
                self.plan.issues.append(Issue(used.place, 0, "picture", code, "this cannot be drawn; it is left out."))
            else:
                self.plan.assets.append(AssetRecord(code, path, used.title, used.alt))


def _association(row: Row) -> tuple[str, str, int]:
    association = (row.text("type"), row.text("target"), row.whole("quantity", 1))
    row.done()
    return association


def _fragment(row: Row, rich: set[str]) -> FragmentRecord:
    """A fragment is rich where a slot it is placed in is; one that is placed nowhere is one plain text."""
    placements = _placements(row)
    return FragmentRecord(
        code=row.text("code"),
        title=row.texts("title"),
        body=row.texts("body"),
        rich=any(placement.slot.lower() in rich for placement in placements),
        placements=placements,
        tags=row.names("tags"),
        source=row.text("source", ""),
        verified_on=row.date("verified_on"),
        claim_valid_until=row.date("claim_valid_until"),
        vouched_by=row.text("vouched_by") if row.has("vouched_by") else None,
        source_document=row.text("source_document") if row.has("source_document") else None,
        channels=row.names("channels"),
        markets=row.names("markets"),
        audiences=row.names("audiences"),
        media=row.names("media"),
        products=row.text("only_for") if row.has("only_for") else None,
        valid_from=row.date("valid_from"),
        valid_until=row.date("valid_until"),
        approved=row.one_of("state", STATES, "draft"),
    )


def _placements(row: Row) -> tuple[PlacementRecord, ...]:
    """What the fragment's one slot lists, then what is written out one by one."""
    rows = row.rows("placement")
    slot, position = row.text("slot", "" if rows else REQUIRED), row.whole("position", 0)
    listed = (
        PlacementRecord(slot, position=position, **_named(target, code))
        for key, target in TARGETS.items()
        for code in row.names(key)
    )
    return (*listed, *map(_placement, rows))


def _named(target: str, code: str) -> dict[str, Any]:
    return {target: code}


def _placement(row: Row) -> PlacementRecord:
    found = PlacementRecord(
        slot=row.text("slot"),
        product=row.text("product", ""),
        family=row.text("family", ""),
        category=row.text("category", ""),
        filter=row.text("filter", ""),
        excluded=row.flag("excluded"),
        position=row.whole("position", 0),
    )
    row.done()
    return found
