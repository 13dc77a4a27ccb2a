"""What a channel lets through: judging and settling, which need no database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from exports.gate.judging import KEPT, WITHHELD, Assessed, Gate, Told, judge, verdict
from exports.gate.settling import settle


def nobody(kind: str, code: str) -> str:
    return ""


def judged(gate: Gate, **known: Any) -> list[tuple[str, str]]:
    return [(line.kind, line.effect) for line in judge(Assessed(**known), gate, nobody)]


# --- Judging ---------------------------------------------------------------------------------------------------------
INCOMPLETE = (("incomplete", "Required, but empty: weight."),)


@pytest.mark.parametrize(
    ("share", "demanded", "effect"),
    [(100, 4, WITHHELD), (76, 4, WITHHELD), (75, 4, ""), (50, 4, ""), (1, 1, WITHHELD)],
)
def test_what_is_complete_enough_is_let_through_and_reported(share: int, demanded: int, effect: str) -> None:
    gate = Gate({"incomplete": "withhold"}, completeness=share)
    known = {"problems": INCOMPLETE, "lacking": (("fact", "weight"),), "demanded": demanded}
    assert judged(gate, **known) == [("incomplete", effect)]


@pytest.mark.parametrize("kind", ["reference", "claim", "translation"])
def test_a_finding_has_the_effect_that_its_kind_has(kind: str) -> None:
    problems = ((kind, "Something."), ("tie", "Another."))
    assert judged(Gate({kind: "keep"}), problems=problems) == [(kind, KEPT), ("tie", "")]
    assert judged(Gate({kind: "report"}), problems=problems) == [(kind, ""), ("tie", "")]


def test_a_missing_identifier_is_told_of_once_and_not_of_groups() -> None:
    gate = Gate({"identifier": "withhold"}, identifiers=("gtin", "mpn"))
    wrong = (("identifier", "“123” is no GTIN"),)
    told = judge(Assessed(problems=wrong, identifiers={"mpn": "X"}), gate, nobody)
    assert [line.message for line in told] == ["“123” is no GTIN"]
    assert [line.message for line in judge(Assessed(), gate, nobody)] == ["There is no GTIN.", "There is no MPN."]
    assert judge(Assessed(group=True), gate, nobody) == ()


def test_severities_that_count_are_those_as_bad_or_worse() -> None:
    assert [Gate(quality=name).severities for name in ("", "error", "hint")] == [
        (),
        ("error",),
        ("error", "warning", "hint"),
    ]


def test_who_can_mend_it_is_who_supplies_it_or_the_role_of_its_kind() -> None:
    known = Assessed(
        problems=(*INCOMPLETE, ("translation", "Behind.")),
        lacking=(("fact", "weight"), ("slot", "teaser"), ("fact", "width")),
        demanded=3,
    )
    roles = {"weight": "engineering", "teaser": "editor", "width": "engineering"}
    told = judge(known, Gate(), lambda kind, code: roles[code])
    assert [line.responsible for line in told] == ["engineering, editor", "translator"]


def test_the_severest_effect_decides() -> None:
    lines = [Told("a", ""), Told("b", "", effect=KEPT), Told("c", "", effect=WITHHELD)]
    assert [verdict(lines[:count]) for count in range(4)] == ["", "", KEPT, WITHHELD]


# --- Settling --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Row:
    sku: str
    effect: str = ""
    parent: str | None = None
    variants: tuple[str, ...] = ()
    product: int = 1
    language: str = "en"

    @property
    def key(self) -> tuple[str, str]:
        return self.sku, self.language

    @property
    def told(self) -> tuple[Told, ...]:
        return (Told("kind", "Something.", "editor", self.effect),) if self.effect else ()


def effects(*rows: Row, there: tuple[str, ...] = (), others: tuple[str, ...] = ()) -> dict[str, str]:
    settled = settle(rows, {(sku, "en"): 1 for sku in there}, {(sku, "en") for sku in others})
    return {sku: effect for (sku, _), effect in settled.effects.items()}


def test_what_was_never_out_cannot_be_kept_and_the_report_says_what_became_of_it() -> None:
    row = Row("A", KEPT)
    assert effects(row, there=("A",)) == {"A": KEPT}
    assert effects(row) == {"A": WITHHELD}
    assert settle([row], {}).told[row.key] == (Told("kind", "Something.", "editor", WITHHELD),)


def test_another_product_of_the_same_sku_is_not_kept() -> None:
    assert settle([Row("A", KEPT, product=2)], {("A", "en"): 1}).effects == {("A", "en"): WITHHELD}


def test_a_withheld_group_takes_along_all_below_it() -> None:
    rows = [
        Row("G", WITHHELD, variants=("H",)),
        Row("H", parent="G", variants=("V",)),
        Row("V", KEPT, parent="H"),
    ]
    assert effects(*rows, there=("V",)) == {"G": WITHHELD, "H": WITHHELD, "V": WITHHELD}


def test_a_group_goes_with_the_last_of_its_variants() -> None:
    group = Row("G", variants=("V", "W"))
    assert effects(group, Row("V", WITHHELD, parent="G"), Row("W", parent="G")) == {"V": WITHHELD}
    gone = effects(group, Row("V", WITHHELD, parent="G"), Row("W", WITHHELD, parent="G"))
    assert gone == {"G": WITHHELD, "V": WITHHELD, "W": WITHHELD}


def test_what_is_not_drafted_counts_as_it_is_out() -> None:
    group, variant = Row("G", variants=("V", "W")), Row("V", WITHHELD, parent="G")
    assert effects(group, variant, others=("W",)) == {"V": WITHHELD}
    assert effects(group, variant) == {"G": WITHHELD, "V": WITHHELD}
    assert effects(Row("V", parent="G"), others=("G",)) == {}
    assert effects(Row("V", parent="G")) == {"V": WITHHELD}


def test_languages_are_settled_apart() -> None:
    rows = [
        Row("G", WITHHELD, variants=("V",)),
        Row("V", parent="G"),
        Row("G", variants=("V",), language="de"),
        Row("V", parent="G", language="de"),
    ]
    assert set(settle(rows, {}).effects) == {("G", "en"), ("V", "en")}
