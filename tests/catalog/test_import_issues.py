"""What cannot be taken is reported, and the rest is taken."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from catalog.importing.plan import (
    AttributeRecord,
    ChannelRecord,
    FamilyRecord,
    FragmentRecord,
    GroupRecord,
    MarketRecord,
    OptionRecord,
    PlacementRecord,
    Plan,
    ProductRecord,
)
from catalog.importing.report import Counts
from catalog.models import (
    Channel,
    Fragment,
    Market,
    Product,
)
from catalog.operations.assets import ALLOWED
from tests.catalog.import_plans import reasons, run, small_plan

pytestmark = pytest.mark.django_db


def test_unknown_references_are_reported_and_the_rest_is_taken(tmp_path: Path) -> None:
    plan = small_plan(tmp_path)
    run(plan)
    report = run(
        Plan(
            "test",
            attributes=[AttributeRecord("a", "text", "no-group"), AttributeRecord("name", "text", "no-group")],
            families=[FamilyRecord("f", attributes=("name", "no-attribute"), requirements={"shop": ("color",)})],
            channels=[ChannelRecord("c", tree="no-tree", families=("no-family",), selection="no-attribute = x")],
            products=[
                ProductRecord(
                    "P",
                    "no-family",
                    parent="no-parent",
                    categories=("no-category", "all"),
                    values={
                        "no-attribute": {"": "x"},
                        "manual": {"": "no-asset"},
                        "successor": {"": "no-product"},
                        "name": {"en": "P", "@no-channel": "x"},
                    },
                    assets=(("main", "no-asset"),),
                    associations=(("no-type", "LIRA", 1), ("accessory", "no-product", 1)),
                )
            ],
            fragments=[
                FragmentRecord(
                    "t",
                    {},
                    {"en": "x"},
                    placements=(PlacementRecord("no-slot", product="LIRA"), PlacementRecord("feature", family="no")),
                    tags=("topic:no-tag",),
                    channels=("no-channel",),
                )
            ],
        )
    )

    assert reasons(report) == [
        "attributes a.group no-group: there is no attribute group of this code; it is left out.",
        "attributes name.group no-group: there is no attribute group of this code; it is left out.",
        "channels c.selection no-attribute: there is no attribute of this code. "
        "Until this is mended, the channel releases nothing.",
        "channels c.tree no-tree: there is no category of this code; it is left out.",
        "products P.family no-family: there is no family of this code; it is left out.",
        "products P.parent no-parent: there is no product of this code; it is left out.",
        "products P.values no-attribute: there is no attribute of this code; it is left out.",
        "products P.manual no-asset: there is no asset of this code; it is left out.",
        "products P.successor no-product: there is no product of this code; it is left out.",
        "products P.name no-channel: there is no channel of this code; it is left out.",
        "families f.attributes no-attribute: there is no attribute of this code; it is left out.",
        "families f.requirements.shop color: the family has no such attribute.",
        "channels c.families no-family: there is no family of this code; it is left out.",
        "products P.categories no-category: there is no category of this code; it is left out.",
        "products P.assets.main no-asset: there is no asset of this code; it is left out.",
        "products P.associations no-type: there is no association type of this code; it is left out.",
        "products P.associations.accessory no-product: there is no product of this code; it is left out.",
        "fragments t.tags topic:no-tag: there is no tag of this code; it is left out.",
        "fragments t.channels no-channel: there is no channel of this code; it is left out.",
        "fragments t.placements.slot no-slot: there is no slot of this code; it is left out.",
        "fragments t.placements.family no: there is no family of this code; it is left out.",
    ]
    assert report.kinds["attributes"] == Counts(updated=1, left_out=1)
    product = Product.objects.get(sku="P")
    assert product.values == {"name": {"en": "P"}}
    assert [category.code for category in product.categories.all()] == ["all"]


def test_wrong_codes_and_texts_are_reported_and_left_out() -> None:
    report = run(
        Plan(
            "test",
            groups=[GroupRecord("has space"), GroupRecord("long", {"en": "x" * 201, "de": "gut", "sv": "bra"})],
            markets=[MarketRecord("it", "Euro"), MarketRecord("de", "eur")],
            fragments=[FragmentRecord("f", {}, {"en": "{{ price }}", "it": "nul\0"}, rich=False)],
        )
    )

    assert reasons(report) == [
        "groups has space.code has space: A code starts with a letter or digit and has only letters, digits, “_”, “-” "
        "and “.”. It is left out.",
        f"groups long.label_en {'x' * 201}: 201 characters are too many; at most 200 are allowed; it is left out.",
        "markets it.currency Euro: 4 characters are too many; at most 3 are allowed; it is left out.",
        "markets de.currency eur: Three capital letters (ISO 4217), such as EUR. It is left out.",
        "fragments f.body_en {{ price }}: “{{ price }}” is no reference; write {{ fact:CODE }} or {{ fragment:CODE }}; "
        "it is left out.",
        "fragments f.body_it nul\0: character U+0000 at position 4 cannot be stored; it is left out.",
        "fragments f.body : without a text it cannot be approved; it stays as it is.",
        "groups sv : 1 texts in this language are left out; there are en, it, ro, de, fr, es.",
    ]
    assert report.total == Counts(created=2, left_out=3)
    assert Fragment.objects.get().state == "draft"


def test_a_wrong_value_leaves_what_is_there() -> None:
    run(Plan("test", markets=[MarketRecord("it", "EUR", {"en": "Italy"})]))

    report = run(Plan("test", markets=[MarketRecord("it", "eur", {"en": "Italy"})]))

    assert reasons(report) == [
        "markets it.currency eur: Three capital letters (ISO 4217), such as EUR. It is left out."
    ]
    assert report.kinds["markets"] == Counts(unchanged=1)
    assert Market.objects.get().currency == "EUR"


def test_wrong_links_are_reported_and_the_others_are_made(tmp_path: Path) -> None:
    plan = small_plan(tmp_path, 1)
    plan.channels[0] = replace(plan.channels[0], languages=(("it", "it"), ("sv", ""), ("en", "")))
    plan.products[1] = replace(
        plan.products[1],
        assets=(("my role", "lira-front"), ("main", "lira-front"), ("MAIN", "lira-front")),
        associations=(("accessory", "LIRA-0", 1), ("accessory", "LIRA", 0)),
    )
    plan.fragments[0] = replace(
        plan.fragments[0], placements=(PlacementRecord("feature", product="LIRA", family="machines"),)
    )

    report = run(plan)

    assert reasons(report) == [
        "channels shop.languages it: a language cannot stand in for itself; it has none.",
        "channels shop.languages sv : Value 'sv' is not a valid choice. It is left out.",
        "products LIRA-0.assets lira-front my role: A code starts with a letter or digit and has only letters, digits, "
        "“_”, “-” and “.”. It is left out.",
        "products LIRA-0.associations.accessory LIRA-0: a product cannot point to itself; it is left out.",
        "products LIRA-0.associations.accessory LIRA 0: a quantity is at least 1; it is left out.",
        "fragments text-0.placements LIRA machines: a placement is on one thing; it is left out.",
    ]
    assert Channel.objects.get().chains() == {"it": ("it",), "en": ("en",)}
    assert [link.role for link in Product.objects.get(sku="LIRA-0").product_assets.all()] == ["main"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (
            b"no picture",
            f"The file is damaged or of another format than those allowed: {ALLOWED}; it is left out",
        ),
        (None, "the file cannot be read: No such file or directory; it is left out"),
    ],
)
def test_a_damaged_or_missing_file_is_reported_with_all_that_points_to_it(
    tmp_path: Path, content: bytes | None, reason: str
) -> None:
    plan = small_plan(tmp_path, 1)
    (tmp_path / "lira.jpg").unlink()
    if content is not None:
        (tmp_path / "lira.jpg").write_bytes(content)

    report = run(plan)

    assert reasons(report) == [
        f"assets lira-front.file lira.jpg: {reason}, with what points to it.",
        "products LIRA-0.manual lira-front: there is no asset of this code; it is left out.",
        "products LIRA-0.assets.main lira-front: there is no asset of this code; it is left out.",
    ]
    assert report.kinds["assets"] == Counts(left_out=1)
    assert report.kinds["products"] == Counts(created=2)


def test_a_variant_has_its_parents_family(tmp_path: Path) -> None:
    plan = small_plan(tmp_path)
    plan.families.append(FamilyRecord("other"))
    plan.products[1] = replace(plan.products[1], family="")
    plan.products[2] = replace(plan.products[2], family="other")

    report = run(plan)

    assert reasons(report) == ["products LIRA-1.family other: a variant has its parent's family, that of LIRA."]
    assert set(Product.objects.values_list("family__code", flat=True)) == {"machines"}


def test_a_product_never_comes_below_itself(tmp_path: Path) -> None:
    run(small_plan(tmp_path))

    report = run(Plan("test", products=[ProductRecord("LIRA", "machines", parent="LIRA-0")]))

    assert reasons(report) == [
        "products LIRA.parent LIRA-0: that one stands below this product itself; it is left out."
    ]


@pytest.mark.parametrize(
    ("selection", "issue"),
    [
        ("color = black and", ": At character 18: a condition must stand here, such as: status = enabled"),
        ("color = blue", "blue: color has no option of this code."),
        ("weight > 3 kg and family = f", "f: there is no family of this code."),
        ("height > 3", "height: the attribute is not filterable."),
    ],
)
def test_a_selection_that_would_not_work_is_reported_and_kept(selection: str, issue: str) -> None:
    attributes = [
        AttributeRecord("color", "select", "g", filterable=True),
        AttributeRecord("weight", "measurement", "g", filterable=True),
        AttributeRecord("height", "number", "g"),
    ]
    options = [OptionRecord("color", "black")]
    channels = [ChannelRecord("shop", selection=selection), ChannelRecord("ok", selection="color = black")]
    report = run(Plan("test", groups=[GroupRecord("g")], attributes=attributes, options=options, channels=channels))
    expected = f"channels shop.selection {issue} Until this is mended, the channel releases nothing."
    assert reasons(report) == [expected]
    assert Channel.objects.get(code="shop").selection == selection
