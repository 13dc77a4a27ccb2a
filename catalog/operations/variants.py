"""Making the variants of a product that are missing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import product as combinations
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Lower

from catalog import querysets
from catalog.actors import Actor
from catalog.axes import axis_key
from catalog.indexing.moved import refresh_placed
from catalog.models import Product
from catalog.models.base import CODE_LENGTH, is_code
from catalog.operations.axes import BATCH, axes_at, told
from catalog.operations.products import put
from catalog.operations.recording import record
from catalog.values import TYPES, AttributeSpec, Invalid
from catalog.values.base import quoted

# Variants made at once. More than that is an import.
MOST = 1_000
_PLACE = re.compile(r"\{([^{}]*)\}")
_NO_CODE = re.compile(r"[^A-Za-z0-9.]+")


class Planned(NamedTuple):
    """A variant that could be made; `problem` says why it cannot, "" where it can."""

    sku: str
    values: dict[str, dict[str, Any]]
    text: str
    problem: str = ""


def default_pattern(axes: Iterable[AttributeSpec]) -> str:
    return "-".join(["{sku}", *(f"{{{spec.code}}}" for spec in axes)])


def axes_below(product: Product) -> tuple[AttributeSpec, ...]:
    """The axes of a product's direct variants."""
    line = querysets.line_of(product)
    return axes_at(line[-1].family_variant_id, len(line))


def plan_variants(product: Product, values: Mapping[str, Sequence[Any]], pattern: str = "") -> list[Planned]:
    """The combinations of these values that no variant of the product has yet, with the SKU each would get.

    `values` are raw values by the axis' code, of every axis; a pattern such as "{sku}-{color}" names the product's own
    SKU and axes. Raises ValidationError that names the axis, or the place in the pattern.
    """
    axes = axes_below(product)
    if not axes:
        raise ValidationError(
            f"“{product.sku}” does not split into variants by axes; choose how it does as its family variant."
        )
    chosen = _chosen(axes, values)
    pattern = pattern.strip() or default_pattern(axes)
    _check_pattern(pattern, axes)
    there = set(Product.objects.filter(parent=product).exclude(axis_key="").values_list("axis_key", flat=True))
    rows = [dict(zip((spec.code for spec in axes), row, strict=True)) for row in combinations(*chosen)]
    documents = [{code: {"": value} for code, value in row.items()} for row in rows]
    missing = {axis_key(axes, document): document for document in documents}
    planned = [
        Planned(_sku(pattern, product, axes, document), document, told(axes, document))
        for key, document in missing.items()
        if key not in there
    ]
    return list(_with_problems(planned))


def _chosen(axes: Sequence[AttributeSpec], values: Mapping[str, Sequence[Any]]) -> list[list[Any]]:
    """The values of each axis, checked. Raises ValidationError."""
    given = {code.lower(): raws for code, raws in values.items()}
    problems = [f"There is no axis {quoted(code)} here." for code in sorted(given.keys() - _codes(axes))]
    chosen: list[list[Any]] = []
    for spec in axes:
        found: dict[str, Any] = {}
        for raw in given.get(spec.code.lower(), ()):
            own: dict[str, Any] = {}
            try:
                put(own, spec, "", raw)
            except Invalid as error:
                problems.append(f"{spec.label(('en',))}: {error}.")
            if own.get("") is not None:
                found.setdefault(axis_key([spec], {spec.code: own}), own[""])
        if not found:
            problems.append(f"Choose at least one value of {spec.label(('en',))}.")
        chosen.append(list(found.values()))
    count = 1
    for some in chosen:
        count *= len(some)
    if count > MOST:
        problems.append(f"These are {count:,} combinations; at most {MOST:,} are made at once.")
    if problems:
        raise ValidationError(problems)
    return chosen


def _codes(axes: Iterable[AttributeSpec]) -> set[str]:
    return {spec.code.lower() for spec in axes}


def _check_pattern(pattern: str, axes: Sequence[AttributeSpec]) -> None:
    """Raises ValidationError for a place that stands for nothing, or for what no SKU can have."""
    allowed = _codes(axes) | {"sku"}
    unknown = [name for name in _PLACE.findall(pattern) if name.lower() not in allowed]
    if unknown:
        places = ", ".join(f"{{{name}}}" for name in ("sku", *(spec.code for spec in axes)))
        raise ValidationError(f"“{{{unknown[0]}}}” stands for nothing in a SKU here; there are {places}.")


def _sku(pattern: str, product: Product, axes: Sequence[AttributeSpec], document: Mapping[str, Any]) -> str:
    texts = {spec.code.lower(): _in_sku(spec, document[spec.code][""]) for spec in axes}
    return _PLACE.sub(lambda place: {"sku": product.sku, **texts}[place[1].lower()], pattern)


def _in_sku(spec: AttributeSpec, value: Any) -> str:
    """A value as a part of a SKU: an option's code, anything else as text with hyphens for what a SKU cannot have."""
    kind = TYPES[spec.type]
    text = value if kind.has_options and isinstance(value, str) else kind.text(value, spec, ("en",))
    return _NO_CODE.sub("-", text).strip("-") if not is_code(text) else text


def _with_problems(planned: Sequence[Planned]) -> Iterator[Planned]:
    """Those whose SKU is none, is taken or is another's too, with the reason. One query."""
    wanted = Counter(row.sku.lower() for row in planned)
    taken = set(
        Product.objects.alias(lower=Lower("sku"))
        .filter(lower__in=[sku for sku in wanted if is_code(sku)])
        .values_list(Lower("sku"), flat=True)
    )
    for row in planned:
        yield row._replace(problem=_problem(row.sku, wanted, taken))


def _problem(sku: str, wanted: Mapping[str, int], taken: Collection[str]) -> str:
    if len(sku) > CODE_LENGTH or not is_code(sku):
        return f"{quoted(sku)} cannot be a SKU: it has letters, digits, “_”, “-” and “.”, at most {CODE_LENGTH}."
    if sku.lower() in taken:
        return f"There is a product {quoted(sku)} already."
    if wanted[sku.lower()] > 1:
        return f"Several variants would be called {quoted(sku)}: name every axis in the pattern."
    return ""


@transaction.atomic
def make_variants(
    actor: Actor, product: Product, values: Mapping[str, Sequence[Any]], pattern: str = ""
) -> list[Product]:
    """Make the combinations that are missing, as drafts; all or none. Raises ValidationError as `plan_variants` does.

    The product is locked first, so that two who press the button at once do not both make them.
    """
    product = Product.objects.select_for_update(no_key=True).get(pk=product.pk)
    planned = plan_variants(product, values, pattern)
    if problems := [row.problem for row in planned if row.problem]:
        raise ValidationError(problems[:20])
    axes = axes_below(product)
    made = Product.objects.bulk_create(
        [
            Product(
                sku=row.sku,
                parent=product,
                family_id=product.family_id,
                values=row.values,
                axis_key=axis_key(axes, row.values),
            )
            for row in planned
        ],
        batch_size=BATCH,
    )
    record(actor, "create", made)
    refresh_placed([row.pk for row in made], [product.pk])
    return made
