"""A release assembles only what may have changed, and is what one of everything would be."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any
from unittest.mock import patch

import orjson
import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog import querysets
from catalog.models import (
    Asset,
    Association,
    AssociationType,
    Attribute,
    AttributeGroup,
    AttributeOption,
    Category,
    Channel,
    Family,
    FamilyAttribute,
    Finding,
    Fragment,
    Product,
    Slot,
    Touched,
)
from catalog.models.base import set_texts, texts_of
from catalog.operations import upkeep
from catalog.operations.assets import save_asset
from catalog.operations.associations import associate, save_association_type
from catalog.operations.findings import acknowledge
from catalog.operations.fragments import write_fragment
from catalog.operations.products import save_product
from catalog.operations.recording import remove, store
from catalog.operations.reviewing import approve
from catalog.operations.trees import save_category
from catalog.quality.rechecking import recheck
from exports.gathering.selection import SelectionError
from exports.models import DocumentVersion, Release, TraceStatement
from exports.policies.refusing import Leave, Retired
from exports.policies.saving import save_policy
from exports.querysets import policy_of
from exports.releasing import committing, staging
from exports.releasing.affected import Seen
from exports.releasing.committing import release
from exports.releasing.drafting import Draft, draft
from exports.releasing.problems import report_of
from exports.releasing.rewording import Rewording
from exports.releasing.stepping import Step
from tests.catalog import test_indexing_property as writes
from tests.factories import ACTOR, make_association_type, require

pytestmark = pytest.mark.django_db

Write = Callable[[int, int, int], None]


@pytest.fixture
def world() -> None:
    writes.build_world()
    for product in Product.objects.all():
        product.status = Product.Status.ENABLED
        save_product(ACTOR, product, {})
    kind = make_association_type("part")
    kind.two_way = True
    save_association_type(ACTOR, kind)
    associate(ACTOR, Product.objects.get(sku="P-0"), kind, Product.objects.get(sku="P-2"))
    release_all()


def release_all() -> None:
    """What a channel may lose is not what is tried here, and the world is too small for it."""
    for channel in Channel.objects.all():
        try:
            release(ACTOR, channel, leave=Leave(shrink=True))
        except (Retired, SelectionError):
            continue


# --- Writes of what documents show and no index holds -----------------------------------------------------------------
def label(a: int, b: int, c: int) -> None:
    kind = (Attribute, AttributeGroup, AttributeOption, Family, Slot)[b % 5]
    row = writes._of(kind, a)
    set_texts(row, "label", {"en": f"Label {c}", "de": f"Schild {c % 3}"})
    store(ACTOR, row)


def label_category(a: int, b: int, c: int) -> None:
    category = writes._of(Category, a)
    set_texts(category, "label", {"en": f"Shelf {c}"})
    save_category(ACTOR, category)


def describe(a: int, b: int, c: int) -> None:
    asset = writes._of(Asset, a)
    set_texts(asset, "alt", {"en": f"Picture {c}"})
    asset.expires = (None, timezone.localdate() - datetime.timedelta(days=1))[b % 2]
    save_asset(ACTOR, asset)


def point(a: int, b: int, c: int) -> None:
    source, target = writes._of(Product, a), writes._of(Product, b)
    if source != target:
        associate(ACTOR, source, writes._of(AssociationType, 0), target, 1 + c % 3)


def point_no_more(a: int, b: int, c: int) -> None:
    remove(ACTOR, writes._of(Association, a))


def name_type(a: int, b: int, c: int) -> None:
    kind = writes._of(AssociationType, a)
    kind.two_way = bool(b % 2)
    set_texts(kind, "inverse_label", {"en": ("", "Fits")[c % 2]})
    save_association_type(ACTOR, kind)


def enable(a: int, b: int, c: int) -> None:
    product = writes._of(Product, a)
    product.status = ("enabled", "enabled", "draft")[b % 3]
    save_product(ACTOR, product, {})


def delete_product(a: int, b: int, c: int) -> None:
    remove(ACTOR, writes._of(Product, a))


def rename_product(a: int, b: int, c: int) -> None:
    upkeep.rename(ACTOR, writes._of(Product, a), f"P-{b}")


def refer(a: int, b: int, c: int) -> None:
    fragment, other = writes._of(Fragment, a), writes._of(Fragment, b)
    words = (
        f"{{{{ fragment:{other.code} }}}}" if fragment != other else "alone",
        f"{{{{ link:{writes._of(Product, b).sku} }}}}",
        "{{ label:tone }}",
    )[c % 3]
    write_fragment(ACTOR, fragment, title={}, body={"en": f"<p>{words} {c % 4}</p>"})
    if c % 2:
        approve(ACTOR, fragment)


def select(a: int, b: int, c: int) -> None:
    channel = writes._of(Channel, a)
    channel.selection = ("", "power >= 2", "color = red", "category = room")[b % 4]
    store(ACTOR, channel)


def gate(a: int, b: int, c: int) -> None:
    """Other rules of what is let through."""
    policy = policy_of(writes._of(Channel, a))
    effects = ("report", "keep", "withhold")
    policy.on_incomplete, policy.on_reference = effects[b % 3], effects[c % 3]
    policy.quality, policy.on_quality = ("", "hint")[a % 2], effects[c % 3]
    policy.outdated = ("serve", "fallback", "keep", "withhold")[b % 4]
    policy.completeness = (50, 100)[c % 2]
    save_policy(ACTOR, policy)


def demand(a: int, b: int, c: int) -> None:
    member = writes._of(FamilyAttribute, a)
    require(member.family, writes._of(Channel, b), member.attribute.code)


def check_some(a: int, b: int, c: int) -> None:
    recheck([writes._of(Product, a).pk, writes._of(Product, b).pk])


def know(a: int, b: int, c: int) -> None:
    acknowledge(ACTOR, [writes._of(Finding, a)], "It is so.")


def reword(a: int, b: int, c: int) -> None:
    """Other words in the languages there are, and nothing else."""
    fragment = writes._of(Fragment, a)
    body = dict.fromkeys(texts_of(fragment, "body"), f"<p>Word {b} {c}</p>")
    write_fragment(ACTOR, fragment, title={}, body=body, meaning_kept=bool(c % 4))
    approve(ACTOR, fragment)


def write_source(a: int, b: int, c: int) -> None:
    """The source of a translated text changes, and is let out alone, or with its translation."""
    fragment = writes._of(Fragment, a)
    write_fragment(
        ACTOR, fragment, title={}, body={"en": f"<p>Say {c}.</p>", **({"de": f"<p>Sag {c}.</p>"} if b % 2 else {})}
    )
    if c % 3:
        approve(ACTOR, fragment)


WRITES: tuple[Write, ...] = (
    *writes.WRITES,
    label,
    label_category,
    describe,
    point,
    point_no_more,
    name_type,
    enable,
    enable,
    delete_product,
    rename_product,
    refer,
    refer,
    select,
    gate,
    gate,
    demand,
    check_some,
    know,
    write_source,
    reword,
    reword,
    reword,
)
# What may stand in the way of putting words in place of others.
IN_THE_WAY: tuple[Write, ...] = (
    refer,
    write_source,
    gate,
    check_some,
    label,
    enable,
    writes.place_somewhere,
    writes.place_by_rule,
    writes.exclude_somewhere,
    writes.take_away,
    writes.limit_text,
    writes.judge_text,
    writes.speak,
    writes.say,
    writes.rename_code,
)
number = st.integers(0, 59)
rewordings = st.lists(
    st.tuples(st.one_of(st.just(reword), st.sampled_from(IN_THE_WAY)), number, number, number), min_size=3, max_size=12
)
steps = st.lists(st.tuples(st.sampled_from(WRITES), number, number, number), min_size=1, max_size=10)


def released(channel: Channel) -> dict[str, Any]:
    """All that is kept of a channel's current release."""
    rows = DocumentVersion.objects.filter(channel=channel, valid_until=None)
    last = Release.objects.filter(channel=channel).order_by("-number")[0]
    said = TraceStatement.objects.filter(versions__channel=channel, versions__valid_until=None).order_by("pk")
    carried = said.values_list("versions__sku", "versions__language", *_CARRIED, "versions__revisions")
    return {
        "documents": {(row.sku, row.language): (row.product, row.listed, row.body_id) for row in rows},
        "provenance": {(row.sku, row.language): row.provenance for row in rows.select_related("trace")},
        "statements": _by_key(_renewed(carried)),
        "categories": {(row.sku, row.language): sorted(row.categories.values_list("code", flat=True)) for row in rows},
        "problems": sorted(report_of(last), key=repr),
        "counts": (last.documents, last.problems),
        "publications": {language: _lasting(data) for language, data in last.publications.items()},
    }


def assembled(channel: Channel) -> dict[str, Any]:
    """The same as a draft of everything would have it, but for the documents that the gate keeps as they are."""
    channel = querysets.channels().get(pk=channel.pk)
    seen = Seen.looking(channel)
    step = Step.of(channel, seen.last, draft(channel, seen.on, None))
    kept = {(row.sku, row.language): row for row in step.kept}
    made = {row.key: row for row in (*step.fresh, *step.same)}
    there = released(channel)
    documents = {key: (row.product, row.listed, row.digest) for key, row in made.items()}
    kinds = [row.kind for row in step.amiss]
    return {
        "documents": documents | {key: (row.product, row.listed, row.body_id) for key, row in kept.items()},
        "provenance": {key: orjson.loads(row.provenance) for key, row in made.items()}
        | {key: there["provenance"][key] for key in kept},
        "statements": _by_key((*row.key, *said) for row in made.values() for said in sorted(row.carried.statements))
        | {key: there["statements"][key] for key in kept if key in there["statements"]},
        "categories": {key: list(row.categories) for key, row in made.items()}
        | {key: there["categories"][key] for key in kept},
        "problems": sorted((row.as_row() for row in step.amiss), key=repr),
        "counts": (len(made) + len(kept), {kind: kinds.count(kind) for kind in sorted(set(kinds))}),
        "publications": {language: _lasting(data) for language, data in step.publications.items()},
    }


_CARRIED = ("place", "slot", "language", "fragment", "revision", "via")


def _renewed(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """With the numbers that documents have besides their traces."""
    for sku, language, place, slot, words, fragment, revision, via, own in rows:
        numbers = {code.lower(): each for code, each in own.items()}.get(fragment, {})
        yield sku, language, place, slot, words, fragment, numbers.get(words, revision), via


def _by_key(rows: Iterable[tuple[Any, ...]]) -> dict[tuple[str, str], list[tuple[Any, ...]]]:
    """Statements as they are found by the fragments they use, by SKU and language."""
    found: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
    for sku, language, *said in rows:
        found.setdefault((sku, language), []).append(tuple(said))
    return {key: sorted(said) for key, said in found.items()}


def _lasting(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name not in ("release", "released_on")}


def differing() -> dict[str, Any]:
    """Where what is released differs from what a release of everything would hold."""
    found: dict[str, Any] = {}
    for channel in Channel.objects.filter(retired=False):
        try:
            wanted = assembled(channel)
        except SelectionError:
            continue
        there = released(channel)
        found |= {
            f"{channel.code} {part}": (there[part], wanted[part]) for part in wanted if there[part] != wanted[part]
        }
    return found


@given(steps, st.integers(1, 4), st.sampled_from([2, 1_000]))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_after_any_writes_a_release_is_what_one_of_everything_would_be(
    world: None, steps: list[tuple[Write, int, int, int]], every: int, size: int
) -> None:
    """Be it made in memory or staged in batches of two products."""
    assert differing_after(steps, every, size) == {}


@given(rewordings, st.integers(1, 3), st.sampled_from([1, 2, 1_000]))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_so_it_is_where_texts_are_reworded_again_and_again(
    world: None, steps: list[tuple[Write, int, int, int]], every: int, size: int
) -> None:
    assert differing_after(steps, every, size) == {}


def differing_after(steps: list[tuple[Write, int, int, int]], every: int, size: int) -> dict[str, Any]:
    with transaction.atomic(), patch.object(staging, "SIZE", size), patch.object(staging, "REWORDED", size):
        for place_, (write, a, b, c) in enumerate(steps):
            try:
                with transaction.atomic():
                    write(a, b, c)
            except writes.REFUSED:
                continue
            if place_ % every == 0:
                release_all()
        release_all()
        found = differing()
        transaction.set_rollback(True)
    return found


def test_what_all_channels_have_read_is_forgotten_and_what_one_has_not_is_kept(world: None) -> None:
    first, second = Channel.objects.order_by("pk")
    product = Product.objects.get(sku="P-1")
    save_product(ACTOR, product, {"power": {"": "3"}})
    release(ACTOR, first)
    assert Touched.objects.filter(product=product.pk).exists()
    release(ACTOR, second)
    assert not Touched.objects.exists()


def test_a_channel_that_was_retired_looks_at_everything_when_it_is_back(world: None) -> None:
    first, second = Channel.objects.order_by("pk")
    upkeep.retire(ACTOR, first)
    save_product(ACTOR, Product.objects.get(sku="P-1"), {"power": {"": "3"}})
    release(ACTOR, second)
    first.retired = False
    store(ACTOR, first)
    release_all()
    assert differing() == {}


def test_an_unchanged_channel_assembles_nothing(world: None, monkeypatch: pytest.MonkeyPatch) -> None:
    drafted: list[Collection[int] | None] = []

    def watched(channel: Channel, on: datetime.date, only: Collection[int] | None, words: Rewording) -> Draft:
        drafted.append(only)
        return draft(channel, on, only, words)

    monkeypatch.setattr(committing, "draft", watched)
    channel = Channel.objects.order_by("pk")[0]
    release(ACTOR, channel)
    product = Product.objects.get(sku="P-2")
    save_product(ACTOR, product, {"power": {"": "3"}})
    release(ACTOR, channel)
    release(ACTOR, channel, full=True)
    assert drafted == [frozenset(), {product.pk, product.parent_id}, None]
