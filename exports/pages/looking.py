"""Pages of an edition drawn and read by the press' processes. What comes of it is kept among its finished pieces."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings

from exports.editions import path_of, workshop
from exports.errors import ExportError
from exports.models import Edition
from exports.pdf import proof
from exports.pdf.press.cache import Cache
from exports.pdf.press.chunk import digest
from exports.pdf.press.pool import Limits, Outcome, borrowed

WIDTHS = (200, 700, 1_400)  # pixels, of which a page may be drawn
SLICE = 25  # pages read in one go

Region = tuple[float, float, float, float]
_turn = threading.Lock()  # whoever else in this process looks at pages waits


class NoPages(ExportError):
    """The edition has no pages to look at, or not that one. The message is for the person who asked."""


class Print(NamedTuple):
    """By what a page is recognised: see exports.pdf.proof.pages.prints."""

    whole: str
    body: str
    words: frozenset[int]


class Unfinished(Exception):
    """There was no time for more; what was found is kept, so that another call goes on."""

    def __init__(self, done: int, every: int) -> None:
        super().__init__(f"{done:,} of {every:,} pages have been looked at.")
        self.done, self.every = done, every


def count(edition: Edition) -> int:
    """How many pages it has. Raises NoPages."""
    said, _ = _found(edition, {"do": "count"})
    pages: int = said["pages"]
    return pages


def picture(edition: Edition, number: int, width: int) -> bytes:
    """Page `number`, from 1, as JPEG; `width` is one of WIDTHS. Raises NoPages."""
    return _found(edition, {"do": "draw", "page": number, "width": width})[1]


def first_pages(file: Path, most: int, width: int) -> tuple[list[bytes], int]:
    """The first pages of a PDF that is no edition, as JPEG, and how many there are. Nothing is kept. Raises NoPages."""
    [(_, counted)] = _run([("count", {"do": "count", "file": str(file)})])
    every = 0 if counted.failed else counted.said["pages"]
    numbers = range(1, min(most, every) + 1)
    drawn = dict(
        _run((number, {"do": "draw", "file": str(file), "page": number, "width": width}) for number in numbers)
    )
    for outcome in (counted, *drawn.values()):
        if outcome.failed:
            raise NoPages(f"This cannot be shown: {outcome.failed}.")
    return [drawn[number].body for number in numbers], every


def prints(edition: Edition, seconds: float = 3_600.0) -> list[Print]:
    """Of all pages. Raises NoPages, and Unfinished after about so many seconds."""
    every = range(1, count(edition) + 1, SLICE)
    tasks = {first: {"do": "prints", "first": first, "last": first + SLICE - 1} for first in every}
    found = {first: _kept().get(_key(edition, task)) for first, task in tasks.items()}
    due = {first: task for first, task in tasks.items() if found[first] is None}
    file = _file(edition)
    for first, outcome in _run(_until(due, file, time.monotonic() + seconds)) if due else ():
        if outcome.failed:
            raise NoPages(f"Pages {first} to {first + SLICE - 1} cannot be read: {outcome.failed}.")
        _kept().put(_key(edition, tasks[first]), outcome.said, b"")
        found[first] = outcome.said
    if missing := [first for first in every if found[first] is None]:
        raise Unfinished((len(every) - len(missing)) * SLICE, count(edition))
    rows = [row for first in every for row in found[first]["prints"]]
    return [Print(row["whole"], row["body"], frozenset(row["words"])) for row in rows]


def regions(old: Edition, old_number: int, new: Edition, new_number: int) -> tuple[list[Region], list[Region]]:
    """Where two pages differ, on each: left, top, right, bottom as shares of the page. Raises NoPages."""
    task = {"do": "regions", "old_page": old_number, "new": str(_file(new)), "new_page": new_number}
    key = digest("page", _drawer(), old.digest, old_number, new.digest, new_number)
    said = _kept().get(key)
    if said is None:
        said, _ = _asked({**task, "old": str(_file(old))}, key)
    return [tuple(box) for box in said["old"]], [tuple(box) for box in said["new"]]


def _found(edition: Edition, task: Mapping[str, Any]) -> tuple[Any, bytes]:
    """What is kept of the task, else what a process of the press says of it now."""
    key = _key(edition, task)
    said, body = _kept().get(key), _kept().body(key)
    if said is not None and body is not None:
        return said, body
    return _asked({**task, "file": str(_file(edition))}, key)


def _asked(task: Mapping[str, Any], key: str) -> tuple[Any, bytes]:
    [(_, outcome)] = _run([("page", task)])
    if outcome.failed:
        raise NoPages(f"This cannot be shown: {outcome.failed}.")
    _kept().put(key, outcome.said, outcome.body)
    return outcome.said, outcome.body


def _until(due: Mapping[int, Mapping[str, Any]], file: Path, end: float) -> Iterator[tuple[Any, Mapping[str, Any]]]:
    """Tasks, as long as there is time to begin one; one at least."""
    for place, (name, task) in enumerate(due.items()):
        if place and time.monotonic() > end:
            return
        yield name, {**task, "file": str(file)}


def _run(tasks: Iterable[tuple[Any, Mapping[str, Any]]]) -> list[tuple[Any, Outcome]]:
    shop = workshop()
    with _turn, borrowed(Limits(shop.seconds, shop.megabytes), shop.processes or os.cpu_count() or 1) as pool:
        return list(pool.run(tasks))


def _file(edition: Edition) -> Path:
    if not edition.file.endswith(".pdf"):
        raise NoPages("Only a PDF has pages to look at.")
    try:
        file = path_of(edition)
    except OSError as error:
        raise NoPages(f"The file of this edition cannot be had: {error}.") from error
    if not file.is_file():
        raise NoPages("The file of this edition is gone.")
    return file


def _kept() -> Cache:
    return Cache(Path(settings.PRESS_ROOT))


def _key(edition: Edition, task: Mapping[str, Any]) -> str:
    return digest("page", _drawer(), edition.digest, dict(task))


@cache
def _drawer() -> str:
    """What determines how a page is drawn and read besides the page: our code, and the library."""
    code = [path.read_text() for path in sorted(Path(proof.__path__[0]).glob("*.py"))]
    return digest(code, version("pypdfium2"))
