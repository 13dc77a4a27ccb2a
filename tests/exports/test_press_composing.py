"""The press's own road through WeasyPrint leads to the pages that WeasyPrint makes itself."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pytest

from exports.formats.catalog import Catalog
from exports.pdf import fonts
from exports.pdf.catalog.look import Look
from tests.exports import samples
from tests.exports.pdf_reading import spied

with fonts.only_ours():
    from exports.pdf.press.composing import Composer
    from exports.pdf.press.drawing import MissingGlyph, drawn
    from exports.pdf.press.given import Given
    from exports.pdf.press.typesetter import Typesetter
    from exports.pdf.rendering import AssetFetcher, FontConfiguration, weasyprint

CSS = Look.of(Catalog().read({})).styles("catalog_pasted")
PROSE = """<!DOCTYPE html><html lang="{lang}"><body><main class="on-entry"><article class="entry" id="sku-1">
<div class="entry-side"><div class="picture picture-none"><div class="ring"></div></div></div><div class="entry-words">
<p class="kicker"><span class="sku">1</span> · Machines</p><h3>{name}</h3><p class="price">1 €</p>
<div id="mark-0" class="prose" lang="{other}"><p>{text} <b>bold <i>both</i></b>
<a href="https://example.com/">there</a></p>
<ul><li>one</li><li>two<ol><li>three</li></ol></li></ul><table><tbody><tr><th>a</th><td>b</td></tr></tbody></table>
<blockquote>said</blockquote></div><div class="features"><div class="prose prose-feature"><p>{text}</p></div></div>
</div>
<fact-lines data-rules="both left">Width\t1 mm\tHeight\t2 mm\n\tmore</fact-lines></article>
<div class="end" id="end-of-chunk"></div></main></body></html>"""


@pytest.fixture(scope="module")
def configuration() -> FontConfiguration:
    with fonts.only_ours():
        return FontConfiguration()


@pytest.fixture(scope="module")
def composer(configuration: FontConfiguration) -> Composer:
    return composer_of(configuration)


def composer_of(configuration: FontConfiguration) -> Composer:
    fetcher = AssetFetcher(Given())
    sheet = weasyprint.CSS(string=CSS, url_fetcher=fetcher, font_config=configuration)
    return Composer([sheet], fetcher, configuration)


@pytest.fixture(scope="module")
def manuscripts() -> list[str]:
    with pytest.MonkeyPatch.context() as patch:
        seen = spied(patch)
        Catalog().write(iter(samples.DOCUMENTS), io.BytesIO(), samples.work(title="Köstlich"))
        written = [PROSE.format(lang=lang, other=other, name=name, text=text) for lang, other, name, text in TEXTS]
        return [*seen, *written]


WORDS = "Extraordinary machines for extraordinarily careful households, quietly brewing "
TEXTS = (
    ("en", "de", "Lira", WORDS * 9),
    ("de", "de", "A much longer name of a product, which needs two lines of type", "Brühgruppendurchmesser " * 30),
    ("ar", "ar", "آلة قهوة", "آلة قهوة هادئة " * 40),
)


def by_weasyprint(html: str, configuration: FontConfiguration) -> tuple[bytes, dict[str, Any]]:
    fetcher = AssetFetcher(Given())
    sheet = weasyprint.CSS(string=CSS, url_fetcher=fetcher, font_config=configuration)
    source = weasyprint.HTML(string=html, url_fetcher=fetcher)
    return drawn(source.render(font_config=configuration, stylesheets=[sheet]).pages, {}, {})


def by_press(html: str, composer: Composer) -> tuple[bytes, dict[str, Any]]:
    return drawn(composer.composed(html)[0], {}, {})


def test_every_manuscript_becomes_what_weasyprint_makes_of_it(
    manuscripts: list[str], composer: Composer, configuration: FontConfiguration
) -> None:
    assert len(manuscripts) > 10
    for html in manuscripts:
        assert by_press(html, composer) == by_weasyprint(html, configuration), html


def test_what_was_laid_out_before_changes_nothing(manuscripts: list[str], configuration: FontConfiguration) -> None:
    one, other = (composer_of(configuration) for _ in range(2))
    forward = [by_press(html, one) for html in manuscripts]
    backward = [by_press(html, other) for html in reversed(manuscripts)]
    assert forward == backward[::-1]


def test_manuscripts_are_xml(manuscripts: list[str]) -> None:
    """Else they are read by a parser that takes ten times as long."""
    from xml.etree import ElementTree

    for html in manuscripts:
        ElementTree.fromstring(html)  # noqa: S314


def test_a_manuscript_that_is_none_is_read_as_html(composer: Composer) -> None:
    text = "<html><body><main><p>one{br}<b>two</b>{br}</p></main></body></html>"
    assert by_press(text.format(br="<br>"), composer) == by_press(text.format(br="<br/>"), composer)


def test_a_style_of_its_own_counts(composer: Composer, configuration: FontConfiguration) -> None:
    html = "<html><body><p style='color: red; font-size: 40pt'>one</p><p>two</p></body></html>"
    assert by_press(html, composer) == by_weasyprint(html, configuration) != by_press("<p>one</p><p>two</p>", composer)


def test_a_document_has_the_tags_and_the_metadata_that_weasyprint_gives_it(
    composer: Composer, configuration: FontConfiguration
) -> None:
    html = PROSE.format(lang="de", other="en", name="Lira", text=WORDS)
    html = html.replace("<body>", '<head><title>Köstlich</title><meta name="author" content="B"/></head><body>')
    fetcher = AssetFetcher(Given())
    sheet = weasyprint.CSS(string=CSS, url_fetcher=fetcher, font_config=configuration)
    theirs = weasyprint.HTML(string=html, url_fetcher=fetcher)
    expected = theirs.render(font_config=configuration, stylesheets=[sheet]).write_pdf(pdf_variant="pdf/ua-1")
    assert composer.document(html, fetcher, {}).write_pdf(pdf_variant="pdf/ua-1") == expected


def test_styles_are_not_kept_without_end(composer: Composer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exports.pdf.press.cascade.MOST", 10)
    html = PROSE.format(lang="en", other="de", name="a", text="b")
    assert by_press(html, composer) == by_press(html, composer)
    assert by_press("<p>c</p>", composer) == by_press("<p>c</p>", composer)
    assert len(composer._kept.elements) < 10


class TestLines:
    """What is set without layout."""

    @pytest.fixture
    def setter(self) -> Typesetter:
        with fonts.only_ours():
            return Typesetter()

    def drawn(self, setter: Typesetter, body: str, direction: str = "ltr") -> tuple[dict[str, Any], list[str]]:
        """What is said of a page with this body, and the operators of its first form."""
        css = f"{CSS} .seen.label {{ display: inline }} body {{ direction: {direction} }}"
        html = f"<html><body>{body}</body></html>"
        said, made = setter.chunk({"html": html, "css": css, "pictures": {}})
        with pikepdf.open(io.BytesIO(made)) as pdf:
            return said, pdf.Root.Forms[0].read_bytes().decode().split("\n")

    def test_a_label_is_as_wide_as_its_text_is_when_it_is_laid_out(self, setter: Typesetter) -> None:
        text = "Wägbare Güter &amp; mehr"
        seen = f'<span class="label label-folio seen" id="laid">{text}</span><span id="end"></span>'
        label = f'<div class="label label-folio" id="label-x"> {text}\n</div>'
        said, _ = self.drawn(setter, seen + label)
        start, end = said["pages"][0]["anchors"]["laid"], said["pages"][0]["anchors"]["end"]
        assert said["labels"] == {"x": {"form": 1, "width": pytest.approx(end[0] - start[0], abs=0.02), "height": 12}}

    def test_a_label_is_on_no_page(self, setter: Typesetter) -> None:
        said, operators = self.drawn(setter, '<div class="label" id="label-x">text</div>')
        assert "x" in said["labels"]
        assert not any(line.endswith("Tm") for line in operators)

    @pytest.mark.parametrize("direction", ["ltr", "rtl"])
    def test_facts_are_drawn_in_the_order_of_reading_each_in_its_column(
        self, setter: Typesetter, direction: str
    ) -> None:
        facts = '<fact-lines data-rules="both right">\nabc\t1\tabc\t2\nabc\t\t\t3</fact-lines>'
        _, operators = self.drawn(setter, facts, direction)
        starts = [[float(length) for length in line.split()[4:6]] for line in operators if line.endswith("Tm")]
        column = 43.5 / 25.4 * 96
        across = [0, column, 2 * column, 3 * column, 0, 3 * column]
        assert [y for _, y in starts] == pytest.approx([starts[0][1]] * 4 + [starts[0][1] + 16] * 2)
        if direction == "ltr":
            assert [x - starts[0][0] for x, _ in starts] == pytest.approx(across, abs=0.01)
        else:
            ends = [starts[0][0] - x for x, _ in starts]  # all labels are equally wide, all texts one digit
            assert [ends[2], ends[4]] == pytest.approx([across[2], 0], abs=0.01)
            assert [ends[3] - ends[1], ends[5] - ends[3]] == pytest.approx([2 * column, 0], abs=0.01)

    def test_rows_are_ruled_where_they_end(self, setter: Typesetter) -> None:
        facts = '<fact-lines data-rules="both left right none">a\t1\tb\t2\nc\nd\ne</fact-lines>'
        _, operators = self.drawn(setter, facts)
        rules = [[float(length) for length in line.split()[:4]] for line in operators if line.endswith("re")]
        width = 174 / 25.4 * 96
        assert [across for *_, across, _ in rules] == pytest.approx([width, 0.49 * width, 0.5 * width], abs=0.01)
        assert [y - rules[0][1] for _, y, _, _ in rules] == pytest.approx([0, 16, 32])

    def test_a_letter_that_no_font_has_is_a_failure(self, setter: Typesetter) -> None:
        with pytest.raises(MissingGlyph, match="🦀"):
            self.drawn(setter, "<fact-lines>a\t🦀</fact-lines>")
