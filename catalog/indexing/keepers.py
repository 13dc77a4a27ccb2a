"""The tables of derived rows. A new one is imported and listed here, after those it builds on."""

from __future__ import annotations

from catalog.indexing.completeness import CompletenessRows
from catalog.indexing.facets import Facets
from catalog.indexing.facts import FactEntries
from catalog.indexing.keeping import Keeper
from catalog.indexing.texts import SearchTexts

KEEPERS: tuple[Keeper, ...] = (FactEntries(), Facets(), SearchTexts(), CompletenessRows())
