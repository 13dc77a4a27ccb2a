"""What texts refer to in vain is told at once: when they are checked, saved and imported."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.importing.apply import apply
from catalog.importing.plan import AttributeRecord, FragmentRecord, GroupRecord, Plan
from catalog.models import Fragment
from catalog.models.base import texts_of
from catalog.operations.emptiness import Empty, empty_facts
from catalog.operations.fragments import place, write_fragment
from catalog.operations.referring import Problem, check_references
from catalog.operations.reviewing import retire
from catalog.operations.upkeep import rename
from tests import factories as make
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def house() -> None:
    """Some things to refer to."""
    make.make_attribute("measurement", "weight", {"en": "Weight", "de": "Gewicht"}, settings={"unit_family": "mass"})
    make.make_attribute("text", "color")
    make.make_fragment("battery-warning", "<p>Hot.</p>", approved=True)
    make.make_product("BZ-LIRA")
    make.make_asset("lira-front", make.png(2, 2))


def told(text: str, code: str = "") -> list[str]:
    return [str(problem) for problem in check_references({"en": text}, code)]


def refusals(fragment: Fragment, **body: str) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        write_fragment(ACTOR, fragment, title={}, body=body)
    return refused.value.message_dict


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ fact:weihgt }}", "The attribute “weihgt” is not there. Did you mean {{ fact:weight }}?"),
        (
            "{{ fact:Gewicht decimals=1 }}",
            "The attribute “Gewicht” is not there. Did you mean {{ fact:weight decimals=1 }}?",
        ),
        ("{{ label:colour }}", "The attribute “colour” is not there. Did you mean {{ label:color }}?"),
        ("{{ fact:zzzzzzz }}", "The attribute “zzzzzzz” is not there."),
        (
            "{{ fragment:batery-warning }}",
            "The fragment “batery-warning” is not there. Did you mean {{ fragment:battery-warning }}?",
        ),
        ("{{ link:BZ-LYRA }}", "The product “BZ-LYRA” is not there. Did you mean {{ link:BZ-LIRA }}?"),
        (
            '<img src="asset:lira-frnt" alt="">',
            "The picture “lira-frnt” is not there. Did you mean asset:lira-front?",
        ),
        (
            "{{ fact:weight unit=l }}",
            "{{ fact:weight unit=l }}: “l” is no unit of “weight”; there are µg, mg, gr, ct, g, oz, lb, kg, st, t.",
        ),
        ("{{ fact:color unit=kg }}", "{{ fact:color unit=kg }}: “color” is no measurement, so it has no unit."),
        ("{{ fact:color decimals=1 }}", "{{ fact:color decimals=1 }}: “color” is no number, so it has no decimals."),
        ("{{ fact:weight size=1 }}", "{{ fact:weight size=1 }} has an option “size”; there are unit, decimals."),
        ("{{ product:price }}", "{{ product:price }} names nothing of the product; there are name and sku."),
        ("{{ weight }}", "“{{ weight }}” is no reference, such as {{ fact:weight unit=kg }}."),
    ],
)
def test_each_mistake_is_named_with_what_may_have_been_meant(text: str, message: str) -> None:
    assert told(text) == [message]


def test_what_is_there_is_no_problem_however_it_is_spelt() -> None:
    text = (
        "{{ fact:WEIGHT unit=kg decimals=1 }} {{ label:Color }} {{ product:name }} {{ link:bz-lira }} "
        '{{ fragment:Battery-Warning }} <img src="asset:LIRA-front" alt="">'
    )
    assert told(text) == []


def test_former_codes_are_understood() -> None:
    rename(ACTOR, make.make_attribute("text", "hue"), "tint")
    rename(ACTOR, Fragment.objects.get(code="battery-warning"), "hot")
    assert told("{{ fact:hue }} {{ fragment:battery-warning }}") == []


def test_a_picture_that_is_kept_elsewhere_cannot_stand_in_a_text() -> None:
    make.make_asset("video", b"%PDF-1.4\n%%EOF\n")
    assert told('<img src="asset:video" alt="">') == ["The picture “video” is no picture that is kept here."]


def test_fragments_that_are_not_out_are_told_and_keep_nobody_from_writing() -> None:
    make.make_fragment("new")
    old = retire(ACTOR, make.make_fragment("old", approved=True))
    assert check_references({"en": "{{ fragment:new }}{{ fragment:old }}"}) == [
        Problem(
            "en",
            "{{ fragment:new }}",
            "The fragment “new” was never approved: what refers to it is not shown until then.",
            fatal=False,
        ),
        Problem(
            "en", "{{ fragment:old }}", "The fragment “old” is retired: what refers to it is not shown.", fatal=False
        ),
    ]
    write_fragment(ACTOR, old, title={}, body={"en": "{{ fragment:new }}"})


def test_a_circle_is_refused_with_the_way_it_goes() -> None:
    make.make_fragment("c", "end")
    make.make_fragment("b", {"de": "{{ fragment:C }}"})
    a = make.make_fragment("a", "{{ fragment:b }}")
    circle = ["The references c -> a -> b -> c go round in a circle."]
    fragment = Fragment.objects.get(code="c")
    assert refusals(fragment, en="good", fr="<p>{{ fragment:a }}</p>") == {"body_fr": circle}
    assert texts_of(Fragment.objects.get(code="c"), "body") == {"en": "<p>end</p>"}
    assert refusals(a, en="{{ fragment:A }}") == {"body_en": ["The references a -> a go round in a circle."]}


def test_a_circle_that_one_leads_into_is_told_too() -> None:
    make.make_fragment("y", "end")
    make.make_fragment("x", "{{ fragment:y }}")
    Fragment.objects.filter(code="y").update(body_en="{{ fragment:x }}")
    assert told("{{ fragment:x }}", "new") == ["The references new -> x -> y -> x go round in a circle."]


def test_nesting_has_a_limit() -> None:
    make.make_fragment("f0", "end")
    for number in range(1, 6):
        Fragment(code=f"f{number}", body_en=f"{{{{ fragment:f{number - 1} }}}}").save()
    assert [text for text in told("{{ fragment:f3 }}", "top") if "nested" in text] == []
    assert told("{{ fragment:f4 }}", "top") == [
        "References are nested more than 5 deep: top -> f4 -> f3 -> f2 -> f1 -> f0."
    ]


def test_saving_names_the_field_of_each_language() -> None:
    fragment = make.make_fragment("f", {"en": "good"})
    assert refusals(fragment, en="{{ fact:weihgt }}", de="{{ fact:wieght unit=kg }}", fr="bon") == {
        "body_en": ["The attribute “weihgt” is not there. Did you mean {{ fact:weight }}?"],
        "body_de": ["The attribute “wieght” is not there. Did you mean {{ fact:weight unit=kg }}?"],
    }


def test_what_was_broken_before_keeps_nobody_from_writing_another_language() -> None:
    fragment = make.make_fragment("f", {"en": "good"})
    Fragment.objects.filter(pk=fragment.pk).update(body_de="<p>{{ fact:gone }}</p>")
    write_fragment(ACTOR, fragment, title={}, body={"de": "<p>{{ fact:gone }}</p>", "en": "better"})
    assert texts_of(Fragment.objects.get(pk=fragment.pk), "body")["en"] == "<p>better</p>"


def test_options_are_judged_wherever_a_text_comes_from() -> None:
    why = "This text cannot be used: {{ fact:weight decimals=99 }} has decimals=99; they are a number from 0 to 12."
    assert refusals(Fragment(code="n"), en="{{ fact:weight decimals=99 }}") == {"body_en": [why]}


def test_a_text_without_references_costs_no_query_and_many_references_few() -> None:
    text = "{{ fact:weight }} {{ link:BZ-LIRA }} {{ fragment:battery-warning }} <img src='asset:lira-front'>"
    for number in range(20):
        make.make_attribute("text", f"a{number}")
    more = text + "".join(f"{{{{ fact:a{number} }}}}" for number in range(20))
    counts = []
    for words in ("plain", text, more):
        with CaptureQueriesContext(connection) as queries:
            check_references({"en": words, "de": words})
        counts.append(len(queries))
    assert counts[0] == 0
    assert counts[1] == counts[2] <= 8


# --- Imports ----------------------------------------------------------------------------------------------------------


def issues(plan: Plan) -> list[tuple[str, str]]:
    return [(issue.column, issue.reason) for issue in apply(plan, ACTOR).issues]


def test_an_import_may_refer_to_what_comes_with_it() -> None:
    plan = Plan(
        source="test",
        groups=[GroupRecord("general")],
        attributes=[AttributeRecord("depth", "measurement", "general", settings={"unit_family": "length"})],
        fragments=[
            FragmentRecord("one", {}, {"en": "{{ fragment:two }} {{ fact:depth unit=cm }} {{ label:depth }}"}),
            FragmentRecord("two", {}, {"en": "<p>{{ link:bz-lira }} {{ fragment:battery-warning }}</p>"}),
        ],
    )
    assert issues(plan) == []
    assert Fragment.objects.filter(code__in=["one", "two"], state="approved").count() == 2


def test_an_import_keeps_out_the_texts_that_refer_in_vain() -> None:
    plan = Plan(
        source="test",
        fragments=[
            FragmentRecord("f", {}, {"en": "good", "de": "{{ fact:tiefe }}", "fr": "{{ fact:weight unit=m }}"}),
            FragmentRecord("g", {}, {"en": "{{ fragment:h }}", "de": "gut"}),
            FragmentRecord("h", {}, {"en": "{{ fragment:g }}", "de": '<img src="asset:none">'}),
        ],
    )
    found = dict(issues(plan))
    assert found["f.body_de"] == "The attribute “tiefe” is not there; it is left out."
    assert found["f.body_fr"].startswith("{{ fact:weight unit=m }}: “m” is no unit of “weight”")
    assert found["g.body_en"] == "The references g -> h -> g go round in a circle; it is left out."
    assert found["h.body_en"] == "The references h -> g -> h go round in a circle; it is left out."
    assert found["h.body_de"] == "The picture “none” is not there; it is left out."
    assert texts_of(Fragment.objects.get(code="f"), "body") == {"en": "<p>good</p>"}
    assert texts_of(Fragment.objects.get(code="g"), "body") == {"de": "<p>gut</p>"}


# --- Empty values -----------------------------------------------------------------------------------------------------


def test_products_that_have_nothing_to_say_are_counted_with_examples() -> None:
    weight = make.make_attribute("number", "power")
    name = make.make_attribute("text", "name", localizable=True)
    family = make.make_family("lamps", [weight, name])
    for number in range(7):
        facts = {"name": {"de": "Lampe"}} | ({"power": "5"} if number < 1 else {})
        make.make_product(f"L{number}", family, facts)
    fragment = make.make_fragment("f", "x")
    texts = {"en": "{{ fact:power }} {{ fact:name }} {{ label:name }}", "de": "{{ fact:name }}"}
    assert empty_facts(fragment, texts) == []
    place(ACTOR, fragment, make.make_slot("teaser"), family)
    assert empty_facts(fragment, texts) == [
        Empty("en", "name", 7, 7, ("L0", "L1", "L2", "L3", "L4")),
        Empty("en", "power", 6, 7, ("L1", "L2", "L3", "L4", "L5")),
    ]
    assert empty_facts(fragment, {"en": "none"}) == empty_facts(Fragment(code="x"), texts) == []


def test_a_variant_has_what_it_inherits() -> None:
    weight = make.make_attribute("number", "power")
    family = make.make_family("lamps", [weight])
    parent = make.make_product("L", family, {"power": "5"})
    make.make_product("L-1", family, parent=parent)
    fragment = make.make_fragment("f", "x")
    place(ACTOR, fragment, make.make_slot("teaser"), parent)
    assert empty_facts(fragment, {"en": "{{ fact:power }}"}) == []


# --- Where used, renaming ---------------------------------------------------------------------------------------------


def test_labels_links_and_pictures_follow_a_renaming_and_keep_their_options() -> None:
    from catalog.models import Asset, Attribute, Product
    from catalog.usage import uses_of
    from catalog.verifying.structure import references

    text = (
        "<p>{{ fact:weight unit=kg decimals=1 }} {{ label:Weight }} {{ link:BZ-LIRA }} {{ product:name }}"
        '<img src="asset:lira-front" alt="x"></p>'
    )
    fragment = make.make_fragment("f", text, approved=True)
    targets = [
        Attribute.objects.get(code="weight"),
        Product.objects.get(sku="BZ-LIRA"),
        Asset.objects.get(code="lira-front"),
    ]
    for target, new in zip(targets, ["mass", "BZ-1", "front"], strict=True):
        used = {(use.label, use.count) for use in uses_of(target)}
        assert used == {("References in fragments", 1), ("Approved texts", 1)}
        rename(ACTOR, target, new)
    fragment.refresh_from_db()
    assert texts_of(fragment, "body")["en"] == (
        "<p>{{ fact:mass unit=kg decimals=1 }} {{ label:mass }} {{ link:BZ-1 }} {{ product:name }}"
        '<img src="asset:front" alt="x"></p>'
    )
    assert list(references()) == []
    Fragment.objects.filter(pk=fragment.pk).update(
        body_en='{{ link:gone }} {{ label:gone }} {{ fact:mass x=1 }} <img src="asset:gone" alt="">'
    )
    assert [str(defect) for defect in references()] == [
        "fragment “f”: {{ fact:mass x=1 }} has an option “x”; there are unit, decimals. Write it anew.",
        "fragment “f”: it refers to {{ label:gone }}, which there is not. Make it, or write this anew.",
        "fragment “f”: it refers to {{ link:gone }}, which there is not. Make it, or write this anew.",
        "fragment “f”: it shows the asset “gone”, which there is not. Make it, or write this anew.",
    ]
