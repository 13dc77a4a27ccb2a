"""Facts of the less common types in documents: what they are called, and what people and machines get."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from catalog.models import EntityType, Record
from catalog.models.base import set_texts
from catalog.operations.recording import store
from catalog.values import TYPES
from exports.api.schema import VALUE
from exports.assembling.assemble import assemble
from exports.documents import Document, Fact, from_bytes, to_bytes
from exports.gathering.bundles import AssetInfo, Library
from exports.gathering.loading import Loader, contexts
from exports.web.structured import _property
from tests import factories as make
from tests.catalog.test_values_contract import EXAMPLES, spec_of
from tests.exports.bundled import TODAY, make_asset, make_bundle, make_context, make_spec


def document_of(attributes: list[Any], values: Mapping[str, Any], **more: Any) -> Document:
    library = Library(assets=more.pop("assets", {}))
    context = make_context(units=more.pop("units", {}))
    scoped = {code: {"": value} for code, value in values.items()}
    return assemble(make_bundle(attributes, scoped, **more), context, library).document


def fact(kind: str, value: Any, units: Mapping[str, str] | None = None, **settings: Any) -> Fact:
    return document_of([make_spec("x", kind, settings=settings)], {"x": value}, units=units or {}).facts["x"]


def test_measurements_are_shown_in_the_unit_of_the_channel_and_kept_as_written() -> None:
    units = {"length": "in", "mass": "lb"}
    shown = fact("measurement", {"amount": "30", "unit": "cm"}, units)
    assert (shown.text, shown.value) == ("11,81\u00a0in", {"amount": "30", "unit": "cm", "unit_code": "CMT"})
    assert fact("measurement_range", {"from": "1", "to": "2", "unit": "kg"}, units).text == "2,205–4,409\u00a0lb"
    assert fact("measurement", {"amount": "5", "unit": "bar"}, units).text == "5\u00a0bar"


def test_a_computed_fact_stands_as_what_comes_out_of_it() -> None:
    width = make_spec("width", "measurement")
    settings = {"expression": "width[cm] * 2", "result": "measurement", "unit": "cm"}
    area = make_spec("double", "computed", settings=settings)
    facts = document_of([area, width], {"width": {"amount": "3", "unit": "m"}}).facts
    assert (facts["double"].type, facts["double"].text) == ("measurement", "600\u00a0cm")
    assert facts["double"].value == {"amount": "600", "unit": "cm", "unit_code": "CMT"}
    assert "double" not in document_of([area, width], {}).facts


def test_several_assets_join_those_of_the_document_and_stand_in_no_table() -> None:
    assets: dict[str, AssetInfo] = {code: make_asset(code) for code in ("a", "b")}
    spec = make_spec("views", "assets")
    document = document_of([spec], {"views": ["a", "b", "gone"]}, assets=assets)
    assert [(asset.role, asset.digest) for asset in document.assets] == [
        ("views", "digest-of-a"),
        ("views", "digest-of-b"),
    ]
    assert document.listed() == []
    document = document_of([spec], {"views": ["a", "b"]}, assets=assets, image_attribute="views")
    assert [asset.role for asset in document.assets] == ["main", "views"]


def test_tables_and_rich_texts_have_a_text_beside_their_value() -> None:
    [example] = EXAMPLES["table"]
    shown = fact("table", example.kept, **example.settings)
    assert shown.text == "Größe: S · chest: 92\u00a0cm; washable: Ja"
    assert shown.value[0]["chest"]["unit_code"] == "CMT"
    rich = fact("richtext", "<p>Fine <b>steel</b></p>")
    assert (rich.value, rich.text) == ("<p>Fine <b>steel</b></p>", "Fine steel")


def test_a_table_stands_in_rows_and_columns_in_the_words_and_units_of_the_channel() -> None:
    columns = [
        {"code": "size", "type": "text", "labels": {"de": "Größe", "en": "Size"}},
        {"code": "unit", "type": "text"},
        {"code": "chest", "type": "measurement", "labels": {"en": "Chest"}, "settings": {"unit_family": "length"}},
        {"code": "unused", "type": "boolean"},
    ]
    spec = make_spec("sizes", "table", settings={"columns": columns})
    rows = [{"size": "S", "chest": {"amount": "100", "unit": "cm"}}, {"size": "M", "unit": "no unit of ours"}]
    document = document_of([spec], {"sizes": rows}, units={"length": "in"})
    assert document.tables == {
        "sizes": (("Größe", "unit", "Chest"), ("S", "", "39,37\u00a0in"), ("M", "no unit of ours", ""))
    }
    assert document.facts["sizes"].value[0]["chest"]["unit"] == "cm"
    assert document_of([make_spec("x", "text")], {"x": "plain"}).tables == {}
    assert from_bytes(to_bytes(document)) == document


def test_a_table_whose_columns_are_all_gone_is_none() -> None:
    spec = make_spec("sizes", "table", settings={"columns": [{"code": "new", "type": "text"}]})
    assert document_of([spec], {"sizes": [{"old": "S"}]}).tables == {}


@pytest.mark.django_db
def test_a_record_is_shown_by_its_label_in_the_language_of_the_document() -> None:
    entity = EntityType(code="brand")
    store(make.ACTOR, entity)
    record = Record(entity_type=entity, code="acme")
    set_texts(record, "label", {"en": "Acme Inc.", "de": "Acme AG"})
    store(make.ACTOR, record)
    attribute = make.make_attribute("record", code="brand", settings={"entity": "Brand"}, role="brand")
    make.make_product("A", make.make_family(attributes=[attribute]), {"brand": "ACME"})
    channel = make.make_channel("shop", {"de": "en", "fr": "en"})
    loader = Loader(channel)
    [bundle] = loader.bundles()
    documents = [assemble(bundle, context, loader.library).document for context in contexts(channel, TODAY)]
    assert [document.facts["brand"].text for document in documents] == ["Acme AG", "Acme Inc."]
    assert [document.facts["brand"].value for document in documents] == ["acme", "acme"]
    assert documents[0].identifiers == {"brand": "Acme Inc."}


@pytest.mark.parametrize("kind", [kind for kind in TYPES if not TYPES[kind].computed])
def test_the_api_describes_the_values_of_every_type(kind: str) -> None:
    validator = Draft202012Validator({key: part for key, part in VALUE.items() if key != "description"})
    [described] = [part for part in VALUE["anyOf"] if part["title"] == kind]
    for example in EXAMPLES[kind]:
        value = TYPES[kind].machine(example.kept, spec_of(kind, example.settings))
        validator.validate(value)
        Draft202012Validator(described).validate(value)
    assert not validator.is_valid(1.5)
    assert not validator.is_valid(None)


@pytest.mark.parametrize(
    ("kind", "value", "told"),
    [
        ("integer", "12", {"value": 12.0}),
        ("number_range", {"from": "1.5"}, {"minValue": 1.5}),
        ("measurement_range", {"from": "1", "to": "2", "unit": "kg"},
         {"minValue": 1.0, "maxValue": 2.0, "unitCode": "KGM", "unitText": "kg"}),
        ("url", "https://example.com/", {"value": "https://example.com/"}),
    ],
)  # fmt: skip
def test_search_engines_get_numbers_and_ranges_as_such(kind: str, value: Any, told: dict[str, Any]) -> None:
    node = _property("x", fact(kind, value))
    assert {name: part for name, part in node.items() if name not in ("@type", "propertyID", "name")} == told
