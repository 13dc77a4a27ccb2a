"""XLIFF files as translators and their tools change them, and a check of the rules their specifications have.

Knows XML only, and nothing of how the files are made.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

from catalog.translating.segments import segmented

NS21 = "urn:oasis:names:tc:xliff:document:2.0"
NS12 = "urn:oasis:names:tc:xliff:document:1.2"
_NMTOKEN = re.compile(r"[\w.\-:]+")


def has_words(text: str) -> bool:
    return bool(segmented(text).segments)


def _units(root: Any) -> list[tuple[Any, Any, Any]]:
    """Each unit with the element that has its source and target, and its source."""
    if root.tag == f"{{{NS21}}}xliff":
        return [
            (unit, segment, segment.find(f"{{{NS21}}}source"))
            for unit in root.iter(f"{{{NS21}}}unit")
            for segment in unit.iterchildren(f"{{{NS21}}}segment")
        ]
    return [(unit, unit, unit.find(f"{{{NS12}}}source")) for unit in root.iter(f"{{{NS12}}}trans-unit")]


def _target(holder: Any, source: Any) -> Any:
    namespace = etree.QName(source).namespace
    target = holder.find(f"{{{namespace}}}target")
    if target is None:
        target = etree.Element(f"{{{namespace}}}target")
        source.addnext(target)
    return target


def _changed(content: bytes, change: Callable[[Any], None]) -> bytes:
    root = etree.fromstring(content)
    change(root)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _translate(element: Any, words: Callable[[str], str]) -> None:
    if etree.QName(element).localname != "ph":
        element.text = words(element.text) if element.text else element.text
    for child in element:
        _translate(child, words)
        child.tail = words(child.tail) if child.tail else child.tail


def _say(holder: Any, target: Any) -> None:
    if etree.QName(target).namespace == NS21:
        holder.set("state", "translated")
    else:
        target.set("state", "translated")


def translated(content: bytes, words: Callable[[str], str]) -> bytes:
    """Every unit translated by changing its words; codes stay."""

    def change(root: Any) -> None:
        for _, holder, source in _units(root):
            target = _target(holder, source)
            for child in list(target):
                target.remove(child)
            target.text = source.text
            target.extend(copy.deepcopy(child) for child in source)
            _translate(target, words)
            _say(holder, target)

    return _changed(content, change)


def confirmed(content: bytes) -> bytes:
    """Every target that is there said to be right."""

    def change(root: Any) -> None:
        for _, holder, source in _units(root):
            _say(holder, _target(holder, source))

    return _changed(content, change)


def _first_with_alone(root: Any) -> tuple[Any, Any, Any]:
    for _, holder, source in _units(root):
        target = _target(holder, source)
        for child in target.iter():
            if etree.QName(child).localname == "ph":
                return holder, target, child
    raise AssertionError("no unit has a code that stands alone")


def without_alone(content: bytes) -> bytes:
    def change(root: Any) -> None:
        _, _, code = _first_with_alone(root)
        parent = code.getparent()
        before = code.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + (code.tail or "")
        else:
            parent.text = (parent.text or "") + (code.tail or "")
        parent.remove(code)

    return _changed(content, change)


def with_alone_twice(content: bytes) -> bytes:
    def change(root: Any) -> None:
        _, _, code = _first_with_alone(root)
        code.addnext(copy.deepcopy(code))

    return _changed(content, change)


def with_invented(content: bytes) -> bytes:
    def change(root: Any) -> None:
        _, _, code = _first_with_alone(root)
        found = copy.deepcopy(code)
        found.set("id", "mine")
        code.addnext(found)

    return _changed(content, change)


def with_number(content: bytes) -> bytes:
    def change(root: Any) -> None:
        _, _, code = _first_with_alone(root)
        found = copy.deepcopy(code)
        found.set("id", "9")
        code.addnext(found)

    return _changed(content, change)


def with_markup(content: bytes) -> bytes:
    def change(root: Any) -> None:
        _, target, _ = _first_with_alone(root)
        etree.SubElement(target, "{http://www.w3.org/1999/xhtml}script").text = "alert(1)"

    return _changed(content, change)


def with_other_source(content: bytes) -> bytes:
    return content.replace(b"Hot &amp; steamy.", b"Cold &amp; icy.", 1)


def without_unit(content: bytes) -> bytes:
    def change(root: Any) -> None:
        unit = _unit_called_in(root, "body.2")
        unit.getparent().remove(unit)

    return _changed(content, change)


def with_unit_twice(content: bytes) -> bytes:
    def change(root: Any) -> None:
        unit = _unit_called_in(root, "body.2")
        unit.addnext(copy.deepcopy(unit))

    return _changed(content, change)


def half_translated(content: bytes) -> bytes:
    def change(root: Any) -> None:
        unit = _unit_called_in(root, "body.2")
        target = next(each for each in unit.iter() if etree.QName(each).localname == "target")
        target.getparent().remove(target)

    return _changed(content, change)


def _unit_called_in(root: Any, name: str) -> Any:
    return next(unit for unit, _, _ in _units(root) if unit.get("id") == name)


# --- The rules of the specifications ---------------------------------------------------------------------------------
def faults(content: bytes) -> list[str]:
    """What a file has that XLIFF 2.1 or 1.2 does not allow, of what ours may have at all."""
    root = etree.fromstring(content)
    return list(_faults21(root) if root.tag == f"{{{NS21}}}xliff" else _faults12(root))


_INSIDE21 = {
    "xliff": ["file"],
    "file": ["profiles", "notes", "group", "unit"],
    "group": ["notes", "group", "unit"],
    "unit": ["matches", "notes", "originalData", "segment"],
    "segment": ["source", "target"],
    "match": ["originalData", "source", "target"],
    "matches": ["match"],
    "notes": ["note"],
    "originalData": ["data"],
    "source": ["pc", "ph"],
    "target": ["pc", "ph"],
    "pc": ["pc", "ph"],
}
_INSIDE12 = {
    "xliff": ["file"],
    "file": ["header", "body"],
    "header": ["note"],
    "body": ["group", "trans-unit"],
    "group": ["note", "group", "trans-unit"],
    "trans-unit": ["source", "target", "alt-trans"],
    "alt-trans": ["source", "target"],
    "source": ["g", "ph"],
    "target": ["g", "ph"],
    "g": ["g", "ph"],
}
_NEEDED21 = {
    "xliff": ["version", "srcLang"],
    "file": ["id"],
    "group": ["id"],
    "unit": ["id"],
    "data": ["id"],
    "pc": ["id"],
    "ph": ["id"],
    "match": ["ref"],
}
_NEEDED12 = {
    "xliff": ["version"],
    "file": ["original", "source-language", "datatype"],
    "trans-unit": ["id"],
    "g": ["id"],
    "ph": ["id"],
}


def _structure(root: Any, inside: dict[str, list[str]], needed: dict[str, list[str]]) -> Iterator[str]:
    for element in root.iter():
        name = etree.QName(element).localname
        allowed = inside.get(name, [])
        names = [etree.QName(child).localname for child in element]
        yield from (f"<{each}> in <{name}>" for each in names if each not in allowed)
        if name not in ("source", "target", "pc", "g", "group", "body"):
            order = [allowed.index(each) for each in names if each in allowed]
            if order != sorted(order):
                yield f"<{name}> has its parts in a wrong order"
        yield from (f"<{name}> without {each}" for each in needed.get(name, []) if element.get(each) is None)


def _faults21(root: Any) -> Iterator[str]:
    yield from _structure(root, _INSIDE21, _NEEDED21)
    files = [file.get("id") for file in root.iterchildren(f"{{{NS21}}}file")]
    if len(set(files)) < len(files) or not files:
        yield "files' ids are not unique"
    for file in root.iterchildren(f"{{{NS21}}}file"):
        for kind in ("unit", "group"):
            ids = [each.get("id") for each in file.iter(f"{{{NS21}}}{kind}")]
            yield from (f"{kind} {each} is not unique" for each in set(ids) if ids.count(each) > 1)
            yield from (f"{each} is no NMTOKEN" for each in ids if not _NMTOKEN.fullmatch(each))
    for unit in root.iter(f"{{{NS21}}}unit"):
        yield from _codes21(unit)


def _codes21(unit: Any) -> Iterator[str]:
    known = {data.get("id") for data in unit.iterchildren(f"{{{NS21}}}originalData") for data in data}
    for segment in unit.iterchildren(f"{{{NS21}}}segment"):
        ids = {}
        for side in segment:
            codes = [each for each in side.iter() if etree.QName(each).localname in ("pc", "ph")]
            ids[etree.QName(side).localname] = [code.get("id") for code in codes]
            for code in codes:
                references = [code.get(name) for name in ("dataRef", "dataRefStart", "dataRefEnd")]
                yield from (f"data {each} is not there" for each in references if each and each not in known)
        for side, found in ids.items():
            if len(set(found)) < len(found):
                yield f"codes of a {side} are not unique"
        if segment.find(f"{{{NS21}}}target") is not None and set(ids["target"]) - set(ids["source"]):
            yield "a target has codes its source has not"
        if segment.get("state") != "initial" and segment.find(f"{{{NS21}}}target") is None:
            yield "a state without a target (section 4.3.1.26)"


def _faults12(root: Any) -> Iterator[str]:
    yield from _structure(root, _INSIDE12, _NEEDED12)
    for file in root.iterchildren(f"{{{NS12}}}file"):
        ids = [each.get("id") for each in file.iter(f"{{{NS12}}}trans-unit")]
        yield from (f"unit {each} is not unique" for each in set(ids) if ids.count(each) > 1)
    for code in root.iter(f"{{{NS12}}}g", f"{{{NS12}}}ph"):
        if not (
            code.get("ctype", "") in ("bold", "italic", "underlined", "link", "image", "lb")
            or code.get("ctype", "").startswith("x-")
        ):
            yield f"no ctype of the list: {code.get('ctype')}"


def prefixed(text: str, prefix: str) -> str:
    """A stored text with a prefix before every paragraph's words."""
    found = segmented(text)
    parts = [f"{prefix}{found.written(segment)}" for segment in found.segments]
    return "".join(part for pair in zip(found.skeleton, [*parts, ""], strict=True) for part in pair)
