"""What carries a claim that is over, in what is out: documents, and editions that were made of them."""

from __future__ import annotations

import datetime

from catalog import claims
from catalog.claims import expired_claims
from catalog.operations.fragments import write_fragment
from catalog.operations.recording import remove
from catalog.operations.reviewing import approve
from exports.editions import build
from exports.outputs import define
from tests.exports.world import World, world
from tests.factories import ACTOR

__all__ = ["world"]
TODAY = datetime.date(2027, 3, 10)


def carried() -> dict[str, tuple[int, list[str]]]:
    (over,) = expired_claims(TODAY)
    return {use.label: (use.count, [claims.named(row) for row in use.examples]) for use in over.carried}


def test_documents_and_editions_carry_a_claim_until_it_is_out_of_them(world: World) -> None:
    output, _ = define(ACTOR, "feed", world.shop, "it", "json", {})
    world.headline.claim_valid_until = TODAY - datetime.timedelta(days=1)
    write_fragment(ACTOR, world.headline, title={}, body={})
    approve(ACTOR, world.headline)
    edition = build(ACTOR, output).edition
    found = carried()
    # On the machine and on its two variants, which inherit it: in two languages of the shop and one of service.
    assert found["Documents"] == (9, [str(world.shop), str(world.service)])
    assert found["Editions"] == (1, [str(edition)])
    first = len(world.shop.releases.all())
    assert found["Releases"][1][0] == str(world.service.releases.latest("number"))
    shops = [name for name in found["Releases"][1] if name.startswith(world.shop.code)]
    assert shops == [f"{world.shop.code} release {number}" for number in range(first, 0, -1)]
    remove(ACTOR, world.headline.placements.get())
    world.release()
    found = carried()
    assert found["Documents"] == (3, [str(world.service)])
    assert found["Editions"] == (1, [str(edition)]), "what was made still says it"
    again = carried()["Releases"]
    assert [name for name in again[1] if name.startswith(world.shop.code)] == shops, "a new one does not say it"
    build(ACTOR, output)
    assert "Editions" not in carried()
