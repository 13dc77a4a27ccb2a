"""Releases, outputs, editions and keys in the admin."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog.models import Change, Channel, Job
from catalog.operations.products import set_facts
from exports.delivery.webhooks import announce, dead_letters
from exports.editions import build, path_of
from exports.models import (
    ChannelToken,
    Edition,
    Freeze,
    Output,
    Problem,
    Release,
    SignOff,
    Webhook,
    WebhookDelivery,
)
from exports.outputs import define
from exports.policies.saving import save_freeze
from exports.policies.signing import prepare
from exports.releasing.committing import release
from exports.tokens import issue, verify
from tests import factories as make
from tests.admin_pages import ADMIN, address, browser, filled, messages_of, queries

pytestmark = ADMIN


@pytest.fixture
def page() -> Client:
    return browser()


def make_release() -> Release:
    channel = make.make_channel(languages=["en"])
    return release(make.ACTOR, channel).release


def make_output() -> Output:
    output, _ = define(make.ACTOR, make.make_code("output"), make.make_channel(), "en", "json", {})
    return output


def make_edition() -> Edition:
    made = make_release()
    output, _ = define(make.ACTOR, make.make_code("output"), made.channel, "en", "json", {})
    return build(make.ACTOR, output).edition


def make_token() -> ChannelToken:
    return issue(make.ACTOR, make.make_channel(), "reader")[0]


def make_webhook() -> Webhook:
    return Webhook.objects.create(
        code=make.make_code("hook"), url="https://example.com/hooks", channel=make.make_channel()
    )


def make_delivery() -> WebhookDelivery:
    webhook = make_webhook()
    assert webhook.channel
    announce(make.ACTOR, webhook.channel, "release.created", {"<b>": 1})
    return webhook.deliveries.get()


def make_freeze() -> Freeze:
    now = timezone.now()
    later = now + datetime.timedelta(days=1)
    freeze = Freeze(channel=make.make_channel(), starts=now, ends=later, reason="<b>")
    save_freeze(make.ACTOR, freeze)
    return freeze


def make_sign_off() -> SignOff:
    return prepare(make.ACTOR, make.make_channel(), "<b>")


MAKERS: dict[type[Model], Callable[[], Any]] = {
    Freeze: make_freeze,
    SignOff: make_sign_off,
    Release: make_release,
    Output: make_output,
    Edition: make_edition,
    ChannelToken: make_token,
    Webhook: make_webhook,
    WebhookDelivery: make_delivery,
}
KINDS = pytest.mark.parametrize("kind", MAKERS, ids=lambda kind: kind.__name__)


def test_every_model_of_exports_that_is_in_the_admin_is_tried_here() -> None:
    assert {kind for kind in admin.site._registry if kind._meta.app_label == "exports"} == set(MAKERS)


@KINDS
def test_list_and_form_answer(page: Client, kind: type[Model]) -> None:
    instance = MAKERS[kind]()
    assert page.get(address(kind, "changelist")).status_code == 200
    assert page.get(address(instance)).status_code == 200


ADDED = [
    (Release, 403),
    (Edition, 403),
    (Output, 200),
    (ChannelToken, 200),
    (Webhook, 200),
    (WebhookDelivery, 403),
    (Freeze, 200),
    (SignOff, 403),
]


@pytest.mark.parametrize(("kind", "status"), ADDED)
def test_what_the_system_writes_is_not_added_by_hand(page: Client, kind: type[Model], status: int) -> None:
    assert page.get(address(kind, "add")).status_code == status


@KINDS
def test_the_queries_of_a_list_do_not_grow_with_its_rows(page: Client, kind: type[Model]) -> None:
    for _ in range(2):
        MAKERS[kind]()
    few = queries(lambda: page.get(address(kind, "changelist")))
    for _ in range(20):
        MAKERS[kind]()
    assert queries(lambda: page.get(address(kind, "changelist"))) == few


def test_the_report_of_a_release_is_a_table_whose_words_are_escaped(page: Client) -> None:
    made = make_release()
    row = {"channel": made.channel, "product": 1, "valid_from": made.number}
    Problem.objects.create(sku="BZ", kind="tie", message="<b>", languages=["de", "en"], **row)
    words = messages_of(page.get(address(made)))
    assert "sku kind message languages responsible effect BZ tie <b> de, en" in words


# --- Outputs ---------------------------------------------------------------------------------------------------------
def output_form(channel: Channel, **typed: Any) -> dict[str, Any]:
    form = {"code": "feed", "title": "Feed", "channel": channel.pk, "language": "en", "format": "json"}
    return {**form, **typed}


def test_an_output_is_defined(page: Client) -> None:
    channel = make.make_channel()
    assert page.post(address(Output, "add"), output_form(channel)).status_code == 302
    assert Output.objects.get().format == "json"
    assert Change.objects.filter(actor="anna", kind="output", operation="create").exists()


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("format", "papyrus", "Select a valid choice"),
        ("language", "it", "not “it”"),
    ],
)
def test_what_an_output_cannot_be_is_told_at_its_field(page: Client, field: str, value: str, message: str) -> None:
    answer = page.post(address(Output, "add"), output_form(make.make_channel(), **{field: value}))
    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == [field]
    assert message in messages_of(answer)
    assert not Output.objects.exists()


def test_the_options_of_a_format_are_asked_for_by_name(page: Client) -> None:
    output = make_output()
    Output.objects.update(format="google", options={"brand": "Bordanza"})
    where = address(output, "change")
    fields = page.get(where).context["adminform"].form.fields
    assert fields["option_brand"].initial == "Bordanza"
    typed = output_form(output.channel, code=output.code, language=output.language, option_availability="in_stock")
    answer = page.post(where, {**typed, "option_availability": "preorder"})
    assert "A pre-order needs" in messages_of(answer)
    answer = page.post(where, {**typed, "option_availability_date": "soon"})
    assert list(answer.context["adminform"].form.errors) == ["option_availability_date"]
    assert page.post(where, {**typed, "option_availability": "out_of_stock", "option_brand": " "}).status_code == 302
    output.refresh_from_db()
    assert (output.format, output.options) == ("google", {"availability": "out_of_stock"})


def test_an_output_with_editions_is_not_deleted_but_explains_itself(page: Client) -> None:
    edition = make_edition()
    answer = page.post(address(edition.output, "delete"), {"post": "yes"})
    assert str(edition) in messages_of(answer)
    assert Output.objects.exists()


# --- Editions --------------------------------------------------------------------------------------------------------
def test_an_edition_is_downloaded_by_those_who_may_see_it(page: Client) -> None:
    edition = make_edition()
    url = reverse("admin:exports_edition_file", args=[edition.pk])
    answer = page.get(url)
    assert answer["Content-Disposition"].startswith("attachment")
    # Read to its end, the test client closes the answer without closing the database's connection.
    assert b"".join(answer.streaming_content) == path_of(edition).read_bytes()  # type: ignore[attr-defined]
    assert browser("bert", "view_release").get(url).status_code == 403
    assert Client().get(url).status_code == 302


def test_an_edition_that_is_gone_is_not_found(page: Client) -> None:
    edition = make_edition()
    path_of(edition).unlink()
    assert page.get(reverse("admin:exports_edition_file", args=[edition.pk])).status_code == 404
    assert page.get(reverse("admin:exports_edition_file", args=[0])).status_code == 404


# --- Keys ------------------------------------------------------------------------------------------------------------
def test_a_key_is_shown_once(page: Client) -> None:
    channel = make.make_channel("shop")
    answer = page.post(address(ChannelToken, "add"), {"channel": channel.pk, "name": "reader", "scope": "all"})
    secret = answer.context["secret"]
    assert secret in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    token = verify(secret)
    assert token
    assert (token.channel, token.name) == (channel, "reader")
    for url in (address(token), address(ChannelToken, "changelist")):
        assert secret not in page.get(url).content.decode()
    assert Change.objects.filter(actor="anna", kind="channeltoken", operation="issue").exists()


def test_a_second_key_of_the_same_name_is_refused_in_the_form(page: Client) -> None:
    token = make_token()
    answer = page.post(address(ChannelToken, "add"), {"channel": token.channel_id, "name": "reader", "scope": "all"})
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors
    assert ChannelToken.objects.count() == 1


def test_keys_are_revoked_together(page: Client) -> None:
    token, secret = issue(make.ACTOR, make.make_channel(), "reader")
    data = {"action": "revoke_selected", "_selected_action": [str(token.pk)]}
    assert "Revoked: 1." in messages_of(page.post(address(ChannelToken, "changelist"), data, follow=True))
    assert verify(secret) is None
    assert Change.objects.filter(actor="anna", operation="revoke").exists()


def test_a_key_is_rotated_one_at_a_time_and_the_new_one_shown_once(page: Client) -> None:
    token, secret = issue(make.ACTOR, make.make_channel(), "reader")
    data = {"action": "rotate_selected", "_selected_action": [str(token.pk)]}
    answer = page.post(address(ChannelToken, "changelist"), data)
    assert "no-store" in answer["Cache-Control"]
    new = verify(answer.context["secret"])
    assert new is not None
    assert (new.name, verify(secret)) == ("reader 2", token)
    data["_selected_action"] = [str(token.pk), str(new.pk)]
    assert "one key at a time" in str(messages_of(page.post(address(ChannelToken, "changelist"), data, follow=True)))
    assert ChannelToken.objects.count() == 2


def test_a_key_that_is_there_cannot_be_changed(page: Client) -> None:
    token = make_token()
    page.post(address(token), {**filled(page, address(token)), "name": "other"})
    assert ChannelToken.objects.get().name == "reader"


def test_who_may_only_look_at_keys_issues_and_revokes_none() -> None:
    token = make_token()
    page = browser("bert", "view_channeltoken")
    assert page.get(address(ChannelToken, "add")).status_code == 403
    page.post(address(ChannelToken, "changelist"), {"action": "revoke_selected", "_selected_action": [str(token.pk)]})
    assert ChannelToken.objects.get().revoked_at is None


# --- Webhooks --------------------------------------------------------------------------------------------------------
def test_a_webhook_is_made_and_its_secret_shown_once(page: Client) -> None:
    typed = {"code": "shop", "url": "https://example.com/hooks", "events": ["release.created"], "active": "on"}
    shown = page.post(address(Webhook, "add"), typed)
    webhook = Webhook.objects.get()
    assert (webhook.events, webhook.allow_private) == (["release.created"], False)
    assert webhook.secret in messages_of(shown)
    assert "no-store" in shown.headers["Cache-Control"]
    assert webhook.secret not in page.get(address(webhook)).content.decode()
    renewed = page.post(f"/admin/exports/webhook/{webhook.pk}/rotate/")
    webhook.refresh_from_db()
    assert webhook.secret in messages_of(renewed)
    assert webhook.old_secret in messages_of(shown)


def test_what_a_webhook_cannot_be_is_told_at_its_field(page: Client) -> None:
    typed = {"code": "shop", "url": "http://example.com/", "events": ["release.created"]}
    answer = page.post(address(Webhook, "add"), typed)
    assert "Only https is allowed" in messages_of(answer)
    assert not Webhook.objects.exists()


def test_a_new_secret_is_for_those_who_may_change_webhooks() -> None:
    webhook = make_webhook()
    stranger = browser("bert", "view_webhook")
    assert stranger.post(f"/admin/exports/webhook/{webhook.pk}/rotate/").status_code == 403
    assert stranger.get(f"/admin/exports/webhook/{webhook.pk}/rotate/").status_code == 405


def test_dead_letters_are_found_and_sent_again(page: Client) -> None:
    dead, alive = make_delivery(), make_delivery()
    Job.objects.filter(pk=dead.job_id or 0).update(state="failed")
    assert list(dead_letters()) == [dead]
    listed = page.get(address(WebhookDelivery, "changelist"), {"state": "dead"})
    assert list(listed.context["cl"].result_list) == [dead]
    for state, found in (("waiting", [alive]), ("delivered", [])):
        listed = page.get(address(WebhookDelivery, "changelist"), {"state": state})
        assert list(listed.context["cl"].result_list) == found
    both = {"action": "replay_selected", "_selected_action": [dead.pk, alive.pk]}
    said = messages_of(page.post(address(WebhookDelivery, "changelist"), both, follow=True))
    assert "Sent again: 1." in said
    assert "is on its way" in said
    assert not dead_letters().exists()


# --- Differences, and going back --------------------------------------------------------------------------------------


def two_releases() -> tuple[Release, Release]:
    name = make.make_attribute("text", "name", {"en": "Name"})
    family = make.make_family("fam", [name], label_attribute=name)
    product = make.make_product("P-1", family, {"name": "<b>Old</b> name"})
    channel = make.make_channel("shop", languages=["en"])
    first = release(make.ACTOR, channel).release
    set_facts(make.ACTOR, product, {"name": {"": "<b>New</b> name"}})
    return first, release(make.ACTOR, channel).release


def test_two_releases_are_chosen_in_the_list_and_compared(page: Client) -> None:
    first, second = two_releases()
    chosen = {"action": "compare_selected", "_selected_action": [first.pk, second.pk]}
    answer = page.post(address(Release, "changelist"), chosen, follow=True)
    said = answer.content.decode()
    assert "shop: from release 1 to 2" in said
    assert "&lt;b&gt;Old&lt;/b&gt; name" in said
    assert "<b>Old</b>" not in said
    answer = page.post(address(Release, "changelist"), {**chosen, "_selected_action": [first.pk]}, follow=True)
    assert "Select two releases of one channel." in messages_of(answer)


def test_what_the_next_release_changes_is_shown_and_nothing_is_released(page: Client) -> None:
    two_releases()
    url = reverse("admin:exports_release_differences")
    assert "Nothing differs." in page.get(f"{url}?channel=shop").content.decode()
    make.switch("P-1", "disabled")
    said = page.get(f"{url}?channel=shop").content.decode()
    assert "what the next release changes after release 2" in said
    assert "removed" in said
    assert Release.objects.count() == 2
    assert page.get(f"{url}?channel=none").status_code == 404
    answer = page.get(f"{url}?channel=shop&from=1&to=99999999999999", follow=True)
    assert "Channel “shop” has no such release." in messages_of(answer)


def test_going_back_is_asked_for_and_takes_a_permission(page: Client) -> None:
    first, _ = two_releases()
    url = reverse("admin:exports_release_roll_back", args=[first.pk])
    for reader in (browser("bert", "view_release"), browser("cleo", "view_release", "change_channel")):
        assert [reader.get(url).status_code, reader.post(url).status_code] == [403, 403]
        assert url not in reader.get(address(first)).content.decode()
    assert url in page.get(address(first)).content.decode()
    assert "Go back to release 1 of shop?" in page.get(url).content.decode()
    assert Release.objects.count() == 2
    answer = page.post(url, follow=True)
    assert "Release 3 says release 1 again." in messages_of(answer)
    made = Release.objects.get(number=3)
    on = reverse("admin:exports_release_let_go", args=[made.pk])
    assert on in answer.content.decode()
    assert browser("dora", "view_release").post(on).status_code == 403
    assert page.get(on).status_code == 405
    assert "shop goes on with its next release." in messages_of(page.post(on, follow=True))
    assert on not in page.get(address(made)).content.decode()
