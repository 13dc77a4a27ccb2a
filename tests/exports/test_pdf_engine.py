from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pikepdf
import pytest

from exports.documents import DocumentAsset
from exports.errors import ExportError
from exports.formats.base import Problem
from exports.pdf import fonts
from exports.pdf.engine import Part, Press
from tests.exports import samples
from tests.exports.pdf_reading import active_things, destinations, font_names, links, opened, outline, pictures, texts

LETTERS = "ăâîșțĂÂÎȘȚäöüßéèçœñáíóú€°²™✓"
ASSET = samples.picture()
SECRET = "the-secret-of-the-machine"


def pdf_of(*bodies: str, css: str = "", problems: list[Problem] | None = None) -> pikepdf.Pdf:
    """A PDF of one part per body, with pages numbered through."""
    out = io.BytesIO()
    with Press(samples.PlainFiles(), css, problems if problems is not None else []) as press:
        parts: list[Part] = []
        for body in bodies:
            parts.append(press.render(body, first_page=parts[-1].next_page if parts else 1))
        press.bind(parts, out, tagged=False)
    return opened(out.getvalue())


class TestFonts:
    def test_a_pdf_has_our_fonts_only_and_all_letters(self) -> None:
        families = ("Source Sans Pro", "Source Serif Pro", "DejaVu Sans", "monospace", "serif", "nobody-has-this")
        styles = ("font-weight:300", "font-weight:400", "font-weight:600", "font-weight:700", "font-style:italic")
        pdf = pdf_of("".join(f"<p style='font-family:{f};{s}'>{LETTERS}</p>" for f in families for s in styles))
        assert all(name.startswith(("Source-Sans-Pro", "Source-Serif-Pro")) for name in font_names(pdf))
        assert " ".join(texts(pdf)).count(LETTERS) == len(families) * len(styles)

    def test_a_letter_that_no_font_of_ours_has_takes_none_of_the_machines(self) -> None:
        out = io.BytesIO()
        with Press(samples.PlainFiles(), "", []) as press:
            press.bind([press.render("<p>🦀 𓀀 ᚠ")], out, tagged=False)
        names = font_names(pikepdf.open(out))
        assert all(name.startswith(("Source-Sans-Pro", "Source-Serif-Pro")) for name in names)

    def test_programs_started_afterwards_find_the_machines_fonts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("FONTCONFIG_FILE", "/etc/fonts/fonts.conf")
        with fonts.only_ours():
            assert os.environ["FONTCONFIG_FILE"] == str(fonts.configuration())
        assert os.environ["FONTCONFIG_FILE"] == "/etc/fonts/fonts.conf"
        monkeypatch.delenv("FONTCONFIG_FILE")
        with fonts.only_ours():
            pass
        assert "FONTCONFIG_FILE" not in os.environ

    def test_a_machine_without_any_fonts_will_do(self, tmp_path: Path) -> None:
        (tmp_path / "none.conf").write_text("<fontconfig></fontconfig>")
        code = (
            "from exports.pdf.engine import Press; from tests.exports import samples\n"
            "with Press(samples.PlainFiles(), '', []) as press:\n"
            "    assert press.render('<p>a').length == 1"
        )
        environment = {**os.environ, "FONTCONFIG_FILE": str(tmp_path / "none.conf")}
        subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, env=environment)

    def test_the_fonts_are_static_ones_that_came_with_a_dependency(self) -> None:
        for folder in fonts.folders():
            assert len(list(folder.glob("*.ttf"))) == 12
            assert (folder / "LICENSE.txt").exists()


class Listener:
    """A web server on this machine that counts who comes by."""

    def __init__(self) -> None:
        self.hits: list[str] = []
        hits = self.hits

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                hits.append(self.path)
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    thread = threading.Thread(target=listener.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield listener
    listener.server.shutdown()
    thread.join()
    listener.server.server_close()


def _every_way(address: str) -> str:
    """HTML that asks for `address` in every way that a renderer might follow."""
    return f"""<!DOCTYPE html><html><head><base href="{address}/"><title>t</title>
        <link rel="stylesheet" href="{address}"><link rel="attachment" href="{address}" title="a">
        <style>@import url("{address}"); @font-face {{ font-family: x; src: url("{address}") }}
        p {{ background: url("{address}"); list-style-image: url("{address}"); border-image: url("{address}") 1;
             font-family: x; content: url("{address}") }}
        @page {{ background: url("{address}"); @top-left {{ content: url("{address}") }} }}</style></head><body>
        <img src="{address}"><img srcset="{address} 2x"><img src="relative.jpg"><object data="{address}"></object>
        <embed src="{address}"><iframe src="{address}"></iframe><input type="image" src="{address}">
        <svg width="9" height="9"><image href="{address}" width="9" height="9"/><use href="{address}#x"/></svg>
        <a rel="attachment" href="{address}">attached</a><video poster="{address}"></video>
        <p style="background:url({address})">The page is there.</p></body></html>"""


class TestFetching:
    def test_nothing_is_fetched_over_the_network(self, listener: Listener) -> None:
        problems: list[Problem] = []
        pdf = pdf_of(_every_way(f"{listener.origin}/x.jpg"), problems=problems)
        assert listener.hits == []
        assert "The page is there." in texts(pdf)[0]
        refused = Problem("", f"The address “{listener.origin}/x.jpg” was not fetched.", fatal=False)
        assert problems.count(refused) == 1

    def test_the_listener_hears_those_who_come(self, listener: Listener) -> None:
        """Without this the test above would pass with a deaf listener."""
        subprocess.run(
            [sys.executable, "-c", f"import urllib.request as u; u.urlopen('{listener.origin}/y')"], check=True
        )
        assert listener.hits == ["/y"]

    @pytest.mark.parametrize("form", ["{path}", "file:{path}", "file://{path}", "FILE://localhost{path}", "//{path}"])
    def test_no_file_of_the_machine_is_embedded(self, tmp_path: Path, form: str) -> None:
        secret = tmp_path / "secret.jpg"
        secret.write_bytes(samples.PlainFiles().picture(ASSET, 64) + SECRET.encode())
        pdf = pdf_of(_every_way(form.format(path=secret)))
        assert pictures(pdf) == 0
        assert active_things(pdf) == []
        assert not any(SECRET.encode() in s.read_bytes() for s in pdf.objects if isinstance(s, pikepdf.Stream))

    @pytest.mark.parametrize(
        "address",
        [
            "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>",
            f"asset:{samples.DIGEST}",
            f"asset:{samples.DIGEST}?width=0",
            f"asset:{samples.DIGEST}?width=99999",
            f"asset:{samples.DIGEST}?width=64&more=1",
            f"asset:{'f' * 64}?width=64",
            "asset:../../etc/passwd?width=64",
            "ftp://127.0.0.1/x",
        ],
    )
    def test_an_address_that_nobody_gave_out_is_a_problem_and_no_picture(self, address: str) -> None:
        problems: list[Problem] = []
        with Press(samples.PlainFiles(), "", problems) as press:
            press.picture("BZ-LIRA", ASSET, 64)
            out = io.BytesIO()
            press.bind([press.render(f'<img src="{address}"><p>there')], out, tagged=False)
        assert pictures(opened(out.getvalue())) == 0
        assert [(problem.sku, problem.fatal) for problem in problems] == [("", False)]
        assert "was not fetched" in problems[0].message

    def test_a_refused_address_that_the_renderer_insists_on_is_an_export_error(self, listener: Listener) -> None:
        with pytest.raises(ExportError, match="pages from 1"):
            pdf_of(f"<style>@color-profile --x {{ src: url('{listener.origin}/x') }}</style>a")
        assert listener.hits == []

    def test_a_picture_of_a_document_is_embedded_as_it_is(self) -> None:
        with Press(samples.PlainFiles(), "", []) as press:
            source, out = press.picture("BZ-LIRA", ASSET, 64), io.BytesIO()
            press.bind([press.render(f'<img src="{source}"><img src="{source}">')], out, tagged=False)
        pdf = opened(out.getvalue())
        [image] = [
            thing for thing in pdf.objects if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == "/Image"
        ]
        assert source == f"asset:{samples.DIGEST}?width=64"
        assert image.read_raw_bytes() == samples.PlainFiles().picture(ASSET, 64)

    def test_a_missing_picture_is_told_once_with_its_product(self) -> None:
        class Gone:
            def picture(self, asset: DocumentAsset, width: int) -> bytes:
                raise ExportError("the file is gone")

        problems: list[Problem] = []
        with Press(Gone(), "", problems) as press:
            assert [press.picture("BZ-LIRA", ASSET, 64) for _ in range(3)] == ["", "", ""]
        assert problems == [Problem("BZ-LIRA", "A picture is missing: the file is gone", fatal=False)]

    def test_what_is_no_jpeg_is_not_given_to_the_renderer(self) -> None:
        class Drawing:
            def picture(self, asset: DocumentAsset, width: int) -> bytes:
                return b"<svg xmlns='http://www.w3.org/2000/svg'><rect width='9' height='9'/></svg>"

        problems: list[Problem] = []
        with Press(Drawing(), "", problems) as press:
            assert press.picture("BZ-LIRA", ASSET, 64) == ""
        assert [problem.message for problem in problems] == [f"The picture {ASSET.url} is no JPEG."]


class TestParts:
    def test_each_part_counts_on_from_the_page_it_is_told(self) -> None:
        css = "@page { @bottom-left { content: 'page ' counter(page) } } p { break-after: page }"
        pdf = pdf_of("<p>a</p><p>b</p>c", "d", "<p>e</p>f", css=css)
        assert texts(pdf) == ["a page 1", "b page 2", "c page 3", "d page 4", "e page 5", "f page 6"]

    def test_even_pages_are_left_ones(self) -> None:
        css = "@page :left { @bottom-left { content: 'left' } } @page :right { @bottom-left { content: 'right' } }"
        assert texts(pdf_of("a", "b", "c", css=css)) == ["a right", "b left", "c right"]

    def test_says_on_which_page_each_place_is(self) -> None:
        with Press(samples.PlainFiles(), "h1 { break-before: page }", []) as press:
            part = press.render("<p id=x>a<h1 id='ü /'>b</h1><h1 id=z>c</h1>", first_page=7)
        assert part.anchors == {"x": 7, "ü /": 8, "z": 9}
        assert (part.length, part.next_page) == (3, 10)

    def test_links_and_bookmarks_lead_from_one_part_to_another(self) -> None:
        pdf = pdf_of(
            "<a href='#there'>go</a>", "<h1 id=here>Here</h1><a href='#there'>on</a>", "<h2 id=there>There</h2>"
        )
        assert [links(page) for page in pdf.pages] == [["there"], ["there"], []]
        assert destinations(pdf)["there"] == 3
        assert outline(pdf) == [(1, "Here", 2), (2, "There", 3)]

    def test_nesting_beyond_what_can_be_laid_out_is_an_export_error(self) -> None:
        with pytest.raises(ExportError, match="pages from 1"):
            pdf_of("<div>" * 2_000)


class TestSideEffects:
    def test_the_renderers_warnings_become_problems_each_once(self) -> None:
        problems: list[Problem] = []
        pdf_of("<a href='#nowhere'>a</a><p style='colour: red'>b</p>", css="p { no-such-thing: 1 }", problems=problems)
        assert len(problems) == len({problem.message for problem in problems}) == 3
        assert all(not problem.fatal and problem.sku == "" for problem in problems)

    def test_the_folder_goes_away(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        with Press(samples.PlainFiles(), "", []) as press:
            press.picture("BZ-LIRA", ASSET, 64)
            assert len(list(tmp_path.glob("tessera-pdf-*/*.jpg"))) == 1
        assert list(tmp_path.glob("tessera-pdf-*")) == []

    def test_the_renderer_is_not_loaded_before_a_page_is_due(self) -> None:
        code = (
            "import sys, exports.formats.catalog, exports.formats.datasheet\n"
            "sys.exit(bool({'weasyprint', 'pikepdf', 'PIL'} & sys.modules.keys()))"
        )
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

    def test_another_process_makes_the_same_bytes(self) -> None:
        code = (
            "import io, sys, hashlib; from exports.pdf.engine import Press; from tests.exports import samples\n"
            "out = io.BytesIO()\n"
            "with Press(samples.PlainFiles(), 'h1 { font-family: Source Serif Pro }', []) as press:\n"
            "    src = press.picture('X', samples.picture(), 64)\n"
            "    press.bind([press.render(f'<h1 id=a>Größe</h1><a href=#a>b</a><img src={src}>')], out, tagged=True)\n"
            "print(hashlib.sha256(out.getvalue()).hexdigest())"
        )
        digests = {
            subprocess.run(
                [sys.executable, "-c", code],
                check=True,
                capture_output=True,
                env={**os.environ, "PYTHONHASHSEED": seed},
            ).stdout
            for seed in ("1", "2")
        }
        assert len(digests) == 1

    def test_no_time_and_no_identifier_is_in_the_bytes(self) -> None:
        pdf = pdf_of("<p>a")
        assert "/ID" not in pdf.trailer
        assert "/CreationDate" not in pdf.docinfo


def test_pictures_of_two_widths_are_two_pictures() -> None:
    with Press(samples.PlainFiles(), "", []) as press:
        wide, narrow = (press.picture("X", replace(ASSET, width=w), w) for w in (640, 320))
        assert wide != narrow
