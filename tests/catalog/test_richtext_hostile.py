"""What people send to break a sanitiser, a browser or a renderer: refused, or cleaned in bounded work."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.richtables import MAX_COLUMNS, MAX_ROWS, MAX_SPAN
from catalog.richtext import MAX_ROUNDS, TAGS, clean_html, to_text
from catalog.values import Invalid

# All that clean markup consists of besides text. Nothing else may ever come out.
VOCABULARY = re.compile(
    r'</?(?:%s)>|<a href="(?:https?://|mailto:|tel:)[^"<>]*">|<img src="asset:[A-Za-z0-9][\w.-]*" alt="[^"<>]*">'
    r'|<t[dh](?: colspan="\d{1,2}")?(?: rowspan="\d{1,2}")?>' % "|".join(sorted(TAGS - {"img"}))
)


def refusal(raw: str) -> str:
    with pytest.raises(Invalid) as refused:
        clean_html(raw)
    return str(refused.value)


def cleaned(raw: str) -> str:
    """The clean markup, checked to be clean, and to stay as it is; "" where it is refused."""
    try:
        markup = clean_html(raw)
    except Invalid as refused:
        str(refused).encode()  # a message that cannot be sent would raise here
        return ""
    assert "<" not in VOCABULARY.sub("", markup)
    assert clean_html(markup) == markup
    return markup


@contextmanager
def few_rounds(monkeypatch: pytest.MonkeyPatch, most: int = MAX_ROUNDS) -> Iterator[None]:
    """No more parses than that: the work of a cleaning, whatever machine it is done on."""
    parse, done = nh3.clean, []

    def counted(html: str, **kwargs: Any) -> str:
        done.append(len(html))
        return parse(html, **kwargs)

    monkeypatch.setattr(nh3, "clean", counted)
    yield
    monkeypatch.undo()
    assert len(done) <= most
    assert all(size <= 20 * 100_000 for size in done)


# --- Size and depth ---------------------------------------------------------------------------------------------------

REFUSED = {
    "1 MB of words": ("word " * 200_000, "1000000 characters are too many; at most 100000 are allowed"),
    "a word of 200 KB": ("w" * 200_000, "200000 characters are too many; at most 100000 are allowed"),
    "40,000 open list items": ("<li " * 40_000, "160000 characters are too many; at most 100000 are allowed"),
    "900 lists": ("<ul><li>" * 900 + "x" + "</li></ul>" * 900, "elements are nested more than 20 deep"),
    "900 quotations": ("<blockquote>" * 900, "elements are nested more than 20 deep"),
    "deep in a namespace": ("<svg>" + "<g>" * 900 + "x", "elements are nested more than 20 deep"),
    "NUL": ("<p>a\x00</p>", "character U+0000 at position 5 cannot be stored"),
    "a control by its number": ("<p>a&#1;</p>", "character U+0001 at position 5 cannot be stored"),
    "half a character": ("<p>\ud800</p>", "character U+D800 at position 4 cannot be stored"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_too_much_is_refused_before_anything_parses_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    raw, why = REFUSED[name]
    most = 2 if "number" in name else 0
    with few_rounds(monkeypatch, most):
        assert refusal(raw) == why


BOUNDED = {
    "33,333 open list items": "<li" * 33_333,
    "list items that nothing ends": "<li>" * 24_000,
    "a word of 100 KB": "w" * 100_000,
    "a word of 90 KB in tags": "<p>" + "<b>w</b>" * 11_000 + "</p>",
    "quotes that nothing ends": "<a href='" * 11_000,
    "spans": "<table><tr>" + "<td colspan=12 rowspan=12>" * 3_800,
    "spans in rows": "<table>" + "<tr><td rowspan=12 colspan=12>" * 3_000,
    "pictures": "<img src=asset:a>" * 5_800,
    "pictures that nothing ends": "<img src='asset:a' alt=" * 4_300,
    "comments": "<!--" * 25_000,
    "entities": "&#106;" * 16_000,
    "entities that are none": "&" * 100_000,
    "bold that paragraphs open again": "<p><b x=1>" * 9_000,
    "mixed up tables": "<table><b>" * 3 + "<tr><p>" * 12_000,
    "templates": "<template>" * 9 + "<p>x",
    "selects": "<select><option>" * 6_000,
}


@pytest.mark.parametrize("name", BOUNDED)
def test_what_is_repeated_without_end_takes_a_few_rounds(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    started = time.process_time()
    with few_rounds(monkeypatch, 2 * MAX_ROUNDS):
        markup = cleaned(BOUNDED[name])
    assert len(markup) <= 100_000
    assert time.process_time() - started < 10


# --- Tables -----------------------------------------------------------------------------------------------------------


def table(*rows: str) -> str:
    return f"<table><tbody>{''.join(f'<tr>{row}</tr>' for row in rows)}</tbody></table>"


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        (table('<td colspan="1000000">a</td>'), table("<td>a</td>")),
        (
            table('<td colspan="1000000">a</td>', "<td>b</td><td>c</td>"),
            table('<td colspan="2">a</td>', "<td>b</td><td>c</td>"),
        ),
        (table('<td colspan="99">a</td><td>b</td>'), table("<td>a</td><td>b</td>")),
        (table('<td rowspan="1000000">a</td>', "<td>b</td>"), table('<td rowspan="2">a</td>', "<td>b</td>")),
        (table('<td colspan="2" rowspan="1">a</td>'), table('<td colspan="2">a</td>')),
        (
            table('<td colspan="0">a</td><td colspan="-1">b</td><td colspan="x">c</td>'),
            table("<td>a</td><td>b</td><td>c</td>"),
        ),
        (table('<td rowspan="3" style="x" width="9">a</td>'), table("<td>a</td>")),
    ],
)
def test_spans_stay_inside_their_table(raw: str, clean: str) -> None:
    assert cleaned(raw) == clean


def test_a_span_ends_with_its_section() -> None:
    raw = '<table><thead><tr><th rowspan="9">a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>'
    assert cleaned(raw) == raw.replace(' rowspan="9"', "")


def test_a_table_in_a_table_is_looked_at_by_itself() -> None:
    inner = table('<td colspan="99">x</td>', "<td>y</td><td>z</td>")
    assert cleaned(table(f"<td>{inner}</td>", "<td>b</td>")) == table(
        f"<td>{inner.replace('99', '2')}</td>", "<td>b</td>"
    )


def test_a_table_has_at_most_20_columns_and_200_rows() -> None:
    wide, long = table("<td>a</td>" * MAX_COLUMNS), table(*["<td>a</td>"] * MAX_ROWS)
    assert (cleaned(wide), cleaned(long)) == (wide, long)
    assert refusal(table("<td>a</td>" * 21)) == "a table has 21 columns and 1 rows; at most 20 and 200 are allowed"
    assert refusal(table(*["<td>a</td>"] * 201)) == "a table has 1 columns and 201 rows; at most 20 and 200 are allowed"
    assert "24 columns" in refusal(table(f'<td colspan="{MAX_SPAN}">a</td>' * 2))
    assert "21 columns" in refusal(table("<td>a</td>" * 19 + '<td rowspan="2">b</td><td>c</td>', "<td>a</td>" * 20))


def test_a_large_table_of_former_days_is_still_shown() -> None:
    old = table(*["<td>a</td>"] * 300)
    assert clean_html(old, strict=False) == old


# --- Pictures and links -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "x",
        "https://a.example/x.png",
        "//a.example/x.png",
        "/assets/0/large.jpg",
        "data:image/svg+xml,<svg onload=alert(1)>",
        "javascript:alert(1)",
        "ASSET:a",
        "asset:",
        "asset:a b",
        "asset:../a",
        "asset:a?width=9",
        "asset:{{ product:sku }}",
        "asset:a&quot; onerror=&quot;alert(1)",
        "product:BZ-1",
        " asset:a",
    ],
)
def test_a_picture_is_one_of_the_asset_library_or_none(source: str) -> None:
    assert cleaned(f'<p>a<img src="{source}" alt="b">c</p>') == "<p>ac</p>"


def test_a_picture_keeps_its_code_and_its_alternative_text_only() -> None:
    raw = '<p><img alt="a  <b>\n&quot;c&quot;" srcset="x 2x" width=9 style=x onerror="alert(1)" src=asset:Lira.png></p>'
    clean = '<p><img src="asset:Lira.png" alt="a &lt;b&gt; &quot;c&quot;"></p>'
    assert cleaned(raw) == clean
    assert to_text(clean) == 'a <b> "c"'
    assert len(cleaned(f'<img src="asset:a" alt="{"x" * 9_000}">')) == len('<img src="asset:a" alt="">') + 500


def test_where_there_are_to_be_no_pictures_there_are_none() -> None:
    assert clean_html('<p>a<img src="asset:b" alt="c"></p>', pictures=False) == "<p>a</p>"


@pytest.mark.parametrize(
    "address",
    [
        "product:BZ-1",
        "asset:a",
        "PRODUCT:x",
        "&#112;roduct:x",
        "java\tscript:alert(1)",
        "java&#9;script:alert(1)",
        "java&#x0A;script:alert(1)",
        "java&NewLine;script:alert(1)",
        "javascript&colon;alert(1)",
        "\u00a0javascript:alert(1)",
        "&#14;javascript:alert(1)",
        "jav\u00adascript:alert(1)",
        "feed:javascript:alert(1)",
        "blob:https://a.example/1",
        "view-source:https://a.example",
        "http:javascript:alert(1)",
        "https:///a.example",
        "//a.example",
    ],
)
def test_an_author_writes_no_address_but_complete_ones(address: str) -> None:
    assert cleaned(f'<p><a href="{address}">x</a></p>') == "<p>x</p>"


# --- Markup that changes its meaning ----------------------------------------------------------------------------------

MUTATING = [
    # raw text in foreign content, and back
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><style><img src=x onerror=alert(1)></style></math>",
    "<svg><title><style><a title='</style><img src=x onerror=alert(1)>'>",
    "<svg><desc><noscript></desc><img src=x onerror=alert(1)></noscript>",
    "<math><mi><mglyph><mi><style><!--</style><img src=x onerror=alert(1)>--></mi></mglyph>",
    "<math><annotation-xml encoding='text/html'><style><img src=x onerror=alert(1)>",
    "<svg><animate attributeName=href values=javascript:alert(1) /><a><text>x</text></a></svg>",
    "<svg><set attributeName=onmouseover to=alert(1)>",
    "<svg><p><style><g title='</style><img src onerror=alert(1)>'>",
    "<svg><a xlink:href='javascript:alert(1)'><text y=9>x</text></a></svg>",
    "<math href='javascript:alert(1)'>x</math>",
    "<math><maction actiontype=statusline xlink:href='javascript:alert(1)'>x",
    # where parsers move things about
    "<table><svg><style><!--</style><td>--><img src=x onerror=alert(1)></table>",
    "<table><tr><math><mtext><p>x</math></table>",
    "<form><table><form><svg><style></form><img src=x onerror=alert(1)></style></table>",
    "<a><table><a href=javascript:alert(1)>x</a></table></a>",
    "<li><table><li>x</table></li>",
    "<p><svg><p>x</svg></p>",
    "<b><table><b><td></b>x</table>",
    "<h3><h4>x</h3></h4>",
    "<ul><ol><li></ul>x</ol>",
    "<td><table></td><tr><td>x",
    # raw text elements, attributes that hold their ends, templates
    "<noembed><p title='</noembed><img src=x onerror=alert(1)>'>",
    "<noframes><p title='</noframes><img src=x onerror=alert(1)>'>",
    "<iframe><p title='</iframe><img src=x onerror=alert(1)>'>",
    "<xmp><p title='</xmp><img src=x onerror=alert(1)>'>",
    "<textarea><p title='</textarea><img src=x onerror=alert(1)>'>",
    "<title><p title='</title><img src=x onerror=alert(1)>'>",
    "<style><p title='</style><img src=x onerror=alert(1)>'>",
    "<script><p title='</script><img src=x onerror=alert(1)>'>",
    "<template><p title='</template><img src=x onerror=alert(1)>'>",
    "<template><table><template><tr><td><img src=x onerror=alert(1)>",
    "<template shadowrootmode=open><slot onslotchange=alert(1)>",
    "<select><style></select><img src=x onerror=alert(1)></style>",
    "<keygen><input autofocus onfocus=alert(1)>",
    # comments, declarations and what looks like them
    "<!--><img src=x onerror=alert(1)>-->",
    "<!---><img src=x onerror=alert(1)>-->",
    "<!-- --!><img src=x onerror=alert(1)> -->",
    "<!--<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[><img src=x onerror=alert(1)>]]>",
    "<svg><![CDATA[</svg><img src=x onerror=alert(1)>]]>",
    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><p>&e;</p>",
    "<?xml version='1.0'?><?xml-stylesheet href='javascript:alert(1)'?><p>x",
    # attributes
    "<p/onclick=alert(1)/style=x>x",
    "<p \x0b onclick=alert(1)>x",
    "<p title=`x onclick=alert(1)`>x",
    '<p title="x"onclick="alert(1)">x',
    "<p <img src=x onerror=alert(1)>>x",
    '<img src="asset:a" alt="x` onerror=alert(1)">',
    '<img src="asset:a" alt="{{ fact:a }}" alt="<script>">',
    '<img src="asset:a"/onerror=alert(1)>',
    '<image src="asset:a" onload=alert(1)>',
    '<input type=image src="asset:a" onerror=alert(1)>',
    "<a href='https://a.example/\"onclick=alert(1)//'>x</a>",
    "<a href=https://a.example/`onclick=alert(1)>x</a>",
    "<td colspan='2\" onclick=alert(1)'>x",
    "<a name=x><a id=y href=#x>z",
    # entities, once and twice
    "&lt;img src=x onerror=alert(1)&gt;",
    "&amp;lt;script&amp;gt;",
    "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
    "<p>&#60;img src=x onerror=alert(1)&#62;</p>",
    "<p>&#x3c;script>alert(1)</script></p>",
    "<IMG SRC=&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;alert(1)>",
]


@pytest.mark.parametrize("raw", MUTATING)
def test_markup_that_changes_when_parsed_again_is_clean_at_once(raw: str) -> None:
    cleaned(raw)


elements = [*sorted(TAGS), "div", "svg", "math", "mtext", "style", "select", "template", "form", "title", "object"]
snippets = st.one_of(
    st.sampled_from(MUTATING),
    st.sampled_from([f"<{tag}>" for tag in elements]),
    st.sampled_from([f"</{tag}>" for tag in elements]),
    st.sampled_from(
        [
            '<img src="asset:a">',
            '<img alt="b" src=asset:a>',
            "<td colspan=9 rowspan=3>",
            "<th colspan=99>",
            '<a href="https://a.example">',
            "<b x=1>",
            "&nbsp;",
            "&#0;",
            "&#x80;",
            '"',
            "<",
            ">",
            "<!--",
            "-->",
            " ",
            "{{ fact:a unit=m² }}",
        ]
    ),
    st.text(max_size=5),
    st.just("w" * 150),
)


@given(st.lists(snippets, max_size=14).map("".join))
def test_cleaning_tag_soup_is_idempotent(raw: str) -> None:
    cleaned(raw)
