"""How far translations are follows every way in which texts are written."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from catalog.actors import Actor
from catalog.importing.apply import apply
from catalog.importing.plan import FragmentRecord, Plan
from catalog.models import Asset, Fragment, MemorySegment, TranslationState
from catalog.operations.assets import save_asset
from catalog.operations.fragments import write_fragment
from catalog.operations.recording import remove
from catalog.operations.reviewing import approve, approve_revision, waiting_in
from catalog.operations.translating import memory
from catalog.operations.translating.approving import mark
from catalog.operations.translations import followed, recompute, source_texts, stale_states, states
from catalog.operations.upkeep import rename
from tests import factories as make

ME = make.ACTOR
MACHINE = Actor("machine", "job")


def said(instance: Any) -> dict[str, str]:
    return {
        language: f"{row.state}, outdated" if row.outdated else row.state for language, row in states(instance).items()
    }


def write(fragment: Fragment, *, kept: bool = False, **body: str) -> None:
    write_fragment(ME, fragment, title={}, body=body, meaning_kept=kept)


@pytest.fixture
def fragment(db: None) -> Fragment:
    return make.make_fragment("warning", {"en": "Hot water.", "de": "Heißes Wasser."})


def test_a_text_in_another_language_is_a_translation(fragment: Fragment) -> None:
    assert said(fragment) == {"de": "translated"}
    assert states(fragment)["de"].source_texts == {"body": "<p>Hot water.</p>"}


def test_a_language_that_says_less_than_the_source_is_a_draft(db: None) -> None:
    fragment = make.make_fragment("a", {"en": "One", "it": "Uno"}, title={"en": "Title"})
    assert said(fragment) == {"it": "draft"}
    write_fragment(ME, fragment, title={"it": "Titolo"}, body={})
    assert said(fragment) == {"it": "translated"}


def test_a_changed_source_makes_translations_outdated_and_keeps_what_they_were_made_from(fragment: Fragment) -> None:
    write(fragment, en="Boiling water.")
    assert said(fragment) == {"de": "translated, outdated"}
    assert states(fragment)["de"].source_texts == {"body": "<p>Hot water.</p>"}
    write(fragment, en="Hot water.")
    assert said(fragment) == {"de": "translated"}


def test_an_edit_that_keeps_the_meaning_keeps_translations_current(fragment: Fragment) -> None:
    write(fragment, kept=True, en="Hot, hot water.")
    assert said(fragment) == {"de": "translated"}
    write(fragment, en="Cold water.")
    write(fragment, kept=True, en="Cold water!")
    assert said(fragment) == {"de": "translated, outdated"}


def test_a_translation_written_with_its_source_is_of_the_new_source(fragment: Fragment) -> None:
    write(fragment, en="Steam.", de="Dampf.")
    assert said(fragment) == {"de": "translated"}
    write(fragment, de="")
    assert said(fragment) == {}


def test_what_was_written_first_in_another_language_is_not_outdated_by_its_source(db: None) -> None:
    fragment = make.make_fragment("a", {"de": "Zuerst auf Deutsch."})
    write(fragment, en="In German first.")
    assert said(fragment) == {"de": "translated"}
    write(fragment, en="In English now.")
    assert said(fragment) == {"de": "translated, outdated"}


def test_approval_approves_languages_and_leaves_outdated_ones_outdated(fragment: Fragment) -> None:
    write(fragment, it="Acqua calda.")
    write(fragment, en="Boiling water.", it="Acqua bollente.")
    approve(ME, fragment)
    assert said(fragment) == {"de": "approved, outdated", "it": "approved"}
    write(fragment, it="Acqua che bolle.")
    assert said(fragment)["it"] == "translated"


def test_only_current_pairs_go_into_the_memory(fragment: Fragment) -> None:
    write(fragment, en="Boiling water.", it="Acqua bollente.")
    approve(ME, fragment)
    assert [(row.target_language, row.target) for row in MemorySegment.objects.all()] == [("it", "Acqua bollente.")]


def test_a_machines_words_are_approved_by_a_person_only(fragment: Fragment) -> None:
    mark(MACHINE, fragment, "de", "machine")
    with pytest.raises(ValidationError, match="a person has to read"):
        approve(MACHINE, fragment)
    assert (said(fragment), fragment.revisions.count()) == ({"de": "machine"}, 0)
    anna = Actor("anna", "admin")
    revision = approve(anna, fragment)
    assert (said(fragment), waiting_in(revision)) == ({"de": "machine"}, ["de"])
    with pytest.raises(ValidationError, match="translated it into Deutsch"):
        approve(anna, fragment)
    with pytest.raises(ValidationError, match="a person has to read"):
        approve_revision(Actor("files", "import"), revision, ["de"])
    approve_revision(anna, revision, ["de"])
    assert said(fragment) == {"de": "approved"}


def test_a_fragment_is_not_approved_by_marking(fragment: Fragment) -> None:
    with pytest.raises(ValidationError, match="with a revision"):
        mark(ME, fragment, "de", "approved")
    mark(ME, fragment, "de", "reviewed")
    assert said(fragment) == {"de": "reviewed"}


def test_an_import_follows_too(fragment: Fragment) -> None:
    asset = make.make_asset("front", alt_en="A cup", alt_de="Eine Tasse")
    plan = Plan("test")
    plan.fragments.append(FragmentRecord("warning", title={}, body={"en": "<p>Steam.</p>"}, approved=False))
    plan.fragments.append(
        FragmentRecord("new", title={}, body={"en": "<p>New.</p>", "it": "<p>Nuovo.</p>"}, approved=True)
    )
    apply(plan, ME)
    assert said(fragment) == {"de": "translated, outdated"}
    assert said(Fragment.objects.get(code="new")) == {"it": "approved"}
    assert MemorySegment.objects.get().target == "Nuovo."
    assert said(asset) == {"de": "translated"}
    assert list(stale_states()) == []


def test_a_renamed_fact_in_a_text_makes_no_translation_outdated(db: None) -> None:
    attribute = make.make_attribute("text", "weight")
    fragment = make.make_fragment("a", {"en": "Has {{ fact:weight }}", "de": "Hat {{ fact:weight }}"})
    mark(ME, fragment, "de", "reviewed")
    rename(ME, attribute, "mass")
    fragment.refresh_from_db()
    assert "{{ fact:mass }}" in source_texts(fragment)["de"]["body"]
    assert said(fragment) == {"de": "reviewed"}
    assert list(stale_states()) == []


def test_states_go_with_their_object(db: None) -> None:
    asset = make.make_asset("front", alt_en="A cup", alt_de="Eine Tasse")
    remove(ME, asset)
    assert not TranslationState.objects.exists()


def test_what_was_written_behind_the_operations_is_found_and_mended(fragment: Fragment) -> None:
    Fragment.objects.filter(pk=fragment.pk).update(body_en="<p>Steam.</p>", body_fr="<p>Vapeur</p>", body_de="")
    TranslationState.objects.create(kind="asset", object_id=77, language="de", state="draft", source_digest="")
    assert sorted((stale.language, stale.problem) for stale in stale_states()) == [
        ("de", "it has no text"),
        ("de", "its object is gone"),
        ("fr", "it has a text and no state"),
    ]
    assert recompute(ME) == 3
    assert list(stale_states()) == []
    assert said(fragment) == {"fr": "translated"}


def test_pure_following_says_nothing_of_a_language_without_text() -> None:
    assert followed(None, "de", {}, {"en": {"body": "a"}}) is None


_TEXTS = st.sampled_from(["", "One.", "Two.", "Three."])
_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["write", "kept", "approve", "mark", "title", "import"]),
        st.sampled_from(["en", "de", "it"]),
        _TEXTS,
    ),
    min_size=1,
    max_size=12,
)


class TheStoredStates(TestCase):
    """A full recompute gives them, whatever was done in whatever order."""

    @settings(max_examples=40, deadline=None)
    @given(_STEPS)
    def test_are_those_of_a_full_recompute(self, steps: list[tuple[str, str, str]]) -> None:
        fragment, asset = make.make_fragment(body={"en": "One."}), make.make_asset(alt_en="One.")
        for what, language, text in steps:
            self.do(fragment, asset, what, language, text)
        assert list(stale_states()) == []
        stored = list(states(fragment).values()) + list(states(asset).values())
        assert all(row.outdated == (row.source_texts != self.source(row, fragment, asset)) for row in stored)
        memory.rebuild()

    def source(self, row: TranslationState, fragment: Fragment, asset: Asset) -> dict[str, str]:
        texts = source_texts(Fragment.objects.get() if row.kind == "fragment" else Asset.objects.get())
        return texts.get(row.source_language, {})

    def do(self, fragment: Fragment, asset: Asset, what: str, language: str, text: str) -> None:
        try:
            if what in ("write", "kept"):
                write(fragment, kept=what == "kept", **{language: text})
                setattr(asset, f"alt_{language}", text)
                save_asset(ME, asset, meaning_kept=what == "kept")
            elif what == "title":
                write_fragment(ME, fragment, title={language: text}, body={})
            elif what == "approve":
                approve(ME, fragment)
            elif what == "mark":
                mark(ME, fragment, language, "reviewed")
                mark(ME, asset, language, "approved")
            else:
                plan = Plan("test")
                plan.fragments.append(FragmentRecord(fragment.code, title={}, body={language: text}, approved=True))
                apply(plan, ME)
                fragment.refresh_from_db()
        except ValidationError:
            fragment.refresh_from_db()
            asset.refresh_from_db()
