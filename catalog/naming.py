"""What products are called, read for many together: the queries do not grow with the products."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from catalog import querysets
from catalog.models import Attribute, Family, Product
from catalog.values import TYPES, AttributeSpec, Level
from catalog.values.effective import effective, levels_of


class Said(NamedTuple):
    """A value that counts for a product, the language it is in ("" for any), and how many levels above it is said."""

    value: Any
    language: str
    depth: int


def names_of(products: Sequence[Product], chain: tuple[str, ...]) -> dict[int, str]:
    """The name of each product by its id: its own, its nearest ancestor's, or its family's; "" where there is none."""
    lines = lines_of(products)
    return names_in(lines, families_of(lines), chain)


def names_in(
    lines: Mapping[int, Sequence[Product]], families: Mapping[int, Family], chain: tuple[str, ...]
) -> dict[int, str]:
    """The same for products with their lines and families at hand; texts as documents have them."""
    naming = {pk: family.label_attribute for pk, family in families.items() if family.label_attribute}
    specs = _specs_of(naming.values())
    found = {}
    for pk, line in lines.items():
        family = families.get(line[0].family_id or 0)
        attribute = naming.get(family.pk) if family else None
        said = said_of(specs, attribute.code, line, family, chain) if family and attribute else None
        spec = specs[attribute.code.lower()] if said and attribute else None
        found[pk] = _read(said, spec, chain) if said and spec else ""
    return found


def lines_of(products: Sequence[Product]) -> dict[int, list[Product]]:
    """Each product with its ancestors, nearest first: one query for each level above."""
    known = {product.pk: product for product in products}
    missing = {product.parent_id for product in products if product.parent_id} - known.keys()
    while missing:
        above = {product.pk: product for product in Product.objects.filter(pk__in=missing)}
        known.update(above)
        missing = {product.parent_id for product in above.values() if product.parent_id} - known.keys()
    return {product.pk: _line(product, known) for product in products}


def _line(product: Product, known: dict[int, Product]) -> list[Product]:
    line = [product]
    while line[-1].parent_id and known[line[-1].parent_id] not in line:
        line.append(known[line[-1].parent_id])
    return line


def families_of(lines: Mapping[int, Iterable[Product]]) -> dict[int, Family]:
    """The families of these lines, with the attributes that name and picture their products. One query."""
    ids = {product.family_id for line in lines.values() for product in line if product.family_id}
    rows = Family.objects.select_related("label_attribute", "image_attribute").filter(pk__in=ids)
    return {family.pk: family for family in rows}


def said_of(
    specs: Mapping[str, AttributeSpec], code: str, line: Sequence[Product], family: Family, chain: tuple[str, ...]
) -> Said | None:
    """What counts of an attribute for all channels; None where nothing is said, or that it is empty."""
    needed = list(_with_sources(specs, code.lower()).values())
    levels = levels_of([Level(each.sku, each.values) for each in line], family.code, family.values, needed)
    found = effective(needed, levels, "", chain).get(specs[code.lower()].code)
    if found is None or found.winner.value is None:
        return None
    names = [level.sku for level in levels]
    depth = names.index(found.winner.sku) if found.winner.sku in names else 0
    return Said(found.winner.value, found.winner.scope.language, depth)


def _read(said: Said, spec: AttributeSpec, chain: tuple[str, ...]) -> str:
    """A text in a fallback language keeps that language's formats."""
    return TYPES[spec.type].text(said.value, spec, (said.language, *chain) if said.language else chain)


def _specs_of(attributes: Iterable[Attribute]) -> dict[str, AttributeSpec]:
    """The attributes by lower-case code, with their options; of computed ones what they are made of, too.

    No query for those that need neither, which are nearly all.
    """
    plain = {row.code.lower(): plain_spec(row) for row in attributes}
    rich = {code for code, spec in plain.items() if _needs_more(spec)}
    found: dict[str, AttributeSpec] = {}
    while rich:
        fresh = querysets.attribute_specs(rich)
        found |= fresh
        rich = {name.lower() for spec in fresh.values() for name in TYPES[spec.type].sources(spec)} - found.keys()
    return plain | querysets.with_records(found)


def plain_spec(row: Attribute) -> AttributeSpec:
    """An attribute without its options."""
    return AttributeSpec(
        row.code, row.type, localizable=row.localizable, per_channel=row.per_channel, settings=row.settings
    )


def _needs_more(spec: AttributeSpec) -> bool:
    kind = TYPES[spec.type]
    return kind.has_options or kind.computed or spec.type == "record"


def _with_sources(specs: Mapping[str, AttributeSpec], code: str) -> dict[str, AttributeSpec]:
    """An attribute and what it is computed from, as far as that is there."""
    needed = {code: specs[code]}
    fresh = [specs[code]]
    while fresh:
        names = {name.lower() for spec in fresh for name in TYPES[spec.type].sources(spec)} - needed.keys()
        fresh = [specs[name] for name in names if name in specs]
        needed |= {spec.code.lower(): spec for spec in fresh}
    return needed
