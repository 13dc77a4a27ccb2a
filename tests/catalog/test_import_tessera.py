"""Tessera's own format: a folder of TOML files becomes a plan, or is refused with one line that names the place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from catalog.actors import Actor
from catalog.demo import render
from catalog.importing.apply import apply
from catalog.importing.plan import (
    Plan,
    Refused,
)
from catalog.importing.report import Counts
from catalog.importing.sources.tessera import Picture, Tessera
from catalog.models import Asset, AttributeGroup, Completeness, Finding, ForbiddenTerm, Requirement, Slot
from catalog.quality.rechecking import recheck_stale
from tests.catalog.tessera_folder import REST, SCHEMA, expected

CONTENT = Path(render.__file__).parent / "content"


def draw(pictures: Sequence[Picture]) -> dict[Picture, Path]:
    """Says where a picture would be, without drawing it."""
    return {picture: Path("/drawn", f"{picture[0]}.jpg") for picture in pictures}


def folder(path: Path, **files: str) -> Path:
    """`schema="..."` is the file schema.toml."""
    for name, text in files.items():
        (path / f"{name}.toml").write_text(text, encoding="utf-8")
    return path


def read(path: Path, **files: str) -> Plan:
    return Tessera(draw).read(folder(path, **files))


def issues(plan: Plan) -> list[str]:
    return [str(issue) for issue in plan.issues]


def test_every_table_becomes_a_record(tmp_path: Path) -> None:
    (tmp_path / "deeper").mkdir()
    folder(tmp_path / "deeper", rest=REST)

    assert read(tmp_path, schema=SCHEMA) == expected(tmp_path)


def test_facts_that_cannot_be_taken_are_issues_and_the_rest_is_taken(tmp_path: Path) -> None:
    plan = read(
        tmp_path,
        schema=SCHEMA,
        products="""
            [[product]]
            sku = "P"
            [product.facts]
            name = { en = "Much too long to be a name", "@shop" = "P", de = "P" }
            gtin = "12"
            weight = { amount = "0.25", unit = "l" }
            color = "green"
            size = 3
        """,
    )

    assert issues(plan) == [
        "products.toml, column P.name.en: “Much too long to be a name”: 26 characters are too many; at most 20 are "
        "allowed; it is left out.",
        "products.toml, column P.name.@shop: “P”: this attribute has one value per language; say which language; "
        "it is left out.",
        "products.toml, column P.weight: “{'amount': '0.25', 'unit': 'l'}”: “l” is no unit of “weight”; there are µg, "
        "mg, gr, ct, g, oz, lb, kg, st, t; it is left out.",
        "products.toml, column P.color: “green”: “green” is no option of “color”; it is left out.",
        "products.toml, column P.size: “3”: there is no attribute of this code in these files; it is left out.",
    ]
    assert plan.products[0].values == {"name": {"de": "P"}, "gtin": {"": "12"}}


def test_a_picture_that_cannot_be_drawn_is_an_issue(tmp_path: Path) -> None:
    plan = Tessera(lambda pictures: {}).read(folder(tmp_path, rest=REST))

    assert issues(plan)[-1] == (
        "rest.toml: product 1 “LIRA”: asset 1, column picture: “picture-lira-black-front”: this cannot be drawn; "
        "it is left out."
    )
    assert [asset.code for asset in plan.assets] == ["files-Lira-manual"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '[[group]]\ncode = "a"\ncode "b"',
            "a.toml: Expected '=' after a key in a key/value pair (at line 3, column 6)",
        ),
        ('[[groups]]\ncode = "a"', "a.toml: “groups” is no table of this format; there are group, attribute, option,"),
        ('[group]\ncode = "a"', "a.toml: “group” must be written as [[group]]."),
        ('[[group]]\nlabel = { en = "A" }', "a.toml: group 1: “code” is missing."),
        (
            '[[group]]\ncode = "a"\nlable = {}',
            "a.toml: group 1 “a”: “lable” means nothing here; there are code, label,",
        ),
        ("[[group]]\ncode = 1", "a.toml: group 1 “1”: “code” must be a text, not “1”."),
        (
            '[[group]]\ncode = "a"\nposition = true',
            "a.toml: group 1 “a”: “position” must be a whole number, not “True”.",
        ),
        ('[[group]]\ncode = "a"\nlabel = { en = 1 }', "a.toml: group 1 “a”: “label.en” must be a text, not “1”."),
        (
            '[[attribute]]\ncode = "a"\ngroup = "g"\ntype = "colour"',
            "a.toml: attribute 1 “a”: “type” is “colour”; there are text, longtext,",
        ),
        ('[[family]]\ncode = "a"\nattributes = [1]', "a.toml: family 1 “a”: “attributes” must be a text, not “1”."),
        (
            '[[channel]]\ncode = "a"\nmedium = "web"\nlanguages = [{ code = "it", fall = "" }]',
            "a.toml: channel 1 “a”: languages 1: “fall” means nothing here; there are code, fallback.",
        ),
        (
            '[[product]]\nsku = "P"\n[[product.asset]]\nrole = "main"\nfile = "../secret.pdf"',
            "a.toml: product 1 “P”: asset 1: “file” leads out of the folder: ../secret.pdf.",
        ),
        (
            '[[fragment]]\ncode = "f"\nslot = "s"\nstate = "done"',
            "a.toml: fragment 1 “f”: “state” is “done”; there are approved, draft.",
        ),
        (
            '[[fragment]]\ncode = "f"\nslot = "s"\nverified_on = 2026-05-06T10:00:00',
            "a.toml: fragment 1 “f”: “verified_on” must be a date such as 2027-03-31, not “2026-05-06 10:00:00”.",
        ),
    ],
)
def test_a_broken_file_is_refused_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(Refused) as refusal:
        read(tmp_path, a=text)

    assert str(refusal.value).startswith(message)
    assert "\n" not in str(refusal.value)


def test_a_file_that_is_not_utf_8_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes('[[group]]\ncode = "é"'.encode("latin-1"))

    with pytest.raises(Refused, match=r"^a\.toml: not UTF-8 \(at line 2\)$"):
        read(tmp_path)


def test_tables_nested_beyond_all_measure_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"^a\.toml: tables are nested too deep$"):
        read(tmp_path, a="a = " + "[" * 20_000)


def test_a_folder_that_is_missing_or_empty_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="there is no such folder"):
        read(tmp_path / "nowhere")
    with pytest.raises(Refused, match="there are no TOML files in this folder"):
        read(tmp_path)


def test_a_picture_is_drawn_once_as_long_as_the_drawing_code_stays(
    settings: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "DATA_ROOT", tmp_path)
    monkeypatch.setattr(render, "SIZE", 16)
    picture = ("tamper", "steel", "front")

    files = render.files_of([picture, ("tamper", "steel", "behind"), ("unicorn", "steel", "front")])
    assert list(files) == [picture]
    drawn = files[picture].read_bytes()
    assert drawn.startswith(b"\xff\xd8\xff")
    assert files[picture].name.startswith("tamper-steel-front-")

    files[picture].write_bytes(b"touched")
    assert render.files_of([picture]) == files
    assert files[picture].read_bytes() == b"touched"


@pytest.mark.django_db
def test_the_demo_comes_in_without_an_issue_and_a_second_time_unchanged(tmp_path: Path) -> None:
    """With one picture in place of all, since drawing takes a second each."""
    path = tmp_path / "one.jpg"
    render.draw_file(("tamper", "steel", "front"), path)
    plan = Tessera(lambda pictures: dict.fromkeys(pictures, path)).read(CONTENT)
    actor = Actor("test", "import")

    first, second = apply(plan, actor), apply(plan, actor)

    assert first.issues == ()
    assert sum(plan.rows.values()) + Asset.objects.count() == first.total.created
    assert first.total == Counts(created=first.total.created)
    assert second.total == Counts(unchanged=first.total.created)
    assert missing_there() == {"fact:gtin", "fact:mpn", "fact:price", "fact:weight"}
    assert sorted(Requirement.objects.exclude(condition="").values_list("condition", flat=True)) == [
        "voltage is not empty",
        "voltage is not empty and power < 3 kW",
    ]
    assert not [*AttributeGroup.objects.filter(responsible=""), *Slot.objects.filter(responsible="")]
    languages = dict(Counter(ForbiddenTerm.objects.values_list("language", flat=True)))
    assert languages == dict.fromkeys(("en", "it", "ro", "de", "fr", "es"), 2)
    recheck_stale()
    [finding] = Finding.objects.all()
    assert (finding.product.sku, finding.check_code) == ("BZ-MOLA-PRO", "too_long")


def missing_there() -> set[str]:
    return {name for missing in Completeness.objects.values_list("missing", flat=True) for name in missing}
