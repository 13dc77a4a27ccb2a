"""What stands on the pages, live and as files."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from catalog.richtext import clean_html
from exports.documents import AssociationLink, DocumentAsset, Fact, Statement
from exports.web.pages import category_page, index_page, path_to
from exports.web.site import card_of
from exports.wording import WORDS
from tests.exports import samples
from tests.exports.contract import HOSTILE, hostile_document, hostile_publication
from tests.exports.web_site import PageView, live_site, page_of

GROUP, BLACK, RED, TAMPER = samples.DOCUMENTS
STYLES = Path(__file__).parents[2] / "templates" / "exports" / "web" / "site.css"


class TestHead:
    def test_names_the_page_and_the_shop(self) -> None:
        assert page_of(BLACK).text("//title") == "Lira, schwarz – Bordanza Shop"

    def test_describes_itself_in_at_most_160_characters(self) -> None:
        assert page_of(BLACK).values("//meta[@name='description']/@content") == [
            "Klein im Stellmaß & groß im Geschmack."
        ]
        long = replace(BLACK, statements=(Statement("description", "de", "", "Kaffee " * 100),))
        (summary,) = page_of(long).values("//meta[@name='description']/@content")
        assert 100 < len(summary) <= 160
        assert summary.endswith("Kaffee…")

    def test_says_where_it_stands_in_every_language(self) -> None:
        page = page_of(BLACK)
        address = "https://shop.example/p/shop-de/{}/BZ-LIRA-BK/"
        assert page.values("//link[@rel='canonical']/@href") == [address.format("de")]
        alternates = zip(
            page.values("//link[@rel='alternate']/@hreflang"),
            page.values("//link[@rel='alternate']/@href"),
            strict=True,
        )
        assert dict(alternates) == {
            "de": address.format("de"),
            "en": address.format("en"),
            "x-default": address.format("en"),
        }

    def test_the_default_language_is_english_or_the_first(self) -> None:
        publication = replace(samples.PUBLICATION, alternates=("de", "it"))
        (default,) = page_of(BLACK, publication=publication).values("//link[@hreflang='x-default']/@href")
        assert default == "https://shop.example/p/shop-de/de/BZ-LIRA-BK/"

    def test_tells_others_how_to_show_it(self) -> None:
        page = page_of(BLACK)
        told = dict(zip(page.values("//meta/@property"), page.values("//meta[@property]/@content"), strict=True))
        assert told == {
            "og:type": "product",
            "og:site_name": "Bordanza Shop",
            "og:title": "Lira, schwarz",
            "og:description": "Klein im Stellmaß & groß im Geschmack.",
            "og:url": "https://shop.example/p/shop-de/de/BZ-LIRA-BK/",
            "og:image": f"https://shop.example/assets/{samples.DIGEST}/large.jpg",
        }

    def test_search_engines_keep_out_of_a_channel_that_is_not_public(self) -> None:
        private = replace(samples.PUBLICATION, public=False)
        assert page_of(BLACK, publication=private).values("//meta[@name='robots']/@content") == ["noindex"]
        assert not page_of(BLACK).all("//meta[@name='robots']")

    def test_a_live_page_has_its_styles_in_it(self) -> None:
        assert page_of(BLACK).text("//style") == " ".join(STYLES.read_text().split())


class TestFrame:
    def test_breadcrumbs_lead_from_the_shop_to_the_product(self) -> None:
        page = page_of(BLACK)
        assert page.texts("//nav[@class='crumbs']//li") == [
            "Bordanza Shop",
            "Maschinen",
            "Für zu Hause",
            "Lira",
            "Lira, schwarz",
        ]
        assert page.values("//nav[@class='crumbs']//a/@href") == [
            "/p/shop-de/de/",
            "/p/shop-de/de/c/machines/",
            "/p/shop-de/de/c/home/",
            "/p/shop-de/de/BZ-LIRA/",
        ]

    def test_a_product_outside_the_navigation_has_short_breadcrumbs(self) -> None:
        assert page_of(replace(TAMPER, categories=())).texts("//nav[@class='crumbs']//li") == [
            "Bordanza Shop",
            "Tamper <58> & Co",
        ]

    def test_the_navigation_marks_where_one_is(self) -> None:
        page = page_of(BLACK)
        assert page.texts("//nav[@class='sections']//a") == ["Maschinen", "Zubehör"]
        assert page.texts("//nav[@class='sections']//a[@aria-current]") == ["Maschinen"]

    def test_the_same_page_is_one_click_away_in_other_languages(self) -> None:
        page = page_of(BLACK)
        assert page.values("//nav[@class='languages']//a/@href") == [
            "/p/shop-de/de/BZ-LIRA-BK/",
            "/p/shop-de/en/BZ-LIRA-BK/",
        ]
        assert page.values("//nav[@class='languages']//a/@title") == ["Deutsch", "English"]
        assert page.texts("//nav[@class='languages']//a[@aria-current]") == ["DE"]

    def test_one_language_needs_no_switch(self) -> None:
        alone = replace(samples.PUBLICATION, alternates=("de",))
        assert not page_of(BLACK, publication=alone).all("//nav[@class='languages']")

    def test_the_foot_says_which_release_it_is(self) -> None:
        assert "Ausgabe 7 vom 22. November 2026" in page_of(BLACK).text("//p[@class='colophon']")

    @pytest.mark.parametrize("language", sorted(WORDS))
    def test_every_language_has_its_words(self, language: str) -> None:
        publication = replace(samples.PUBLICATION, language=language, alternates=(language,))
        page = page_of(GROUP, publication=publication)
        assert page.values("/html/@lang") == [language]
        assert page.text("//section[contains(@class, 'wide')][1]/h2") == WORDS[language]["choose_variant"]

    def test_all_languages_have_the_same_words(self) -> None:
        for language, words in WORDS.items():
            assert set(words) == set(WORDS["en"]), language


class TestProduct:
    def test_shows_name_headline_teaser_and_price(self) -> None:
        page = page_of(BLACK)
        assert page.text("//h1") == "Lira, schwarz"
        assert page.text("//p[@class='headline']") == "Espresso auf 22 Zentimetern"
        assert page.text("//p[@class='teaser']") == "Klein im Stellmaß & groß im Geschmack."
        assert page.text("//p[@class='price']") == "449,00 €"

    def test_stands_without_price_picture_statements_and_facts(self) -> None:
        page = page_of(replace(TAMPER, prices=(), facts={}, name="x"))
        assert not page.all("//p[@class='price'] | //img | //table | //h2")
        assert page.text("//*[contains(@class, 'no-picture')]") == "Noch kein Bild"

    def test_pictures_have_sizes_and_words(self) -> None:
        tall = DocumentAsset("gallery", "image", "/assets/x/large.jpg", "", "image/png", 1000, 2000, "x")
        first, second = page_of(replace(BLACK, assets=(tall, samples.picture()))).all("//div[@class='gallery']//img")
        base = f"/assets/{samples.DIGEST}"
        assert first.get("src") == f"{base}/medium.jpg"
        assert first.get("srcset") == f"{base}/medium.jpg 800w, {base}/large.jpg 1600w"
        assert (first.get("width"), first.get("height")) == ("1600", "1600")
        assert first.get("alt") == "Lira von vorn"
        assert (second.get("width"), second.get("height")) == ("800", "1600")
        assert second.get("srcset") == "/assets/x/medium.jpg 400w, /assets/x/large.jpg 800w"
        assert second.get("alt") == "Lira, schwarz"

    def test_a_picture_of_unknown_or_small_size_has_one_source(self) -> None:
        for pixels in (None, 300):
            picture = replace(samples.picture(), width=pixels, height=pixels)
            (image,) = page_of(replace(BLACK, assets=(picture,))).all("//div[@class='gallery']//img")
            assert image.get("srcset") is None

    def test_the_same_picture_is_shown_once(self) -> None:
        assert len(page_of(BLACK).all("//div[@class='gallery']//img")) == 1

    def test_statements_stand_under_the_labels_of_their_slots(self) -> None:
        sections = page_of(BLACK).texts("//h2")
        assert sections == ["Beschreibung", "Merkmale", "Technische Daten", "Sicherheit", "Zubehör"]

    @pytest.mark.parametrize(("slots", "label"), [({"feature": "Was sie kann"}, "Was sie kann"), ({}, "Merkmale")])
    def test_a_slot_without_a_label_has_our_word_for_it(self, slots: dict[str, str], label: str) -> None:
        assert label in page_of(BLACK, publication=replace(samples.PUBLICATION, slots=slots)).texts("//h2")

    def test_html_of_statements_is_markup(self) -> None:
        assert page_of(BLACK).texts("//section[contains(@class, 'story')]//li") == ["9 bar am Kaffee", "1,6 l Tank"]

    def test_text_of_plain_statements_is_not(self) -> None:
        page = page_of(
            replace(BLACK, statements=(Statement("description", "de", "", "Ein <b>Text</b>\n\nund noch einer."),))
        )
        assert page.texts("//div[@class='prose']/p") == ["Ein <b>Text</b>", "und noch einer."]

    def test_words_in_another_language_say_so(self) -> None:
        page = page_of(BLACK)
        assert page.values("//section[contains(@class, 'warning')]//div/@lang") == ["en"]
        assert not page.values("//section[contains(@class, 'story')]//@lang")
        english = page_of(replace(BLACK, statements=(Statement("teaser", "en", "", "Small."),)))
        assert english.values("//p[@class='teaser']/@lang") == ["en"]

    def test_a_slot_of_ones_own_is_shown_too(self) -> None:
        publication = replace(samples.PUBLICATION, slots={**samples.PUBLICATION.slots, "care": "Pflege"})
        statement = Statement("care", "de", "<p>Trocken wischen.</p>", "Trocken wischen.")
        page = page_of(replace(TAMPER, statements=(statement,)), publication=publication)
        assert page.text("//section[h2='Pflege']//p") == "Trocken wischen."

    def test_an_empty_statement_makes_no_section(self) -> None:
        assert "Merkmale" not in page_of(replace(BLACK, statements=(Statement("feature", "de", "", " "),))).texts(
            "//h2"
        )

    def test_questions_open_to_their_answers(self) -> None:
        html = "<p><strong>Wie &amp; wann<br>entkalken?</strong></p><p>Alle drei Monate.</p>"
        plain = Statement("faq", "de", "<p>Nur ein Absatz.</p>", "Nur ein Absatz.")
        page = page_of(replace(BLACK, statements=(Statement("faq", "de", html, "…"), plain)))
        assert page.text("//details/summary") == "Wie & wann entkalken?"
        assert page.text("//details/div") == "Alle drei Monate."
        assert page.texts("//section[h2='Fragen und Antworten']/div/div") == ["Nur ein Absatz."]

    def test_facts_are_grouped_in_the_order_of_the_release(self) -> None:
        facts = {**BLACK.facts, "odd": Fact("Sonstiges", "nowhere", "text", "v", "Wert", 0)}
        page = page_of(replace(BLACK, facts=facts))
        assert page.texts("//caption") == ["Allgemein", "Maße", "Brühen", "Weitere Angaben"]
        assert page.texts("//table[1]//tr") == ["MarkeBordanza", "Farbeschwarz"]

    def test_a_table_of_facts_is_a_table_below_the_others(self) -> None:
        facts = {**BLACK.facts, "cups": Fact("Tassen", "brewing", "table", [], "in einer Zeile", 99)}
        table = (("Tasse", "Menge"), ("<b>Lungo</b>", "110 ml"), ("Ristretto", ""))
        page = page_of(replace(BLACK, facts=facts, tables={"cups": table}))
        assert page.texts("//caption")[-1] == "Tassen"
        assert page.texts("//div[@class='grid']//th") == ["Tasse", "Menge"]
        assert page.texts("//div[@class='grid']//td") == ["<b>Lungo</b>", "110 ml", "Ristretto", ""]
        assert "in einer Zeile" not in page.texts("//td")

    def test_sixty_facts_and_endless_words_are_shown(self) -> None:
        word = "Donaudampfschifffahrtsgesellschaftskapitän"
        facts = {f"f{n}": Fact(word, "general", "text", "v", f"{word} {n}", n) for n in range(60)}
        assert len(page_of(replace(BLACK, facts=facts)).all("//tr")) == 60

    def test_associated_products_in_the_release_are_shown_by_type(self) -> None:
        links = (*BLACK.associations, AssociationLink("set", "BZ-LIRA-RD", 3), AssociationLink("accessory", "GONE", 1))
        page = page_of(replace(BLACK, associations=links))
        assert page.texts("//section[h2='Zubehör']//span[@class='tile-name']") == ["Tamper <58> & Co"]
        assert page.texts("//section[h2='Siehe auch']//span[@class='tile-name']") == ["3 × Lira, rot"]

    def test_documents_can_be_read(self) -> None:
        manual = DocumentAsset(
            "manual", "document", "/assets/m/lira.pdf", "Handbuch", "application/pdf", None, None, "m"
        )
        unsafe = replace(manual, url="javascript:alert(1)")
        page = page_of(replace(BLACK, assets=(manual, unsafe)))
        assert page.texts("//ul[@class='downloads']/li") == ["Handbuch PDF"]
        assert page.values("//ul[@class='downloads']//a/@href") == ["/assets/m/lira.pdf"]


class TestHostileText:
    def page(self) -> PageView:
        return page_of(hostile_document(), samples.DOCUMENTS, hostile_publication())

    def test_every_element_is_one_of_ours(self) -> None:
        elements = list(self.page().elements())
        assert len(elements) > 100
        assert len(self.page().all("//script")) == 1
        assert {element.get("src") for element in elements if element.tag == "img"} <= {
            f"/assets/{samples.DIGEST}/medium.jpg",
            f"/assets/{samples.DIGEST}/small.jpg",
        }
        assert not [name for element in elements for name in element.attrib if name.startswith("on")]

    def test_the_words_are_there_as_words(self) -> None:
        page = self.page()
        assert page.text("//h1") == HOSTILE
        assert HOSTILE in page.texts("//h2")
        assert page.text("//caption") == HOSTILE
        assert page.graph()["Product"]["name"] == HOSTILE

    def test_no_address_runs_a_script(self) -> None:
        for url in self.page().values("//@href | //@src"):
            assert url.startswith(("https://shop.example/", "/", "#", "data:,"))
            assert not url.startswith("//")


class TestOtherPages:
    def test_a_category_page_shows_its_products_and_what_is_below(self) -> None:
        path = path_to("machines", samples.PUBLICATION.navigation)
        source = category_page(path, [card_of(GROUP, "EUR")], samples.PUBLICATION, live_site(), 2, 3)
        page = PageView(source)
        assert page.text("//h1") == "Maschinen"
        assert page.texts("//div[@class='category-head']//li") == ["Für zu Hause 3"]
        assert page.values("//link[@rel='canonical']/@href") == ["https://shop.example/p/shop-de/de/c/machines/?page=2"]
        assert page.values("//nav[@class='pager']/a/@href") == [
            "/p/shop-de/de/c/machines/",
            "/p/shop-de/de/c/machines/?page=3",
        ]
        assert list(page.graph()) == ["BreadcrumbList"]

    def test_the_first_page_says_what_the_site_is(self) -> None:
        page = PageView(index_page(samples.PUBLICATION, live_site(), {"machines": [card_of(GROUP, "EUR")]}))
        assert page.text("//h1") == "Bordanza Shop"
        assert page.graph()["WebSite"]["url"] == "https://shop.example/p/shop-de/de/"
        assert page.values("//meta[@property='og:image']/@content")

    def test_a_release_without_categories_is_a_page_all_the_same(self) -> None:
        publication = replace(samples.PUBLICATION, navigation=())
        assert PageView(index_page(publication, live_site(publication=publication), {})).all("//p[@class='nothing']")

    def test_a_category_is_found_by_its_code(self) -> None:
        assert [node.code for node in path_to("home", samples.PUBLICATION.navigation)] == ["machines", "home"]
        assert path_to("nowhere", samples.PUBLICATION.navigation) == ()


class TestStyles:
    """Contrast as WCAG 2.2, success criterion 1.4.3, counts it."""

    @staticmethod
    def palettes() -> list[dict[str, str]]:
        light, dark = re.findall(r":root \{(.*?)\}", STYLES.read_text(), re.DOTALL)[:2]
        colors = [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block)) for block in (light, dark)]
        return [colors[0], {**colors[0], **colors[1]}]

    @staticmethod
    def luminance(color: str) -> float:
        channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
        linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
        return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    @pytest.mark.parametrize("scheme", [0, 1])
    @pytest.mark.parametrize(
        ("ink", "paper", "least"),
        [
            *((ink, paper, 4.5) for ink in ("ink", "soft", "accent") for paper in ("paper", "raised", "alert")),
            ("on-accent", "accent", 4.5),
            ("paper", "ink", 4.5),
            ("strong-line", "paper", 3.0),
            ("alert-line", "alert", 3.0),
        ],
    )
    def test_colors_are_far_enough_apart(self, ink: str, paper: str, least: float, scheme: int) -> None:
        palette = self.palettes()[scheme]
        pair = sorted((self.luminance(palette[ink]), self.luminance(palette[paper])), reverse=True)
        assert (pair[0] + 0.05) / (pair[1] + 0.05) >= least

    def test_every_class_on_a_page_is_known_to_the_stylesheet(self) -> None:
        styles: Any = STYLES.read_text()
        used = {name for value in page_of(BLACK).values("//@class") for name in value.split()}
        unstyled = {name for name in used if f".{name}" not in styles}
        assert unstyled <= {"product", "panel", "tile"}


def test_markup_of_statements_is_what_the_sanitiser_leaves() -> None:
    html = clean_html(f"<p onclick=x()>{HOSTILE}</p>")
    page = page_of(replace(BLACK, statements=(Statement("description", "de", html, "x"),)))
    assert not page.all("//img[not(@alt) or @alt='']/ancestor::section[contains(@class, 'story')]")
    assert not page.values("//@onclick")
