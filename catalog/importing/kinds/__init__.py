"""The kinds of record a plan may hold, in the order in which they are applied. A new one is listed here."""

from __future__ import annotations

from typing import Any

from catalog.importing.compare import Kind
from catalog.importing.kinds.assets import Assets
from catalog.importing.kinds.channels import Audiences, Channels, ForbiddenTerms, Markets
from catalog.importing.kinds.entities import EntityTypes, Records
from catalog.importing.kinds.fragments import Fragments
from catalog.importing.kinds.products import Products
from catalog.importing.kinds.schema import Attributes, Families, FamilyVariants, Groups, Options
from catalog.importing.kinds.taxonomy import AssociationTypes, Categories, Slots, Tags

KINDS: tuple[type[Kind[Any]], ...] = (
    Groups,
    Attributes,
    Options,
    EntityTypes,
    Records,
    Families,
    FamilyVariants,
    Categories,
    Tags,
    Slots,
    AssociationTypes,
    Markets,
    Audiences,
    Channels,
    ForbiddenTerms,
    Assets,
    Products,
    Fragments,
)
