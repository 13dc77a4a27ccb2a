"""The source itself: in which order the files are read, and what of them becomes what."""

from __future__ import annotations

from pathlib import Path

from catalog.importing.plan import Plan
from catalog.importing.sources.akeneo import families, outlets, products, schema
from catalog.importing.sources.akeneo.intake import Intake
from catalog.importing.sources.base import Source


class Akeneo(Source):
    """An export folder. Required: attributes, families, categories, channels and products.csv (each may be .csv.gz).

    The identifier attribute becomes the SKU; localizable text areas named in `schema.SLOTS` become fragments; every
    other attribute a fact. A limit of an attribute (characters, decimals, least, most) that the export's own values
    break is reported and left out, the values are taken. The first locale of a language is that language.
    """

    code = "akeneo"
    label = "Akeneo CSV export"

    def read(self, path: Path) -> Plan:
        plan = Plan(source=self.code)
        intake = Intake.open(path, plan)
        channels = outlets.read_languages(intake)
        outlets.read_categories(intake)
        outlets.read_channels(intake, channels)
        outlets.read_association_types(intake)
        found = schema.read_schema(intake)
        families.read_families(intake, found)
        products.read_products(intake, found)
        plan.attributes.extend(attribute.record() for attribute in found.facts.values())
        plan.slots.extend(prose.record() for prose in found.prose.values())
        intake.close()
        return plan
