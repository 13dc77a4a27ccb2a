"""The fields of a receiver as data: where each comes from unless told otherwise, and what the receiver takes in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from exports.formats.base import Problem
from exports.mapping.expression import Expression, parse
from exports.mapping.seeing import Seen, Value
from exports.text import cut, one_line

# Looks at one text: what is wrong with it, which completes “FIELD …”, or nothing.
Check = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """`default` is an expression, "" for none; `rule` the receiver's in a few words, for whoever maps it.

    At most `many` values of at most `most` characters each, longer ones cut where `cuts` says so. `takes` are all
    values there are. `lines` keeps line breaks. What does not fit is told; without a `required` field the item is
    left out. `tidy` is done to each text before anybody looks at it.
    """

    name: str
    default: str = ""
    rule: str = ""
    required: bool = False
    many: int = 1
    most: int = 0
    cuts: bool = False
    lines: bool = False
    takes: frozenset[str] = frozenset()
    tidy: Callable[[str], str] | None = None
    check: Check | None = None

    def expression(self, said: Mapping[str, str]) -> Expression | None:
        text = said.get(self.name, self.default)
        return parse(text) if text.strip() else None

    def told(self) -> str:
        """What the receiver takes, in words."""
        parts = [self.rule] if self.rule else []
        parts += [f"one of {', '.join(sorted(self.takes))}"] if self.takes else []
        parts += [f"at most {self.most:,} characters"] if self.most else []
        parts += [f"up to {self.many}"] if self.many > 1 else []
        return "; ".join(parts)


def matching(pattern: str, wanted: str) -> Check:
    """A check that the whole text matches; `wanted` completes “has to be …”."""
    compiled = re.compile(pattern)
    return lambda text: "" if compiled.fullmatch(text) else f"“{text[:60]}” has to be {wanted}"


class Row(dict[str, list[Value]]):
    """The values of an item by field, without empty ones; `problems` are what there is to say of them."""

    def __init__(self, sku: str) -> None:
        super().__init__()
        self.sku = sku
        self.problems: list[Problem] = []

    def text(self, name: str) -> str:
        """The first value of a field, else nothing."""
        return self[name][0].text if self.get(name) else ""

    def texts(self, name: str) -> list[str]:
        return [value.text for value in self.get(name, ())]

    def put(self, name: str, values: list[Value]) -> None:
        """Those instead of what is there, also where they are none."""
        if values:
            self[name] = values
        else:
            self.pop(name, None)

    def refuse(self, message: str, about: str = "") -> None:
        self.problems.append(Problem(self.sku, message, about=about))

    def note(self, message: str, about: str = "") -> None:
        self.problems.append(Problem(self.sku, message, fatal=False, about=about))


class Mapped:
    """The fields of a receiver, each with its expression."""

    def __init__(self, fields: Iterable[Field], said: Mapping[str, str]) -> None:
        self.rows = [(field, field.expression(said)) for field in fields]

    def row(self, seen: Seen) -> Row:
        row = Row(seen.document.sku)
        for field, expression in self.rows:
            _fill(row, field, expression, seen)
        return row


def _fill(row: Row, field: Field, expression: Expression | None, seen: Seen) -> None:
    about = _about(expression)
    fitting: list[Value] = []
    faults: list[str] = []
    misfit = ""
    for value in expression.values(seen) if expression else ():
        fit, fault = _fitted(field, value)
        if fit:
            fitting.append(fit)
        elif fault:
            misfit = fault
        if fault:
            faults.append(fault if fit else f"{fault}: left out")
    if len(fitting) > field.many > 1:
        faults.append(f"has {len(fitting)} values, of which the first {field.many} are taken")
    if fitting:
        row[field.name] = fitting[: field.many]
    if field.required and not fitting:
        row.refuse(f"{field.name} {misfit or _missing(expression)}.", about)
        return
    for fault in faults:
        row.note(f"{field.name} {fault}.", about)


def _missing(expression: Expression | None) -> str:
    return f"is empty: it is taken from {expression.text}" if expression else "is required, and nothing is mapped to it"


def _fitted(field: Field, value: Value) -> tuple[Value | None, str]:
    """The value as it is taken, if it is, and what there is to say of it, which completes “FIELD …”."""
    text = value.text.strip() if field.lines else one_line(value.text)
    if field.tidy:
        text = field.tidy(text)
    if not text:
        return None, ""
    fault = _fault(field, text)
    if fault:
        return None, fault
    said = ""
    if field.most and len(text) > field.most:
        said = f"has {len(text):,} characters, cut to {field.most:,}"
        text = cut(text, field.most)
    return (value if text == value.text else Value(text, value.raw)), said


def _fault(field: Field, text: str) -> str:
    if field.most and not field.cuts and len(text) > field.most:
        return f"has {len(text):,} characters, at most {field.most:,} are taken"
    if field.takes and text not in field.takes:
        return f"“{text[:60]}” has to be one of {', '.join(sorted(field.takes))}"
    return field.check(text) if field.check else ""


def _about(expression: Expression | None) -> str:
    """What is to be mended: the first source that has people who look after it, else the first."""
    sources = expression.sources if expression else ()
    return next((source for source in sources if source.startswith(("fact:", "slot:"))), next(iter(sources), ""))
