"""Every page of the admin answers, whoever may see it, with lists that cost the same for few rows and for many."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db.models import Model

from catalog.jobs import enqueue
from catalog.models import (
    Asset,
    AssociationType,
    Attribute,
    AttributeGroup,
    AttributeOption,
    Audience,
    Category,
    Change,
    Channel,
    CodeAlias,
    Concept,
    EntityType,
    Family,
    FamilyVariant,
    Finding,
    ForbiddenTerm,
    Fragment,
    Job,
    Market,
    MemorySegment,
    Product,
    Record,
    Slot,
    Tag,
    Term,
    TranslationJob,
    TranslationState,
)
from catalog.operations.assets import attach
from catalog.operations.fragments import place
from catalog.operations.translating.jobs import create_job
from catalog.operations.translating.selecting import Selection
from catalog.operations.translations import states
from tests import factories as make
from tests.admin_pages import ADMIN, address, browser, messages_of, queries

pytestmark = ADMIN


def product() -> Product:
    """A variant with a picture, a category and a name of its own, in a family that names its products."""
    family = Family.objects.filter(code="lamps").first()
    if family is None:
        name = make.make_attribute("text", code="name", localizable=True)
        family = make.make_family("lamps", [name], label="Lamps", label_attribute=name)
    parent = make.make_product(family=family, facts={"name": {"en": "Lamp"}}, categories=[make.make_category()])
    attach(make.ACTOR, parent, make.make_asset(), "main")
    return make.make_product(family=family, parent=parent, facts={"name": {"en": "Red lamp"}})


NOW = datetime.datetime(2027, 1, 1, tzinfo=datetime.UTC)


def concept() -> Concept:
    made = Concept.objects.create(code=make.make_code("concept"))
    Term.objects.create(concept=made, language="en", text="grinder", channel=make.make_channel())
    return made


def translation_job() -> TranslationJob:
    code = make.make_fragment().code
    return create_job(make.ACTOR, TranslationJob(), Selection("de", codes=(code,)))


def fragment() -> Fragment:
    made = make.make_fragment(approved=True)
    made.tags.set([make.make_tag()])
    made.channels.set([make.make_channel()])
    place(make.ACTOR, made, make.make_slot(), make.make_family())
    return made


def family_variant() -> FamilyVariant:
    color = make.make_attribute("select", options=["red", "blue"])
    return make.make_family_variant(make.make_family(attributes=[color]), axes=[color])


def change() -> Change:
    make.make_slot()
    latest = Change.objects.first()
    assert latest
    return latest


MAKERS: dict[type[Model], Callable[[], Any]] = {
    Product: product,
    Category: lambda: make.make_category(parent=make.make_category()),
    Asset: make.make_asset,
    Fragment: fragment,
    Slot: make.make_slot,
    Tag: make.make_tag,
    Family: lambda: make.make_family(attributes=[make.make_attribute()]),
    FamilyVariant: family_variant,
    Attribute: lambda: make.make_attribute("select", options=["yes", "no"]),
    AttributeGroup: make.make_group,
    AttributeOption: lambda: make.make_attribute("select", options=["yes"]).options.get(),
    CodeAlias: lambda: CodeAlias.objects.create(kind="slot", alias=make.make_code("old"), code="new"),
    AssociationType: make.make_association_type,
    EntityType: lambda: EntityType.objects.create(code=make.make_code("kind")),
    Record: lambda: Record.objects.create(
        code=make.make_code("record"), entity_type=EntityType.objects.create(code=make.make_code("kind"))
    ),
    Channel: lambda: make.make_channel(languages=["en", "de"], market=make.make_market()),
    Market: make.make_market,
    Audience: make.make_audience,
    Finding: lambda: Finding.objects.create(
        product=make.make_product(), check_code="identifier", severity="error", message="No GTIN."
    ),
    ForbiddenTerm: lambda: ForbiddenTerm.objects.create(term=make.make_code("word"), channel=make.make_channel()),
    Concept: concept,
    MemorySegment: lambda: MemorySegment.objects.create(
        source_language="en", target_language="de", source="A", target="B", key=make.make_code("key"), length=1, at=NOW
    ),
    TranslationJob: translation_job,
    TranslationState: lambda: states(make.make_fragment(body={"en": "One", "de": "Eins"}))["de"],
    Change: change,
    Job: lambda: enqueue(make.ACTOR, "check_quality", {}),
    User: lambda: User.objects.create_user(make.make_code("user")),
    Group: lambda: Group.objects.create(name=make.make_code("role")),
}
KINDS = pytest.mark.parametrize("kind", MAKERS, ids=lambda kind: kind.__name__)


def test_every_model_of_the_knowledge_base_that_is_in_the_admin_is_tried_here() -> None:
    registered = {kind for kind in admin.site._registry if kind._meta.app_label in ("catalog", "auth")}
    assert registered == set(MAKERS)


@KINDS
def test_list_and_form_answer(kind: type[Model]) -> None:
    instance = MAKERS[kind]()
    page = browser()
    assert page.get(address(kind, "changelist")).status_code == 200
    assert page.get(address(kind, "changelist"), {"q": "a"}).status_code == 200
    assert page.get(address(instance)).status_code == 200


@KINDS
def test_the_add_form_answers_unless_the_system_writes_these_rows(kind: type[Model]) -> None:
    answer = browser().get(address(kind, "add"))
    written = (AttributeOption, Change, Job, CodeAlias, Finding, MemorySegment, TranslationState)
    assert answer.status_code == (403 if kind in written else 200)


@KINDS
def test_the_queries_of_a_list_do_not_grow_with_its_rows(kind: type[Model]) -> None:
    page = browser()
    for _ in range(2):
        MAKERS[kind]()
    few = queries(lambda: page.get(address(kind, "changelist")))
    for _ in range(20):
        MAKERS[kind]()
    assert queries(lambda: page.get(address(kind, "changelist"))) == few


def test_the_first_page_counts_and_names_what_is_missing() -> None:
    make.make_product()
    make.make_fragment(body={"en": "One"}, approved=True)
    words = messages_of(browser().get(admin_index()))
    assert "1 Products" in words
    assert "1 Approved fragments" in words
    assert "Deutsch 0 % 1 missing" in words
    assert "English 100 % complete" in words


def test_the_first_page_shows_only_what_one_may_see() -> None:
    make.make_product()
    words = messages_of(browser("bert", "view_product").get(admin_index()))
    assert "1 Products" in words
    assert "Assets" not in words
    assert "Latest changes" not in words


def admin_index() -> str:
    return "/admin/"


def test_who_may_not_see_a_kind_of_object_gets_neither_list_nor_lookup() -> None:
    page = browser("bert", "view_slot")
    assert page.get(address(Slot, "changelist")).status_code == 200
    assert page.get(address(Product, "changelist")).status_code == 403
    assert page.get(address(Product, "lookup")).status_code == 403


def test_who_may_only_look_sees_the_facts_but_cannot_send_them() -> None:
    made = product()
    answer = browser("bert", "view_product").get(address(made))
    assert answer.status_code == 200
    assert "Red lamp" in answer.content.decode()
    assert 'name="_save"' not in answer.content.decode()


def test_hostile_labels_are_shown_as_they_are_written() -> None:
    evil = '<script>alert("x")</script>'
    name = make.make_attribute("text", code="name", label=evil, localizable=True, help_text_en=evil)
    family = make.make_family(attributes=[name], label=evil, label_attribute=name)
    parent = make.make_product(family=family, facts={"name": {"en": evil}}, categories=[make.make_category(label=evil)])
    child = make.make_product(family=family, parent=parent)
    page = browser()
    pages = [address(parent), address(child), "/admin/"]
    pages += [address(kind, "changelist") for kind in (Product, Category, Family, Attribute)]
    for url in pages:
        text = page.get(url).content.decode()
        assert "<script>alert(" not in text, url
    assert "&lt;script&gt;alert(" in page.get(address(child)).content.decode()
