from __future__ import annotations

import time

import pytest

from exports.pdf import limits
from exports.pdf.catalog.lists import COLUMN, FIRST_COLUMN, Line, spread
from exports.pdf.limits import bounded, clipped, paragraphs
from exports.pdf.typeset import COLUMN_EMS, pieces, width, wrapped

ORDINARY = (
    "<p>Ein <strong>guter</strong> <em>Satz</em> &amp; H<sub>2</sub>O<br/>neue Zeile</p>",
    "<ul><li>eins</li><li>zwei<ol><li>drei</li></ol></li></ul>",
    '<p><a href="https://example.com/?a=1&amp;b=2">Netz</a> <a href="mailto:a@example.com">Post</a></p>',
    "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>",
    "<h3>Titel</h3><blockquote><p>Zitat</p></blockquote>",
    "<p>1 &lt; 2 &gt; 0 „Zeichen“</p>",
)


@pytest.mark.parametrize("html", ORDINARY)
def test_ordinary_statements_stay_as_they_are(html: str) -> None:
    assert bounded(html) == (html, ())


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ('<p onclick="x">a</p>', "<p>a</p>"),
        ('<a href="javascript:alert(1)">a</a>', "<a>a</a>"),
        ('<a href="java&#115;cript:x">a</a>', "<a>a</a>"),
        ('<a href="../etc/passwd">a</a>', "<a>a</a>"),
        ('<a href="//host/x">a</a>', "<a>a</a>"),
        ('<a href="file:///etc/passwd">a</a>', "<a>a</a>"),
        ('<img src="x" alt="y"><td colspan="1000000">a</td>', "y<td>a</td>"),
        ('<td colspan="9" rowspan="99">a</td><td colspan="2">b</td>', '<td colspan="8" rowspan="12">a</td>'),
        ('<a href="#sku-BZ-1">a</a><a href="#top">b</a>', '<a href="#sku-BZ-1">a</a><a>b</a>'),
        (
            '<p><img alt="a" src="asset:0123456789abcdef?width=90" onerror="x"></p>',
            '<p><img src="asset:0123456789abcdef?width=90" alt="a"/></p>',
        ),
        ('<img src="/assets/0123456789abcdef/large.jpg" alt="a &lt;"><br>b', "a &lt;<br/>b"),
        ('<p style="font-size: 1e9px">a</p>', "<p>a</p>"),
        ("<b>a", "<b>a</b>"),
        ("<p><b>a</p>b", "<p><b>a</b></p>b"),
        ("a</p></li>b", "ab"),
        ("a < b", "a &lt; b"),
    ],
)
def test_whatever_is_not_of_the_vocabulary_goes(html: str, left: str) -> None:
    assert bounded(html)[0] == left


@pytest.mark.parametrize(
    ("html", "why"),
    [
        (f"<p>{'wort ' * 5_000}</p>", "longer than 12,000 characters"),
        (f"<p>{'x' * 200_000}</p>", "more than 100,000 characters of HTML"),
        ("<p>a</p>" * 2_000, "more than 1,000 elements"),
        ("<ul><li>a" * 50, "nested more than 8 levels"),
        (f"<table><tr>{'<td>a</td>' * 60}</tr></table>", "more than 8 columns"),
        ("<table><tr><td><table><tr><td>a", "within a table"),
        (f"<p>{'<b>a</b> ' * 500}</p>", "more than 100 marks"),
    ],
)
def test_whatever_is_beyond_the_limits_goes_and_is_told(html: str, why: str) -> None:
    left, cuts = bounded(html)
    assert len(left) < 40_000
    assert any(why in cut for cut in cuts), cuts


def test_a_row_keeps_its_first_columns_and_the_next_row_too() -> None:
    row = "<tr>" + "".join(f"<td>{n}</td>" for n in range(12)) + "</tr>"
    left, _ = bounded(f"<table>{row}{row}</table>")
    assert left == "<table>" + ("<tr>" + "".join(f"<td>{n}</td>" for n in range(8)) + "</tr>") * 2 + "</table>"


def test_the_words_of_flattened_items_stay_apart() -> None:
    left, _ = bounded("<ul><li>a" * 10)
    assert "aa" not in left
    assert left.count("a") == 10


@pytest.mark.parametrize("html", ["x" * 500, "<b>" + "x" * 55 + "</b>" + "<i>" + "x" * 55 + "</i>", "ab\u00a0" * 200])
def test_words_too_long_for_a_line_can_be_broken(html: str) -> None:
    left, _ = bounded(f"<p>{html}</p>")
    assert "\u200b" in left


def test_soft_hyphens_go_since_hundreds_of_them_stop_the_renderer() -> None:
    assert bounded("<p>Kaffee\u00admaschine</p>") == ("<p>Kaffeemaschine</p>", ())


@pytest.mark.parametrize(
    "piece", ["<a ", "<", "<!--", "</", "<b>", "<ul><li>x", "&#", "<a href='", '<a href="', "<table><tr><td>"]
)
def test_the_time_grows_with_the_length_only(piece: str) -> None:
    started = time.process_time()
    bounded(piece * (limits.RAW // len(piece)))
    assert time.process_time() - started < 5


def test_a_clipped_text_ends_in_an_ellipsis() -> None:
    assert clipped("Kaffee und Kuchen", 11) == "Kaffee und…"
    assert clipped("Kaffee", 6) == "Kaffee"


def test_plain_text_becomes_a_paragraph_per_line() -> None:
    assert paragraphs("a <b>\n\n– c") == "<p>a &lt;b&gt;</p><p>– c</p>"


class TestTypeset:
    def test_lines_are_as_wide_as_the_column_at_most(self) -> None:
        lines = wrapped("Durchmesser der Brühgruppe und " + "x" * 100, COLUMN_EMS, "Semibold")
        assert len(lines) > 3
        assert all(width(line, "Semibold") <= COLUMN_EMS for line in lines)
        assert "".join(lines).replace(" ", "") == "DurchmesserderBrühgruppeund" + "x" * 100

    def test_labels_and_texts_stand_on_the_same_lines(self) -> None:
        long = "ein sehr langer Text, der weit mehr als zwei Zeilen der schmalen Spalte braucht"
        [(lines, rules)] = pieces([("a", long), ("b", "2"), ("c", "3"), ("d", "4")])
        rows = [line.split("\t") for line in lines.split("\n")]
        assert rows[0][0] == "a"
        assert rows[0][1].startswith("ein sehr")
        assert [row[2:] for row in rows] == [["b", "2"], ["c", "3"], ["d", "4"]]
        assert rules == ("right", "right", "both"), "a line under each fact's last line"

    def test_many_facts_are_pieces_that_fit_on_a_page(self) -> None:
        found = pieces([(f"Label {n}", "x") for n in range(200)])
        assert [len(lines.split("\n")) for lines, _ in found] == [40, 40, 20]
        assert [len(rules) for _, rules in found] == [40, 40, 20]

    @pytest.mark.parametrize("ems", [0.001, 0.1])
    def test_a_column_too_narrow_for_a_letter_has_one_on_each_line(self, ems: float) -> None:
        assert wrapped("abc", ems) == ["a", "b", "c"]


class TestLists:
    def test_no_line_is_lost_and_no_column_too_full(self) -> None:
        lines = [Line(1 if n % 37 == 0 else 2 if n % 11 == 0 else 0, str(n), "", 0) for n in range(700)]
        pages = spread(lines)
        columns = [column for page in pages for column in page]
        assert [line for column in columns for line in column] == lines
        assert all(sum(line.height for line in column) <= COLUMN for column in columns)
        assert all(sum(line.height for line in column) <= FIRST_COLUMN for column in columns[:2])
        assert all(len(page) == 2 for page in pages[:-1])

    def test_no_heading_stands_last_in_a_column(self) -> None:
        for before in range(40, 60):
            lines = [
                *(Line(0, "a", "", 0) for _ in range(before)),
                Line(1, "b", "", 0),
                Line(2, "c", "", 0),
                Line(0, "d", "", 0),
            ]
            for column in (column for page in spread(lines) for column in page):
                assert not column[-1].level

    def test_nothing_is_one_empty_page(self) -> None:
        assert spread([]) == [[[]]]
