"""Products to measure with: forty facts each, of ten families, a fifth of the cells empty, choices of uneven frequency.

The same number always gives the same product. With `PC_PARTS` naming the folder of real computer parts, the names are
theirs.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
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


def make_schema(extra_attributes: int = 0, extra_families: int = 0) -> Channel:
    """Attributes, options, families and one channel that requires eight facts of each family."""
    group = AttributeGroup.objects.create(code="all")
    settings = {"measurement": {"unit_family": "length", "unit": "mm"}}
    attributes = [
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
    ]
    attributes += [
        Attribute(code=f"extra_{n}", type="text", group=group, position=100) for n in range(extra_attributes)
    ]
    Attribute.objects.bulk_create(attributes)
    selects = [attribute for attribute in attributes if attribute.type == "select"]
    AttributeOption.objects.bulk_create(
        AttributeOption(attribute=attribute, code=f"o{n}", label_en=f"Option {n}", position=n)
        for attribute in selects
        for n in range(OPTIONS)
    )
    channel = Channel.objects.create(code="shop")
    ChannelLanguage.objects.create(channel=channel, language="en")
    families = [Family(code=f"family-{n}", label_attribute=attributes[0]) for n in range(FAMILIES)]
    Family.objects.bulk_create(families + [Family(code=f"extra-{n}") for n in range(extra_families)])
    own = [attribute for attribute in attributes if not attribute.code.startswith("extra_")]
    FamilyAttribute.objects.bulk_create(
        FamilyAttribute(family=family, attribute=attribute, position=place)
        for family in families
        for place, attribute in enumerate(own)
    )
    needed = [
        attribute for attribute in own if attribute.code in ("name", "choice_0", "choice_1", "length_0", "number_0")
    ]
    Requirement.objects.bulk_create(
        Requirement(family=family, channel=channel, attribute=attribute) for family in families for attribute in needed
    )
    return channel


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
