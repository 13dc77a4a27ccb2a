"""What can be set, run or made is documented."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SKIPPED_COMMANDS = {"__init__"}


def test_every_setting_is_documented_and_every_documented_one_exists() -> None:
    source = (ROOT / "pim/settings.py").read_text()
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', source)) | {"SECRET_KEY"}
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE))
    assert documented == read


def test_every_command_is_documented() -> None:
    names = {
        path.stem for app in ("catalog", "exports") for path in (ROOT / app / "management/commands").glob("*.py")
    } - SKIPPED_COMMANDS
    documented = set(re.findall(r"^## `(\w+)", (ROOT / "docs/commands.md").read_text(), re.MULTILINE))
    assert documented == names


def test_every_format_is_documented() -> None:
    from exports.formats.registry import FORMATS

    headings = re.findall(r"^## .*\((`.*`)\)", (ROOT / "docs/formats.md").read_text(), re.MULTILINE)
    assert sorted(re.findall(r"`([\w-]+)`", " ".join(headings))) == sorted(FORMATS)


def test_every_source_and_step_of_mappings_is_documented() -> None:
    from exports.mapping.sources import SOURCES
    from exports.mapping.steps import STEPS

    text = (ROOT / "docs/mapping.md").read_text()
    rows = [(source.written, source.help) for source in SOURCES.values()]
    rows += [(f"{step.name} {step.takes}".strip(), step.help) for step in STEPS.values()]
    assert [row for row in rows if f"| `{row[0]}` | {row[1]} |" not in text] == []


def test_every_quality_check_is_documented_with_its_severity() -> None:
    from catalog.quality.registry import CHECKS

    rows = re.findall(r"^\| `(\w+)` \| (\w+) \|", (ROOT / "docs/quality.md").read_text(), re.MULTILINE)
    assert rows == [(code, check.severity) for code, check in CHECKS.items()]


def test_every_option_of_a_format_is_documented() -> None:
    from exports.formats.registry import FORMATS

    text = (ROOT / "docs/formats.md").read_text()
    missing = [(code, name) for code, form in FORMATS.items() for name in form.options if f"`{name}`" not in text]
    assert missing == []


@pytest.mark.parametrize("page", [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md"], ids=lambda p: p.name)
def test_links_and_pictures_of_the_docs_exist(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text())
    missing = [target for target in targets if "://" not in target and not (page.parent / target).exists()]
    assert missing == []
