"""Filters and fields: asked of released documents, and of nothing else."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import orjson
import pytest

from catalog.filters import FilterError
from catalog.models import Product
from catalog.operations.products import set_facts
from exports.asking import listing
from exports.asking.filtering import wanted
from exports.asking.projection import Projection, projection
from exports.asking.said import Said, Sample
from exports.documents import to_bytes
from exports.models import Release
from tests import factories
from tests.exports import samples
from tests.exports.world import World, counted, world
from tests.factories import ACTOR, switch

__all__ = ["world"]
DOCUMENTS = "/api/v1/channels/shop/documents/"


class Told(Said):
    """Facts told by a document that no database holds."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.codes = frozenset(code.lower() for code in document["facts"]) | {"absent"}

    def sample(self, code: str) -> Sample | None:
        facts = self.document["facts"].items()
        return next((Sample(name, fact) for name, fact in facts if name.lower() == code.lower()), None)


def fact(type: str, value: Any) -> dict[str, Any]:
    return {"label": "", "group": "", "type": type, "value": value, "text": "", "position": 0, "role": ""}


DOCUMENT: dict[str, Any] = {
    "sku": "TS-200-BK",
    "name": "Straße 200",
    "type": "variant",
    "family": {"code": "espresso", "label": "Espresso"},
    "parent": "TS-200",
    "categories": [{"code": "home", "label": "Home", "path": ["root", "Home"]}],
    "facts": {
        "Weight": fact("measurement", {"amount": "4.2", "unit": "kg", "unit_code": "KGM"}),
        "watts": fact("number", "-1200"),
        "color": fact("select", "Black"),
        "uses": fact("multiselect", ["home", "bar"]),
        "quiet": fact("boolean", False),
        "made": fact("date", "2026-03-31"),
        "note": fact("text", "Sehr LEISE"),
        "price": fact("price", [{"amount": "449.00", "currency": "EUR"}, {"amount": "9.00", "currency": "USD"}]),
        "sheet": fact("asset", "manual"),
    },
    "statements": [{"slot": "headline", "language": "de", "html": "", "text": "x"}],
    "assets": [{"role": "main"}],
    "associations": [{"type": "accessory", "sku": "TS-TAMPER", "quantity": 1}],
}
TOLD = Told(DOCUMENT)


@pytest.mark.parametrize(
    "text",
    [
        "sku = ts-200-bk", "sku starts with TS-2", "sku contains 200-b", "sku in (x, TS-200-BK)", "sku != x",
        "name = STRASSE 200", "name contains aße", "name is not empty", "level = variant", "parent = ts-200",
        "family = Espresso", "family not in (a, b)", "category = home", "category = root", "category is not empty",
        "association:accessory = ts-tamper", "association:other is empty", "slot:Headline is not empty",
        "slot:teaser is empty", "asset:main is not empty", "weight = 4200 g", "weight between 4 kg and 5 kg",
        "weight < 4201 g", "watts < 0", "watts >= -1200", "watts > -1200.5", "color = black", "color in (red, BLACK)",
        "uses = bar", "uses != shop", "quiet = no", "quiet = false", "made > 2026-01-01", "made <= 2026-03-31",
        'note contains "sehr l"', "note starts with SEHR", "price < 500 EUR", "price between 1 USD and 10 USD",
        "absent is empty", "not absent = 3", "sheet is not empty", "watts = 1 or (color = black and not quiet = yes)",
        "",
    ],
)  # fmt: skip
def test_what_holds_for_a_document(text: str) -> None:
    found = wanted(text, TOLD)
    assert found.holds(DOCUMENT)
    if text:
        assert not wanted(f"not ({text})", TOLD).holds(DOCUMENT)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("status = enabled", "At character 1: released documents do not tell “status”"),
        ("quality is empty", "released documents do not tell “quality”"),
        ("color = red and tag = a:b", "At character 17: released documents do not tell “tag”"),
        ("weigth > 1 kg", "At character 1: there is no fact or field “weigth”; did you mean “weight”?"),
        ("weight > heavy", "At character 10: "),
        ("weight > 4", "needs a unit"),
        ("weight contains 4", "cannot be asked with “contains”"),
        ("watts between 9 and 1", "the lower value must stand first"),
        ("price between 1 EUR and 2 USD", "does not compare with the first value"),
        ("quiet > no", "cannot be asked with “>”"),
        ("slot:headline = x", "cannot be asked with “=”"),
        ("sku = (", "At character 7: "),
    ],
)
def test_what_cannot_be_asked_is_refused_with_the_place(text: str, said: str) -> None:
    with pytest.raises(FilterError) as caught:
        wanted(text, TOLD)
    assert said in str(caught.value)


def test_only_skus_that_are_named_are_looked_at() -> None:
    assert wanted("sku in (A, b) and watts > 1", TOLD).skus == ("A", "b")
    assert wanted("sku = A or watts > 1", TOLD).skus is None
    assert wanted("sku != A", TOLD).skus is None


def test_members_are_kept_in_their_order_and_byte_by_byte() -> None:
    for document in samples.DOCUMENTS:
        body = to_bytes(document)
        everything = Projection(frozenset(orjson.loads(body)))
        assert everything(body) == body
        part = orjson.loads(Projection(frozenset({"sku", "prices", "name"}))(body))
        assert list(part) == ["sku", "name", "prices"]


@pytest.mark.parametrize(
    ("text", "members", "facts"),
    [
        ("name", {"sku", "name"}, None),
        (" name , prices ", {"sku", "name", "prices"}, None),
        ("facts.WEIGHT,facts.color", {"sku", "facts"}, {"weight", "color"}),
        ("facts,facts.weight", {"sku", "facts"}, None),
        ("sku", {"sku"}, None),
    ],
)
def test_what_fields_mean(text: str, members: set[str], facts: set[str] | None) -> None:
    found = projection(text, TOLD)
    assert found == Projection(frozenset(members), None if facts is None else frozenset(facts))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,prises", "At character 6: there is no field “prises”; did you mean “prices”?"),
        ("facts.weigth", "At character 1: there is no field “facts.weigth”; did you mean “facts.weight”"),
        ("", "At character 1: there is no field “”"),
        ("name,", "At character 6: "),
        ("__class__", "there is no field “__class__”"),
    ],
)
def test_a_field_there_is_not_is_refused_with_the_place(text: str, said: str) -> None:
    with pytest.raises(FilterError) as caught:
        projection(text, TOLD)
    assert said in str(caught.value)


# --- Over HTTP -------------------------------------------------------------------------------------------------------


def found(world: World, filter: str, query: str = "") -> list[str]:
    page = world.reader().json(f"{DOCUMENTS}?filter={quote(filter)}{query}")
    assert page["next"] is None
    return [entry["document"]["sku"] for entry in page["documents"]]


def test_filters_find_what_was_released_not_what_is_written_meanwhile(world: World) -> None:
    assert found(world, "color = red") == ["BZ-LIRA-R"]
    assert found(world, "level = variant and category = home") == ["BZ-LIRA-B", "BZ-LIRA-R"]
    assert found(world, "name contains kleine", "&language=de") == ["BZ-LIRA"]
    set_facts(ACTOR, Product.objects.get(sku="BZ-LIRA-R"), {"color": {"": "black"}})
    world.rename("BZ-TAMPER", "Segreto")
    switch("BZ-LIRA-B", "disabled")
    assert found(world, "color = red") == ["BZ-LIRA-R"]
    assert found(world, "color = black") == ["BZ-LIRA-B"]
    assert found(world, "name contains segreto") == []
    assert found(world, "sku in (bz-tamper, BZ-LIRA, nope)") == ["BZ-LIRA", "BZ-TAMPER"]
    world.release()
    assert found(world, "name contains segreto") == ["BZ-TAMPER"]
    assert found(world, "name contains segreto", "&release=1") == []


def test_filters_tell_nothing_of_what_another_channel_has(world: World) -> None:
    secret = factories.make_attribute("text", "margin", {"en": "Margin"})
    family = factories.make_family("inner", [secret])
    factories.make_product("IN-1", family, {"margin": "high"})
    world.release(world.service)
    answer = world.reader().get(f"{DOCUMENTS}?filter=margin = high")
    never = world.reader().get(f"{DOCUMENTS}?filter=marginx = high")
    assert (answer.status_code, never.status_code) == (400, 400)
    assert b"did you mean" not in never.content
    assert answer.content == never.content.replace(b"marginx", b"margin")


def test_a_page_of_what_is_found_looks_at_a_bounded_number(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "AT_ONCE", 2)
    monkeypatch.setattr(listing, "LOOKED_AT", 4)
    world.add(*(f"X-{number:02}" for number in range(8)))
    world.release()
    reader, address, pages = world.reader(), f"{DOCUMENTS}?filter=sku = x-07 or name contains pressino&limit=1", []
    while address:
        pages.append(reader.json(address))
        address = pages[-1]["next"]
    assert [[entry["document"]["sku"] for entry in page["documents"]] for page in pages] == [
        ["BZ-TAMPER"],
        [],
        ["X-07"],
        [],
    ]


def test_a_filter_costs_a_bounded_number_of_queries(world: World) -> None:
    reader = world.reader()
    reader.json(f"{DOCUMENTS}?filter=color = red and weight is empty")
    with counted(5):
        reader.json(f"{DOCUMENTS}?filter=color = red and weight is empty")


def test_fields_leave_out_the_rest(world: World) -> None:
    reader = world.reader()
    page = reader.json(f"{DOCUMENTS}?fields=name,facts.weight")
    first = page["documents"][0]
    assert set(first["document"]) == {"sku", "name", "facts"}
    assert set(first["document"]["facts"]) == {"weight"}
    assert first["digest"] == reader.json(DOCUMENTS)["documents"][0]["digest"]
    one = reader.get(f"{DOCUMENTS}BZ-LIRA/?fields=name,facts.weight")
    assert orjson.loads(one.content)["document"] == first["document"]
    assert one.headers["ETag"] != reader.get(f"{DOCUMENTS}BZ-LIRA/").headers["ETag"]
    again = reader.get(f"{DOCUMENTS}BZ-LIRA/?fields=name,facts.weight", if_none_match=one.headers["ETag"])
    assert again.status_code == 304


def test_lines_are_filtered_and_cut_like_pages(world: World) -> None:
    reader = world.reader()
    query = "filter=level = variant&fields=name"
    entries = reader.json(f"{DOCUMENTS}?{query}")["documents"]
    lines = reader.lines(f"{DOCUMENTS}?{query}")
    assert [{name: line[name] for name in ("digest", "document")} for line in lines] == entries
    assert [line["sku"] for line in lines] == ["BZ-LIRA-B", "BZ-LIRA-R"]


def test_a_cursor_belongs_to_its_filter_and_fields(world: World) -> None:
    reader = world.reader()
    following = reader.json(f"{DOCUMENTS}?filter=level = variant&fields=name&limit=1")["next"]
    page = reader.json(following)
    assert [entry["document"] for entry in page["documents"]] == [{"sku": "BZ-LIRA-R", "name": "Lira red"}]
    for other in (
        following.replace("fields=name", "fields=sku"),
        following.replace("filter=level", "filter=not+level"),
    ):
        assert reader.get(other).status_code == 400
    for parameter, value in (("filter", "nope = 1"), ("filter", "status = enabled"), ("fields", "nope")):
        answer = reader.get(f"{DOCUMENTS}?{parameter}={value}")
        assert answer.status_code == 400
        assert orjson.loads(answer.content)["errors"][0]["field"] == parameter


def test_what_facts_there_are_is_asked_once_for_a_release(world: World) -> None:
    release = Release.objects.get(channel=world.shop)
    assert Said(release, "it").codes == {"name", "weight", "price", "color"}
    with counted(0):
        assert "color" in Said(release, "de").codes


def test_only_what_was_updated_since_a_release(world: World) -> None:
    reader = world.reader()
    world.rename("BZ-TAMPER", "Pressino due")
    world.add("BZ-NEW")
    world.release()
    world.rename("BZ-NEW", "Nuova")
    world.release()

    def updated(query: str) -> list[str]:
        entries = reader.json(f"{DOCUMENTS}?{query}")["documents"]
        assert [line["sku"] for line in reader.lines(f"{DOCUMENTS}?{query}")] == [
            entry["document"]["sku"] for entry in entries
        ]
        return [entry["document"]["sku"] for entry in entries]

    assert updated("updated=2") == ["BZ-NEW"]
    assert updated("updated=1") == ["BZ-NEW", "BZ-TAMPER"]
    assert updated("updated=1&release=2&fields=sku") == ["BZ-NEW", "BZ-TAMPER"]
    assert updated("updated=3") == []
    assert len(updated("updated=0")) == 5
    following = reader.json(f"{DOCUMENTS}?updated=1&limit=1")["next"]
    assert [entry["document"]["sku"] for entry in reader.json(following)["documents"]] == ["BZ-TAMPER"]
    assert reader.get(f"{DOCUMENTS}?updated=-1").status_code == 400
