"""What must not be is found: each defect is made on purpose, behind the operations' back."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from catalog.models import (
    Attribute,
    AttributeOption,
    Category,
    Channel,
    CodeAlias,
    EntityType,
    FactEntry,
    Family,
    FamilyVariant,
    Fragment,
    FragmentRevision,
    Product,
    Record,
    Requirement,
    RevisionApproval,
)
from catalog.operations import axes
from catalog.operations.fragments import write_fragment
from catalog.operations.recording import store
from catalog.operations.reviewing import submit
from catalog.operations.upkeep import rename
from catalog.verifying import CHECKS, check
from exports.editions import build
from exports.models import DocumentBody, DocumentVersion, Output, Release
from exports.outputs import define
from exports.releasing.committing import release
from tests.factories import (
    ACTOR,
    make_asset,
    make_attribute,
    make_category,
    make_channel,
    make_family,
    make_family_variant,
    make_fragment,
    make_product,
    require,
)
from tests.sharing import Made, once

pytestmark = pytest.mark.django_db


def make_world() -> None:
    """A little of everything, and all of it sound."""
    brand = EntityType(code="brand")
    store(ACTOR, brand)
    store(ACTOR, Record(entity_type=brand, code="acme"))
    color = make_attribute("select", "color", options=["black", "white"], filterable=True)
    name = make_attribute("text", "name", localizable=True, per_channel=True, settings={"max_length": 9})
    maker = make_attribute("record", "maker", settings={"entity": "brand"})
    image = make_attribute("asset", "image")
    related = make_attribute("reference", "related")
    make_asset("photo")
    family = make_family("f", [color, name, maker, image, related])
    web = make_channel("web", selection="color in (black, white) and family = f", text_limits={"name": 9})
    requirement = require(family, web, "name")
    requirement.condition = "color = black"
    store(ACTOR, requirement)
    root = make_category("root")
    below = make_category("below", root)
    make_category("other", root)
    group = make_product(
        "G", family, {"name": {"en": "Thing"}}, [below], family_variant=make_family_variant(family, [color])
    )
    make_product("G-1", family, {"color": "black", "maker": "acme", "image": "photo"}, parent=group)
    make_product("G-2", family, {"color": "white", "related": "G"}, parent=group)
    make_fragment("battery", approved=True)
    make_fragment("whole", "{{ fragment:battery }} {{ fact:name }} {{ product:sku }}", approved=True)
    rename(ACTOR, Fragment.objects.get(code="battery"), "cells")
    release(ACTOR, web)


made_world = once(make_world)


@pytest.fixture(autouse=True)
def world(made_world: Made[None], db: None) -> None:
    made_world.again()


def found(*checks: str) -> list[str]:
    return [f"{name}: {defect}" for name in checks or sorted(CHECKS) for defect in CHECKS[name]()]


def set_values(sku: str, **values: Any) -> None:
    Product.objects.filter(sku=sku).update(values={**Product.objects.get(sku=sku).values, **values})


def test_a_sound_world_has_no_defect(capsys: pytest.CaptureFixture[str]) -> None:
    assert found() == []
    call_command("verify")
    assert capsys.readouterr().out.startswith("All is well: aliases, attributes, categories")


# A fact as it must not be, and the beginning of what is said of it.
FACTS: list[tuple[dict[str, Any], str]] = [
    ({"colour": {"": "x"}}, "it has a fact “colour”, which is no attribute."),
    ({"color": {"": "red"}}, "its fact “color” has a value it cannot have: “red” is no option of “color”."),
    ({"color": {"": ["black"]}}, "its fact “color” has a value it cannot have: expected the code of an option"),
    ({"color": {"": "BLACK"}}, "its fact “color” is not written as its type writes it."),
    ({"color": {"de": "black"}}, "its fact “color” (de) is said where it cannot be"),
    ({"name": {"en@shop": "x"}}, "its fact “name” (en@shop) is said for a channel “shop”, which there is not."),
    ({"name": {"tlh": "x"}}, "its fact “name” (tlh) is said in “tlh”, which is no language here."),
    ({"name": {"en": "more than nine"}}, "its fact “name” (en) has a value it cannot have: 14 characters"),
    ({"maker": {"": "nobody"}}, "its fact “maker” names “nobody”, which there is not."),
    ({"image": {"": "gone"}}, "its fact “image” names “gone”, which there is not."),
    ({"related": {"": "gone"}}, "its fact “related” names “gone”, which there is not."),
]


@pytest.mark.parametrize("model", [Product, Family, Record])
def test_facts_that_dangle_or_cannot_be(model: Any) -> None:
    name = {Product: "product “G”", Family: "family “f”", Record: "record “acme”"}[model]
    row = model.objects.order_by("pk").first()
    for values, told in FACTS:
        model.objects.filter(pk=row.pk).update(values=values)
        assert [defect[: len(f"facts: {name}: {told}")] for defect in found("facts")] == [f"facts: {name}: {told}"]


def test_an_empty_fact_is_no_defect() -> None:
    set_values("G-1", maker={"": None})
    assert found("facts") == []


Break = Callable[[], Any]
DEFECTS: list[tuple[str, Break, list[str]]] = [
    (
        "translations",
        lambda: Fragment.objects.filter(code=Fragment.objects.values("code")[:1]).update(body_ro="<p>Cald</p>"),
        ["fragment “"],
    ),
    (
        "inheritance",
        lambda: Product.objects.filter(sku="G").update(own_only=["slot:gone", "asset:main", "categories"]),
        ["product “G”: it does not inherit “slot:gone”, which there is not. Take it off."],
    ),
    (
        "attributes",
        lambda: Attribute.objects.filter(code="name").update(settings={"max_length": "many"}),
        ["attribute “name”: its settings cannot be used:"],
    ),
    (
        "attributes",
        lambda: EntityType.objects.filter(code="brand").update(code="make"),
        ["attribute “maker”: its records are of “brand”, which there is not."],
    ),
    (
        "filters",
        lambda: Channel.objects.update(selection="colour = black"),
        ["channel “web”, its selection: it cannot be understood. At character 1: there is no attribute"],
    ),
    (
        "filters",
        lambda: Requirement.objects.update(condition="color = "),
        ["requirement “web wants name of f”, its condition: it cannot be understood."],
    ),
    (
        "limits",
        lambda: Channel.objects.update(text_limits={"slot:gone": 3, "name": 4}),
        ["channel “web”: it limits the text “slot:gone”, which there is not."],
    ),
    (
        "references",
        lambda: Fragment.objects.filter(code="cells").update(body_de="{{ fact:gone }} {{ x }}"),
        [
            "fragment “cells”: it refers to {{ fact:gone }}, which there is not.",
            "fragment “cells”: “{{ x }}” is no reference.",
        ],
    ),
    (
        "references",
        lambda: CodeAlias.objects.all().delete(),
        ["whole revision 1: it refers to {{ fragment:battery }}, which there is not."],
    ),
    (
        "revisions",
        lambda: FragmentRevision.objects.filter(fragment__code="whole").update(content={"body": {}}),
        ["whole revision 1: it is not what was submitted."],
    ),
    (
        "revisions",
        lambda: FragmentRevision.objects.filter(fragment__code="whole").update(number=3),
        ["whole revision 3: revision 1 is missing before it."],
    ),
    (
        "revisions",
        lambda: FragmentRevision.objects.filter(fragment__code="whole").update(out={"body": {"en": "Mine"}}),
        ["whole revision 1: what is out of it is not what was approved. Approve its latest revision anew."],
    ),
    (
        "revisions",
        lambda: RevisionApproval.objects.filter(revision__fragment__code="whole").delete(),
        ["whole revision 1: what is out of it is not what was approved."],
    ),
    (
        "revisions",
        lambda: RevisionApproval.objects.filter(revision__fragment__code="whole").update(language="xx"),
        ["whole revision 1: it is approved in “xx”, of which it says nothing."],
    ),
    (
        "aliases",
        lambda: CodeAlias.objects.update(code="gone"),
        ["code alias “battery” of fragment “gone”: it stands for nothing."],
    ),
    (
        "aliases",
        lambda: CodeAlias.objects.update(alias="whole"),
        ["code alias “whole” of fragment “cells”: something is called so."],
    ),
    (
        "categories",
        lambda: Category.objects.filter(code="other").update(lft=90, rght=91),
        ["category “other”: its place in the tree is wrong (tree_id "],
    ),
    (
        "categories",
        lambda: Category.objects.filter(code__in=["below", "other"]).update(parent=Category.objects.get(code="other")),
        [
            "category “root”: its place",
            "category “below”: it stands below itself.",
            "category “other”: it stands below",
        ],
    ),
    (
        "products",
        lambda: Product.objects.filter(sku="G").update(parent=Product.objects.get(sku="G-1")),
        ["product “G”: it stands below itself."],
    ),
    (
        "products",
        lambda: Product.objects.filter(sku="G-1").update(family=None),
        ["product “G-1”: its family is not its parent's. Save “G” again."],
    ),
    (
        "variants",
        lambda: Product.objects.filter(sku="G-2").update(axis_key="0" * 64),
        ["product “G-2”: its key among its siblings is out of date."],
    ),
    (
        "index",
        lambda: FactEntry.objects.all().delete(),
        ["index “factentry”: 2 rows are missing, 0 differ", "index “completeness”:"],
    ),
    (
        "files",
        lambda: next(Path(settings.MEDIA_ROOT).glob("assets/*/*")).unlink(),
        ["asset “photo”: its file assets/"],
    ),
    (
        "files",
        lambda: next(Path(settings.MEDIA_ROOT).glob("assets/*/*")).write_bytes(b"x"),
        ["asset “photo”: its file assets/"],
    ),
    (
        "releases",
        lambda: DocumentVersion.objects.filter(sku="G").update(valid_from=7),
        ["document G en 7– of “web”: its interval cannot be."],
    ),
    (
        "releases",
        lambda: Release.objects.update(number=2),
        [
            "web release 2: release 1 is missing before it.",
            *(f"document {sku} en 1– of “web”: its interval cannot be." for sku in ("G", "G-1", "G-2")),
        ],
    ),
    (
        "releases",
        lambda: Release.objects.update(documents=17),
        ["web release 1: it says 17 documents, and there are"],
    ),
    (
        "documents",
        lambda: DocumentBody.objects.filter(pk=DocumentBody.objects.order_by("pk").first()).update(content=b"{}"),
        ["document "],
    ),
    (
        "outputs",
        lambda: Output.objects.create(code="sheet", channel=Channel.objects.get(), language="fr", format="json"),
        ["output “sheet”: its channel has no language “fr”."],
    ),
]


def edition_of_web() -> Path:
    output, _ = define(ACTOR, "pages", Channel.objects.get(), "en", "json", {})
    return build(ACTOR, output).path


DEFECTS += [
    ("editions", lambda: edition_of_web().unlink(), ["edition “pages"]),
    ("editions", lambda: edition_of_web().write_bytes(b"{}"), ["edition “pages"]),
]


@pytest.mark.parametrize(("name", "damage", "told"), DEFECTS)
def test_damage_is_found(name: str, damage: Break, told: list[str]) -> None:
    damage()
    defects = found(name)
    assert len(defects) == len(told)
    for defect, beginning in zip(defects, told, strict=True):
        assert defect.startswith(f"{name}: {beginning}")
        assert defect.endswith(".") or "manage.py" in defect


def test_keys_of_variants_are_renewed_in_batches_that_keep_siblings_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(axes, "BATCH", 1)
    other = make_product("H", Family.objects.get(), family_variant=FamilyVariant.objects.get())
    for sku, color in (("H-1", "black"), ("H-2", "white")):
        make_product(sku, parent=other, facts={"color": color})
    before = set(Product.objects.values_list("sku", "axis_key"))
    rename(ACTOR, AttributeOption.objects.get(code="black"), "ink")
    assert {sku for sku, _ in before - set(Product.objects.values_list("sku", "axis_key"))} == {"G-1", "H-1"}
    assert found("variants", "facts") == []


def test_a_language_that_was_added_and_lacks_a_column_is_found() -> None:
    """Spanish stands for a language of this site: what is shipped has its columns by the migrations."""
    shipped = [pair for pair in settings.SHIPPED_LANGUAGES if pair[0] != "es"]
    with override_settings(SHIPPED_LANGUAGES=shipped):
        assert found("columns") == []
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE catalog_slot DROP COLUMN label_es")
        [defect] = found("columns")
    assert defect.startswith("columns: languages: PIM_LANGUAGES names es, which the database has no columns for.")
    assert "manage.py sync_languages" in defect


def test_the_command_tells_each_defect_in_a_line_and_exits_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    AttributeOption.objects.filter(code="white").delete()
    with pytest.raises(SystemExit) as ended:
        call_command("verify", "facts", "filters")
    lines = capsys.readouterr().out.splitlines()
    assert ended.value.code == 1
    assert [line.partition(":")[0] for line in lines] == ["facts", "filters"]
    with pytest.raises(SystemExit):
        call_command("verify", "facts", "--json")
    [defect] = json.loads(capsys.readouterr().out)
    assert (defect["check"], defect["object"]) == ("facts", "product “G-2”")


def test_an_unknown_check_is_named_with_those_there_are() -> None:
    with pytest.raises(CommandError, match=r"no check “nonsense”; there are aliases, attributes"):
        call_command("verify", "nonsense")


def test_two_checks_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="facts"):
        check("facts")(lambda: iter(()))


def test_every_check_was_seen_to_find_something() -> None:
    # The last two are seen in test_languages and test_schema_token.
    assert {name for name, *_ in DEFECTS} | {"facts", "columns", "token"} == set(CHECKS)


def test_nobody_approved_a_revision_once_there_was_a_newer_one() -> None:
    fragment = make_fragment("late", approved=True)
    write_fragment(ACTOR, fragment, title={}, body={"en": "Two."})
    submit(ACTOR, fragment)
    assert found("revisions") == []
    RevisionApproval.objects.filter(revision__fragment=fragment).update(at=timezone.now() + timedelta(hours=1))
    assert found("revisions") == [
        "revisions: late revision 1: it was approved in “en” after late revision 2 had been submitted. "
        "Approve its latest revision anew."
    ]
