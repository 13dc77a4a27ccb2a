"""`manage.py import_from SOURCE PATH`."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from catalog.importing import registry
from catalog.importing.plan import Plan
from catalog.importing.sources.base import Source
from catalog.models import AttributeGroup, Change

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A group, and twenty-five attributes of a group that does not exist."""
    attributes = [f'[[attribute]]\ncode = "a{n}"\ntype = "text"\ngroup = "none"\n' for n in range(25)]
    (tmp_path / "schema.toml").write_text('[[group]]\ncode = "general"\n' + "".join(attributes))
    return tmp_path


def import_from(*arguments: str) -> str:
    out = StringIO()
    call_command("import_from", *arguments, stdout=out, stderr=StringIO(), skip_checks=True)
    return out.getvalue()


def test_an_import_prints_a_table_and_the_first_issues(files: Path) -> None:
    lines = import_from("tessera", str(files)).splitlines()

    assert lines[0].startswith("What the import did (")
    assert lines[2:11] == [
        "            created  updated  unchanged  left out",
        "groups            1        0          0         0",
        "attributes        0        0          0        25",
        "total             1        0          0        25",
        "",
        "file         rows",
        "schema.toml    26",
        "",
        "25 issues:",
    ]
    assert lines[11] == (
        "  attributes, column a0.group: “none”: there is no attribute group of this code; it is left out."
    )
    assert lines[-1] == "  ... and 5 more; --json lists them all."
    assert len(lines) == 32


def test_what_was_done_is_recorded_with_the_source(files: Path) -> None:
    import_from("tessera", str(files))

    change = Change.objects.get()
    assert (change.actor, change.path, change.operation, change.key) == (
        "import from tessera",
        "import",
        "create",
        "general",
    )


def test_a_dry_run_says_what_would_happen(files: Path) -> None:
    assert import_from("tessera", str(files), "--dry-run").startswith("What the import would do (")
    assert not AttributeGroup.objects.exists()


def test_json_has_all_issues(files: Path) -> None:
    report = json.loads(import_from("tessera", str(files), "--json"))

    assert report["kinds"]["groups"] == {"created": 1, "updated": 0, "unchanged": 0, "left_out": 0}
    assert report["rows"] == {"schema.toml": 26}
    assert len(report["issues"]) == 25


def test_a_refused_file_is_one_clear_line(files: Path) -> None:
    (files / "schema.toml").write_text("[[group]]\ncode = ")

    with pytest.raises(CommandError, match=r"^schema\.toml: Invalid value \(at end of document\)$"):
        import_from("tessera", str(files))


def test_an_unknown_source_is_refused_with_those_there_are(files: Path) -> None:
    with pytest.raises(CommandError, match="No import source is called “exel”; there are akeneo, pc_parts, tessera"):
        import_from("exel", str(files))


def test_progress_goes_to_stderr(files: Path) -> None:
    err = StringIO()
    call_command("import_from", "tessera", str(files), "--json", stdout=StringIO(), stderr=err, skip_checks=True)

    assert err.getvalue().startswith(f"Reading {files} ...")


def test_two_sources_of_one_code_are_refused() -> None:
    class Twin(Source):
        code = "twin"
        label = "Twin"

        def read(self, path: Path) -> Plan:
            return Plan("twin")

    with pytest.raises(ValueError, match="Two import sources are called “twin”: Twin and Twin"):
        registry.build([Twin(), Twin()])


def test_what_is_no_source_is_refused() -> None:
    with pytest.raises(TypeError, match="must be an instance of a subclass of Source"):
        registry.build([Plan("x")])  # type: ignore[list-item]
