"""What is found follows what options are called and what fragments say."""

from __future__ import annotations

import pytest

from catalog.indexing.search import BODY, NAME
from catalog.models import SearchText
from catalog.models.base import set_texts
from catalog.operations.fragments import place, write_fragment
from catalog.operations.recording import store
from catalog.operations.reviewing import approve, retire
from tests.catalog.test_search import found
from tests.factories import ACTOR, make_attribute, make_family, make_fragment, make_product, make_slot

pytestmark = pytest.mark.django_db


def test_what_an_option_is_called_is_found_by_the_index_as_soon_as_it_is_called_so() -> None:
    color = make_attribute("multiselect", "color", options=["black", "cream"], filterable=True, per_channel=True)
    group = make_product("G-1", make_family("cups", [color]), {"color": ["black", "cream"]})
    make_product("V-1", parent=group, facts={"color": ["cream"]})
    make_product("V-2", parent=group)
    option = color.options.get(code="black")
    assert [sku for sku, _ in found("black")] == ["G-1", "V-2"]
    set_texts(option, "label", {"en": "Midnight", "de": "Mitternacht"})
    store(ACTOR, option)
    assert [sku for sku, _ in found("midn")] == ["G-1", "V-2"]
    assert found("mitternacht") == found("black") == []
    assert [sku for sku, _ in found("cream mitternacht", "de")] == ["G-1", "V-2"]
    assert found("midnight", "de") == found("midnight"), "the default language stands in"
    assert SearchText.objects.filter(body__contains="midnight").count() == 0


def test_a_choice_names_products_by_its_label_in_one_family_and_is_found_by_it_in_others() -> None:
    model = make_attribute("select", "model", options=["lira"], filterable=True)
    make_product("A-1", make_family("named", [model], label_attribute=model), {"model": "lira"})
    make_product("B-1", make_family("others", [model]), {"model": "lira"})
    assert found("lira") == [("A-1", NAME), ("B-1", BODY)]


def test_words_of_a_fragment_in_a_fragment_find_the_product_and_follow_it() -> None:
    inner = make_fragment("inner", {"en": "<p>Portafilters of brass</p>"}, approved=True)
    middle = make_fragment("middle", {"en": "<p>{{ fragment:inner }}</p>"}, approved=True)
    outer = make_fragment("outer", {"en": "<p>Comes with</p><p>{{ fragment:middle }}</p>"}, approved=True)
    place(ACTOR, outer, make_slot("description"), make_product("NESTED-1"))

    def finds(word: str) -> bool:
        return [sku for sku, _ in found(word)] == ["NESTED-1"]

    assert finds("portafilters")
    write_fragment(ACTOR, inner, title={}, body={"en": "<p>Baskets of steel</p>"})
    approve(ACTOR, inner)
    assert (finds("portafilters"), finds("baskets")) == (False, True)
    retire(ACTOR, middle)
    assert (finds("baskets"), finds("comes")) == (False, True)
