"""Categories, channels and the tree of products of an Akeneo export."""

from __future__ import annotations

from pathlib import Path

from catalog.importing.plan import ChannelRecord, Plan, ProductRecord
from catalog.importing.sources.akeneo.outlets import parents_first
from tests.catalog.akeneo_export import ROWS, issues, plan_of

# --- Categories, channels, associations ------------------------------------------------------------------------------


def test_parents_stand_before_their_children_whatever_the_order(tmp_path: Path) -> None:
    rows = [("leaf", "Branch"), ("branch", "master"), ("second", "master"), ("master", ""), ("lost", "ghost")]
    plan = plan_of(tmp_path, categories=[{"code": code, "parent": parent} for code, parent in rows])
    assert [(category.code, category.parent) for category in plan.categories] == [
        ("master", ""),
        ("lost", ""),
        ("branch", "master"),
        ("second", "master"),
        ("leaf", "branch"),
    ]
    assert issues(plan) == [
        "categories.csv, line 6, column parent: “ghost”: there is no category “ghost”; it is left out"
    ]


def test_a_circle_of_categories_is_cut_at_its_first(tmp_path: Path) -> None:
    rows = [("master", ""), ("tail", "b"), ("a", "c"), ("b", "a"), ("c", "b"), ("self", "self")]
    plan = plan_of(tmp_path, categories=[{"code": code, "parent": parent} for code, parent in rows])
    assert {c.code: c.parent for c in plan.categories} == {
        "master": "", "a": "", "b": "a", "c": "b", "tail": "b", "self": "",
    }  # fmt: skip
    assert len(issues(plan, "is its own ancestor")) == 2


def test_a_very_deep_tree_is_put_in_order() -> None:
    deep = {str(number): str(number + 1) for number in range(20_000)} | {"20000": ""}
    order, cut = parents_first(deep)
    assert (order[0], order[-1], cut) == ("20000", "0", set())


def test_channels_have_medium_languages_currencies_and_tree(tmp_path: Path) -> None:
    channels = [
        *ROWS["channels"],
        {"code": "mobile", "locales": "en_GB,ja_JP,de_DE", "currencies": "EUR,euro", "tree": "ghost"},
    ]
    plan = plan_of(tmp_path, channels=channels)
    assert plan.channels == [
        ChannelRecord(
            "web",
            {"en": "Web"},
            languages=(("en", ""), ("de", "")),
            tree="master",
            currencies=("EUR", "USD"),
            public=True,
        ),
        ChannelRecord(
            "print",
            {"en": "Print"},
            medium="print",
            languages=(("en", ""),),
            tree="master",
            currencies=("EUR",),
            public=True,
        ),
        ChannelRecord(
            "mobile", {"en": "mobile"}, medium="app", languages=(("de", ""),), currencies=("EUR",), public=True
        ),
    ]
    assert [issue.value for issue in plan.issues if issue.file == "channels.csv"] == ["en_GB", "ja_JP", "ghost", "euro"]


def test_associations_point_to_products_that_are_there(tmp_path: Path) -> None:
    products = [
        {"sku": "A", "X_SELL-products": "b,B,ghost,a", "X_SELL-product_models": "M", "X_SELL-groups": "sale"},
        {"sku": "B"},
    ]
    plan = plan_of(tmp_path, products=products, product_models=[{"code": "m", "family_variant": "by_color"}])
    by_sku = {item.sku: item for item in plan.products}
    assert by_sku["A"].associations == (("X_SELL", "B", 1), ("X_SELL", "m", 1))
    assert [text.split(": ")[-1] for text in issues(plan)] == [
        "associations with groups are not taken; the column is left out (1 filled cells)",
        "there is no product “ghost”; it is left out",
        "a product cannot point to itself; it is left out",
    ]


# --- Products --------------------------------------------------------------------------------------------------------


def tree(folder: Path, products: list[dict[str, str]], models: list[dict[str, str]]) -> Plan:
    return plan_of(folder, products=products, product_models=models)


def test_models_and_products_form_a_tree(tmp_path: Path) -> None:
    models = [
        {"code": "sub", "family_variant": "by_color", "parent": "ROOT", "categories": "MASTER"},
        {"code": "Root", "family_variant": "By_Color", "parent": "", "categories": "master,master"},
    ]
    products = [
        {"sku": "V1", "family": "Machines", "parent": "SUB", "enabled": "0", "categories": ""},
        {"sku": "V2", "family": "", "parent": "sub", "enabled": "1", "categories": "ghost,master"},
    ]
    plan = tree(tmp_path, products, models)
    assert plan.products == [
        ProductRecord("Root", "machines", "by_color", categories=("master",)),
        ProductRecord("sub", "machines", parent="Root", categories=("master",)),
        ProductRecord("V1", "machines", parent="sub", status="disabled"),
        ProductRecord("V2", "machines", parent="sub", categories=("master",)),
    ]
    assert issues(plan) == [
        "products.csv, line 3, column categories: “ghost”: there is no category “ghost”; it is left out"
    ]


def test_what_a_product_cannot_belong_to_is_left_out(tmp_path: Path) -> None:
    products = [{"sku": "P", "family": "ghost", "parent": "ghost", "enabled": "maybe"}, {"sku": "Q", "parent": "P"}]
    plan = plan_of(tmp_path, products=products)
    assert plan.products == [ProductRecord("P", status="disabled"), ProductRecord("Q")]
    assert [(issue.line, issue.column, issue.value) for issue in plan.issues if issue.file == "products.csv"] == [
        (2, "parent", "ghost"),
        (3, "parent", "P"),
        (2, "family", "ghost"),
        (2, "enabled", "maybe"),
    ]


def test_a_variant_has_the_family_of_its_parent_and_the_root_says_how_it_splits(tmp_path: Path) -> None:
    other = {"code": "other", "attributes": "name"}
    plan = plan_of(
        tmp_path,
        families=[*ROWS["families"], other],
        family_variants=[*ROWS["family_variants"], {"code": "alt", "family": "other", "variant-axes_1": "color"}],
        product_models=[
            {"code": "root", "family_variant": "by_color"},
            {"code": "sub", "family_variant": "alt", "parent": "root"},
            {"code": "lost", "family_variant": "ghost"},
        ],
        products=[{"sku": "V", "family": "other", "parent": "root"}],
    )
    assert {item.sku: (item.family, item.family_variant) for item in plan.products} == {
        "root": ("machines", "by_color"),
        "lost": ("", ""),
        "sub": ("machines", ""),
        "V": ("machines", ""),
    }
    assert len(issues(plan, "a variant has its parent's family, “machines”")) == 2
    assert len(issues(plan, "the root says “by_color”, which counts")) == 1
    assert len(issues(plan, "there is no family variant “ghost”")) == 1


def test_models_in_a_circle_are_cut(tmp_path: Path) -> None:
    models = [
        {"code": code, "family_variant": "by_color", "parent": parent} for code, parent in (("a", "b"), ("b", "a"))
    ]
    plan = tree(tmp_path, [{"sku": "V", "parent": "b"}], models)
    assert [(item.sku, item.parent) for item in plan.products] == [("a", ""), ("b", "a"), ("V", "b")]


def test_a_product_cannot_have_the_code_of_a_model(tmp_path: Path) -> None:
    plan = tree(tmp_path, [{"sku": "ROOT"}], [{"code": "root", "family_variant": "by_color"}])
    assert [item.sku for item in plan.products] == ["root"]
    assert len(issues(plan, "there is one with this code already")) == 1
