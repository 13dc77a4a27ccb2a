"""Whatever is done to a fragment, what is out is what somebody would find who read its history from the beginning."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings

from catalog import querysets
from catalog.actors import Actor
from catalog.models import Fragment
from catalog.operations.commenting import reject, request_change, resolve
from catalog.operations.fragments import digest_of, freeze, write_fragment
from catalog.operations.restoring import restore
from catalog.operations.reviewing import approve, approve_revision, retire, submit, withdraw
from catalog.verifying import CHECKS

LANGUAGES = ("en", "de", "it")
people = st.sampled_from([Actor(name, "admin") for name in ("anna", "bert")])
languages = st.lists(st.sampled_from(LANGUAGES), unique=True, min_size=1)
steps = st.one_of(
    st.tuples(
        st.just("write"),
        people,
        st.dictionaries(st.sampled_from(LANGUAGES), st.sampled_from(["", "One.", "Two."]), min_size=1),
        st.sampled_from(["", "Manual"]),
    ),
    st.tuples(st.sampled_from(["submit", "withdraw", "retire", "approve"]), people),
    st.tuples(st.just("let out"), people, languages),
    st.tuples(st.sampled_from(["request", "reject"]), people, st.sampled_from(["", *LANGUAGES])),
    st.tuples(st.just("resolve"), people),
    st.tuples(st.just("restore"), people, st.integers(0, 5)),
)


class History:
    """The same life kept by hand: by language what was approved last, and what is said of all."""

    def __init__(self, fragment: Fragment) -> None:
        self.fragment = fragment
        self.texts: dict[str, tuple[str, int]] = {}
        self.source = ""
        self.approved = self.retired = False

    def let_out(self, languages: list[str], *, whole: bool = False) -> None:
        """The latest revision is out in these languages."""
        revision = self.fragment.revisions.order_by("-number")[0]
        bodies = revision.content["body"]
        for language in [*self.texts.keys(), *bodies] if whole else languages:
            if language in bodies:
                self.texts[language] = (bodies[language], revision.number)
            else:
                self.texts.pop(language, None)
        self.source = revision.content["source"]["text"]
        self.approved, self.retired = True, False

    def expected(self) -> Any:
        return (self.texts, self.source) if self.approved and not self.retired else None


def found(fragment: Fragment) -> Any:
    row = querysets.current_revisions().filter(fragment=fragment).first()
    if row is None or row.out is None:
        return None
    numbers = row.out["revisions"]
    return {name: (text, numbers[name]) for name, text in row.out["body"].items()}, row.out["source"]["text"]


def done(history: History, step: tuple[Any, ...]) -> None:
    fragment, (what, actor, *rest) = history.fragment, step
    latest = fragment.revisions.order_by("-number").first()
    if what == "write":
        fragment.source = rest[1]
        write_fragment(actor, fragment, title={}, body=rest[0])
    elif what == "submit":
        submit(actor, fragment)
    elif what == "withdraw":
        withdraw(actor, fragment)
    elif what == "retire":
        retire(actor, fragment)
        history.retired = True
    elif what == "approve":
        standing = frozenset(approvals(latest))
        again = approve(actor, fragment)
        fresh = set(approvals(again)) - (standing if again == latest else frozenset())
        history.let_out(sorted(fresh))
    elif latest is not None:
        of_revision(history, what, actor, latest, rest)


def approvals(revision: Any) -> list[str]:
    return list(revision.approvals.values_list("language", flat=True)) if revision else []


def of_revision(history: History, what: str, actor: Actor, latest: Any, rest: list[Any]) -> None:
    if what == "let out":
        standing = set(approvals(latest))
        approve_revision(actor, latest, rest[0])
        if set(rest[0]) - standing or history.retired:
            history.let_out([language for language in rest[0] if language not in standing])
    elif what == "request":
        request_change(actor, latest, rest[0], "Not so.")
    elif what == "reject":
        reject(actor, latest, "No.")
    elif what == "resolve":
        for said in latest.comments.all():
            resolve(actor, said)
    else:
        revisions = list(history.fragment.revisions.all())
        restore(actor, history.fragment, revisions[rest[0] % len(revisions)])


@pytest.mark.django_db
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(life=st.lists(steps, max_size=16))
def test_what_is_out_is_what_was_approved_last_in_each_language(life: list[tuple[Any, ...]]) -> None:
    Fragment.objects.all().delete()
    fragment = write_fragment(Actor("anna", "admin"), Fragment(code="f"), title={}, body={"en": "One."})
    history = History(fragment)
    for step in life:
        before = (found(fragment), fragment.revisions.count(), Fragment.objects.get().state)
        try:
            done(history, step)
        except ValidationError:
            assert before == (found(fragment), fragment.revisions.count(), Fragment.objects.get().state)
        assert found(fragment) == history.expected()
        consistent(Fragment.objects.get())
    assert list(CHECKS["revisions"]()) == []


def consistent(stored: Fragment) -> None:
    """In review is only what was submitted as it stands; approved only what has been out."""
    latest = stored.revisions.order_by("-number").first()
    if stored.state == Fragment.State.REVIEW:
        assert latest is not None
        assert latest.digest == digest_of(freeze(stored))
        assert latest.withdrawn_by == ""
    if stored.state == Fragment.State.APPROVED:
        assert stored.revisions.filter(out__isnull=False).exists()
