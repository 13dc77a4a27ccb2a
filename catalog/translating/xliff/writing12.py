"""XLIFF 1.2 (OASIS Standard, 1 February 2008)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lxml import etree

from catalog.translating.matching import Suggestion
from catalog.translating.segments import Code, Segment
from catalog.translating.xliff.package import (
    Item,
    Package,
    Passage,
    Unit,
    UnitState,
    kind_of,
    original_of,
    said_limit,
    tag_of,
)
from catalog.translating.xliff.writing21 import SPACE, add_text, without_foreign_codes

CORE = "urn:oasis:names:tc:xliff:document:1.2"
# The states of XLIFF 2 in words of 1.2 (section 2.3.1, state).
STATES: Mapping[UnitState, str] = {
    "initial": "needs-translation",
    "translated": "translated",
    "reviewed": "signed-off",
    "final": "final",
}


def write12(package: Package) -> bytes:
    """The package as UTF-8 bytes: a <file> for each object, a <group> for each field, a <trans-unit> for each part."""
    root = etree.Element(f"{{{CORE}}}xliff", nsmap={None: CORE})
    root.set("version", "1.2")
    for item in package.items:
        _file(root, package, item)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return written


def _file(root: Any, package: Package, item: Item) -> None:
    file = _core(root, "file", original=original_of(package, item), datatype="html")
    file.set("source-language", tag_of(package.source_language))
    file.set("target-language", tag_of(package.target_language))
    file.set(SPACE, "preserve")
    _notes(_core(file, "header"), [*package.notes, *item.notes])
    body = _core(file, "body")
    for passage in item.passages:
        _group(body, passage)


def _group(body: Any, passage: Passage) -> None:
    group = _core(body, "group", id=passage.name, resname=passage.name)
    _notes(group, [*passage.notes, *([said_limit(passage.limit)] if passage.limit else [])])
    alone = len(passage.units) == 1
    for unit in passage.units:
        _unit(group, unit, passage.limit if alone else None)


def _unit(group: Any, unit: Unit, limit: int | None) -> None:
    found = _core(group, "trans-unit", id=unit.id)
    found.set(SPACE, "preserve")
    if limit:
        found.set("maxwidth", str(limit))
        found.set("size-unit", "char")
    _filled(_core(found, "source"), unit.source)
    if unit.target is not None:
        _filled(_core(found, "target", state=STATES[unit.state]), unit.target)
    for suggestion in unit.matches:
        _match(found, suggestion, unit.source)


def _match(unit: Any, suggestion: Suggestion, source: Segment) -> None:
    match = _core(unit, "alt-trans", origin=suggestion.origin)
    match.set("match-quality", f"{suggestion.score}%")
    _filled(_core(match, "source"), without_foreign_codes(suggestion.source, source))
    _filled(_core(match, "target"), without_foreign_codes(suggestion.target, source))


def _filled(element: Any, segment: Segment) -> None:
    """Put a segment's words and codes into a <source> or <target>."""
    inside = [element]
    for part in segment:
        if isinstance(part, str):
            add_text(inside[-1], part)
        elif part.kind == "close":
            inside.pop()
        elif part.kind == "open":
            inside.append(_code(inside[-1], "g", part))
        else:
            _code(inside[-1], "ph", part).text = part.text


def _code(parent: Any, name: str, code: Code) -> Any:
    return _core(parent, name, id=str(code.id), ctype=kind_of(code)[2])


def _notes(parent: Any, notes: Iterable[str]) -> None:
    for note in notes:
        if note:
            _core(parent, "note").text = note


def _core(parent: Any, name: str, /, **attributes: str) -> Any:
    return etree.SubElement(parent, f"{{{CORE}}}{name}", attributes)
