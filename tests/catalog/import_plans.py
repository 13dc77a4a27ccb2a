"""Small plans made by hand, and what tests of imports look at afterwards."""

from __future__ import annotations

import datetime
import io
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models
from PIL import Image

from catalog.actors import Actor
from catalog.importing.apply import apply
from catalog.importing.plan import (
    AssetRecord,
    AssociationTypeRecord,
    AttributeRecord,
    AudienceRecord,
    CategoryRecord,
    ChannelRecord,
    EntityRecord,
    EntityTypeRecord,
    FamilyRecord,
    FamilyVariantRecord,
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
from catalog.importing.report import Report
from catalog.models import (
    Change,
)

ACTOR = Actor("Ada", "import")


def picture(folder: Path, name: str = "lira.jpg", color: str = "red") -> Path:
    content = io.BytesIO()
    Image.new("RGB", (8, 6), color).save(content, "JPEG")
    path = folder / name
    path.write_bytes(content.getvalue())
    return path


def small_plan(folder: Path, count: int = 2) -> Plan:
    """Something of every kind; `count` variants of one product, with what belongs to them."""
    numbers = range(count)
    return Plan(
        "test",
        groups=[GroupRecord("general", {"en": "General"})],
        attributes=[
            AttributeRecord("name", "text", "general", {"en": "Name"}, localizable=True),
            AttributeRecord("color", "select", "general", {"en": "Colour"}, filterable=True),
            AttributeRecord("manual", "asset", "general"),
            AttributeRecord("successor", "reference", "general"),
            *(AttributeRecord(f"extra-{n}", "text", "general") for n in numbers),
        ],
        options=[OptionRecord("color", f"c{n}", {"en": f"Colour {n}"}, position=n) for n in numbers],
        entity_types=[EntityTypeRecord("designer", {"en": "Designer"}, ("name",))],
        records=[EntityRecord("designer", "ida", {"en": "Ida Berg"}, {"name": {"en": "Ida Berg, Malmö"}})],
        families=[
            FamilyRecord(
                "machines",
                {"en": "Machines", "de": "Maschinen"},
                attributes=("name", "color", "manual", "successor"),
                label_attribute="name",
                requirements={"shop": ("name", "color")},
            )
        ],
        family_variants=[FamilyVariantRecord("by_color", "machines", levels=(VariantLevel(("color",), ("name",)),))],
        categories=[CategoryRecord("all"), *(CategoryRecord(f"cat-{n}", "all") for n in numbers)],
        tags=[TagRecord("topic", f"t{n}") for n in numbers],
        slots=[SlotRecord("feature", {"en": "Features"}, multiple=True)],
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
                selection="color in (c0)",
                currencies=("EUR",),
            )
        ],
        assets=[AssetRecord("lira-front", picture(folder), alt={"en": "Lira"})],
        products=[
            ProductRecord("LIRA", "machines", "by_color", values={"name": {"en": "Lira"}}),
            *(
                ProductRecord(
                    f"LIRA-{n}",
                    "machines",
                    parent="LIRA",
                    categories=(f"cat-{n}",),
                    values={"color": {"": f"c{n}"}, "manual": {"": "lira-front"}, "successor": {"": "LIRA"}},
                    assets=(("main", "lira-front"),),
                    associations=(("accessory", "LIRA", 2),),
                )
                for n in numbers
            ),
        ],
        fragments=[
            FragmentRecord(
                f"text-{n}",
                {"en": f"Text {n}"},
                {"en": "<p>Warm.</p>"},
                placements=(
                    PlacementRecord("feature", product=f"LIRA-{n}"),
                    PlacementRecord("feature", category="all"),
                ),
                tags=(f"topic:t{n}",),
                channels=("shop",),
                valid_from=datetime.date(2027, 1, 1),
            )
            for n in numbers
        ],
    )


def database() -> dict[str, list[Any]]:
    """Every row of the knowledge base, but for the record of what was done."""
    tables = apps.get_app_config("catalog").get_models(include_auto_created=True)
    return {
        model._meta.label: list(models.QuerySet(model).order_by("pk").values())
        for model in tables
        if model is not Change
    }


def run(plan: Plan, *, dry_run: bool = False) -> Report:
    return apply(plan, ACTOR, dry_run=dry_run)


def reasons(report: Report) -> list[str]:
    return [f"{issue.file} {issue.column} {issue.value}: {issue.reason}" for issue in report.issues]
