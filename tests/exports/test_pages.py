"""The live web pages, the start page and the site's health."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client

from catalog.models import Product
from exports.views.missing import WORDS
from exports.web.pages import PER_PAGE
from tests import factories
from tests.exports.world import Reader, World, content, counted, world

__all__ = ["world"]
LIRA = "/p/shop/it/BZ-LIRA/"
PAGES = (LIRA, "/p/shop/it/", "/p/shop/it/c/home/", "/p/shop/it/BZ-LIRA-B/", "/p/shop/de/BZ-TAMPER/")
HIDDEN = ("/p/service/", "/p/service/en/", "/p/service/en/BZ-LIRA/", "/p/service/en/c/home/")


@pytest.fixture
def reader() -> Reader:
    return Reader()


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.content
    return unescape(answer.content.decode())


def titles(answer: Any) -> list[str]:
    """The products linked from a page's tiles, by SKU, in order and once each."""
    return list(dict.fromkeys(re.findall(r'href="/p/shop/\w+/([A-Z]+-[A-Z0-9-]+)/"', text(answer))))


# --- What they show --------------------------------------------------------------------------------------------------


def test_a_products_page_shows_its_document_in_its_language(world: World, reader: Reader) -> None:
    italian, german = text(reader.get(LIRA)), text(reader.get("/p/shop/de/BZ-LIRA/"))
    assert '<html lang="it">' in italian
    assert "Pesa 4,2\u00a0kg." in italian
    assert '<html lang="de">' in german
    assert "Lira, die Kleine" in german
    assert f"/assets/{world.asset.digest}/large.jpg" in italian


def test_a_group_leads_to_its_variants_and_accessories(world: World, reader: Reader) -> None:
    assert {"BZ-LIRA-B", "BZ-LIRA-R", "BZ-TAMPER"} <= set(titles(reader.get(LIRA)))


def test_a_category_lists_groups_and_not_their_variants(world: World, reader: Reader) -> None:
    assert titles(reader.get("/p/shop/it/c/home/")) == ["BZ-LIRA", "BZ-TAMPER"]


def test_the_first_page_shows_a_few_products_of_each_category(world: World, reader: Reader) -> None:
    world.add(*(f"X-{number:03}" for number in range(9)))
    world.release()
    assert titles(reader.get("/p/shop/it/")) == ["BZ-LIRA", "BZ-TAMPER", "X-000", "X-001"]


def test_a_long_category_has_pages(world: World, reader: Reader) -> None:
    world.add(*(f"X-{number:03}" for number in range(PER_PAGE)))
    world.release()
    first, second = (titles(reader.get(f"/p/shop/it/c/home/{query}")) for query in ("", "?page=2"))
    assert (len(first), len(second)) == (PER_PAGE, 2)
    assert sorted(first + second) == first + second
    assert "?page=2" in text(reader.get("/p/shop/it/c/home/"))
    for query in ("?page=3", "?page=0", "?page=x", "?page=-1", "?page=١", "?page=99999999999", "?page="):
        assert reader.get(f"/p/shop/it/c/home/{query}").status_code == 404


def test_pages_come_from_the_release_and_not_from_the_working_copy(world: World, reader: Reader) -> None:
    world.rename("BZ-TAMPER", "Pressino nuovo")
    assert "Pressino nuovo" not in text(reader.get("/p/shop/it/BZ-TAMPER/"))
    world.release()
    assert "Pressino nuovo" in text(reader.get("/p/shop/it/BZ-TAMPER/"))


def test_a_page_costs_as_much_for_22_relatives_as_for_2(world: World, reader: Reader) -> None:
    for path, queries in ((LIRA, 5), ("/p/shop/it/", 3), ("/p/shop/it/c/home/", 3)):
        with counted(queries):
            reader.get(path)
    lira = Product.objects.get(sku="BZ-LIRA")
    for number in range(20):
        factories.make_product(f"BZ-LIRA-{number}", world.machines, {"name": {"it": f"N{number}"}}, parent=lira)
    for number in range(5):
        shelf = factories.make_category(f"shelf-{number}", world.home.get_root())
        group = factories.make_product(f"Y-{number}", world.machines, {"name": {"it": "Gruppo"}}, [shelf])
        factories.make_product(f"Y-{number}-A", world.machines, {"name": {"it": "A"}}, parent=group)
    world.release()
    assert len(titles(reader.get("/p/shop/it/"))) == 7
    # A query per shelf, five more of which there are now, and one for the variants of all their groups.
    for path, queries in ((LIRA, 5), ("/p/shop/it/", 8), ("/p/shop/it/c/home/", 3)):
        with counted(queries):
            reader.get(path)


# --- Addresses -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "language"),
    [("", "it"), ("de-AT,en;q=0.5", "de"), ("fr,de;q=0.5", "de"), ("fr", "it"), ("*", "it"), ("it;q=0.2,de", "de")],
)
def test_a_channels_address_leads_to_a_language(world: World, reader: Reader, header: str, language: str) -> None:
    answer = reader.get("/p/shop/", accept_language=header)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/p/shop/{language}/")
    assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("/p/shop/it/bz-lira/", LIRA),
        ("/p/SHOP/it/BZ-LIRA/", LIRA),
        ("/p/Shop/it/", "/p/shop/it/"),
        ("/p/shop/it/c/HOME/", "/p/shop/it/c/home/"),
        ("/p/shop/it/BZ-LIRA", LIRA),
    ],
)
def test_other_spellings_lead_to_the_one_address(world: World, reader: Reader, written: str, canonical: str) -> None:
    answer = reader.get(written)
    assert (answer.status_code, answer.headers["Location"]) == (301, canonical)


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("/p/shop/de/NOPE/", "de"),
        ("/p/shop/it/c/nope/", "it"),
        ("/p/shop/fr/", "fr"),
        ("/p/shop/fr/BZ-LIRA/", "fr"),
        ("/p/nowhere/ro/BZ-LIRA/", "ro"),
        ("/p/nowhere/", "en"),
        ("/p/", "en"),
        ("/p/shop/it/a/b/c/d/", "en"),
        ("/p/shop/it/%00/", "it"),
        ("/p/%00/es/", "es"),
        ("/p/shop/%00/", "en"),
        ("/p/shop/it/x'--/", "it"),
        ("/p/shop/it/c/%25/", "it"),
        ("/p/shop/it/BZ-LIRA%0A/", "it"),
    ],
)
def test_where_there_is_no_page_it_says_so_in_the_addresss_language(
    world: World, reader: Reader, path: str, language: str
) -> None:
    answer = reader.get(path)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert f'<html lang="{language}">' in answer.content.decode()
    assert WORDS[language][0] in answer.content.decode()
    assert answer.headers["Content-Language"] == language


def test_what_cannot_be_a_code_is_not_asked_of_the_database(world: World, reader: Reader) -> None:
    for path, queries in (
        ("/p/%00/es/", 0),
        (f"/p/{'x' * 101}/es/", 0),
        ("/p/shop/it/a%00b/", 1),
        ("/p/shop/it/-/", 1),
    ):
        with counted(queries):
            assert reader.get(path).status_code == 404


def test_other_methods_are_refused(world: World, reader: Reader) -> None:
    for path in (*PAGES, "/p/shop/", "/", "/healthz"):
        assert reader.client.post(path).status_code == 405
        assert reader.client.head(path).status_code in (200, 302)


# --- Caches and headers ----------------------------------------------------------------------------------------------


def test_public_pages_are_kept_by_everyone_for_a_minute(world: World, reader: Reader) -> None:
    for path in PAGES:
        answer = reader.get(path)
        assert answer.headers["Cache-Control"] == "public, max-age=60"
        assert not {"Cookie", "Authorization"} & {part.strip() for part in answer.headers["Vary"].split(",")}
        assert not answer.cookies


def test_a_page_is_not_sent_twice(world: World, reader: Reader) -> None:
    tags = set()
    for path in PAGES:
        etag = reader.get(path).headers["ETag"]
        again = reader.get(path, if_none_match=etag)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["Cache-Control"] == "public, max-age=60"
        tags.add(etag)
    assert len(tags) == len(PAGES)
    etag = reader.get(LIRA).headers["ETag"]
    with counted(2):
        reader.get(LIRA, if_none_match=etag)


def test_a_release_and_a_change_of_rights_make_new_pages(world: World, reader: Reader) -> None:
    etag = reader.get(LIRA).headers["ETag"]
    world.rename("BZ-TAMPER", "Pressino nuovo")
    world.release()
    assert reader.get(LIRA, if_none_match=etag).status_code == 200


def test_nothing_runs_on_a_page_and_only_its_own_style_counts(world: World, reader: Reader) -> None:
    for path in (*PAGES, "/", "/p/shop/it/NOPE/"):
        answer = reader.get(path)
        (style,) = re.findall(r"<style>(.*?)</style>", answer.content.decode(), re.DOTALL)
        digest = b64encode(sha256(style.encode()).digest()).decode()
        policy = answer.headers["Content-Security-Policy"]
        assert policy == (
            f"default-src 'none'; img-src 'self' data:; style-src 'sha256-{digest}'; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert " style=" not in answer.content.decode()
        assert not re.search(r"<script(?! type=.application/ld\+json)", answer.content.decode())


def test_every_link_of_a_page_leads_somewhere(world: World, reader: Reader) -> None:
    for path in PAGES:
        for link in set(re.findall(r'(?:href|src)="(/[^"]*)"', text(reader.get(path)))):
            answer = reader.get(link)
            assert (answer.status_code, bool(content(answer))) == (200, True), link


# --- Channels that are not public ------------------------------------------------------------------------------------


def staff(*permissions: str, **fields: Any) -> Reader:
    user = User.objects.create_user(f"user-{User.objects.count()}", is_staff=fields.get("is_staff", True))
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    reader = Reader()
    reader.client.force_login(user)
    return reader


def test_a_hidden_channel_looks_like_none(world: World) -> None:
    for reader in (Reader(), world.reader(), Reader("tsr_wrong"), staff(), staff("view_release", is_staff=False)):
        for path in HIDDEN:
            hidden, none = (reader.get(path.replace("service", code)) for code in ("service", "nowhere"))
            assert (hidden.status_code, hidden.content) == (404, none.content)
            assert dict(hidden.items()) == dict(none.items())


def test_a_hidden_channels_pages_open_to_its_token_and_to_staff(world: World) -> None:
    for reader in (world.reader(world.service), staff("view_release")):
        for path in HIDDEN[1:]:
            answer = reader.get(path)
            assert answer.status_code == 200
            assert answer.headers["Cache-Control"] == "private, no-cache"
            assert {"Authorization", "Cookie"} <= {part.strip() for part in answer.headers["Vary"].split(",")}
            assert reader.get(path, if_none_match=answer.headers["ETag"]).status_code == 304


def test_a_tag_of_a_hidden_page_opens_nothing(world: World) -> None:
    etag = world.reader(world.service).get(HIDDEN[2]).headers["ETag"]
    assert Reader().get(HIDDEN[2], if_none_match=etag).status_code == 404


# --- Start page and health -------------------------------------------------------------------------------------------


def test_the_start_page_shows_public_channels_to_everybody_and_all_to_staff(world: World) -> None:
    everybody, house = text(Reader().get("/")), text(staff("view_release").get("/"))
    assert 'href="/p/shop/it/"' in everybody
    assert 'href="/api/v1/docs/"' in everybody
    assert 'href="/admin/"' in everybody
    assert "service" not in everybody.lower()
    assert 'href="/p/service/en/"' in house
    assert Reader().get("/").headers["Cache-Control"] == "private, no-cache"


def test_a_working_site_is_healthy(db: None) -> None:
    with counted(1):
        answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "database": "ok"})
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_database_that_does_not_answer_is_named(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE exports_release RENAME TO away")
    answer = Client().get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "failing", "database": "does not answer, or its tables are missing"}
