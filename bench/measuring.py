"""What benchmarks share: a scratch database, rounds taken in turn, and the result file."""

from __future__ import annotations

import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection
from django.test.utils import setup_databases, teardown_databases

RESULTS = Path(__file__).parent / "results"
ROUNDS = 5


@contextmanager
def scratch_database() -> Iterator[None]:
    """A database of its own beside the configured one, on the same engine, gone afterwards."""
    old = setup_databases(verbosity=0, interactive=False)
    try:
        yield
    finally:
        teardown_databases(old, verbosity=0)


def in_turn(variants: dict[str, Callable[[], Any]], rounds: int = ROUNDS, calls: int = 1) -> dict[str, float]:
    """Median seconds of each variant; they run A B C A B C, so that a busy moment hits all alike.

    In its turn a short one makes several `calls`: else it would be told how cold the one before left the processor.
    """
    times: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(rounds):
        for name, variant in variants.items():
            for _ in range(calls):
                started = time.perf_counter()
                variant()
                times[name].append(time.perf_counter() - started)
    return {name: statistics.median(taken) for name, taken in times.items()}


def processor() -> float:
    """Seconds of processor time of this process, and of PostgreSQL's that works for it, which it tells in 10 ms."""
    return time.process_time() + _server()


def _server() -> float:
    if connection.vendor != "postgresql":
        return 0.0
    try:
        said = Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text()
    except OSError:
        return 0.0
    fields = said.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def machine() -> dict[str, Any]:
    return {
        "cpus": os.cpu_count(),
        "processor": _processor(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "")


def write(name: str, result: dict[str, dict[str, float]]) -> None:
    """Print a benchmark's figures and ratios, and keep them as JSON."""
    whole = {"machine": machine(), "engine": connection.vendor, **result}
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(whole, indent=2, ensure_ascii=False) + "\n")
    print(f"{name} on {connection.vendor}")
    for part in ("figures", "ratios"):
        for key, value in result[part].items():
            print(f"  {key:<40} {value:>14,.3f}")
    print(f"  -> {path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}")
