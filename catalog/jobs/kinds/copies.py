"""Looking for what is written several times, where that takes longer than a request."""

from __future__ import annotations

from typing import Any

from catalog.copies.groups import DEFAULT_WORDS, groups
from catalog.copies.reading import read
from catalog.jobs.base import Kind
from catalog.jobs.work import Work
from catalog.operations.uniting import apart, keep_report, newest_change


class FindCopies(Kind):
    """No payload. Until the report is kept, in one step, nothing is written: a run that is cut short begins anew."""

    code = "find_copies"
    label = "Find copies"

    def run(self, work: Work) -> Any:
        # Before the texts: what is written while they are read is told as written since.
        change = newest_change()
        self._tell(work, 0, 0, "Reading all texts")
        corpus = read(DEFAULT_WORDS)
        done, total = 0, len(corpus.texts)

        def compared(count: int) -> None:
            nonlocal done
            done += count
            self._tell(work, done, total, "Comparing paragraphs")

        compared(0)
        found = groups(corpus, apart=apart(), progress=compared)
        with work.step(None, total, total, f"{len(found):,} groups among {corpus.paragraphs:,} paragraphs"):
            keep_report(change, corpus.paragraphs, found)
        return {"groups": len(found), "paragraphs": corpus.paragraphs}

    def _tell(self, work: Work, done: int, total: int, message: str) -> None:
        with work.step(None, done, total, message):
            pass
