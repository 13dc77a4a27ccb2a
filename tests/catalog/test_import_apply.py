"""A plan is compared with what is there, and made true whole or not at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.importing.kinds.assets import Assets
from catalog.importing.kinds.fragments import Fragments
from catalog.importing.plan import (
    AssetRecord,
    CategoryRecord,
    GroupRecord,
    MarketRecord,
    OptionRecord,
    Plan,
    ProductRecord,
    Refused,
    TagRecord,
)
from catalog.importing.report import Counts
from catalog.models import (
    Asset,
    Association,
    Attribute,
    AttributeGroup,
    Category,
    Change,
    Channel,
    Family,
    FamilyAttribute,
    Fragment,
    Product,
    Requirement,
)
from catalog.models.base import texts_of
from tests.catalog.import_plans import database, picture, reasons, run, small_plan

pytestmark = pytest.mark.django_db


# --- Created, updated, unchanged -------------------------------------------------------------------------------------


def test_everything_is_created_once(tmp_path: Path) -> None:
    report = run(small_plan(tmp_path))

    assert report.issues == ()
    assert {name: counts.created for name, counts in report.kinds.items()} == {
        "groups": 1,
        "attributes": 6,
        "options": 2,
        "entity_types": 1,
        "records": 1,
        "families": 1,
        "family_variants": 1,
        "categories": 3,
        "tags": 2,
        "slots": 1,
        "association_types": 1,
        "markets": 1,
        "audiences": 1,
        "channels": 1,
        "forbidden_terms": 0,
        "assets": 1,
        "products": 3,
        "fragments": 2,
    }
    assert report.total == Counts(created=29)


def test_what_was_created_hangs_together(tmp_path: Path) -> None:
    run(small_plan(tmp_path))

    variant = Product.objects.get(sku="LIRA-1")
    assert variant.parent == Product.objects.get(sku="LIRA")
    assert variant.family == Family.objects.get(code="machines")
    assert variant.values == {"color": {"": "c1"}, "manual": {"": "lira-front"}, "successor": {"": "LIRA"}}
    assert [category.code for category in variant.categories.all()] == ["cat-1"]
    assert [(link.role, link.asset.code) for link in variant.product_assets.all()] == [("main", "lira-front")]
    assert [(link.type.code, link.target.sku, link.quantity) for link in variant.associations.all()] == [
        ("accessory", "LIRA", 2)
    ]
    channel = Channel.objects.get(code="shop")
    assert channel.chains() == {"it": ("it", "en"), "en": ("en",)}
    assert sorted(channel.requirements.values_list("attribute__code", flat=True)) == ["color", "name"]
    assert channel.tree == Category.objects.get(code="all")
    asset = Asset.objects.get()
    assert (asset.kind, asset.width, asset.height) == ("image", 8, 6)
    assert texts_of(asset, "alt") == {"en": "Lira"}
    assert (tmp_path / "media" / str(asset.file)).read_bytes() == (tmp_path / "lira.jpg").read_bytes()


def test_a_second_run_touches_nothing(tmp_path: Path) -> None:
    run(small_plan(tmp_path))
    before, changes = database(), Change.objects.count()

    report = run(small_plan(tmp_path))

    assert report.total == Counts(unchanged=29)
    assert database() == before
    assert Change.objects.count() == changes


def test_only_what_differs_is_updated_and_recorded(tmp_path: Path) -> None:
    plan = small_plan(tmp_path)
    run(plan)
    Change.objects.all().delete()
    plan.products[1] = replace(plan.products[1], values={"color": {"": "c0"}}, status="disabled")
    plan.groups[0] = replace(plan.groups[0], label={"en": "Basics"})

    report = run(plan)

    assert report.kinds["products"] == Counts(updated=1, unchanged=2)
    assert report.kinds["groups"] == Counts(updated=1)
    assert report.total == Counts(updated=2, unchanged=27)
    product = Product.objects.get(sku="LIRA-0")
    assert (product.values, product.status) == ({"color": {"": "c0"}}, "disabled")
    assert sorted(Change.objects.values_list("operation", "kind", "key", "actor", "path")) == [
        ("change", "attributegroup", "general", "Ada", "import"),
        ("change", "product", "LIRA-0", "Ada", "import"),
    ]


def test_links_become_as_the_record_says(tmp_path: Path) -> None:
    plan = small_plan(tmp_path)
    run(plan)
    plan.products[1] = replace(
        plan.products[1],
        categories=("cat-1", "all"),
        assets=(("gallery", "lira-front"),),
        associations=(("accessory", "LIRA-1", 1), ("accessory", "LIRA", 3)),
    )
    plan.families[0] = replace(plan.families[0], attributes=("color", "name"), requirements={"shop": ("color",)})

    report = run(plan)

    assert (report.kinds["products"].updated, report.kinds["families"].updated) == (1, 1)
    product = Product.objects.get(sku="LIRA-0")
    assert {category.code for category in product.categories.all()} == {"cat-1", "all"}
    assert [link.role for link in product.product_assets.all()] == ["gallery"]
    assert [(link.target.sku, link.quantity) for link in product.associations.all()] == [("LIRA-1", 1), ("LIRA", 3)]
    family = Family.objects.get(code="machines")
    assert [row.attribute.code for row in family.family_attributes.all()] == ["color", "name"]
    assert list(family.requirements.values_list("attribute__code", "channel__code")) == [("color", "shop")]


def test_only_the_order_of_links_differs(tmp_path: Path) -> None:
    plan = small_plan(tmp_path)
    record = replace(plan.products[1], associations=(("accessory", "LIRA", 1), ("accessory", "LIRA-1", 1)))
    plan.products[1] = record
    run(plan)
    plan.products[1] = replace(record, associations=record.associations[::-1])

    assert run(plan).kinds["products"].updated == 1
    assert [row.target.sku for row in Association.objects.filter(source__sku="LIRA-0")] == ["LIRA-1", "LIRA"]


# --- What a plan does not speak of -----------------------------------------------------------------------------------


def test_what_is_not_named_stays(tmp_path: Path) -> None:
    plan = small_plan(tmp_path)
    run(plan)
    before = database()

    report = run(Plan("test"))

    assert report.total == Counts()
    assert database() == before


def test_texts_in_other_languages_stay(tmp_path: Path) -> None:
    plan = small_plan(tmp_path)
    run(plan)
    plan.families[0] = replace(plan.families[0], label={"en": "Coffee machines"})

    run(plan)

    family = Family.objects.get(code="machines")
    assert texts_of(family, "label") == {"en": "Coffee machines", "de": "Maschinen"}


def test_facts_the_plan_knows_nothing_of_stay(tmp_path: Path) -> None:
    """An attribute made here, and a translation into a language that the files do not have."""
    plan = small_plan(tmp_path)
    run(plan)
    Attribute.objects.create(code="erp", type="text", group_id=Attribute.objects.all()[0].group_id)
    product = Product.objects.get(sku="LIRA")
    product.values = {"name": {"en": "Lira!", "de": "Die Lira"}, "erp": {"": "4711"}, "color": {"": "c0"}}
    product.save()

    run(plan)

    product.refresh_from_db()
    assert product.values == {"name": {"en": "Lira", "de": "Die Lira"}, "erp": {"": "4711"}}


def test_attributes_and_requirements_of_elsewhere_stay_in_a_family(tmp_path: Path) -> None:
    plan = small_plan(tmp_path)
    run(plan)
    own = Attribute.objects.create(code="erp", type="text", group_id=Attribute.objects.all()[0].group_id)
    family = Family.objects.get(code="machines")
    FamilyAttribute.objects.create(family=family, attribute=own, position=9)
    name = Attribute.objects.get(code="name")
    Requirement.objects.create(family=family, attribute=name, channel=Channel.objects.create(code="own"))

    report = run(plan)

    assert report.total == Counts(unchanged=29)
    assert [row.attribute.code for row in family.family_attributes.all()] == [
        "name",
        "color",
        "manual",
        "successor",
        "erp",
    ]
    assert {row.channel.code for row in family.requirements.filter(attribute=name)} == {"shop", "own"}


def test_codes_match_whatever_their_case(tmp_path: Path) -> None:
    run(small_plan(tmp_path))
    before = database()
    shouted = Plan(
        "test",
        groups=[GroupRecord("GENERAL", {"en": "General"})],
        options=[OptionRecord("Color", "C0", {"en": "Colour 0"})],
        tags=[TagRecord("TOPIC", "T0")],
        products=[
            ProductRecord(
                "lira-0",
                "MACHINES",
                parent="lira",
                categories=("CAT-0",),
                values={"COLOR": {"": "c0"}, "Manual": {"": "lira-front"}, "successor": {"": "LIRA"}},
                assets=(("MAIN", "Lira-Front"),),
                associations=(("Accessory", "lira", 2),),
            )
        ],
    )

    report = run(shouted)

    assert report.issues == ()
    assert report.total == Counts(unchanged=4)
    assert database() == before


def test_of_two_records_of_one_code_the_first_counts() -> None:
    report = run(Plan("test", markets=[MarketRecord("it", "EUR"), MarketRecord("IT", "USD")]))

    assert report.kinds["markets"] == Counts(created=1, left_out=1)
    assert reasons(report) == ["markets IT : this market is named twice; the first one counts."]


# --- Dry run and errors ----------------------------------------------------------------------------------------------


def test_a_dry_run_writes_nothing_and_predicts_the_run(tmp_path: Path) -> None:
    plan = small_plan(tmp_path)
    run(plan)
    plan.groups[0] = replace(plan.groups[0], label={"en": "Basics", "sv": "Grund"})
    plan.categories.append(CategoryRecord("cat-new", "all"))
    plan.products += [ProductRecord("NEW", "machines"), ProductRecord("NEW-1", "machines", parent="NEW")]
    plan.products[2] = replace(plan.products[2], categories=("cat-new", "nowhere"))
    plan.fragments[0] = replace(plan.fragments[0], body={"en": "<p>Warmer.</p>"})
    plan.assets.append(AssetRecord("second", picture(tmp_path, "second.jpg", "blue")))
    before, changes = database(), Change.objects.count()

    predicted = run(plan, dry_run=True)

    assert database() == before
    assert Change.objects.count() == changes
    assert len(list((tmp_path / "media").rglob("*.jpg"))) == 1
    done = run(plan)
    assert predicted.dry_run
    assert not done.dry_run
    assert done.kinds == predicted.kinds
    assert done.issues == predicted.issues
    assert done.total == Counts(created=4, updated=3, unchanged=26)


def test_an_error_in_the_middle_leaves_everything_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = small_plan(tmp_path)
    run(plan)
    before = database()
    plan.groups[0] = replace(plan.groups[0], label={"en": "Basics"})
    plan.products.append(ProductRecord("NEW", "machines"))

    def fail(self: Any) -> None:
        raise RuntimeError("The power went.")

    monkeypatch.setattr(Fragments, "write_rows", fail)
    with pytest.raises(RuntimeError, match="The power went"):
        run(plan)

    assert database() == before


def test_a_file_that_changes_meanwhile_refuses_the_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = small_plan(tmp_path)
    monkeypatch.setattr(Assets, "compare_links", lambda self: picture(tmp_path, color="green"))

    with pytest.raises(Refused, match=r"lira\.jpg was changed while it was imported\. Nothing was written"):
        run(plan)

    assert not Product.objects.exists()


def test_another_change_that_comes_between_refuses_the_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Assets, "compare_links", lambda self: AttributeGroup.objects.create(code="GENERAL"))

    with pytest.raises(Refused, match=r"^Nothing was written: .* Another change came between; try again\.$"):
        run(small_plan(tmp_path))

    assert not AttributeGroup.objects.exists()


@pytest.mark.parametrize("dry_run", [True, False])
def test_the_number_of_queries_does_not_grow_with_the_rows(tmp_path: Path, dry_run: bool) -> None:
    def queries(count: int) -> int:
        run(small_plan(tmp_path, 1))
        with CaptureQueriesContext(
            connection,
        ) as captured:
            run(small_plan(tmp_path, count), dry_run=dry_run)
        return len(captured)

    few = queries(3)
    Fragment.objects.all().delete()
    Association.objects.all().delete()
    Product.objects.filter(sku__startswith="LIRA-").delete()
    assert queries(23) == few


def test_the_number_of_queries_of_an_unchanged_import_does_not_grow(tmp_path: Path) -> None:
    def queries(count: int) -> int:
        run(small_plan(tmp_path, count))
        with CaptureQueriesContext(connection) as captured:
            run(small_plan(tmp_path, count))
        return len(captured)

    assert queries(2) == queries(22)
