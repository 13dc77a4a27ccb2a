"""Product models and products: who they are, where they belong, what they say."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from catalog.importing.plan import ProductRecord, Refused
from catalog.importing.sources.akeneo import texts
from catalog.importing.sources.akeneo.columns import Layout, ProseCell, layout
from catalog.importing.sources.akeneo.facts import Facts
from catalog.importing.sources.akeneo.fragments import Prose
from catalog.importing.sources.akeneo.intake import Intake
from catalog.importing.sources.akeneo.media import Media
from catalog.importing.sources.akeneo.outlets import parents_first
from catalog.importing.sources.akeneo.schema import Schema
from catalog.importing.sources.akeneo.tables import Row, Table
from catalog.values import Invalid

_FIXED = ("categories", "enabled", "family", "family_variant", "parent", "groups")
_STATUS = {"": "enabled", "1": "enabled", "true": "enabled", "0": "disabled", "false": "disabled"}


@dataclass
class _File:
    """One of the two files with the meaning of its columns."""

    table: Table
    sku: str
    layout: Layout
    facts: Facts
    models: bool


@dataclass
class _Item:
    file: _File
    row: Row
    sku: str
    parent: str = ""


def read_products(intake: Intake, schema: Schema) -> None:
    """product_models.csv, if any, and products.csv. Raises Refused."""
    _Products(intake, schema).read()


class _Products:
    def __init__(self, intake: Intake, schema: Schema) -> None:
        self.intake = intake
        self.schema = schema
        self.media = Media(intake)
        self.prose = Prose()
        self.items: dict[str, _Item] = {}
        self.known: dict[str, str] = {}
        self.models: dict[str, str] = {}
        self.records: dict[str, ProductRecord] = {}
        # What each product says or inherits, by (SKU, slot), then by channel and language.
        self.said: dict[tuple[str, str], dict[tuple[str, str], tuple[str, ...]]] = {}
        self.dropped: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)

    def read(self) -> None:
        models = self.open(self.intake.optional("product_models", "code", "family_variant"), "code", models=True)
        products = self.intake.required("products")
        if self.schema.identifier not in products.columns:
            raise Refused(f"{products.file}, line 1: there is no column “{self.schema.identifier}”, the identifier")
        for file in (models, self.open(products, self.schema.identifier, models=False)):
            self.collect(file)
        for sku in self.order():
            item = self.items[sku]
            self.records[sku] = record = self.record(item)
            self.intake.plan.products.append(record)
            self.speak(item)
        self.intake.plan.fragments.extend(self.prose.records())
        self.report_dropped()
        self.media.report_unused()

    def open(self, table: Table, sku: str, *, models: bool) -> _File:
        found = layout(self.intake, self.schema, table, {sku, *_FIXED})
        taken = {*table.columns} - {"groups"}
        self.intake.leave(table, taken, "groups of products are not taken")
        return _File(table, sku, found, Facts(self.intake, self.schema, table, self.media), models)

    def collect(self, file: _File) -> None:
        for row in file.table.rows:
            sku = self.intake.new_code(file.table, row, file.sku, self.known)
            if not sku:
                continue
            self.known[sku.lower()] = sku
            self.items[sku] = _Item(file, row, sku)
            if file.models:
                self.models[sku.lower()] = sku

    def order(self) -> list[str]:
        """The SKUs, parents first; a circle is cut."""
        for item in self.items.values():
            code = item.row.code("parent")
            item.parent = self.reference(item, "parent", self.models, code, "product model")
        order, cut = parents_first({sku: item.parent for sku, item in self.items.items()})
        for sku in cut:
            self.about(self.items[sku], "parent", "the product is its own ancestor; it is taken without a parent")
            self.items[sku].parent = ""
        return order

    def about(self, item: _Item, column: str, reason: str, value: str | None = None) -> None:
        self.intake.about(item.file.table, item.row, column, reason, value)

    def reference(self, item: _Item, column: str, known: dict[str, str], code: str, noun: str) -> str:
        return self.intake.reference(item.file.table, item.row, column, known, code, noun)

    def record(self, item: _Item) -> ProductRecord:
        family, variant = self.family(item)
        file, row = item.file, item.row
        return ProductRecord(
            item.sku,
            family,
            variant,
            item.parent,
            status=self.status(item),
            categories=self.intake.references(file.table, row, "categories", self.intake.categories, "category"),
            values=file.facts.of(file.layout, row),
            associations=tuple(self.associations(item)),
        )

    def family(self, item: _Item) -> tuple[str, str]:
        """The family, which is the parent's if there is one, and the root's way to split into variants."""
        variant, family = "", self.reference(item, "family", self.schema.families, item.row.code("family"), "family")
        named = item.row.code("family_variant")
        if named:
            variant = self.reference(item, "family_variant", self.schema.family_variants, named, "family variant")
            family = self.schema.family_of.get(variant, family)
        if not item.parent:
            return family, variant
        parent = self.records[item.parent]
        if family and family != parent.family:
            self.about(item, "family", f"a variant has its parent's family, “{parent.family}”", family)
        root = parent
        while root.parent:
            root = self.records[root.parent]
        if variant and variant != root.family_variant:
            self.about(item, "family_variant", f"the root says “{root.family_variant}”, which counts")
        return parent.family, ""

    def status(self, item: _Item) -> str:
        cell = item.row.code("enabled").lower()
        if cell not in _STATUS:
            self.about(item, "enabled", "neither 1 nor 0; the product is taken as disabled")
        return _STATUS.get(cell, "disabled")

    def associations(self, item: _Item) -> Iterable[tuple[str, str, int]]:
        found: dict[tuple[str, str], None] = {}
        for column, kind in item.file.layout.associations:
            for code in item.row.codes(column):
                target = self.reference(item, column, self.known, code, "product")
                if target == item.sku:
                    self.about(item, column, "a product cannot point to itself; it is left out", code)
                elif target:
                    found[kind, target] = None
        return [(kind, target, 1) for kind, target in found]

    def speak(self, item: _Item) -> None:
        """Place the prose of a product; what its parents say already is inherited and not placed again."""
        for kind in {cell.prose.kind: None for cell in item.file.layout.prose}:
            inherited = self.said.get((item.parent, kind.slot), {})
            own = {}
            for cell in item.file.layout.prose:
                if cell.prose.kind != kind or cell.column not in item.row.cells:
                    continue
                scope = (cell.scope.channel, cell.scope.language)
                paragraphs = self.paragraphs(item, cell)
                if not paragraphs or paragraphs == inherited.get(scope):
                    continue
                if kind.multiple and scope in inherited:
                    self.about(item, cell.column, "differs from the parent's text, which shows too; it is left out")
                    continue
                own[scope] = paragraphs
            self.prose.place(item.sku, kind, own)
            self.said[item.sku, kind.slot] = {**inherited, **own}

    def paragraphs(self, item: _Item, cell: ProseCell) -> tuple[str, ...]:
        raw = item.row.cells[cell.column]
        try:
            text = texts.rich(raw) if cell.prose.kind.rich else texts.plain(raw)
        except Invalid as error:
            self.about(item, cell.column, f"{error}; the text is left out")
            return ()
        if not text.paragraphs:
            self.about(item, cell.column, "there is nothing to read in this text; it is left out")
        if text.odd:
            self.about(item, cell.column, "a “<” that begins no element is kept as a character", text.odd)
        if cell.prose.max_length and any(len(line) > cell.prose.max_length for line in text.paragraphs):
            self.about(item, cell.column, f"longer than {cell.prose.max_length}; it is taken, the slot has no limit")
            cell.prose.max_length = None
        self.dropped[item.file.table.file, cell.column].update(text.dropped)
        return text.paragraphs

    def report_dropped(self) -> None:
        """One issue for each column with markup that no text can hold."""
        for (file, column), names in self.dropped.items():
            if names:
                counts = ", ".join(f"{name} in {count} cells" for name, count in names.most_common())
                self.intake.report(file, 0, column, "", f"markup left out, its words kept: {counts}")
