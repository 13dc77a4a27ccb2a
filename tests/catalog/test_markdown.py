"""Clean markup as Markdown."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.markdown import to_markdown
from catalog.richtext import clean_html, to_text
from catalog.values import Invalid


def test_every_element_of_the_vocabulary_has_its_markdown() -> None:
    markup = clean_html(
        "<h3>Care &amp; *use*</h3><h4>Daily</h4><p>One <b>two </b>three<br>four <em>five</em> H<sub>2</sub>O "
        '<u>six</u> <a href="https://a.example/x?y=1">seven_</a> <img src="asset:hot" alt="Hot [surface]"></p>'
        "<ul><li>a<ul><li>b</li></ul></li><li><p>c</p><p>d</p></li></ul><ul><li>e</li></ul><ol><li>f</li><li>g</li></ol>"
        "<blockquote><p>h</p><p>i</p></blockquote>"
    )
    assert to_markdown(markup).split("\n") == [
        r"### Care \& \*use\*",
        "",
        "#### Daily",
        "",
        "One **two** three\\",
        r"four *five* H<sub>2</sub>O <u>six</u> [seven\_](<https://a.example/x?y=1>) ![Hot \[surface\]](<asset:hot>)",
        "",
        "- a",
        "",
        "  - b",
        "",
        "- c",
        "",
        "  d",
        "",
        "<!-- -->",
        "",
        "- e",
        "",
        "1. f",
        "2. g",
        "",
        "> h",
        ">",
        "> i",
    ]


def test_a_table_is_one_of_github_flavored_markdown() -> None:
    markup = clean_html(
        "<table><thead><tr><th>Size|cm</th><th colspan=2>Weight</th></tr></thead>"
        "<tbody><tr><td>1<br>2</td><td><p>3</p><p>4</p></td><td>5</td></tr><tr><td>6</td></tr></tbody></table>"
    )
    assert to_markdown(markup).split("\n") == [
        r"| Size\|cm | Weight |  |",
        "| --- | --- | --- |",
        "| 1<br>2 | 3<br>4 | 5 |",
        "| 6 |  |  |",
    ]
    assert to_markdown("<table><tr><td>1</td></tr></table>") == "|  |\n| --- |\n| 1 |"


@pytest.mark.parametrize(
    ("markup", "markdown"),
    [
        ("", ""),
        ("<p></p><ul></ul><table></table>", ""),
        ("<p># no heading</p><p>1. no list</p><p>- nor this</p><p>a #</p>", None),
        ("<p><b>a</b><b>b</b></p>", "**a**<strong>b</strong>".replace("strong", "b")),
        ("<p>a<b>(b)</b>c</p>", "a<b>(b)</b>c"),
        ("<p><br>a<br></p>", "a"),
        ("<p>a\\<br>b</p>", "a\\\\\\\nb"),
        ("<p><b>a<br>+ b</b></p>", "**a\\\n\\+ b**"),
        ("one<p>two</p>three", "one\n\ntwo\n\nthree"),
        ("<b><p>a</p></b>", "a"),
        ('<p><a href="https://a.example/&lt;x&gt; y\\">a</a></p>', "[a](<https://a.example/%3Cx%3E%20y%5C>)"),
    ],
)
def test_markdown_says_no_more_than_the_markup(markup: str, markdown: str | None) -> None:
    if markdown is None:
        assert to_markdown(markup) == "\\# no heading\n\n1\\. no list\n\n\\- nor this\n\na \\#"
    else:
        assert to_markdown(markup) == markdown


def unescaped(markdown: str) -> str:
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", re.sub(r"\\\n", "\n", markdown))


@given(st.lists(st.text(st.sampled_from("ab1 .)#*_-+=>|<&~`![]()\\{}:\n"), min_size=1, max_size=12), max_size=4))
def test_whatever_the_words_are_they_stay_words(words: list[str]) -> None:
    """Each paragraph is one block whose lines begin no other one, and its characters come back unescaped."""
    lines = [" ".join(piece.split()) for piece in words if piece.strip()]
    escaped = [line.replace("&", "&amp;").replace("<", "&lt;") for line in lines]
    markdown = to_markdown("".join(f"<p>{line}</p>" for line in escaped))
    blocks = markdown.split("\n\n") if markdown else []
    assert [unescaped(block) for block in blocks] == lines
    for block in blocks:
        assert not re.match(r"\s|#|>|[-+*=_`~](?:\s|$|[-*_=`~])|\d+[.)](?:\s|$)|<|\|", block)
        assert not re.search(r"(?<!\\)(?:\\\\)*[*_`\[\]<>|&~#]", block)


tags = st.sampled_from(["p", "b", "em", "u", "ul", "ol", "li", "h3", "blockquote", "table", "tr", "td", "th", "br"])
soup = st.lists(
    st.one_of(tags.map(lambda tag: f"<{tag}>"), tags.map(lambda tag: f"</{tag}>"), st.sampled_from(["ab", " ", "c d"])),
    max_size=25,
).map("".join)


@given(soup)
def test_no_word_is_lost_whatever_the_structure(raw: str) -> None:
    try:
        markup = clean_html(raw)
    except Invalid:
        return
    plain = re.sub(r"<[^>]*>", "", to_markdown(markup))
    wanted = re.sub(r"\W", "", to_text(markup))
    assert re.sub(r"[^a-z]", "", plain) == re.sub(r"[^a-z]", "", wanted)
