"""Sixteen readers of a channel, when nothing else is done and while 50,000 products are imported.

Each reads pages of a hundred and single documents, with a pause after each, so that the machine is not full of them
alone. Times are those that readers see.
"""

from __future__ import annotations

import csv
import http.client
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from bench.server import Server, environment

READERS, PAUSE, IDLE, LONGEST = 16, 0.2, 10.0, 60.0
ROWS = 50_000


class Readers:
    def __init__(self, server: Server, secret: str, count: int) -> None:
        self.server, self.secret, self.count = server, secret, count
        self.times: list[float] = []
        self.errors: list[str] = []
        self.stop = threading.Event()

    def read(self, number: int) -> None:
        client = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        for address in self.addresses(number):
            if self.stop.wait(PAUSE):
                return
            started = time.perf_counter()
            try:
                client.request("GET", address, headers={"Authorization": f"Bearer {self.secret}"})
                answer = client.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException) as error:
                self.errors.append(repr(error))
                client.close()
                continue
            self.times.append(time.perf_counter() - started)
            if answer.status != 200:
                self.errors.append(f"{answer.status} {address}")

    def addresses(self, number: int) -> Iterator[str]:
        at = number * 97
        while True:
            at = (at * 31 + 17) % self.count
            yield f"/api/v1/channels/bench/documents/SKU-{at:07}/?language=en"
            yield "/api/v1/channels/bench/documents/?limit=100"

    def during(self, until: threading.Event | None, seconds: float) -> None:
        """Read for so long, or until something else is over."""
        threads = [threading.Thread(target=self.read, args=(number,)) for number in range(READERS)]
        for thread in threads:
            thread.start()
        (until or threading.Event()).wait(seconds)
        self.stop.set()
        for thread in threads:
            thread.join()

    def p99_ms(self) -> float:
        return statistics.quantiles(self.times, n=100)[98] * 1000


def measure(server: Server, secret: str, folder: Path, count: int) -> tuple[dict[str, float], dict[str, float]]:
    """Figures and ratios."""
    idle, busy = (Readers(server, secret, count) for _ in range(2))
    Readers(server, secret, count).during(None, 2.0)
    idle.during(None, IDLE)
    over = threading.Event()
    importing = threading.Thread(target=_import, args=(folder, over))
    importing.start()
    started = time.perf_counter()
    busy.during(over, LONGEST)
    taken = time.perf_counter() - started
    importing.join()
    figures = {
        "readers": READERS,
        "reads_idle": len(idle.times),
        "reads_during_import": len(busy.times),
        "read_errors": len(idle.errors) + len(busy.errors),
        "idle_p99_ms": idle.p99_ms(),
        "import_p99_ms": busy.p99_ms(),
        "import_s": taken,
    }
    return figures, {"p99_during_import_vs_idle": busy.p99_ms() / idle.p99_ms()}


def _import(folder: Path, over: threading.Event) -> None:
    """Import so many products in a process of its own, which gives way to readers, as the deployment guide says."""
    files = folder / "import"
    files.mkdir()
    for name, rows in _files().items():
        with (files / f"{name}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), delimiter=";")
            writer.writeheader()
            writer.writerows(row for row in rows if any(row.values()))
    program = ["nice", "-n", "10", sys.executable, "manage.py", "import_from", "akeneo", str(files)]
    try:
        done = subprocess.run(program, env=environment(folder), check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    finally:
        over.set()


def _files() -> dict[str, list[dict[str, str]]]:
    """An Akeneo export."""

    def attribute(code: str, kind: str, **more: str) -> dict[str, str]:
        row = {"code": code, "type": f"pim_catalog_{kind}", "group": "main", "localizable": "0", "scopable": "0"}
        return {**row, "decimals_allowed": "", "label-en_US": code, **more}

    return {
        "attribute_groups": [{"code": "main", "sort_order": "1", "label-en_US": "Main"}],
        "attributes": [
            attribute("sku", "identifier"),
            attribute("name", "text"),
            attribute("watts", "number", decimals_allowed="0"),
            attribute("notes", "textarea"),
        ],
        "attribute_options": [{"attribute": "", "code": "", "sort_order": "", "label-en_US": ""}],
        "categories": [{"code": "master", "parent": "", "label-en_US": "All"}],
        "channels": [
            {"code": "web", "locales": "en_US", "currencies": "EUR", "tree": "master", "label-en_US": "Web"},
        ],
        "families": [
            {
                "code": "machines",
                "label-en_US": "Machines",
                "attributes": "sku,name,watts,notes",
                "attribute_as_label": "name",
            }
        ],
        "products": [
            {
                "sku": f"IMP-{number:06}",
                "family": "machines",
                "categories": "master",
                "enabled": "1",
                "name": f"Machine {number}",
                "watts": str(number % 2_000 + 1),
                "notes": f"Imported as number {number}.",
            }
            for number in range(ROWS)
        ],
    }
