"""A translation job can be made of what stands in a channel's current release."""

from __future__ import annotations

import pytest

from catalog.models import TranslationJob
from catalog.operations.assets import attach
from catalog.operations.fragments import place
from catalog.operations.translating.jobs import create_job
from catalog.operations.translating.selecting import Selection
from exports.explaining.standing import standing
from exports.releasing.committing import release
from tests import factories as make


@pytest.mark.django_db
def test_a_job_takes_what_stands_in_the_current_release() -> None:
    product, slot = make.make_product("P", make.make_family()), make.make_slot("feature", multiple=True)
    shown = make.make_fragment("shown", {"en": "Shown."}, approved=True)
    make.make_fragment("not-placed", {"en": "Not placed."}, approved=True)
    place(make.ACTOR, shown, slot, product)
    asset = make.make_asset("Front", alt_en="A cup")
    make.make_asset("unused", alt_en="A mug")
    attach(make.ACTOR, product, asset, "main")
    channel = make.make_channel("shop", ["en"])
    assert standing(channel).fragments == frozenset()
    release(make.ACTOR, channel)
    fragments, assets, others = standing(channel)
    assert (fragments, assets) == (frozenset(["shown"]), frozenset(["front"]))
    assert (others["product"], others["slot"]) == (frozenset(["p"]), frozenset(["feature"]))
    job = create_job(make.ACTOR, TranslationJob(), Selection("de", channel="SHOP"))
    assert sorted(job.units.values_list("name", "field")) == [("Front", "alt"), ("shown", "body")]
    assert job.selection.endswith("in the current release of SHOP")
