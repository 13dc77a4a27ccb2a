"""What outputs can be told: read from forms, commands and JSON, and refused with what it has to be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from exports.formats import options
from exports.formats.options import (
    Address,
    Choice,
    Code,
    Codes,
    Color,
    Day,
    Flag,
    Moment,
    Number,
    Option,
    Table,
    Text,
    Whole,
    WrongOptions,
)
from exports.formats.registry import FORMATS

EVERY: Mapping[str, Option] = {
    "text": Text(label="Text", limit=9),
    "flag": Flag(label="Flag", otherwise=True),
    "number": Number(label="Number", otherwise=70, least=15, most=300),
    "whole": Whole(label="Whole", otherwise=8, least=1, most=40),
    "choice": Choice(label="Choice", choices={"ean": "EAN", "qr": "QR"}),
    "codes": Codes(label="Codes"),
    "code": Code(label="Code"),
    "table": Table(label="Table"),
    "day": Day(label="Day"),
    "moment": Moment(label="Moment"),
    "color": Color(label="Color", otherwise="#aa5500"),
    "address": Address(label="Address"),
}
DEFAULTS = {
    "text": "",
    "flag": True,
    "number": 70,
    "whole": 8,
    "choice": "ean",
    "codes": (),
    "code": "",
    "table": {},
    "day": None,
    "moment": "",
    "color": "#aa5500",
    "address": "",
}


def read(**said: Any) -> dict[str, Any]:
    return options.read(EVERY, said, "every")


@pytest.mark.parametrize("nothing", [None, "", [], {}])
def test_what_is_not_said_is_as_usual_and_is_not_stored(nothing: Any) -> None:
    assert read() == DEFAULTS
    assert read(**dict.fromkeys(EVERY, nothing)) == DEFAULTS
    assert options.kept(EVERY, DEFAULTS) == {}


@pytest.mark.parametrize(
    ("name", "said", "value", "kept"),
    [
        ("flag", "off", False, False),
        ("flag", False, False, False),
        ("number", " 15.5 ", 15.5, 15.5),
        ("whole", "40", 40, 40),
        ("choice", "qr", "qr", "qr"),
        ("codes", "a, b\nc,a,", ("a", "b", "c"), ["a", "b", "c"]),
        ("codes", ["a", " b "], ("a", "b"), ["a", "b"]),
        ("table", "BZ 1 9.90\n\nBZ-2 7", {"BZ 1": "9.90", "BZ-2": "7"}, {"BZ 1": "9.90", "BZ-2": "7"}),
        ("table", {"BZ-1": 9.5}, {"BZ-1": "9.5"}, {"BZ-1": "9.5"}),
        ("day", "2027-01-31", date(2027, 1, 31), "2027-01-31"),
        ("moment", "2027-02-01T09:00+01:00", "2027-02-01T09:00+01:00", "2027-02-01T09:00+01:00"),
        ("address", "https://shop.example/a?b=c", "https://shop.example/a?b=c", "https://shop.example/a?b=c"),
    ],
)
def test_what_is_said_comes_to_a_value_that_is_read_the_same_again(name: str, said: Any, value: Any, kept: Any) -> None:
    found = read(**{name: said})
    assert found == {**DEFAULTS, name: value}
    assert options.kept(EVERY, found) == {name: kept}
    assert read(**options.kept(EVERY, found)) == found


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("text", "ten letters"),
        ("text", "a\0b"),
        ("text", ["a"]),
        ("flag", "maybe"),
        ("number", "nan"),
        ("number", "1e999"),
        ("number", True),
        ("number", "14.9"),
        ("number", "ten"),
        ("whole", "2.5"),
        ("whole", 41),
        ("choice", "code"),
        ("choice", ["ean"]),
        ("codes", [1]),
        ("codes", {"a": "b"}),
        ("codes", ["a"] * 5_001),
        ("code", ["a"]),
        ("table", "BZ-1"),
        ("table", ["BZ-1"]),
        ("table", {"BZ-1": ["9"]}),
        ("day", "31.1.2027"),
        ("moment", "2027-02-01"),
        ("moment", 2027),
        ("color", "red"),
        ("address", "javascript:alert(1)"),
        ("address", "https://a b"),
        ("nothing", "of the kind"),
    ],
)
def test_what_cannot_be_is_told_by_name(name: str, said: Any) -> None:
    with pytest.raises(WrongOptions, match=f"“{name}”") as caught:
        read(**{name: said})
    assert list(caught.value.faults) == [name]


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(WrongOptions) as caught:
        read(flag="maybe", whole="many", text="fine")
    assert list(caught.value.faults) == ["flag", "whole"]


@pytest.mark.parametrize("form", FORMATS.values(), ids=list(FORMATS))
def test_every_format_reads_its_own_defaults(form: Any) -> None:
    told = form.read({})
    assert form.read(options.kept(form.options, told)) == told
