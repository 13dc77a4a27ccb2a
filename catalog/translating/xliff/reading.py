"""Reading what came back: XLIFF 2.x and 1.2, from people one does not know."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from catalog.translating.xliff.package import UnitState, parsed_original, parsed_unit
from catalog.translating.xliff.writing12 import CORE as CORE12
from catalog.translating.xliff.writing12 import STATES as STATES12
from catalog.translating.xliff.writing21 import CORE as CORE21

# Larger files are refused before they are parsed. A job of a hundred thousand words takes two megabytes.
MAX_BYTES = 20 * 1024 * 1024
MAX_UNITS = 50_000
_DECLARATION = "<!DOCTYPE"
_STATES12: Mapping[str, UnitState] = {
    **{word: state for state, word in STATES12.items()},
    "new": "initial",
    "needs-adaptation": "initial",
    "needs-l10n": "initial",
    "needs-review-adaptation": "translated",
    "needs-review-l10n": "translated",
    "needs-review-translation": "translated",
}
_MARKED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# What stands alone, opens and closes, in both versions; what only wraps words; what is not looked into.
_ALONE = frozenset(["ph", "x"])
_PAIRS = frozenset(["pc", "g"])
_OPENING = frozenset(["sc", "bpt", "bx"])
_CLOSING = frozenset(["ec", "ept", "ex"])
_WRAPPING = frozenset(["mrk"])
_TAKEN = _ALONE | _PAIRS | _OPENING | _CLOSING | _WRAPPING | {"cp", "sm", "em"}


class XliffError(ValueError):
    """The file as a whole cannot be taken; the message says why and what to do."""


@dataclass(frozen=True)
class ReturnedUnit:
    """One segment as it came back: marked text, None for a target that is not there. `where` names it for people."""

    kind: str
    object_id: int
    field: str
    place: int
    where: str
    source: str
    target: str | None
    state: UnitState
    problem: str = ""


@dataclass(frozen=True)
class Returned:
    """A whole file. `strangers` are units and files that are not of our making."""

    jobs: frozenset[str]
    source_language: str
    target_language: str
    units: tuple[ReturnedUnit, ...]
    strangers: tuple[str, ...] = ()


class _NotAllowed(ValueError):
    pass


def read(content: bytes) -> Returned:
    """A file of version 2.x or 1.2. Raises XliffError."""
    root = _parsed(content)
    name = etree.QName(root)
    version = root.get("version", "")
    if name.localname == "xliff" and name.namespace == CORE21 and version.startswith("2."):
        return _Reading21(root).returned()
    if name.localname == "xliff" and name.namespace == CORE12 and version in ("1.2", "1.1"):
        return _Reading12(root).returned()
    raise XliffError(
        "This is no XLIFF file of version 2.x or 1.2. Save it as XLIFF in the tool it was translated with."
    )


def _parsed(content: bytes) -> Any:
    if len(content) > MAX_BYTES:
        raise XliffError(f"The file has {len(content):,} bytes; at most {MAX_BYTES:,} are read. Split the job.")
    if not content.strip():
        raise XliffError("The file is empty. Export it again from the tool it was translated with.")
    if any(_DECLARATION.encode(encoding) in content for encoding in ("utf-8", "utf-16-le", "utf-16-be")):
        raise XliffError("The file declares a document type, which XLIFF files do not. It is not read.")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise XliffError(f"The file is damaged, or not in the encoding it names: {_reason(error)}") from error
    if root.getroottree().docinfo.doctype:
        raise XliffError("The file declares a document type, which XLIFF files do not. It is not read.")
    return root


def _reason(error: Exception) -> str:
    reason = " ".join(str(error).split())[:200]
    return reason if reason.endswith(".") else f"{reason}."


class _Reading:
    """What both versions share."""

    core: str
    unit_name: str

    def __init__(self, root: Any) -> None:
        self.root = root
        self.jobs: set[str] = set()
        self.strangers: list[str] = []

    def languages(self) -> tuple[str, str]:
        raise NotImplementedError

    def segment(self, unit: Any) -> tuple[Any, Any, UnitState]:
        """The source, the target or None, and the state. Raises _NotAllowed."""
        raise NotImplementedError

    def returned(self) -> Returned:
        source, target = self.languages()
        units = tuple(self._units())
        return Returned(frozenset(self.jobs), source.lower(), target.lower(), units, tuple(self.strangers))

    def _units(self) -> Iterator[ReturnedUnit]:
        count = 0
        for file in self.root.iterchildren(f"{{{self.core}}}file"):
            original = parsed_original(file.get("original", ""))
            if original is None:
                self.strangers.append(f"a file made of “{file.get('original', '')[:80]}”")
                continue
            job, kind, pk = original
            self.jobs.add(job)
            name = file.get("original", "").split("/", 3)[3]
            for unit in file.iter(f"{{{self.core}}}{self.unit_name}"):
                count += 1
                if count > MAX_UNITS:
                    raise XliffError(f"The file has more than {MAX_UNITS:,} units. Split the job.")
                if (found := self._unit(unit, kind, pk, name)) is not None:
                    yield found

    def _unit(self, unit: Any, kind: str, pk: int, name: str) -> ReturnedUnit | None:
        where = f"{kind} {name[:100]}, {unit.get('id', '')[:60]}"
        place = parsed_unit(unit.get("id", ""))
        if place is None:
            self.strangers.append(where)
            return None
        try:
            source, target, state = self.segment(unit)
            written = self.marked(source)
        except _NotAllowed as error:
            return ReturnedUnit(kind, pk, *place, where, "", None, "initial", str(error))
        try:
            translated = None if target is None else self.marked(target)
        except _NotAllowed as error:
            return ReturnedUnit(kind, pk, *place, where, written, None, state, str(error))
        return ReturnedUnit(kind, pk, *place, where, written, translated, state)

    # --- Inline elements ---------------------------------------------------------------------------------------------
    def marked(self, element: Any) -> str:
        """The content of a <source> or <target> as marked text. Raises _NotAllowed."""
        opened: list[str] = []
        text = "".join(self._inside(element, opened))
        if opened:
            raise _NotAllowed(f"the code {opened[-1]} is opened and not closed; put its end back")
        return text

    def _inside(self, element: Any, opened: list[str]) -> Iterator[str]:
        yield _escaped(element.text)
        for child in element:
            yield from self._child(child, opened)
            yield _escaped(child.tail)

    def _child(self, child: Any, opened: list[str]) -> Iterator[str]:
        name = self._name(child)
        if name in _ALONE:
            yield f'<x id="{_number(child)}"/>'
        elif name in _PAIRS:
            yield f'<g id="{_number(child)}">'
            yield self.marked(child)
            yield "</g>"
        elif name in _OPENING:
            opened.append(_number(child))
            yield f'<g id="{opened[-1]}">'
        elif name in _CLOSING:
            yield self._closed(child, opened)
        elif name in _WRAPPING:
            yield from self._inside(child, opened)
        elif name == "cp":
            yield _escaped(_character(child.get("hex", "")))

    def _name(self, child: Any) -> str:
        """An inline element's name. Raises _NotAllowed for one that is not taken."""
        if not isinstance(child.tag, str):
            raise _NotAllowed("it has an entity, which is not resolved; write the character itself")
        name = etree.QName(child)
        if name.namespace != self.core:
            raise _NotAllowed(f"it has an element <{name.localname}>, which is none of XLIFF's; take it out")
        if name.localname not in _TAKEN:
            raise _NotAllowed(f"it has an element <{name.localname}>, which is not taken here; take it out")
        return str(name.localname)

    def _closed(self, child: Any, opened: list[str]) -> str:
        number = child.get("startRef") or child.get("rid") or child.get("id") or ""
        if not opened or opened[-1] != _short(number):
            raise _NotAllowed(
                f"the code {_short(number)} closes where it is not the last one opened; close codes in order"
            )
        opened.pop()
        return "</g>"


class _Reading21(_Reading):
    core, unit_name = CORE21, "unit"

    def languages(self) -> tuple[str, str]:
        return self.root.get("srcLang", ""), self.root.get("trgLang", "")

    def segment(self, unit: Any) -> tuple[Any, Any, UnitState]:
        segments = list(unit.iterchildren(f"{{{CORE21}}}segment"))
        if len(segments) != 1:
            raise _NotAllowed(f"it has {len(segments)} segments; join them to the one that was sent")
        source, target = (segments[0].find(f"{{{CORE21}}}{name}") for name in ("source", "target"))
        if source is None:
            raise _NotAllowed("its source is missing; put it back")
        state = segments[0].get("state", "initial")
        return source, target, state if state in STATES12 else "initial"


class _Reading12(_Reading):
    core, unit_name = CORE12, "trans-unit"

    def languages(self) -> tuple[str, str]:
        """Those of the first file; every other has to have the same. Raises XliffError."""
        said = {
            (file.get("source-language", "").lower(), file.get("target-language", "").lower())
            for file in self.root.iterchildren(f"{{{CORE12}}}file")
        }
        if len(said) > 1:
            raise XliffError("The files in it are of several languages. Import each language by itself.")
        return said.pop() if said else ("", "")

    def segment(self, unit: Any) -> tuple[Any, Any, UnitState]:
        source, target = (unit.find(f"{{{CORE12}}}{name}") for name in ("source", "target"))
        if source is None:
            raise _NotAllowed("its source is missing; put it back")
        said = target.get("state", "") if target is not None else ""
        approved: UnitState = "reviewed" if unit.get("approved") == "yes" else "translated"
        return source, target, _STATES12.get(said, approved if target is not None else "initial")


def _escaped(text: str | None) -> str:
    return "".join(_MARKED.get(character, character) for character in text or "")


def _number(element: Any) -> str:
    return _short(element.get("id", ""))


def _short(number: str) -> str:
    """A code's number. Raises _NotAllowed for what none of ours has."""
    if not (number.isascii() and number.isdigit() and len(number) <= 6):
        raise _NotAllowed(f"it has a code “{html.unescape(number)[:40]}”, which was not sent; take it out")
    return number


def _character(code: str) -> str:
    try:
        return chr(int(code, 16))
    except (ValueError, OverflowError) as error:
        raise _NotAllowed(f"it has a character “{code[:20]}”, which there is not; take it out") from error
