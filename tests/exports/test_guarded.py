"""Whatever a text does to the renderer, it costs its product and nothing else, in every printed kind."""

from __future__ import annotations

import io
import os
import resource
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pikepdf
import pytest

from exports.documents import Document, Statement
from exports.errors import ExportError
from exports.formats.base import Format, Work, Workshop
from exports.formats.datasheet import DataSheet
from exports.formats.flyer import Flyer
from exports.formats.instructions import InstructionSheet
from exports.formats.label import LabelSheet
from exports.formats.pricelist import PriceList
from exports.pdf.engine import CannotBeLaidOut, Part, Press
from exports.pdf.press.pool import Process
from tests.exports import samples
from tests.exports.pdf_reading import opened, texts
from tests.exports.test_press import HOSTILE

SECONDS, MEGABYTES = 1, 250
CULPRIT = "CULPRIT"
KINDS: tuple[tuple[Format, dict[str, Any]], ...] = (
    (DataSheet(), {}),
    (InstructionSheet(), {"faults": "print"}),
    (LabelSheet(), {"code": "none", "faults": "leave_out"}),
    (Flyer(), {"faults": "print"}),
    (PriceList(), {"faults": "leave_out"}),
)
# What raises at once, and what would take very long.
RAISES, HANGS = HOSTILE["nesting"], HOSTILE["colspan"] * 3
CASES = [(form, options, RAISES) for form, options in KINDS] + [(*KINDS[0], HANGS), (*KINDS[2], HANGS)]


def product(sku: str, name: str, *texts_: str) -> Document:
    statements = tuple(Statement("instruction", "de", f"<p>{text}</p>", text) for text in texts_)
    return replace(samples.TAMPER, sku=sku, name=name, statements=statements)


def work(**options: Any) -> Work:
    shop = Workshop(processes=2, seconds=SECONDS, megabytes=MEGABYTES)
    publication = replace(
        samples.PUBLICATION, alternates=("de",), slots={**samples.PUBLICATION.slots, "instruction": "Anleitung"}
    )
    return replace(samples.work(**options), workshop=shop, publication=publication)


@contextmanager
def let_through(hostile: str) -> Iterator[None]:
    """As if what bounds texts (exports.pdf.limits) let `hostile` through where the word CULPRIT stands."""
    render, measured = Press.render, Press.measured
    with pytest.MonkeyPatch.context() as patch:

        def laid(self: Press, html: str, **more: Any) -> Part:
            return render(self, html.replace(CULPRIT, hostile), **more)

        def sized(self: Press, html: str) -> Any:
            return measured(self, html.replace(CULPRIT, hostile))

        patch.setattr(Press, "render", laid)
        patch.setattr(Press, "measured", sized)
        yield


def made(form: Format, now: Work, *documents: Document) -> pikepdf.Pdf:
    out = io.BytesIO()
    form.write(iter(documents), out, now)
    return opened(out.getvalue())


@pytest.mark.parametrize(
    ("form", "options", "hostile"), CASES, ids=[f"{form.code}-{len(hostile)}" for form, _, hostile in CASES]
)
def test_the_culprit_is_left_out_and_named_and_the_others_are_printed(
    form: Format, options: dict[str, Any], hostile: str
) -> None:
    now = work(**options)
    others = (product("A", "Erster", "Erste Worte."), product("Z", "Letzter", "Letzte Worte."))
    with let_through(hostile):
        pdf = made(form, now, others[0], product("BAD", "Übel", CULPRIT), replace(others[1]), product("BAD-2", CULPRIT))
    words = " ".join(texts(pdf))
    assert "Erster" in words
    assert "Letzter" in words
    told = {problem.sku: problem for problem in now.problems if problem.fatal}
    assert told["BAD-2"].message.startswith("It is not printed. ")
    assert ("BAD" in told) is (form.code in ("datasheet", "instructions")), "others do not print its text"
    if "BAD" in told:
        assert "Text 1 in “instruction” cannot be laid out even alone." in told["BAD"].message
        assert "Übel" not in words


def test_where_nothing_may_be_left_out_no_edition_is_made() -> None:
    now = work(faults="stop")
    with let_through(RAISES), pytest.raises(ExportError, match="BAD: It is not printed"):
        made(DataSheet(), now, product("A", "Erster"), product("BAD", "Übel", CULPRIT))


def test_many_hostile_sheets_among_good_ones_are_as_many_names_in_the_report() -> None:
    good = [product(f"G-{number:03}", f"Gut {number:03}") for number in range(20)]
    bad = [product(f"B-{number:03}", "Übel", CULPRIT) for number in range(8)]
    now = work()
    with let_through(RAISES):
        pdf = made(DataSheet(), now, *good[:9], *bad, *good[9:])
    words = " ".join(texts(pdf))
    assert all(document.name in words for document in good)
    assert {problem.sku for problem in now.problems if problem.fatal} == {document.sku for document in bad}


def killing(patch: pytest.MonkeyPatch, when: Callable[[dict[str, Any]], bool]) -> list[int]:
    """Kill the process that is about to do such a task, once; whom, is found in the list."""
    killed: list[int] = []
    begin = Process.begin

    def watched(self: Process, task: Any) -> None:
        begin(self, task)
        if not killed and when(task):
            killed.append(self.pid)
            os.kill(self.pid, signal.SIGKILL)

    patch.setattr(Process, "begin", watched)
    return killed


@pytest.mark.parametrize("moment", ["part", "measure", "bind"])
def test_a_process_that_is_killed_is_replaced_and_all_is_laid_out_again(
    moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = [product(f"G-{number}", f"Gut {number}", "Worte.") for number in range(4)]
    form: Format = LabelSheet() if moment == "measure" else DataSheet()
    options = {"code": "none", "faults": "leave_out"} if moment == "measure" else {}
    out = io.BytesIO()
    form.write(iter(documents), out, work(**options))
    count = iter(range(99))
    killed = killing(monkeypatch, lambda task: task.get("do") == moment and (moment != "part" or next(count) == 2))
    again, now = io.BytesIO(), work(**options)
    form.write(iter(documents), again, now)
    assert killed, "nobody was killed, which proves nothing"
    assert again.getvalue() == out.getvalue()
    assert [problem for problem in now.problems if problem.fatal] == []


def test_after_a_part_that_failed_the_others_are_bound_in_order() -> None:
    out = io.BytesIO()
    with Press(samples.PlainFiles(), "", [], Workshop(processes=2, seconds=20, megabytes=50)) as press:
        parts = [press.render("<p>one")]
        with pytest.raises(CannotBeLaidOut, match="it needs more than 50 MB of memory"):
            press.render(HOSTILE["word"])
        parts.append(press.render("<p>two", first_page=2))
        press.bind(parts, out, tagged=False)
    assert texts(opened(out.getvalue())) == ["one", "two"]


def test_there_is_an_end_to_all_of_it() -> None:
    """However many texts hang: what a preview asks for is there in time, or given up."""
    now = work()
    until = time.monotonic() + 1.0
    now = replace(now, workshop=replace(now.workshop, seconds=60, until=until))
    started = time.monotonic()
    with let_through(HANGS), pytest.raises(ExportError, match="there is no time left"):
        made(DataSheet(), now, *(product(f"B-{number}", "Übel", CULPRIT) for number in range(20)))
    assert time.monotonic() - started < 30


def test_memory_is_bounded_for_each_part_not_for_all_together() -> None:
    """Pages stay in the process until they are bound: many of them are no fault, so the limit goes up with them."""
    with Press(samples.PlainFiles(), "", [], work().workshop) as press:
        press.render("<p>one")
        first = limit_of(press)
        for _ in range(3):
            press.render("<p>words and words</p>" * 300)
        assert limit_of(press) > first


def limit_of(press: Press) -> int:
    assert press._process is not None
    return resource.prlimit(press._process.pid, resource.RLIMIT_AS)[0]
