"""The press lays out pieces alone: what it is given cannot stop it, and what does not change is not done again."""

from __future__ import annotations

import hashlib
import io
import os
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import grimp
import pikepdf
import pytest

from exports.documents import Document, Node, Statement
from exports.errors import ExportError
from exports.formats.base import Problem, Work, Workshop
from exports.formats.catalog import Catalog
from exports.pdf.press.cache import Cache
from exports.pdf.press.chunk import Chunk, Label, Laid, Link, Manuscript, Page, digest
from exports.pdf.press.paste import Block, Frame, paste
from exports.pdf.press.pool import Limits, Outcome, borrowed
from exports.pdf.press.room import REPLACE, STOP, PressRoom
from exports.pdf.press.versions import CODE, ROOT
from tests.exports import samples
from tests.exports.pdf_reading import destinations, opened, outline, pictures, spied, texts
from tests.exports.test_pdf_engine import Listener, _every_way, listener

__all__ = ["listener"]  # a fixture
SECONDS = 4
FRAME = Frame(595, 842, 65, 788, 51, 544)


def work(folder: Path | None = None, processes: int = 2, **options: Any) -> Work:
    shop = Workshop(folder=folder, processes=processes, seconds=SECONDS, megabytes=300)
    return replace(samples.work(**options), workshop=shop)


def written(documents: tuple[Document, ...], work: Work) -> bytes:
    out = io.BytesIO()
    Catalog().write(iter(documents), out, work)
    return out.getvalue()


def entry(number: int, **changes: Any) -> Document:
    return replace(samples.TAMPER, sku=f"T-{number:03}", name=f"Teil {number:03}", **changes)


RANGE = tuple(entry(number) for number in range(30))


@contextmanager
def counted() -> Iterator[list[str]]:
    """The HTML of what is laid out meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        yield spied(patch)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """A folder of finished pieces, and the catalogue they are of."""
    folder = tmp_path_factory.mktemp("press")
    return folder, written(RANGE, work(folder))


class TestOnlyWhatChanged:
    def test_the_same_again_lays_out_nothing(self, kept: tuple[Path, bytes]) -> None:
        with counted() as laid:
            assert written(RANGE, work(kept[0])) == kept[1]
        assert laid == []

    def test_a_change_of_one_product_lays_out_one_entry(self, kept: tuple[Path, bytes]) -> None:
        changed = (replace(RANGE[0], prices=()), *RANGE[1:])
        with counted() as laid:
            after = written(changed, work(kept[0]))
        assert [("Teil 000" in html) for html in laid] == [True]
        assert after != kept[1]
        assert after == written(changed, work()), "from scratch it is the same"

    def test_a_product_that_moves_all_others_lays_out_itself_and_its_lines(self, kept: tuple[Path, bytes]) -> None:
        first = entry(0, statements=(Statement("description", "de", "<p>Neu.</p>" * 60, ""),))
        more = (replace(first, sku="A", name="Vorn"), *RANGE)
        with counted() as laid:
            pdf = opened(written(more, work(kept[0])))
        assert sum('class="list' in html for html in laid) == 2, "a page of the contents and one of the index"
        assert sum('<article class="entry' in html for html in laid) == 1
        assert destinations(pdf)["sku-T-029"] > destinations(opened(kept[1]))["sku-T-029"]

    def test_another_release_without_a_change_lays_out_its_imprint(self, kept: tuple[Path, bytes]) -> None:
        later = replace(work(kept[0]), publication=replace(samples.PUBLICATION, release=8))
        with counted() as laid:
            written(RANGE, later)
        assert ["Ausgabe 8" in html for html in laid] == [True]

    def test_a_torn_piece_is_made_again(self, kept: tuple[Path, bytes], tmp_path: Path) -> None:
        for at, path in enumerate(sorted(kept[0].glob("??/*"))):
            copy = tmp_path / path.parent.name / path.name
            copy.parent.mkdir(exist_ok=True)
            content = path.read_bytes()
            copy.write_bytes([content[:-9], content[:5], b"", content[:40] + b"#" + content[41:]][at % 4])
        assert written(RANGE, work(tmp_path)) == kept[1]

    def test_one_process_and_three_make_the_same_bytes(self, kept: tuple[Path, bytes]) -> None:
        assert {written(RANGE, work(processes=number)) for number in (1, 3)} == {kept[1]}

    def test_another_style_or_limit_of_the_engine_is_another_piece(self, tmp_path: Path) -> None:
        chunk = Chunk("a", "a", lambda: Manuscript("<p>a"))
        keys = []
        for css in ("", "p { color: red }"):
            with PressRoom(work(tmp_path), css) as room:
                keys.append(room.lay([chunk])["a"].key)
        assert keys[0] != keys[1]

    def test_problems_are_told_again_by_what_was_kept(self, tmp_path: Path) -> None:
        deep = entry(1, statements=(Statement("description", "de", "<ul><li>" * 20 + "x", "x"),))
        told = []
        for _ in range(2):
            now = work(tmp_path)
            written((deep,), now)
            told.append(now.problems)
        assert told[0] == told[1] != []

    def test_a_missing_picture_is_looked_for_again(self, tmp_path: Path) -> None:
        class Late(samples.PlainFiles):
            here = False

            def picture(self, asset: Any, width: int) -> bytes:
                if not self.here:
                    raise ExportError("not yet")
                return super().picture(asset, width)

        files = Late()
        now = replace(work(tmp_path), files=files)
        for _ in range(2):
            assert pictures(opened(written((samples.LIRA,), now))) == 0
        assert {problem.message for problem in now.problems} == {"A picture is missing: not yet"}
        files.here = True
        assert pictures(opened(written((samples.LIRA,), now))) == 1


def _bomb(levels: int) -> str:
    """An SVG of a kilobyte that asks for ten times as many drawings with each level."""
    groups = ["<g id='a0'><rect width='1' height='1'/></g>"]
    for level in range(1, levels):
        use = f"<use href='#a{level - 1}'/>" * 10
        groups.append(f"<g id='a{level}'>{use}</g>")
    return f"<svg width='9' height='9'><defs>{''.join(groups)}</defs><use href='#a{levels - 1}'/></svg>"


# Name, and HTML that a renderer stumbles over, hangs in or dies of.
HOSTILE = {
    "colspan": "<table><tr><td colspan=1000000>x</td></tr></table>",
    "nesting": "<div>" * 900 + "x",
    "word": f"<p lang='de' style='hyphens: auto'>{'Donaudampfschifffahrt' * 9_500}</p>",
    "size": "<p style='font-size: 1e9px'>x",
    "bomb": _bomb(8),
    "marks": "<p>a" + "\u0301" * 20_000,
    "glyph": "<p>🦀",
}


class TestHostile:
    def test_sixty_of_them_stop_none_of_two_hundred_good_ones(self, tmp_path: Path) -> None:
        """What hangs may take its time, which is bounded; the others do not wait for it."""
        bad = [f"{name}-{turn}" for turn in range(9) for name in HOSTILE][:60]
        chunks = [chunk(f"good-{number}", f"<p>Gut {number}") for number in range(200)]
        chunks[100:100] = [chunk(name, f"{HOSTILE[name.partition('-')[0]]}<!-- {name} -->") for name in bad]
        now = replace(work(tmp_path), workshop=Workshop(tmp_path, processes=2, seconds=1, megabytes=300))
        with PressRoom(now, "") as room:
            laid = room.lay(chunks)
            told = room.problems_of(chunks)
        failed = {problem.sku for problem in told if problem.fatal}
        assert {f"good-{number}" for number in range(200)} <= laid.keys()
        assert laid.keys() | failed == {one.code for one in chunks}
        assert {name.partition("-")[0] for name in failed} >= {"colspan", "nesting", "word", "size", "glyph"}
        assert all(
            problem.message.startswith("It cannot be laid out, it is left out: ") for problem in told if problem.fatal
        )

    def test_what_failed_once_is_not_tried_again(self, tmp_path: Path) -> None:
        for times in (1, 0):
            with PressRoom(work(tmp_path), "") as room, counted() as seen:
                room.lay([chunk("bad", HOSTILE["nesting"])])
                assert [problem.sku for problem in room.problems_of([chunk("bad", "")])] == ["bad"]
            assert len(seen) == times

    def test_a_catalogue_names_the_text_and_prints_the_rest(self) -> None:
        bad = Statement("description", "de", "<p>Ein Zeichen: 🦀</p>", "")
        good = Statement("description", "de", "<p>Guter Text.</p>", "")
        now = work()
        pdf = opened(written((entry(1), entry(2, statements=(good, bad))), now))
        assert [problem.message for problem in now.problems if problem.sku == "T-002" and problem.fatal] == [
            "It cannot be laid out, it is left out: text 2 in “description”: no font has the character “🦀” (U+1F980)."
        ]
        assert [title for _, title, _ in outline(pdf)] == [
            "Inhalt", "Zubehör", "Teil 001", "Verzeichnis nach Artikelnummer", "Impressum",
        ]  # fmt: skip

    def test_the_output_may_want_a_note_instead_or_none_of_it(self) -> None:
        bad = entry(2, statements=(Statement("description", "de", "<p>🦀</p>", ""),))
        now = work(failures=REPLACE)
        words = " ".join(texts(opened(written((entry(1), bad), now))))
        assert "T-002 Teil 002 Nicht verfügbar" in words
        assert [problem.fatal for problem in now.problems if "note stands" in problem.message] == [False]
        with pytest.raises(ExportError, match="T-002 cannot be laid out: text 1 in “description”: no font"):
            written((entry(1), bad), work(failures=STOP))
        with pytest.raises(ExportError, match="“maybe” cannot be the option “failures”"):
            written((entry(1),), work(failures="maybe"))

    def test_an_allocation_beyond_the_limit_ends_its_process_only(self) -> None:
        with borrowed(Limits(20, 100), 1) as made:
            html = "<p style='hyphens: auto' lang='de'>" + "Donaudampfschifffahrt" * 9_500
            [(_, outcome), (_, good)] = list(made.run([("a", task(html)), ("b", task("<p>b"))]))
        assert outcome.failed == "it needs more than 100 MB of memory"
        assert not good.failed


def chunk(code: str, html: str) -> Chunk:
    return Chunk(code, digest(html), lambda: Manuscript(html), code)


def task(html: str) -> Mapping[str, Any]:
    return {"html": html, "css": "", "pictures": {}}


class TestFetching:
    @pytest.mark.parametrize("form", ["{origin}/x.jpg", "//{host}/x", "{path}", "file://{path}", "../../..{path}"])
    def test_nothing_is_fetched_on_any_road(self, listener: Listener, tmp_path: Path, form: str) -> None:
        secret = tmp_path / "canary.jpg"
        secret.write_bytes(samples.PlainFiles().picture(samples.picture(), 64) + b"the canary")
        host = listener.origin.removeprefix("http://")
        address = form.format(origin=listener.origin, host=host, path=secret)
        with borrowed(Limits(SECONDS, 300), 1) as made:
            [(_, outcome)] = list(made.run([("a", task(_every_way(address)))]))
        assert listener.hits == []
        assert not outcome.failed
        assert b"the canary" not in outcome.body
        assert any("was not fetched" in told["message"] for told in outcome.said["problems"]) or "//" not in address

    def test_a_style_sheet_that_insists_is_a_failure_of_its_chunk(self, listener: Listener) -> None:
        css = f"<style>@color-profile --x {{ src: url('{listener.origin}/x') }}</style>a"
        with borrowed(Limits(SECONDS, 300), 1) as made:
            [(_, outcome)] = list(made.run([("a", task(css))]))
        assert (outcome.failed, listener.hits) == ("layout ends with URLFetchingError", [])

    @pytest.mark.parametrize(
        ("body", "told"),
        [
            (b"\x89PNG\r\n\x1a\n", "is no JPEG"),
            (b"\xff\xd8\xff\xe0 torn", "is cut off"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is no JPEG"),
        ],
    )
    def test_a_picture_that_is_none_is_told_with_its_product(self, body: bytes, told: str) -> None:
        class Odd:
            def picture(self, asset: Any, width: int) -> bytes:
                return body

        now = replace(work(), files=Odd())
        assert pictures(opened(written((samples.LIRA,), now))) == 0
        assert [(one.sku, told in one.message) for one in now.problems if "picture" in one.message] == [
            ("BZ-LIRA", True)
        ]

    def test_a_picture_of_four_hundred_million_pixels_stops_nothing(self) -> None:
        small = samples.PlainFiles().picture(samples.picture(), 64)
        at = small.index(b"\xff\xc0")
        huge = small[: at + 5] + (20_000).to_bytes(2, "big") * 2 + small[at + 9 :]

        class Huge:
            def picture(self, asset: Any, width: int) -> bytes:
                return huge

        now = replace(work(), files=Huge())
        assert len(opened(written((samples.LIRA, samples.TAMPER), now)).pages) == 6
        assert any(one.sku == "BZ-LIRA" and "has 400,000,000 pixels" in one.message for one in now.problems)


class TestKills:
    def test_a_killed_process_is_replaced_and_its_chunk_tried_again(self, tmp_path: Path) -> None:
        with PressRoom(work(tmp_path), "") as room:
            victims = _killing(room, after=3)
            laid = room.lay([chunk(f"c-{number}", f"<p>{number}") for number in range(60)])
            vars(room._pool).pop("run")  # the pool outlives this edition
        assert victims, "nobody was killed, which proves nothing"
        assert len(laid) == 60

    def test_a_foundry_that_is_killed_stops_this_edition_and_not_the_next(self, tmp_path: Path) -> None:
        now = work(tmp_path)
        with pytest.raises(ExportError) as caught:
            _lay_while_all_are_killed(now)
        assert not caught.value.permanent
        with PressRoom(now, "") as room:
            assert room.lay([chunk("a", "<p>a"), chunk("b", "<p>b")]).keys() == {"a", "b"}

    def test_whoever_goes_away_leaves_no_process_behind(self) -> None:
        with borrowed(Limits(SECONDS, 300), 2) as made:
            tasks = made.run([(number, task("<p>a")) for number in range(9)])
            next(tasks)
            busy = [process.pid for process in made._busy]
            tasks.close()
            assert busy
            assert not any(Path(f"/proc/{pid}").exists() for pid in busy)


def _lay_while_all_are_killed(work: Work) -> None:
    with PressRoom(work, "") as room:
        room.lay([chunk("a", "<p>a")])
        assert room._pool._foundry is not None
        room._pool._foundry._process.kill()
        room._pool._foundry._process.wait()
        for process in room._pool._idle:
            os.kill(process.pid, signal.SIGKILL)
        room.lay([chunk("b", "<p>b")])


def _killing(room: PressRoom, after: int) -> list[int]:
    """Kill a process in the middle of its work, once so many chunks are laid out; whom, is found in the list."""
    victims: list[int] = []
    run = room._pool.run

    def watched(tasks: Any) -> Iterator[tuple[Any, Outcome]]:
        for number, row in enumerate(run(tasks)):
            if number >= after and not victims and room._pool._busy:
                victims.append(next(iter(room._pool._busy)).pid)
                os.kill(victims[0], signal.SIGKILL)
            yield row

    room._pool.run = watched  # type: ignore[method-assign, assignment]
    return victims


class TestCache:
    def test_gives_back_what_was_put_or_nothing(self, tmp_path: Path) -> None:
        cache = Cache(tmp_path / "new")
        assert (cache.get("abc"), cache.body("abc"), cache.prune(0)) == (None, None, 0)
        cache.put("abc", {"a": 1}, b"body")
        assert (cache.get("abc"), cache.body("abc")) == ({"a": 1}, b"body")

    def test_lets_go_of_what_was_used_longest_ago_but_not_of_what_was_used_today(self, tmp_path: Path) -> None:
        cache = Cache(tmp_path)
        for key, days in (("aaa", 9), ("bbb", 5), ("ccc", 3), ("ddd", 0)):
            cache.put(key, {}, b"x" * 1_000)
            os.utime(cache.path(key), (time.time() - days * 86_400,) * 2)
        assert cache.prune(2_500) == 2
        assert [cache.get(key) is None for key in ("aaa", "bbb", "ccc", "ddd")] == [True, True, False, False]
        assert cache.prune(0) == 0, "reading counts as use"

    def test_writers_of_the_same_piece_do_not_harm_each_other(self, tmp_path: Path) -> None:
        cache = Cache(tmp_path)

        def write() -> None:
            for _ in range(50):
                cache.put("abc", {"a": 1}, b"body" * 5_000)
                assert cache.body("abc") == b"body" * 5_000

        threads = [threading.Thread(target=write) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [path.name for path in tmp_path.glob("??/*")] == ["abc"]


def laid(*ends: float, key: str = "k") -> Laid:
    return Laid(key, [Page(at, 595, 842, end) for at, end in enumerate(ends)], {}, {}, ())


class TestPaste:
    def test_what_fits_shares_a_sheet_and_what_does_not_begins_one(self) -> None:
        blocks = [Block(laid(65 + height), 24) for height in (300, 300, 300)]
        sheets = paste(blocks, FRAME, 4)
        assert [(sheet.number, len(sheet.pieces), sheet.is_left) for sheet in sheets] == [(4, 2, True), (5, 1, False)]

    def test_what_is_free_goes_between_the_pieces(self) -> None:
        [sheet] = paste([Block(laid(65 + 300), 24), Block(laid(65 + 300), 24)], FRAME, 1)
        assert [piece.y for piece in sheet.pieces] == [0, 788 - 65 - 300]

    def test_a_sheet_that_is_half_empty_is_not_pulled_apart(self) -> None:
        [sheet] = paste([Block(laid(65 + 100), 24), Block(laid(65 + 100), 24)], FRAME, 1)
        assert [piece.y for piece in sheet.pieces] == [0, 124]

    def test_a_long_one_begins_a_sheet_and_others_follow_where_it_ends(self) -> None:
        sheets = paste([Block(laid(165), 24), Block(laid(788, 788, 200)), Block(laid(165), 24)], FRAME, 1)
        assert [len(sheet.pieces) for sheet in sheets] == [1, 1, 1, 2]

    def test_one_that_stands_alone_shares_no_sheet(self) -> None:
        assert len(paste([Block(laid(165), stands_alone=True), Block(laid(165))], FRAME, 1)) == 2


def test_what_was_laid_out_is_read_back_as_it_was() -> None:
    link = Link("sku-a", (1.0, 2.0, 3.0, 4.0), slot="line")
    page = Page(0, 595.0, 842.0, 90.5, {"sku-a": (1.0, 2.0)}, (link,), (), ("1",))
    problems = (Problem("a", "b", fatal=False),)
    whole = Laid("k", (page,), {"running": Label(1, 20.0, 12.0)}, {"F": {"glyphs": {}}}, ("i1",), problems)
    assert Laid.of("k", whole.said()) == whole


def test_sections_and_references_between_chapters_lead_where_they_should() -> None:
    publication = replace(samples.PUBLICATION, navigation=(Node("accessories", "Zubehör", 1), Node("machines", "M", 1)))
    pdf = opened(written(samples.DOCUMENTS, replace(work(), publication=publication)))
    places = destinations(pdf)
    page = pdf.pages[places["sku-BZ-LIRA"] - 1]
    assert "sku-BZ-TAMPER" in [str(link.get("/Dest", "")) for link in page.obj.Annots]
    assert places["sku-BZ-TAMPER"] < places["sku-BZ-LIRA"]


def test_the_file_says_what_it_is_and_nothing_of_when() -> None:
    body = written(samples.DOCUMENTS, work(title="Katalog"))
    pdf = opened(body)
    assert (str(pdf.docinfo["/Title"]), str(pdf.docinfo["/Author"])) == ("Katalog", "Bordanza Shop")
    assert str(pdf.Root.Lang) == "de"
    assert "/CreationDate" not in pdf.docinfo
    assert hashlib.sha256(body).digest() == hashlib.sha256(written(samples.DOCUMENTS, work(title="Katalog"))).digest()


def test_each_font_is_embedded_once_with_all_letters() -> None:
    pdf = opened(written(samples.DOCUMENTS, work()))
    files = [thing for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary) and "/FontFile2" in thing]
    names = [str(thing.FontName).split("+")[-1] for thing in files]
    assert len(names) == len(set(names)) >= 4


def test_says_which_statements_and_facts_stand_on_which_page() -> None:
    now = work()
    long = replace(
        entry(2), statements=(*samples.LIRA.statements[:2], Statement("description", "de", "<p>Lang.</p>" * 150, ""))
    )
    pdf = opened(written((samples.LIRA, long), now))
    places = destinations(pdf)
    lira, first = str(places["sku-BZ-LIRA"]), places["sku-T-002"]
    groups = ["facts-general", "facts-dimensions", "facts-brewing"]
    assert sorted(now.pages["BZ-LIRA"][lira]) == sorted(["headline", "teaser", "2", "3", "4", *groups])
    assert list(now.pages["T-002"]) == [str(first + at) for at in range(len(now.pages["T-002"]))]
    assert len(now.pages["T-002"]) > 2
    assert "2" in now.pages["T-002"][str(first)], "the description begins on the first page"


def test_all_code_that_can_decide_what_a_piece_looks_like_goes_into_its_name() -> None:
    """Else a page of yesterday's code would be taken for today's."""
    graph = grimp.build_graph("exports", "catalog", cache_dir=None)
    made_by = {"exports.pdf.catalog.pasted", "exports.pdf.press.foundry"}
    used = made_by.union(*(graph.find_upstream_modules(module) for module in made_by))
    assert "exports.documents" in used
    for module in used:
        path = module.replace(".", "/")
        assert any(path == place.removesuffix(".py") or path.startswith(f"{place}/") for place in CODE), module
    assert all((ROOT / place).exists() for place in CODE)
