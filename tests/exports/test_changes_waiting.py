"""Who waits for changes is told of what others commit meanwhile."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from exports.releasing.committing import release
from tests.exports.test_changes import Copy
from tests.exports.world import make_world
from tests.factories import ACTOR
from tests.threads import shared_database


@pytest.mark.django_db(transaction=True)
def test_waiting_ends_with_the_next_release(tmp_path: Path) -> None:
    world, found = make_world(), list[Any]()
    copy = Copy(world.reader())
    copy.catch_up()

    def wait() -> None:
        found.append(copy.page(wait=20)["changes"])
        connection.close()

    with shared_database(tmp_path):
        waiting = threading.Thread(target=wait)
        waiting.start()

        def write() -> None:
            time.sleep(0.3)
            world.rename("BZ-LIRA", "Lira 2")
            release(ACTOR, world.shop)
            connection.close()

        writing = threading.Thread(target=write)
        writing.start()
        writing.join()
        waiting.join(timeout=25)
    assert [change["sku"] for change in found[0]] == ["BZ-LIRA"]
