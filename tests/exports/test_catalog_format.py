from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import unquote

import pikepdf
import pytest

from exports.documents import CategoryLink, Document, Node, Statement
from exports.formats.base import Work
from exports.formats.catalog import Catalog
from tests.exports import samples
from tests.exports.pdf_reading import (
    PdfContract,
    destinations,
    links,
    opened,
    outline,
    pictures,
    placed,
    rendered,
    spied,
    stamped,
    texts,
)

__all__ = ["rendered"]  # a fixture
OPTIONS = {"title": "Katalog 2027", "subtitle": "Alles für Espresso", "imprint": "Bordanza S.r.l.\nMilano"}


def catalog(documents: tuple[Document, ...], work: Work | None = None) -> pikepdf.Pdf:
    out = io.BytesIO()
    Catalog().write(iter(documents), out, work or samples.work(**OPTIONS))
    return opened(out.getvalue())


def many() -> Iterator[Document]:
    """Forty products in two chapters with awkward SKUs, every third in both, and every tenth in none."""
    for number in range(40):
        both = ("machines", "accessories") if number % 3 == 0 else ("accessories",)
        codes = () if number % 10 == 9 else both
        yield replace(
            samples.TAMPER,
            sku=f"Ä {number:03}/“%41”&",
            name=f"Teil {number:03}",
            categories=tuple(CategoryLink(code, code, ("products", code)) for code in codes),
        )


DOCUMENTS = tuple(sorted((*samples.DOCUMENTS, *many()), key=lambda document: document.sku))


@pytest.fixture(scope="module")
def run() -> Iterator[tuple[pikepdf.Pdf, list[str]]]:
    """One catalogue of DOCUMENTS, with the HTML of its parts in the order of rendering."""
    with pytest.MonkeyPatch.context() as patch:
        seen = spied(patch)
        yield catalog(DOCUMENTS), seen


@pytest.fixture
def printed(run: tuple[pikepdf.Pdf, list[str]]) -> pikepdf.Pdf:
    return run[0]


@pytest.fixture(scope="module")
def words(run: tuple[pikepdf.Pdf, list[str]]) -> list[str]:
    return texts(run[0])


def listed(pdf: pikepdf.Pdf, pages: list[int]) -> list[tuple[str, int]]:
    """The target of each line of contents or index on these pages, and the number that is printed beside it."""
    found = []
    for number in pages:
        page = pdf.pages[number - 1]
        numbers = stamped(page)
        for link in page.obj.get("/Annots", []):
            _, low, right, high = (float(length) for length in link.Rect)
            beside = [said for x, y, said in numbers if low - 2 <= y < high - 2 and right - 26 <= x < right]
            if beside and right - float(link.Rect[0]) < 30:
                found.append((str(link.Dest), beside[0]))
    return found


class TestCatalogFormat(PdfContract):
    format = Catalog()
    options = OPTIONS


def test_can_be_read_aloud_where_the_output_says_so() -> None:
    pdf = catalog(samples.DOCUMENTS, samples.work(tagged=True))
    assert "/StructTreeRoot" in pdf.Root
    assert any("Gewicht 5,2 kg" in words for words in texts(pdf)), "a fact's text follows its label"
    assert "/StructTreeRoot" not in catalog(samples.DOCUMENTS).Root


def test_a_catalogue_with_tags_is_made_of_this_html(rendered: list[str], golden: Callable[[str, bytes], None]) -> None:
    catalog(samples.DOCUMENTS, samples.work(**OPTIONS, tagged=True))
    cover, _length, machines, accessories, index, imprint, contents = rendered
    for name, html in (
        ("cover", cover),
        ("contents", contents),
        ("chapter-1", machines),
        ("chapter-2", accessories),
        ("index", index),
        ("imprint", imprint),
    ):
        golden(f"catalog/{name}.html", html.encode())


def test_an_entry_is_laid_out_from_this_html(rendered: list[str], golden: Callable[[str, bytes], None]) -> None:
    catalog(samples.DOCUMENTS)
    [entry] = [html for html in rendered if 'id="sku-BZ-LIRA"' in html and "page" not in html]
    golden("catalog/entry.html", entry.encode())


@pytest.mark.parametrize("tagged", [False, True])
def test_has_these_pages(tagged: bool) -> None:
    pdf = catalog(samples.DOCUMENTS, samples.work(**OPTIONS, tagged=tagged))
    assert [(depth, title, page) for depth, title, page in outline(pdf)] == [
        (1, "Inhalt", 2),
        (1, "Maschinen", 3),
        (2, "Für zu Hause", 3),
        (3, "Lira", 3),
        (1, "Zubehör", 4),
        (2, "Tamper <58> & Co", 4),
        (1, "Verzeichnis nach Artikelnummer", 5),
        (1, "Impressum", 6),
    ]
    assert len(pdf.pages) == 6


def test_every_number_in_the_contents_is_the_page_on_which_the_entry_begins(
    printed: pikepdf.Pdf, words: list[str]
) -> None:
    places, contents = destinations(printed), listed(printed, [2])
    assert contents == [(anchor, places[anchor]) for anchor, _ in contents]
    entries = [anchor for anchor, _ in contents if anchor.startswith("sku-")]
    assert len(entries) == 42
    for anchor in entries:
        sku = unquote(anchor.removeprefix("sku-"))
        assert f"{sku} · " in words[places[anchor] - 1], f"{sku} does not begin where the contents say"


def test_every_sku_is_in_the_index_with_the_page_of_its_entry(printed: pikepdf.Pdf, words: list[str]) -> None:
    places = destinations(printed)
    pages = list(range(places["index"], len(words)))
    index = listed(printed, pages)
    assert index == [(anchor, places[anchor]) for anchor, _ in index]
    assert [anchor for anchor, _ in index].count("sku-BZ-LIRA") == 3, "variants stand in the entry of their group"
    assert len(index) == len(DOCUMENTS)
    assert all(document.sku in " ".join(words[page - 1] for page in pages) for document in DOCUMENTS)


def test_a_full_page_of_lines_is_one_page(rendered: list[str]) -> None:
    """The heights that catalog.lists knows are those that the style sheet draws, under the longest title."""
    variants = tuple(replace(samples.DOCUMENTS[1], sku=f"BZ-LIRA-{number:03}") for number in range(300))
    pdf = catalog((samples.LIRA, *variants))
    pages = sum('class="list index"' in html for html in rendered)
    assert pages == 3
    places = {title: page for _, title, page in outline(pdf)}
    assert places["Impressum"] - places["Verzeichnis nach Artikelnummer"] == pages


def test_page_numbers_run_through_and_stand_on_the_outer_edge(printed: pikepdf.Pdf, words: list[str]) -> None:
    for number in range(2, len(words)):
        [(x, said)] = [(x, said) for x, y, said in stamped(printed.pages[number - 1]) if y < 40]
        assert (said, x < 300) == (number, number % 2 == 0)


def test_links_lead_from_contents_and_index_to_the_entries(printed: pikepdf.Pdf) -> None:
    places = destinations(printed)
    for page in (printed.pages[1], printed.pages[-2]):
        assert "sku-BZ-LIRA" in links(page)
    assert all(target in places for page in printed.pages for target in links(page) if not target.startswith("http"))


def test_prints_a_product_of_several_categories_once_and_refers_to_it_in_the_others(words: list[str]) -> None:
    text = " ".join(words)
    assert text.count("Ä 003/“%41”& · Zubehör") == 1
    assert "Siehe auch Teil 000 (Maschinen) , Teil 003 (Maschinen)" in text


def test_puts_a_product_in_the_nearest_category_that_is_shown() -> None:
    deep = replace(
        samples.TAMPER, categories=(CategoryLink("tiny", "Winzig", ("products", "machines", "home", "tiny")),)
    )
    assert (2, "Für zu Hause", 3) in outline(catalog((deep,)))


def test_puts_what_is_in_no_category_into_a_last_chapter(printed: pikepdf.Pdf) -> None:
    chapters = [title for depth, title, _ in outline(printed) if depth == 1]
    assert chapters == [
        "Inhalt",
        "Maschinen",
        "Zubehör",
        "Weitere Produkte",
        "Verzeichnis nach Artikelnummer",
        "Impressum",
    ]


def test_leaves_out_categories_without_products() -> None:
    work = samples.work()
    navigation = (Node("empty", "Leer", 0, (Node("emptier", "Leerer", 0),)), *samples.PUBLICATION.navigation)
    pdf = catalog(samples.DOCUMENTS, replace(work, publication=replace(samples.PUBLICATION, navigation=navigation)))
    assert not any("Leer" in title for _, title, _ in outline(pdf))


def test_a_variant_without_its_group_is_an_entry() -> None:
    assert [title for depth, title, _ in outline(catalog(samples.DOCUMENTS[1:2])) if depth == 3] == ["Lira, schwarz"]


def test_variants_of_a_group_within_a_group_stand_in_the_outermost_entry() -> None:
    inner = replace(samples.LIRA, sku="BZ-LIRA-2", parent="BZ-LIRA", name="Lira 2")
    below = replace(samples.DOCUMENTS[1], sku="BZ-LIRA-2-BK", parent="BZ-LIRA-2")
    pdf = catalog((samples.LIRA, inner, below))
    assert [title for depth, title, _ in outline(pdf) if depth == 3] == ["Lira"]
    assert "BZ-LIRA-2-BK schwarz" in texts(pdf)[2]


def test_a_ring_of_parents_comes_to_an_end() -> None:
    one = replace(samples.LIRA, sku="A", parent="B")
    other = replace(samples.LIRA, sku="B", parent="A")
    assert len(catalog((one, other)).pages) >= 4


def test_names_only_accessories_that_are_in_it() -> None:
    assert "Zubehör Tamper" in texts(catalog(samples.DOCUMENTS))[2]
    assert "Zubehör Tamper" not in texts(catalog(samples.DOCUMENTS[:3]))[2]


def test_the_cover_and_the_imprint_say_what_the_options_say(words: list[str]) -> None:
    assert words[0] == "Bordanza Shop Katalog 2027 Alles für Espresso 2026"
    assert (
        "Impressum Katalog 2027 Alles für Espresso Bordanza S.r.l. Milano Ausgabe 7 vom 22. November 2026" in words[-1]
    )


def test_running_heads_have_the_chapter_outside_and_the_first_and_last_entry_inside(printed: pikepdf.Pdf) -> None:
    first = destinations(printed)["category-machines"]
    page = printed.pages[first]
    heads = [(x, text) for x, y, text in placed(page) if y > 790]
    left_page = (first + 1) % 2 == 0
    assert heads[0][1] == "Maschinen"
    assert (heads[0][0] < 300) is left_page
    names = re.findall("Teil \\d+", texts(printed)[first])
    assert [text for _, text in heads[1:]] == [names[0], "–", names[-1]]
    assert all((x < 300) is not left_page for x, _ in heads[1:])


def test_leaves_prices_out_where_the_output_says_so() -> None:
    assert not any("€" in page for page in texts(catalog(samples.DOCUMENTS, samples.work(prices=False))))


def test_an_entry_is_not_broken_while_it_fits_on_a_page() -> None:
    documents = tuple(
        replace(
            samples.TAMPER,
            sku=f"BZ-{number:02}",
            statements=(
                Statement(
                    "description", "de", "<p>Ein Satz, der eine ganze Zeile braucht.</p>" * (number * 7 % 19), ""
                ),
            ),
            facts={"material": replace(samples.TAMPER.facts["material"], text=f"Stoff {number:02}")},
        )
        for number in range(24)
    )
    words = texts(catalog(documents))
    for number in range(24):
        [page] = [page for page in words[2:-2] if f"BZ-{number:02} · " in page]
        assert f"Stoff {number:02}" in page


def test_an_entry_longer_than_a_page_begins_one_and_goes_on(rendered: list[str]) -> None:
    long = Statement("description", "de", "<p>Ein Absatz, der eine Zeile braucht.</p>" * 120, "")
    words = texts(catalog((replace(samples.LIRA, statements=(long,)),)))
    assert any("entry-long" in html for html in rendered)
    assert [number for number, page in enumerate(words, 1) if "Ein Absatz" in page] == [4, 5, 6, 7]
    assert "Lira" in words[3]


@pytest.mark.parametrize(("language", "contents"), [("ro", "Cuprins"), ("it", "Indice"), ("xx", "Contents")])
def test_speaks_the_language_of_the_release(language: str, contents: str) -> None:
    publication = replace(samples.PUBLICATION, language=language)
    titles = [title for _, title, _ in outline(catalog(samples.DOCUMENTS, Work(publication, "", samples.PlainFiles())))]
    assert titles[0] == contents


def test_embeds_a_picture_once_however_often_it_is_printed() -> None:
    assert pictures(catalog((samples.LIRA, replace(samples.LIRA, sku="BZ-MORE")))) == 1


def test_warns_of_entries_without_a_picture() -> None:
    work = samples.work()
    catalog(samples.DOCUMENTS, work)
    [problem] = work.problems
    assert (problem.sku, problem.fatal) == ("BZ-TAMPER", False)
    assert "has no picture" in problem.message
