"""From the commit of a write to the reader of a channel that is released continuously.

A server (gunicorn) and a worker run beside, on the configured engine, in a scratch database. A reader keeps a request
to `/changes/?wait=25` open; the time is from the moment the write's transaction has ended until he holds the answer
with it. `SIZE` scales the number of products in the channel (1: 2,000).
"""

from __future__ import annotations

import http.client
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
from django.conf import settings

from bench.measuring import scratch_database

WRITES = 20
PRODUCTS = 2_000
_READY = 60.0  # seconds


def run(size: float) -> dict[str, dict[str, float]]:
    from tests.jobs import processes_database

    with TemporaryDirectory() as folder, scratch_database(), processes_database(Path(folder)) as environment:
        token, count = _world(max(10, int(PRODUCTS * size)))
        with _beside({**environment, "JOB_LEASE_SECONDS": "40"}) as port:
            seconds = [_measured(port, token, number) for number in range(WRITES + 2)][2:]
    return {
        "figures": {
            "products": float(count),
            "edit_to_reader_median_s": statistics.median(seconds),
            "edit_to_reader_worst_s": max(seconds),
            "load_average": os.getloadavg()[0],
        },
        "ratios": {},
    }


def _world(products: int) -> tuple[str, int]:
    from catalog.models import Channel
    from exports import tokens
    from exports.models import ChannelPolicy
    from exports.policies.saving import save_policy
    from exports.releasing.committing import release
    from tests import factories as make

    channel: Channel = make.make_channel("shop", ["en"])
    family = make.make_family("lamps", [make.make_attribute("number", "weight")])
    for number in range(products):
        make.make_product(f"L{number}", family, {"weight": "1"})
    release(make.ACTOR, channel)
    save_policy(make.ACTOR, ChannelPolicy(channel=channel, mode="continuous"))
    return tokens.issue(make.ACTOR, channel, "bench")[1], products


@contextmanager
def _beside(environment: dict[str, str]) -> Iterator[int]:
    """A server and a worker; the server's port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", int(os.environ.get("PORT", "0"))))
        port: int = free.getsockname()[1]
    server = [sys.executable, "-m", "gunicorn", "--threads", "4", "--bind", f"127.0.0.1:{port}", "pim.wsgi"]
    worker = [sys.executable, "manage.py", "worker"]
    running = [
        subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR, stderr=subprocess.DEVNULL)
        for command in (server, worker)
    ]
    try:
        _wait_for(port)
        yield port
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait()


def _wait_for(port: int) -> None:
    end = time.monotonic() + _READY
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"The server did not answer within {_READY:.0f} s.")


def _measured(port: int, token: str, number: int) -> float:
    """Seconds from the commit of a write until the reader holds the answer with it."""
    from catalog.models import Product
    from catalog.operations.products import set_facts
    from tests.factories import ACTOR

    reader = _Reader(port, token)
    cursor = reader.up_to_date()
    held: list[float] = []

    def read() -> None:
        answer = reader.changes(cursor, wait=25)
        held.extend([time.monotonic()] if answer["changes"] else [])

    waiting = threading.Thread(target=read)
    waiting.start()
    time.sleep(0.3)  # until the request is there and waits
    product = Product.objects.get(sku=f"L{number % 10}")
    set_facts(ACTOR, product, {"weight": {"": str(number + 2)}})
    committed = time.monotonic()
    waiting.join()
    if not held:
        raise TimeoutError("The reader did not see the write within 25 s.")
    return held[0] - committed


class _Reader:
    def __init__(self, port: int, token: str) -> None:
        self.port = port
        self.headers = {"Authorization": f"Bearer {token}"}

    def changes(self, cursor: str, wait: int = 0) -> Any:
        """One page of what differs since a cursor."""
        http_connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        query = f"language=en&wait={wait}" + (f"&cursor={cursor}" if cursor else "")
        http_connection.request("GET", f"/api/v1/channels/shop/changes/?{query}", headers=self.headers)
        answer = http_connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status}: {body[:500]!r}")
        return orjson.loads(body)

    def up_to_date(self) -> str:
        """The cursor after all there is, once nothing more is on its way."""
        cursor = ""
        while True:
            answer = self.changes(cursor)
            cursor = answer["cursor"]
            if not answer["more"]:
                return str(cursor)
