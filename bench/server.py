"""The server that the deployment guide recommends, on the scratch database, and a client that only counts bytes."""

from __future__ import annotations

import http.client
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from bench.measuring import scratch_database

BLOCK = 256 * 1024
# One of its processes, so that what it takes can be told.
COMMAND = ("gunicorn", "pim.wsgi", "--worker-class=gthread", "--workers=1", "--threads=4", "--log-level=warning")


@contextmanager
def scratch_files() -> Iterator[Path]:
    """A scratch database that other processes can open, and a folder for what is kept beside it."""
    with tempfile.TemporaryDirectory(prefix="tessera-bench-") as folder:
        settings.DEBUG = False
        if connection.vendor == "sqlite":
            connection.settings_dict["TEST"]["NAME"] = f"{folder}/bench.sqlite3"
        with scratch_database():
            yield Path(folder)


def database_url() -> str:
    """Where other processes find the scratch database."""
    said = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{said['NAME']}"
    login = said["USER"] + (f":{said['PASSWORD']}" if said["PASSWORD"] else "")
    return f"postgres://{login}@{said['HOST']}:{said['PORT'] or 5432}/{said['NAME']}"


def environment(folder: Path) -> dict[str, str]:
    """As on a server: debugging keeps every query."""
    said = {"DEBUG": "0", "HTTPS": "0", "ALLOWED_HOSTS": "127.0.0.1", "SECRET_KEY": secrets.token_urlsafe(60)}
    return {**os.environ, **said, "DATABASE_URL": database_url(), "DATA_ROOT": str(folder), "LOG_LEVEL": "WARNING"}


class Server:
    def __init__(self, port: int, process: subprocess.Popen[bytes]) -> None:
        self.port = port
        self.process = process

    def get(self, path: str, headers: Mapping[str, str]) -> int:
        """How many bytes an answer has, read and thrown away."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)) as client:
            client.request("GET", path, headers=dict(headers))
            answer = client.getresponse()
            assert answer.status == 200, answer.read()[:500]
            room, total = bytearray(BLOCK), 0
            while count := answer.readinto(room):
                total += count
            return total

    @property
    def worker(self) -> int:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(children[0])

    def memory(self, name: str) -> int:
        """VmRSS (now) or VmHWM (at most so far) of the serving process, in KiB."""
        lines = Path(f"/proc/{self.worker}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))

    def processor(self) -> float:
        """Seconds of processor time that the serving process has taken (proc(5): utime and stime)."""
        fields = Path(f"/proc/{self.worker}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """The server, once it answers."""
    with closing(socket.create_server(("127.0.0.1", int(os.environ.get("BENCH_PORT", "0"))))) as free:
        port = free.getsockname()[1]
    program = [str(Path(sys.executable).with_name(COMMAND[0])), *COMMAND[1:], f"--bind=127.0.0.1:{port}"]
    process = subprocess.Popen(program, env=environment(folder))
    try:
        _wait(port)
        yield Server(port, process)
    finally:
        process.terminate()
        process.wait()


def _wait(port: int) -> None:
    for _ in range(600):
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("The server does not answer.")
