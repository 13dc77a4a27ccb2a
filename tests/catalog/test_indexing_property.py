"""After any sequence of writes, what is stored of products is what a rebuild would make."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mptt.exceptions import InvalidMove

from catalog.filters import Context, parse, products
from catalog.indexing import differences, rebuild
from catalog.indexing.batch import Batch
from catalog.indexing.schema import Schema
from catalog.indexing.touched import gathering
from catalog.models import (
    Asset,
    Attribute,
    AttributeOption,
    Category,
    Channel,
    ChannelLanguage,
    Completeness,
    EntityType,
    FactEntry,
    Family,
    FamilyAttribute,
    Fragment,
    Market,
    Placement,
    Product,
    ProductIndex,
    Record,
    Requirement,
    SearchText,
    Slot,
    Tag,
)
from catalog.operations import upkeep
from catalog.operations.assets import attach, store_asset
from catalog.operations.bulk import set_fact_on
from catalog.operations.channels import save_channel
from catalog.operations.fragments import place, write_fragment
from catalog.operations.inheriting import set_own_only
from catalog.operations.placements import exclude, unplace
from catalog.operations.products import INHERIT, save_product
from catalog.operations.recording import remove, store
from catalog.operations.reviewing import approve, retire
from catalog.operations.trees import move_category, save_category
from catalog.usage import InUse
from tests.factories import (
    ACTOR,
    make_asset,
    make_attribute,
    make_category,
    make_channel,
    make_family,
    make_fragment,
    make_market,
    make_product,
    make_slot,
    make_tag,
    png,
    require,
)
from tests.sharing import Made, once

pytestmark = pytest.mark.django_db


class Absent(Exception):
    """There is no row of this kind left to write to."""


REFUSED = (Absent, ValidationError, ProtectedError, InvalidMove, InUse)
EXAMPLES = 50
TABLES = (FactEntry, ProductIndex, SearchText, Completeness)
SCOPES = ("", "en", "de", "@print", "de@print")
VALUES: dict[str, tuple[Any, ...]] = {
    "power": ("1", "-2.5", "1000"),
    "color": ("red", "blue"),
    "name": ("Anna", "Berta Ö", "Carla"),
    "tone": ("warm", "cold"),
    "claim": ("quick", "quiet"),
    "serial": ("S-1", "S-2", "S-3"),
    "maker": ("acme", "bolt"),
    "finish": ("matt", "gloss"),
    "depth": ("2", "4"),
}


def build_world() -> None:
    """Attributes that vary in every way, two families, a channel with languages, a tree, fragments and two products."""
    italy = make_market("it")
    printed = make_channel("print", {"de": "en", "en": ""}, market=italy)
    make_market("at")
    brand = EntityType(code="brand")
    store(ACTOR, brand)
    for code in VALUES["maker"]:
        store(ACTOR, Record(entity_type=brand, code=code, label_en=f"{code} works"))
    maker = make_attribute("record", "maker", settings={"entity": "brand"}, filterable=True)
    make_channel("web", ["fr"])
    power = make_attribute("number", "power", filterable=True, settings={"default": "7"})
    color = make_attribute("select", "color", options=VALUES["color"], filterable=True)
    name = make_attribute("text", "name", localizable=True, filterable=True)
    tone = make_attribute("select", "tone", options=VALUES["tone"], per_channel=True, filterable=True)
    claim = make_attribute("text", "claim", localizable=True, per_channel=True, filterable=True)
    serial = make_attribute("text", "serial", unique=True, role="mpn")
    finish = make_attribute("select", "finish", options=VALUES["finish"])
    depth = make_attribute("number", "depth")
    product = {"expression": "power * depth", "result": "number"}
    work = make_attribute("computed", "work", settings=product, filterable=True)
    own = [power, color, name, tone, serial, maker, finish, depth, work]
    first = make_family("first", own, label_attribute=name)
    second = make_family("second", [name, claim])
    for code in ("color", "name", "tone"):
        require(first, printed, code)
    roof = make_category("roof")
    make_product("P-0", second, categories=[make_category("floor", make_category("room", roof))])
    make_slot("teaser")
    store(ACTOR, Requirement(family=first, channel=printed, slot=make_slot("warning")))
    for code in ("hot", "new"):
        make_fragment(code, {"en": f"<p>{code} words</p>", "de": f"<p>{code} Wörter</p>"})
    Fragment.objects.get(code="hot").markets.set([italy])
    for fragment in Fragment.objects.all():
        approve(ACTOR, fragment)
    make_tag("topic", "hot")
    make_tag("topic", "cold")
    make_asset("picture")
    group = make_product("P-1", first, {"color": "red", "maker": "acme", "finish": "matt"}, [roof])
    leaf = make_product("P-2", parent=group)
    place(ACTOR, Fragment.objects.get(code="hot"), Slot.objects.get(code="warning"), roof)
    place(ACTOR, Fragment.objects.get(code="new"), Slot.objects.get(code="teaser"), leaf)


# --- Writes, each of which takes three numbers to choose what it does -------------------------------------------------
def _of(model: Any, number: int) -> Any:
    rows = list(model.objects.order_by("pk"))
    if not rows:
        raise Absent
    return rows[number % len(rows)]


def _facts(a: int, b: int) -> dict[str, dict[str, Any]]:
    code = list(VALUES)[a % len(VALUES)]
    value = (*VALUES[code], None, INHERIT)[b % (len(VALUES[code]) + 2)]
    return {code: {SCOPES[(a + b) % len(SCOPES)]: value}}


def create(a: int, b: int, c: int) -> None:
    parent = _of(Product, a) if b % 3 else None
    family = None if parent else _of(Family, b)
    make_product(family=family, parent=parent, facts=_facts(a, c) if c % 2 else None)


def say(a: int, b: int, c: int) -> None:
    save_product(ACTOR, _of(Product, a), _facts(b, c))


def say_on_many(a: int, b: int, c: int) -> None:
    set_fact_on(ACTOR, Product.objects.filter(pk__gt=_of(Product, a).pk), _facts(b, c))


def move(a: int, b: int, c: int) -> None:
    product = _of(Product, a)
    product.parent = _of(Product, b) if c % 3 else None
    if product.parent:
        product.family = product.parent.family
    save_product(ACTOR, product, {})


def change_family(a: int, b: int, c: int) -> None:
    product = _of(Product, a)
    product.family = _of(Family, b)
    product.status = ("draft", "enabled")[c % 2]
    save_product(ACTOR, product, {})


def rename(a: int, b: int, c: int) -> None:
    product = _of(Product, a)
    product.sku = f"R-{b % 5}"
    save_product(ACTOR, product, {})


def categorise(a: int, b: int, c: int) -> None:
    save_product(ACTOR, _of(Product, a), {}, list(Category.objects.order_by("pk")[b % 3 : c % 4]))


def cut_off(a: int, b: int, c: int) -> None:
    what = ("categories", "slot:teaser", "asset:main")[b % 3]
    set_own_only(ACTOR, _of(Product, a), **{("add", "remove")[c % 2]: [what]})


def delete(a: int, b: int, c: int) -> None:
    remove(ACTOR, _of((Product, Placement, FamilyAttribute, ChannelLanguage, Requirement)[b % 5], a))


def move_branch(a: int, b: int, c: int) -> None:
    if c % 2:
        category = _of(Category, a)
        category.parent = _of(Category, b) if b % 2 else None
        save_category(ACTOR, category)
    else:
        move_category(ACTOR, _of(Category, a), _of(Category, b), ("left", "last-child")[c % 4 // 2])


def place_somewhere(a: int, b: int, c: int) -> None:
    place(ACTOR, _of(Fragment, a), _of(Slot, a + b), _of((Product, Family, Category)[b % 3], c))


# Rules of everything a rule may ask for; what varies by channel and language too.
RULES = (
    "color = red",
    "not color = red",
    "power is empty",
    "category = room",
    "family = second and name is empty",
    "name = anna",
    "tone = warm or claim = quick",
    "level = variant",
    "maker = acme",
    "sku = P-2",
)


def _target(b: int, c: int) -> Any:
    return RULES[c % len(RULES)] if b % 4 == 3 else _of((Product, Family, Category)[b % 4], c)


def place_by_rule(a: int, b: int, c: int) -> None:
    (place, exclude)[b % 2](ACTOR, _of(Fragment, a), _of(Slot, a + b // 2), RULES[c % len(RULES)])


def exclude_somewhere(a: int, b: int, c: int) -> None:
    exclude(ACTOR, _of(Fragment, a), _of(Slot, a + b // 4), _target(b, c))


def take_away(a: int, b: int, c: int) -> None:
    unplace(ACTOR, _of(Placement, a))


def limit_text(a: int, b: int, c: int) -> None:
    fragment = _of(Fragment, a)
    fragment.products = ("", *RULES)[b % (len(RULES) + 1)]
    write_fragment(ACTOR, fragment, title={}, body={"en": f"<p>limited {c % 3}</p>"})
    approve(ACTOR, fragment)


def judge_text(a: int, b: int, c: int) -> None:
    fragment = _of(Fragment, a)
    if b % 3 == 0:
        retire(ACTOR, fragment)
        return
    write_fragment(ACTOR, fragment, title={}, body={"en": f"<p>text {c % 3}</p>"})
    if b % 3 == 1:
        approve(ACTOR, fragment)


def attach_somewhere(a: int, b: int, c: int) -> None:
    attach(ACTOR, _of(Product, a), Asset.objects.get(), ("main", "manual")[b % 2])


def change_attribute(a: int, b: int, c: int) -> None:
    attribute = _of(Attribute, a)
    setattr(attribute, ("filterable", "role")[b % 2], (bool(c % 2), ("", "mpn")[c % 2])[b % 2])
    store(ACTOR, attribute)


def change_option(a: int, b: int, c: int) -> None:
    option = _of(AttributeOption, a)
    option.label_en, option.label_de = (("", ""), ("Label", "Schild"), ("Same", "Same"))[b % 3]
    store(ACTOR, option)


def change_family_facts(a: int, b: int, c: int) -> None:
    family = _of(Family, a)
    family.values = ({}, {"color": {"": "blue"}}, {"name": {"de": "Familie"}, "tone": {"@print": "cold"}})[b % 3]
    family.label_attribute = (None, Attribute.objects.get(code="name"))[c % 2]
    store(ACTOR, family)


def give_attribute(a: int, b: int, c: int) -> None:
    store(ACTOR, FamilyAttribute(family=_of(Family, a), attribute=_of(Attribute, b), position=c % 9))


def speak(a: int, b: int, c: int) -> None:
    code = ("it", "fr", "es")[b % 3]
    with gathering():
        store(ACTOR, ChannelLanguage(channel=_of(Channel, a), language=code, fallback=("", "de")[c % 2]))


def demand(a: int, b: int, c: int) -> None:
    condition = ("", "category = room", "maker = acme")[b % 3]
    store(ACTOR, Requirement(family=_of(Family, a), channel=_of(Channel, b), slot=_of(Slot, c), condition=condition))


def change_channel(a: int, b: int, c: int) -> None:
    channel = _of(Channel, a)
    channel.currencies = ([], ["EUR"], ["CHF"])[b % 3]
    channel.retired = b % 5 == 4
    markets = (None, *Market.objects.order_by("pk"))
    channel.market = markets[c % len(markets)]
    save_channel(ACTOR, channel)


def take_out_of_use(a: int, b: int, c: int) -> None:
    upkeep.retire(ACTOR, _of((Channel, Category, Asset, Attribute, Record)[b % 5], a))


def rename_code(a: int, b: int, c: int) -> None:
    model = (Market, Category, Record, Channel, Fragment, Slot, Attribute, AttributeOption, Asset, Tag)[b % 10]
    upkeep.rename(ACTOR, _of(model, a), f"code-{c % 3}")


def merge_codes(a: int, b: int, c: int) -> None:
    model = (Market, Category, Record, Tag, Slot, AttributeOption)[b % 6]
    upkeep.merge(ACTOR, _of(model, a), _of(model, c))


def label_record(a: int, b: int, c: int) -> None:
    record = _of(Record, a)
    record.label_en, record.label_de = (("Acme", "Akme"), ("Anvils", ""), ("", ""))[b % 3]
    store(ACTOR, record)


def tag_text(a: int, b: int, c: int) -> None:
    _of(Fragment, a).tags.set(Tag.objects.all()[b % 2 : c % 3])


def change_file(a: int, b: int, c: int) -> None:
    store_asset(ACTOR, _of(Asset, a), png(8 + b % 3))


WRITES: tuple[Callable[[int, int, int], None], ...] = (
    create,
    say,
    say,
    say_on_many,
    move,
    change_family,
    rename,
    categorise,
    cut_off,
    delete,
    move_branch,
    place_somewhere,
    place_by_rule,
    place_by_rule,
    exclude_somewhere,
    take_away,
    limit_text,
    judge_text,
    attach_somewhere,
    change_attribute,
    change_option,
    change_family_facts,
    give_attribute,
    speak,
    demand,
    change_channel,
    take_out_of_use,
    rename_code,
    merge_codes,
    label_record,
    tag_text,
    change_file,
)
number = st.integers(0, 59)
steps = st.lists(st.tuples(st.sampled_from(WRITES), number, number, number), min_size=1, max_size=12)


made_world = once(build_world)


@pytest.fixture
def world(made_world: Made[None], db: None) -> None:
    made_world.again()


@given(steps)
@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_after_any_writes_every_derived_row_is_what_a_rebuild_makes(
    world: None, steps: list[tuple[Callable[[int, int, int], None], int, int, int]]
) -> None:
    with transaction.atomic():
        for write, a, b, c in steps:
            try:
                with transaction.atomic():
                    write(a, b, c)
            except REFUSED:
                continue
        found = _told(differences())
        standing = _standing_by_filter(), _standing_by_index()
        transaction.set_rollback(True)
    assert found == {}
    assert standing[0] == standing[1]


# For all channels in the default language, and for one of the channels where there still is one.
def _contexts() -> list[Context]:
    return [Context(), *(Context.of(channel) for channel in Channel.objects.order_by("pk")[:1])]


def _standing_by_filter() -> set[tuple[int, str, Context]]:
    return {
        (pk, slot.code.lower(), context)
        for context in _contexts()
        for slot in Slot.objects.all()
        for pk in products(parse(f"slot:{slot.code} is not empty"), context).values_list("pk", flat=True)
    }


def _standing_by_index() -> set[tuple[int, str, Context]]:
    batch = Batch(Schema(), list(Product.objects.values_list("pk", flat=True)))
    return {
        (pk, placed.slot, context)
        for context in _contexts()
        for pk, rows in batch.placing.counting(context.channel, context.chain).items()
        for placed in rows
    }


# What each does in the world as it is built: P-1 has P-2 below it.
EACH = (
    (create, 1, 1, 0),
    (say, 1, 1, 9),
    (say_on_many, 0, 1, 9),
    (move, 2, 0, 0),
    (change_family, 1, 1, 0),
    (rename, 1, 0, 0),
    (categorise, 1, 0, 0),
    (cut_off, 2, 0, 0),
    (delete, 2, 0, 0),
    (delete, 0, 1, 0),
    (delete, 0, 2, 0),
    (delete, 0, 3, 0),
    (delete, 0, 4, 0),
    (move_branch, 2, 0, 1),
    (move_branch, 1, 0, 0),
    (place_somewhere, 1, 0, 0),
    (place_by_rule, 1, 0, 0),
    (place_by_rule, 1, 0, 1),
    (exclude_somewhere, 1, 4, 2),
    (exclude_somewhere, 0, 6, 1),
    (take_away, 1, 0, 0),
    (limit_text, 0, 1, 0),
    (judge_text, 0, 0, 0),
    (judge_text, 0, 1, 2),
    (change_attribute, 1, 0, 0),
    (change_option, 4, 1, 0),
    (change_family_facts, 0, 2, 1),
    (give_attribute, 1, 1, 0),
    (speak, 0, 0, 1),
    (demand, 0, 0, 0),
    (demand, 1, 1, 0),
    (demand, 0, 2, 0),
    (change_channel, 0, 1, 0),
    (change_channel, 0, 4, 0),
    (change_channel, 0, 0, 2),
    (take_out_of_use, 0, 0, 0),
    (rename_code, 0, 2, 0),
    (merge_codes, 0, 2, 1),
    (label_record, 0, 0, 0),
)
# What changes nothing that is derived, as it stands: seen from all sides in the sequences above.
SAME = (
    (tag_text, 0, 0, 2),
    (change_file, 0, 0, 0),
    (rename_code, 0, 0, 0),
    (rename_code, 0, 6, 0),
    (merge_codes, 0, 0, 1),
    (label_record, 1, 1, 0),
    (change_option, 0, 1, 0),
)


@pytest.mark.parametrize(("write", "a", "b", "c"), EACH, ids=lambda value: getattr(value, "__name__", str(value)))
def test_each_kind_of_write_is_followed(
    world: None, write: Callable[[int, int, int], None], a: int, b: int, c: int
) -> None:
    before = [_content(table) for table in TABLES]
    write(a, b, c)
    assert [_content(table) for table in TABLES] != before
    assert _told(differences()) == {}


def test_a_category_that_moves_takes_its_products_out_of_what_conditions_ask(world: None) -> None:
    demand(1, 1, 0)
    before = [_content(table) for table in TABLES]
    move_branch(2, 0, 1)
    assert [_content(table) for table in TABLES] != before
    assert _told(differences()) == {}


@pytest.mark.parametrize(("write", "a", "b", "c"), SAME, ids=lambda value: getattr(value, "__name__", str(value)))
def test_what_says_the_same_of_products_leaves_the_rows_right(
    world: None, write: Callable[[int, int, int], None], a: int, b: int, c: int
) -> None:
    write(a, b, c)
    assert _told(differences()) == {}


def _told(found: dict[str, list[Any]]) -> dict[str, Any]:
    return {name: [(each.added, each.changed, each.removed) for each in parts] for name, parts in found.items()}


# First a rule, then what lets products enter it or leave it.
ENTERING = (
    ("color = red", say, 1, 1, 9),
    ("tone = warm", say, 1, 3, 0),
    ("name = anna", say, 1, 2, 0),
    ("category = floor", categorise, 1, 2, 3),
    ("family = second", change_family, 1, 1, 1),
    ("sku = R-0", rename, 1, 0, 0),
    ("level = group", create, 2, 1, 0),
    ("not category = room", move_branch, 2, 0, 1),
    ("name = familie", change_family_facts, 0, 2, 0),
    ("color is empty", change_attribute, 2, 0, 0),
    ("maker = bolt", merge_codes, 0, 2, 1),
    ("power = 7", say, 1, 0, 0),
)


@pytest.mark.parametrize(("rule", "write", "a", "b", "c"), ENTERING, ids=lambda value: getattr(value, "__name__", ""))
def test_products_enter_and_leave_rules_with_the_write_that_makes_them(
    world: None, rule: str, write: Callable[[int, int, int], None], a: int, b: int, c: int
) -> None:
    place(ACTOR, Fragment.objects.get(code="new"), Slot.objects.get(code="warning"), rule)
    before = [_content(SearchText), _content(Completeness)]
    write(a, b, c)
    assert [_content(SearchText), _content(Completeness)] != before
    assert _told(differences()) == {}


def test_a_rebuild_makes_the_same_rows_of_nothing(world: None) -> None:
    save_product(ACTOR, Product.objects.get(sku="P-2"), {"name": {"de": "Berta", "en": "Anna"}, "power": {"": "3"}})
    before = [_content(table) for table in TABLES]
    for table in TABLES:
        table.objects.all().delete()
    assert rebuild() == sum(map(len, before))
    assert [_content(table) for table in TABLES] == before


def _content(table: Any) -> list[tuple[Any, ...]]:
    """The rows without their own primary keys, in some order."""
    names = [field.attname for field in table._meta.fields if field.name not in ("id", "checked", "likeness")]
    return sorted(table.objects.values_list(*names), key=repr)
