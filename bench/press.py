"""A process that makes the measured catalogue with our press, and tells in JSON what it took.

`python -m bench.press COUNT FOLDER`: FOLDER has the pictures.
"""

from __future__ import annotations

import io
import json
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import django

ROUNDS = 3


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pim.settings")
    django.setup()
    count, folder = int(sys.argv[1]), Path(sys.argv[2])
    with tempfile.TemporaryDirectory(prefix="tessera-bench-") as kept:
        print(json.dumps(measured(count, folder, Path(kept))))


def measured(count: int, folder: Path, kept: Path) -> dict[str, Any]:
    """Seconds and megabytes."""
    from bench import publication
    from exports.formats.base import Work, Workshop
    from exports.formats.catalog import Catalog
    from exports.pdf.press.pool import close_spare

    rows = list(publication.documents(count))

    def make(documents: Sequence[Any]) -> tuple[float, int]:
        files, shop = publication.Pictures(folder), Workshop(kept, processes=2)
        work = Work(publication.publication(count), "", files, {}, workshop=shop)
        out = io.BytesIO()
        started = time.perf_counter()
        Catalog().write(iter(documents), out, work)
        taken = time.perf_counter() - started
        assert not work.problems, work.problems[:3]
        (folder / "ours.pdf").write_bytes(out.getvalue())
        return taken, len(out.getvalue())

    before = _processor()
    cold, size = make(rows)
    close_spare()  # their processor time is known when they have ended
    figures: dict[str, Any] = {"cold": cold, "cold_cpu": _processor() - before, "bytes": size}
    make(rows)  # warm again
    edits = {"nothing": [], "price": [], "title": []}  # type: dict[str, list[float]]
    for turn in range(ROUNDS):
        middle = rows[count // 2]
        edits["nothing"].append(make(rows)[0])
        rows[count // 2] = publication.with_price(middle, f"{1_000 + turn}.00")
        edits["price"].append(make(rows)[0])
        rows[count // 2] = replace(middle, name=f"{middle.name} in the {turn + 2}nd edition")
        edits["title"].append(make(rows)[0])
    close_spare()
    figures |= {name: statistics.median(taken) for name, taken in edits.items()}
    largest = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {**figures, "peak_mb": largest / 1024}


def _processor() -> float:
    """Seconds of this process and of those it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    main()
