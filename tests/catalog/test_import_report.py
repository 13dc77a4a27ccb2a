"""What an import says of itself."""

from __future__ import annotations

import pytest

from catalog.importing.plan import (
    Issue,
)
from catalog.importing.report import Counts, Report

pytestmark = pytest.mark.django_db


def test_the_report_says_it_as_a_table_and_as_json() -> None:
    issues = tuple(Issue("a.csv", line, "sku", "x", "no\nSKU") for line in (2, 3, 4))
    report = Report("test", True, {"products": Counts(1200, 3, 0, 1)}, issues, {"a.csv": 1204}, 0.25)

    assert report.as_text(issues_shown=2).splitlines() == [
        "What the import would do (0.2 s)",
        "",
        "          created  updated  unchanged  left out",
        "products    1,200        3          0         1",
        "total       1,200        3          0         1",
        "",
        "file    rows",
        "a.csv  1,204",
        "",
        "3 issues:",
        "  a.csv, line 2, column sku: “x”: no SKU",
        "  a.csv, line 3, column sku: “x”: no SKU",
        "  ... and 1 more; --json lists them all.",
    ]
    counts = {"created": 1200, "updated": 3, "unchanged": 0, "left_out": 1}
    assert report.as_json() == {
        "source": "test",
        "dry_run": True,
        "kinds": {"products": counts},
        "total": counts,
        "issues": [
            {"file": "a.csv", "line": line, "column": "sku", "value": "x", "reason": "no\nSKU"} for line in (2, 3, 4)
        ],
        "rows": {"a.csv": 1204},
        "seconds": 0.25,
    }
