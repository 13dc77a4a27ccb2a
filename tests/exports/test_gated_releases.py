"""Releases under a channel's rules: what is kept, withheld, refused, signed, and released by itself."""

from __future__ import annotations

import datetime
from typing import Any

import orjson
import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.actors import Actor
from catalog.models import Channel, ChannelLanguage, Finding, Fragment, Job, Product, TranslationState
from catalog.operations.findings import acknowledge
from catalog.operations.fragments import place, write_fragment
from catalog.operations.products import set_facts
from catalog.operations.recording import store
from catalog.operations.reviewing import approve, approve_revision, submit
from catalog.operations.translations import mark
from catalog.quality.rechecking import recheck
from exports import querysets
from exports.jobs.watching import release_due
from exports.models import ChannelPolicy, DocumentVersion, Freeze, Release, SignOff, Webhook, WebhookDelivery
from exports.policies import signing
from exports.policies.refusing import Frozen, Lapsed, Leave, Shrinks, Unsigned, most_lately
from exports.policies.saving import save_freeze, save_policy
from exports.querysets import policy_of
from exports.releasing.committing import Outcome, release
from exports.releasing.forecasting import forecast
from exports.releasing.problems import report_of
from exports.releasing.restoring import roll_back
from tests import factories as make
from tests.factories import ACTOR, switch
from tests.jobs import run_due
from tests.sharing import Made, once

pytestmark = pytest.mark.django_db
BOSS = Actor("boss", "admin")


def make_shop() -> Channel:
    """Three lamps, which must have a weight, in German, and a text in English and German on all of them."""
    shop = make.make_channel("shop", ["de"])
    group = make.make_group("measures", responsible="engineering")
    weight = make.make_attribute("number", "weight", group=group)
    gtin = make.make_attribute("text", "gtin", role="gtin")
    family = make.make_family("lamps", [weight, gtin], required_by=[])
    make.require(family, shop, "weight")
    for sku in ("A", "B", "C"):
        make.make_product(sku, family, {"weight": "1"})
    fragment = make.make_fragment("f", {"en": "<p>Bright.</p>", "de": "<p>Hell.</p>"}, approved=True)
    place(ACTOR, fragment, make.make_slot("description", rich=True), family)
    release(ACTOR, shop)
    return shop


made_shop = once(make_shop)


@pytest.fixture
def shop(made_shop: Made[Channel], db: None) -> Channel:
    return made_shop.again()


def rule(channel: Channel, **fields: Any) -> ChannelPolicy:
    policy = policy_of(channel)
    for name, value in fields.items():
        setattr(policy, name, value)
    save_policy(ACTOR, policy)
    return policy


def say(sku: str, **facts: str) -> None:
    set_facts(ACTOR, Product.objects.get(sku=sku), {code: {"": value} for code, value in facts.items()})


def forget(sku: str, code: str) -> None:
    set_facts(ACTOR, Product.objects.get(sku=sku), {code: {"": None}})


def weights() -> dict[str, str]:
    """What is out, by SKU; "" where the document has none."""
    rows = DocumentVersion.objects.filter(valid_until=None).select_related("body")
    facts = {row.sku: orjson.loads(bytes(row.body.content))["facts"] for row in rows}
    return {sku: said["weight"]["value"] if "weight" in said else "" for sku, said in facts.items()}


def texts(sku: str = "A") -> list[str]:
    row = DocumentVersion.objects.select_related("body").filter(valid_until=None, sku=sku).first()
    return [each["text"] for each in orjson.loads(bytes(row.body.content))["statements"]] if row else ["not out"]


def effects(outcome: Outcome) -> list[tuple[str, str, str, str]]:
    return [(row["sku"], row["kind"], row["effect"], row["responsible"]) for row in report_of(outcome.release)]


# --- The gate --------------------------------------------------------------------------------------------------------
def test_what_is_incomplete_keeps_its_last_document_until_it_is_mended(shop: Channel) -> None:
    rule(shop, on_incomplete="keep")
    forget("A", "weight")
    say("B", weight="2")
    make.make_product("D", Product.objects.get(sku="A").family)
    outcome = release(ACTOR, shop)
    assert weights() == {"A": "1", "B": "2", "C": "1"}
    assert effects(outcome) == [
        ("A", "incomplete", "kept", "engineering"),
        ("D", "incomplete", "withheld", "engineering"),
    ]
    say("A", weight="3")
    assert effects(release(ACTOR, shop)) == [("D", "incomplete", "withheld", "engineering")]
    assert weights() == {"A": "3", "B": "2", "C": "1"}


def test_what_is_withheld_is_gone_and_told_of(shop: Channel) -> None:
    store(ACTOR, Webhook(code="w", url="https://example.com/", events=["gate.failed"]))
    forget("A", "weight")
    assert release(ACTOR, shop).release.problems == {"incomplete": 1}
    assert not WebhookDelivery.objects.exists(), "what is only reported has passed the gate"
    rule(shop, on_incomplete="withhold")
    outcome = release(ACTOR, shop)
    assert (outcome.release.removed, set(weights())) == (1, {"B", "C"})
    told = WebhookDelivery.objects.get().payload["data"]
    assert (told["problems"], told["kept"], told["withheld"]) == (1, 0, 1)
    assert told["url"].endswith(f"/api/v1/releases/shop/{outcome.release.number}/report/")
    assert not release(ACTOR, shop, full=True).new


def test_demanding_an_identifier_looks_at_all_products_and_leaves_groups_alone(shop: Channel) -> None:
    say("A", gtin="4006381333931")
    rule(shop, identifiers=["gtin"], on_identifier="withhold", max_shrink=100)
    release(ACTOR, shop)
    assert set(weights()) == {"A"}


def test_an_open_finding_keeps_a_product_back_until_somebody_says_that_it_is_known(shop: Channel) -> None:
    rule(shop, quality="error", on_quality="withhold")
    say("A", gtin="4006381333932")
    release(ACTOR, shop)
    assert set(weights()) == {"A", "B", "C"}  # nobody has looked yet
    recheck([Product.objects.get(sku="A").pk])
    release(ACTOR, shop)
    assert set(weights()) == {"B", "C"}
    acknowledge(ACTOR, Finding.objects.all(), "The supplier prints it so.")
    release(ACTOR, shop)
    assert set(weights()) == {"A", "B", "C"}


def let_source_out() -> Fragment:
    """The English text changes and is approved; the German one is behind."""
    fragment = Fragment.objects.get(code="f")
    write_fragment(ACTOR, fragment, title={}, body={"en": "<p>Very bright.</p>"})
    approve_revision(ACTOR, submit(ACTOR, fragment), ["en"])
    return fragment


@pytest.mark.parametrize(
    ("policy", "shown"),
    [("serve", ["Hell."]), ("fallback", ["Very bright."]), ("keep", ["Hell."]), ("withhold", ["not out"])],
)
def test_an_outdated_translation_goes_by_the_channels_policy(shop: Channel, policy: str, shown: list[str]) -> None:
    language = ChannelLanguage.objects.get(channel=shop)
    language.fallback = "en"
    store(ACTOR, language)
    rule(shop, outdated=policy, max_shrink=100)
    fragment = let_source_out()
    outcome = release(ACTOR, shop)
    assert texts() == shown
    assert {row["kind"] for row in report_of(outcome.release)} == {"translation"}
    # Somebody looks at it, and it holds: nothing is behind any more.
    mark(ACTOR, fragment, "de", TranslationState.State.REVIEWED)
    assert report_of(release(ACTOR, shop).release) == []
    assert texts() == ["Hell."]


def test_a_translation_that_waits_for_approval_does_not_count_yet(shop: Channel) -> None:
    rule(shop, outdated="withhold", max_shrink=100)
    fragment = let_source_out()
    write_fragment(ACTOR, fragment, title={}, body={"de": "<p>Sehr hell.</p>"})
    release(ACTOR, shop)
    assert texts() == ["not out"]
    approve(ACTOR, fragment)
    release(ACTOR, shop)
    assert texts() == ["Sehr hell."]


def test_a_gate_costs_the_same_queries_however_many_products(shop: Channel) -> None:
    rule(shop, on_incomplete="keep", quality="hint", on_quality="keep", identifiers=["gtin"], on_identifier="keep")
    release(ACTOR, shop)
    family = Product.objects.get(sku="A").family

    def cost(*skus: str) -> int:
        for sku in skus:
            make.make_product(sku, family, {"gtin": "4006381333931"})
        with CaptureQueriesContext(connection) as queries:
            release(ACTOR, shop)
        return len(queries)

    assert cost("D1", "D2") == cost(*(f"E{number}" for number in range(22)))


# --- Shrinking -------------------------------------------------------------------------------------------------------
@pytest.fixture
def large(shop: Channel) -> Channel:
    family = Product.objects.get(sku="A").family
    for number in range(12):
        make.make_product(f"L{number}", family, {"weight": "1"})
    release(ACTOR, shop)
    for number in range(12):
        switch(f"L{number}", "draft")
    return shop


def test_a_channel_that_would_shrink_stops_asks_and_loses_nothing(large: Channel) -> None:
    store(ACTOR, Webhook(code="w", url="https://example.com/", events=["gate.failed"]))
    with pytest.raises(Shrinks, match="would lose 12 of 15 documents within a day, 80 percent; it may lose 20"):
        release(ACTOR, large)
    with pytest.raises(Shrinks):
        release(ACTOR, large)
    assert (len(weights()), Release.objects.count()) == (15, 2)
    assert WebhookDelivery.objects.get().payload["data"]["reason"] == policy_of(large).stopped != ""
    outcome = release(ACTOR, large, leave=Leave(shrink=True))
    assert (len(weights()), outcome.release.note) == (3, "Allowed to shrink by 12 documents.")
    assert policy_of(large).stopped == ""


def test_a_job_that_needs_a_person_ends_and_is_tried_again_when_something_is_written(
    large: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule(large, mode="continuous")
    store(ACTOR, Webhook(code="w", url="https://example.com/", events=["gate.failed"]))
    release_due()
    run_due()
    job = Job.objects.get(kind="release")
    assert (job.state, "would lose 12 of 15" in job.error) == ("failed", True)
    switch("A", "draft")
    stopped_at = policy_of(large).stopped_at
    assert stopped_at is not None
    with monkeypatch.context() as patched:
        patched.setattr(timezone, "now", lambda: stopped_at)
        release_due()
    assert Job.objects.filter(kind="release").count() == 1, "a while after the attempt it is left alone"
    ChannelPolicy.objects.update(next_at=stopped_at)
    release_due()
    run_due()
    assert "would lose 13 of 15" in policy_of(large).stopped
    ChannelPolicy.objects.update(next_at=stopped_at)
    release_due()
    assert Job.objects.filter(kind="release").count() == 2, "nothing was written"
    for sku in ("A", *(f"L{number}" for number in range(12))):
        switch(sku, "enabled")
    release_due()
    run_due()
    assert (Job.objects.filter(kind="release").count(), policy_of(large).stopped) == (3, "")
    assert WebhookDelivery.objects.count() == 1, "told once, though the numbers were others"


def test_a_channel_that_is_stopped_is_tried_again_on_another_day(
    large: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule(large, mode="continuous")
    release_due()
    run_due()
    later = timezone.now() + datetime.timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    release_due()
    assert Job.objects.filter(kind="release").count() == 2


def test_many_small_releases_lose_no_more_within_a_day_than_a_large_one(large: Channel) -> None:
    for number in range(12):
        switch(f"L{number}", "enabled")
    for number in range(10):
        switch(f"L{number}", "draft")
        release(ACTOR, large)
    switch("L10", "draft")
    with pytest.raises(Shrinks, match="would lose 11 of 15 documents within a day, 73 percent"):
        release(ACTOR, large)
    assert forecast(large).shrinks
    assert release(ACTOR, large, leave=Leave(shrink=True)).release.note == "Allowed to shrink by 11 documents."
    switch("L11", "draft")
    assert release(ACTOR, large).new, "what was allowed counts no more"


def test_what_was_lost_long_ago_or_put_back_counts_no_more(large: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(10, 12):
        switch(f"L{number}", "enabled")
    release(ACTOR, large)
    last = querysets.current_release(large)
    assert last is not None
    assert (last.documents, most_lately(last, 4), most_lately(last, 5)) == (5, 15, 5)
    for number in (last.number - 1, last.number):
        roll_back(ACTOR, large, number)
    put_back = querysets.current_release(large)
    assert put_back is not None
    assert most_lately(put_back, 4) == 5
    Release.objects.filter(pk=put_back.pk).update(restores=None)
    assert most_lately(put_back, 4) == 15
    later = timezone.now() + datetime.timedelta(days=2)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert most_lately(put_back, 4) == 5


# --- Freezes ---------------------------------------------------------------------------------------------------------
def freeze(channel: Channel | None) -> Freeze:
    now = timezone.now()
    found = Freeze(channel=channel, starts=now, ends=now + datetime.timedelta(days=1), reason="Stocktaking")
    save_freeze(ACTOR, found)
    return found


@pytest.mark.parametrize("everywhere", [False, True])
def test_nothing_is_released_during_a_freeze_but_with_a_reason_that_is_kept(shop: Channel, everywhere: bool) -> None:
    freeze(None if everywhere else shop)
    say("A", weight="2")
    with pytest.raises(Frozen, match="Stocktaking"):
        release(ACTOR, shop)
    assert weights()["A"] == "1"
    outcome = release(ACTOR, shop, leave=Leave(freeze="A dangerous text"))
    assert (outcome.release.note, weights()["A"]) == ("Released during “Stocktaking”: A dangerous text", "2")


def test_what_waited_for_the_end_of_a_freeze_is_released_then(shop: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    rule(shop, mode="continuous")
    found = freeze(shop)
    say("A", weight="2")
    release_due()
    assert not Job.objects.filter(kind="release").exists()
    monkeypatch.setattr(timezone, "now", lambda: found.ends)
    release_due()
    assert Job.objects.filter(kind="release").count() == 1


def test_a_freeze_that_ends_before_it_begins_is_refused(shop: Channel) -> None:
    now = timezone.now()
    with pytest.raises(ValidationError, match="later time"):
        save_freeze(ACTOR, Freeze(channel=shop, starts=now, ends=now, reason="Never"))


# --- Signing ---------------------------------------------------------------------------------------------------------
def test_what_is_signed_is_released_and_by_nobody_else(shop: Channel) -> None:
    rule(shop, mode="signed")
    say("A", weight="2")
    with pytest.raises(Unsigned, match="release shop --prepare"):
        release(ACTOR, shop)
    row = signing.prepare(ACTOR, shop, "Spring")
    assert row.changes == [["A", "de", "changed"]]
    with pytest.raises(ValidationError, match="somebody else has to sign"):
        signing.sign(ACTOR, row)
    made = signing.sign(BOSS, row).release
    row.refresh_from_db()
    assert (made.created_by, row.state, row.release, weights()["A"]) == ("boss", "released", made.number, "2")
    with pytest.raises(ValidationError, match="waits for no signature"):
        signing.sign(BOSS, row)


def test_a_signature_lapses_where_something_else_would_be_released(shop: Channel) -> None:
    rule(shop, mode="signed", four_eyes=False)
    say("A", weight="2")
    row = signing.prepare(ACTOR, shop)
    say("B", weight="2")
    with pytest.raises(Lapsed, match="0 added, 1 changed, 0 removed; now it would be 0 added, 2 changed, 0 removed"):
        signing.sign(ACTOR, row)
    row.refresh_from_db()
    assert (row.state, "It concerns B." in row.why, row.signed_by) == ("lapsed", True, "")
    assert weights() == {"A": "1", "B": "1", "C": "1"}
    signing.sign(ACTOR, signing.prepare(ACTOR, shop))
    assert weights()["B"] == "2"


def test_preparing_anew_and_taking_back_end_what_waits(shop: Channel) -> None:
    with pytest.raises(ValidationError, match="Nothing would change"):
        signing.prepare(ACTOR, shop)
    say("A", weight="2")
    first, second = signing.prepare(ACTOR, shop), signing.prepare(BOSS, shop)
    signing.withdraw(ACTOR, second)
    assert [row.why for row in SignOff.objects.order_by("pk")] == ["boss prepared it anew.", "factory took it back."]
    assert first.pk != second.pk
    assert signing.waiting(shop) is None


# --- By itself -------------------------------------------------------------------------------------------------------
def test_a_continuous_channel_is_released_after_a_write_and_not_without(shop: Channel) -> None:
    rule(shop, mode="continuous")
    release_due()
    run_due()
    release_due()
    assert [
        result["new"] for result in Job.objects.filter(kind="release").values_list("result", flat=True) if result
    ] == [False]
    say("A", weight="2")
    release_due()
    release_due()
    assert Job.objects.filter(kind="release", state="waiting").count() == 1
    Job.objects.filter(state="waiting").update(state="running", lease_until=timezone.now())
    say("A", weight="3")
    release_due()
    assert Job.objects.filter(kind="release", state__in=Job.OPEN).count() == 1
    Job.objects.filter(state="running").update(state="waiting", lease_until=None)
    run_due()
    assert weights()["A"] == "3"


def test_an_embargo_ends_on_its_day_without_a_write(shop: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    rule(shop, mode="continuous")
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    later = make.make_fragment("later", {"de": "<p>Neu.</p>"}, approved=True, valid_from=tomorrow)
    place(ACTOR, later, make.make_slot("news", rich=True), Product.objects.get(sku="A"))
    release_due()
    run_due()
    assert texts() == ["Hell."]
    monkeypatch.setattr(timezone, "localdate", lambda: tomorrow)
    release_due()
    run_due()
    assert texts() == ["Hell.", "Neu."]


def test_a_scheduled_channel_is_released_at_its_times(shop: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = rule(shop, mode="scheduled", cron=" 0  6 * * * ", time_zone="Europe/Rome")
    first = policy.next_at
    assert first is not None
    assert policy.cron == "0 6 * * *"
    say("A", weight="2")
    release_due()
    assert not Job.objects.filter(kind="release").exists()
    monkeypatch.setattr(timezone, "now", lambda: first)
    release_due()
    release_due()
    assert Job.objects.filter(kind="release").count() == 1
    policy.refresh_from_db()
    assert policy.next_at is not None
    assert policy.next_at > first


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("cron", {"mode": "scheduled"}),
        ("cron", {"mode": "scheduled", "cron": "often"}),
        ("time_zone", {"mode": "scheduled", "cron": "0 6 * * *", "time_zone": "Mars"}),
        ("identifiers", {"identifiers": ["ean"]}),
        ("max_shrink", {"max_shrink": 101}),
        ("completeness", {"completeness": 0}),
    ],
)
def test_a_wrong_policy_is_refused_at_its_field(shop: Channel, field: str, fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as raised:
        rule(shop, **fields)
    assert list(raised.value.message_dict) == [field]
