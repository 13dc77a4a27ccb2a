"""Cells of an Akeneo export become values; what is refused is named and not taken."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from catalog.importing.plan import AssetRecord
from catalog.importing.sources.akeneo.media import asset_code
from tests.catalog.akeneo_export import ATTRIBUTES, attribute, issues, plan_of

OPTIONS = [
    {"attribute": "color", "code": "Red"},
    {"attribute": "uses", "code": "home"},
    {"attribute": "uses", "code": "bar"},
]


def product(folder: Path, cells: Mapping[str, str]) -> tuple[Mapping[str, Any], list[str]]:
    """The values of one product with these cells, and the issues after the file and line."""
    plan = plan_of(folder, products=[{"sku": "A1", **cells}])
    return plan.products[0].values, [text.removeprefix("products.csv, line 2, ") for text in issues(plan)]


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        ({"name-en_US": "Tea", "name-de_DE": "Tee"}, {"name": {"en": "Tea", "de": "Tee"}}),
        ({"NAME-EN_us": "Tea"}, {"name": {"en": "Tea"}}),
        ({"quiet-web": "1", "quiet-PRINT": "0"}, {"quiet": {"@web": True, "@print": False}}),
        ({"notes": r"one\ntwo"}, {"notes": {"": "one\ntwo"}}),
        ({"name-en_US": r" one\n two "}, {"name": {"en": "one two"}}),
        ({"notes": "=HYPERLINK(1)"}, {"notes": {"": "=HYPERLINK(1)"}}),
        ({"watts": "0900.0"}, {"watts": {"": "900"}}),
        ({"weight": "1.50", "weight-unit": "GRAM"}, {"weight": {"": {"amount": "1.5", "unit": "g"}}}),
        ({"weight": "2"}, {"weight": {"": {"amount": "2", "unit": "kg"}}}),
        ({"color": "rED"}, {"color": {"": "Red"}}),
        ({"uses": "BAR, home,bar"}, {"uses": {"": ["bar", "home"]}}),
        ({"released": "2012-04-20"}, {"released": {"": "2012-04-20"}}),
        (
            {"price-usd": "9", "price-EUR": "8.505"},
            {"price": {"": [{"amount": "8.505", "currency": "EUR"}, {"amount": "9.00", "currency": "USD"}]}},
        ),
        ({"ean": "4006381333931"}, {"ean": {"": "4006381333931"}}),
        ({"name-en_US": "", "watts": "", "weight": "", "weight-unit": "", "price-EUR": ""}, {}),
    ],
    ids=lambda value: next(iter(value), None),
)
def test_a_cell_becomes_a_normalised_value(tmp_path: Path, cells: Mapping[str, str], values: Mapping[str, Any]) -> None:
    assert product(tmp_path, cells) == (values, [])


@pytest.mark.parametrize(
    ("cells", "values", "issue"),
    [
        ({"watts": "many"}, {}, "column watts: “many”: “many” is no number; the value is left out"),
        ({"color": "blue"}, {}, "column color: “blue”: “blue” is no option of “color”; the value is left out"),
        (
            {"uses": "bar,moon"},
            {"uses": {"": ["bar"]}},
            "column uses: “moon”: “moon” is no option of “uses”; the value is left out",
        ),
        (
            {"weight": "2", "weight-unit": "STONE"},
            {},
            "column weight-unit: “STONE”: no such unit is known; the value is left out",
        ),
        (
            {"weight": "2", "weight-unit": "METER"},
            {},
            "column weight: “2”: “m” is no unit of “weight”; there are µg, mg, gr, ct, g, oz, lb, "
            "kg, st, t; the value is left out",
        ),
        (
            {"weight": "", "weight-unit": "GRAM"},
            {},
            "column weight: “GRAM”: a unit without an amount; the value is left out",
        ),
        (
            {"price-EUR": "8", "price-USD": "dear"},
            {"price": {"": [{"amount": "8.00", "currency": "EUR"}]}},
            "column price-USD: “dear”: “dear” is no number; the value is left out",
        ),
        (
            {"ean": "1234567890183"},
            {"ean": {"": "1234567890183"}},
            "column ean: “1234567890183”: no valid GTIN (its length or check digit is wrong); it is taken as it stands",
        ),
        (
            {"notes": "a\x07b"},
            {},
            "column notes: “a\x07b”: character U+0007 at position 2 cannot be stored; the value is left out",
        ),
        (
            {"notes": " "},
            {},
            "column notes: “ ”: a text with nothing in it; leave the value out instead; the value is left out",
        ),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else None,
)
def test_a_cell_that_cannot_be_taken_is_an_issue(
    tmp_path: Path, cells: Mapping[str, str], values: Mapping[str, Any], issue: str
) -> None:
    assert product(tmp_path, cells) == (values, [issue])


def test_a_cell_of_a_megabyte_is_read_refused_and_shown_in_short(tmp_path: Path) -> None:
    values, found = product(tmp_path, {"notes": "x" * 1_000_000, "watts": "5"})
    assert values == {"watts": {"": "5"}}
    assert len(found) == 1
    assert len(found[0]) < 250


@pytest.mark.parametrize(
    ("column", "why"),
    [
        ("ghost", "this is no attribute that was taken"),
        ("watts-en_US", "the attribute does not vary by “en_US”"),
        ("name", "the attribute has a value per language"),
        ("name-ja_JP", "ja_JP is none of the languages en, it, ro, de, fr, es"),
        ("name-en_GB", "the texts of this language are those of en_US"),
        ("name-en_US-web", "the attribute does not vary by “web”"),
        ("quiet", "the attribute has a value per channel"),
        ("quiet-tv", "there is no channel “tv”"),
        ("price", "a price's column ends with its currency, such as price-EUR"),
        ("description-en_US", "the attribute has a value per channel"),
    ],
)
def test_a_column_that_means_nothing_is_one_issue_with_its_count(tmp_path: Path, column: str, why: str) -> None:
    plan = plan_of(tmp_path, products=[{"sku": "A1", column: "1"}, {"sku": "A2", column: "2"}, {"sku": "A3"}])
    assert issues(plan) == [f"products.csv, column {column}: {why}; the column is left out (2 filled cells)"]
    assert [dict(item.values) for item in plan.products] == [{}, {}, {}]


def test_an_unknown_column_without_cells_loses_nothing(tmp_path: Path) -> None:
    assert issues(plan_of(tmp_path, products=[{"sku": "A1", "ghost": "", "groups": ""}])) == []


def test_groups_of_products_are_one_issue(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, products=[{"sku": "A1", "groups": "sale"}])
    assert issues(plan) == ["products.csv, column groups: groups of products are not taken (1 filled cells)"]


def test_prices_and_measurements_vary_like_any_value(tmp_path: Path) -> None:
    more = [
        attribute("fee", "price_collection", localizable="1", scopable="1"),
        attribute("size", "metric", localizable="1", default_metric_unit="METER"),
    ]
    row = {"sku": "A1", "fee-de_DE-web-EUR": "1", "size-de_DE": "2", "size-de_DE-unit": "INCH"}
    plan = plan_of(tmp_path, attributes=[*ATTRIBUTES, *more], products=[row])
    assert plan.products[0].values == {
        "fee": {"de@web": [{"amount": "1.00", "currency": "EUR"}]},
        "size": {"de": {"amount": "2", "unit": "in"}},
    }


def test_a_value_outside_the_family_is_taken(tmp_path: Path) -> None:
    values, found = product(tmp_path, {"family": "machines", "watts": "5"})
    assert (values, found) == ({"watts": {"": "5"}}, [])


def test_a_limit_that_the_export_breaks_is_left_out_and_the_value_taken(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, products=[{"sku": "A", "watts": "9000"}, {"sku": "B", "watts": "9001"}])
    assert [item.values["watts"] for item in plan.products] == [{"": "9000"}, {"": "9001"}]
    assert [dict(a.settings) for a in plan.attributes if a.code == "watts"] == [{"min": "1", "decimals": 0}]
    assert issues(plan) == [
        "products.csv, line 2, column watts: “9000”: 9000 is above the most allowed, 2000; the value is taken and the "
        "attribute's limit max left out"
    ]


def test_a_text_longer_than_its_attribute_allows_is_taken(tmp_path: Path) -> None:
    motto = attribute("motto", "text", max_characters="3")
    plan = plan_of(tmp_path, attributes=[*ATTRIBUTES, motto], products=[{"sku": "A", "motto": "long"}])
    assert plan.products[0].values == {"motto": {"": "long"}}
    assert len(issues(plan, "the attribute's limit max_length left out")) == 1


# --- Files -----------------------------------------------------------------------------------------------------------


def test_a_picture_is_an_asset_however_often_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "files/1").mkdir(parents=True)
    (tmp_path / "files/1/a b.jpg").write_bytes(b"x")
    (tmp_path / "files/2.jpg").write_bytes(b"y")
    names = ["files/2.jpg", "files/1/a b.jpg", "./files//2.jpg"]
    products = [{"sku": f"A{number}", "picture": name} for number, name in enumerate(names)]
    plan = plan_of(tmp_path, products=products)
    code = asset_code(PurePosixPath("files/1/a b.jpg"))
    assert plan.assets == [
        AssetRecord("2.jpg", tmp_path / "files/2.jpg"),
        AssetRecord(code, tmp_path / "files/1/a b.jpg"),
    ]
    assert [item.values["picture"][""] for item in plan.products] == ["2.jpg", code, "2.jpg"]
    assert issues(plan) == []


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("files/none.jpg", "there is no such file"),
        ("files", "there is no such file"),
        ("../secret.txt", "the path leaves the folder; the file is not read"),
        ("files/../../secret.txt", "the path leaves the folder; the file is not read"),
        ("/etc/passwd", "the path leaves the folder; the file is not read"),
        (r"..\secret.txt", "the path leaves the folder; the file is not read"),
        ("C:/secret.txt", "the path leaves the folder; the file is not read"),
        ("files/link.jpg", "the path leaves the folder by a link; the file is not read"),
        ("files/dir/secret.txt", "the path leaves the folder by a link; the file is not read"),
        ("files/" + "x" * 5000, "there can be no file with this name"),
    ],
)
def test_a_path_that_is_no_file_of_the_folder_is_an_issue(tmp_path: Path, path: str, why: str) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    folder = tmp_path / "export"
    (folder / "files").mkdir(parents=True)
    (folder / "files/link.jpg").symlink_to(tmp_path / "secret.txt")
    (folder / "files/dir").symlink_to(tmp_path)
    plan = plan_of(folder, products=[{"sku": "A1", "picture": path}])
    assert (plan.assets, plan.products[0].values) == ([], {})
    assert [issue.reason for issue in plan.issues if issue.column == "picture"] == [f"{why}; the value is left out"]


def test_files_that_no_cell_names_are_one_issue(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / "files" / name).write_bytes(b"x")
    assert issues(plan_of(tmp_path)) == ["files: “a.jpg, b.jpg”: 2 files are named by no cell and are left out"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("files/1/image/a.jpg", "1--image--a.jpg"),
        ("a.jpg", "a.jpg"),
        ("files/a--b.jpg", "a--b.jpg-530835c51f92"),
        ("files/é.jpg", "jpg-"),
        ("files/" + "x" * 300, "x" * 187 + "-"),
    ],
)
def test_the_code_of_an_asset_comes_of_its_path_alone(path: str, code: str) -> None:
    made = asset_code(PurePosixPath(path))
    assert made.startswith(code)
    assert len(made) <= 200


def test_two_paths_never_share_a_code(tmp_path: Path) -> None:
    for name in ("a", "A"):
        (tmp_path / "files" / name).mkdir(parents=True)
    names = ["files/a/b.jpg", "files/A/b.jpg", "files/A--b.jpg", "files/a--B.jpg", "files/x.jpg", "x.jpg"]
    for name in names:
        (tmp_path / name).write_bytes(name.encode())
    products = [{"sku": f"A{number}", "picture": name} for number, name in enumerate(names)]
    codes = [asset.code.lower() for asset in plan_of(tmp_path, products=products).assets]
    assert len(set(codes)) == len(names)
