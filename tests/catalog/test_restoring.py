"""What a revision said comes back to the working copy, through the same cleaning, and out only by approval."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from catalog.actors import Actor
from catalog.models import Channel, Fragment, FragmentRevision
from catalog.operations.fragments import digest_of, freeze, place, write_fragment
from catalog.operations.recording import remove
from catalog.operations.restoring import restore
from catalog.operations.reviewing import approve, approve_revision, submit
from catalog.operations.upkeep import rename
from tests.factories import make_asset, make_audience, make_channel, make_family, make_market, make_slot

ANNA, BERT, CARLA = (Actor(name=name, path="admin") for name in ("anna", "bert", "carla"))

pytestmark = pytest.mark.django_db


def whole() -> Fragment:
    """A fragment that says something of everything."""
    fragment = Fragment(
        code="f",
        vouched_by="The lab",
        source="Report 7",
        source_document=make_asset("report"),
        verified_on=datetime.date(2026, 1, 2),
        claim_valid_until=datetime.date(2027, 1, 2),
        media=["print"],
        products="status = enabled",
        valid_from=datetime.date(2026, 2, 1),
        valid_until=datetime.date(2027, 2, 1),
    )
    links: dict[str, Any] = {
        "channels": [make_channel("shop")],
        "markets": [make_market("it")],
        "audiences": [make_audience("pro")],
    }
    return write_fragment(ANNA, fragment, title={"en": "T"}, body={"en": "One.", "de": "Eins."}, links=links)


def emptied(fragment: Fragment) -> None:
    fragment.vouched_by = fragment.source = fragment.products = ""
    fragment.source_document = fragment.verified_on = fragment.claim_valid_until = None
    fragment.media, fragment.valid_from, fragment.valid_until = [], None, None
    texts = {"en": "Other.", "de": "", "it": "Altro."}
    write_fragment(BERT, fragment, title={"en": ""}, body=texts, links={"channels": [], "markets": [], "audiences": []})


def test_everything_that_was_frozen_comes_back() -> None:
    fragment = whole()
    first = submit(ANNA, fragment)
    emptied(fragment)
    approve(BERT, fragment)
    restore(CARLA, fragment, first)
    stored = Fragment.objects.get()
    assert freeze(stored) == freeze(fragment) == first.content
    assert (stored.state, stored.authors) == ("approved", ["carla", "anna"])
    third = submit(CARLA, fragment)
    assert (third.number, third.digest, digest_of(third.content)) == (3, first.digest, first.digest)


def test_what_is_out_stays_until_what_came_back_is_approved() -> None:
    fragment = whole()
    first = approve(BERT, fragment)
    emptied(fragment)
    second = approve(BERT, fragment)
    restore(CARLA, fragment, first)
    assert FragmentRevision.objects.filter(out__isnull=False).order_by("-number")[0] == second


def test_restoring_writes_what_others_wrote_so_they_do_not_approve_it_either() -> None:
    fragment = whole()
    first = submit(ANNA, fragment)
    place(ANNA, fragment, make_slot("legal", four_eyes=True), make_family())
    emptied(fragment)
    approve(CARLA, fragment)
    restore(BERT, fragment, first)
    revision = submit(BERT, fragment)
    for author in (ANNA, BERT):
        with pytest.raises(ValidationError, match="four eyes"):
            approve_revision(author, revision)
    assert approve_revision(CARLA, revision).out is not None


def test_what_was_renamed_since_is_found_by_its_new_code() -> None:
    fragment = whole()
    first = submit(ANNA, fragment)
    emptied(fragment)
    rename(ANNA, Channel.objects.get(), "store")
    restore(CARLA, fragment, first)
    assert [channel.code for channel in Fragment.objects.get().channels.all()] == ["store"]


def test_a_channel_that_is_gone_is_named_and_nothing_is_restored() -> None:
    fragment = whole()
    first = submit(ANNA, fragment)
    emptied(fragment)
    remove(ANNA, Channel.objects.get())
    before = freeze(Fragment.objects.get())
    with pytest.raises(ValidationError, match="names the channel “shop”, which there is not any more"):
        restore(CARLA, fragment, first)
    assert freeze(Fragment.objects.get()) == before


def test_what_comes_back_is_cleaned_like_anything_that_is_written() -> None:
    fragment = whole()
    first = submit(ANNA, fragment)
    content = first.content | {"body": {"en": '<p onclick="x()">One.<script>x</script></p>'}}
    FragmentRevision.objects.filter(pk=first.pk).update(content=content)
    first.refresh_from_db()
    restore(CARLA, fragment, first)
    assert freeze(Fragment.objects.get())["body"] == {"en": "<p>One.</p>"}


def test_a_fragment_of_plain_slots_comes_back_as_plain_text() -> None:
    fragment = Fragment(code="f")
    write_fragment(ANNA, fragment, title={}, body={"en": "R&D < 5"}, rich=False)
    place(ANNA, fragment, make_slot(rich=False), make_family())
    first = submit(ANNA, fragment)
    write_fragment(ANNA, fragment, title={}, body={"en": "Other"}, rich=False)
    restore(BERT, fragment, first)
    assert freeze(fragment) == first.content


def test_a_revision_of_another_fragment_is_refused() -> None:
    fragment, other = whole(), write_fragment(ANNA, Fragment(code="g"), title={}, body={"en": "Two."})
    with pytest.raises(ValidationError, match="g revision 1 is not one of “f”"):
        restore(CARLA, fragment, submit(ANNA, other))
