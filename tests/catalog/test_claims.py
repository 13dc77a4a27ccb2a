"""Claims that are over are found in what is out, with all that carries them."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from catalog import claims
from catalog.actors import Actor
from catalog.claims import expired_claims
from catalog.models import Fragment
from catalog.operations.fragments import place, write_fragment
from catalog.operations.reviewing import approve, retire
from catalog.operations.upkeep import rename
from catalog.usage import Use
from tests.admin_pages import queries
from tests.factories import make_family, make_fragment, make_product, make_slot

ME = Actor(name="ada", path="admin")
DAY = datetime.date(2027, 3, 10)

pytestmark = pytest.mark.django_db


def claim(code: str, until: datetime.date | None, **fields: Any) -> Fragment:
    return make_fragment(code, approved=True, claim_valid_until=until, **fields)


def days(count: int) -> datetime.date:
    return DAY + datetime.timedelta(days=count)


def found(within: int = 0) -> list[str]:
    return [claim.fragment.code for claim in expired_claims(DAY, within)]


def test_a_claim_holds_on_its_last_day_and_is_over_on_the_next() -> None:
    claim("over", days(-1))
    claim("long-over", days(-400))
    claim("today", DAY)
    claim("soon", days(30))
    claim("later", days(31))
    claim("never", None)
    assert found() == ["long-over", "over"]
    assert found(within=1) == ["long-over", "over", "today"]
    assert found(within=31) == ["long-over", "over", "today", "soon"]


def test_what_counts_is_what_is_out() -> None:
    asked = claim("asked", days(-1))
    asked.claim_valid_until = days(900)
    write_fragment(ME, asked, title={}, body={})
    retire(ME, claim("retired", days(-1)))
    make_fragment("draft", claim_valid_until=days(-1))
    assert found() == ["asked"]
    approve(ME, asked)
    assert found() == []


def test_it_is_told_who_vouched_for_it_and_what_carries_it() -> None:
    heat = claim("heat", days(-1), vouched_by="The lab", source="Report 7")
    slot = make_slot("warning")
    place(ME, heat, slot, make_product("P-1"))
    place(ME, heat, slot, make_family("lamps"))
    make_fragment("care", "<p>{{ fragment:heat }}</p>", approved=True)
    make_fragment("manual", "<p>{{ fragment:care }}</p>", approved=True)
    make_fragment("draft", "<p>{{ fragment:heat }}</p>")
    (over,) = expired_claims(DAY)
    assert (over.revision, over.until, over.vouched_by, over.source) == (1, days(-1), "The lab", "Report 7")
    assert [(use.label, use.count, [claims.named(row) for row in use.examples]) for use in over.carried] == [
        ("Placements", 2, ["warning on P-1", "warning on lamps"]),
        ("Fragments that repeat it", 2, ["care", "manual"]),
    ]


def test_what_repeats_it_by_its_former_code_carries_it_too() -> None:
    heat = claim("heat", days(-1))
    make_fragment("care", "<p>{{ fragment:heat }}</p>", approved=True)
    rename(ME, heat, "warmth")
    assert [use.count for use in expired_claims(DAY)[0].carried] == [1]


def test_fragments_that_repeat_each_other_are_counted_once() -> None:
    other = make_fragment("b", "<p>Nothing.</p>", approved=True)
    claim("a", days(-1), body="<p>{{ fragment:b }}</p>")
    # Behind the operations' back, for they refuse a circle.
    revision = other.revisions.get()
    out = {**(revision.out or {}), "body": {"en": "<p>{{ fragment:a }}</p>"}}
    other.revisions.update(out=out)
    assert [use.count for use in expired_claims(DAY)[0].carried] == [1]


def test_rooms_above_add_what_carries_them(monkeypatch: pytest.MonkeyPatch) -> None:
    heat = claim("heat", days(-1))
    monkeypatch.setattr(claims, "CARRIERS", [lambda rows: {heat.pk: [Use("document", "Documents", 214, ())]}])
    assert [(use.label, use.count) for use in expired_claims(DAY)[0].carried] == [("Documents", 214)]


def test_many_claims_take_as_many_queries_as_a_few() -> None:
    family, slot = make_family(), make_slot()
    for number in range(2):
        place(ME, claim(f"a{number}", days(-1)), slot, family)
    few = queries(lambda: expired_claims(DAY))
    for number in range(20):
        place(ME, claim(f"b{number}", days(-1)), slot, family)
    assert queries(lambda: expired_claims(DAY)) == few


def test_the_command_says_what_is_over_and_ends_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    heat = claim("heat", datetime.date(2020, 1, 1), vouched_by="The lab")
    place(ME, heat, make_slot("warning"), make_product("P-1"))
    claim("far", datetime.date(2999, 1, 1))
    with pytest.raises(SystemExit) as ended:
        call_command("check_claims")
    assert ended.value.code == 1
    assert capsys.readouterr().out == (
        "heat revision 1: held until 2020-01-01 (The lab)\n  Placements: 1 (warning on P-1)\n"
    )
    with pytest.raises(SystemExit):
        call_command("check_claims", "--json")
    assert json.loads(capsys.readouterr().out) == [
        {
            "fragment": "heat",
            "revision": 1,
            "valid_until": "2020-01-01",
            "over": True,
            "vouched_by": "The lab",
            "source": "",
            "carried": [{"kind": "placement", "label": "Placements", "count": 1, "examples": ["warning on P-1"]}],
        }
    ]


def test_what_will_be_over_is_told_without_an_alarm(capsys: pytest.CaptureFixture[str]) -> None:
    claim("soon", datetime.date.today() + datetime.timedelta(days=20))
    call_command("check_claims")
    assert capsys.readouterr().out == "No claim is over.\n"
    call_command("check_claims", "--within", "30")
    assert "soon revision 1: holds until" in capsys.readouterr().out


@pytest.mark.parametrize("days", ["-1", "x", "99999999999", "1.5"])
def test_a_number_of_days_is_asked_for(days: str) -> None:
    with pytest.raises(CommandError, match=r"is no number of days|expected one argument"):
        call_command("check_claims", "--within", days)
