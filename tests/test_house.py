"""Rules of the house that import contracts cannot say."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("pim", "catalog", "exports")
PURE = (
    "exports/documents.py",
    "exports/assembling/assemble.py",
    "exports/assembling/statements.py",
    "exports/assembling/words.py",
    "exports/gathering/bundles.py",
)
PURE_FOLDERS = ("exports/formats", "exports/pdf", "exports/web", "catalog/values")


def sources() -> Iterator[Path]:
    for room in ROOMS:
        yield from (path for path in sorted((ROOT / room).rglob("*.py")) if "migrations" not in path.parts)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def pure_files() -> list[Path]:
    files = [ROOT / name for name in PURE]
    return files + [path for folder in PURE_FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]


@pytest.mark.parametrize("path", pure_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_pure_does_not_import_the_database(path: Path) -> None:
    named = [
        name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    ]
    assert [name for name in named if name.startswith(("django.db", "catalog.models", "exports.models"))] == []


def test_no_file_is_over_400_lines() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in sources()}
    assert {name: count for name, count in lengths.items() if count > 400} == {}


def test_no_function_is_over_50_lines_and_half_have_at_most_ten() -> None:
    found = {f"{path.relative_to(ROOT)}:{node.name}": length(node) for path in sources() for node in functions(path)}
    assert {name: count for name, count in found.items() if count > 50} == {}
    assert median(found.values()) <= 10


def test_at_least_95_of_100_functions_are_annotated() -> None:
    annotated = [node.returns is not None for path in sources() for node in functions(path)]
    assert sum(annotated) >= 0.95 * len(annotated)
