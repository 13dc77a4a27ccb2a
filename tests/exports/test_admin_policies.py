"""A channel's rules in its form, and the page it is released and signed from."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html

from catalog.models import Channel, Job
from exports.models import ChannelPolicy, Freeze, SignOff
from exports.policies.saving import save_policy
from exports.policies.stopping import stop
from exports.querysets import policy_of
from exports.releasing.committing import release
from tests import factories as make
from tests.admin_pages import ADMIN, address, browser, filled, messages_of
from tests.factories import ACTOR

pytestmark = ADMIN


@pytest.fixture
def shop() -> Channel:
    shop = make.make_channel("shop")
    release(ACTOR, shop)
    make.make_product("A")
    return shop


def page_of(channel: Channel) -> str:
    return reverse("admin:exports_channel_release", args=[channel.pk])


def saved(client: Client, channel: Channel, **fields: object) -> str:
    """Save the form with these fields of the policy; what the next page says."""
    url = address(channel)
    data = filled(client, url) | {f"policy-0-{name}": value for name, value in fields.items()}
    return messages_of(client.post(url, data, follow=True))


def test_rules_are_saved_with_the_channel(shop: Channel) -> None:
    saved(browser(), shop, mode="scheduled", cron="0 6 * * 1-5", time_zone="Europe/Rome", on_claim="keep")
    policy = ChannelPolicy.objects.get()
    assert (policy.mode, policy.on_claim, policy.next_at is not None) == ("scheduled", "keep", True)
    page = browser("bert").get(page_of(shop))
    assert "0 6 * * 1-5, Europe/Rome; next" in messages_of(page)
    assert [title.text for title in html.fromstring(page.content.decode()).iter("h1")][-1:] == [f"Release “{shop}”"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"mode": "scheduled"}, "Say at which times the channel is released, such as 0 6 * * 1-5."),
        ({"mode": "scheduled", "cron": "61 6 * * *"}, "“61 6 * * *” cannot be read"),
        ({"mode": "scheduled", "cron": "0 6 * * *", "time_zone": "Mars"}, "There is no time zone “Mars”."),
        ({"max_shrink": "101"}, "less than or equal to 100"),
    ],
)
def test_a_wrong_rule_is_told_at_its_field_and_nothing_is_saved(
    shop: Channel, fields: dict[str, str], said: str
) -> None:
    assert said in saved(browser(), shop, **fields)
    assert not ChannelPolicy.objects.exists()


def test_a_freeze_is_written_in_the_channels_form(shop: Channel) -> None:
    client, url = browser(), address(shop)
    row = {"starts_0": "2030-01-01", "starts_1": "00:00", "ends_0": "2030-01-02", "ends_1": "00:00", "reason": "Rest"}
    new = {f"freezes-0-{name}": value for name, value in row.items()} | {"freezes-TOTAL_FORMS": "1"}
    client.post(url, filled(client, url) | new)
    assert Freeze.objects.get().channel == shop


# --- The page --------------------------------------------------------------------------------------------------------
def test_the_page_shows_what_would_change_and_puts_it_in_line(shop: Channel) -> None:
    client = browser()
    assert "1 documents: 1 added, 0 changed, 0 removed." in messages_of(client.get(page_of(shop)))
    client.post(page_of(shop), {"release": "", "shrink": "on", "freeze": " Urgent "})
    assert Job.objects.get().payload == {"channel": shop.pk, "freeze": "Urgent", "shrink": True}


def test_a_release_is_prepared_by_one_and_signed_by_another(shop: Channel) -> None:
    save_policy(ACTOR, ChannelPolicy(channel=shop, mode="signed"))
    anna, bert = browser("anna"), browser("bert")
    anna.post(page_of(shop), {"prepare": "", "note": "Spring"})
    row = SignOff.objects.get()
    assert "somebody else has to sign" in messages_of(
        anna.post(page_of(shop), {"sign": "", "sign_off": row.pk}, follow=True)
    )
    said = messages_of(bert.post(page_of(shop), {"sign": "", "sign_off": row.pk}, follow=True))
    assert "Signed, and released as number 2." in said


@pytest.mark.parametrize(
    ("may", "data"),
    [
        (["view_channel"], {"release": ""}),
        (["view_channel", "add_release"], {"release": "", "shrink": "on"}),
        (["view_channel", "add_release"], {"release": "", "freeze": "Urgent"}),
        (["view_channel", "prepare_release"], {"sign": "", "sign_off": "1"}),
        (["view_channel", "sign_release"], {"prepare": ""}),
        (["view_channel", "add_release"], {}),
        (["view_product"], {"release": ""}),
    ],
)
def test_who_has_no_permission_does_nothing(shop: Channel, may: list[str], data: dict[str, str]) -> None:
    assert browser("carl", *may).post(page_of(shop), data).status_code == 403
    assert not Job.objects.exists()


def test_a_channel_that_needs_somebody_says_so_in_its_form(shop: Channel) -> None:
    stop(ACTOR, shop, "It would lose too much.", 1, datetime.timedelta())
    tried = timezone.localtime(policy_of(shop).stopped_at)
    said = f"It needs somebody: It would lose too much. Last tried {tried:%Y-%m-%d %H:%M:%S}"
    assert said in messages_of(browser().get(address(shop)))
