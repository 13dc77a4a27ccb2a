"""`manage.py check_quality` checks what changed and tells what is open, complete and unused."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import call_command

from catalog.models import Finding
from tests import factories as make

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("check_quality", *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()


@pytest.fixture(autouse=True)
def lamps() -> None:
    shop = make.make_channel("shop", ["en", "de"])
    attributes = [
        make.make_attribute("text", "gtin", role="gtin"),
        make.make_attribute("select", "color", options=["red", "grey"], filterable=True),
    ]
    family = make.make_family("lamps", attributes, required_by=[shop])
    make.make_product("L-1", family, {"gtin": "123", "color": "red"})
    make.make_product("L-2", family, {"gtin": "123"})


def test_the_report_reads_as_lines() -> None:
    assert run().splitlines() == [
        "2 products checked.",
        "error: Invalid GTIN or ISBN (identifier): 2 open",
        "shop de: 1 of 2 products complete",
        "shop en: 1 of 2 products complete",
        "hint: no product has the option “grey” of “color”; retire or delete it.",
    ]


def test_the_report_is_json_for_programs() -> None:
    assert json.loads(run("--json")) == {
        "checked": 2,
        "findings": [{"check": "identifier", "label": "Invalid GTIN or ISBN", "severity": "error", "open": 2}],
        "completeness": [
            {"channel": "shop", "language": "de", "products": 2, "complete": 1},
            {"channel": "shop", "language": "en", "products": 2, "complete": 1},
        ],
        "orphans": [{"attribute": "color", "option": "grey"}],
    }


def test_a_second_run_checks_nothing_and_all_checks_everything() -> None:
    run()
    assert run().startswith("0 products checked.")
    Finding.objects.all().delete()
    assert run("--all").startswith("2 products checked.\nerror: Invalid")


def test_of_many_unused_options_only_the_first_are_named() -> None:
    make.make_attribute("select", "size", options=[f"s{number}" for number in range(25)])
    assert run().endswith("... and 6 more options that no product has; --json lists them all.\n")
