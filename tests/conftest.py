"""What all tests share."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from django.core.cache import cache
from django.db.backends.postgresql.operations import DatabaseOperations
from django.template import Engine

from catalog.remembered import forget
from tests import golden as golden_files
from tests.databases import deleting, may_differ
from tests.queries import CountQueries, counted
from tests.sharing import QUICK, ROOTS, refuse_to_commit

# How long an example takes says more about the machine than about the code. A gate says the same of the same code, so
# it tries the same examples each time; elsewhere each run tries others.
hypothesis.settings.register_profile("tessera", deadline=None, derandomize=bool(os.environ.get("CI")))
hypothesis.settings.load_profile("tessera")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-golden", action="store_true", help="write the golden outputs anew")
    parser.addoption("--rewrite-query-counts", action="store_true", help="write tests/query_counts.json anew")
    parser.addoption("--another-database", action="store_true", help="only what can differ between databases")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--another-database"):
        config.hook.pytest_deselected(items=[item for item in items if not may_differ(item)])
        items[:] = filter(may_differ, items)


def pytest_collection_finish() -> None:
    """Thousands of tests and all their modules stay to the end: looking for what could be freed there is in vain."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    refuse_to_commit(item)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, bytes], None]:
    """Compare bytes with a file in tests/golden/."""
    rewrite = bool(request.config.getoption("--rewrite-golden"))
    return lambda name, got: golden_files.compare(name, got, rewrite=rewrite)


@pytest.fixture
def count_queries(request: pytest.FixtureRequest) -> CountQueries:
    """Compare the number of queries of a block with the one recorded under its name."""
    rewrite = bool(request.config.getoption("--rewrite-query-counts"))
    return lambda name: counted(name, rewrite=rewrite)


@pytest.fixture(scope="session", autouse=True)
def quick_flush() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", deleting)
        yield


@pytest.fixture(autouse=True)
def own_folders(settings: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Files written by a test go away with it."""
    for root, name in ROOTS.items():
        setattr(settings, root, tmp_path / name)


@pytest.fixture(autouse=True)
def empty_memory() -> None:
    """How many queries a test counts must not depend on what the one before it has looked up."""
    forget()
    cache.clear()


@pytest.fixture(autouse=True)
def quick_passwords(settings: pytest.FixtureRequest) -> None:
    """Logging in is not what is tested; the real hash takes half a second on purpose."""
    settings.PASSWORD_HASHERS = QUICK  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def quiet_templates(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where missing variables are ignored, they are also not looked into: that costs a stack trace for each one."""
    if request.node.get_closest_marker("ignore_template_errors"):
        monkeypatch.setattr(Engine.get_default(), "string_if_invalid", "")
