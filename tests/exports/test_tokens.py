"""Keys to channels: shown once, checked by their hash."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from catalog.actors import Actor
from catalog.models import Change
from exports.models import ChannelToken
from exports.tokens import issue, revoke, verify
from tests.factories import make_channel

ME = Actor(name="ada", path="command")

pytestmark = pytest.mark.django_db


def touched() -> list[tuple[str, str, str]]:
    rows = Change.objects.filter(actor="ada", path="command").order_by("id")
    return list(rows.values_list("operation", "kind", "key"))


def test_a_key_opens_its_channel_and_is_kept_nowhere() -> None:
    shop, other = make_channel("shop"), make_channel("other")
    token, secret = issue(ME, shop, "website")
    _, foreign = issue(ME, other, "website")
    found = verify(secret)
    assert found is not None
    assert (found, found.channel, verify(foreign) == token) == (token, shop, False)
    assert secret.startswith("tsr_")
    assert len(secret) == 47
    rows = str(list(ChannelToken.objects.values())) + str(list(Change.objects.values()))
    assert secret not in rows
    assert secret.removeprefix("tsr_") not in rows
    assert touched() == [("issue", "channeltoken", "shop: website"), ("issue", "channeltoken", "other: website")]


def test_no_two_keys_are_alike() -> None:
    shop = make_channel("shop")
    assert len({issue(ME, shop, f"t{number}")[1] for number in range(20)}) == 20


@pytest.mark.parametrize("name", ["website", "", "x" * 101])
def test_a_channel_has_a_token_of_a_name_once(name: str) -> None:
    shop = make_channel("shop")
    issue(ME, shop, "website")
    with pytest.raises(ValidationError):
        issue(ME, shop, name)
    assert (ChannelToken.objects.count(), len(touched())) == (1, 1)


def test_a_revoked_key_opens_nothing() -> None:
    token, secret = issue(ME, make_channel("shop"), "website")
    revoke(ME, token)
    first = token.revoked_at
    revoke(ME, token)
    token.refresh_from_db()
    assert (verify(secret), token.revoked_at) == (None, first)
    assert [operation for operation, _, _ in touched()] == ["issue", "revoke"]


def test_revoking_by_an_old_copy_keeps_the_first_moment() -> None:
    token, _ = issue(ME, make_channel("shop"), "website")
    old = ChannelToken.objects.get(pk=token.pk)
    revoke(ME, token)
    revoke(ME, old)
    assert ChannelToken.objects.get().revoked_at == token.revoked_at
    assert [operation for operation, _, _ in touched()] == ["issue", "revoke"]


@pytest.mark.parametrize(
    "secret", ["", "tsr_", "tsr_x", "TSR_", "x" * 100_000, "tsr_\x00", "tsr_\ud800", "tsr_" + "é" * 43]
)
def test_what_is_no_key_opens_nothing(secret: str) -> None:
    issue(ME, make_channel("shop"), "website")
    assert verify(secret) is None


def test_a_hash_is_no_key() -> None:
    token, _ = issue(ME, make_channel("shop"), "website")
    assert verify(token.hash) is None
    assert verify(f"tsr_{token.hash}") is None


@pytest.mark.parametrize("fields", [{"name": "website", "hash": "other"}, {"name": "other", "hash": "same"}])
def test_the_database_refuses_a_second_name_or_hash(fields: dict[str, str]) -> None:
    shop = make_channel("shop")
    ChannelToken.objects.create(channel=shop, name="website", hash="same")
    with pytest.raises(IntegrityError), transaction.atomic():
        ChannelToken.objects.create(channel=shop, **fields)
