"""Several writers at once, each with a connection of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection, connections


@contextmanager
def shared_database(folder: Path) -> Iterator[None]:
    """Threads started within see one database; to be used in a test with `transaction=True`.

    Tests on SQLite run in memory, where locks fail at once instead of waiting. Threads get a copy in a file, which is
    what an installation has; what they write is seen by threads only.
    """
    if connection.vendor != "sqlite":
        yield
        return
    file = folder / "threads.sqlite3"
    with closing(sqlite3.connect(file)) as copy:
        connection.connection.backup(copy)
    configured = connections.settings["default"]
    in_memory = configured["NAME"]
    configured["NAME"] = str(file)
    try:
        yield
    finally:
        configured["NAME"] = in_memory


def at_once(*jobs: Callable[[], object]) -> None:
    """Run the jobs in threads of their own and raise what any of them raised."""

    def run(job: Callable[[], object]) -> None:
        try:
            job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        for done in [pool.submit(run, job) for job in jobs]:
            done.result()
