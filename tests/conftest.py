"""What all tests share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests import golden as golden_files


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-golden", action="store_true", help="write the golden outputs anew")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, bytes], None]:
    """Compare bytes with a file in tests/golden/."""
    rewrite = bool(request.config.getoption("--rewrite-golden"))
    return lambda name, got: golden_files.compare(name, got, rewrite=rewrite)


@pytest.fixture(autouse=True)
def own_folders(settings: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Files written by a test go away with it."""
    settings.MEDIA_ROOT = tmp_path / "media"  # type: ignore[attr-defined]
    settings.EDITIONS_ROOT = tmp_path / "editions"  # type: ignore[attr-defined]
