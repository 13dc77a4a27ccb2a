"""Which value counts: context first, then level, then language."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from catalog.values import AttributeSpec, Level, Resolution, Scope, resolve
from catalog.values.resolve import Candidate

CHAIN = ("de", "en")
NAME = AttributeSpec("name", "text", localizable=True, per_channel=True)


def make_line(*levels: dict[str, Any]) -> list[Level]:
    """A product, its parent and so on, each with its own values of the attribute."""
    return [Level(f"P{number}", {"name": own} if own else {}) for number, own in enumerate(levels)]


def winner(*levels: dict[str, Any], spec: AttributeSpec = NAME, chain: tuple[str, ...] = CHAIN) -> Candidate | None:
    found = resolve(spec, make_line(*levels), "shop", chain)
    return found.winner if found else None


def test_what_nobody_says_has_no_value() -> None:
    assert winner({}, {}) is None
    assert winner({"fr": "Lire"}) is None


def test_a_channel_beats_a_level() -> None:
    assert winner({"de": "mine"}, {"de@shop": "shop's"}) == ("P1", Scope("de", "shop"), "shop's")


def test_a_level_beats_a_language() -> None:
    assert winner({"en": "mine"}, {"de": "parent's"}) == ("P0", Scope("en"), "mine")


def test_a_fallback_for_the_channel_beats_the_wanted_language_for_all() -> None:
    assert winner({"de": "for all", "en@shop": "for the shop"}) == ("P0", Scope("en", "shop"), "for the shop")


def test_within_a_level_the_wanted_language_wins() -> None:
    assert winner({"en": "English", "de": "German"}) == ("P0", Scope("de"), "German")


def test_another_channel_does_not_count() -> None:
    assert winner({"de@print": "printed"}, {"en": "English"}) == ("P1", Scope("en"), "English")


def test_null_means_empty_here_and_ends_the_search() -> None:
    assert winner({"de": None}, {"de": "parent's"}) == ("P0", Scope("de"), None)
    assert winner({"de": None, "en": "English"}) == ("P0", Scope("de"), None)


def test_an_attribute_without_languages_and_channels_has_one_value_a_level() -> None:
    plain = AttributeSpec("name", "text")
    assert winner({"de": "x", "@shop": "y"}, {"": "z"}, spec=plain) == ("P1", Scope(), "z")


def test_the_beaten_follow_best_first() -> None:
    found = resolve(NAME, make_line({"en": "a", "de": None}, {"de@shop": "c", "fr": "d"}), "shop", CHAIN)
    assert found == Resolution(
        winner=Candidate("P1", Scope("de", "shop"), "c"),
        beaten=(Candidate("P0", Scope("de"), None), Candidate("P0", Scope("en"), "a")),
    )


LANGUAGES = ("", "de", "en", "fr")
CHANNELS = ("", "shop", "print")
keys = st.builds(lambda language, channel: str(Scope(language, channel)), *map(st.sampled_from, (LANGUAGES, CHANNELS)))
lines = st.lists(st.dictionaries(keys, st.one_of(st.none(), st.text(max_size=2)), max_size=5), max_size=4)


def naive(spec: AttributeSpec, levels: list[dict[str, Any]], chain: tuple[str, ...]) -> list[Candidate]:
    """Every value there is, scored by the documented order: nothing clever."""
    scored = []
    for level, own in enumerate(levels):
        for key, value in own.items():
            scope = Scope.read(key)
            languages = chain if spec.localizable else ("",)
            contexts = ("shop", "") if spec.per_channel else ("",)
            if scope.language in languages and scope.channel in contexts:
                score = (contexts.index(scope.channel), level, languages.index(scope.language))
                scored.append((score, Candidate(f"P{level}", scope, value)))
    return [candidate for _, candidate in sorted(scored, key=lambda pair: pair[0])]


@given(
    levels=lines,
    localizable=st.booleans(),
    per_channel=st.booleans(),
    chain=st.permutations(["de", "en", "fr"]).map(lambda order: tuple(order[:2])),
)
def test_whatever_is_said_the_order_is_the_documented_one(
    levels: list[dict[str, Any]], localizable: bool, per_channel: bool, chain: tuple[str, ...]
) -> None:
    spec = AttributeSpec("name", "text", localizable=localizable, per_channel=per_channel)
    found = resolve(spec, make_line(*levels), "shop", chain)
    expected = naive(spec, levels, chain)
    assert ([found.winner, *found.beaten] if found else []) == expected
