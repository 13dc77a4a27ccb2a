"""What single resources do besides: trees, options, demands, placements, fragments' lists."""

from __future__ import annotations

import json
from typing import Any

import pytest

from catalog.models import Attribute, Change
from tests import factories
from tests.catalog.api.people import Author, pointers, problem
from tests.catalog.api.world import shop

__all__ = ["shop"]
pytestmark = pytest.mark.usefixtures("shop")


@pytest.fixture
def author() -> Author:
    return Author()


def codes(author: Author, query: str) -> list[str]:
    return [row["code"] for row in author.json(query)["items"]]


def test_a_category_is_moved_and_never_below_itself(author: Author) -> None:
    author.made("categories", {"code": "a", "parent": "machines"})
    author.made("categories", {"code": "b", "parent": "a"})
    assert codes(author, "categories/?below=a") == ["a", "b"]
    assert codes(author, "categories/?parent=MACHINES") == ["a"]
    assert "/parent" in pointers(author.change("categories/a/", {"parent": "b"}))
    assert "/parent" in pointers(author.change("categories/a/", {"parent": "a"}))
    author.changed("categories/b/", {"parent": None})
    assert codes(author, "categories/?below=a") == ["a"]
    assert problem(author.delete("categories/machines/"), 409)["uses"][0]["examples"] == ["a"]


def test_a_tag_never_stands_below_itself(author: Author) -> None:
    author.made("tags", {"facet": "topic", "code": "a", "parent": "topic:care"})
    assert "/parent" in pointers(author.change("tags/topic:care/", {"parent": "topic:a"}))
    assert "/parent" in pointers(author.change("tags/topic:a/", {"parent": "TOPIC:A"}))
    assert codes(author, "tags/?facet=Topic") == ["a", "care"]


def test_options_keep_their_order_and_one_in_use_stays(author: Author) -> None:
    options = [{"code": "b", "label": {"en": "Blue"}}, {"code": "a"}]
    body = {"code": "c", "type": "select", "group": "technical", "options": options, "settings": {"default": "a"}}
    made = author.made("attributes", body)
    assert [row["code"] for row in made["options"]] == ["b", "a"]
    assert made["settings"] == {"default": "a"}
    author.changed("families/espresso/", {"attributes": ["name", "c"]})
    author.made("products", {"sku": "P", "family": "espresso", "facts": {"c": {"": "b"}}})
    found = problem(author.change("attributes/c/", {"options": [{"code": "a"}]}), 409)
    assert [use["examples"] for use in found["uses"]] == [["P"]]
    changed = author.changed("attributes/c/", {"options": [{"code": "A", "color": "#112233"}, {"code": "b"}]})
    assert [(row["code"], row["color"], row["label"]) for row in changed["options"]] == [
        ("a", "#112233", {}),
        ("b", "", {"en": "Blue"}),
    ]
    assert pointers(author.change("attributes/c/", {"options": [{"code": "a"}, {"code": "A"}]})) == {
        "/options/1": "This stands in the list more than once."
    }
    assert "/options/2/code" in pointers(
        author.change("attributes/c/", {"options": [{"code": "a"}, {"code": "b"}, {"code": "c d"}]})
    )


@pytest.mark.parametrize(
    ("members", "pointer"),
    [
        ({"type": "nope"}, "/type"),
        ({"type": "text", "options": [{"code": "a"}]}, ""),
        ({"type": "number", "settings": {"min": "x"}}, "/settings/min"),
        ({"type": "number", "settings": {"nope": 1}}, "/settings/nope"),
        ({"type": "computed", "settings": {"expression": "new + 1"}}, "/settings/expression"),
        ({"type": "text", "role": "king"}, "/role"),
        ({"type": "text", "position": -1}, "/position"),
        ({"type": "text", "position": 2**31}, "/position"),
        ({"type": "text", "label": {"en": "x" * 201}}, "/label/en"),
        ({"type": "table", "unique": True, "settings": {"columns": [{"code": "a", "type": "text"}]}}, ""),
    ],
)
def test_what_is_wrong_with_an_attribute_is_told_at_its_place(author: Author, members: Any, pointer: str) -> None:
    before = Attribute.objects.count()
    found = pointers(author.send("POST", "attributes/", {"code": "new", "group": "technical", **members}))
    assert list(found) == [pointer]
    assert Attribute.objects.count() == before


def test_settings_are_exact(author: Author) -> None:
    raw = (
        b'{"code": "n", "type": "number", "group": "technical", "settings": {"min": 0.1, "max": 12345678901234567890}}'
    )
    answer = author.send("POST", "attributes/", raw)
    assert answer.status_code == 201, answer.content
    assert author.json("attributes/n/")["settings"] == {"min": "0.1", "max": "12345678901234567890"}


def test_a_familys_members_demands_and_facts_are_written_together_or_not_at_all(author: Author) -> None:
    demand = {"channel": "print", "attribute": "weight"}
    body = {"attributes": ["weight", "name"], "requirements": [demand, {"channel": "print", "asset_role": "main"}]}
    changed = author.changed("families/espresso/", {**body, "facts": {"weight": {"": {"amount": "1", "unit": "kg"}}}})
    assert changed["attributes"] == ["weight", "name"]
    assert [row["asset_role"] for row in changed["requirements"]] == ["", "main"]
    assert changed["facts"] == {"weight": {"": {"amount": "1", "unit": "kg"}}}
    count = Change.objects.count()
    for bad, pointer in (
        ({"requirements": [demand, {"channel": "print"}]}, "/requirements/1"),
        ({"requirements": [demand, demand]}, "/requirements/1"),
        (
            {"requirements": [{"channel": "print", "attribute": "weight", "condition": "nope = 1"}]},
            "/requirements/0/condition",
        ),
        ({"facts": {"weight": {"": "much"}}, "label": {"en": "X"}}, "/facts/weight/"),
        ({"attributes": ["name", "nope"]}, "/attributes/1"),
    ):
        assert list(pointers(author.change("families/espresso/", bad))) == [pointer]
    assert Change.objects.count() == count
    # What is written again as it is leaves no trace but the family's own.
    author.changed("families/espresso/", {"requirements": changed["requirements"], "attributes": changed["attributes"]})
    assert Change.objects.count() == count + 1


def test_a_placement_stands_on_exactly_one_thing(author: Author) -> None:
    both = {"fragment": "warranty", "slot": "headline"}
    assert list(pointers(author.send("POST", "placements/", both))) == [""]
    two = {**both, "family": "espresso", "category": "machines"}
    assert list(pointers(author.send("POST", "placements/", two))) == [""]
    rule = author.made("placements", {**both, "filter": "sku  =  P", "excluded": True})
    assert (rule["filter"], rule["excluded"]) == ("sku = P", True)
    assert "/filter" in pointers(author.send("POST", "placements/", {**both, "filter": "nope ="}))
    assert author.changed(f"placements/{rule['id']}/", {"excluded": False})["excluded"] is False
    made = author.made("placements", {**both, "category": "machines"})
    assert [row["id"] for row in author.json("placements/?category=machines&slot=headline")["items"]] == [made["id"]]
    assert author.json("placements/?family=espresso")["items"] == []
    assert problem(author.get("placements/?fragment=nope"), 400)["errors"][0]["field"] == "fragment"
    assert problem(author.delete("slots/headline/"), 409)["uses"][0]["kind"] == "placement"


def test_fragments_are_found_by_state_tag_slot_language_and_code(author: Author) -> None:
    factories.make_tag("topic", "descaling")
    author.changed("tags/topic:descaling/", {"parent": "topic:care"})
    author.made("fragments", {"code": "hint-a", "body": {"en": "A"}, "tags": ["topic:descaling"]})
    author.made("fragments", {"code": "hint-b", "body": {"de": "B"}, "tags": ["topic:care"]})
    author.made("placements", {"fragment": "hint-b", "slot": "headline", "family": "espresso"})
    author.send("POST", "fragments/hint-a/approve/", {}, if_match="*")
    for query, expected in (
        ("state=approved", ["hint-a"]),
        ("tag=topic:care", ["hint-a", "hint-b"]),
        ("tag=topic:descaling", ["hint-a"]),
        ("slot=headline", ["hint-b"]),
        ("missing=en", ["hint-b"]),
        ("code=HINT", ["hint-a", "hint-b"]),
        ("code=%25", []),
        ("code=hint_", []),
    ):
        assert codes(author, f"fragments/?{query}") == expected, query
    for query in ("state=gone", "tag=care", "tag=%00", "slot=nope", "missing=xx", "code=%00", "body__contains=A"):
        problem(author.get(f"fragments/?{query}"), 400)


def test_a_fragment_is_approved_edited_and_retired(author: Author) -> None:
    author.made("fragments", {"code": "f", "body": {"en": "One"}, "channels": ["print"]})
    problem(author.send("POST", "fragments/f/approve/", {}), 428)
    for raw in (b'{"languages": ["xx"]}', b'{"languages": ["en"]}', b'{"revision": 7}', b"[]", b"null"):
        problem(author.send("POST", "fragments/f/approve/", raw, if_match="*"), 400)
    author.send("POST", "fragments/f/approve/", if_match="*")
    changed = author.changed("fragments/f/", {"body": {"en": "Two"}, "channels": []})
    assert (changed["out"], changed["revision"], changed["channels"]) == (1, 1, [])
    revisions = author.json("fragments/f/revisions/")["items"]
    assert [row["content"]["body"] for row in revisions] == [{"en": "<p>One</p>"}]
    assert revisions[0]["approvals"][0]["by"] == "ada"
    author.send("POST", "fragments/f/retire/", {}, if_match="*")
    assert author.json("fragments/f/")["out"] is None
    author.made("fragments", {"code": "empty"})
    assert "cannot be approved" in pointers(author.send("POST", "fragments/empty/approve/", {}, if_match="*"))[""]


def test_a_fragment_is_submitted_withdrawn_and_approved_language_by_language(author: Author) -> None:
    author.made("fragments", {"code": "f", "body": {"en": "One", "de": "Eins"}})
    submitted = author.send("POST", "fragments/f/submit/", {}, if_match="*")
    assert json.loads(submitted.content).items() >= {"state": "review", "revision": 1, "out": None}.items()
    assert json.loads(author.send("POST", "fragments/f/withdraw/", {}, if_match="*").content)["state"] == "draft"
    assert author.json("fragments/f/revisions/")["items"][0]["withdrawn_by"] == "ada"
    author.send("POST", "fragments/f/submit/", {}, if_match="*")
    some = author.send("POST", "fragments/f/approve/", {"languages": ["de"], "revision": 1}, if_match="*")
    assert json.loads(some.content).items() >= {"state": "review", "out": 1}.items()
    author.send("POST", "fragments/f/approve/", {"languages": ["en"]}, if_match="*")
    assert author.json("fragments/f/")["state"] == "approved"
    assert "/languages/0" in pointers(author.send("POST", "fragments/f/approve/", {"languages": ["xx"]}, if_match="*"))


def test_links_are_assets_and_pictures_are_not(author: Author) -> None:
    for members, pointer in (
        ({"kind": "video", "url": "http://insecure.example"}, "/url"),
        ({"kind": "video", "url": "https://user@evil.example"}, "/url"),
        ({"kind": "image", "url": "https://example.com/x.png"}, "/kind"),
        ({"kind": "video"}, "/url"),
    ):
        assert list(pointers(author.send("POST", "assets/", {"code": "a", **members}))) == [pointer]
    problem(author.send("POST", "assets/", {"code": "a"}), 400)


# --- What a product points to and shows ------------------------------------------------------------------------------


@pytest.fixture
def lira(author: Author) -> str:
    factories.make_association_type("accessory")
    for code in ("front", "back"):
        author.made("assets", {"code": code, "kind": "document", "url": f"https://example.com/{code}.pdf"})
    for sku in ("LIRA", "TAMPER", "CUP"):
        author.made("products", {"sku": sku, "family": "espresso"})
    return "products/lira/"


def test_what_a_product_points_to_is_written_as_a_whole_and_in_order(author: Author, lira: str) -> None:
    both = [{"type": "accessory", "target": "cup", "quantity": 2}, {"type": "accessory", "target": "TAMPER"}]
    told = [
        {"type": "accessory", "target": "CUP", "quantity": 2},
        {"type": "accessory", "target": "TAMPER", "quantity": 1},
    ]
    assert author.changed(lira, {"associations": both})["associations"] == told
    assert author.changed(lira, {"associations": both[::-1]})["associations"] == told[::-1]
    assert author.changed(lira, {"status": "disabled"})["associations"] == told[::-1], "what is not named stays"
    kept = author.changed(lira, {"associations": [{"type": "accessory", "target": "CUP"}]})["associations"]
    assert kept == told[:1], "a quantity that is not named stays"
    assert author.changed(lira, {"associations": []})["associations"] == []
    made = author.made("products", {"sku": "SET", "family": "espresso", "associations": both})
    assert made["associations"] == told


@pytest.mark.parametrize(
    ("associations", "pointer"),
    [
        ([{"type": "accessory", "target": "LIRA"}], "/associations/0/target"),
        ([{"type": "accessory", "target": "CUP"}, {"type": "accessory", "target": "cup"}], "/associations/1"),
        ([{"type": "accessory", "target": "none"}], "/associations/0/target"),
        ([{"type": "none", "target": "CUP"}], "/associations/0/type"),
        ([{"type": "accessory", "target": "CUP", "quantity": 0}], "/associations/0/quantity"),
        ([{"target": "CUP"}], "/associations/0/type"),
    ],
)
def test_what_cannot_be_pointed_to_is_refused_and_nothing_is_written(
    author: Author, lira: str, associations: Any, pointer: str
) -> None:
    author.changed(lira, {"associations": [{"type": "accessory", "target": "TAMPER"}]})
    assert pointer in pointers(author.change(lira, {"associations": associations}))
    assert [row["target"] for row in author.json(lira)["associations"]] == ["TAMPER"]


def test_assets_have_roles_on_a_product_for_all_channels_or_for_one(author: Author, lira: str) -> None:
    shown = [
        {"asset": "front", "role": "main", "channel": None},
        {"asset": "back", "role": "main", "channel": "print"},
        {"asset": "back", "role": "gallery", "channel": None},
    ]
    assert author.changed(lira, {"assets": shown})["assets"] == shown
    assert author.changed(lira, {"assets": shown[::-1]})["assets"] == shown[::-1]
    assert author.changed(lira, {"assets": shown[:1]})["assets"] == shown[:1]
    twice = pointers(author.change(lira, {"assets": [shown[0], {"asset": "FRONT", "role": "Main"}]}))
    assert "/assets/1" in twice
    assert "/assets/0/role" in pointers(author.change(lira, {"assets": [{"asset": "front", "role": "a role"}]}))
    assert problem(author.delete("assets/front/"), 409)["uses"][0]["examples"] == ["LIRA main: front"]


# --- Names -----------------------------------------------------------------------------------------------------------


def done(author: Author, address: str, act: str, body: Any) -> Any:
    return author.send("POST", f"{address}{act}/", body, if_match=author.get(address).headers["ETag"])


def test_a_rename_follows_everywhere_and_the_old_name_is_still_understood(author: Author, lira: str) -> None:
    author.changed(
        lira,
        {
            "associations": [{"type": "accessory", "target": "CUP"}],
            "facts": {"weight": {"": {"amount": "1", "unit": "kg"}}},
        },
    )
    assert json.loads(done(author, "products/cup/", "rename", {"sku": "MUG"}).content)["sku"] == "MUG"
    assert author.json(lira)["associations"][0]["target"] == "MUG"
    assert json.loads(done(author, "attributes/weight/", "rename", {"code": "mass"}).content)["code"] == "mass"
    assert set(author.json(lira)["facts"]) == {"mass"}
    assert "/code" in pointers(done(author, "attributes/mass/", "rename", {"code": "name"}))
    assert "/code" in pointers(done(author, "attributes/mass/", "rename", {"code": "no code"}))
    problem(author.send("POST", "attributes/mass/rename/", {"code": "weight"}), 428)
    problem(author.send("POST", "attributes/mass/rename/", {"code": "weight"}, if_match='"old"'), 412)
    assert author.json("attributes/WEIGHT/")["code"] == "mass"
    assert author.changed("products/Cup/", {"sku": "cup", "status": "disabled"})["sku"] == "MUG"
    many = author.send("POST", "products/bulk/", {"items": [{"sku": "CUP", "status": "enabled"}, {"sku": "LIRA"}]})
    assert [(item["status"], item["key"]) for item in json.loads(many.content)["items"]] == [
        (200, "MUG"),
        (200, "LIRA"),
    ]
    assert "/sku" in pointers(author.change("products/CUP/", {"sku": "LIRA"}))
    problem(author.send("DELETE", "products/CUP/", if_match="*"), 404)


def test_what_is_merged_is_gone_and_answered_with_what_it_went_into(author: Author, lira: str) -> None:
    author.made("categories", {"code": "coffee"})
    author.changed(lira, {"categories": ["machines"]})
    assert author.json("categories/machines/where-used/")["uses"][0]["examples"] == ["LIRA"]
    answer = done(author, "categories/machines/", "merge", {"into": "Coffee"})
    assert json.loads(answer.content)["code"] == "coffee"
    assert answer.headers["ETag"] == author.get("categories/coffee/").headers["ETag"]
    assert author.json(lira)["categories"] == ["coffee"]
    assert author.json("categories/machines/")["code"] == "coffee"
    problem(author.send("DELETE", "categories/machines/", if_match="*"), 404)
    assert "/into" in pointers(done(author, "categories/coffee/", "merge", {"into": "coffee"}))
    assert "/into" in pointers(done(author, "categories/coffee/", "merge", {}))


def test_what_is_retired_stays_where_it_is(author: Author, lira: str) -> None:
    author.changed(lira, {"categories": ["machines"]})
    assert json.loads(done(author, "categories/machines/", "retire", {}).content)["retired"]
    assert author.json(lira)["categories"] == ["machines"]


# --- What is said of fragments ---------------------------------------------------------------------------------------


def test_fragments_are_commented_sent_back_and_mended(author: Author) -> None:
    address = "fragments/hint/"
    author.made("fragments", {"code": "hint", "title": {"en": "Hint"}, "body": {"en": "<p>Clean it.</p>"}})
    problem(done(author, address, "comment", {"text": "Good"}), 400)
    done(author, address, "submit", {})
    assert done(author, address, "comment", {"text": "Good", "language": "en"}).status_code == 200
    assert done(author, address, "request-change", {"text": "Say how", "revision": 1}).status_code == 200
    page = author.json(f"{address}comments/?limit=1")
    (asked,) = page["items"]
    assert (asked["text"], asked["change_request"], asked["revision"], asked["author"]) == ("Say how", True, 1, "ada")
    assert [row["text"] for row in author.json(page["next"])["items"]] == ["Good"]
    problem(done(author, address, "approve", {"languages": ["en"]}), 400)
    assert "/comment" in pointers(done(author, address, "resolve", {"comment": asked["id"] + 1}))
    assert done(author, address, "resolve", {"comment": asked["id"]}).status_code == 200
    assert author.json(f"{address}comments/")["items"][0]["resolved_by"] == "ada"
    assert json.loads(done(author, address, "reject", {"text": "Anew"}).content)["state"] == "draft"
    assert "/text" in pointers(done(author, address, "comment", {}))
    assert "/text" in pointers(done(author, address, "comment", {"text": " "}))
    assert "/revision" in pointers(done(author, address, "comment", {"text": "x", "revision": 9}))
    assert "/revision" in pointers(done(author, address, "approve", {"revision": 9}))
    extra = problem(done(author, address, "retire", {"more": 1}), 400)["errors"]
    assert extra == [{"pointer": "/more", "detail": "There is no such member here. There are: none."}]
    assert "/language" in pointers(done(author, address, "comment", {"text": "x", "language": "xx"}))
