"""The static site as a whole; what stands on its pages is in test_web_pages.py."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import unquote, urlsplit

import pytest
from PIL import Image

from exports.documents import CategoryLink, Document, DocumentAsset
from exports.errors import ExportError
from exports.formats.web import WebSite
from exports.web.site import file_name
from tests.exports import samples
from tests.exports.contract import FormatContract, hostile_document, hostile_publication
from tests.exports.web_site import PageView, site_of, unpacked

LINKS = "//a/@href | //link[@rel='stylesheet']/@href | //img/@src"


def pages(files: dict[str, bytes]) -> dict[str, PageView]:
    return {name: PageView(body.decode()) for name, body in files.items() if name.endswith(".html")}


def addresses(page: PageView) -> list[str]:
    sets = [candidate.split() for value in page.values("//img/@srcset") for candidate in value.split(", ")]
    return [*page.values(LINKS), *(url for url, _ in sets)]


def many(count: int) -> list[Document]:
    return [replace(samples.TAMPER, sku=f"T-{number:03}") for number in range(count)]


class TestWebSite(FormatContract):
    format = WebSite()

    def parts(self, artefact: bytes) -> list[bytes]:
        return list(unpacked(artefact).values())

    @pytest.mark.parametrize(
        ("name", "page"),
        [
            ("product.html", "products/BZ-LIRA-BK.html"),
            ("group.html", "products/BZ-LIRA.html"),
            ("category.html", "categories/machines.html"),
            ("index.html", "index.html"),
        ],
    )
    def test_writes_the_golden_pages(self, name: str, page: str, golden: Callable[[str, bytes], None]) -> None:
        golden(f"web/{name}", unpacked(self.written())[page])

    def test_there_is_a_page_for_everything(self) -> None:
        assert set(site_of()) == {
            "site.css",
            "index.html",
            "categories/accessories.html",
            "categories/home.html",
            "categories/machines.html",
            "products/BZ-LIRA.html",
            "products/BZ-LIRA-BK.html",
            "products/BZ-LIRA-RD.html",
            "products/BZ-TAMPER.html",
            f"pictures/{samples.DIGEST}-large.jpg",
            f"pictures/{samples.DIGEST}-medium.jpg",
        }

    def test_every_page_is_valid_html(self) -> None:
        assert len(pages(site_of())) == 8
        assert len(pages(unpacked(self.written((hostile_document(),), hostile_publication())))) == 4

    def test_every_link_leads_to_a_file_or_to_the_live_site(self) -> None:
        hostile = unpacked(self.written((samples.LIRA, hostile_document()), hostile_publication()))
        for files in (site_of(), hostile):
            for name, page in pages(files).items():
                assert len(addresses(page)) > 5
                for url in addresses(page):
                    if not url.startswith(("https://shop.example/", "#")):
                        target = posixpath.normpath(
                            posixpath.join(posixpath.dirname(name), unquote(urlsplit(url).path))
                        )
                        assert target in files, f"{name} links to {url}"

    def test_nothing_is_fetched_from_elsewhere(self) -> None:
        for page in pages(site_of()).values():
            fetched = page.values("//img/@src | //link[@rel='stylesheet']/@href | //script/@src")
            assert not [url for url in fetched if ":" in url]
        assert b"url(" not in site_of()["site.css"]
        assert b"@import" not in site_of()["site.css"]

    def test_the_archive_says_nothing_of_its_making(self) -> None:
        with zipfile.ZipFile(io.BytesIO(self.written())) as archive:
            assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            assert {info.create_system for info in archive.infolist()} == {3}
            assert archive.testzip() is None

    def test_pictures_come_once_in_two_widths(self) -> None:
        asked: list[tuple[str, int]] = []

        class Files(samples.PlainFiles):
            def picture(self, asset: DocumentAsset, width: int) -> bytes:
                asked.append((asset.digest, width))
                return super().picture(asset, width)

        out = io.BytesIO()
        WebSite().write(samples.DOCUMENTS, out, replace(samples.work(), files=Files()))
        assert asked == [(samples.DIGEST, 1600), (samples.DIGEST, 800)]
        body = unpacked(out.getvalue())[f"pictures/{samples.DIGEST}-medium.jpg"]
        assert Image.open(io.BytesIO(body)).format == "JPEG"

    def test_a_picture_that_is_gone_is_reported_and_the_page_stands_without_it(self) -> None:
        class NoFiles:
            def picture(self, asset: DocumentAsset, width: int) -> bytes:
                raise ExportError("Its file is gone.")

        out, work = io.BytesIO(), replace(samples.work(), files=NoFiles())
        WebSite().write(samples.DOCUMENTS, out, work)
        files = unpacked(out.getvalue())
        assert not [name for name in files if name.startswith("pictures/")]
        assert not any(page.all("//img") for page in pages(files).values())
        (problem,) = work.problems
        assert (problem.sku, problem.fatal) == ("BZ-LIRA", False)
        assert "Its file is gone." in problem.message

    def test_a_category_lists_groups_and_products_and_no_variants(self) -> None:
        found = pages(site_of())
        for name in ("home", "machines"):
            assert found[f"categories/{name}.html"].texts("//span[@class='tile-name']") == ["Lira"]
        assert found["categories/accessories.html"].texts("//span[@class='tile-name']") == ["Tamper <58> & Co"]

    def test_a_variant_whose_group_is_not_in_the_release_is_listed_itself(self) -> None:
        found = pages(site_of(samples.DOCUMENTS[1:2]))
        assert found["categories/home.html"].texts("//span[@class='tile-name']") == ["Lira, schwarz"]

    def test_a_long_category_has_several_pages(self) -> None:
        found = pages(site_of(many(100)))
        names = ["categories/accessories.html", "categories/accessories~p2.html", "categories/accessories~p3.html"]
        listed = [sku for name in names for sku in found[name].values("//li[@class='tile']/a/@href")]
        assert listed == [f"../products/T-{number:03}.html" for number in range(100)]
        middle = found[names[1]]
        assert middle.text("//nav[@class='pager']/span") == "Seite 2 von 3"
        assert middle.values("//nav[@class='pager']/a/@href") == [f"../{names[0]}", f"../{names[2]}"]
        assert found[names[0]].values("//nav[@class='pager']/a/@rel") == ["next"]
        assert found[names[2]].values("//nav[@class='pager']/a/@rel") == ["prev"]
        assert found[names[2]].values("//nav[@class='pager']/a/@href") == [f"../{names[1]}"]
        assert not found["categories/home.html"].all("//nav[@class='pager']")

    @pytest.mark.parametrize(("count", "has_pager"), [(48, False), (49, True)])
    def test_a_page_has_48_products(self, count: int, has_pager: bool) -> None:
        first = pages(site_of(many(count)))["categories/accessories.html"]
        assert len(first.all("//li[@class='tile']")) == 48
        assert bool(first.all("//nav[@class='pager']")) == has_pager

    def test_an_empty_category_says_so(self) -> None:
        assert "Hier gibt es noch keine Produkte." in site_of(())["categories/home.html"].decode()

    def test_the_first_page_shows_some_of_each_category(self) -> None:
        index = pages(site_of([samples.LIRA, *many(10)]))["index.html"]
        assert index.texts("//section[1]//span[@class='tile-name']") == ["Lira"]
        assert len(index.all("//section[2]//li[@class='tile']")) == 4
        assert index.values("//section[1]//a[@class='chip']/@href") == ["categories/home.html"]

    def test_a_product_in_several_categories_is_listed_in_each(self) -> None:
        links = (*samples.LIRA.categories, *samples.TAMPER.categories, CategoryLink("x", "Anderswo", ("x",)))
        found = pages(site_of((replace(samples.LIRA, categories=links),)))
        for name in ("home", "machines", "accessories"):
            assert len(found[f"categories/{name}.html"].all("//li[@class='tile']")) == 1

    def test_offers_say_what_the_output_says(self) -> None:
        page = pages(site_of(availability="out_of_stock"))["products/BZ-TAMPER.html"]
        assert page.graph()["Product"]["offers"]["availability"] == "https://schema.org/OutOfStock"
        with pytest.raises(ExportError, match="availability"):
            site_of(availability="maybe")


class TestFileNames:
    def test_plain_codes_are_their_own_names(self) -> None:
        assert file_name("BZ-LIRA_2.5") == "BZ-LIRA_2.5"

    @pytest.mark.parametrize(
        "code", ["a/b", "../../etc/passwd", "a\\b", "a b", "ä", "a~20b", ".", "..", ".htaccess", "", "C:x"]
    )
    def test_no_code_climbs_or_hides(self, code: str) -> None:
        assert re.fullmatch(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*", file_name(code))

    def test_long_codes_stay_short_and_apart(self) -> None:
        names = {file_name("ä" * 500), file_name("ä" * 501)}
        assert len(names) == 2
        assert all(len(name) < 130 for name in names)

    def test_different_codes_have_different_names(self) -> None:
        codes = ["a b", "a~20b", "a_b", "a-b", "a.b", "a/b", "A b"]
        assert len({file_name(code) for code in codes}) == len(codes)
