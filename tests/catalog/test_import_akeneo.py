"""An Akeneo export becomes a plan; what cannot be taken is named with its place."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Mapping
from pathlib import Path

import pytest

from catalog.importing.plan import FamilyRecord, Refused, VariantLevel
from catalog.importing.sources.akeneo import Akeneo, tables
from catalog.importing.sources.akeneo.units import UNITS
from catalog.values.units import UNITS as OURS
from tests.catalog.akeneo_export import ATTRIBUTES, ROWS, File, attribute, issues, plan_of


def refusal(folder: Path, **files: File) -> str:
    with pytest.raises(Refused) as caught:
        plan_of(folder, **files)
    message = str(caught.value)
    assert "\n" not in message
    return message


# --- What is no export -----------------------------------------------------------------------------------------------


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="there is no such folder"):
        Akeneo().read(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["attributes", "families", "categories", "channels", "products"])
def test_a_missing_file_is_refused(tmp_path: Path, name: str) -> None:
    assert f"{name}.csv: the file is missing" in refusal(tmp_path, **{name: None})


@pytest.mark.parametrize(
    "name", ["attribute_groups", "attribute_options", "family_variants", "association_types", "product_models"]
)
def test_the_other_files_may_be_missing(tmp_path: Path, name: str) -> None:
    assert [item.sku for item in plan_of(tmp_path, **{name: None}).products] == ["A1"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "products.csv: the file is empty; it needs a line with the names of its columns"),
        (b"\xef\xbb\xbf\n", "products.csv: the file is empty; it needs a line with the names of its columns"),
        (
            b"sku;notes\nA1;x\nA2;\xe9t\xe9\n",
            "products.csv, line 3: not UTF-8 (byte 19); export it as UTF-8",
        ),
        (
            b"\xef\xbb\xbfsku\n\xed\xa0\x80\n",
            "products.csv, line 2: not UTF-8 (byte 8); export it as UTF-8",
        ),
        (b"sku\nA\x001\n", "products.csv, line 2: a NUL byte (byte 6); this is no text file in UTF-8"),
        (b"code;name\nA1;x\n", "products.csv, line 1: there is no column “sku”, the identifier"),
        (b"sku;notes\nA1;x\nA2\n", "products.csv, line 3: 1 cells, but the file has 2 columns"),
        (b"sku;notes\nA1;x;y\n", "products.csv, line 2: 3 cells, but the file has 2 columns"),
        (
            b'sku;notes\nA1;x\nA2;"cut',
            "products.csv, line 3: a quote is opened in this record and never closed; the file is cut off",
        ),
        (
            b'sku;notes\nA1;"x"y\n',
            "products.csv, line 2: text follows a closing quote; write a quote inside a cell twice",
        ),
        (
            b"sku;notes\nA1;" + b"x" * 1_000_001 + b"\n",
            "products.csv, line 2: a cell has more than 1,000,000 characters; perhaps a quote is opened and never "
            "closed",
        ),
        (b"sku;;notes\nA1;;x\n", "products.csv, line 1: column 2 has no name"),
        (b"sku;notes;NOTES\nA1;x;y\n", "products.csv, line 1: two columns are called “NOTES”"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else value[14:40],
)
def test_a_file_that_is_not_whole_is_refused_with_its_place(tmp_path: Path, content: bytes, message: str) -> None:
    assert refusal(tmp_path, products=content) == message


def test_missing_columns_are_named_and_another_separator_is_suspected(tmp_path: Path) -> None:
    assert refusal(tmp_path, families="label-en_US;x\n") == (
        "families.csv, line 1: there is no column “code”, “attributes”"
    )
    assert refusal(tmp_path, families="code,attributes\n").endswith("; columns are separated by “;”")


def test_an_export_without_identifier_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, attributes=ATTRIBUTES[1:]) == (
        "attributes.csv: no attribute has the type pim_catalog_identifier, so products have no SKU"
    )


def test_a_file_that_is_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    outside = tmp_path / "secret.csv"
    outside.write_text("sku\nA1\n")
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "products.csv").symlink_to(outside)
    message = refusal(folder, products=None)
    assert message == "products.csv: the file is a link that leads out of the folder"


def test_a_packed_file_is_read_and_a_broken_one_refused(tmp_path: Path) -> None:
    packed = tmp_path / "products.csv.gz"
    packed.write_bytes(gzip.compress(b"sku\nP1\n"))
    plan = plan_of(tmp_path, products=None)
    assert ([item.sku for item in plan.products], plan.rows["products.csv.gz"]) == (["P1"], 1)
    packed.write_bytes(gzip.compress(b"sku\nP1\n")[:-9])
    assert refusal(tmp_path, products=None).startswith("products.csv.gz: the file cannot be read")


def test_a_file_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_BYTES", 5)
    (tmp_path / "products.csv.gz").write_bytes(gzip.compress(b"sku\nP1\n"))
    with pytest.raises(Refused, match="more than 5 bytes"):
        tables.read_table(tmp_path / "products.csv.gz")


# --- Reading ---------------------------------------------------------------------------------------------------------


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    assert plan_of(tmp_path, products=b"\xef\xbb\xbfsku\nA1\n").products[0].sku == "A1"


def test_an_issue_names_the_line_its_record_starts_on(tmp_path: Path) -> None:
    products = 'sku;notes;released\nA1;"one\ntwo";never\n\nA2;"x\ny";soon\n'
    found = issues(plan_of(tmp_path, products=products))
    assert [text.split(": ")[0] for text in found] == [
        "products.csv, line 2, column released",
        "products.csv, line 5, column released",
    ]


def test_the_limit_for_cells_is_given_back(tmp_path: Path) -> None:
    usual = csv.field_size_limit(131_072)
    try:
        plan_of(tmp_path)
        refusal(tmp_path, products="sku\nA1;x\n")
        assert csv.field_size_limit() == 131_072
    finally:
        csv.field_size_limit(usual)


def test_rows_and_what_became_of_them_add_up(tmp_path: Path) -> None:
    (tmp_path / "jobs.yml").write_text("jobs:\n  one:\n")
    products: list[Mapping[str, str]] = [{"sku": "A1"}, {"sku": "a1"}, {"sku": "A 2"}, {"sku": ""}, {"sku": "B"}]
    plan = plan_of(tmp_path, products=products, currencies="code\nEUR\nUSD\n")
    assert plan.rows == {
        **{f"{name}.csv": len(rows) for name, rows in ROWS.items()},
        "products.csv": 5,
        "currencies.csv": 2,
        "jobs.yml": 2,
    }
    assert [item.sku for item in plan.products] == ["A1", "B"]
    assert len(issues(plan, "the row is left out")) == 3
    assert issues(plan, "nothing of this file is taken") == [
        "currencies.csv: nothing of this file is taken (2 rows)",
        "jobs.yml: nothing of this file is taken (2 rows)",
    ]
    assert len(plan.attributes) + len(plan.slots) + 1 == plan.rows["attributes.csv"]


def test_columns_that_are_not_taken_are_one_issue_each(tmp_path: Path) -> None:
    attributes = [attribute("sku", "identifier", unique="1", date_min="")] + [
        attribute(f"a{n}", "text", unique=str(n % 2), date_min="") for n in range(4)
    ]
    plan = plan_of(
        tmp_path,
        attributes=attributes,
        families="code;attributes\n",
        family_variants=None,
        attribute_options=None,
        products="sku\nA1\n",
    )
    assert issues(plan) == ["attributes.csv, column unique: this column is not taken (3 filled cells)"]


# --- Schema ----------------------------------------------------------------------------------------------------------


def test_each_type_has_its_counterpart(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    assert {a.code: a.type for a in plan.attributes} == {
        "name": "text",
        "notes": "longtext",
        "watts": "number",
        "weight": "measurement",
        "quiet": "boolean",
        "color": "select",
        "uses": "multiselect",
        "released": "date",
        "price": "price",
        "picture": "asset",
        "ean": "text",
        "brand": "select",
    }
    assert {a.code: a.role for a in plan.attributes if a.role} == {"ean": "gtin", "brand": "brand", "price": "price"}
    assert {a.code for a in plan.attributes if a.localizable} == {"name"}
    assert {a.code for a in plan.attributes if a.per_channel} == {"quiet"}
    assert {a.code for a in plan.attributes if a.filterable} == {"watts"}
    assert {a.code: dict(a.settings) for a in plan.attributes if a.settings} == {
        "watts": {"min": "1", "max": "2000", "decimals": 0},
        "weight": {"unit_family": "mass", "unit": "kg"},
    }


def test_an_unknown_type_a_second_identifier_and_an_unknown_group_are_issues(tmp_path: Path) -> None:
    odd = [attribute("x", "teleport"), attribute("id2", "identifier"), attribute("y", "text", group="nowhere")]
    plan = plan_of(tmp_path, attributes=[*ATTRIBUTES, *odd])
    assert issues(plan) == [
        "attributes.csv, line 17, column type: “pim_catalog_teleport”: no such attribute type is known; the attribute "
        "is left out",
        "attributes.csv, line 18, column type: “pim_catalog_identifier”: “sku” is the identifier already; the "
        "attribute is left out",
        "attributes.csv, line 19, column group: “nowhere”: there is no such group; the attribute is put into “other”",
    ]
    assert [(a.code, a.group) for a in plan.attributes][-1] == ("y", "other")
    assert [group.code for group in plan.groups] == ["main", "other"]


def test_only_the_first_attribute_has_a_role(tmp_path: Path) -> None:
    more = [attribute("gtin", "text"), attribute("old_price", "price_collection")]
    roles = {a.code: a.role for a in plan_of(tmp_path, attributes=[*ATTRIBUTES, *more]).attributes}
    assert (roles["ean"], roles["gtin"], roles["price"], roles["old_price"]) == ("gtin", "", "price", "")


def test_every_name_of_a_unit_leads_to_one_of_ours() -> None:
    assert set(UNITS.values()) <= set(OURS)
    assert len(set(UNITS.values())) == len(UNITS)


def test_an_unknown_usual_unit_is_an_issue(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, attributes=[*ATTRIBUTES, attribute("glow", "metric", default_metric_unit="CANDELA")])
    assert issues(plan) == [
        "attributes.csv, line 17, column default_metric_unit: “CANDELA”: no such unit is known; the attribute has no "
        "usual unit"
    ]


def test_a_limit_that_is_no_number_and_a_position_that_is_none_are_issues(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, attributes=[*ATTRIBUTES, attribute("n", "number", number_min="few", sort_order="-1")])
    assert [text.split(": ", 1)[0] for text in issues(plan)] == [
        "attributes.csv, line 17, column number_min",
        "attributes.csv, line 17, column sort_order",
    ]


def test_the_first_locale_of_a_language_wins_and_other_languages_are_one_issue_per_column(tmp_path: Path) -> None:
    categories = [
        {"code": f"c{n}", "parent": "", "label-en_GB": "Colour", "label-en_US": "Color", "label-ja_JP": "色"}
        for n in range(3)
    ]
    plan = plan_of(tmp_path, categories=[*ROWS["categories"], *categories])
    assert plan.categories[1].label == {"en": "Color"}
    assert issues(plan) == [
        "categories.csv, column label-en_GB: the texts of this language are those of en_US; 3 labels are left out",
        "categories.csv, column label-ja_JP: ja_JP is none of the languages en, it, ro, de, fr, es; 3 labels are left "
        "out",
    ]


def test_a_label_that_cannot_be_stored_is_an_issue(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, categories=[{"code": "master", "parent": "", "label-en_US": "x" * 201}])
    assert plan.categories[0].label == {}
    assert len(issues(plan, "the label is left out")) == 1


def test_options_belong_to_an_attribute_that_has_options(tmp_path: Path) -> None:
    options = [
        {"attribute": name, "code": code} for name, code in (("COLOR", "a"), ("color", "A"), ("x", "b"), ("name", "c"))
    ]
    plan = plan_of(tmp_path, attribute_options=options)
    assert [(option.attribute, option.code) for option in plan.options] == [("color", "a")]
    assert len(issues(plan, "is left out")) == 3


def test_a_family_lists_its_facts_and_what_channels_require(tmp_path: Path) -> None:
    assert plan_of(tmp_path).families == [
        FamilyRecord(
            "machines",
            {"en": "Machines"},
            attributes=("weight", "name", "color", "picture"),
            label_attribute="name",
            image_attribute="picture",
            requirements={"web": ("name",), "print": ("color",)},
        )
    ]


def test_a_family_with_what_is_not_there_is_taken_without_it(tmp_path: Path) -> None:
    family = {
        **ROWS["families"][0],
        "attributes": "NAME,ghost,name",
        "attribute_as_image": "name",
        "requirements-web": "name,color",
        "requirements-tv": "name",
    }
    plan = plan_of(tmp_path, families=[family], family_variants=None)
    assert plan.families[0].attributes == ("name",)
    assert plan.families[0].image_attribute == ""
    assert plan.families[0].requirements == {"web": ("name",), "print": ()}
    assert [text.split(": ")[-1] for text in issues(plan)] == [
        "there is no channel “tv”; 1 requirements are left out",
        "there is no attribute “ghost”; it is left out",
        "this attribute holds no pictures; it is left out",
        "the family has no such attribute to require; it is left out",
        "the family has no such attribute to require; it is left out",
    ]


def test_an_axis_is_not_named_again_among_the_attributes_of_its_level(tmp_path: Path) -> None:
    assert plan_of(tmp_path).family_variants[0].levels == (VariantLevel(("color",), ("weight",)),)


def test_a_family_variant_has_any_number_of_levels(tmp_path: Path) -> None:
    variant = {"code": "v", "family": "MACHINES", "variant-axes_1": "color,brand", "variant-attributes_1": "name"}
    levels = {"variant-axes_2": "uses", "variant-attributes_2": "weight,name", "variant-axes_3": "quiet"}
    plan = plan_of(tmp_path, family_variants=[{**variant, **levels}, {"code": "w", "family": "ghost"}])
    assert plan.family_variants[0].levels == (
        VariantLevel(("color", "brand"), ("name",)),
        VariantLevel(("uses",), ("weight",)),
        VariantLevel(("quiet",)),
    )
    assert [text.split(": ", 1)[1] for text in issues(plan)] == [
        "“name”: the attribute lives at a level above; it is left out here",
        "“ghost”: there is no such family; the row is left out",
    ]


def test_what_stands_below_a_level_without_axes_is_an_issue(tmp_path: Path) -> None:
    row = {**ROWS["family_variants"][0], "variant-axes_2": "", "variant-attributes_2": "name"}
    plan = plan_of(tmp_path, family_variants=[row])
    assert len(plan.family_variants[0].levels) == 1
    assert len(issues(plan, "level 2 has no axes")) == 1
