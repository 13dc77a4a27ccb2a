"""Links to products and pictures in texts, where each reader has them."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.test import Client

from catalog.models import Asset, Fragment, Product
from catalog.operations.fragments import place, write_fragment
from catalog.operations.reviewing import approve
from catalog.previews import Asked, preview
from exports.assembling.prose import with_links, with_pictures
from exports.editions import build
from exports.explaining.documents import explain_draft
from exports.models import Output, TraceAsset
from exports.releasing.problems import report_of
from tests import factories as make
from tests.exports.pdf_reading import opened, pictures, texts
from tests.exports.world import World, content
from tests.exports.world import world as world
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db

TEXT = (
    '<p>Goes with {{ link:BZ-TAMPER }} and {{ link:BZ-SOON }}.</p><p><img src="asset:lira-front" alt=""></p>'
    '<table><tbody><tr><td colspan="2">wide</td></tr><tr><td>a</td><td>b</td></tr></tbody></table>'
)


@pytest.fixture
def told(world: World) -> World:
    """The Lira's description links to the tamper, and to what is to come; and shows a picture."""
    make.make_product("BZ-SOON", make.make_family("other"))
    world.shop.families.set([world.machines])
    fragment = make.make_fragment("lira-description", {"it": TEXT}, approved=True)
    place(ACTOR, fragment, make.make_slot("description"), Product.objects.get(sku="BZ-LIRA"))
    world.release()
    return world


def test_a_document_says_the_sku_and_the_served_picture(told: World) -> None:
    found = told.reader().json("/api/v1/channels/shop/documents/BZ-LIRA/?language=it")
    (html,) = [row["html"] for row in found["document"]["statements"] if row["slot"] == "description"]
    assert '<p>Goes with <a href="product:BZ-TAMPER">Pressino</a> and BZ-SOON.</p>' in html
    assert f'<img src="/assets/{told.asset.digest}/large.jpg" alt="Lira di fronte" width="20" height="10">' in html
    assert '<td colspan="2">wide</td>' in html


def test_the_release_tells_of_links_that_lead_nowhere(told: World) -> None:
    report = [row for row in report_of(told.release()) if row["kind"] == "link"]
    assert {row["message"] for row in report} == {
        "Fragment “lira-description”: “BZ-SOON” is not released here, so its name stands without a link."
    }


def test_on_a_page_a_link_leads_to_the_product_s_page(told: World) -> None:
    page = content(Client().get("/p/shop/it/BZ-LIRA/")).decode()
    assert 'Goes with <a href="/p/shop/it/BZ-TAMPER/">Pressino</a>' in page
    assert f'<img src="/assets/{told.asset.digest}/medium.jpg" alt="Lira di fronte" width="20" height="10">' in page
    assert "product:BZ" not in page


def built(code: str, told: World, **options: Any) -> bytes:
    output = Output.objects.create(code=code, channel=told.shop, language="it", format=code, options=options)
    return build(ACTOR, output).path.read_bytes()


def test_in_files_a_link_leads_to_the_product_s_file(told: World) -> None:
    archive = zipfile.ZipFile(io.BytesIO(built("web", told)))
    page = archive.read("products/BZ-LIRA.html").decode()
    assert '<a href="../products/BZ-TAMPER.html">Pressino</a>' in page
    assert f'<img src="../pictures/{told.asset.digest}-medium.jpg"' in page
    assert f"pictures/{told.asset.digest}-medium.jpg" in archive.namelist()


def test_a_picture_that_only_a_text_shows_is_in_the_files_too(told: World) -> None:
    icon = make.make_asset("icon", make.png(9, 9))
    fragment = Fragment.objects.get(code="lira-description")
    write_fragment(ACTOR, fragment, title={}, body={"it": '<p>x <img src="asset:ICON" alt="Icona"></p>'})
    approve(ACTOR, fragment)
    told.release()
    archive = zipfile.ZipFile(io.BytesIO(built("web", told)))
    assert f"pictures/{icon.digest}-medium.jpg" in archive.namelist()
    assert pictures(opened(built("datasheet", told, sku="BZ-LIRA"))) == 2


def test_a_missing_file_leaves_the_words(told: World) -> None:
    Asset.objects.get(code="lira-front").file.delete(save=False)
    archive = zipfile.ZipFile(io.BytesIO(built("web", told)))
    page = archive.read("products/BZ-LIRA.html").decode()
    assert "<p>Lira di fronte</p>" in page


def test_in_a_pdf_a_link_leads_within_it_or_is_a_name(told: World) -> None:
    sheet = built("datasheet", told, sku="BZ-LIRA")
    assert "Goes with Pressino and BZ-SOON." in " ".join(texts(opened(sheet)))
    assert b"product:BZ" not in sheet


def test_other_markup_is_left_alone() -> None:
    markup = '<p><a href="https://a.b">x</a><img src="/assets/1/small.jpg" alt="y"></p>'
    assert with_links(markup, lambda _: "z") == with_pictures(markup, lambda _: ("z", 0, 0)) == markup
    assert with_links('<a href="product:A">a &amp; b</a>', lambda sku: f"/{sku}?x=1&y") == (
        '<a href="/A?x=1&amp;y">a &amp; b</a>'
    )


# --- Previews ---------------------------------------------------------------------------------------------------------


def shown(body: str, *, rich: bool = True, channel: str = "shop", language: str = "it") -> tuple[str, ...]:
    return tuple(preview(Asked("new", language, body, rich, Product.objects.get(sku="BZ-LIRA"), channel)))


def test_a_text_that_is_being_written_reads_as_it_would_be_released(told: World) -> None:
    make.make_fragment("note", {"it": "<ul><li>uno</li></ul>"}, approved=True)
    body = "{{ product:name }} ({{ product:sku }}): {{ label:weight }} {{ fact:weight unit=g }}, {{ link:BZ-TAMPER }}"
    assert shown(f"<p>{body}</p><p>{{{{ fragment:note }}}}</p>") == (
        "<p>Lira (BZ-LIRA): Peso 4.200\xa0g, Pressino</p><ul><li>uno</li></ul>",
        "Lira (BZ-LIRA): Peso 4.200\xa0g, Pressino\n– uno",
        "",
    )
    assert shown(body, rich=False)[:2] == ("", "Lira (BZ-LIRA): Peso 4.200\xa0g, Pressino")
    assert shown("{{ product:name }}", language="fr", channel="")[1] == "BZ-LIRA"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("<p>{{ fact:color }}</p>", "{{ fact:color }} has no value here."),
        ("<p>{{ fragment:new }}</p>", "The references new -> new go round in a circle."),
        ("<p>{{ weight }}</p>", "“{{ weight }}” is no reference."),
        ("<ul>" * 30, "This text cannot be used: elements are nested more than 20 deep."),
    ],
)
def test_what_keeps_a_text_from_being_shown_is_told(told: World, body: str, why: str) -> None:
    assert shown(body) == ("", "", why)


def test_a_document_made_alone_knows_the_products_it_links_to(told: World) -> None:
    alone = explain_draft(told.shop, "it", "BZ-LIRA")
    texts = [row["text"] for row in alone.statements]
    assert any("Goes with Pressino and BZ-SOON." in text for text in texts)


def test_a_picture_in_a_text_is_one_the_document_shows(told: World) -> None:
    icon = make.make_asset("icon", make.png(9, 9))
    fragment = make.make_fragment("note", {"it": '<img src="asset:icon" alt="x">'}, approved=True)
    place(ACTOR, fragment, make.make_slot("legal"), Product.objects.get(sku="BZ-LIRA"))
    told.release()
    carriers = TraceAsset.objects.filter(asset=icon.code, versions__valid_until=None, versions__language="it")
    assert "BZ-LIRA" in carriers.values_list("versions__sku", flat=True)
