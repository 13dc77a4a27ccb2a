"""Webhooks: announced with what they tell, signed, delivered at least once, and to nobody they must not reach."""

from __future__ import annotations

import base64
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from catalog.jobs.claiming import sweep
from catalog.models import Change, Channel, Job
from catalog.operations.recording import store
from exports.delivery import signing, webhooks
from exports.delivery.destinations import Refused, destination, is_public, resolve
from exports.editions import build
from exports.models import Release, Webhook, WebhookDelivery
from exports.outputs import define
from exports.releasing.committing import release
from tests import factories as make
from tests.jobs import run_due, take

pytestmark = pytest.mark.django_db
ACTOR = make.ACTOR


class Receiver:
    """An HTTP server on loopback that answers as told and keeps what it gets."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[tuple[int, dict[str, str]]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                status, headers = receiver.answers.pop(0) if receiver.answers else (200, {})
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(b"thanks " * 1_000)

            def do_GET(self) -> None:
                receiver.got.append(({}, b"GET"))

            def log_message(self, *_: Any) -> None: ...

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def messages(self) -> list[Any]:
        return [json.loads(body) for _, body in self.got]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


@pytest.fixture
def shop() -> Channel:
    return make.make_channel("shop", languages=["en"])


def hook(receiver: Receiver, channel: Channel | None = None, **fields: Any) -> Webhook:
    address = f"http://127.0.0.1:{receiver.port}/hooks?a=b"
    fields = {"url": address, "allow_private": True, "allow_http": True, **fields}
    webhook = Webhook(code=make.make_code("hook"), channel=channel, **fields)
    store(ACTOR, webhook)
    return webhook


def due_now() -> None:
    Job.objects.filter(state="waiting").update(run_after=timezone.now())


def delivery() -> WebhookDelivery:
    return WebhookDelivery.objects.get()


# --- What is told ----------------------------------------------------------------------------------------------------
def test_a_release_is_told_to_its_channel_with_numbers_and_an_address(receiver: Receiver, shop: Channel) -> None:
    hook(receiver, shop)
    hook(receiver)
    hook(receiver, make.make_channel("other"))
    hook(receiver, shop, events=["edition.created"])
    hook(receiver, shop, active=False)
    made = release(ACTOR, shop).release
    assert receiver.got == []
    assert run_due() == 2
    one, two = receiver.messages()
    assert one["type"] == "release.created"
    assert (
        one["data"]
        == two["data"]
        == {
            "channel": "shop",
            "release": made.number,
            "documents": 0,
            "added": 0,
            "changed": 0,
            "removed": 0,
            "url": "http://127.0.0.1:8000/api/v1/channels/shop/documents/?release=1",
        }
    )
    release(ACTOR, shop)  # nothing differs, so nothing is told
    assert run_due() == 0


def test_a_message_is_there_with_its_release_or_not_at_all(receiver: Receiver, shop: Channel) -> None:
    hook(receiver)
    with transaction.atomic():
        release(ACTOR, shop)
        transaction.set_rollback(True)
    assert (Release.objects.count(), WebhookDelivery.objects.count(), Job.objects.count()) == (0, 0, 0)


def test_an_edition_is_told(receiver: Receiver, shop: Channel) -> None:
    hook(receiver, events=["edition.created", "gate.failed"])
    release(ACTOR, shop)
    output, _ = define(ACTOR, "feed", shop, "en", "json", {})
    edition = build(ACTOR, output).edition
    run_due()
    (one,) = receiver.messages()
    assert (one["type"], one["data"]["edition"], one["data"]["url"]) == (
        "edition.created",
        edition.pk,
        "http://127.0.0.1:8000/feeds/feed",
    )


# --- How it is signed ------------------------------------------------------------------------------------------------
def verified(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """As a receiver does it, from the standard's text."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, content, sha256).digest()).decode()
    return f"v1,{expected}" in headers["webhook-signature"].split()


def test_the_signature_is_that_of_the_standards_example() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    made = signing.signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_messages_are_signed_and_after_an_exchange_with_both_secrets(receiver: Receiver, shop: Channel) -> None:
    webhook = hook(receiver)
    old = webhook.secret
    release(ACTOR, shop)
    run_due()
    headers, body = receiver.got[0]
    assert verified(old, headers, body)
    assert abs(int(headers["webhook-timestamp"]) - timezone.now().timestamp()) < 60
    new = webhooks.rotate(ACTOR, webhook)
    webhooks.replay(ACTOR, delivery())
    run_due()
    headers, body = receiver.got[1]
    assert (verified(old, headers, body), verified(new, headers, body)) == (True, True)
    Webhook.objects.update(old_secret_until=timezone.now() - timedelta(seconds=1))
    webhooks.replay(ACTOR, delivery())
    run_due()
    headers, body = receiver.got[2]
    assert (verified(old, headers, body), verified(new, headers, body)) == (False, True)
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert Change.objects.filter(operation="rotate").exists()


# --- How it is delivered ---------------------------------------------------------------------------------------------
def test_a_receiver_that_fails_is_tried_again_with_the_same_id_and_body(receiver: Receiver, shop: Channel) -> None:
    receiver.answers = [(500, {}), (503, {"Retry-After": "400"})]
    hook(receiver)
    release(ACTOR, shop)
    assert run_due() == 1
    job = Job.objects.get()
    assert (job.state, job.attempts, delivery().status) == ("waiting", 1, 500)
    due_now()
    assert run_due() == 1
    assert Job.objects.get().run_after > timezone.now() + timedelta(seconds=390)
    due_now()
    run_due()
    assert len({(headers["webhook-id"], body) for headers, body in receiver.got}) == 1
    assert (delivery().status, delivery().attempts, bool(delivery().delivered_at)) == (200, 3, True)
    assert len(delivery().answer) <= 1_000


def test_what_never_arrives_is_a_dead_letter_that_can_be_sent_again(receiver: Receiver, shop: Channel) -> None:
    receiver.answers = [(500, {})] * 10
    webhook = hook(receiver)
    release(ACTOR, shop)
    for _ in range(10):
        run_due()
        due_now()
    assert (Job.objects.get().state, len(receiver.got)) == ("failed", 10)
    assert list(webhooks.dead_letters()) == [delivery()]
    webhooks.replay(ACTOR, delivery())
    with pytest.raises(ValidationError, match="on its way"):
        webhooks.replay(ACTOR, delivery())
    run_due()
    assert not webhooks.dead_letters().exists()
    Webhook.objects.update(active=False)
    with pytest.raises(ValidationError, match="switched off"):
        webhooks.replay(ACTOR, delivery())
    assert webhook.deliveries.count() == 1


def test_a_worker_that_dies_after_sending_sends_again_under_the_same_id(receiver: Receiver, shop: Channel) -> None:
    from exports.jobs.webhooks import send

    hook(receiver)
    release(ACTOR, shop)
    take()
    send(delivery())
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    sweep()
    due_now()
    run_due()
    assert len(receiver.got) == 2
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1


def test_a_receiver_that_is_gone_for_good_is_switched_off(receiver: Receiver, shop: Channel) -> None:
    receiver.answers = [(410, {})]
    webhook = hook(receiver)
    release(ACTOR, shop)
    run_due()
    webhook.refresh_from_db()
    assert (webhook.active, Job.objects.get().state) == (False, "failed")


def test_a_redirect_is_not_followed(receiver: Receiver, shop: Channel) -> None:
    receiver.answers = [(302, {"Location": f"http://127.0.0.1:{receiver.port}/elsewhere"})]
    hook(receiver)
    release(ACTOR, shop)
    run_due()
    assert (len(receiver.got), delivery().status, delivery().delivered_at) == (1, 302, None)


def test_nobody_who_listens_is_a_failure_that_is_tried_again(receiver: Receiver, shop: Channel) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        hook(receiver, url=f"http://127.0.0.1:{free.getsockname()[1]}/")
    release(ACTOR, shop)
    run_due()
    assert Job.objects.get().state == "waiting"
    assert "Refused" in delivery().answer


# --- Where it must not go --------------------------------------------------------------------------------------------
NOT_PUBLIC = """
    127.0.0.1 127.0.0.2 0.0.0.0 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 192.0.0.8 192.0.2.1
    198.18.0.1 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255 192.88.99.1
    :: ::1 fe80::1 fe80::1%eth0 fc00::1 fd12::1 fec0::1 ff02::1 ff0e::1 2606:4700::1111%eth0
    ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::a00:1
    2002:7f00:1:: 2002:a00:1::1 2001:0:1:: 2001:db8::1 100::1 3fff::1 5f00::1 nonsense 1.1.1.1/8
"""
PUBLIC = "93.184.216.34 1.1.1.1 2606:4700::1111 ::ffff:1.1.1.1 64:ff9b::101:101"


@pytest.mark.parametrize("address", [*NOT_PUBLIC.split(), ""])
def test_addresses_that_are_not_public_are_known(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC.split())
def test_public_addresses_are_known(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "127.1", "0"])
def test_loopback_in_whatever_form_gets_nothing(receiver: Receiver, shop: Channel, host: str) -> None:
    hook(receiver, url=f"http://{host}:{receiver.port}/")
    Webhook.objects.update(allow_private=False)
    release(ACTOR, shop)
    run_due()
    assert receiver.got == []
    assert (Job.objects.get().state, list(webhooks.dead_letters())) == ("failed", [delivery()])
    assert "not public" in delivery().answer or "no address" in delivery().answer


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "10.0.0.1", "[::ffff:169.254.169.254]"])
def test_a_private_address_in_numbers_is_refused_as_it_is_saved(receiver: Receiver, host: str) -> None:
    with pytest.raises(ValidationError, match="not public; that can be allowed") as refused:
        hook(receiver, url=f"https://{host}/", allow_private=False)
    assert list(refused.value.message_dict) == ["url"]
    hook(receiver, url=f"https://{host}/")


def test_one_private_address_among_several_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(2, 1, 6, "", (address, 443)) for address in ("1.1.1.1", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: rows)
    with pytest.raises(Refused, match=r"10\.0\.0\.1"):
        resolve(destination("https://rebind.example/"))


def test_a_name_is_resolved_once_and_what_was_looked_at_is_what_is_connected_to(
    receiver: Receiver, shop: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first answer passes; a second one, which nobody must ask for, would lead elsewhere."""
    asked: list[str] = []

    def resolving(host: str, port: int, *_: Any, **__: Any) -> Any:
        asked.append(host)
        return [(2, 1, 6, "", ("127.0.0.1" if host == "127.0.0.1" or len(asked) == 1 else "10.255.255.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolving)
    hook(receiver, url=f"http://rebind.example:{receiver.port}/")
    release(ACTOR, shop)
    run_due()
    assert asked.count("rebind.example") == 1
    assert receiver.got[0][0]["host"] == f"rebind.example:{receiver.port}"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/", "ftp://example.com/", "https://", "https:///x", "https://user:pw@example.com/",
        "https://example.com/#x", "https://example.com:0/", "https://example.com:99999/", "https://example.com:x/",
        "https://exa mple.com/", "https://example.com\\@127.0.0.1/", "https://example.com/\r\nX: y", "file:///etc/passwd",
        "https://[::1/", "https://exämple.com/",
    ],
)  # fmt: skip
def test_addresses_that_cannot_be_are_told_when_they_are_typed(url: str, receiver: Receiver) -> None:
    with pytest.raises(ValidationError) as refusal:
        hook(receiver, url=url, allow_http=False)
    assert list(refusal.value.message_dict) == ["url"]


@pytest.mark.parametrize("events", [[], ["nope"], "release.created", [["release.created"]]])
def test_events_are_a_list_of_those_there_are(receiver: Receiver, events: Any) -> None:
    with pytest.raises(ValidationError):
        hook(receiver, events=events)


def test_what_was_delivered_long_ago_is_forgotten(receiver: Receiver, shop: Channel) -> None:
    webhook = hook(receiver)
    old = WebhookDelivery.objects.create(webhook=webhook, message="msg_old", event="x", payload={})
    WebhookDelivery.objects.update(delivered_at=timezone.now() - timedelta(days=31))
    release(ACTOR, shop)
    run_due()
    assert not WebhookDelivery.objects.filter(pk=old.pk).exists()
