"""Products to measure with: forty facts each, of ten families, a fifth of the cells empty, choices of uneven frequency.

The same number always gives the same product. With `PC_PARTS` naming the folder of real computer parts, the names are
theirs.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from catalog.actors import Actor
from catalog.models import (
    Attribute,
    AttributeGroup,
    AttributeOption,
    Channel,
    ChannelLanguage,
    Family,
    FamilyAttribute,
    Product,
    Requirement,
)

ACTOR = Actor("benchmark", "command")
FAMILIES = 10
SELECTS, MEASURES, NUMBERS, FLAGS, TEXTS = 6, 4, 6, 4, 19  # and the name: forty
OPTIONS = 40


def attribute_codes() -> dict[str, str]:
    """Type by code."""
    codes = {"name": "text"}
    for prefix, kind, count in (
        ("choice", "select", SELECTS),
        ("length", "measurement", MEASURES),
        ("number", "number", NUMBERS),
        ("flag", "boolean", FLAGS),
        ("text", "text", TEXTS),
    ):
        codes |= {f"{prefix}_{place}": kind for place in range(count)}
    return codes


def make_schema() -> Channel:
    """Attributes, options, families and one channel that requires five facts of each family."""
    group = AttributeGroup.objects.create(code="all")
    settings = {"measurement": {"unit_family": "length", "unit": "mm"}}
    attributes = Attribute.objects.bulk_create(
        Attribute(
            code=code,
            type=kind,
            group=group,
            position=place,
            filterable=kind != "text" or code == "name",
            settings=settings.get(kind, {}),
            label_en=code,
        )
        for place, (code, kind) in enumerate(attribute_codes().items())
    )
    make_options(attributes)
    channel = Channel.objects.create(code="shop")
    ChannelLanguage.objects.create(channel=channel, language="en")
    families = Family.objects.bulk_create(
        Family(code=f"family-{n}", label_attribute=attributes[0]) for n in range(FAMILIES)
    )
    join(families, attributes)
    needed = [row for row in attributes if row.code in ("name", "choice_0", "choice_1", "length_0", "number_0")]
    Requirement.objects.bulk_create(
        Requirement(family=family, channel=channel, attribute=row) for family in families for row in needed
    )
    return channel


def make_others(prefix: str, attributes: int, families: int) -> None:
    """So many more attributes, a third of them choices, and families with forty of them each."""
    group = AttributeGroup.objects.create(code=prefix)
    kinds = ("text", "select", "number")
    rows = Attribute.objects.bulk_create(
        Attribute(code=f"{prefix}_{n}", type=kinds[n % 3], group=group, filterable=True, label_en=f"{prefix} {n}")
        for n in range(attributes)
    )
    make_options(rows)
    others = Family.objects.bulk_create(Family(code=f"{prefix}-{n}", label_attribute=rows[0]) for n in range(families))
    for place, family in enumerate(others):
        join([family], [rows[(place + step) % len(rows)] for step in range(len(attribute_codes()))])


def make_options(attributes: Iterable[Attribute]) -> None:
    AttributeOption.objects.bulk_create(
        AttributeOption(attribute=row, code=f"o{n}", label_en=f"Option {n}", position=n)
        for row in attributes
        if row.type == "select"
        for n in range(OPTIONS)
    )


def join(families: Iterable[Family], attributes: Sequence[Attribute]) -> None:
    """Give families these attributes in this order."""
    FamilyAttribute.objects.bulk_create(
        FamilyAttribute(family=family, attribute=row, position=place)
        for family in families
        for place, row in enumerate(attributes)
    )


def make_products(start: int, end: int, batch: int = 5_000) -> None:
    """Products numbered from `start` up to but without `end`, written without their derived rows."""
    families = list(Family.objects.filter(code__startswith="family-").order_by("pk"))
    for low in range(start, end, batch):
        Product.objects.bulk_create(
            Product(
                sku=f"SKU-{number:07}",
                family=families[number % FAMILIES],
                status="enabled",
                values=dict(values(number)),
            )
            for number in range(low, min(low + batch, end))
        )


def values(number: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """The facts' document of one product."""
    chance = random.Random(number)
    yield "name", {"": name(number)}
    for code, kind in attribute_codes().items():
        if code != "name" and chance.random() > 0.2:
            yield code, {"": value(kind, chance)}


def value(kind: str, chance: random.Random) -> Any:
    if kind == "select":
        return f"o{min(int(chance.expovariate(0.15)), OPTIONS - 1)}"
    if kind == "measurement":
        return {"amount": str(chance.randrange(1, 5_000)), "unit": "mm"}
    if kind == "boolean":
        return chance.random() < 0.5
    return str(chance.randrange(100_000)) if kind == "number" else f"Text {chance.randrange(10_000)} of a product"


def name(number: int) -> str:
    names = real_names()
    return f"{names[number % len(names)]} {number}" if names else f"Product {number}"


@cache
def real_names() -> list[str]:
    folder = os.environ.get("PC_PARTS", "")
    files = sorted(Path(folder).rglob("*.json")) if folder else []
    return [part["name"] for file in files for part in json.loads(file.read_text())]
