"""Jobs go out as XLIFF and come back: nothing is lost, nothing is half written, and what is wrong is named."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from lxml import etree

from catalog.models import Concept, Fragment, JobUnit, Term, TranslationJob
from catalog.operations.fragments import place, write_fragment
from catalog.operations.recording import store
from catalog.operations.reviewing import approve
from catalog.operations.translating.jobs import cancel, cost_of, create_job, estimate, export_job
from catalog.operations.translating.returning import Report, import_job
from catalog.operations.translating.selecting import Selection
from catalog.operations.translations import stale_states, states
from tests import factories as make
from tests.catalog import xliff_files as files
from tests.catalog.test_translating_segments import plain_texts, rich_texts

ME = make.ACTOR
BODY = "<p>Press <strong>start</strong> of {{ product:name }}.</p><ul><li>Hot &amp; steamy.</li></ul>"
VERSIONS = pytest.mark.parametrize("version", ["2.1", "1.2"])


def new_job(language: str = "de", **selection: Any) -> TranslationJob:
    return create_job(ME, TranslationJob(), Selection(language, **selection))


def back(job: TranslationJob, content: bytes, **options: Any) -> Report:
    return import_job(ME, job, content, **options)


@pytest.fixture
def fragment(db: None) -> Fragment:
    return make.make_fragment("start", {"en": BODY}, title={"en": "Starting"})


def body(fragment: Fragment, language: str = "de") -> str:
    fragment.refresh_from_db()
    return str(getattr(fragment, f"body_{language}") or "")


def title(fragment: Fragment, language: str = "de") -> str:
    fragment.refresh_from_db()
    return str(getattr(fragment, f"title_{language}") or "")


@VERSIONS
def test_a_job_goes_out_is_translated_and_comes_back(fragment: Fragment, version: str) -> None:
    job = new_job()
    content = export_job(ME, job, version)
    assert (job.state, files.faults(content)) == ("sent", [])
    report = back(job, files.translated(content, str.upper))
    assert dict(report.counts) == {"unknown": 0, "taken": 2}
    assert body(fragment) == (
        "<p>PRESS <strong>START</strong> OF {{ product:name }}.</p><ul><li>HOT &amp; STEAMY.</li></ul>"
    )
    assert states(fragment)["de"].state == "translated"
    assert (job.state, list(stale_states())) == ("returned", [])


@VERSIONS
def test_what_comes_back_as_it_went_changes_nothing(fragment: Fragment, version: str) -> None:
    write_fragment(ME, fragment, title={"de": "Start"}, body={"de": BODY})
    write_fragment(ME, fragment, title={}, body={"en": BODY.replace("Hot", "Very hot")})
    job = new_job()
    before = fragment.updated_at
    report = back(job, export_job(ME, job, version))
    assert dict(report.counts) == {"unknown": 0, "unchanged": 2}
    assert body(fragment) == BODY
    assert fragment.updated_at >= before
    assert states(fragment)["de"].outdated


@VERSIONS
def test_who_confirms_an_outdated_translation_makes_it_current(fragment: Fragment, version: str) -> None:
    write_fragment(ME, fragment, title={"de": "Start"}, body={"de": BODY})
    write_fragment(ME, fragment, title={}, body={"en": BODY.replace("Hot", "Very hot")})
    job = new_job()
    back(job, files.confirmed(export_job(ME, job, version)))
    assert (states(fragment)["de"].outdated, states(fragment)["de"].state) == (False, "translated")


def test_a_job_says_words_and_cost_before_it_is_sent(fragment: Fragment) -> None:
    make.make_fragment("same", {"en": "<p>Hot &amp; steamy.</p><p>Hot &amp; steamy.</p><p>Hot and very steamy.</p>"})
    done = make.make_fragment("done", {"en": "<p>Hot and quite steamy.</p>", "de": "<p>Heiß und dampfig.</p>"})
    approve(ME, done)
    found = estimate(Selection("de"))
    assert (found.objects, found.texts) == (2, 3)
    assert found.words == {"new": 4, "fuzzy": 6, "repetition": 4, "exact": 0}
    job = new_job()
    assert job.words == found.words
    assert cost_of(job.words, job.weights, None) is None
    assert cost_of(job.words, job.weights, Decimal("0.10")) == Decimal("0.86")


def test_the_memory_goes_along(fragment: Fragment) -> None:
    done = make.make_fragment("done", {"en": "<p>Hot &amp; steamy.</p>", "de": "<p>Heiß.</p>"})
    approve(ME, done)
    job = new_job()
    for version in ("2.1", "1.2"):
        content = export_job(ME, job, version)
        assert b"Hei\xc3\x9f." in content
        assert files.faults(content) == []


# --- Bad input -------------------------------------------------------------------------------------------------------
def _swap(content: bytes, version: str) -> bytes:
    pairs = (
        ((b'srcLang="en" trgLang="de"', b'srcLang="de" trgLang="en"'),)
        if version == "2.1"
        else ((b'source-language="en" target-language="de"', b'source-language="de" target-language="en"'),)
    )
    for old, new in pairs:
        assert old in content
        content = content.replace(old, new)
    return content


@VERSIONS
def test_swapped_languages_are_told(fragment: Fragment, version: str) -> None:
    job = new_job()
    content = _swap(files.translated(export_job(ME, job, version), str.upper), version)
    with pytest.raises(ValidationError, match="swapped"):
        back(job, content)
    assert body(fragment) == ""


@VERSIONS
def test_another_jobs_file_is_refused(fragment: Fragment, version: str) -> None:
    job, other = new_job(), new_job()
    with pytest.raises(ValidationError, match=f"the file of job “{job.code}”, not of “{other.code}”"):
        back(other, export_job(ME, job, version))


@VERSIONS
def test_a_cancelled_job_takes_nothing(fragment: Fragment, version: str) -> None:
    job = new_job()
    content = export_job(ME, job, version)
    cancel(ME, job)
    with pytest.raises(ValidationError, match="is cancelled"):
        back(job, content)
    with pytest.raises(ValidationError, match="is cancelled"):
        export_job(ME, job, version)


_BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.1" srcLang="en" trgLang="de"><a>&b;</a></xliff>"""


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"not xml", "damaged"),
        (b"<xliff/>", "no XLIFF file"),
        (b"<html></html>", "no XLIFF file"),
        (_BOMB, "document type"),
        (_BOMB.decode().replace('<?xml version="1.0"?>', "").encode("utf-16"), "document type"),
        (b'<?xml version="1.0" encoding="UTF-8"?><xliff>\xe4\xf6\xfc</xliff>', "encoding"),
        (b'<?xml version="1.0" encoding="nonsense"?><xliff/>', "damaged"),
        (b"<a>" * 100_000, "damaged"),
        (
            b'<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.1" srcLang="en" trgLang="de"/>',
            "no translat",
        ),
        (b"x" * (20 * 1024 * 1024 + 1), "at most"),
        (b"PK\x03\x04", "damaged"),
        (b"\x00\xff\xfe", "damaged"),
    ],
    ids=lambda value: value[:12] if isinstance(value, bytes) else None,
)
def test_a_file_that_is_none_of_ours_is_refused(fragment: Fragment, content: bytes, reason: str) -> None:
    job = new_job()
    with pytest.raises(ValidationError, match=reason):
        back(job, content)
    assert TranslationJob.objects.get().state == "open"


_DAMAGE: dict[str, tuple[Any, str]] = {
    "lost": (files.without_alone, "Unit body.1: the code 2 ({{ product:name }}) is lost"),
    "doubled": (files.with_alone_twice, "stands there more than once"),
    "invented": (files.with_invented, "which was not sent"),
    "unknown": (files.with_number, "the code 9 is not in the source"),
    "markup": (files.with_markup, "which is none of XLIFF's"),
    "source": (files.with_other_source, "its source text was changed"),
    "missing": (files.without_unit, "Of its 2 units body.2 is missing"),
    "twice": (files.with_unit_twice, "It has a unit twice"),
    "half": (files.half_translated, "1 of its 2 units have no translation yet"),
}


@VERSIONS
@pytest.mark.parametrize("name", _DAMAGE)
def test_what_is_wrong_in_a_unit_is_named_and_its_object_left_as_it_is(
    fragment: Fragment, version: str, name: str
) -> None:
    fine = make.make_fragment("fine", {"en": "<p>Fine.</p>"})
    job = new_job()
    damage, reason = _DAMAGE[name]
    report = back(job, damage(files.translated(export_job(ME, job, version), str.upper)))
    assert any(reason in line.message for line in report.lines), report.lines
    assert (body(fragment), title(fragment)) == ("", "")
    assert body(fine) == "<p>FINE.</p>"
    assert set(JobUnit.objects.filter(object_id=fragment.pk).values_list("state", flat=True)) == {"refused"}


@VERSIONS
def test_a_mended_file_is_taken_the_second_time(fragment: Fragment, version: str) -> None:
    job = new_job()
    content = files.translated(export_job(ME, job, version), str.upper)
    back(job, files.without_alone(content))
    assert dict(back(job, content).counts) == {"unknown": 0, "taken": 2}
    assert dict(back(job, content).counts) == {"unknown": 0, "taken": 2}
    assert body(fragment).startswith("<p>PRESS")


def test_a_unit_that_was_not_sent_is_told(fragment: Fragment) -> None:
    job = new_job()
    content = files.translated(export_job(ME, job), str.upper).replace(f"/{fragment.pk}/".encode(), b"/999/")
    report = back(job, content)
    assert report.counts["unknown"] == 3
    assert body(fragment) == ""


@VERSIONS
def test_a_source_that_changed_meanwhile_makes_the_translation_outdated(fragment: Fragment, version: str) -> None:
    job = new_job()
    content = files.translated(export_job(ME, job, version), str.upper)
    write_fragment(ME, fragment, title={}, body={"en": "<p>All new.</p>"})
    report = back(job, content)
    assert body(fragment).startswith("<p>PRESS")
    assert states(fragment)["de"].outdated
    assert states(fragment)["de"].source_texts == {"title": "Starting", "body": BODY}
    assert report.counts["outdated"] == 1
    assert "The source has changed" in report.lines[0].message
    assert list(stale_states()) == []


@VERSIONS
def test_what_somebody_else_translated_meanwhile_is_not_overwritten(fragment: Fragment, version: str) -> None:
    job = new_job()
    content = files.translated(export_job(ME, job, version), str.upper)
    write_fragment(ME, fragment, title={}, body={"de": "<p>Von Hand.</p>"})
    report = back(job, content)
    assert report.counts["conflict"] == 2
    assert body(fragment) == "<p>Von Hand.</p>"
    assert report.counts["conflict"] == back(job, content).counts["conflict"]
    assert back(job, content, overwrite=True).counts["taken"] == 2
    assert body(fragment).startswith("<p>PRESS")


def test_a_text_that_does_not_fit_is_not_taken(fragment: Fragment) -> None:
    slot = make.make_slot("teaser", max_length=60)
    place(ME, fragment, slot, make.make_product())
    make.make_channel("shop", ["de"], text_limits={"slot:teaser": 55})
    job = new_job()
    content = export_job(ME, job)
    assert b'sizeRestriction="55"' in content
    report = back(job, files.translated(content, lambda text: text * 3))
    assert "at most 55 fit. Shorten it." in report.lines[1].message
    assert body(fragment) == ""


def test_words_to_use_are_told(fragment: Fragment) -> None:
    concept = Concept(code="start")
    store(ME, concept)
    for language, text, status in (
        ("en", "start", "preferred"),
        ("de", "Taste", "preferred"),
        ("de", "OF", "forbidden"),
    ):
        store(ME, Term(concept=concept, language=language, text=text, status=status))
    job = new_job()
    content = export_job(ME, job)
    assert b"Term: start: Taste; not: OF" in content
    report = back(job, files.translated(content, str.upper))
    assert sorted({line.message for line in report.lines}) == [
        "The source says “start”; the translation lacks “Taste”.",
        "“OF” must not be written. Instead: Taste.",
    ]


def test_a_gone_object_is_told(fragment: Fragment) -> None:
    job = new_job()
    content = files.translated(export_job(ME, job), str.upper)
    fragment.delete()
    assert back(job, content).counts["refused"] == 2


@pytest.mark.parametrize(
    ("selection", "reason"),
    [
        ({"language": "xx"}, "There is no language “xx”"),
        ({"language": "en"}, "another language"),
        ({"language": "de", "states": ("lost",)}, "There is no state “lost”"),
        ({"language": "de", "channel": "no"}, "There is no channel “no”"),
        ({"language": "de", "tags": ("a:b",)}, "There is no tag “a:b”"),
        ({"language": "de", "filter": "colour ="}, "."),
        ({"language": "de", "codes": ("no",)}, "There is no fragment “no”"),
        ({"language": "de", "codes": ("slot:no",)}, "names nothing that is translated"),
        ({"language": "de", "kinds": ("asset",)}, "There is nothing to translate"),
    ],
)
def test_a_selection_that_cannot_be_is_refused(fragment: Fragment, selection: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        create_job(ME, TranslationJob(), Selection(**selection))
    assert not TranslationJob.objects.exists()


def test_tags_take_those_below_along_and_filters_what_is_placed(fragment: Fragment) -> None:
    above, below = make.make_tag("topic", "use"), make.make_tag("topic", "start")
    below.parent = above
    store(ME, below)
    fragment.tags.add(below)
    other = make.make_fragment("other", {"en": "<p>Other.</p>"})
    place(ME, other, make.make_slot("feature"), make.make_product("P-1"))
    approve(ME, other)
    assert estimate(Selection("de", tags=("topic:use",))).objects == 1
    assert estimate(Selection("de", filter="sku = P-1")).objects == 1
    assert estimate(Selection("de", codes=("other", "start"))).objects == 2


def test_weights_are_percents(fragment: Fragment) -> None:
    with pytest.raises(ValidationError, match="percents"):
        create_job(ME, TranslationJob(weights={"new": "many"}), Selection("de"))


# --- Whatever the markup ---------------------------------------------------------------------------------------------
class ARoundTrip(TestCase):
    """Loses nothing: a source that is copied to its target comes back as it was."""

    @settings(max_examples=60, deadline=None)
    @given(rich_texts(), plain_texts(), st.sampled_from(["2.1", "1.2"]))
    def test_is_the_identity(self, rich: str, heading: str, version: str) -> None:
        with transaction.atomic():
            make.make_fragment("warning", {"de": "<p>Achtung.</p>"})
            make.make_attribute("text", "weight")
            try:
                fragment = make.make_fragment(body={"en": rich}, title={"en": heading[:200]})
                job = new_job(codes=(fragment.code,))
            except ValidationError:
                # Braces that are no reference are refused when they are written, and a text of none has no job.
                transaction.set_rollback(True)
                return
            content = export_job(ME, job, version)
            assert files.faults(content) == []
            report = back(job, files.translated(content, lambda text: text))
            assert report.lines == []
            fragment.refresh_from_db()
            having = {unit.field for unit in job.units.all() if files.has_words(unit.source)}
            if "body" in having:
                assert body(fragment) == body(fragment, "en")
            if "title" in having:
                assert title(fragment) == title(fragment, "en")
            assert etree.fromstring(content) is not None
            transaction.set_rollback(True)
