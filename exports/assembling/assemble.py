"""Bundle + context -> document + provenance. Pure: the same input gives the same bytes, and nothing is looked up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stdnum import ean
from stdnum.exceptions import ValidationError as InvalidNumber

from catalog.inheritance import MAIN, files
from catalog.references import Reference
from catalog.values import Resolution, Scope
from catalog.values.base import pick
from catalog.values.display import as_shown
from catalog.values.resolve import EVERYBODY, Candidate
from catalog.values.wanted import wanted_text
from exports.assembling.plans import Column, Plan, Sheet, plan_of
from exports.assembling.statements import Outcome, choose
from exports.assembling.words import Words
from exports.documents import AssociationLink, CategoryLink, Document, DocumentAsset, Fact, Money
from exports.gathering.bundles import AssetInfo, Context, Library, ProductBundle, Required


@dataclass(frozen=True)
class Assembled:
    """`provenance` tells where each fact and statement comes from; `problems` are pairs (kind, message).

    `lacking` is what is not there (kind, code) of as many things as are `demanded`.
    """

    document: Document
    provenance: dict[str, Any]
    problems: tuple[tuple[str, str], ...]
    lacking: tuple[tuple[str, str], ...] = ()
    demanded: int = 0


def assemble(bundle: ProductBundle, context: Context, library: Library) -> Assembled:
    """The document of one product for one channel and language."""
    said = _said(bundle, plan_of(context, library))
    context, facts = said.context, said.facts
    words = said.words()
    spoken = choose(bundle.placements, words)
    identifiers, wrong = _identifiers(said)
    shown, expired = _unexpired(_assets(bundle, said), context)
    document = Document(
        sku=bundle.sku,
        name=words.product["name"],
        type=bundle.type,
        family=_family(bundle, context),
        parent=bundle.parent,
        axes={code: _axis(facts[code]) for code in bundle.axes if code in facts},
        variants=bundle.variants,
        categories=tuple(_categories(bundle, context)),
        identifiers=identifiers,
        facts=facts,
        statements=tuple(spoken.statements),
        assets=tuple(_document_asset(role, asset, context) for role, asset in shown),
        associations=tuple(AssociationLink(row.type, row.sku, row.quantity) for row in bundle.associations),
        prices=_prices(said),
        tables=dict(_tables(said)),
    )
    demanded = _demanded(bundle, context.language)
    lacking = tuple(_lacking(demanded, document))
    return Assembled(
        document,
        {
            **_provenance(bundle, said, spoken),
            "shown": [*dict.fromkeys([*(asset.code for _, asset in shown), *words.shown])],
        },
        (*_incomplete(lacking), *wrong, *expired, *spoken.problems, *words.notes),
        lacking,
        len(demanded),
    )


def words_for(bundle: ProductBundle, context: Context, library: Library) -> Words:
    """What puts texts into words for a product that is not assembled."""
    return _said(bundle, plan_of(context, library)).words()


@dataclass(frozen=True, slots=True)
class _Said:
    """What counts of a product's facts (`counting`), and those that are not empty here, both by code."""

    bundle: ProductBundle
    plan: Plan
    context: Context
    sheet: Sheet
    counting: Mapping[str, Resolution]
    facts: Mapping[str, Fact]

    def among(self, columns: Iterable[Column]) -> Iterator[tuple[Column, Resolution]]:
        """Those of the columns in which the product says something, with what counts there."""
        return ((column, self.counting[column.code]) for column in columns if column.code in self.facts)

    def words(self) -> Words:
        column = self.sheet.called.get(self.bundle.label_attribute.lower())
        name = self.facts[column.code].text if column and column.code in self.facts else ""
        return Words(self.plan, self.context, self, {"name": name or self.bundle.sku, "sku": self.bundle.sku})

    # --- As texts refer to it: see words.Facts -----------------------------------------------------------------------
    def text(self, reference: Reference) -> str:
        column = self.sheet.called.get(reference.code.lower())
        if column is None or column.code not in self.facts:
            return ""
        if not reference.options:
            return self.facts[column.code].text
        decimals, resolution = reference.option("decimals"), self.counting[column.code]
        return wanted_text(
            column.value(resolution),
            column.spec,
            column.chain_of(resolution),
            self.context.units,
            reference.option("unit"),
            int(decimals) if decimals else None,
        )

    def label(self, code: str) -> str:
        spec = self.plan.library.attributes.get(code.lower())
        return spec.label(self.context.chain) if spec else ""


def _said(bundle: ProductBundle, plan: Plan) -> _Said:
    sheet = plan.sheet(bundle)
    counting = sheet.chooser.of(bundle.levels)
    return _Said(bundle, plan, plan.context_of(bundle), sheet, counting, sheet.facts(counting))


def _tables(said: _Said) -> Iterator[tuple[str, tuple[tuple[str, ...], ...]]]:
    """The facts that are tables, in the units of the channel."""
    for column, resolution in said.among(said.sheet.tables):
        value = as_shown(column.value(resolution), column.units)
        if table := column.kind.rows(value, column.spec, column.chain_of(resolution)):
            yield column.code, table


def _axis(fact: Fact) -> str:
    return fact.value if isinstance(fact.value, str) else fact.text


def _family(bundle: ProductBundle, context: Context) -> dict[str, str]:
    if bundle.family is None:
        return {}
    return {"code": bundle.family.code, "label": pick(bundle.family.labels, context.chain) or bundle.family.code}


def _categories(bundle: ProductBundle, context: Context) -> Iterator[CategoryLink]:
    for path in bundle.categories:
        last = path[-1]
        yield CategoryLink(last.code, pick(last.labels, context.chain) or last.code, tuple(node.code for node in path))


def _identifiers(said: _Said) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """By role. A GTIN whose check digit is wrong is no GTIN: receivers refuse it, so it is reported instead."""
    found: dict[str, str] = {}
    problems = []
    for column, resolution in said.among(said.sheet.identifiers):
        role, value = column.spec.role, column.value(resolution)
        if role in found:
            continue
        text = str(value) if role != "brand" else column.kind.text(value, column.spec, ("en",))
        if role == "gtin":
            try:
                text = ean.validate(text)
            except InvalidNumber as error:
                problems.append(("identifier", f"“{text}” is no GTIN: {error}"))
                continue
        found[role] = text
    return found, problems


def _prices(said: _Said) -> tuple[Money, ...]:
    for column, resolution in said.among(said.sheet.prices):
        return tuple(Money(money["amount"], money["currency"]) for money in column.value(resolution))
    return ()


def _assets(bundle: ProductBundle, said: _Said) -> Iterator[tuple[str, AssetInfo]]:
    """Those attached in a role, the main one first, then those that facts name.

    The family's image attribute fills the main role where nothing is attached in it, unless its value comes from above
    a level that takes only its own main picture.
    """
    has_main = any(role.lower() == MAIN for role, _ in bundle.assets)
    named = [row for row in _from_facts(bundle, said) if not (has_main and row[0] == MAIN)]
    seen: set[tuple[str, str]] = set()
    for role, asset in sorted([*bundle.assets, *named], key=lambda pair: pair[0] != MAIN):
        if (role, asset.digest or asset.url) not in seen:
            seen.add((role, asset.digest or asset.url))
            yield role, asset


def _unexpired(
    assets: Iterable[tuple[str, AssetInfo]], context: Context
) -> tuple[list[tuple[str, AssetInfo]], list[tuple[str, str]]]:
    """The assets that may be used on the day, and a problem for each of the others. The last day counts."""
    shown, problems = [], []
    for role, asset in assets:
        if asset.expires is not None and asset.expires < context.on:
            problems.append(("asset", f"The rights to “{asset.code}” ended on {asset.expires.isoformat()}."))
        else:
            shown.append((role, asset))
    return shown, problems


def _from_facts(bundle: ProductBundle, said: _Said) -> Iterator[tuple[str, AssetInfo]]:
    order = _order(bundle) if said.sheet.files else {}
    for column, resolution in said.among(said.sheet.files):
        value = column.value(resolution)
        codes = list(value) if column.kind.many else [str(value)]
        depth = order.get(resolution.winner.sku, 0)
        for role, code in files(column.code, bundle.image_attribute, codes, bundle.cuts, depth):
            if asset := said.plan.library.assets.get(code.lower()):
                yield role, asset


def _order(bundle: ProductBundle) -> dict[str, int]:
    """How far away each level is; 0 is the product itself."""
    return {level.sku: index for index, level in enumerate(bundle.levels)}


def _document_asset(role: str, asset: AssetInfo, context: Context) -> DocumentAsset:
    name = "large.jpg" if asset.kind == "image" else "original"
    return DocumentAsset(
        role=role,
        kind=asset.kind,
        url=asset.url or f"/assets/{asset.digest}/{name}",
        alt=pick(asset.alt, context.chain),
        media_type=asset.media_type,
        width=asset.width,
        height=asset.height,
        digest=asset.digest,
    )


def _demanded(bundle: ProductBundle, language: str) -> list[Required]:
    """What the channel demands in the language; nothing is demanded of groups."""
    if not bundle.required or bundle.type == "group":
        return []
    return [row for row in bundle.required if row.languages is None or language in row.languages]


def _lacking(demanded: Sequence[Required], document: Document) -> Iterator[tuple[str, str]]:
    if not demanded:
        return iter(())
    there = {
        "fact": {code.lower() for code in document.facts},
        "slot": {statement.slot.lower() for statement in document.statements},
        "asset": {asset.role.lower() for asset in document.assets},
    }
    return ((row.kind, row.code) for row in demanded if row.code.lower() not in there[row.kind])


def _incomplete(lacking: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    if lacking:
        names = ", ".join(code if kind == "fact" else f"{kind} {code}" for kind, code in lacking)
        yield "incomplete", f"Required, but empty: {names}."


def _provenance(bundle: ProductBundle, said: _Said, spoken: Outcome) -> dict[str, Any]:
    """Where everything comes from. `emptied` are the facts that a level says are empty, with what they would be."""
    traces = _Traces(_order(bundle))
    empty = ((code, found) for code, found in said.counting.items() if found.winner.value is None)
    return {
        "facts": traces.of((code, said.counting[code]) for code in said.facts),
        "emptied": traces.of(empty),
        "statements": spoken.trace,
        "absent": spoken.absent,
        **bundle.origins,
    }


class _Traces:
    """Where facts' values stand, at which level (0 is the product itself), and the values they beat.

    The family and the attributes' defaults are levels above the root; what is computed is the product's own.
    """

    def __init__(self, order: Mapping[str, int]) -> None:
        self.order = order
        self.plain: dict[str, dict[str, Any]] = {}

    def of(self, resolutions: Iterable[tuple[str, Resolution]]) -> dict[str, dict[str, Any]]:
        """By code. Most are alike: values that hold for everybody and beat none, of the same level."""
        found = {}
        for code, ((sku, scope, _), beaten) in resolutions:
            if beaten or scope is not EVERYBODY:
                found[code] = self._of(sku, scope, beaten)
            elif sku in self.plain:
                found[code] = self.plain[sku]
            else:
                found[code] = self.plain[sku] = self._of(sku, scope, ())
        return found

    def _of(self, sku: str, scope: Scope, beaten: Iterable[Candidate]) -> dict[str, Any]:
        return {
            "from": sku,
            "level": self.order.get(sku, 0),
            "scope": str(scope),
            "beaten": [
                {"from": row.sku, "level": self.order[row.sku], "scope": str(row.scope), "value": row.value}
                for row in beaten
            ],
        }
