"""What a type cannot know of a value: whether what it points to is there, is retired, or is somebody else's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from catalog.models import Asset, Attribute, EntityAttribute, EntityType, FactEntry, Family, Product, Record
from catalog.operations.attributes import save_attribute
from catalog.operations.holders import save_with_facts
from catalog.operations.products import INHERIT, set_facts
from catalog.operations.recording import store
from catalog.values import TYPES
from tests import factories as make
from tests.catalog.test_values_contract import EXAMPLES, HOSTILE, NEEDED, is_harmless
from tests.threads import at_once, shared_database

pytestmark = pytest.mark.django_db


def make_entity(code: str, *records: str) -> EntityType:
    entity = EntityType(code=code)
    store(make.ACTOR, entity)
    for record in records:
        store(make.ACTOR, Record(entity_type=entity, code=record))
    return entity


def write(product: Product, code: str, raw: Any, scope: str = "") -> Any:
    """The value as it is stored then."""
    return set_facts(make.ACTOR, product, {code: {scope: raw}}).values.get(code, {}).get(scope)


def refusal(product: Product, code: str, raw: Any) -> str:
    before = Product.objects.get(pk=product.pk).values
    with pytest.raises(ValidationError) as refused:
        write(product, code, raw)
    assert Product.objects.get(pk=product.pk).values == before
    return " ".join(refused.value.messages)


def make_saying(*kinds: str) -> Product:
    """A product that can say facts of these types, and what such facts may point to."""
    make_entity("brand", "Acme")
    for code in ("Lira-front.1", "a", "b"):
        make.make_asset(code)
    for kind in kinds:
        options = ("Black", "red") if TYPES[kind].has_options else ()
        make.make_attribute(kind, code=kind, settings=NEEDED.get(kind, {}), options=options)
    make.make_product("BZ-LIRA")
    return make.make_product("FULL")


@pytest.fixture
def product() -> Product:
    return make_saying("select", "multiselect", "asset", "assets", "reference", "record", "computed")


@pytest.mark.parametrize("kind", TYPES)
def test_a_value_of_every_type_is_stored_and_read_back_as_it_was(kind: str) -> None:
    product = make_saying(kind)
    for example in EXAMPLES[kind]:
        if not example.settings:
            stored = write(product, kind, example.raw)
            assert Product.objects.get(pk=product.pk).values[kind] == {"": stored}
            assert write(product, kind, stored) == stored


@pytest.mark.parametrize("kind", TYPES)
def test_hostile_input_never_leaves_a_row_that_cannot_be_read_back(kind: str) -> None:
    product = make_saying(kind)
    for name, raw in HOSTILE.items():
        if raw is None:
            continue  # says that nothing is there
        if is_harmless(kind, name) and kind not in ("asset", "assets", "reference", "record"):
            stored = write(product, kind, raw)
            assert Product.objects.get(pk=product.pk).values[kind][""] == stored
            write(product, kind, INHERIT)
        else:
            assert refusal(product, kind, raw).startswith(f"{kind}: "), name


def test_links_are_spelt_as_what_they_point_to(product: Product) -> None:
    assert write(product, "record", "ACME") == "Acme"
    assert write(product, "assets", ["LIRA-front.1", "A"]) == ["Lira-front.1", "a"]
    assert write(product, "asset", "LIRA-FRONT.1") == "Lira-front.1"
    assert write(product, "reference", "bz-lira") == "BZ-LIRA"


def test_what_is_not_there_is_refused_by_name(product: Product) -> None:
    make_entity("material", "steel")
    assert refusal(product, "record", "steel") == "record: there is no record of “brand” “steel”."
    assert refusal(product, "assets", ["a", "gone"]) == "assets: there is no asset “gone”."
    assert refusal(product, "reference", "gone") == "reference: there is no product “gone”."
    assert refusal(product, "computed", "2") == "computed: this is computed from other facts; change those."


def test_what_is_retired_stays_where_it_is_said_and_is_chosen_nowhere_else(product: Product) -> None:
    facts = {"select": "red", "multiselect": ["red"], "record": "acme", "asset": "a", "assets": ["a"]}
    stored = {code: write(product, code, raw) for code, raw in facts.items()}
    Attribute.objects.get(code="select").options.filter(code="red").update(retired=True)
    Attribute.objects.get(code="multiselect").options.filter(code="red").update(retired=True)
    Record.objects.update(retired=True)
    Asset.objects.filter(code="a").update(retired=True)
    assert {code: write(product, code, raw) for code, raw in facts.items()} == stored
    assert write(product, "multiselect", ["Black", "red"]) == ["Black", "red"]
    assert write(product, "assets", ["b", "a"]) == ["b", "a"]
    other = make.make_product("OTHER")
    for code, raw in facts.items():
        assert refusal(other, code, raw).endswith("is retired and cannot be chosen any more.")


# --- Values that no two products share --------------------------------------------------------------------------------


@pytest.fixture
def numbered() -> Family:
    return make.make_family(attributes=[make.make_attribute("gtin", code="ean", label="EAN", unique=True)])


def test_a_value_that_another_product_has_is_refused_naming_it(numbered: Family) -> None:
    make.make_product("A", numbered, {"ean": "4006381333931"})
    other = make.make_product("B", numbered)
    expected = "EAN: “A” has this value already, and no two products may."
    assert refusal(other, "ean", "04006381333931") == expected
    assert write(other, "ean", "96385074") == "96385074"


def test_a_product_may_say_again_what_it_says(numbered: Family) -> None:
    product = make.make_product("A", numbered, {"ean": "4006381333931"})
    assert write(product, "ean", "4006381333931") == "4006381333931"


def test_a_value_given_up_may_be_taken(numbered: Family) -> None:
    product = make.make_product("A", numbered, {"ean": "4006381333931"})
    write(product, "ean", INHERIT)
    assert write(make.make_product("B", numbered), "ean", "4006381333931") == "4006381333931"


def test_variants_share_what_they_inherit_but_nothing_of_their_own(numbered: Family) -> None:
    root = make.make_product("A", numbered)
    first, second = (make.make_product(sku, numbered, parent=root) for sku in ("A-1", "A-2"))
    write(first, "ean", "4006381333931")
    assert "“A-1” has this value already" in refusal(second, "ean", "4006381333931")
    assert write(root, "ean", "96385074") == "96385074"
    assert write(second, "ean", "96385074") == "96385074"
    assert "has this value already" in refusal(make.make_product("B", numbered), "ean", "96385074")


@pytest.mark.django_db(transaction=True)
def test_of_two_writers_of_one_value_at_once_one_is_refused(tmp_path: Path) -> None:
    family = make.make_family(attributes=[make.make_attribute("gtin", code="ean", unique=True)])
    products = [make.make_product(sku, family) for sku in ("A", "B")]
    outcomes: list[str] = []

    def writing(product: Product) -> None:
        try:
            write(product, "ean", "4006381333931")
            outcomes.append("written")
        except ValidationError as refused:
            outcomes.append(refused.messages[0])

    with shared_database(tmp_path):
        at_once(*(lambda product=product: writing(product) for product in products))
    assert sorted(outcome.split("”")[-1] for outcome in outcomes) == [
        " has this value already, and no two products may.",
        "written",
    ]
    if connection.vendor == "postgresql":
        assert FactEntry.objects.filter(attribute__code="ean").values("product").distinct().count() == 1


# --- Attributes, families and records ---------------------------------------------------------------------------------


def computed(code: str, expression: str, **settings: Any) -> Attribute:
    group = make.make_group()
    return Attribute(code=code, type="computed", group=group, settings={"expression": expression, **settings})


def test_settings_are_kept_in_one_way_of_writing_them() -> None:
    attribute = make.make_attribute("number", settings={"min": 0, "max": "1e2", "default": "5.0"})
    save_attribute(make.ACTOR, attribute)
    assert Attribute.objects.get().settings == {"min": "0", "max": "100", "default": "5"}


def test_a_default_that_points_to_nothing_is_refused() -> None:
    attribute = make.make_attribute("asset", settings={"default": "gone"})
    with pytest.raises(ValidationError, match="There is no asset “gone”"):
        save_attribute(make.ACTOR, attribute)


def test_a_computed_fact_needs_facts_that_are_there_and_not_itself() -> None:
    make.make_attribute("measurement", code="width", settings={"unit_family": "length"})
    with pytest.raises(ValidationError, match="There is no attribute “depth”"):
        save_attribute(make.ACTOR, computed("area", "width[cm] * depth[cm]"))
    with pytest.raises(ValidationError, match=r"Say the unit “width” is wanted in, such as width\[cm\]"):
        save_attribute(make.ACTOR, computed("area", "width * 2"))
    area = save_attribute(make.ACTOR, computed("area", "width[cm] * 2"))
    save_attribute(make.ACTOR, computed("Volume", "AREA * 3"))
    area.settings = {"expression": "volume / 3"}
    with pytest.raises(ValidationError, match="It would need itself: area needs Volume needs area"):
        save_attribute(make.ACTOR, area)
    assert Attribute.objects.get(code="area").settings == {"expression": "width[cm] * 2"}


def test_what_has_no_filters_cannot_be_unique() -> None:
    table = make.make_attribute("table", settings=NEEDED["table"])
    table.unique = True
    with pytest.raises(ValidationError, match="A table can neither be filtered by nor be unique; untick both"):
        save_attribute(make.ACTOR, table)


def test_facts_of_families_and_records_are_checked_as_those_of_products() -> None:
    number = make.make_attribute("number", code="number", label="Number")
    family = make.make_family(attributes=[number])
    entity = make_entity("brand", "acme")
    store(make.ACTOR, EntityAttribute(entity_type=entity, attribute=number))
    for holder in (family, Record.objects.get()):
        save_with_facts(make.ACTOR, holder, {"NUMBER": {"": "1.50"}})
        holder.refresh_from_db()
        assert holder.values == {"number": {"": "1.5"}}
        with pytest.raises(ValidationError, match="Number: “x” is no number"):
            save_with_facts(make.ACTOR, holder, {"number": {"": "x"}})
        save_with_facts(make.ACTOR, holder, {"number": {"": INHERIT}})
        holder.refresh_from_db()
        assert holder.values == {}


def test_facts_of_a_family_that_others_wrote_meanwhile_stay() -> None:
    attributes = [make.make_attribute("number", code=code) for code in ("a", "b")]
    family = make.make_family(attributes=attributes)
    stale = Family.objects.get()
    save_with_facts(make.ACTOR, family, {"a": {"": "1"}})
    save_with_facts(make.ACTOR, stale, {"b": {"": "2"}})
    assert Family.objects.get().values == {"a": {"": "1"}, "b": {"": "2"}}
