"""What many tests of a module begin from, made once for all of them: each finds it as it was made.

It stands in a transaction around those of the tests, and what a test does to it is rolled back to a savepoint, as in
`setUpTestData` of Django's TestCase. So a test that commits for real cannot stand in such a module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import partial
from pathlib import Path
from shutil import copytree
from typing import Any, Generic, TypeVar

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.test import override_settings

from catalog.remembered import forget

T = TypeVar("T")
ROOTS = {"MEDIA_ROOT": "media", "EDITIONS_ROOT": "editions", "SETS_ROOT": "sets", "PRESS_ROOT": "press"}
QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]


class Made(Generic[T]):
    """What was made, and the files that were written then."""

    def __init__(self, value: T, folder: Path) -> None:
        self._value, self._folder = value, folder

    def again(self) -> T:
        """For one test, which may do with it what it likes."""
        for root, name in ROOTS.items():
            if (self._folder / name).exists():
                copytree(self._folder / name, getattr(settings, root), dirs_exist_ok=True)
        return deepcopy(self._value)


def once(build: Callable[..., T], **params: Any) -> Any:
    """A fixture of a module: what `build` makes, of each parameter if there are any (as of `pytest.fixture`).

    A fixture of a test, which needs the database, asks it `again()`.
    """

    @pytest.fixture(scope="module", **params)  # type: ignore[untyped-decorator]
    def made(
        request: pytest.FixtureRequest,
        django_db_setup: None,
        django_db_blocker: Any,
        tmp_path_factory: pytest.TempPathFactory,
    ) -> Iterator[Made[T]]:
        make = partial(build, request.param) if params else build
        standing = _standing(make, tmp_path_factory.mktemp("made"))
        with django_db_blocker.unblock():
            found = standing.__enter__()
        yield found
        with django_db_blocker.unblock():
            standing.__exit__(None, None, None)

    return made


@contextmanager
def _standing(build: Callable[[], T], folder: Path) -> Iterator[Made[T]]:
    forget()
    cache.clear()
    roots = {root: folder / name for root, name in ROOTS.items()}
    with transaction.atomic():
        with override_settings(PASSWORD_HASHERS=QUICK, **roots):
            value = build()
        connection.check_constraints()
        OPEN.append(folder)
        try:
            yield Made(value, folder)
        finally:
            OPEN.remove(folder)
            transaction.set_rollback(True)


OPEN: list[Path] = []


def refuse_to_commit(item: pytest.Item) -> None:
    """A test that commits for real would wait for ever for what stands, or find it committed."""
    marker = item.get_closest_marker("django_db")
    commits = bool(marker and marker.kwargs.get("transaction")) or "transactional_db" in getattr(
        item, "fixturenames", ()
    )
    assert not (OPEN and commits), "This test commits: put it into a module without fixtures made once."
