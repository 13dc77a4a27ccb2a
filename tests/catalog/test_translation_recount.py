"""What is behind its source in revisions that were approved before that was kept."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from catalog.models import Fragment, FragmentRevision
from catalog.operations.fragments import write_fragment
from catalog.operations.reviewing import approve, approve_revision, submit
from catalog.operations.translating.outdated import recount_outdated
from tests import factories as make

ME = make.ACTOR


def forgotten() -> int:
    """As a database of an earlier day has it."""
    return FragmentRevision.objects.update(outdated=[])


@pytest.fixture
def fragment(db: None) -> Fragment:
    found = make.make_fragment("hot", {"en": "<p>Hot.</p>", "de": "<p>Heiß.</p>"}, approved=True)
    write_fragment(ME, found, title={}, body={"en": "<p>Very hot.</p>"})
    return found


def test_a_translation_that_went_out_behind_its_source_is_noted_again(fragment: Fragment) -> None:
    approve(ME, fragment)
    assert fragment.revisions.latest("number").outdated == ["de"]
    forgotten()
    call_command("translations", "--recompute", verbosity=0)
    assert fragment.revisions.latest("number").outdated == ["de"]
    assert fragment.revisions.order_by("number")[0].outdated == []
    assert recount_outdated() == 0


def test_a_source_that_only_waits_makes_nothing_outdated(fragment: Fragment) -> None:
    revision = submit(ME, fragment)
    forgotten()
    assert recount_outdated() == 0
    approve_revision(ME, revision, ["en"])
    forgotten()
    assert recount_outdated() == 1
    write_fragment(ME, fragment, title={}, body={"de": "<p>Sehr heiß.</p>"})
    approve(ME, fragment)
    assert (recount_outdated(), fragment.revisions.latest("number").outdated) == (0, [])
