"""The first pages of an output beside its form, before anything is saved."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from exports import previews
from exports.admin import previewing
from exports.editions import BuildFailed
from exports.models import Edition, Output
from exports.releasing.committing import release
from tests import factories as make
from tests.exports.test_guarded import CULPRIT, RAISES, let_through

pytestmark = pytest.mark.django_db


@pytest.fixture
def output() -> Output:
    channel = make.make_channel("print", ["en"])
    for number in range(3):
        make.make_product(f"BZ-{number}")
    release(make.ACTOR, channel)
    return Output.objects.create(code="sheets", channel=channel, language="en", format="datasheet")


def ask(page: Client, output: Output, **typed: Any) -> str:
    form = {"code": output.code, "title": "", "channel": output.channel_id, "language": output.language, **typed}
    answer = page.post(reverse("admin:exports_output_preview", args=[output.pk]), form)
    assert answer.status_code == 200
    return answer.content.decode()


def test_pages_are_shown_as_the_form_is_filled_in_and_nothing_is_stored(admin_client: Client, output: Output) -> None:
    every = ask(admin_client, output)
    assert every.count("data:image/jpeg;base64,") == 3
    assert "BZ-1</b> It has no picture" in every
    one = ask(admin_client, output, option_sku="BZ-1")
    assert one.count("data:image/jpeg;base64,") == 1
    output.refresh_from_db()
    assert (output.options, Edition.objects.count()) == ({}, 0)


def test_what_cannot_be_made_is_told_instead(admin_client: Client, output: Output) -> None:
    assert "release 1 has no language “it”" in ask(admin_client, output, language="it")
    assert "“NOPE” is not in this release" in ask(admin_client, output, option_sku="NOPE")


def test_what_is_no_pdf_is_shown_as_text(admin_client: Client, output: Output) -> None:
    Output.objects.update(format="json")
    assert "BZ-0" in ask(admin_client, output)


def test_a_text_that_stops_the_renderer_costs_its_product_only(admin_client: Client, output: Output) -> None:
    make.make_product(CULPRIT)
    release(make.ACTOR, output.channel)
    with let_through(RAISES):
        said = ask(admin_client, output)
    assert said.count("data:image/jpeg;base64,") == 3
    assert f"<b>{CULPRIT}</b> It is not printed. The pages from 1 cannot be laid out" in said


def test_what_is_not_there_in_time_is_given_up(
    admin_client: Client, output: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "SECONDS", -1.0)
    assert "there is no time left" in ask(admin_client, output)
    Output.objects.update(format="catalog")
    assert "there is no time left" in ask(admin_client, output)


def test_whoever_waits_too_long_for_his_turn_is_told(
    admin_client: Client, output: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previewing, "PATIENCE", 0.0)
    with previewing._one_by_one:
        assert previewing.BUSY in ask(admin_client, output)
    assert "data:image/jpeg" in ask(admin_client, output)


def test_only_who_may_change_the_output_looks_at_what_it_would_be(client: Client, output: Output) -> None:
    answer = client.post(reverse("admin:exports_output_preview", args=[output.pk]), {})
    assert answer.status_code == 302
    assert "login" in answer["Location"]


def test_without_a_release_there_is_nothing_to_show(output: Output) -> None:
    output.channel = make.make_channel("other", ["en"])
    with pytest.raises(BuildFailed, match="no release yet"):
        previews.write(output, BytesIO())


def test_a_filter_is_asked_before_the_first_products_are_taken(admin_client: Client, output: Output) -> None:
    for number in range(30):
        make.make_product(f"AA-{number:02}")
    release(make.ACTOR, output.channel)
    Output.objects.update(format="catalog")
    answer = ask(admin_client, output, option_filter="sku = BZ-2", option_cover="", option_contents="", option_index="")
    assert answer.count("data:image/jpeg;base64,") == 2, "the product and the imprint"
    assert "BZ-2</b> It has no picture" in answer
    assert "At character 5" in ask(admin_client, output, option_filter="sku BZ")


def test_a_long_list_is_shown_as_far_as_a_preview_goes(admin_client: Client, output: Output) -> None:
    for number in range(30):
        make.make_product(f"AA-{number:02}")
    release(make.ACTOR, output.channel)
    Output.objects.update(format="catalog")
    listed = ", ".join(f"AA-{number:02}" for number in reversed(range(30)))
    answer = ask(admin_client, output, option_skus=listed, option_layout="grid", option_index="")
    assert "AA-29</b> It has no picture" in answer
    assert "AA-05</b>" not in answer
    assert "no such product" not in answer
