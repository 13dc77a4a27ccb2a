"""Commands end as shells expect it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

MANAGE = Path(settings.BASE_DIR) / "manage.py"


def run(words: list[str], stdout: int) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, MANAGE, *words], stdout=stdout, stderr=subprocess.PIPE, check=False)


# One that writes little, at its end, and one that writes much on its way.
@pytest.mark.parametrize("words", [["help", "--commands"], ["spectacular"]])
def test_a_reader_who_has_seen_enough_ends_a_command_quietly(words: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ended = run(words, writing)
    finally:
        os.close(writing)
    assert (ended.returncode, ended.stderr) == (128 + signal.SIGPIPE, b"")


def test_a_command_that_is_read_to_its_end_ends_well() -> None:
    ended = run(["help", "--commands"], subprocess.PIPE)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert b"products" in ended.stdout
