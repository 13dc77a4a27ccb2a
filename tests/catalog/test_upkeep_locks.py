"""Renaming while others write: each gets its turn, and none is told of a deadlock."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog.models import Attribute, Fragment, Product
from catalog.operations.fragments import place, write_fragment
from catalog.operations.products import set_facts
from catalog.operations.reviewing import approve
from catalog.operations.upkeep.renaming import rename
from tests import factories as make
from tests.threads import at_once, shared_database

ME = make.ACTOR
ROUNDS = 6


@pytest.mark.django_db(transaction=True)
def test_renaming_and_writing_do_not_stand_in_each_others_way(tmp_path: Path) -> None:
    weight = make.make_attribute("number", "weight")
    product = make.make_product("P", make.make_family("lamps", [weight]), {"weight": 1})
    fragment = make.make_fragment("f", {"en": "<p>It weighs {{ fact:weight }}.</p>"}, approved=True)
    place(ME, fragment, make.make_slot("note"), product)

    def renaming() -> None:
        for number in range(ROUNDS):
            rename(ME, Attribute.objects.get(), f"weight-{number}")

    def writing() -> None:
        for number in range(ROUNDS):
            mine = Fragment.objects.get()
            write_fragment(ME, mine, title={"en": f"Title {number}"}, body={})
            approve(ME, mine)

    def saying() -> None:
        for number in range(ROUNDS):
            set_facts(ME, Product.objects.get(), {"weight": {"": number}})

    with shared_database(tmp_path):
        at_once(renaming, writing, saying)
        at_once(_check)


def _check() -> None:
    (code,) = Attribute.objects.values_list("code", flat=True)
    assert code == f"weight-{ROUNDS - 1}"
    assert Fragment.objects.get().body_en == f"<p>It weighs {{{{ fact:{code} }}}}.</p>"  # type: ignore[attr-defined]
    assert Product.objects.get().values == {code: {"": str(ROUNDS - 1)}}
