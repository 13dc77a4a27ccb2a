"""A catalogue of 100, 500 and 2,000 products by our press, and given whole to WeasyPrint, to Chromium and to Typst.

Ours: cold, after a price edit and after a title edit, the edits in a process that has made it before. Typst is measured
where its Python package is installed (`pip install typst`); it is no dependency.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bench import at_once, publication
from exports.pdf import fonts

SIZES = (100, 500, 2_000)
CHROMIUM = ("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", "--allow-file-access-from-files")


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds by the clock and of processor time; megabytes of the largest of its processes."""

    wall: float
    cpu: float
    memory: float


def run(size: float) -> dict[str, dict[str, float]]:
    figures: dict[str, float] = {}
    ratios: dict[str, float] = {}
    largest = int(os.environ.get("PDF_LARGEST", "2000"))
    for nominal in (one for one in SIZES if one <= largest):
        with tempfile.TemporaryDirectory(prefix="tessera-bench-") as name:
            _measure(nominal, max(20, round(nominal * size)), Path(name), figures, ratios)
    if "cpu_per_page_ms_2000" in figures:
        ratios["cpu_per_page_2000_vs_100"] = figures["cpu_per_page_ms_2000"] / figures["cpu_per_page_ms_100"]
    with tempfile.TemporaryDirectory(prefix="tessera-bench-") as name:
        _sheets(Path(name), figures, ratios)
    return {"figures": figures, "ratios": ratios}


def _measure(nominal: int, count: int, folder: Path, figures: dict[str, float], ratios: dict[str, float]) -> None:
    publication.draw_pictures(count, folder)
    rows = list(publication.documents(count))
    page = at_once.html(rows, folder)
    ours = json.loads(_output([sys.executable, "-m", "bench.press", str(count), str(folder)]))
    pages = _pages(folder / "ours.pdf")
    others = {"at_once": taken([sys.executable, "-m", "weasyprint", str(page), str(folder / "once.pdf")])}
    if chromium := shutil.which("chromium"):
        options = [*CHROMIUM, f"--user-data-dir={folder}/chromium", f"--print-to-pdf={folder}/chromium.pdf"]
        others["chromium"] = taken([chromium, *options, page.as_uri()])
    if find_spec("typst"):
        source = at_once.typst(rows, folder)
        code = "import sys, typst; typst.compile(sys.argv[1], output=sys.argv[2], font_paths=sys.argv[3:])"
        paths = [str(one) for one in fonts.folders()]
        others["typst"] = taken([sys.executable, "-c", code, str(source), str(folder / "typst.pdf"), *paths])
    figures |= {
        f"cold_s_{nominal}": ours["cold"],
        f"cold_cpu_s_{nominal}": ours["cold_cpu"],
        f"again_s_{nominal}": ours["nothing"],
        f"price_edit_s_{nominal}": ours["price"],
        f"title_edit_s_{nominal}": ours["title"],
        f"peak_memory_mb_{nominal}": ours["peak_mb"],
        f"size_mb_{nominal}": ours["bytes"] / 1e6,
        f"pages_{nominal}": pages,
        f"cpu_per_page_ms_{nominal}": ours["cold_cpu"] / pages * 1_000,
    }
    for name, other in others.items():
        figures |= {
            f"{name}_s_{nominal}": other.wall,
            f"{name}_cpu_s_{nominal}": other.cpu,
            f"{name}_memory_mb_{nominal}": other.memory,
        }
        ratios |= {
            f"cold_wall_vs_{name}_{nominal}": ours["cold"] / other.wall,
            f"cold_cpu_vs_{name}_{nominal}": ours["cold_cpu"] / other.cpu,
            f"price_edit_vs_{name}_{nominal}": ours["price"] / other.wall,
            f"title_edit_vs_{name}_{nominal}": ours["title"] / other.wall,
        }


def taken(command: Sequence[str]) -> Taken:
    """What a program and those it began took. Raises RuntimeError where it fails."""
    quiet = os.open(os.devnull, os.O_WRONLY)
    started = time.perf_counter()
    pid = os.posix_spawn(
        command[0],
        list(command),
        os.environ,
        file_actions=[(os.POSIX_SPAWN_DUP2, quiet, 1), (os.POSIX_SPAWN_DUP2, quiet, 2)],
    )
    _, status, used = os.wait4(pid, 0)
    wall = time.perf_counter() - started
    os.close(quiet)
    if status:
        raise RuntimeError(f"{command[0]} fails: {os.waitstatus_to_exitcode(status)}.")
    return Taken(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _output(command: Sequence[str]) -> str:
    import subprocess

    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2_000:])
    return done.stdout.splitlines()[-1]


def _pages(path: Path) -> int:
    import pikepdf

    with pikepdf.open(path) as pdf:
        return len(pdf.pages)


def _sheets(folder: Path, figures: dict[str, float], ratios: dict[str, float]) -> None:
    """A data sheet by a process that has made one before, and the same page by WeasyPrint's command line."""
    import io

    from exports.formats.base import Work
    from exports.formats.datasheet import DataSheet
    from exports.pdf.engine import Press

    publication.draw_pictures(1, folder)
    row = publication.document(0)
    seen: list[str] = []
    render = Press.render

    def sheet() -> float:
        work = Work(publication.publication(1), "", publication.Pictures(folder), {"sku": row.sku})
        started = time.perf_counter()  # its pages are laid out in another process: by the clock, which is no less
        DataSheet().write(iter([row]), io.BytesIO(), work)
        return time.perf_counter() - started

    def watched(self: Press, html: str, **more: Any) -> object:
        seen[:] = [html, self._stylesheet]
        return render(self, html, **more)

    Press.render = watched  # type: ignore[assignment, method-assign]
    sheet()
    Press.render = render  # type: ignore[method-assign]
    page = folder / "sheet.html"
    html = seen[0].replace(f"asset:{row.assets[0].digest}?width=900", "0.jpg")
    page.write_text(html.replace("</head>", f"<style>{seen[1]}</style></head>"))
    command = [sys.executable, "-m", "weasyprint", "--pdf-tags", str(page), str(folder / "sheet.pdf")]
    rounds = [(sheet(), taken(command).cpu) for _ in range(5)]
    warm, cold = (sorted(column)[2] for column in zip(*rounds, strict=True))
    figures |= {"datasheet_warm_cpu_ms": warm * 1_000, "datasheet_command_line_cpu_ms": cold * 1_000}
    ratios["datasheet_vs_command_line"] = warm / cold
