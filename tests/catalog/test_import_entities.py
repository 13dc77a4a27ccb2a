"""Kinds of things that products refer to, facts of families, and the other things only our own format speaks of."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog.importing.plan import Plan, Refused
from catalog.importing.registry import SOURCES
from catalog.models import AssociationType, Channel, EntityType, Family, Product, Record
from catalog.models.base import texts_of
from tests.catalog.import_plans import reasons, run

pytestmark = pytest.mark.django_db

FOLDER = """
[[group]]
code = "general"
[[attribute]]
code = "city"
type = "text"
group = "general"
[[attribute]]
code = "brand"
type = "record"
entity = "brand"
group = "general"
[[attribute]]
code = "width"
type = "measurement"
unit_family = "length"
unit = "mm"
min = 0.5
default = { amount = "10" }
group = "general"
[[attribute]]
code = "serial"
type = "text"
group = "general"
unique = true
[[entity_type]]
code = "brand"
label = { en = "Brands" }
attributes = ["city"]
[[record]]
entity_type = "brand"
code = "lira"
label = { en = "Lira" }
[record.facts]
city = "Bergamo"
[[family]]
code = "machines"
attributes = ["brand", "width", "serial"]
[family.facts]
brand = "lira"
[[association_type]]
code = "set"
bundle = true
two_way = true
inverse_label = { en = "Part of" }
[[channel]]
code = "shop"
medium = "web"
languages = [{ code = "en" }]
units = { length = "in" }
text_limits = { name = 80 }
min_picture = 600
keep_releases = 12
keep_days = 30
[[product]]
sku = "A"
family = "machines"
own_only = ["categories"]
[product.facts]
brand = "lira"
[[product]]
sku = "B"
family = "machines"
[product.facts]
brand = "nobody"
"""


def read(folder: Path, text: str = FOLDER) -> Plan:
    (folder / "all.toml").write_text(text)
    return SOURCES["tessera"].read(folder)


def test_everything_comes_in_and_a_second_time_nothing_changes(tmp_path: Path) -> None:
    report = run(read(tmp_path))
    brand = EntityType.objects.get()
    assert [row.attribute.code for row in brand.entity_attributes.all()] == ["city"]
    record = Record.objects.get()
    assert (record.entity_type, record.code, texts_of(record, "label")) == (brand, "lira", {"en": "Lira"})
    assert record.values == {"city": {"": "Bergamo"}}
    assert Family.objects.get().values == {"brand": {"": "lira"}}
    kind = AssociationType.objects.get()
    assert (kind.two_way, kind.bundle, texts_of(kind, "inverse_label")) == (True, True, {"en": "Part of"})
    channel = Channel.objects.get()
    assert (channel.keep_releases, channel.keep_days) == (12, 30)
    assert (channel.units, channel.text_limits, channel.min_picture) == ({"length": "in"}, {"name": 80}, 600)
    assert Product.objects.get(sku="A").own_only == ["categories"]
    assert list(Family.objects.get().attributes.filter(unique=True).values_list("code", flat=True)) == ["serial"]

    again = run(read(tmp_path))
    assert report.total.created == again.total.unchanged == 12
    assert (again.total.created, again.total.updated) == (0, 0)


def test_settings_are_kept_as_the_type_keeps_them(tmp_path: Path) -> None:
    settings = {record.code: record.settings for record in read(tmp_path).attributes}
    assert settings["width"] == {
        "min": "0.5",
        "default": {"amount": "10", "unit": "mm"},
        "unit_family": "length",
        "unit": "mm",
    }


def test_a_setting_that_cannot_be_is_refused_with_its_attribute(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"attribute “width”: .*10 is below the least allowed, 20"):
        read(tmp_path, FOLDER.replace("min = 0.5", "min = 20"))


def test_a_fact_that_names_an_unknown_record_is_left_out_and_told(tmp_path: Path) -> None:
    report = run(read(tmp_path))
    assert Product.objects.get(sku="B").values == {}
    assert Product.objects.get(sku="A").values == {"brand": {"": "lira"}}
    assert any("there is no record of this code" in reason for reason in reasons(report))


def test_what_a_plan_does_not_speak_of_stays(tmp_path: Path) -> None:
    run(read(tmp_path))
    silent = FOLDER.replace('[family.facts]\nbrand = "lira"\n', "").replace('own_only = ["categories"]\n', "")
    silent = silent.replace("bundle = true\n", "").replace("min_picture = 600\n", "").replace("unique = true\n", "")
    run(read(tmp_path, silent))
    assert Family.objects.get().values == {"brand": {"": "lira"}}
    assert Product.objects.get(sku="A").own_only == ["categories"]
    assert AssociationType.objects.get().bundle is True
    assert Channel.objects.get().min_picture == 600
    assert Family.objects.get().attributes.filter(unique=True).exists()
