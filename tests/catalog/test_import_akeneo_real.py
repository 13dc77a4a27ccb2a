"""A real Akeneo export, read cell by cell once more with nothing but the csv module.

Expected figures are those of the files; nothing of the source's own reading is used to get them.
"""

from __future__ import annotations

import csv
import html
import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from catalog.importing.plan import FragmentRecord, Plan
from catalog.importing.sources.akeneo import Akeneo
from catalog.importing.sources.akeneo.fragments import shown

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
FOLDER = DATA / "icecat_demo"
SMALL = DATA / "catalogs_small"
pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(
        not FOLDER.is_dir(), reason="../shared/data/icecat_demo is absent; it is no part of the project"
    ),
]
LANGUAGES = {"en_US": "en", "de_DE": "de", "fr_FR": "fr"}
UNITS = {"GRAM": "g", "KILOGRAM": "kg", "INCH": "in"}
FIXED = {"sku", "code", "categories", "enabled", "family", "family_variant", "parent"}
PROSE = {"description": "description", "short_description": "teaser"}


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


@pytest.fixture(scope="module")
def plan() -> Plan:
    return Akeneo().read(FOLDER)


@pytest.fixture(scope="module")
def products() -> dict[str, dict[str, str]]:
    """Every row of both files by SKU."""
    return {
        row.get("sku") or row["code"]: row for name in ("product_models", "products") for row in rows(f"{name}.csv")
    }


def reasons(plan: Plan, words: str) -> int:
    return sum(words in issue.reason for issue in plan.issues)


def test_the_plan_holds_what_the_files_hold(plan: Plan) -> None:
    held = {name: len(getattr(plan, name)) for name in ("families", "options", "categories", "channels", "groups")}
    assert held == {"families": 17, "options": 121, "categories": 168, "channels": 3, "groups": 11}
    assert (len(plan.family_variants), len(plan.association_types)) == (9, 4)
    assert len(plan.products) == 81 + 1239
    assert sum(1 for product in plan.products if product.parent) == 31 + 240


def test_attributes_are_facts_and_two_kinds_of_prose_and_the_sku(plan: Plan) -> None:
    assert plan.rows["attributes.csv"] == 77
    assert (len(plan.attributes), len(plan.slots)) == (74, 2)
    assert 74 + 2 + 1 == 77
    assert sum(1 for attribute in plan.attributes if attribute.localizable) == 12 - 2
    assert sum(1 for attribute in plan.attributes if attribute.per_channel) == 3 - 2
    assert {a.role: a.code for a in plan.attributes if a.role} == {"gtin": "ean", "brand": "brand", "price": "price"}


def test_every_row_of_every_file_is_taken_or_told(plan: Plan) -> None:
    files = {path.name for path in FOLDER.glob("*.csv")}
    assert set(plan.rows) == files | {"jobs.yml"}
    assert {name: plan.rows[name] for name in files} == {name: len(rows(name)) for name in files}
    left = {issue.file for issue in plan.issues if issue.reason.startswith("nothing of this file is taken")}
    taken = ["attribute_groups", "attributes", "attribute_options", "families", "family_variants", "categories"]
    taken += ["channels", "association_types", "product_models", "products"]
    assert left == set(plan.rows) - {f"{name}.csv" for name in taken}


def test_every_issue_is_of_a_known_kind(plan: Plan) -> None:
    kinds = {
        "no valid GTIN": 105,
        "there is no such file": 12,
        "its texts become fragments": 2,
        "a “<” that begins no element": 2,
        "is the SKU of each product": 1,
        "this column is not taken": 3,
        "markup left out": 3,
        "files are named by no cell": 1,
        "nothing of this file is taken": 7,
    }
    assert {words: reasons(plan, words) for words in kinds} == kinds
    assert len(plan.issues) == sum(kinds.values())


def test_pictures_are_found_or_reported(plan: Plan) -> None:
    named = {cell for name in ("products.csv", "product_models.csv") for row in rows(name) for cell in row.values()}
    named = {cell for cell in named if cell.startswith("files/")}
    there = {path.relative_to(FOLDER).as_posix() for path in (FOLDER / "files").rglob("*") if path.is_file()}
    assert {asset.path.relative_to(FOLDER.resolve()).as_posix() for asset in plan.assets} == named & there
    assert {issue.value for issue in plan.issues if issue.reason.startswith("there is no such file")} == named - there
    unused = next(issue.reason for issue in plan.issues if "named by no cell" in issue.reason)
    assert len(plan.assets) + int(unused.split()[0]) == len(there) == 366
    assert len({asset.code.lower() for asset in plan.assets}) == len(plan.assets)


def test_parents_are_found_whatever_their_case(plan: Plan, products: dict[str, dict[str, str]]) -> None:
    codes = {sku.lower(): sku for sku in products}
    assert {p.sku: p.parent for p in plan.products} == {
        sku: codes[row["parent"].lower()] if row["parent"] else "" for sku, row in products.items()
    }
    assert sum(1 for row in products.values() if row["parent"] and row["parent"] not in products) == 18
    order = {product.sku: number for number, product in enumerate(plan.products)}
    assert all(order[product.parent] < order[product.sku] for product in plan.products if product.parent)


def test_products_have_their_family_categories_and_status(plan: Plan, products: dict[str, dict[str, str]]) -> None:
    family_of = {row["code"]: row["family"] for row in rows("family_variants.csv")}
    for product in plan.products:
        row = products[product.sku]
        assert product.family == row.get("family", family_of.get(row.get("family_variant", ""), ""))
        assert product.family_variant == ("" if product.parent else row.get("family_variant", ""))
        assert list(product.categories) == [code for code in row["categories"].split(",") if code]
        assert product.status == "enabled"


def cells(row: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The filled cells that are facts."""
    for column, cell in row.items():
        if cell and column not in FIXED and column.split("-")[0] not in PROSE:
            yield column, cell


def told(plan: Plan, sku: str, cell: str, lines: dict[str, tuple[str, int]]) -> bool:
    return any((i.file, i.line) == lines[sku] and i.value == cell and "left out" in i.reason for i in plan.issues)


def place(column: str, values: Any) -> tuple[Any, str]:
    """What the plan has for a column, and the rest of the column's name."""
    code, *parts = column.split("-")
    language = LANGUAGES[parts.pop(0)] if parts and parts[0] in LANGUAGES else ""
    channel = parts.pop(0) if parts and parts[0] in ("ecommerce", "print", "mobile") else ""
    key = f"{language}@{channel}" if channel else language
    return values.get(code, {}).get(key), "-".join(parts)


def same(kind: str, part: str, cell: str, value: Any, codes: dict[Path, str]) -> bool:
    """Whether a value says what a cell says, white space aside."""
    if kind == "metric":
        return UNITS[cell] == value["unit"] if part else Decimal(value["amount"]) == Decimal(cell)
    if kind == "price_collection":
        return [Decimal(p["amount"]) for p in value if p["currency"] == part] == [Decimal(cell)]
    if kind == "number":
        return Decimal(value) == Decimal(cell)
    if kind == "boolean":
        return bool(value == (cell == "1"))
    if kind == "multiselect":
        return bool(value == cell.split(","))
    if kind in ("image", "file"):
        return bool(value == codes[FOLDER.resolve() / cell])
    return bool(value.split() == cell.replace("\\n", "\n").split())


def lines_of(name: str) -> dict[str, tuple[str, int]]:
    """The line each record starts on, counted by the line ends within its cells."""
    lines, line = {}, 1
    for record in csv.reader(io.StringIO((FOLDER / name).read_text(encoding="utf-8"), newline=""), delimiter=";"):
        lines[record[0]] = (name, line)
        line += 1 + sum(cell.count("\n") for cell in record)
    return lines


def test_every_filled_cell_is_a_value_or_an_issue(plan: Plan, products: dict[str, dict[str, str]]) -> None:
    kinds = {row["code"]: row["type"].removeprefix("pim_catalog_") for row in rows("attributes.csv")}
    lines = lines_of("products.csv") | lines_of("product_models.csv")
    codes = {asset.path: asset.code for asset in plan.assets}
    counts: Counter[str] = Counter()
    for product in plan.products:
        for column, cell in cells(products[product.sku]):
            value, part = place(column, product.values)
            if value is None:
                assert told(plan, product.sku, cell, lines), (product.sku, column, cell)
                counts["told"] += 1
            else:
                assert same(kinds[column.split("-")[0]], part, cell, value, codes), (product.sku, column, cell, value)
                counts["taken"] += 1
    filled = sum(1 for row in products.values() for _ in cells(row))
    assert counts == {"taken": filled - 12, "told": 12}


def test_no_product_has_a_value_that_no_cell_says(plan: Plan, products: dict[str, dict[str, str]]) -> None:
    for product in plan.products:
        said = {column.split("-")[0] for column, _ in cells(products[product.sku])}
        assert set(product.values) <= said


# --- Prose -----------------------------------------------------------------------------------------------------------


def words(markup: str) -> str:
    """Text without any markup and white space, by other means than the source's."""
    markup = re.sub(r"</?(b|br|i|li|ul|p|sup|span|img)\b[^<>]*>", "", markup, flags=re.IGNORECASE)
    return re.sub(r"[\s\u200b]+", "", html.unescape(markup))


@pytest.fixture(scope="module")
def spoken(plan: Plan) -> dict[tuple[str, str, str, str], list[str]]:
    """The texts of each product's document by (SKU, slot, channel, language)."""
    placed: dict[str, dict[str, FragmentRecord]] = defaultdict(dict)
    for fragment in plan.fragments:
        for placement in fragment.placements:
            placed[placement.product][fragment.code] = fragment
    parents = {product.sku: product.parent for product in plan.products}
    found = {}
    for sku in parents:
        line = [sku]
        while parents[line[-1]]:
            line.append(parents[line[-1]])
        fragments = {code: fragment for member in line for code, fragment in placed[member].items()}
        for channel in ("ecommerce", "print", "mobile"):
            for language in ("en", "de", "fr"):
                found[sku, "description", channel, language] = shown(
                    fragments.values(), line, "description", channel, language
                )
    return found


def descriptions(products: dict[str, dict[str, str]]) -> Iterator[tuple[tuple[str, str, str, str], str]]:
    for sku, row in products.items():
        for column, cell in row.items():
            code, *parts = column.split("-")
            if code in PROSE and cell:
                yield (sku, PROSE[code], parts[1], LANGUAGES[parts[0]]), cell


def test_every_document_says_what_its_cell_says_and_nothing_else(
    products: dict[str, dict[str, str]], spoken: dict[tuple[str, str, str, str], list[str]]
) -> None:
    said = dict(descriptions(products))
    assert len(said) == 1987
    for place_, cell in said.items():
        assert words("".join(spoken[place_])) == words(cell.replace("\\n", "\n")), place_
    assert [place_ for place_, texts in spoken.items() if texts and place_ not in said] == []


def test_plain_descriptions_are_told_paragraph_by_paragraph(
    products: dict[str, dict[str, str]], spoken: dict[tuple[str, str, str, str], list[str]]
) -> None:
    compared = 0
    for place_, cell in descriptions(products):
        if "<" in cell:
            continue
        expected = [words(part) for part in re.split(r"\n\s*\n", cell.replace("\\n", "\n")) if words(part)]
        told_ = [words(part) for text in spoken[place_] for part in re.findall(r"<p>(.*?)</p>", text, re.DOTALL)]
        assert told_ == expected, place_
        compared += 1
    assert compared > 900


def test_fragments_are_shared_and_placed_once(plan: Plan) -> None:
    placed = [(f.code, p.slot, p.product) for f in plan.fragments for p in f.placements]
    assert len(set(placed)) == len(placed)
    assert len({fragment.code for fragment in plan.fragments}) == len(plan.fragments)
    assert all(re.fullmatch("text-[0-9a-f]{16}", fragment.code) for fragment in plan.fragments)
    assert all(0 < len(title) <= 80 for fragment in plan.fragments for title in fragment.title.values())
    assert sum(1 for fragment in plan.fragments if len(fragment.placements) > 1) > 500


def test_two_readings_are_the_same(plan: Plan) -> None:
    assert plan == Akeneo().read(FOLDER)


@pytest.mark.skipif(not SMALL.is_dir(), reason="../shared/data/catalogs_small is absent; it is no part of the project")
def test_an_older_packed_export_is_read_too() -> None:
    plan = Akeneo().read(SMALL)
    assert len(plan.products) == plan.rows["products.csv.gz"] == 5000
    assert (len(plan.attributes), len(plan.families), len(plan.categories), len(plan.options)) == (101, 50, 400, 230)
    assert {issue.file for issue in plan.issues if issue.line} == {"attributes.csv"}
