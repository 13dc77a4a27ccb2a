"""XLIFF 2.1 (OASIS Standard, 13 February 2018), with the matches and the size restriction module."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lxml import etree

from catalog.translating.matching import Suggestion
from catalog.translating.segments import Code, CodeProblem, Segment, unmarked, words_of
from catalog.translating.xliff.package import Item, Package, Passage, Unit, kind_of, original_of, said_limit, tag_of

CORE = "urn:oasis:names:tc:xliff:document:2.0"
MATCHES = "urn:oasis:names:tc:xliff:matches:2.0"
SIZES = "urn:oasis:names:tc:xliff:sizerestriction:2.0"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def write21(package: Package) -> bytes:
    """The package as UTF-8 bytes: a <file> for each object, a <group> for each field, a <unit> for each segment."""
    root = etree.Element(f"{{{CORE}}}xliff", nsmap={None: CORE, "mtc": MATCHES, "slr": SIZES})
    root.set("version", "2.1")
    root.set("srcLang", tag_of(package.source_language))
    root.set("trgLang", tag_of(package.target_language))
    for item in package.items:
        _file(root, package, item)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return written


def _file(root: Any, package: Package, item: Item) -> None:
    file = _core(root, "file", id=f"{item.kind}-{item.id}", original=original_of(package, item))
    file.set(SPACE, "preserve")
    etree.SubElement(file, f"{{{SIZES}}}profiles", {"generalProfile": "xliff:codepoints"})
    _notes(file, [*package.notes, *item.notes])
    for passage in item.passages:
        _group(file, passage)


def _group(file: Any, passage: Passage) -> None:
    group = _core(file, "group", id=passage.name, name=passage.name)
    if passage.limit:
        group.set(f"{{{SIZES}}}sizeRestriction", str(passage.limit))
    _notes(group, [*passage.notes, *([said_limit(passage.limit)] if passage.limit else [])])
    for unit in passage.units:
        _unit(group, unit)


def _unit(group: Any, unit: Unit) -> None:
    found = _core(group, "unit", id=unit.id, canResegment="no")
    if unit.matches:
        matches = etree.SubElement(found, f"{{{MATCHES}}}matches")
        for suggestion in unit.matches:
            _match(matches, suggestion, unit.source)
    _data(found, unit.source)
    segment = _core(found, "segment", id="s1", state=unit.state)
    _filled(_core(segment, "source"), unit.source)
    if unit.target is not None:
        _filled(_core(segment, "target"), unit.target)


def _match(matches: Any, suggestion: Suggestion, source: Segment) -> None:
    """A pair of the memory. Its codes are left out where they are not those of the segment."""
    match = etree.SubElement(matches, f"{{{MATCHES}}}match", {"ref": "#s1", "type": "tm"})
    match.set("matchQuality", str(suggestion.score))
    match.set("origin", suggestion.origin)
    for name, text in (("source", suggestion.source), ("target", suggestion.target)):
        _filled(_core(match, name), without_foreign_codes(text, source), with_data=False)


def without_foreign_codes(text: str, source: Segment) -> Segment:
    """Marked text as a segment, or only its words."""
    try:
        return unmarked(text, source)
    except CodeProblem:
        words = words_of(text)
        return (words,) if words else ()


def _data(unit: Any, segment: Segment) -> None:
    codes = [part for part in segment if isinstance(part, Code)]
    if not codes:
        return
    data = _core(unit, "originalData")
    for code in codes:
        _core(data, "data", id=_data_id(code)).text = code.text


def _data_id(code: Code) -> str:
    return f"{'e' if code.kind == 'close' else 'd'}{code.id}"


def _filled(element: Any, segment: Segment, *, with_data: bool = True) -> None:
    """Put a segment's words and codes into a <source> or <target>."""
    inside = [element]
    for part in segment:
        if isinstance(part, str):
            add_text(inside[-1], part)
        elif part.kind == "close":
            if with_data:
                inside[-1].set("dataRefEnd", _data_id(part))
            inside.pop()
        elif part.kind == "open":
            inside.append(_code(inside[-1], "pc", part, "dataRefStart" if with_data else ""))
        else:
            code = _code(inside[-1], "ph", part, "dataRef" if with_data else "")
            code.set("equiv", "")
            code.set("disp", part.text)


def _code(parent: Any, name: str, code: Code, reference: str) -> Any:
    element = _core(parent, name, id=str(code.id), canCopy="no", canDelete="no")
    kind, subkind, _ = kind_of(code)
    element.set("type", kind)
    if subkind:
        element.set("subType", subkind)
    if reference:
        element.set(reference, _data_id(code))
    return element


def add_text(element: Any, text: str) -> None:
    """Put text behind what an element has so far."""
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def _notes(parent: Any, notes: Iterable[str]) -> None:
    said = [note for note in notes if note]
    if said:
        element = _core(parent, "notes")
        for note in said:
            _core(element, "note").text = note


def _core(parent: Any, name: str, /, **attributes: str) -> Any:
    return etree.SubElement(parent, f"{{{CORE}}}{name}", attributes)
