"""Labels and facts go to translators, too: chosen by state, filter and name, and written when they come back."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from catalog.models import Attribute, AttributeOption, Product, TranslationJob
from catalog.models.base import texts_of
from catalog.operations.products import set_facts
from catalog.operations.translating.jobs import create_job, estimate, export_job
from catalog.operations.translating.machine import translate_by_machine
from catalog.operations.translating.returning import import_job
from catalog.operations.translating.selecting import Amount, Selection, overview_of_others
from catalog.operations.translations import stale_states
from catalog.translating.machine import Stub
from tests import factories as make
from tests.catalog import xliff_files as files

ME = make.ACTOR
VERSIONS = pytest.mark.parametrize("version", ["2.1", "1.2"])


def sent(language: str = "de", **selection: Any) -> TranslationJob:
    return create_job(ME, TranslationJob(), Selection(language, **selection))


def units(job: TranslationJob) -> list[tuple[str, str, str]]:
    return list(job.units.order_by("id").values_list("kind", "name", "field"))


@pytest.fixture
def lamp(db: None) -> Product:
    """A product with a name and a note in English, and a name in German; a measure that is no text."""
    name = make.make_attribute("text", "name", {"en": "Name", "de": "Name"}, localizable=True)
    note = make.make_attribute("richtext", "care.note-2", {"en": "Care"}, localizable=True)
    power = make.make_attribute("number", "power", {"en": "Power"})
    family = make.make_family("lamps", [name, note, power], {"en": "Lamps"})
    facts = {"name": {"en": "Lamp", "de": "Lampe"}, "care.note-2": {"en": "<p>Keep <b>dry</b>.</p>"}, "power": 5}
    return make.make_product("L-1", family, facts)


def test_what_is_missing_of_labels_and_facts_is_chosen(lamp: Product) -> None:
    colour = make.make_attribute("select", "colour", {"en": "Colour", "de": "Farbe"}, options=["red"])
    AttributeOption.objects.filter(attribute=colour).update(label_en="Red", label="Red")
    job = sent(kinds=("label", "fact"), states=("missing", "draft"))
    assert units(job) == [
        ("attribute", "care.note-2", "label"),
        ("attribute", "power", "label"),
        ("attributegroup", "general", "label"),
        ("attributeoption", "colour:red", "label"),
        ("family", "lamps", "label"),
        ("product", "L-1", "care.note-2"),
        ("product", "L-1", "name"),
    ]
    assert units(sent(kinds=("fact",), states=("draft",)))[0] == ("product", "L-1", "care.note-2")
    assert units(sent(kinds=("attribute",), states=("translated",))) == [
        ("attribute", "colour", "label"),
        ("attribute", "name", "label"),
    ]
    assert estimate(Selection("de", kinds=("family",))).objects == 1


@VERSIONS
def test_labels_and_facts_come_back(lamp: Product, version: str) -> None:
    job = sent(kinds=("label", "fact"), states=("missing", "draft"))
    content = export_job(ME, job, version)
    assert files.faults(content) == []
    report = import_job(ME, job, files.translated(content, str.upper))
    assert report.counts["refused"] == report.counts["conflict"] == 0
    lamp.refresh_from_db()
    assert lamp.values["care.note-2"] == {"en": "<p>Keep <b>dry</b>.</p>", "de": "<p>KEEP <b>DRY</b>.</p>"}
    assert lamp.values["power"] == {"": "5"}
    assert texts_of(Attribute.objects.get(code="power"), "label")["de"] == "POWER"
    assert texts_of(lamp.family, "label")["de"] == "LAMPS"  # type: ignore[arg-type]
    assert list(stale_states()) == []
    with pytest.raises(ValidationError, match="nothing to translate"):
        sent(kinds=("label", "fact"), states=("missing", "draft"))


def test_a_fact_that_changed_here_since_is_not_overwritten(lamp: Product) -> None:
    job = sent(kinds=("fact",), states=("draft",))
    content = export_job(ME, job)
    set_facts(ME, lamp, {"care.note-2": {"de": "<p>Trocken.</p>"}})
    report = import_job(ME, job, files.translated(content, str.upper))
    assert report.counts["conflict"] == 2
    lamp.refresh_from_db()
    assert lamp.values["care.note-2"]["de"] == "<p>Trocken.</p>"
    assert lamp.values["name"]["de"] == "Lampe"


def test_they_are_narrowed_by_filter_and_by_name(lamp: Product) -> None:
    make.make_product("L-2", lamp.family, {"name": {"en": "Other lamp"}})
    assert units(sent(kinds=("label", "fact"), filter="sku = L-2")) == [("product", "L-2", "name")]
    assert units(sent(kinds=("label", "fact"), codes=("family:lamps", "product:l-2"))) == [
        ("family", "lamps", "label"),
        ("product", "L-2", "name"),
    ]
    make.make_tag("topic", "water")
    with pytest.raises(ValidationError, match="nothing to translate"):
        sent(kinds=("label", "fact"), tags=("topic:water",))
    with pytest.raises(ValidationError, match="no kind of object “sentence”"):
        sent(kinds=("sentence",))


def test_how_much_is_left_is_counted(lamp: Product) -> None:
    assert overview_of_others()["de"] == {
        "label": {"missing": Amount(4, 4), "draft": Amount(0, 0), "translated": Amount(1, 1)},
        "fact": {"missing": Amount(0, 0), "draft": Amount(1, 3), "translated": Amount(0, 0)},
    }
    out = StringIO()
    call_command("translations", stdout=out)
    assert "de, labels: 4 missing (4 words), 0 draft (0 words), 1 translated (1 words)" in out.getvalue()


def test_no_machine_writes_what_keeps_no_state(lamp: Product) -> None:
    with pytest.raises(ValidationError, match="not translated by machine"):
        translate_by_machine(ME, Selection("de", kinds=("fact",)), Stub())
