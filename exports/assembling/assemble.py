"""Bundle + context -> document + provenance. Pure: the same input gives the same bytes, and nothing is looked up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from stdnum import ean
from stdnum.exceptions import ValidationError as InvalidNumber

from catalog.inheritance import MAIN, files
from catalog.references import Reference
from catalog.values import TYPES, AttributeSpec, Resolution, ValueType
from catalog.values.base import pick
from catalog.values.display import as_shown
from catalog.values.effective import effective
from catalog.values.wanted import wanted_text
from exports.assembling.statements import Outcome, choose
from exports.assembling.words import Words
from exports.documents import AssociationLink, CategoryLink, Document, DocumentAsset, Fact, Money
from exports.gathering.bundles import AssetInfo, Context, Library, ProductBundle, Required

IDENTIFIERS = ("gtin", "mpn", "brand")
_FILES = ("asset", "assets")
# The types whose values can be tables; most facts are not even asked.
_TABULAR = frozenset(code for code, kind in TYPES.items() if type(kind).rows is not ValueType.rows)


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


@dataclass(frozen=True)
class _Resolved:
    spec: AttributeSpec
    position: int
    resolution: Resolution
    value: Any


def assemble(bundle: ProductBundle, context: Context, library: Library) -> Assembled:
    """The document of one product for one channel and language."""
    if met := bundle.meets.get(context.language):
        context = replace(context, meets=met)
    counting = effective(bundle.attributes, bundle.levels, context.channel, context.chain)
    resolved = {row.spec.code.lower(): row for row in _resolved(bundle, counting, context)}
    facts = {row.spec.code: _fact(row, bundle, context) for row in resolved.values()}
    words = _words(bundle, context, library, resolved, facts)
    name = words.product["name"]
    spoken = choose(bundle.placements, context, words)
    identifiers, wrong = _identifiers(resolved)
    shown, expired = _unexpired(_assets(bundle, library, resolved), context)
    document = Document(
        sku=bundle.sku,
        name=name,
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
        prices=_prices(resolved),
        tables=dict(_tables(resolved.values(), context)),
    )
    demanded = _demanded(bundle, context.language)
    lacking = tuple(_lacking(demanded, document))
    return Assembled(
        document,
        {
            **_provenance(bundle, resolved, counting, spoken),
            "shown": [*dict.fromkeys([*(asset.code for _, asset in shown), *words.shown])],
        },
        (*_incomplete(lacking), *wrong, *expired, *spoken.problems, *words.notes),
        lacking,
        len(demanded),
    )


def words_for(bundle: ProductBundle, context: Context, library: Library) -> Words:
    """What puts texts into words for a product that is not assembled."""
    counting = effective(bundle.attributes, bundle.levels, context.channel, context.chain)
    resolved = {row.spec.code.lower(): row for row in _resolved(bundle, counting, context)}
    facts = {row.spec.code: _fact(row, bundle, context) for row in resolved.values()}
    return _words(bundle, context, library, resolved, facts)


def _words(
    bundle: ProductBundle,
    context: Context,
    library: Library,
    resolved: Mapping[str, _Resolved],
    facts: Mapping[str, Fact],
) -> Words:
    said = _Said(resolved, {code.lower(): fact.text for code, fact in facts.items()}, library, context)
    name = said.texts.get(bundle.label_attribute.lower()) or bundle.sku
    return Words(context, library, said, {"name": name, "sku": bundle.sku})


@dataclass(frozen=True)
class _Said:
    """A product's facts as texts refer to them; `texts` for people, by lower-case code like `resolved`."""

    resolved: Mapping[str, _Resolved]
    texts: Mapping[str, str]
    library: Library
    context: Context

    def text(self, reference: Reference) -> str:
        code = reference.code.lower()
        row = self.resolved.get(code) if reference.options else None
        if row is None:
            return self.texts.get(code, "")
        decimals = reference.option("decimals")
        return wanted_text(
            row.value,
            row.spec,
            _chain(row, self.context),
            self.context.units,
            reference.option("unit"),
            int(decimals) if decimals else None,
        )

    def label(self, code: str) -> str:
        spec = self.library.attributes.get(code.lower())
        return spec.label(self.context.chain) if spec else ""


def _resolved(bundle: ProductBundle, effective: Mapping[str, Resolution], context: Context) -> Iterator[_Resolved]:
    """The effective values, without those that are empty here or hold no price in the channel's currencies."""
    for position, spec in enumerate(bundle.attributes):
        resolution = effective.get(spec.code)
        if resolution is None or resolution.winner.value is None:
            continue
        value = resolution.winner.value
        if spec.type == "price" and context.currencies:
            value = [money for money in value if money["currency"] in context.currencies]
        if value != []:
            yield _Resolved(spec, position, resolution, value)


def _fact(row: _Resolved, bundle: ProductBundle, context: Context) -> Fact:
    spec, kind = row.spec, TYPES[row.spec.type]
    return Fact(
        label=spec.label(context.chain),
        group=spec.group,
        type=kind.code_of(spec),
        value=kind.machine(row.value, spec),
        text=kind.text(as_shown(row.value, context.units), spec, _chain(row, context)),
        position=row.position,
        role="name" if spec.code == bundle.label_attribute else spec.role,
    )


def _chain(row: _Resolved, context: Context) -> tuple[str, ...]:
    """A text shown in a fallback language keeps that language's formats; all else is written in the wanted one."""
    return (row.resolution.winner.scope.language, *context.chain) if row.spec.localizable else context.chain


def _tables(rows: Iterable[_Resolved], context: Context) -> Iterator[tuple[str, tuple[tuple[str, ...], ...]]]:
    """The facts that are tables, in the units of the channel."""
    for row in rows:
        if row.spec.type not in _TABULAR:
            continue
        value = as_shown(row.value, context.units)
        if table := TYPES[row.spec.type].rows(value, row.spec, _chain(row, context)):
            yield row.spec.code, table


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


def _identifiers(resolved: dict[str, _Resolved]) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """By role. A GTIN whose check digit is wrong is no GTIN: receivers refuse it, so it is reported instead."""
    found: dict[str, str] = {}
    problems = []
    for row in resolved.values():
        role = row.spec.role
        if role not in IDENTIFIERS or role in found:
            continue
        text = str(row.value) if role != "brand" else TYPES[row.spec.type].text(row.value, row.spec, ("en",))
        if role == "gtin":
            try:
                text = ean.validate(text)
            except InvalidNumber as error:
                problems.append(("identifier", f"“{text}” is no GTIN: {error}"))
                continue
        found[role] = text
    return found, problems


def _prices(resolved: dict[str, _Resolved]) -> tuple[Money, ...]:
    prices = (row for row in resolved.values() if row.spec.role == "price" and row.spec.type == "price")
    row = next(prices, None)
    return tuple(Money(money["amount"], money["currency"]) for money in row.value) if row else ()


def _assets(bundle: ProductBundle, library: Library, resolved: dict[str, _Resolved]) -> Iterator[tuple[str, AssetInfo]]:
    """Those attached in a role, the main one first, then those that facts name.

    The family's image attribute fills the main role where nothing is attached in it, unless its value comes from above
    a level that takes only its own main picture.
    """
    has_main = any(role.lower() == MAIN for role, _ in bundle.assets)
    named = [row for row in _from_facts(bundle, library, resolved) if not (has_main and row[0] == MAIN)]
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


def _from_facts(
    bundle: ProductBundle, library: Library, resolved: dict[str, _Resolved]
) -> Iterator[tuple[str, AssetInfo]]:
    naming = [row for row in resolved.values() if row.spec.type in _FILES]
    order = {level.sku: index for index, level in enumerate(bundle.levels)} if naming else {}
    for row in naming:
        depth = order.get(row.resolution.winner.sku, 0)
        for role, code in files(row.spec.code, bundle.image_attribute, _asset_codes(row), bundle.cuts, depth):
            if asset := library.assets.get(code.lower()):
                yield role, asset


def _asset_codes(row: _Resolved) -> list[str]:
    """The assets a fact names."""
    if row.spec.type == "asset":
        return [str(row.value)]
    return list(row.value) if row.spec.type == "assets" else []


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
    rows = bundle.required if bundle.type != "group" else ()
    return [row for row in rows if row.languages is None or language in row.languages]


def _lacking(demanded: Iterable[Required], document: Document) -> Iterator[tuple[str, str]]:
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


def _provenance(
    bundle: ProductBundle, resolved: Mapping[str, _Resolved], counting: Mapping[str, Resolution], spoken: Outcome
) -> dict[str, Any]:
    """Where everything comes from. `emptied` are the facts that a level says are empty, with what they would be."""
    order = {level.sku: index for index, level in enumerate(bundle.levels)}
    emptied = {code: _trace(found, order) for code, found in counting.items() if found.winner.value is None}
    return {
        "facts": {row.spec.code: _trace(row.resolution, order) for row in resolved.values()},
        "emptied": emptied,
        "statements": spoken.trace,
        "absent": spoken.absent,
        **bundle.origins,
    }


def _trace(resolution: Resolution, order: Mapping[str, int]) -> dict[str, Any]:
    """Where a fact's value stands, at which level (0 is the product itself), and the values it beat.

    The family and the attributes' defaults are levels above the root; what is computed is the product's own.
    """
    winner = resolution.winner
    return {
        "from": winner.sku,
        "level": order.get(winner.sku, 0),
        "scope": str(winner.scope),
        "beaten": [
            {"from": row.sku, "level": order[row.sku], "scope": str(row.scope), "value": row.value}
            for row in resolution.beaten
        ],
    }
