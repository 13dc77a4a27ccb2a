"""Pages of finished PDFs: recognised by what stands on them, and where two of them differ."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from exports.pages.aligning import Pair, aligned
from exports.pages.looking import Print
from exports.pdf.press.pool import Limits, borrowed
from exports.pdf.proof import pages
from exports.pdf.proof.differing import Box, differing, joined
from tests.exports.test_pdf_engine import pdf_of

LINES: list[tuple[str, Box]] = [(f"line {number}", (0.1, number / 20, 0.5, number / 20 + 0.02)) for number in range(15)]


def sheet(*spots: tuple[int, int]) -> Image.Image:
    picture = Image.new("L", (600, 800), 255)
    for x, y in spots:
        ImageDraw.Draw(picture).rectangle((x, y, x + 30, y + 30), fill=0)
    return picture


def printed(body: str, words: str = "", whole: str = "") -> Print:
    return Print(whole or body, body, frozenset(map(hash, (words or body).split())))


def pairs(old: list[Print], new: list[Print]) -> list[tuple[Any, ...]]:
    return [tuple(pair) for pair in aligned(old, new)]


class TestAligning:
    def test_pages_after_one_that_was_put_in_are_the_same_ones_moved(self) -> None:
        stayed = [printed(name) for name in "abcd"]
        assert pairs(stayed, [*stayed[:2], printed("new"), *stayed[2:]]) == [
            (1, 1, "same"),
            (2, 2, "same"),
            (None, 3, "added"),
            (3, 4, "moved"),
            (4, 5, "moved"),
        ]

    def test_a_page_with_most_of_its_words_is_that_page_changed(self) -> None:
        old = [printed("a"), printed("b", "one two three four"), printed("c")]
        new = [printed("a"), printed("x", "quite another"), printed("y", "one two three five"), printed("c")]
        assert pairs(old, new)[1:] == [(None, 2, "added"), (2, 3, "changed"), (3, 4, "moved")]

    def test_a_page_that_only_differs_at_its_head_has_changed_where_its_number_has_not(self) -> None:
        assert pairs([printed("a", whole="x")], [printed("a", whole="y")]) == [(1, 1, "changed")]

    def test_what_has_nothing_in_common_went_and_came(self) -> None:
        assert pairs([printed("a", "one two")], [printed("b", "three four")]) == [
            (1, None, "removed"),
            (None, 1, "added"),
        ]

    def test_every_page_of_both_is_told_once(self) -> None:
        old = [printed(f"o{n}", f"w{n} w{n + 1} w{n + 2}") for n in range(120)]
        new = [printed(f"n{n}", f"w{n} w{n + 1} w{n + 3}") for n in range(2, 110)]
        found: list[Pair] = aligned(old, new)
        assert sorted(pair.old for pair in found if pair.old) == list(range(1, 121))
        assert [pair.new for pair in found if pair.new] == list(range(1, 109))

    def test_of_too_many_pages_to_try_each_with_each_they_are_taken_as_they_come(self) -> None:
        old, new = ([printed(f"{side}{n}") for n in range(150)] for side in "on")
        assert [pair.state for pair in aligned(old, new)] == ["changed"] * 150


class TestDiffering:
    def test_words_that_only_stand_elsewhere_do_not_differ(self) -> None:
        lower = [(text, (x, y + 0.1, right, bottom + 0.1)) for text, (x, y, right, bottom) in LINES]
        old, new = differing([LINES, [("put in", (0.1, 0.0, 0.5, 0.02)), *lower]], [sheet(), sheet((50, 50))])
        assert (old, new) == ([], [(0.1, 0.0, 0.5, 0.02)])

    def test_a_picture_that_changed_is_found_where_nothing_moved(self) -> None:
        old, new = differing([LINES, LINES], [sheet(), sheet((300, 400))])
        assert old == new
        [(left, top, right, bottom)] = new
        assert left <= 300 / 600 < 331 / 600 <= right + 0.001
        assert top <= 400 / 800 < 431 / 800 <= bottom + 0.001

    def test_a_line_that_stands_once_less_is_marked(self) -> None:
        twice = [*LINES, ("line 1", (0.1, 0.9, 0.5, 0.92))]
        assert differing([twice, LINES], [sheet(), sheet()]) == ([(0.1, 0.9, 0.5, 0.92)], [])

    def test_pages_of_two_sizes_are_compared_by_their_words(self) -> None:
        assert differing([LINES, LINES], [sheet(), Image.new("L", (10, 10))]) == ([], [])

    def test_boxes_that_touch_are_one(self) -> None:
        assert joined([(0.5, 0.5, 0.6, 0.6), (0.0, 0.0, 0.1, 0.1), (0.1, 0.1, 0.5, 0.5)]) == [(0.0, 0.0, 0.6, 0.6)]


@pytest.fixture
def file(tmp_path: Path) -> str:
    css = "@page { @bottom-left { content: counter(page) } } p { break-after: page }"
    path = tmp_path / "three.pdf"
    pdf_of("<p>First page</p><p>Second page</p>Third page", css=css).save(path)
    return str(path)


class TestPages:
    def test_the_number_at_the_foot_is_no_part_of_the_body(self, file: str, tmp_path: Path) -> None:
        css = "@page { @bottom-left { content: counter(page) } } p { break-after: page }"
        more = tmp_path / "more.pdf"
        pdf_of("<p>Put in</p><p>First page</p><p>Second page</p>Third page", css=css).save(more)
        before, behind = pages.prints(file, 1, 99), pages.prints(str(more), 1, 99)
        assert [one["body"] for one in behind[1:]] == [one["body"] for one in before]
        assert {one["whole"] for one in behind}.isdisjoint(one["whole"] for one in before)

    def test_where_a_number_alone_differs_nothing_is_marked(self, file: str, tmp_path: Path) -> None:
        css = "@page { @bottom-left { content: counter(page) } } p { break-after: page }"
        more = tmp_path / "more.pdf"
        pdf_of("<p>Put in</p><p>First page, changed</p>", css=css).save(more)
        old, new = pages.regions(file, 1, str(more), 2)
        assert (len(old), len(new)) == (1, 1)
        assert new[0][1] < 0.2, "the words at the top, not the number at the foot"

    def test_a_page_is_drawn_as_wide_as_asked(self, file: str) -> None:
        with Image.open(io.BytesIO(pages.drawn(file, 2, 200))) as picture:
            assert (picture.format, picture.width) == ("JPEG", 200)

    @pytest.mark.parametrize("number", [0, 4, -1])
    def test_there_are_no_other_pages(self, file: str, number: int) -> None:
        with pytest.raises(ValueError, match="no such page"):
            pages.drawn(file, number, 200)

    def test_a_page_of_a_mile_is_not_drawn(self, tmp_path: Path) -> None:
        path = tmp_path / "long.pdf"
        pdf_of("a", css="@page { size: 10mm 5000mm }").save(path)
        with pytest.raises(ValueError, match="too high"):
            pages.drawn(str(path), 1, 1_400)


class TestServices:
    def asked(self, **task: Any) -> Any:
        with borrowed(Limits(20, 300), 1) as pool:
            [(_, outcome)] = list(pool.run([("a", task)]))
        return outcome

    def test_a_process_of_the_press_does_it(self, file: str) -> None:
        assert self.asked(do="count", file=file).said == {"pages": 3}
        assert self.asked(do="draw", file=file, page=1, width=100).body.startswith(b"\xff\xd8")

    @pytest.mark.parametrize("content", [b"", b"%PDF-1.7 torn", b"\x89PNG"])
    def test_what_is_no_pdf_is_told(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "no.pdf"
        path.write_bytes(content)
        assert "This is no PDF that can be shown" in self.asked(do="count", file=str(path)).failed

    def test_a_service_that_nobody_knows_is_a_failure(self) -> None:
        found: Mapping[str, Any] = {"do": "dance"}
        assert "layout ends with KeyError" in self.asked(**found).failed
