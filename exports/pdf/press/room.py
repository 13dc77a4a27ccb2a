"""The press as a format sees it: lay out chunks, find those already laid out, bind sheets of them into a PDF."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from exports.documents import DocumentAsset
from exports.errors import ExportError
from exports.formats.base import Problem, Work
from exports.pdf.pictures import Pictures
from exports.pdf.press.bound import Bound
from exports.pdf.press.cache import Cache
from exports.pdf.press.chunk import Chunk, Laid, Manuscript, digest
from exports.pdf.press.paste import Sheet
from exports.pdf.press.pool import Limits, Outcome, Pool, borrowed
from exports.pdf.press.versions import engine

LEAVE_OUT, REPLACE, STOP = "leave_out", "replace", "stop"
_NOTHING: Mapping[str, Any] = {"pages": [], "labels": {}, "fonts": {}, "images": [], "problems": []}

Source = Callable[[str, DocumentAsset | None, int], str]


class PressRoom:
    """Makes one PDF. A context: pictures lie in a folder that goes away at its end.

    `policy` says what becomes of a chunk that cannot be laid out: it is left out, replaced by its spare, or stops all.
    """

    def __init__(self, work: Work, stylesheet: str, policy: str = LEAVE_OUT) -> None:
        self._work, self._stylesheet, self._policy = work, stylesheet, policy
        self._laid: dict[str, Laid] = {}  # by key
        self._told: dict[str, list[Problem]] = {}  # by code, as the rest
        self._unsteady: set[str] = set()
        self._open = ExitStack()

    def __enter__(self) -> Self:
        shop = self._work.workshop
        with self._open as opening:
            folder = Path(opening.enter_context(tempfile.TemporaryDirectory(prefix="tessera-press-")))
            self._pictures = Pictures(self._work.files, folder, self._work.problems)
            self._cache = Cache(shop.folder or folder / "kept")
            limits = Limits(shop.seconds, shop.megabytes)
            self._pool: Pool = opening.enter_context(
                borrowed(limits, shop.processes or os.cpu_count() or 1, shop.until)
            )
            self._open = opening.pop_all()
        self._version = digest(engine(), self._stylesheet)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        if self._work.workshop.folder is not None and error is None:
            self._cache.prune(self._work.workshop.keep)
        return self._open.__exit__(kind, error, trace)

    def manuscript(self, write: Callable[[Source, list[Problem]], str]) -> Manuscript:
        """What `write` makes with pictures and problems: it gets the source of the ones and a list for the others."""
        used: dict[str, Path] = {}
        problems: list[Problem] = []
        whole = True

        def source(sku: str, asset: DocumentAsset | None, width: int) -> str:
            nonlocal whole
            address = self._pictures.address(sku, asset, width)
            if address:
                used[address] = self._pictures.path(address)
            whole = whole and bool(address or asset is None)
            return address

        return Manuscript(write(source, problems), used, tuple(problems), whole)

    def lay(self, chunks: Iterable[Chunk]) -> dict[str, Laid]:
        """How each was laid out, by its code. One that cannot be is dealt with by the policy; see `problems_of`.

        Raises ExportError where the policy is to stop.
        """
        wanted = list({chunk.code: chunk for chunk in chunks}.values())
        laid = self._all(wanted)
        for chunk in wanted:
            found = laid[chunk.code]
            self._told[chunk.code] = list(found.problems)
            if found.failed:
                self._unsteady.add(chunk.code)
                del laid[chunk.code]
                laid.update(self._instead(chunk, found.failed))
        return laid

    def problems_of(self, chunks: Iterable[Chunk]) -> list[Problem]:
        """What there was to say of chunks that were laid out."""
        return [problem for chunk in chunks for problem in self._told.get(chunk.code, ())]

    def is_steady(self, chunks: Iterable[Chunk]) -> bool:
        """Whether another run would lay all of these out alike."""
        return self._unsteady.isdisjoint(chunk.code for chunk in chunks)

    def name_of(self, determined_by: str) -> str:
        """The key under which what is determined by that, and by the press itself, may be kept."""
        return digest(self._version, determined_by)

    def _instead(self, chunk: Chunk, reason: str) -> dict[str, Laid]:
        culprits = self._culprits(chunk)
        why = f"{' and '.join(culprits)}: {reason}" if culprits else reason
        if self._policy == STOP or not chunk.sku:
            raise ExportError(f"{chunk.sku or chunk.code} cannot be laid out: {why}.")
        spare: dict[str, Laid] = {}
        if self._policy == REPLACE and chunk.spare is not None:
            key = digest(chunk.determined_by, "spare")
            spare = self._all([replace(chunk, determined_by=key, write=chunk.spare)])
            spare = {code: one for code, one in spare.items() if not one.failed}
        done = "a note stands in its place" if spare else "it is left out"
        self._told[chunk.code] = [Problem(chunk.sku, f"It cannot be laid out, {done}: {why}.", fatal=not spare)]
        return spare

    def _culprits(self, chunk: Chunk) -> list[str]:
        """The names of those of its texts that cannot be laid out even alone."""
        texts = chunk.suspects()
        alone = self._all([_alone(name, manuscript) for name, manuscript in texts.items()])
        return [name for name in texts if alone[name].failed]

    def _all(self, chunks: Iterable[Chunk]) -> dict[str, Laid]:
        laid: dict[str, Laid] = {}
        due: list[tuple[Chunk, str]] = []
        for chunk in chunks:
            key = digest(self._version, chunk.determined_by)
            found = self._found(key)
            if found is None:
                due.append((chunk, key))
            else:
                laid[chunk.code] = found
        again = list(self._run(due, laid, last=False))
        for _ in self._run(again, laid, last=True):
            raise AssertionError
        return laid

    def _found(self, key: str) -> Laid | None:
        if key not in self._laid:
            said = self._cache.get(key)
            if said is None:
                return None
            self._laid[key] = Laid.of(key, said)
        return self._laid[key]

    def _run(
        self, due: Sequence[tuple[Chunk, str]], laid: dict[str, Laid], *, last: bool
    ) -> Iterator[tuple[Chunk, str]]:
        """Lay out those due; yields what deserves another try, which nothing does the `last` time."""
        for (chunk, key, manuscript), outcome in self._pool.run(self._tasks(due, laid)):
            if outcome.passing and not last:
                yield chunk, key
            else:
                laid[chunk.code] = self._keep(chunk, key, manuscript, outcome)

    def _tasks(
        self, due: Iterable[tuple[Chunk, str]], laid: dict[str, Laid]
    ) -> Iterator[tuple[tuple[Chunk, str, Manuscript], Mapping[str, Any]]]:
        """Written one at a time, when a process is free for it."""
        for chunk, key in due:
            manuscript = chunk.write()
            if not manuscript.whole:
                self._unsteady.add(chunk.code)
                key = digest(key, manuscript.html)  # what is missing today may be there tomorrow
                found = self._found(key)
                if found is not None:
                    laid[chunk.code] = found
                    continue
            pictures = {address: str(path) for address, path in manuscript.pictures.items()}
            yield (chunk, key, manuscript), {"html": manuscript.html, "css": self._stylesheet, "pictures": pictures}

    def _keep(self, chunk: Chunk, key: str, manuscript: Manuscript, outcome: Outcome) -> Laid:
        if outcome.failed:
            laid = Laid.of(key, {**_NOTHING, "failed": outcome.failed})
        else:
            laid = Laid.of(key, outcome.said)
            told = (replace(problem, sku=problem.sku or chunk.sku) for problem in laid.problems)
            laid = replace(laid, problems=(*manuscript.problems, *told))
        if not outcome.passing:
            self._cache.put(key, laid.said(), outcome.body)
        self._laid[key] = laid
        return laid

    def part(
        self, key: str, sheets: Callable[[], Sequence[Sheet]], anchors: Collection[str]
    ) -> tuple[Bound, Mapping[str, Any]]:
        """The part kept under `key`, else bound of these sheets; and the glyphs it needs of each font."""
        said = self._cache.get(key)
        body = self._cache.body(key) if said is not None else None
        if said is not None and body is not None:
            return Bound(body, **said["part"]), said["fonts"]
        from exports.pdf.press import binding  # loads the PDF library

        needed = sheets()
        part = binding.bind(needed, self._file, anchors)
        fonts: dict[str, dict[str, Any]] = {}
        for laid in dict.fromkeys(piece.key for sheet in needed for piece in sheet.pieces):
            unite(fonts, self._laid[laid].fonts)
        self._cache.put(key, {"part": part.said(), "fonts": fonts}, part.body)
        return part, fonts

    def kept(self, key: str) -> Any:
        """JSON that was kept under `key`, or None."""
        return self._cache.get(key)

    def keep(self, key: str, said: Mapping[str, Any]) -> None:
        self._cache.put(key, said, b"")

    def _file(self, key: str) -> bytes:
        body = self._cache.body(key)
        if body is None:
            raise ExportError("A page that was laid out is gone from the folder of finished pieces.", permanent=False)
        return body

    def fonts(self, wanted: Mapping[str, Mapping[str, Any]]) -> bytes:
        """The file of these fonts, each with these glyphs. Raises ExportError."""
        key = digest(self._version, "fonts", wanted)
        body = self._cache.body(key)
        if body is None:
            [(_, outcome)] = self._pool.run([("fonts", {"fonts": wanted})])
            if outcome.failed:
                raise ExportError(f"The fonts cannot be embedded: {outcome.failed}.", permanent=not outcome.passing)
            body = outcome.body
            self._cache.put(key, {}, body)
        return body


def _alone(name: str, manuscript: Manuscript) -> Chunk:
    return Chunk(name, digest(manuscript.html), lambda: manuscript)


def unite(fonts: dict[str, dict[str, Any]], more: Mapping[str, Mapping[str, Any]]) -> None:
    """Add the glyphs that `more` needs."""
    for name, font in more.items():
        known = fonts.setdefault(name, {**font, "glyphs": {}})["glyphs"]
        for glyph, row in font["glyphs"].items():
            known.setdefault(glyph, row)
