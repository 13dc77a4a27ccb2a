"""Each check finds what is wrong, says where and why, and keeps quiet where it cannot be certain."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.quality.base import Check, Found, Outlet, Picture, Prose, Said, Subject, Term, Twin, key_of
from catalog.quality.checks.language import language_of
from catalog.quality.likeness import likeness_of
from catalog.quality.measures import measures_in, read
from catalog.quality.registry import CHECKS, SEVERITIES, build
from catalog.quality.stop_words import STOP_WORDS
from catalog.values import AttributeSpec, Scope


def said(code: str, type: str, value: Any, scope: str = "", own: bool = True, **fields: Any) -> Said:
    return Said(AttributeSpec(code, type, **fields), Scope.read(scope), value, own)


def measured(code: str, amount: str, unit: str, labels: dict[str, str] | None = None, **fields: Any) -> Said:
    return said(code, "measurement", {"amount": amount, "unit": unit}, labels=labels or {}, **fields)


def prose(text: str, language: str = "en", **fields: Any) -> Prose:
    defaults: dict[str, Any] = {"place": "slot:teaser", "label": "Teaser", "channels": frozenset({"shop"})}
    return Prose(language=language, text=text, **{**defaults, **fields})


def found(check: str, **subject: Any) -> list[str]:
    """What a check says of a subject."""
    return [each.message for each in CHECKS[check].check(Subject("L-1", **subject))]


# --- Identifiers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["4006381333931", "96385074", "036000291452", "10012345000017"])
def test_gtins_of_every_length_with_the_right_check_digit_are_fine(value: str) -> None:
    assert found("identifier", facts=(said("gtin", "text", value, role="gtin"),)) == []


@pytest.mark.parametrize(
    "value", ["4006381333932", "400638133393", "", "ABC", "٤٠٠٦٣٨١٣٣٣٩٣١", "4" * 5000, "40063813\x0033931"]
)
def test_what_is_no_gtin_is_said_to_be_none(value: str) -> None:
    [message] = found("identifier", facts=(said("gtin", "text", value, role="gtin"),))
    assert "is no GTIN: " in message
    assert len(message) < 200


def test_an_isbn_is_checked_as_one() -> None:
    assert found("identifier", facts=(said("isbn", "isbn", "978-1-85798-218-3"),)) == []
    assert found("identifier", facts=(said("isbn", "isbn", "9781857982184"),)) == [
        "“9781857982184” is no ISBN: The number's checksum or check digit is invalid."
    ]


def test_an_inherited_number_is_found_where_it_stands() -> None:
    assert found("identifier", facts=(said("gtin", "text", "1", role="gtin", own=False),)) == []


# --- Facts that cannot be ---------------------------------------------------------------------------------------------


def test_a_least_above_the_most_is_a_contradiction_whatever_the_units() -> None:
    facts = (measured("temp_min", "0.2", "km"), measured("temp_max", "150", "m"))
    assert found("contradiction", facts=facts) == ["temp_min 0.2\xa0km is above temp_max 150\xa0m."]
    assert found("contradiction", facts=(measured("temp_min", "0.1", "km"), measured("temp_max", "150", "m"))) == []


@pytest.mark.parametrize(
    ("low", "high"),
    [
        (said("min-speed", "number", "10"), said("max-speed", "number", "9")),
        (said("valid_from", "date", "2027-02-01"), said("valid_until", "date", "2027-01-31")),
        (measured("weight.net", "2", "kg"), measured("weight.gross", "1900", "g")),
    ],
)
def test_pairs_are_known_by_the_words_of_their_codes(low: Said, high: Said) -> None:
    assert len(found("contradiction", facts=(low, high))) == 1


@pytest.mark.parametrize(
    ("low", "high"),
    [
        (said("min_speed", "number", "10"), measured("max_speed", "9", "kg")),
        (measured("min_size", "10", "kg"), measured("max_size", "9", "m")),
        (said("min_speed", "number", "10"), said("max_power", "number", "9")),
        (said("minimum", "number", "10", "@print"), said("maximum", "number", "9", "@web")),
        (said("admin", "number", "10"), said("admax", "number", "9")),
    ],
)
def test_what_cannot_be_compared_is_no_contradiction(low: Said, high: Said) -> None:
    assert found("contradiction", facts=(low, high)) == []


def test_a_value_that_its_attribute_refuses_by_now_is_found() -> None:
    cups = said("cups", "number", "12", labels={"en": "Cups"}, settings={"max": "9"})
    assert found("not_allowed", facts=(cups,)) == ["Cups: 12 is above the most allowed, 9."]
    assert found("not_allowed", facts=(said("cups", "number", "9", settings={"max": "9"}),)) == []


def test_a_retired_option_still_chosen_is_found_once_for_each() -> None:
    options = {code: (code, {"en": code.title()}) for code in ("red", "blue", "green")}
    color = said(
        "color", "multiselect", ["red", "blue", "green"], options=options, retired_options=frozenset({"red", "blue"})
    )
    assert found("retired", facts=(color,)) == [
        "color: “Red” is no longer offered.",
        "color: “Blue” is no longer offered.",
    ]


def test_twins_and_lookalikes_are_named() -> None:
    twin = Twin("mpn", "Part number", "mpn/x", "X-1", "L-2")
    assert found("duplicate", twins=(twin,)) == ["Part number “X-1” is also that of L-2."]
    assert found("lookalike", lookalike="L-2", likeness="0f") == ["Name and facts are the same as those of L-2."]


# --- Numbers in prose -------------------------------------------------------------------------------------------------
POWER = measured("power", "1400", "W", {"en": "Power", "de": "Leistung", "it": "Potenza"})


def contradictions(text: str, *facts: Said, language: str = "en") -> list[str]:
    return found("prose", facts=facts or (POWER,), texts=(prose(text, language),))


def test_a_power_that_is_another_in_the_text_is_a_contradiction() -> None:
    assert contradictions("Brews with 1.5 kW of power.") == ["Teaser (en) says “1.5 kW”; Power is 1,400\xa0W."]
    assert contradictions("Brüht mit 1,5 kW.", language="de") == ["Teaser (de) says “1,5 kW”; Power is 1,400\xa0W."]
    assert contradictions("Una potenza da 9 kW.", language="it") == ["Teaser (it) says “9 kW”; Power is 1,400\xa0W."]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("1400 W", "en"),
        ("1,400 W", "en"),
        ("1.400 W", "de"),
        ("1 400 W", "fr"),
        ("1\u202f400\u00a0W", "fr"),
        ("1.4 kW", "en"),
        ("1,4 kW", "it"),
        ("1.40kW", "en"),
        ("1 kW", "en"),
        ("1.3–1.5 kW", "en"),
    ],
)
def test_a_number_agrees_as_far_as_its_digits_say(text: str, language: str) -> None:
    assert contradictions(f"It has {text}.", language=language) == []


@pytest.mark.parametrize(
    "text",
    [
        "Up to 1.5 kW.",
        "More than 1.3 kW of power.",
        "About 1.5 kW.",
        "< 1.5 kW",
        "With the 40 W lamp.",
        "Costs 1.5 kW/h.",
        "A 1,5 kW machine.",
        "Model 1.5.3 kW",
        "X1.5 kW",
        "15 kWh",
        "30 × 1.5 kW",
    ],
)
def test_a_bound_another_quantity_or_an_unreadable_number_is_no_contradiction(text: str) -> None:
    assert contradictions(text) == []


def test_which_of_several_lengths_a_text_means_its_label_says() -> None:
    sizes = (measured("width", "30", "cm", {"en": "Width"}), measured("height", "40", "cm", {"en": "Height"}))
    assert contradictions("Only 35 cm.", *sizes) == []
    assert contradictions("Width 35 cm, height 40 cm.", *sizes) == ["Teaser (en) says “35 cm”; Width is 30\xa0cm."]
    assert contradictions("Its height is 400 mm.", *sizes) == []
    assert contradictions("Its height is 3 km.", *sizes) == []


def test_a_text_that_is_inherited_contradicts_a_fact_that_is_not() -> None:
    inherited = prose("With 1.5 kW.", own=False)
    assert found("prose", facts=(POWER,), texts=(inherited,)) != []
    above = measured("power", "1400", "W", own=False)
    assert found("prose", facts=(above,), texts=(inherited,)) == []


def test_a_fact_of_one_channel_is_compared_on_that_channel_only() -> None:
    special = measured("power", "1400", "W", {"en": "Power"}, scope="@print")
    assert found("prose", facts=(special,), texts=(prose("With 1.5 kW."),)) == []


@pytest.mark.parametrize(
    ("token", "language", "number"),
    [
        ("1.5", "en", "1.5"),
        ("1,500", "en", "1500"),
        ("1,5", "en", None),
        ("1.500", "de", "1500"),
        ("1,500", "de", "1.500"),
        ("1'500.5", "en", "1500.5"),
        ("12,34,567", "en", None),
        ("1.2.3", "en", None),
    ],
)
def test_numbers_are_read_as_the_language_writes_them(token: str, language: str, number: str | None) -> None:
    result = read(token, language)
    assert (None if result is None else str(result)) == number


@pytest.mark.parametrize(
    "text", ["1'" * 50_000, "100 " * 25_000, "9" * 100_000, "1.1" * 30_000 + " kW", "\x00\ud800 1 kW"]
)
def test_hostile_texts_are_read_in_one_go(text: str) -> None:
    assert len(list(measures_in(text, "en"))) <= 1


# --- Texts ------------------------------------------------------------------------------------------------------------


def test_a_text_is_too_long_for_its_slot_and_for_the_channels_that_show_it() -> None:
    channels = (Outlet("Shop", (("slot:teaser", 5),)), Outlet("print", (("slot:teaser", 5),)), Outlet("app"))
    assert found("too_long", texts=(prose("123456", limit=4),), channels=channels) == [
        "Teaser (en) has 6 characters; at most 4 fit.",
        "Teaser (en) has 6 characters; at most 5 fit in Shop.",
    ]
    assert found("too_long", texts=(prose("12345", limit=5),), channels=channels) == []


def test_a_limit_of_the_name_is_one_of_the_fact_that_names_the_product() -> None:
    title = prose("123456", place="fact:Title", label="Title")
    channel = Outlet("shop", (("name", 5),))
    assert found("too_long", texts=(title,), channels=(channel,), name="title") != []
    assert found("too_long", texts=(title,), channels=(channel,), name="other") == []
    assert found("too_long", texts=(title,), channels=(Outlet("shop", (("title", 6),)),)) == []


@pytest.mark.parametrize("text", ["The BEST one", "the best.", "Über-best\u00a0of", "the\nbest"])
def test_forbidden_words_are_found_whatever_their_case(text: str) -> None:
    assert len(found("forbidden", texts=(prose(text),), terms=(Term("Best"),))) == 1


@pytest.mark.parametrize("text", ["The bestseller", "abest", "best_of", ""])
def test_parts_of_words_are_not_forbidden(text: str) -> None:
    assert found("forbidden", texts=(prose(text),), terms=(Term("best"), Term("  "))) == []


def test_a_forbidden_word_holds_for_its_language_and_channel() -> None:
    terms = (Term("gift", language="de"), Term("cheap", channel="Print", instead="good value"))
    assert found("forbidden", texts=(prose("A gift, cheap."),), terms=terms) == []
    assert found("forbidden", texts=(prose("Kein Gift", "de-at"),), terms=terms) == [
        "Teaser (de-at) has the word “gift”."
    ]
    [cheap] = CHECKS["forbidden"].check(
        Subject("L", texts=(prose("A cheap one", channels=frozenset({"print"})),), terms=terms)
    )
    assert cheap == Found(
        "slot:teaser/en/@Print/cheap", "Teaser (en) for Print has the word “cheap”.", "Instead: good value"
    )


@pytest.mark.parametrize("term", ["(a+)+$", ".*", "a\\", "[", "100 %", "ß"])
def test_a_forbidden_term_is_no_pattern(term: str) -> None:
    assert found("forbidden", texts=(prose("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"),), terms=(Term(term),)) == []
    assert len(found("forbidden", texts=(prose(f"so {term} it is"),), terms=(Term(term),))) == 1


@pytest.mark.parametrize(
    ("text", "shouts"),
    [
        ("BREWS GREAT COFFEE", True),
        ("BRÜHT SEHR GUTEN KAFFEE", True),
        ("BREWS GREAT coffee", False),
        ("LA MARZOCCO GS3", False),
        ("USB VGA HDMI", False),
        ("قهوة جيدة جدا دائما", False),
        ("", False),
    ],
)
def test_a_text_all_in_capitals_shouts(text: str, shouts: bool) -> None:
    assert bool(found("capitals", texts=(prose(text),))) == shouts


def test_a_code_that_is_the_same_in_all_languages_may_be_in_capitals() -> None:
    assert found("capitals", texts=(prose("MODEL SERIES PLUS EXTRA", ""),)) == []


@pytest.mark.parametrize(
    "text", ["a&nbsp;b", "1 &lt; 2", "&#8211;", "&#x2013;", "<b>bold</b>", "end<br/>", '<p class="x">', "</li>"]
)
def test_markup_that_readers_would_see_is_found(text: str) -> None:
    assert len(found("markup", texts=(prose(text),))) == 1


@pytest.mark.parametrize("text", ["R&D; more", "a < b > c", "<3", "AT&T", "x<y", "&", "<bold claim>", "5 <b 6"])
def test_signs_that_are_no_markup_are_left_alone(text: str) -> None:
    assert found("markup", texts=(prose(text),)) == []


@pytest.mark.parametrize("text", ["<b " * 30_000, "&a" * 50_000, "<p " + "x" * 100_000])
def test_hostile_markup_is_read_in_one_go(text: str) -> None:
    assert found("markup", texts=(prose(text),)) == []


SENTENCES = {
    "en": "The machine heats up in four minutes and is ready for the first cup of the day.",
    "it": "La macchina si scalda in quattro minuti ed è pronta per il primo caffè della giornata, anche senza acqua.",
    "ro": "Aparatul se încălzește în patru minute și este gata pentru prima cafea din zi, fără apă.",
    "de": "Die Maschine heizt in vier Minuten auf und ist bereit für die erste Tasse des Tages.",
    "fr": "La machine chauffe en quatre minutes et elle est prête pour le premier café de la journée avec vous.",
    "es": "La máquina se calienta en cuatro minutos y está lista para el primer café del día, sin más y también fría.",
}


@pytest.mark.parametrize("language", SENTENCES)
def test_a_text_in_its_own_language_is_fine_and_in_any_other_field_it_is_not(language: str) -> None:
    for declared in SENTENCES:
        assert language_of(SENTENCES[language], declared) == ("" if declared == language else language), declared


def test_short_mixed_and_unknown_texts_are_left_alone() -> None:
    assert language_of("The best of the", "de") == ""
    assert language_of("Lira Pro X 500 W 230 V 15 bar 2 l IP44 CE RoHS", "de") == ""
    assert language_of(SENTENCES["de"] + " " + SENTENCES["en"], "de") == ""
    assert language_of(SENTENCES["de"], "pt") == ""
    assert language_of(SENTENCES["de"], "de-at") == ""


def test_no_small_word_is_two_languages() -> None:
    words = [word for known in STOP_WORDS.values() for word in known]
    assert len(words) == len(set(words))
    assert min(map(len, STOP_WORDS.values())) >= 25


def test_a_picture_is_too_small_for_the_channels_that_show_it() -> None:
    picture = Picture("front", 800, 400, frozenset({"shop", "app"}))
    channels = (Outlet("shop", min_picture=500), Outlet("app", min_picture=400), Outlet("print", min_picture=2000))
    assert found("picture", pictures=(picture,), channels=channels) == [
        "The main picture front has 800 × 400 pixels; shop needs 500 on the shorter side."
    ]


def test_of_inherited_texts_only_what_they_contradict_is_found_below() -> None:
    bad = prose("BEST &nbsp; MACHINE EVER MADE " * 9, own=False, limit=3)
    subject = Subject("L", texts=(bad,), terms=(Term("best"),))
    assert [code for code, check in CHECKS.items() if list(check.check(subject))] == []


# --- Likeness ---------------------------------------------------------------------------------------------------------


def test_products_are_alike_whatever_the_order_of_their_names_words_and_their_numbers() -> None:
    def like(name: str, *facts: Said) -> str:
        return likeness_of("Lamps", name, facts)

    red = said("color", "select", "red")
    assert like("Lamp, red", red, said("gtin", "gtin", "1")) == like("RED lamp", said("gtin", "gtin", "2"), red)
    assert like("Lamp", red) != like("Lamp", said("color", "select", "blue"))
    assert like("Lamp", red) != likeness_of("other", "Lamp", [red])
    assert (like(""), like("--- !"), len(like("L"))) == ("", "", 32)


# --- The registry -----------------------------------------------------------------------------------------------------


def test_every_check_says_what_it_is_how_bad_it_is_and_what_to_do() -> None:
    for code, check in CHECKS.items():
        assert (check.code, check.severity in SEVERITIES) == (code, True)
        assert check.label, code
        assert check.hint.endswith("."), code


def test_two_checks_of_one_code_are_refused() -> None:
    kind = type(CHECKS["markup"])
    with pytest.raises(ValueError, match=r"Two quality checks are called “markup”"):
        build([kind, kind])


def test_what_is_no_check_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Outlet must be a subclass of Check"):
        build([Outlet])  # type: ignore[list-item]


def test_a_check_of_no_known_severity_is_refused() -> None:
    class Odd(CHECKS["markup"].__class__):  # type: ignore[misc]
        severity = "fatal"

    with pytest.raises(ValueError, match=r"Odd is a “fatal”; a severity is error, warning, hint"):
        build([Odd])


def test_keys_fit_their_column_and_stay_apart() -> None:
    assert key_of("slot:a", "", "de") == "slot:a/de"
    long = [key_of("x" * 190, "y" * 30 + end) for end in "ab"]
    assert [len(key) for key in long] == [200, 200]
    assert long[0] != long[1]


def test_checks_are_told_apart_from_their_base() -> None:
    assert all(isinstance(check, Check) for check in CHECKS.values())
