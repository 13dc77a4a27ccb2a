"""A real Akeneo export, imported and released: every document says what the cells of the files say, and nothing else.

What counts for a channel and language is worked out here once more from the CSV files alone: a cell of the channel
before one for all channels, then the product before its parents, then the wanted language before its fallback.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import orjson
import pytest

from catalog.actors import Actor
from catalog.importing.apply import apply
from catalog.importing.sources.akeneo import Akeneo
from catalog.models import Channel
from exports.models import DocumentVersion
from exports.releasing.committing import release
from tests.catalog.test_import_akeneo_real import FIXED, FOLDER, LANGUAGES, PROSE, UNITS, rows

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.real_data,
    pytest.mark.skipif(
        not FOLDER.is_dir(), reason="../shared/data/icecat_demo is absent; it is no part of the project"
    ),
]
CHANNELS = ("ecommerce", "print", "mobile")
LOCALES = {language: locale for locale, language in LANGUAGES.items()}
Cells = dict[str, str]
ACTOR = Actor("test", "command")


def test_every_document_says_what_the_cells_say() -> None:
    plan = Akeneo().read(FOLDER)
    apply(plan, ACTOR)
    products = {
        row.get("sku") or row["code"]: row for name in ("product_models", "products") for row in rows(f"{name}.csv")
    }
    kinds = {row["code"]: row["type"].removeprefix("pim_catalog_") for row in rows("attributes.csv")}
    missing = {issue.value for issue in plan.issues if issue.reason.startswith("there is no such file")}
    files = {asset.path.relative_to(FOLDER.resolve()).as_posix(): asset.code for asset in plan.assets}
    counts: Counter[str] = Counter()
    for code in CHANNELS:
        channel = Channel.objects.prefetch_related("languages").get(code=code)
        release(ACTOR, channel)
        chains = channel.chains()
        for sku, language, document in documents(channel):
            said = dict(expected(line_of(sku, products), kinds, code, chains[language], missing))
            assert set(document["facts"]) == set(said), (code, language, sku)
            for attribute, cells in said.items():
                fact = document["facts"][attribute]
                assert same(kinds[attribute], cells, fact["value"], files), (
                    code,
                    language,
                    sku,
                    attribute,
                    cells,
                    fact,
                )
                counts[code] += 1
    assert counts == {"ecommerce": 21_123, "print": 18_144, "mobile": 18_144}


def documents(channel: Channel) -> Iterator[tuple[str, str, dict[str, Any]]]:
    versions = DocumentVersion.objects.filter(channel=channel, valid_until__isnull=True).select_related("body")
    for version in versions.iterator(chunk_size=500):
        yield version.sku, version.language, orjson.loads(bytes(version.body.content))


def line_of(sku: str, products: dict[str, Cells]) -> list[Cells]:
    """The rows from the product up to its root; codes differ in case only here and there."""
    by_lower = {code.lower(): row for code, row in products.items()}
    line = [products[sku]]
    while line[-1]["parent"]:
        line.append(by_lower[line[-1]["parent"].lower()])
    return line


def expected(
    line: list[Cells], kinds: dict[str, str], channel: str, chain: tuple[str, ...], missing: set[str]
) -> Iterator[tuple[str, dict[str, str]]]:
    """By attribute, the cells of the one row, channel and language that count, by the rest of their column's name."""
    for attribute, kind in kinds.items():
        if attribute in FIXED or attribute in PROSE or kind == "identifier":
            continue
        cells = next(
            (
                found
                for context in (channel, "")
                for row in line
                for language in (*chain, "")
                if (found := cells_of(row, attribute, context, language, missing))
            ),
            None,
        )
        if cells is not None:
            yield attribute, cells


def cells_of(row: Cells, attribute: str, channel: str, language: str, missing: set[str]) -> dict[str, str]:
    """The filled cells of one scope: `attr`, `attr-LOCALE`, `attr-CHANNEL` or both; then a unit or a currency."""
    scope = [part for part in (LOCALES.get(language, ""), channel) if part]
    prefix = "-".join([attribute, *scope])
    found = {}
    for column, cell in row.items():
        if not cell or cell in missing or not (column == prefix or column.startswith(f"{prefix}-")):
            continue
        rest = column[len(prefix) + 1 :]
        if rest.split("-")[0] not in (*LANGUAGES, *CHANNELS):
            found[rest] = cell
    return found


def same(kind: str, cells: dict[str, str], value: Any, files: dict[str, str]) -> bool:
    """Whether a document's value says what the cells say, white space aside."""
    cell = cells.get("", "")
    if kind == "metric":
        return Decimal(value["amount"]) == Decimal(cell) and value["unit"] == UNITS[cells["unit"]]
    if kind == "price_collection":
        return {p["currency"]: Decimal(p["amount"]) for p in value} == {c: Decimal(a) for c, a in cells.items()}
    if kind == "number":
        return Decimal(value) == Decimal(cell)
    if kind == "boolean":
        return bool(value == (cell == "1"))
    if kind == "multiselect":
        return bool(value == cell.split(","))
    if kind in ("image", "file"):
        return bool(value == files[cell])
    return bool(value.split() == cell.replace("\\n", "\n").split())
