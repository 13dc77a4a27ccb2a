"""The press that keeps tags: lays out HTML part by part, and binds the parts into one PDF.

A part is laid out alone and knows its first page's number, because parts are laid out in order; so a table of contents
laid out last has literal page numbers, and nothing is laid out twice. All this is done in one process of
exports.pdf.press, within its limits: a part that fails, hangs or eats memory is given up, and the others go on.
"""

from __future__ import annotations

import os
import select
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from exports.documents import DocumentAsset
from exports.errors import ExportError
from exports.formats.base import Files, Problem, Workshop
from exports.pdf.kinds.archive import Archive
from exports.pdf.pictures import ADDRESS, Pictures, Refused
from exports.pdf.press.pool import Limits, Outcome, Pool, Process, borrowed

MUCH = 20_000  # characters: two pages of ours, which take some tenths of a second


@dataclass(frozen=True, slots=True)
class Part:
    """Pages that were laid out. `anchors` says on which page of the whole PDF each element with an id begins.

    `sku` is that of the product whose pages they are, where it is one.
    """

    first_page: int
    length: int
    anchors: Mapping[str, int]
    number: int
    task: Mapping[str, Any] = field(repr=False)
    sku: str = ""

    @property
    def next_page(self) -> int:
        return self.first_page + self.length


class CannotBeLaidOut(ExportError):
    """It would end no otherwise another time: what it was given is to blame, or these parts of it."""

    def __init__(self, message: str, parts: Sequence[Part] = ()) -> None:
        super().__init__(message)
        self.parts = parts


class Press:
    """Makes one PDF. A context: pictures lie in a folder that goes away at its end."""

    def __init__(
        self, files: Files, stylesheet: str, problems: list[Problem], workshop: Workshop | None = None
    ) -> None:
        self._files = files
        self._stylesheet = stylesheet
        self._problems = problems
        self._shop = workshop or Workshop()
        self._count = 0  # of parts
        self._there: set[int] = set()  # the parts that the process has
        self._process: Process | None = None
        self._waits = False  # for an answer of it
        self._open = ExitStack()

    def __enter__(self) -> Self:
        shop = self._shop
        with self._open as opening:
            self._folder = Path(opening.enter_context(tempfile.TemporaryDirectory(prefix="tessera-pdf-")))
            self.pictures = Pictures(self._files, self._folder, self._problems)
            limits = Limits(shop.seconds, shop.megabytes)
            self._pool: Pool = opening.enter_context(borrowed(limits, shop.processes or os.cpu_count() or 1))
            opening.callback(self._give_back)
            self._open = opening.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        if isinstance(error, ExportError) and error.permanent:
            return self._open.__exit__(None, None, None)  # that does no harm to the processes
        return self._open.__exit__(kind, error, trace)

    def picture(self, sku: str, asset: DocumentAsset | None, width: int) -> str:
        """The `src` of a picture at most `width` pixels wide, or "" where there is none."""
        return self.pictures.address(sku, asset, width)

    def render(self, html: str, *, first_page: int = 1, sku: str = "") -> Part:
        """Lay out `html`; its first page has the number `first_page`. Raises ExportError where that is impossible.

        It may take as long as one product may, and a second more for each MUCH of its HTML.
        """
        task = {
            "do": "part",
            "html": html,
            "css": self._stylesheet,
            "first_page": first_page,
            "pictures": self._paths(html),
            "seconds": self._shop.seconds + len(html) // MUCH,
            "megabytes": self._shop.megabytes,
        }
        number = self._count = self._count + 1
        outcome = self._laid(number, task)
        if outcome.failed:
            raise _error(f"The pages from {first_page} cannot be laid out", outcome)
        said = outcome.said
        for message in said["told"]:
            self._tell(message)
        anchors = {anchor: first_page + page for anchor, page in said["anchors"].items()}
        return Part(first_page, said["pages"], anchors, number, task, sku)

    def measured(self, html: str) -> Mapping[str, tuple[float, float]]:
        """How wide and how high, in CSS pixels, each element with a `data-fit` is. Raises ExportError."""
        task = {
            "do": "measure",
            "html": html,
            "css": self._stylesheet,
            "first_page": 1,
            "seconds": self._shop.seconds + len(html) // MUCH,
            "megabytes": self._shop.megabytes,
        }
        outcome = self._asked(task)
        if outcome.failed:
            raise _error("The texts cannot be measured", outcome)
        found: Mapping[str, tuple[float, float]] = outcome.said["measured"]
        return found

    def bind(
        self,
        parts: Sequence[Part],
        out: BinaryIO,
        *,
        tagged: bool,
        accessible: bool = False,
        archive: Archive | None = None,
    ) -> None:
        """Write all parts as one PDF with the first one's title. No time and no chance goes into its bytes.

        `tagged` adds the structure that reading aloud needs, `accessible` says so too (PDF/UA-1), `archive` makes it a
        PDF/A-3. Raises ExportError.
        """
        task = {
            "do": "bind",
            "parts": [part.number for part in parts],
            "tagged": tagged,
            "accessible": accessible,
            "variant": archive.variant if archive else "pdf/ua-1" if accessible else None,
            "archive": archive and self._attachment(archive),
            "seconds": self._shop.seconds + sum(part.length for part in parts),
            "megabytes": self._shop.megabytes,
        }
        outcome = self._bound(parts, task)
        if outcome.passing:
            outcome = self._bound(parts, task)
        if outcome.failed:
            raise _error("The pages cannot be bound", outcome, self._blamed(parts, task))
        for message in outcome.said["told"]:
            self._tell(message)
        out.write(outcome.body)

    def _blamed(self, parts: Sequence[Part], task: Mapping[str, Any]) -> list[Part]:
        """Those that cannot be bound even alone."""
        alone = {**task, "archive": None}
        return [part for part in parts if self._bound([part], {**alone, "parts": [part.number]}).failed]

    def _bound(self, parts: Sequence[Part], task: Mapping[str, Any]) -> Outcome:
        """What a process lost that has ended since is laid out again."""
        for part in parts:
            if part.number not in self._there and (outcome := self._laid(part.number, part.task)).failed:
                return outcome
        return self._once(task)

    def _attachment(self, archive: Archive) -> Mapping[str, str]:
        file = self._folder / "attachment"
        file.write_bytes(archive.body)
        said = {"name": archive.name, "description": archive.description, "day": archive.day.isoformat()}
        return {**said, "file": str(file)}

    def _paths(self, html: str) -> dict[str, str]:
        """The pictures that `html` asks for; those that cannot be had were told."""
        found = {}
        for address in dict.fromkeys(match[0] for match in ADDRESS.finditer(html)):
            try:
                found[address] = str(self.pictures.path(address))
            except Refused:
                continue
        return found

    def _tell(self, message: str) -> None:
        problem = Problem("", message, fatal=False)
        if problem not in self._problems:
            self._problems.append(problem)

    # --- The process -------------------------------------------------------------------------------------------------
    def _laid(self, number: int, task: Mapping[str, Any]) -> Outcome:
        outcome = self._asked({**task, "part": number})
        if not outcome.failed:
            self._there.add(number)
        return outcome

    def _asked(self, task: Mapping[str, Any]) -> Outcome:
        """What became of it. One that ended by no fault of its own is asked for once more."""
        outcome = self._once(task)
        if outcome.passing:
            outcome = self._once(task)
        return outcome

    def _once(self, task: Mapping[str, Any]) -> Outcome:
        if time.monotonic() > self._shop.until:
            return _TOO_LATE
        if self._process is None:
            self._process = self._pool.take()
            self._process.begin({"do": "begin"})
            self._process.answer()
        process, self._waits = self._process, True
        process.begin(task)
        left = min(process.deadline, self._shop.until) - time.monotonic()
        ready, _, _ = select.select([process.channel], [], [], max(0.0, left))
        outcome = process.answer() if ready else None
        self._waits = False
        if outcome is None:
            self._process = None
            self._there.clear()
            outcome = process.post_mortem(late=not ready)
            return _TOO_LATE if time.monotonic() > self._shop.until else outcome
        return outcome

    def _give_back(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if not self._waits:
            process.begin({"do": "begin"})  # it lets go of the pages
            if process.answer() is not None:
                self._pool.give(process)
                return
        process.end()


_TOO_LATE = Outcome(failed="there is no time left")


def _error(what: str, outcome: Outcome, parts: Sequence[Part] = ()) -> ExportError:
    message = f"{what}: {outcome.failed}."
    if outcome is _TOO_LATE or outcome.passing:
        return ExportError(message, permanent=not outcome.passing)
    return CannotBeLaidOut(message, parts)
