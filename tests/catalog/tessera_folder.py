"""A folder in Tessera's own format with something of every table, and the plan it becomes."""

from __future__ import annotations

import datetime
from pathlib import Path

from catalog.importing.plan import (
    AssetRecord,
    AssociationTypeRecord,
    AttributeRecord,
    AudienceRecord,
    CategoryRecord,
    ChannelRecord,
    FamilyRecord,
    FamilyVariantRecord,
    ForbiddenTermRecord,
    FragmentRecord,
    GroupRecord,
    MarketRecord,
    OptionRecord,
    PlacementRecord,
    Plan,
    ProductRecord,
    SlotRecord,
    TagRecord,
    VariantLevel,
)

SCHEMA = """
[[group]]
code = "general"
position = 10
label = { en = "General" }

[[attribute]]
code = "name"
type = "text"
group = "general"
position = 10
help = { en = "As customers read it" }
localizable = true
max_length = 20

[[attribute]]
code = "gtin"
type = "text"
group = "general"
role = "gtin"

[[attribute]]
code = "weight"
type = "measurement"
group = "general"
filterable = true
unit_family = "mass"
unit = "kg"
decimals = 1
min = 0.5

[[attribute]]
code = "color"
type = "select"
group = "general"

[[attribute]]
code = "price"
type = "price"
group = "general"
per_channel = true

[[option]]
attribute = "color"
code = "Black"
color = "#000000"

[[family]]
code = "machines"
attributes = ["name", "weight"]
label_attribute = "name"
[family.requirements]
shop = ["name", "asset:main", "slot:headline if color = Black"]

[[family_variant]]
code = "by_color"
family = "machines"
levels = [{ axes = ["color"], attributes = ["color", "gtin"] }]
"""

REST = """
[[category]]
code = "second"
parent = "all"
position = 20
[[category]]
code = "first"
parent = "all"
position = 10
[[category]]
code = "all"
label = { en = "All" }

[[tag]]
facet = "topic"
code = "recycling"
parent = "topic:green"

[[slot]]
code = "headline"
max_length = 80
[[slot]]
code = "description"
rich = true
multiple = true

[[association_type]]
code = "accessory"

[[market]]
code = "it"
country = "IT"
currency = "EUR"

[[audience]]
code = "consumer"

[[channel]]
code = "shop"
medium = "web"
market = "it"
audience = "consumer"
languages = [{ code = "it", fallback = "en" }, { code = "en", fallback = "" }]
tree = "all"
families = ["machines"]
selection = 'color in (black)'
currencies = ["EUR"]
min_picture = 500
public = true

[[forbidden_term]]
term = "cheap"
language = "en"
channel = "shop"
instead = "fair"

[[forbidden_term]]
term = "billig"

[[product]]
sku = "LIRA"
family = "machines"
family_variant = "by_color"
categories = ["first"]
[product.facts]
name = { en = "Lira", de = "Die Lira" }
weight = { amount = 4.20 }
color = "BLACK"
price = { "@shop" = [{ amount = "499", currency = "EUR" }] }
[[product.association]]
type = "accessory"
target = "CUP"
quantity = 2
[[product.asset]]
role = "main"
picture = { kind = "lira", color = "black", view = "front" }
alt = { en = "Lira, front" }
[[product.asset]]
role = "manual"
file = "files/Lira manual.pdf"
title = { en = "Manual" }

[[product]]
sku = "LIRA-BK"
parent = "LIRA"
status = "draft"
[[product.asset]]
role = "gallery"
picture = { kind = "lira", color = "black", view = "front" }
alt = { en = "Something else" }

[[fragment]]
code = "warm"
slot = "description"
products = ["LIRA"]
categories = ["all"]
position = 5
tags = ["topic:recycling"]
channels = ["shop"]
source = "Product management"
verified_on = 2026-05-06
claim_valid_until = 2027-05-06
state = "approved"
[fragment.title]
en = "Warm"
[fragment.body]
en = '''<p>Warm.</p>'''

[[fragment]]
code = "contact"
slot = "description"
audiences = ["consumer"]
markets = ["it"]
media = ["print"]
valid_from = 2026-01-01
valid_until = 2026-12-31
[fragment.body]
en = "Write to us"
"""


def expected(root: Path) -> Plan:
    """The plan of SCHEMA in schema.toml and REST in deeper/rest.toml."""
    return Plan(
        source="tessera",
        groups=[GroupRecord("general", {"en": "General"}, 10)],
        attributes=[
            AttributeRecord(
                "name",
                "text",
                "general",
                help_text={"en": "As customers read it"},
                localizable=True,
                settings={"max_length": 20},
                position=10,
            ),
            AttributeRecord("gtin", "text", "general", role="gtin", position=1),
            AttributeRecord(
                "weight",
                "measurement",
                "general",
                filterable=True,
                settings={"unit_family": "mass", "unit": "kg", "decimals": 1, "min": "0.5"},
                position=2,
            ),
            AttributeRecord("color", "select", "general", position=3),
            AttributeRecord("price", "price", "general", per_channel=True, position=4),
        ],
        options=[OptionRecord("color", "Black", color="#000000")],
        families=[
            FamilyRecord(
                "machines",
                attributes=("name", "weight"),
                label_attribute="name",
                requirements={"shop": ("name", "asset:main", "slot:headline if color = Black")},
            )
        ],
        family_variants=[FamilyVariantRecord("by_color", "machines", levels=(VariantLevel(("color",), ("gtin",)),))],
        categories=[
            CategoryRecord("all", "", {"en": "All"}),
            CategoryRecord("first", "all"),
            CategoryRecord("second", "all"),
        ],
        tags=[TagRecord("topic", "recycling", parent="topic:green")],
        slots=[
            SlotRecord("headline", rich=False, max_length=80),
            SlotRecord("description", multiple=True, rich=True, position=1),
        ],
        association_types=[AssociationTypeRecord("accessory")],
        markets=[MarketRecord("it", "EUR", country="IT")],
        audiences=[AudienceRecord("consumer")],
        channels=[
            ChannelRecord(
                "shop",
                market="it",
                audience="consumer",
                languages=(("it", "en"), ("en", "")),
                tree="all",
                families=("machines",),
                selection="color in (black)",
                currencies=("EUR",),
                public=True,
                min_picture=500,
            )
        ],
        forbidden_terms=[ForbiddenTermRecord("cheap", "en", "shop", "fair"), ForbiddenTermRecord("billig")],
        assets=[
            AssetRecord("picture-lira-black-front", Path("/drawn/lira.jpg"), alt={"en": "Lira, front"}),
            AssetRecord("files-Lira-manual", root / "files/Lira manual.pdf", title={"en": "Manual"}),
        ],
        products=[
            ProductRecord(
                "LIRA",
                "machines",
                "by_color",
                categories=("first",),
                values={
                    "name": {"en": "Lira", "de": "Die Lira"},
                    "weight": {"": {"amount": "4.2", "unit": "kg"}},
                    "color": {"": "Black"},
                    "price": {"@shop": [{"amount": "499.00", "currency": "EUR"}]},
                },
                assets=(("main", "picture-lira-black-front"), ("manual", "files-Lira-manual")),
                associations=(("accessory", "CUP", 2),),
            ),
            ProductRecord("LIRA-BK", parent="LIRA", status="draft", assets=(("gallery", "picture-lira-black-front"),)),
        ],
        fragments=[
            FragmentRecord(
                "warm",
                {"en": "Warm"},
                {"en": "<p>Warm.</p>"},
                rich=True,
                placements=(
                    PlacementRecord("description", product="LIRA", position=5),
                    PlacementRecord("description", category="all", position=5),
                ),
                tags=("topic:recycling",),
                source="Product management",
                verified_on=datetime.date(2026, 5, 6),
                claim_valid_until=datetime.date(2027, 5, 6),
                channels=("shop",),
            ),
            FragmentRecord(
                "contact",
                {},
                {"en": "Write to us"},
                rich=False,
                markets=("it",),
                audiences=("consumer",),
                media=("print",),
                valid_from=datetime.date(2026, 1, 1),
                valid_until=datetime.date(2026, 12, 31),
                approved=False,
            ),
        ],
        rows={"deeper/rest.toml": 16, "schema.toml": 9},
    )
