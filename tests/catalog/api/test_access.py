"""Who gets in and what they may do: no more than in the admin, one by one or many at once."""

from __future__ import annotations

import datetime

import orjson
import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from catalog.api.resources.base import Resource
from catalog.api.resources.registry import RESOURCES
from catalog.models import Change, Product, UserToken
from catalog.operations.tokens import issue_user_token, revoke_token, user_token_of
from tests import factories
from tests.catalog.api.people import API, Author, problem
from tests.catalog.api.test_resources import CHANGES, address_of
from tests.catalog.api.world import shop
from tests.factories import ACTOR

__all__ = ["shop"]
pytestmark = pytest.mark.django_db
each_resource = pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.route)


def addresses() -> list[tuple[str, str]]:
    """Every method of every address."""
    found = []
    for resource in RESOURCES:
        route = resource.route
        found += [("GET", f"{route}/"), ("POST", f"{route}/"), ("POST", f"{route}/bulk/")]
        found += [(method, f"{route}/x/") for method in ("GET", "PATCH", "DELETE")]
        found += [("GET", f"{route}/x/{more}/") for more in ("where-used", "history") if resource.looked_at]
        found += [("POST", f"{route}/x/{act.name}/") for act in resource.acts]
    found.append(("POST", "fragments/x/impact/"))
    found.append(("GET", "fragments/x/comments/"))
    return [*found, ("GET", "fragments/x/revisions/"), ("GET", "assets/x/file/"), ("PUT", "assets/x/file/")]


# --- Tokens ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("header", ["", "Bearer", "Bearer tsu_wrong", "Bearer wrong", "Basic Zm9vOmJhcg==", "Bearer é"])
def test_without_a_valid_token_nothing_opens(header: str) -> None:
    client = Client(headers={"authorization": header} if header else {})
    for method, address in addresses():
        answer = client.generic(method, f"{API}/{address}", b"{}", content_type="application/json")
        problem(answer, 401)
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Tessera"'
        assert answer.headers["Cache-Control"] == "private, no-cache"


def test_a_token_opens_nothing_once_revoked_expired_or_its_user_gone_home() -> None:
    author = Author()
    assert author.get("products/").status_code == 200
    revoke_token(ACTOR, author.token)
    problem(author.get("products/"), 401)
    token, secret = issue_user_token(ACTOR, author.user, "other", days=1)
    assert user_token_of(secret) == token
    UserToken.objects.filter(pk=token.pk).update(expires_at=timezone.now() - datetime.timedelta(seconds=1))
    assert user_token_of(secret) is None
    UserToken.objects.filter(pk=token.pk).update(expires_at=None)
    User.objects.update(is_active=False)
    assert user_token_of(secret) is None


def test_a_token_is_kept_as_a_hash_and_tells_when_it_was_used() -> None:
    author = Author()
    assert UserToken.objects.get().last_used_at is None
    author.get("products/")
    first = UserToken.objects.get().last_used_at
    author.get("products/")
    assert first is not None
    assert UserToken.objects.get().last_used_at == first
    rows = str(list(UserToken.objects.values())) + str(list(Change.objects.values()))
    assert author.secret.removeprefix("tsu_") not in rows


def test_a_channels_token_is_none_of_a_user_nor_the_other_way_round() -> None:
    from exports.tokens import issue

    author = Author()
    channel = factories.make_channel("shop")
    _, secret = issue(ACTOR, channel, "feed")
    problem(Client(headers={"authorization": f"Bearer {secret}"}).get(f"{API}/products/"), 401)
    problem(author.get("channels/shop/documents/"), 401)


def test_the_command_prints_a_key_that_opens(capsys: pytest.CaptureFixture[str]) -> None:
    User.objects.create_user("ada", is_superuser=True)
    call_command("user_token", "ada", "script", "--days", "30")
    token = user_token_of(capsys.readouterr().out.strip())
    assert token is not None
    assert token.expires_at is not None
    for arguments, said in (
        (["bob", "x"], "There is no user “bob”"),
        (["ada", "script"], "Choose another name"),
        (["ada", "other", "--days", "0"], "1 to 3,650 days"),
    ):
        with pytest.raises(CommandError, match=said):
            call_command("user_token", *arguments)


@pytest.mark.ignore_template_errors
def test_the_admin_shows_a_key_once_and_only_to_its_own_user() -> None:
    chief = User.objects.create_superuser("chief")
    client = Client()
    client.force_login(chief)
    answer = client.post("/admin/catalog/usertoken/add/", {"user": chief.pk, "name": "script", "days": "7"})
    secret = answer.context["secret"]
    assert answer.status_code == 200
    assert secret.encode() in answer.content
    assert user_token_of(secret) is not None
    assert secret.encode() not in client.get("/admin/catalog/usertoken/").content
    clerk = Author("add_usertoken", "view_usertoken", "change_usertoken").user
    User.objects.filter(pk=clerk.pk).update(is_staff=True)
    client.force_login(User.objects.get(pk=clerk.pk))
    page = client.post("/admin/catalog/usertoken/add/", {"user": chief.pk, "name": "stolen", "days": ""})
    assert "secret" not in page.context
    assert not UserToken.objects.filter(name="stolen").exists()


# --- Sessions --------------------------------------------------------------------------------------------------------
def test_a_session_opens_too_and_forged_requests_do_not() -> None:
    user = User.objects.create_superuser("ada")
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    assert client.get(f"{API}/products/").status_code == 200
    answer = client.post(f"{API}/products/", {"sku": "A"}, content_type="application/json")
    problem(answer, 403)
    assert not Product.objects.exists()


# --- Roles -----------------------------------------------------------------------------------------------------------
def test_without_a_permission_everything_is_forbidden_whether_it_is_there_or_not() -> None:
    author = Author("nothing")
    factories.make_product("x")
    for method, address in addresses():
        there = author.send(method, address, {}, if_match="*")
        problem(there, 403)
        none = author.send(method, address.replace("/x/", "/nope/"), {}, if_match="*")
        assert there.content == none.content


@each_resource
def test_each_permission_opens_what_it_says_and_no_more(resource: Resource, shop: None) -> None:
    name = resource.model._meta.model_name
    chief = Author(name="chief")
    address = address_of(resource, chief.made(resource.route, resource.example))
    change, example = CHANGES[resource.route], resource.example
    identity = {each: value for each, value in example.items() if each in ("sku", "facet", "code")}
    if resource.route == "placements":
        identity = {"id": int(address.split("/")[1])}
    allowed = {"view": {"GET"}, "change": {"GET", "PATCH"}, "add": {"POST"}, "delete": {"DELETE"}}
    if resource.route == "fragments":
        allowed["approve"] = set()
    for verb, opens in allowed.items():
        author = Author(f"{verb}_{name}", name=verb)
        for method, place, body in (
            ("GET", address, None),
            ("GET", f"{resource.route}/", None),
            ("PATCH", address, change),
            ("POST", f"{resource.route}/", {**example, "nope": 1}),
        ):
            answer = author.send(method, place, body, if_match="*")
            assert (answer.status_code == 403) == (method not in opens), (verb, method, answer.content)
        changing = author.send("POST", f"{resource.route}/bulk/", {"items": [{**identity, **change}]})
        adding = author.send("POST", f"{resource.route}/bulk/", {"items": [{**example, "code": "b", "sku": "b"}]})
        if verb in ("change", "add"):
            assert (orjson.loads(changing.content)["items"][0]["status"] == 403) == (verb == "add")
            assert (orjson.loads(adding.content)["items"][0]["status"] == 403) == (verb == "change")
        else:
            problem(changing, 403)
            problem(adding, 403)
        for act in resource.acts:
            answer = author.send("POST", f"{address}{act.name}/", {}, if_match="*")
            assert (answer.status_code == 403) == (verb != act.permission), (act.name, verb)
        if resource.looked_at:
            problem(author.get(f"{address}history/"), 403)
    answer = Author(f"delete_{name}", name="remover").send("DELETE", address, if_match="*")
    assert answer.status_code == 204


def test_the_history_needs_its_own_permission() -> None:
    factories.make_product("x")
    assert Author("view_product", "view_change").get("products/x/history/").status_code == 200
    problem(Author("view_change", name="bob").get("products/x/history/"), 403)


def test_methods_that_are_not_there_say_which_are() -> None:
    author = Author()
    for method, address, allowed in (
        ("PUT", "products/", "GET, POST, HEAD, OPTIONS"),
        ("POST", "products/x/", "GET, PATCH, DELETE, HEAD, OPTIONS"),
        ("GET", "fragments/x/approve/", "POST, OPTIONS"),
    ):
        answer = author.send(method, address, {})
        problem(answer, 405)
        assert answer.headers["Allow"] == allowed


def test_every_address_is_in_this_file() -> None:
    from tests.catalog.api.test_description import paths

    described = {(method.upper(), path) for path, methods in paths().items() for method in methods}
    ours = {(method, f"{API}/{address.replace('/x/', '/{key}/')}") for method, address in addresses()}
    assert described == ours


def test_no_answer_holds_what_another_may_not_know() -> None:
    author = Author()
    secrets = [author.secret, *UserToken.objects.values_list("hash", flat=True), author.user.password]
    for method, address in addresses():
        content = author.send(method, address, {}, if_match="*").content
        assert not any(secret.encode() in content for secret in secrets)
