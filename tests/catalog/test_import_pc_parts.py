"""Computer parts: JSON without codes, units or one shape per column."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from catalog import filters
from catalog.filters.facets import facets
from catalog.importing.apply import apply
from catalog.importing.plan import Plan, Refused
from catalog.importing.registry import SOURCES
from catalog.importing.sources.pcparts.facts import FACTS
from catalog.importing.sources.pcparts.kinds import KINDS
from catalog.indexing import differences
from tests.factories import ACTOR

REAL = Path(__file__).parents[3] / "shared" / "data" / "pc_parts"


def read(folder: Path, **files: list[dict[str, Any]]) -> Plan:
    for name, parts in files.items():
        (folder / f"{name.replace('_', '-')}.json").write_text(json.dumps(parts))
    return SOURCES["pc_parts"].read(folder)


def facts(plan: Plan, place: int = 0) -> dict[str, Any]:
    return {code: scopes[""] for code, scopes in plan.products[place].values.items()}


def test_a_part_becomes_a_product_with_typed_facts(tmp_path: Path) -> None:
    fan = {
        "name": "Breeze 12",
        "price": 17.5,
        "size": 120,
        "color": "Black / White / Black",
        "rpm": [450, 2000],
        "airflow": 60.09,
        "noise_level": None,
        "pwm": True,
    }
    plan = read(tmp_path, case_fan=[fan])
    assert facts(plan) == {
        "name": "Breeze 12",
        "price": [{"amount": "17.50", "currency": "USD"}],
        "fan_size": {"amount": "120", "unit": "mm"},
        "color": ["black", "white"],
        "speed": {"from": "450", "to": "2000", "unit": "rpm"},
        "airflow": {"from": "60.09", "to": "60.09", "unit": "ft³/min"},
        "pwm": True,
    }
    product = plan.products[0]
    assert (product.family, product.categories) == ("case-fan", ("case-fan",))
    assert plan.issues == []


def test_columns_that_mean_several_things_become_several_facts(tmp_path: Path) -> None:
    memory = {"name": "Stick", "speed": [5, 6000], "modules": [2, 16]}
    disks = [{"name": "A", "type": "SSD", "capacity": 2000}, {"name": "B", "type": 7200, "capacity": 4000}]
    plan = read(tmp_path, memory=[memory], internal_hard_drive=disks)
    by_name = {product.values["name"][""]: {c: v[""] for c, v in product.values.items()} for product in plan.products}
    assert by_name["Stick"]["memory_generation"] == "ddr5"
    assert by_name["Stick"]["memory_clock"] == {"amount": "6000", "unit": "MHz"}
    assert (by_name["Stick"]["module_count"], by_name["Stick"]["module_capacity"]) == (
        "2",
        {"amount": "16", "unit": "GB"},
    )
    assert (by_name["A"]["drive_type"], by_name["B"]["drive_type"]) == ("ssd", "hard_disk")
    assert by_name["B"]["drive_speed"] == {"amount": "7200", "unit": "rpm"}
    assert "memory_capacity" in next(family for family in plan.families if family.code == "memory").attributes


def test_a_sku_stays_when_the_price_and_the_order_change(tmp_path: Path) -> None:
    one, two = {"name": "A", "price": 1, "amount": 3}, {"name": "B", "price": 2, "amount": 3}
    before = {p.values["name"][""]: p.sku for p in read(tmp_path, thermal_paste=[one, two]).products}
    after = {p.values["name"][""]: p.sku for p in read(tmp_path, thermal_paste=[two, {**one, "price": 9}]).products}
    assert before == after
    assert before["A"] != before["B"]
    assert before["A"].startswith("PASTE-")


def test_parts_that_say_the_same_are_told_apart_by_a_number(tmp_path: Path) -> None:
    first, second = (p.sku for p in read(tmp_path, thermal_paste=[{"name": "A"}, {"name": "A"}]).products)
    assert second == f"{first}-2"


def test_numbers_stay_exact(tmp_path: Path) -> None:
    (tmp_path / "thermal-paste.json").write_text('[{"name": "A", "amount": 0.1000000000000000055511151231257827}]')
    plan = SOURCES["pc_parts"].read(tmp_path)
    assert facts(plan)["paste_amount"]["amount"] == "0.1000000000000000055511151231257827"


def test_options_of_the_same_letters_get_codes_of_their_own(tmp_path: Path) -> None:
    plan = read(tmp_path, case_accessory=[{"name": "A", "type": "Fan-hub"}, {"name": "B", "type": "Fan hub"}])
    assert [facts(plan, place)["accessory_type"] for place in (0, 1)] == ["fan_hub", "fan_hub_2"]
    assert {(o.code, o.label["en"]) for o in plan.options if o.attribute == "accessory_type"} == {
        ("fan_hub", "Fan-hub"),
        ("fan_hub_2", "Fan hub"),
    }


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ({"size": [1, 2]}, "expected a number"),
        ({"size": True}, "expected a number"),
        ({"pwm": 3}, "expected true or false"),
        ({"rpm": [1, 2, 3]}, "expected two numbers"),
        ({"color": "///"}, "a choice needs at least one letter or digit"),
        ({"airflow": [90, 10]}, ""),
        ({"weight": 3}, "there is no such column"),
    ],
)
def test_an_odd_cell_is_named_and_the_rest_is_taken(tmp_path: Path, cell: dict[str, Any], reason: str) -> None:
    plan = read(tmp_path, case_fan=[{"name": "A", **cell}])
    (issue,) = plan.issues
    assert (issue.file, issue.column) == ("case-fan.json", f"item 1, {next(iter(cell))}")
    assert reason in issue.reason
    assert facts(plan) == {"name": "A"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff[]", "not UTF-8"),
        (b"[", "no JSON"),
        (b'[{"name": NaN}]', "NaN is no number"),
        (b'{"name": "A"}', "a list of parts is expected"),
        (b'[{"title": "A"}]', "item 1: expected an object with a name"),
        (b"[" * 100_000, "nested too deep"),
    ],
)
def test_a_file_that_is_no_list_of_parts_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "ups.json").write_bytes(content)
    with pytest.raises(Refused, match=reason):
        SOURCES["pc_parts"].read(tmp_path)


def test_a_folder_without_parts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"no folder of computer parts; it needs at least one of cpu\.json"):
        SOURCES["pc_parts"].read(tmp_path / "none")


def test_every_column_leads_to_facts_that_are_declared() -> None:
    said = {code for kind in KINDS for reader in kind.columns.values() for code in reader.facts}
    computed = {code for code, fact in FACTS.items() if fact.type == "computed"}
    assert said | computed == set(FACTS)
    assert {code for kind in KINDS for code in kind.needed} <= said


@pytest.mark.real_data
@pytest.mark.skipif(not REAL.is_dir(), reason="the real computer parts are not part of the project")
def test_all_real_parts_are_taken() -> None:
    plan = SOURCES["pc_parts"].read(REAL)
    assert (len(plan.products), len(plan.families)) == (66_778, 25)
    assert len({product.sku for product in plan.products}) == 66_778
    cells = sum(
        cell is not None
        for kind in KINDS
        for part in json.loads((REAL / "json" / kind.file).read_text())
        for cell in part.values()
    )
    several = sum(len(product.values) for product in plan.products)
    assert len(plan.issues) < 50
    assert several >= cells - len(plan.issues)


@pytest.mark.real_data
@pytest.mark.django_db
@pytest.mark.skipif(not REAL.is_dir(), reason="the real computer parts are not part of the project")
def test_real_drives_are_found_and_counted_as_their_file_says(tmp_path: Path) -> None:
    file = REAL / "json" / "internal-hard-drive.json"
    (tmp_path / file.name).write_bytes(file.read_bytes())
    apply(SOURCES["pc_parts"].read(tmp_path), ACTOR)
    drives = json.loads(file.read_text())
    wanted = {"SATA 6.0 Gb/s", "M.2 PCIe 4.0 X4"}
    expected = [d for d in drives if 1000 <= d["capacity"] <= 4000 and d["interface"] in wanted]

    asked = "capacity between 1 TB and 4 TB and interface in (sata_6.0_gb_s, m.2_pcie_4.0_x4)"
    found = filters.products(filters.parse(asked))
    assert found.count() == len(expected) == 1511

    (counted,) = facets(found, "en", ["drive_type"], own=False).facets
    kinds = Counter("Hard disk" if isinstance(d["type"], int) else d["type"] for d in expected if d["type"])
    assert {value.label: value.count for value in counted.values} == dict(kinds)

    complete = filters.products(filters.parse("complete = parts-shop")).count()
    needed = ("price", "capacity", "interface")
    assert complete == sum(all(d[column] is not None for column in needed) for d in drives)
    assert differences() == {}
