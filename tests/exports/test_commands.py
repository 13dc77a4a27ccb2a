"""What one does from the shell: each command in one line, or one clear error."""

from __future__ import annotations

import datetime
import io
import json
import re
import time
from argparse import ArgumentTypeError
from collections.abc import Collection
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.core.management.base import OutputWrapper
from django.utils import timezone

from catalog.models import Channel, Product
from catalog.operations import upkeep
from catalog.operations.products import set_facts
from catalog.operations.reviewing import approve
from exports import querysets, tokens
from exports.management import shell
from exports.management.commands.demo import released
from exports.models import ChannelPolicy, Edition, Freeze, Output, Release
from exports.outputs import define
from exports.policies.saving import save_freeze, save_policy
from exports.releasing import committing
from exports.releasing.drafting import Draft, draft
from exports.releasing.rewording import Rewording
from tests import factories
from tests.exports.world import World, world
from tests.factories import ACTOR, require, switch

__all__ = ["world"]


def run(*words: str) -> tuple[str, str]:
    """What a command writes: the answer, and what it says beside it."""
    out, err = io.StringIO(), io.StringIO()
    call_command(words[0], *words[1:], stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def line(*words: str) -> str:
    """A command's one line, with the seconds replaced."""
    out, err = run(*words)
    assert out.count("\n") == 1
    assert err == ""
    return re.sub(r"\d+\.\d s", "N s", out.rstrip("\n"))


def fault(*words: str) -> str:
    """A command's one line of error."""
    with pytest.raises(CommandError) as caught:
        run(*words)
    assert "\n" not in str(caught.value)
    assert caught.value.returncode == 1
    return str(caught.value)


# --- release ---------------------------------------------------------------------------------------------------------


def test_a_release_is_told_in_one_line(world: World) -> None:
    world.add("BZ-NEW")
    world.rename("BZ-TAMPER", "Pressino nuovo")
    switch("BZ-LIRA-R", "disabled")
    require(world.machines, world.shop, "weight")
    assert line("release", "shop") == (
        "shop: release 2: 8 documents, 2 added, 4 changed, 2 removed; problems: incomplete 2; N s"
    )


def test_a_release_that_changes_nothing_says_so(world: World) -> None:
    assert line("release", "SHOP", "--full") == (
        "shop: nothing changed since release 1 (8 documents); problems: none; N s"
    )
    assert Release.objects.filter(channel=world.shop).count() == 1


def test_every_channel_can_be_released(world: World) -> None:
    world.add("BZ-NEW")
    out, _ = run("release", "--all")
    assert [row.partition(":")[0] for row in out.splitlines()] == ["service", "shop"]
    assert Release.objects.count() == 4


def test_a_retired_channel_releases_nothing_and_its_editions_stay(world: World) -> None:
    define(ACTOR, "sheet", world.shop, "it", "json", {})
    run("build", "sheet")
    world.add("BZ-NEW")
    upkeep.retire(ACTOR, world.shop)
    refusal = "Channel “shop” is retired and releases nothing; release 1 and its editions stay."
    assert fault("release", "shop") == refusal
    out, err = run("release", "--all")
    assert [row.partition(":")[0] for row in out.splitlines()] == ["service"]
    assert err == f"{refusal}\n"
    assert Release.objects.filter(channel=world.shop).count() == 1
    assert line("build", "sheet").startswith("sheet: release 1, as it was,")
    assert querysets.current_release(world.shop) is not None


def test_a_channel_that_retires_while_its_release_is_drafted_releases_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.add("BZ-NEW")

    def meanwhile(channel: Channel, on: datetime.date, only: Collection[int] | None, words: Rewording) -> Draft:
        upkeep.retire(ACTOR, Channel.objects.get(pk=channel.pk))
        return draft(channel, on, only, words)

    monkeypatch.setattr(committing, "draft", meanwhile)
    assert "is retired and releases nothing" in fault("release", "shop")


def test_the_demo_says_that_a_channel_is_retired_and_goes_on(world: World) -> None:
    upkeep.retire(ACTOR, world.shop)
    assert released(ACTOR, world.shop) == "none: it is retired"
    documents = Release.objects.get(channel=world.service).documents
    assert released(ACTOR, world.service) == f"release 1 as it was, {documents} documents"


def test_a_channel_that_is_retired_before_its_first_release_says_so(db: None) -> None:
    upkeep.retire(ACTOR, factories.make_channel("old"))
    assert fault("release", "old") == "Channel “old” is retired and releases nothing; it never did."


def test_a_release_can_be_read_by_machines(world: World) -> None:
    world.add("BZ-NEW")
    rows = [json.loads(row) for row in run("release", "--all", "--json")[0].splitlines()]
    assert [row.pop("seconds") >= 0 for row in rows] == [True, True]
    assert rows[1] == {
        "channel": "shop",
        "policy": "",
        "release": 2,
        "new": True,
        "documents": 10,
        "added": 2,
        "changed": 0,
        "removed": 0,
        "problems": {},
    }


def test_a_channel_is_prepared_and_signed_from_the_command_line(world: World) -> None:
    save_policy(ACTOR, ChannelPolicy(channel=world.shop, mode="signed", four_eyes=False))
    world.add("BZ-NEW")
    assert fault("release", "shop").startswith("Channel “shop” is released when somebody has signed what will change")
    assert fault("release", "shop", "--sign").startswith("Nothing of channel “shop” waits for a signature")
    assert fault("release", "shop", "--prepare", "x", "--sign").startswith("Say one of")
    prepared, _ = run("release", "shop", "--prepare", "Spring")
    assert "would be release 2: 10 documents, 2 added" in prepared
    assert "  It waits for a signature; nothing is released.\n  Policy: When somebody has signed" in prepared
    assert run("release", "shop", "--sign")[0].startswith("shop: release 2: 10 documents, 2 added")


def test_a_freeze_is_overridden_with_a_reason_and_shown_in_a_forecast(world: World) -> None:
    now = timezone.now()
    later = now + datetime.timedelta(hours=1)
    save_freeze(ACTOR, Freeze(channel=None, starts=now, ends=later, reason="Stocktaking"))
    world.add("BZ-NEW")
    assert "Stocktaking" in fault("release", "shop")
    assert "  Not without leave: Nothing of channel “shop” is released until" in run("release", "shop", "--dry-run")[0]
    run("release", "shop", "--override-freeze", "Recall")
    assert Release.objects.get(channel=world.shop, number=2).note == "Released during “Stocktaking”: Recall"


def test_an_unknown_channel_is_answered_with_those_there_are(world: World) -> None:
    for words in (("release", "nope"), ("feed_token", "nope"), ("explain", "BZ-LIRA", "nope", "it")):
        assert fault(*words) == "There is no channel “nope”. There are: service, shop."


@pytest.mark.parametrize("command", ["release", "build"])
def test_one_or_all_has_to_be_said(world: World, command: str) -> None:
    for words in ((), ("shop", "--all")):
        assert fault(command, *words).endswith("or say --all.")


def test_the_command_acts_for_whoever_is_logged_in(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "anna")
    world.add("BZ-NEW")
    run("release", "shop")
    assert Release.objects.get(channel=world.shop, number=2).created_by == "anna"


# --- output and build ------------------------------------------------------------------------------------------------


def test_an_output_is_created_and_changed(world: World) -> None:
    words = ("output", "feed", "--channel", "Shop", "--language", "de", "--format", "google")
    assert line(*words, "--option", "brand=Bordanza", "--title", "Google") == "feed: google of shop in de, created"
    assert line(*words, "--option", "availability=out_of_stock") == "feed: google of shop in de, changed"
    output = Output.objects.get()
    assert (output.title, output.options) == ("Google", {"availability": "out_of_stock"})


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--language", "en", "--format", "json"), "language: Channel “shop” has it, de, not “en”."),
        (("--language", "it", "--format", "nope"), "format: There is "),
        (
            ("--language", "it", "--format", "google", "--option", "colour=red"),
            "options: Format “google” has availability, availability_date, brand, machine, categories, fields, "
            "not “colour”.",
        ),
        (
            ("--language", "it", "--format", "json", "--option", "a=1"),
            "options: Format “json” has no options, not “a”.",
        ),
    ],
)
def test_an_output_that_cannot_be_made_is_refused(world: World, words: tuple[str, ...], message: str) -> None:
    assert fault("output", "feed", "--channel", "shop", *words).startswith(message)
    assert not Output.objects.exists()


def test_a_wrong_code_is_refused(world: World) -> None:
    words = ("--channel", "shop", "--language", "it", "--format", "json")
    assert fault("output", "a b", *words).startswith("code: A code starts with a letter or digit")


def test_options_are_text_unless_they_are_json() -> None:
    assert shell.option("brand=Acme, Inc.=") == ("brand", "Acme, Inc.=")
    assert shell.option("columns=2") == ("columns", 2)
    assert shell.option('brand="2"') == ("brand", "2")
    for raw in ("brand", "=x"):
        with pytest.raises(ArgumentTypeError):
            shell.option(raw)


def test_a_build_is_told_in_one_line_and_copied(world: World, tmp_path: Path) -> None:
    world.machines.family_attributes.filter(attribute__code="name").delete()
    run("output", "feed", "--channel", "shop", "--language", "it", "--format", "google")
    target = tmp_path / "feed.xml"
    out = line("build", "feed", "-o", str(target))
    edition = Edition.objects.get()
    left_out = len({row["sku"] for row in edition.warnings if row["left_out"]})
    assert left_out > 0
    assert out == (
        f"feed: release 1, {edition.size / 1024:.1f} KiB, digest {edition.digest[:12]}, "
        f"{edition.documents} documents in, {left_out} left out, {len(edition.warnings)} warnings, N s"
    )
    assert target.read_bytes().startswith(b"<?xml")
    assert [path.name for path in tmp_path.glob("*feed.xml*")] == ["feed.xml"]
    assert ", as it was," in line("build", "FEED")


def test_a_build_can_be_read_by_machines(world: World) -> None:
    run("output", "feed", "--channel", "shop", "--language", "it", "--format", "json")
    found = json.loads(run("build", "feed", "--json")[0])
    assert found.pop("seconds") >= 0
    assert Path(found.pop("path")).stat().st_size == found["bytes"]
    assert found == {
        "output": "feed",
        "release": 1,
        "new": True,
        "bytes": Edition.objects.get().size,
        "digest": Edition.objects.get().digest,
        "documents": 4,
        "left_out": 0,
        "warnings": 0,
    }


def test_an_unknown_output_is_answered_with_those_there_are(world: World) -> None:
    run("output", "feed", "--channel", "shop", "--language", "it", "--format", "json")
    assert fault("build", "nope") == "There is no output “nope”. There are: feed."


def test_what_cannot_be_built_or_written_is_said(world: World, tmp_path: Path) -> None:
    run("output", "feed", "--channel", "shop", "--language", "it", "--format", "json")
    target = tmp_path / "nowhere" / "feed.json"
    assert fault("build", "feed", "-o", str(target)) == f"{target} cannot be written: No such file or directory."
    assert fault("build", "--all", "-o", str(target)) == "-o takes the edition of one output; --all makes many."
    Edition.objects.all().delete()
    world.shop.releases.all().delete()
    assert "has no release yet" in fault("build", "feed")


def test_a_copy_that_fails_leaves_the_file_there_was(world: World, tmp_path: Path) -> None:
    run("output", "feed", "--channel", "shop", "--language", "it", "--format", "json")
    target = tmp_path / "folder"
    target.mkdir()
    assert "cannot be written" in fault("build", "feed", "-o", str(target))
    assert [path.name for path in tmp_path.glob("*folder*")] == ["folder"]


def test_a_build_that_fails_does_not_stop_the_others(world: World) -> None:
    run("output", "good", "--channel", "shop", "--language", "it", "--format", "json")
    run("output", "bad", "--channel", "service", "--language", "en", "--format", "json")
    world.service.releases.all().delete()
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(CommandError, match=r"^Not built: bad\.$"):
        call_command("build", "--all", stdout=out, stderr=err)
    assert out.getvalue().startswith("good: release 1")
    assert "has no release yet" in err.getvalue()


# --- feed_token ------------------------------------------------------------------------------------------------------


def test_a_token_is_printed_once_and_opens_its_channel(world: World) -> None:
    out, err = run("feed_token", "shop", "--name", "Google")
    token = tokens.verify(out.strip())
    assert token is not None
    assert (token.channel, token.name) == (world.shop, "Google")
    assert out.count("\n") == 1
    assert "Keep it now" in err
    assert out.strip() not in err


def test_a_name_has_one_token(world: World) -> None:
    assert fault("feed_token", "shop", "--name", "reader") == (
        "“shop” has a token called “reader”. Choose another --name."
    )
    assert "100 characters" in fault("feed_token", "shop", "--name", "x" * 101)


def test_a_token_is_limited_rotated_and_revoked(world: World) -> None:
    first, err = run("feed_token", "shop", "--name", "Google", "--scope", "feeds", "--days", "30", "--rate", "60")
    assert "good until" in err
    second, err = run("feed_token", "shop", "--name", "Google", "--rotate", "--overlap", "2")
    assert "“Google 2”" in err
    old, new = (tokens.verify(secret.strip()) for secret in (first, second))
    assert old is not None
    assert new is not None
    assert (new.scope, new.rate) == (old.scope, old.rate) == ("feeds", 60)
    run("feed_token", "shop", "--name", "Google", "--revoke")
    assert (tokens.verify(first.strip()), tokens.verify(second.strip())) == (None, new)
    assert "opens nothing any more" in fault("feed_token", "shop", "--name", "Google", "--rotate")
    assert "has no token called “Nope”; there are Google, Google 2, reader." in fault(
        "feed_token", "shop", "--name", "Nope", "--revoke"
    )
    assert "0 to 365 days" in fault("feed_token", "shop", "--name", "Google 2", "--rotate", "--overlap", "-1")


# --- explain ---------------------------------------------------------------------------------------------------------


def test_every_fact_and_statement_is_explained(world: World) -> None:
    out, _ = run("explain", "bz-lira-b", "shop", "de")
    assert out.startswith("BZ-LIRA-B in shop, de: release 1, digest ")
    assert (
        "  name: Lira black\n    from BZ-LIRA-B (its own), in it\n"
        "    beat Lira, die Kleine, from BZ-LIRA (1 above), in de\n"
        "    beat Lira, from BZ-LIRA (1 above), in it\n"
    ) in out
    assert "  weight: 4,2 kg\n    from BZ-LIRA (1 above), for all\n" in out
    assert (
        "  headline: Wiegt 4,2 kg.\n    from lira-headline revision 1 in de, placed on product BZ-LIRA\n"
        "    beat machines-headline revision 1 in it, placed on family machines: placed further away"
    ) in out


def test_what_is_not_shown_is_explained_too(world: World) -> None:
    world.headline.media = ["print"]
    world.headline.save()
    approve(ACTOR, world.headline)
    require(world.machines, world.shop, "color")
    world.release()
    out, _ = run("explain", "BZ-LIRA", "shop", "it")
    assert "Not shown\n  headline: fragment lira-headline: only for media print" in out
    tamper, _ = run("explain", "BZ-TAMPER", "shop", "it")
    assert "Problems\n  incomplete: Required, but empty: color." in tamper


def test_an_explanation_can_be_read_by_machines(world: World) -> None:
    found = json.loads(run("explain", "BZ-LIRA-B", "shop", "de", "--json")[0])
    assert set(found) == {
        "sku", "channel", "language", "release", "digest", "facts", "emptied", "statements", "assets", "categories",
        "cut", "absent", "empty", "problems",
    }  # fmt: skip
    assert list(found["facts"]) == ["name", "weight", "price", "color"]
    assert found["facts"]["weight"] == {
        "label": "Gewicht",
        "text": "4,2\u00a0kg",
        "value": {"amount": "4.2", "unit": "kg", "unit_code": "KGM"},
        "from": "BZ-LIRA",
        "level": 1,
        "scope": "",
        "beaten": [],
    }
    assert found["statements"][0]["fragment"] == "lira-headline"


def test_the_explanation_follows_a_value_that_moved_without_changing(world: World) -> None:
    variant = Product.objects.get(sku="BZ-LIRA-B")
    set_facts(ACTOR, variant, {"weight": {"": {"amount": "4.2", "unit": "kg"}}})
    world.release()
    assert "  weight: 4,2 kg\n    from BZ-LIRA-B (its own), for all\n" in run("explain", "BZ-LIRA-B", "shop", "de")[0]


def reason(sku: str, channel: str = "shop", language: str = "it") -> str:
    return fault("explain", sku, channel, language).partition(": ")[2]


def test_why_a_product_is_not_there_is_said_where_it_is_known(world: World) -> None:
    def left_out(sku: str, status: str) -> None:
        switch(sku, status)
        world.release()

    assert reason("NOPE") == "there is no such product."
    left_out("BZ-TAMPER", "disabled")
    assert reason("BZ-TAMPER") == "it is disabled, not enabled."
    left_out("BZ-LIRA-B", "draft")
    assert reason("BZ-LIRA-B") == "it is draft, not enabled."
    left_out("BZ-LIRA-R", "disabled")
    assert reason("BZ-LIRA") == "it is a group, and none of its variants is released."
    left_out("BZ-LIRA", "disabled")
    switch("BZ-LIRA-B", "enabled")
    assert reason("BZ-LIRA-B") == "above it, BZ-LIRA is disabled, not enabled."


def test_a_product_that_is_not_selected_is_told_by_what(world: World) -> None:
    world.shop.selection = "status = enabled and color = black"
    world.shop.save()
    world.release()
    assert reason("BZ-LIRA-R") == "the channel selects “color = black”, which does not hold for it."
    world.shop.families.add(factories.make_family("grinders"))
    world.release()
    assert reason("BZ-LIRA-B") == "its family is machines, and the channel takes grinders."


def test_a_selection_that_is_not_understood_stops_the_release_and_says_why(world: World) -> None:
    world.shop.selection = "colour = black"
    world.shop.save()
    message = "The selection of channel “shop” cannot be used, so it releases nothing. At character 1: there is no"
    world.add("BZ-NEW")
    assert fault("release", "shop").startswith(message)
    assert reason("BZ-NEW").startswith(message)
    assert world.shop.releases.count() == 1


def test_a_product_that_came_since_will_be_there(world: World) -> None:
    world.add("BZ-NEW")
    assert reason("BZ-NEW") == "it will be in the next release."


def test_a_wrong_language_is_answered_with_those_there_are(world: World) -> None:
    assert fault("explain", "BZ-LIRA", "shop", "fr") == "Release 1 of “shop” has it, de, not “fr”."
    world.shop.releases.all().delete()
    assert "has no release yet" in fault("explain", "BZ-LIRA", "shop", "it")


# --- What they share -------------------------------------------------------------------------------------------------


def test_what_takes_long_says_so_beside_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell, "PATIENCE", 0.02)
    err = io.StringIO()
    with shell.patience(OutputWrapper(err), "Releasing shop"):
        time.sleep(0.2)
    said = err.getvalue().splitlines()
    assert said[0] == "Releasing shop … 0 s"
    assert len(said) > 1


def test_a_nameless_machine_acts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("no such user")

    monkeypatch.setattr("getpass.getuser", nobody)
    assert shell.actor().name == "command"


def test_errors_of_fields_and_of_the_whole_stand_in_one_line() -> None:
    assert shell.one_line(ValidationError(["One.", "Two."])) == "One. Two."
    assert shell.one_line(ValidationError({"code": ["One."], "__all__": ["Two."]})) == "code: One. Two."
