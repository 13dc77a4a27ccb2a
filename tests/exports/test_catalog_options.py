"""What a catalogue can be told, on both roads: content, structure, entries, look, languages."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pikepdf
import pytest

from exports.documents import AssociationLink, Document, DocumentAsset, Fact, Money, Node, Statement
from exports.errors import ExportError
from exports.formats.base import Work
from exports.formats.catalog import Catalog
from exports.formats.options import WrongOptions
from exports.pdf.catalog.wording import WORDS
from exports.wording import WORDS as COMMON
from tests.exports import samples
from tests.exports.pdf_reading import destinations, font_names, links, opened, outline, pictures, stamped, texts
from tests.exports.test_catalog_format import listed

ROADS = pytest.mark.parametrize("tagged", [False, True], ids=["pasted", "flowing"])
Said = Mapping[str, Any]


def made(documents: tuple[Document, ...], tagged: bool, work: Work | None = None, **options: Any) -> pikepdf.Pdf:
    out = io.BytesIO()
    work = work or samples.work()
    Catalog().write(iter(documents), out, replace(work, options={**options, "tagged": tagged}))
    return opened(out.getvalue())


def entries(pdf: pikepdf.Pdf) -> list[str]:
    """The names of the entries, in order."""
    return [title for _, title, _ in outline(pdf) if title in NAMES]


def part(number: int, **changes: Any) -> Document:
    fact = Fact("Gewicht", "general", "text", f"{number} kg", f"{number} kg", 5)
    return replace(
        samples.TAMPER,
        sku=f"T-{number}",
        name=f"Teil {'CABD'[number % 4]}{number}",
        prices=(Money(f"{90 - number}.00", "EUR"),),
        facts={"weight": fact},
        assets=(samples.picture(),),
        **changes,
    )


PARTS = tuple(part(number) for number in range(4))
RANGE = tuple(sorted((*samples.DOCUMENTS, *PARTS), key=lambda document: document.sku))
NAMES = {document.name for document in RANGE}


def words(pdf: pikepdf.Pdf) -> str:
    return " ".join(texts(pdf))


# --- Content ----------------------------------------------------------------------------------------------------------


@ROADS
def test_a_hand_picked_list_is_printed_in_its_order_with_variants(tagged: bool) -> None:
    pdf = made(RANGE, tagged, skus="T-2, BZ-LIRA-RD, T-0", chapters="none")
    assert entries(pdf) == ["Teil B2", "Lira", "Teil C0"]
    assert "BZ-LIRA-RD" in words(pdf)
    assert "BZ-LIRA-BK" not in words(pdf), "only the variant that was picked comes with its group"


@ROADS
@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("sku", ["Teil C0", "Teil A1", "Teil B2", "Teil D3"]),
        ("name", ["Teil A1", "Teil B2", "Teil C0", "Teil D3"]),
        ("price", ["Teil D3", "Teil B2", "Teil A1", "Teil C0"]),
    ],
)
def test_entries_stand_in_the_order_that_is_wanted(tagged: bool, order: str, expected: list[str]) -> None:
    assert entries(made(PARTS, tagged, order=order)) == expected


def test_without_prices_the_order_by_price_puts_what_has_none_last() -> None:
    free = replace(PARTS[3], prices=())
    assert entries(made((*PARTS[:3], free), False, order="price"))[-1] == "Teil D3"


@ROADS
def test_a_filter_keeps_groups_with_the_variants_it_finds(tagged: bool) -> None:
    work = replace(
        samples.work(), selection=lambda text: lambda document: f"color = {document.axes.get('color')}" == text
    )
    pdf = made(RANGE, tagged, work, filter="color = rot")
    assert entries(pdf) == ["Lira"]
    assert "BZ-LIRA-RD" in words(pdf)
    assert "BZ-LIRA-BK" not in words(pdf)


def test_a_filter_that_finds_only_the_group_prints_all_its_variants() -> None:
    work = replace(samples.work(), selection=lambda _: lambda document: document.sku == "BZ-LIRA")
    pdf = made(RANGE, False, work, filter="sku = BZ-LIRA")
    assert {"BZ-LIRA-RD", "BZ-LIRA-BK"} <= set(words(pdf).split())


@ROADS
def test_a_category_makes_its_own_categories_the_chapters(tagged: bool) -> None:
    pdf = made(RANGE, tagged, category="machines")
    assert [title for depth, title, _ in outline(pdf) if depth == 1] == [
        "Inhalt", "Für zu Hause", "Verzeichnis nach Artikelnummer", "Impressum",
    ]  # fmt: skip
    assert entries(pdf) == ["Lira"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"skus": "T-9"}, "The option “skus” names “T-9”; this release has no such product."),
        ({"category": "cellar"}, "The option “category” leaves no product of this release."),
        ({"filter": "color ="}, "it has to be a filter. At character"),
        ({"filter": "a = 1"}, "There is no release here that could be asked for “a = 1”."),
        ({"layout": "poster"}, "“poster” cannot be the option “layout”: it has to be one of half, page, grid."),
        ({"paper": "a3"}, "it has to be one of a4, a5, letter, square."),
        ({"bleed": "11"}, "a number from 0 to 10 mm"),
        ({"accent": "red"}, "a colour such as #a4552e"),
        ({"density": "thin"}, "one of normal, compact, airy"),
        ({"type": "comic"}, "one of both, sans, serif"),
        ({"order": "weight"}, "one of listed, name, sku, price"),
        ({"chapters": "some"}, "one of openers, headings, none"),
        ({"comparison": "all"}, "one of axes, rows, columns"),
        ({"cover": "perhaps"}, "it has to be true or false."),
        ({"languages": "en, it, fr"}, "The option “languages” names 3; beside the first there is room for two."),
        ({"languages": "fr"}, "The option “languages” names “fr”; beside de the channel has en."),
        ({"languages": "de"}, "The option “languages” names “de”; beside de the channel has en."),
        ({"openings": "intro", "chapters": "none"}, "“chapters” says that there are none"),
        ({"columns": "weight"}, "The option “columns” is for the table"),
        ({"logo": "ours"}, "There is no picture “ours” in the asset library."),
    ],
)
@ROADS
def test_what_cannot_be_is_named(options: Said, message: str, tagged: bool) -> None:
    with pytest.raises(ExportError) as caught:
        made(RANGE, tagged, **options)
    assert message in str(caught.value)


def test_options_are_refused_when_an_output_is_saved() -> None:
    with pytest.raises(WrongOptions):
        Catalog().read({"columns": "weight", "layout": "half"})


# --- Structure --------------------------------------------------------------------------------------------------------


@ROADS
def test_what_is_switched_off_is_not_printed(tagged: bool) -> None:
    pdf = made(RANGE, tagged, cover="off", contents="no", index="false", chapters="headings", title="Unser Katalog")
    assert [title for depth, title, _ in outline(pdf) if depth == 1] == ["Maschinen", "Zubehör", "Impressum"]
    assert texts(pdf)[0].count("Maschinen") >= 1
    assert "Unser Katalog" not in texts(pdf)[0] or tagged, "there is no cover; a running head may have the title"


@ROADS
def test_on_is_yes_for_every_switch(tagged: bool) -> None:
    pdf = made(RANGE, tagged, name_index="on", price_list="on", prices="on")
    titles = [title for depth, title, _ in outline(pdf) if depth == 1]
    assert titles[-4:] == ["Preisliste", "Verzeichnis nach Artikelnummer", "Verzeichnis nach Namen", "Impressum"]
    assert "39,00 €" in words(pdf)


def numbers_at(pdf: pikepdf.Pdf, anchor: str) -> str:
    return texts(pdf)[destinations(pdf)[anchor] - 1]


@ROADS
def test_an_index_by_name_has_letters_and_the_pages_of_the_entries(tagged: bool) -> None:
    pdf = made(RANGE, tagged, name_index="on")
    places = destinations(pdf)
    found = numbers_at(pdf, "name_index")
    assert re.search(r"\bL\b.*Lira.*\bT\b.*Tamper", found)
    target = links(pdf.pages[places["name_index"] - 1])
    assert {"sku-BZ-LIRA", "sku-T-0"} <= set(target)


def test_keywords_come_from_a_fact_and_each_names_its_products() -> None:
    fact = Fact("Stichworte", "general", "multiselect", ["a", "b"], "Stahl, Holz", 9)
    other = Fact("Stichworte", "general", "text", "Holz; Ärger", "Holz; Ärger", 9)
    documents = (replace(PARTS[0], facts={"tags": fact}), replace(PARTS[1], facts={"tags": other}))
    page = numbers_at(made(documents, False, keywords="tags"), "keywords")
    assert re.search(r"Ärger Teil A1.*Holz Teil A1.*Teil C0.*Stahl Teil C0", page)


@ROADS
def test_a_price_list_has_what_can_be_bought(tagged: bool) -> None:
    page = numbers_at(made(RANGE, tagged, price_list="on"), "price_list")
    assert "BZ-LIRA-RD" in page
    assert "BZ-LIRA-BK" in page
    assert page.count("449,00 €") == 2, "a group has no price of its own beside its variants'"
    assert "Maschinen" in page


@ROADS
def test_numbers_in_the_lists_are_the_pages_of_the_entries(tagged: bool) -> None:
    fact = Fact("Stichwort", "general", "select", "a", "Stahl", 9)
    parts = tuple(replace(one, facts={**one.facts, "tag": fact}) for one in map(part, range(40)))
    pdf = made(parts, tagged, name_index="on", price_list="on", keywords="tag", index="off")
    places, pages = destinations(pdf), texts(pdf)
    assert len({places[f"sku-{one.sku}"] for one in parts}) > 3
    for code in ("name_index", "price_list", "keywords"):
        if tagged:
            found = re.findall(r"(\d+) (?:\d+,00 € )?(?:T-\d+ )?(Teil [A-D]\d+)", pages[places[code] - 1])
            assert {name: int(page) for page, name in found} == {one.name: places[f"sku-{one.sku}"] for one in parts}
        else:
            beside = listed(pdf, [places[code]])
            assert len(beside) == 40
            assert beside == [(anchor, places[anchor]) for anchor, _ in beside]


@ROADS
@pytest.mark.parametrize("layout", ["half", "page"])
def test_every_text_and_fact_is_in_the_pages(tagged: bool, layout: str) -> None:
    printed = words(made(samples.DOCUMENTS, tagged, layout=layout, prices="off"))
    for document in samples.DOCUMENTS:
        for statement in document.statements if document.type != "variant" else ():
            assert all(line.removeprefix("– ") in printed for line in statement.text.splitlines()), statement.slot
        for _, fact in document.listed() if document.type != "variant" else ():
            assert fact.text in printed


@ROADS
def test_the_back_cover_is_last(tagged: bool) -> None:
    assert texts(made(PARTS, tagged, back_cover="Bordanza, Triest"))[-1] == "Bordanza, Triest"


INTRO = Statement("intro", "de", "<p>Alles aus Stahl.</p>", "Alles aus Stahl.")
WELCOME = Statement("welcome", "de", "<p>Liebe Leserin!</p>", "Liebe Leserin!")


@ROADS
def test_a_text_of_a_category_is_printed_once_where_it_begins(tagged: bool) -> None:
    said = tuple(replace(one, statements=(INTRO, WELCOME)) for one in PARTS)
    lira = tuple(replace(one, statements=(WELCOME,)) for one in samples.DOCUMENTS[:3])
    pdf = made((*lira, *said), tagged, openings="intro", foreword="welcome")
    pages, places = texts(pdf), destinations(pdf)
    assert words(pdf).count("Alles aus Stahl.") == 1
    assert "Alles aus Stahl." in pages[places["category-accessories"] - 1]
    assert words(pdf).count("Liebe Leserin!") == 1
    assert pages[places["foreword"] - 1].startswith("Vorwort Liebe Leserin!")
    assert places["foreword"] < places["category-machines"]


def test_a_text_that_not_all_have_is_told_and_not_printed() -> None:
    work = samples.work()
    said = (replace(PARTS[0], statements=(INTRO,)), *PARTS[1:])
    assert "Alles aus Stahl." not in words(made(said, False, work, openings="intro", foreword="welcome"))
    assert [(one.sku, one.message) for one in work.problems if "slot" in one.message] == [
        ("T-0", "Its text in the slot “intro” is not printed: not all products of “Zubehör” have it."),
        ("", "There is no foreword: no text in the slot “welcome” is on all products."),
    ]


def test_a_text_too_long_for_an_opening_page_is_told_and_has_room_under_a_heading() -> None:
    long = "Ein Satz, der nicht aufhört. " * 80
    said = tuple(replace(one, statements=(replace(INTRO, html=f"<p>{long}Ende.</p>", text=long),)) for one in PARTS)
    work = samples.work()
    made(said, False, work, openings="intro")
    [problem] = [one for one in work.problems if "characters; its page holds" in one.message]
    assert "“Zubehör” has 2,320 characters; its page holds 1,500." in problem.message
    work = samples.work()
    assert "Ende." in words(made(said, False, work, openings="intro", chapters="headings"))
    assert work.problems == []


# --- Entries ----------------------------------------------------------------------------------------------------------


@ROADS
def test_a_page_each(tagged: bool) -> None:
    pdf = made(RANGE, tagged, layout="page")
    pages = [page for _, title, page in outline(pdf) if title in NAMES]
    assert len(pages) == len(set(pages)) == 6


@ROADS
def test_a_grid_has_a_row_for_each_variant_under_the_heads_of_its_columns(tagged: bool) -> None:
    pdf = made(RANGE, tagged, layout="grid", columns="color, weight")
    pages, places = texts(pdf), destinations(pdf)
    page = pages[places["sku-BZ-LIRA"] - 1]
    assert re.search(r"Artikelnr\.? Farbe Gewicht Preis Lira", page)
    assert "BZ-LIRA-BK schwarz 5,2 kg 449,00 €" in page
    assert "BZ-LIRA-RD rot 5,2 kg 449,00 €" in page
    assert "T-0 0 kg 90,00 €" in pages[places["sku-T-0"] - 1]


@ROADS
def test_a_grid_that_goes_on_has_its_heads_on_every_page(tagged: bool) -> None:
    many = tuple(part(number) for number in range(60))
    pdf = made(many, tagged, layout="grid")
    pages = {page for _, title, page in outline(pdf) if title.startswith("Teil")}
    assert len(pages) >= 3
    assert all("Gewicht" in texts(pdf)[page - 1] for page in pages)


def test_a_group_of_more_variants_than_a_page_holds_goes_on() -> None:
    variants = tuple(replace(samples.DOCUMENTS[1], sku=f"BZ-LIRA-{number:03}") for number in range(120))
    printed = words(made((samples.LIRA, *variants), False, layout="grid", index="off"))
    assert all(one.sku in printed for one in variants)


@ROADS
@pytest.mark.parametrize("comparison", ["rows", "columns"])
def test_variants_are_compared_by_what_differs(tagged: bool, comparison: str) -> None:
    heavy = replace(samples.DOCUMENTS[2].facts["weight"], text="6,1 kg")
    red = replace(samples.DOCUMENTS[2], facts={**samples.DOCUMENTS[2].facts, "weight": heavy})
    page = " ".join(texts(made((*samples.DOCUMENTS[:2], red), tagged, comparison=comparison)))
    expected = {
        "rows": "Farbe Gewicht Preis BZ-LIRA-BK schwarz 5,2 kg 449,00 € BZ-LIRA-RD rot 6,1 kg 449,00 €",
        "columns": "BZ-LIRA-BK BZ-LIRA-RD Farbe schwarz rot Gewicht 5,2 kg 6,1 kg Preis 449,00 € 449,00 €",
    }[comparison]
    assert expected in page
    assert page.count("Tassenwärmer") == 1, "what is the same in all is a fact of the group"


@ROADS
@pytest.mark.parametrize("layout", ["half", "page", "grid"])
def test_entries_name_the_pages_of_what_they_name(tagged: bool, layout: str) -> None:
    far = tuple(replace(one, associations=(AssociationLink("accessory", "BZ-TAMPER", 1),)) for one in PARTS)
    pdf = made((*samples.DOCUMENTS, *far), tagged, layout=layout, references="on")
    places, pages = destinations(pdf), texts(pdf)
    number = places["sku-BZ-TAMPER"]
    for anchor in ("sku-BZ-LIRA", "sku-T-0", "sku-T-3"):
        page = pdf.pages[places[anchor] - 1]
        said = re.search(r"BZ-TAMPER S\. ?(\d*)", pages[places[anchor] - 1])
        assert said, f"{anchor} names no page"
        assert (said[1] or _stamped(page, number)) == str(number)


def _stamped(page: pikepdf.Page, number: int) -> str:
    """The number where one is stamped in the text of a pasted up page."""
    return next((str(said) for _, y, said in stamped(page) if y > 60 and said == number), "")


# --- Look -------------------------------------------------------------------------------------------------------------


@ROADS
@pytest.mark.parametrize(
    ("paper", "size"), [("a4", (595, 842)), ("a5", (420, 595)), ("letter", (612, 792)), ("square", (595, 595))]
)
def test_paper_is_of_its_size_and_nothing_stands_beyond_its_edge(
    tagged: bool, paper: str, size: tuple[int, int]
) -> None:
    pdf = made(RANGE, tagged, paper=paper)
    assert {tuple(round(float(side)) for side in page.mediabox[2:]) for page in pdf.pages} == {size}
    assert "Gewicht" in words(pdf)
    for page in pdf.pages:
        for link in page.obj.get("/Annots", []):
            left, low, right, high = (float(side) for side in link.Rect)
            assert all(0 <= x <= size[0] + 1 for x in (left, right))
            assert all(0 <= y <= size[1] + 1 for y in (low, high))


@ROADS
def test_bleed_makes_sheets_larger_and_says_where_they_are_cut(tagged: bool) -> None:
    pdf = made(PARTS, tagged, bleed="3", back_cover="Ende")
    for page in pdf.pages:
        assert [round(float(side), 1) for side in page.mediabox] == [0, 0, 612.3, 858.9]
        assert [round(float(side), 1) for side in page.trimbox] == [8.5, 8.5, 603.8, 850.4]
        marks = page.obj.Contents[-1].read_bytes()
        assert marks.count(b" l") == 8
    assert destinations(pdf)["sku-T-0"] == destinations(made(PARTS, tagged, back_cover="Ende"))["sku-T-0"]


@ROADS
def test_type_density_and_colour_are_those_that_are_wanted(tagged: bool) -> None:
    pdf = made(PARTS, tagged, type="sans", density="compact", accent="#004488")
    assert not any("Serif" in name for name in font_names(pdf))
    blue = re.compile(rb"0 0?\.266\d* 0?\.533\d* (rg|scn|RG)|0 0?\.27 0?\.53 rg")
    streams = [thing.read_bytes() for thing in pdf.objects if isinstance(thing, pikepdf.Stream) and _is_drawing(thing)]
    assert any(blue.search(stream) for stream in streams)


def _is_drawing(thing: Any) -> bool:
    return "/Length1" not in thing and thing.get("/Subtype") in (None, "/Form")


@ROADS
def test_a_logo_stands_on_the_covers_and_in_the_imprint(tagged: bool) -> None:
    logo = replace(samples.picture(), digest="f" * 64)

    def named(code: str) -> DocumentAsset:
        assert code == "logo"
        return logo

    bare = tuple(replace(one, assets=()) for one in PARTS)
    assert pictures(made(bare, tagged, replace(samples.work(), asset=named), logo="logo", back_cover="x")) == 1


def test_a_picture_too_small_for_its_place_is_told() -> None:
    tiny = replace(samples.picture(), width=200, height=200)
    for layout, told in (("grid", False), ("page", True)):
        work = samples.work()
        made((replace(PARTS[0], assets=(tiny,)),), False, work, layout=layout)
        assert any("200 pixels" in problem.message for problem in work.problems) is told


# --- Languages --------------------------------------------------------------------------------------------------------


def english(document: Document) -> Document:
    facts = {
        code: replace(fact, label=f"{fact.label}-en", text=f"{fact.text}-en") for code, fact in document.facts.items()
    }
    said = {"language": "en", "html": "<p>In English.</p>"}
    statements = tuple(replace(one, text=f"{one.text} en", **said) for one in document.statements)
    return replace(document, name=f"{document.name} (en)", facts=facts, statements=statements)


@pytest.fixture
def bilingual() -> Work:
    navigation = (Node("machines", "Machines", 3, (Node("home", "At home", 3),)), Node("accessories", "Extras", 1))
    publication = replace(samples.PUBLICATION, language="en", navigation=navigation, groups={"general": "General"})
    return replace(samples.work(), translations=lambda _: (publication, map(english, RANGE)))


@ROADS
@pytest.mark.parametrize("layout", ["half", "page", "grid"])
def test_languages_stand_side_by_side(bilingual: Work, tagged: bool, layout: str) -> None:
    pdf = made(RANGE, tagged, bilingual, languages="en", layout=layout)
    page = texts(pdf)[destinations(pdf)["sku-BZ-LIRA"] - 1]
    assert "Lira (en)" in page
    assert "Für zu Hause At home" in words(pdf)
    if layout == "grid":
        assert "Farbe / Farbe-en" in page
        assert "rot / rot-en" in page
        return
    assert "In English." in words(pdf)
    assert "Gewicht 5,2 kg Gewicht-en 5,2 kg-en" in words(pdf)
    assert "Allgemein General" in words(pdf)


def test_what_another_language_has_not_is_told(bilingual: Work) -> None:
    publication, _ = bilingual.translations("en")
    work = replace(bilingual, translations=lambda _: (publication, iter(map(english, RANGE[:3]))), problems=[])
    made(RANGE, False, work, languages="en")
    told = {problem.sku for problem in work.problems if "has no English text" in problem.message}
    assert told == {"BZ-TAMPER", "T-0", "T-1", "T-2", "T-3"}


@ROADS
def test_where_writing_runs_from_the_right_numbers_stand_at_the_left(tagged: bool) -> None:
    arabic = tuple(replace(one, name=f"آلة {one.sku}") for one in PARTS)
    work = replace(samples.work(), publication=replace(samples.PUBLICATION, language="ar"))
    pdf = made(arabic, tagged, work, price_list="on", layout="page")
    page = pdf.pages[destinations(pdf)["price_list"] - 1]
    boxes = [[float(side) for side in link.Rect] for link in page.obj.Annots if str(link.get("/Dest", "")) == "sku-T-0"]
    assert boxes
    if not tagged:
        numbers = [box for box in boxes if abs(box[2] - box[0] - 24) < 1]
        assert numbers
        assert all(max(box[0], box[2]) < 400 for box in numbers), "at the left edge of a column at the right"


# --- Words ------------------------------------------------------------------------------------------------------------


def test_every_word_is_there_in_every_shipped_language() -> None:
    assert WORDS.keys() == COMMON.keys()
    assert {tuple(sorted(words)) for words in WORDS.values()} == {tuple(sorted(WORDS["en"]))}
    assert all(word.strip() for words in WORDS.values() for word in words.values())
