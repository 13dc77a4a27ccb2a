"""A product is called and pictured in lists as in documents."""

from __future__ import annotations

import pytest

from catalog.admin.product_rows import shown
from catalog.models import Asset, Channel, EntityType, Product, Record
from catalog.operations.assets import attach
from catalog.operations.inheriting import set_own_only
from catalog.operations.recording import store
from exports.querysets import current_release, documents_at
from exports.releasing.committing import release
from tests.admin_pages import queries
from tests.factories import (
    ACTOR,
    make_asset,
    make_attribute,
    make_channel,
    make_family,
    make_product,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel() -> Channel:
    return make_channel("shop", {"de": "en", "en": ""})


def in_lists() -> dict[str, tuple[str, str]]:
    """By SKU the name, or else the SKU as documents have it, and the picture's code."""
    rows = list(Product.objects.all())
    found = shown(rows, ("de", "en"))
    codes = dict(Asset.objects.values_list("pk", "code"))
    return {row.sku: (found[row.pk].name or row.sku, codes.get(found[row.pk].picture or 0, "")) for row in rows}


def in_documents(channel: Channel) -> dict[str, tuple[str, str]]:
    release(ACTOR, channel)
    current = current_release(channel)
    assert current is not None
    codes = dict(Asset.objects.values_list("digest", "code"))
    return {
        document.sku: (
            document.name,
            next((codes[asset.digest] for asset in document.assets if asset.role == "main"), ""),
        )
        for document in documents_at(current, "de")
    }


def test_a_family_and_a_default_name_and_picture_what_says_nothing_itself(channel: Channel) -> None:
    name = make_attribute("text", "name", localizable=True)
    photo = make_attribute("asset", "photo", settings={"default": "usual"})
    for code in ("usual", "family"):
        make_asset(code)
    named = make_family("named", [name, photo], values={"name": {"en": "Lamp"}}, label_attribute=name)
    pictured = make_family("pictured", [photo], values={"photo": {"": "family"}}, image_attribute=photo)
    named.image_attribute = photo
    store(ACTOR, named)
    make_product("A", named)
    make_product("B", named, {"name": {"de": "Leuchte"}})
    make_product("C", pictured)
    assert in_lists() == in_documents(channel)
    assert in_lists() == {"A": ("Lamp", "usual"), "B": ("Leuchte", "usual"), "C": ("C", "family")}


def test_what_is_for_one_channel_alone_is_not_shown_in_lists(channel: Channel) -> None:
    name = make_attribute("text", "name", per_channel=True)
    printed = make_channel("print")
    for code in ("everywhere", "printed"):
        make_asset(code)
    product = make_product("A", make_family("f", [name], label_attribute=name), {"name": {"@print": "P", "": "All"}})
    attach(ACTOR, product, Asset.objects.get(code="printed"), "main", channel=printed)
    assert in_lists() == in_documents(channel) == {"A": ("All", "")}
    attach(ACTOR, product, Asset.objects.get(code="everywhere"), "Main", position=1)
    assert in_lists() == {"A": ("All", "everywhere")}


def test_a_level_that_takes_only_its_own_pictures_shows_none_from_above(channel: Channel) -> None:
    photos = make_attribute("assets", "photos")
    family = make_family("f", [photos], image_attribute=photos)
    for code in ("one", "two", "attached"):
        make_asset(code)
    root = make_product("R", family, {"photos": ["one", "two"]})
    other = make_product("O", family)
    attach(ACTOR, other, Asset.objects.get(code="attached"), "main")
    for sku, parent in (("R-1", root), ("O-1", other), ("R-2", root), ("O-2", other)):
        make_product(sku, parent=parent)
    for sku in ("R-2", "O-2"):
        set_own_only(ACTOR, Product.objects.get(sku=sku), add=["asset:main"])
    pictures = {sku: picture for sku, (_, picture) in in_lists().items()}
    assert pictures == {sku: picture for sku, (_, picture) in in_documents(channel).items()}
    assert pictures == {"O": "attached", "O-1": "attached", "O-2": "", "R": "one", "R-1": "one", "R-2": ""}


def test_a_name_that_is_a_choice_a_record_or_computed_reads_as_in_documents(channel: Channel) -> None:
    brand = EntityType(code="brand")
    store(ACTOR, brand)
    store(ACTOR, Record(entity_type=brand, code="acme", label_en="Acme Works"))
    color = make_attribute("select", "color", options=["red"])
    color.options.update(label_de="Rot")
    maker = make_attribute("record", "maker", settings={"entity": "brand"})
    width = make_attribute("number", "width")
    twice = make_attribute("computed", "twice", settings={"expression": "width * 2"})
    make_product("A", make_family("a", [color], label_attribute=color), {"color": "red"})
    make_product("B", make_family("b", [maker], label_attribute=maker), {"maker": "acme"})
    make_product("C", make_family("c", [width, twice], label_attribute=twice), {"width": "1.5"})
    assert in_lists() == in_documents(channel) == {"A": ("Rot", ""), "B": ("Acme Works", ""), "C": ("3", "")}


def test_the_queries_do_not_grow_with_the_rows() -> None:
    color, photo = make_attribute("select", "color", options=["red"]), make_attribute("asset", "photo")
    family = make_family("f", [color, photo], label_attribute=color, image_attribute=photo)
    make_asset("one")
    few = list({make_product(family=family, facts={"color": "red", "photo": "one"}) for _ in range(2)})
    many = [*few, *(make_product(family=family, facts={"color": "red", "photo": "one"}) for _ in range(20))]
    assert queries(lambda: shown(few, ("en",))) == queries(lambda: shown(many, ("en",)))
