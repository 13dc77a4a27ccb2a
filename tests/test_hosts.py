"""Several worker hosts: one that is cut off loses its job to another, and what it writes late is refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from bench.hosts import lacking
from tests.jobs import processes_database

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="hosts do not share a database of SQLite")
@pytest.mark.skipif("CI" not in os.environ and bool(lacking()), reason=f"network namespaces need {lacking()}")
def test_a_host_that_is_cut_off_in_the_middle_is_replaced_and_refused_when_it_comes_back(tmp_path: Path) -> None:
    """bench/hosts.py: once before the step's transaction, once within it, with its locks held."""
    with processes_database(tmp_path) as environment:
        played = subprocess.run(
            [sys.executable, "-m", "bench.hosts", "--like"],
            env=environment,
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )
        assert played.returncode == 0, played.stderr[-2_000:]
        assert [(each["halted"], each["wrong"]) for each in json.loads(played.stdout)] == [("before", 0), ("within", 0)]


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="a file has no server that could lose a client")
def test_the_server_gives_a_lost_client_up_within_half_a_minute() -> None:
    """Else the locks of one cut off in the middle keep everybody else waiting for hours."""
    wanted = {"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"}
    with connection.cursor() as cursor:
        for name, value in {**wanted, "tcp_user_timeout": "25000"}.items():
            cursor.execute(f"SHOW {name}")
            assert cursor.fetchone() == (value,)
