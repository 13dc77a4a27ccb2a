"""Facts that are computed from other facts, never written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_HALF_UP, Context, Decimal, DecimalException
from typing import Any

from catalog.values.base import AttributeSpec, Entry, Invalid, InvalidSetting, Json, Setting, ValueType, quoted
from catalog.values.decimals import exact, plain
from catalog.values.expressions import Call, Literal, Name, Node, names_in, read
from catalog.values.measures import Measurement, unit_family_of
from catalog.values.numbers import Integer, Number
from catalog.values.settings import DECIMALS, UNIT
from catalog.values.texts import Text
from catalog.values.units import UNITS, convert

# Working precision in digits; results are rounded half up to the attribute's decimals, or to twelve.
PRECISION = 60
DEFAULT_DECIMALS = 12
RESULTS: Mapping[str, ValueType] = {kind.code: kind for kind in (Number(), Integer(), Measurement(), Text())}
Values = Mapping[str, tuple[Any, AttributeSpec]]

_ARITHMETIC = Context(prec=PRECISION, rounding=ROUND_HALF_UP)
# Facts that stand in a join of texts as they are stored.
_AS_TEXT = (
    *("text", "longtext", "gtin", "isbn", "mpn", "url", "date", "datetime"),
    *("select", "reference", "record", "asset"),
)


def _expression(raw: Any) -> Json:
    if not isinstance(raw, str):
        raise Invalid(f"expected an expression, not {type(raw).__name__}")
    read(raw)
    return raw.strip()


def _result(raw: Any) -> Json:
    if not isinstance(raw, str) or raw not in RESULTS:
        raise Invalid(f"{quoted(raw)} is no kind of result; there are {', '.join(RESULTS)}")
    return raw


EXPRESSION = Setting(
    "expression",
    "expression",
    "Expression",
    "Such as width[cm] * depth[cm] * height[cm] / 1000, with the codes of other attributes.",
    _expression,
    required=True,
)
RESULT = Setting("result", "result", "Result", "What comes out: a decimal number unless said.", _result)


class Computed(ValueType):
    """The result of an expression over other facts of the product; none where one of them is missing."""

    code = "computed"
    label = "Computed"
    computed = True
    operators = frozenset(["=", "<", "contains", "starts"])
    settings = (EXPRESSION, RESULT, UNIT, DECIMALS)

    def parse(self, raw: Any, spec: AttributeSpec) -> Json:
        raise Invalid("this is computed from other facts; change those")

    def text(self, value: Any, spec: AttributeSpec, chain: tuple[str, ...]) -> str:
        return result_type(spec).text(value, spec, chain)

    def machine(self, value: Any, spec: AttributeSpec) -> Json:
        return result_type(spec).machine(value, spec)

    def entries(self, value: Any, spec: AttributeSpec) -> tuple[Entry, ...]:
        return result_type(spec).entries(value, spec)

    def operand(self, raw: str, spec: AttributeSpec) -> Entry:
        return result_type(spec).operand(raw, spec)

    def operators_of(self, spec: AttributeSpec) -> frozenset[str]:
        return result_type(spec).operators

    def code_of(self, spec: AttributeSpec) -> str:
        return result_type(spec).code

    def schema(self, spec: AttributeSpec) -> dict[str, Any]:
        return result_type(spec).schema(spec)

    def sources(self, spec: AttributeSpec) -> tuple[str, ...]:
        return names_in(spec.settings["expression"]) if "expression" in spec.settings else ()

    def compute(self, spec: AttributeSpec, values: Values) -> Json | None:
        return evaluate(spec, values)

    def check_together(self, spec: AttributeSpec) -> None:
        result, unit = spec.settings.get("result", "number"), spec.settings.get("unit")
        if result == "measurement" and not unit:
            raise InvalidSetting("unit", "a measurement needs the unit it comes out in")
        if result != "measurement" and unit:
            raise InvalidSetting("unit", "only a measurement has a unit; choose that as the result")


def result_type(spec: AttributeSpec) -> ValueType:
    """The type a computed fact's values are of."""
    return RESULTS[spec.settings.get("result", "number")]


def evaluate(spec: AttributeSpec, values: Values) -> Json | None:
    """The value of a computed fact as it would be stored; `values` are (value, spec) by lower-case code.

    None where a fact is missing, a number is divided by zero, or what comes out does not fit the result's type.
    """
    found = _value(read(spec.settings["expression"]), values) if "expression" in spec.settings else None
    if found is None:
        return None
    kind = result_type(spec)
    try:
        return kind.parse(_shaped(found, kind, spec), spec)
    except (Invalid, DecimalException):
        return None


def _shaped(found: Decimal | str, kind: ValueType, spec: AttributeSpec) -> Any:
    """What came out, as the result's type takes it. Raises Invalid and decimal.DecimalException."""
    if isinstance(kind, Text):
        return _written(found)
    if isinstance(found, str):
        raise Invalid("a text is no number")
    decimals = 0 if isinstance(kind, Integer) else int(spec.settings.get("decimals", DEFAULT_DECIMALS))
    amount = plain(found.quantize(Decimal(1).scaleb(-decimals), context=_ARITHMETIC))
    return {"amount": amount, "unit": spec.settings["unit"]} if isinstance(kind, Measurement) else amount


def _value(node: Node, values: Values) -> Decimal | str | None:
    if isinstance(node, Literal):
        return Decimal(node.value) if node.is_number else node.value
    if isinstance(node, Name):
        return _fact(node, values)
    arguments = [_value(argument, values) for argument in node.arguments]
    if node.function in ("min", "max", "sum"):
        arguments = [argument for argument in arguments if argument is not None]
    said = [argument for argument in arguments if argument is not None]
    if not said or len(said) < len(arguments):
        return None
    return _joined(said) if node.function == "&" else _reckoned(node, said)


def _joined(parts: list[Decimal | str]) -> str:
    return "".join(_written(part) for part in parts)


def _written(part: Decimal | str) -> str:
    return part if isinstance(part, str) else plain(part)


def _reckoned(call: Call, arguments: list[Decimal | str]) -> Decimal | None:
    """Arithmetic to 60 digits; None for texts, division by zero and what leaves the range of numbers."""
    numbers = [argument for argument in arguments if isinstance(argument, Decimal)]
    if len(numbers) < len(arguments):
        return None
    try:
        return _FUNCTIONS[call.function](numbers)
    except DecimalException:
        return None


def _round(numbers: list[Decimal]) -> Decimal:
    number, digits = numbers
    places = max(-40, min(40, int(digits)))
    return number.quantize(Decimal(1).scaleb(-places), context=_ARITHMETIC)


def _sum(numbers: list[Decimal]) -> Decimal:
    total = Decimal(0)
    for number in numbers:
        total = _ARITHMETIC.add(total, number)
    return total


_FUNCTIONS: Mapping[str, Callable[[list[Decimal]], Decimal]] = {
    "+": lambda numbers: _ARITHMETIC.add(*numbers),
    "-": lambda numbers: _ARITHMETIC.subtract(*numbers),
    "*": lambda numbers: _ARITHMETIC.multiply(*numbers),
    "/": lambda numbers: _ARITHMETIC.divide(*numbers),
    "min": min,
    "max": max,
    "sum": _sum,
    "round": _round,
}


def _fact(name: Name, values: Values) -> Decimal | str | None:
    """A fact's value as a number or a text; None where there is none, or none such in the unit that is wanted."""
    if name.code.lower() not in values:
        return None
    value, spec = values[name.code.lower()]
    kind = spec.settings.get("result", "number") if spec.type == "computed" else spec.type
    if kind in ("number", "integer"):
        return Decimal(exact(value))
    if kind == "measurement":
        return _in_unit(value, name.unit)
    if kind == "price":
        return next((Decimal(item["amount"]) for item in value if item["currency"] == name.unit.upper()), None)
    return str(value) if kind in _AS_TEXT else None


def _in_unit(value: Any, unit: str) -> Decimal | None:
    if unit not in UNITS or UNITS[unit].family != UNITS[value["unit"]].family:
        return None
    return convert(Decimal(value["amount"]), value["unit"], unit)


# --- Whether expressions can be computed at all -----------------------------------------------------------------------


def check_sources(spec: AttributeSpec, specs: Mapping[str, AttributeSpec]) -> None:
    """Whether the facts an expression names exist and can be used as it does; `specs` by lower-case code.

    Raises InvalidSetting.
    """
    for name in _names_of(read(spec.settings["expression"])):
        other = specs.get(name.code.lower())
        if other is None:
            raise InvalidSetting("expression", f"there is no attribute {quoted(name.code)}")
        _check_use(name, other)


def _names_of(node: Node) -> Iterable[Name]:
    if isinstance(node, Name):
        return [node]
    return [name for argument in node.arguments for name in _names_of(argument)] if isinstance(node, Call) else []


def _check_use(name: Name, other: AttributeSpec) -> None:
    kind = other.settings.get("result", "number") if other.type == "computed" else other.type
    if kind == "measurement":
        family = unit_family_of(other)
        if name.unit not in UNITS or (family and UNITS[name.unit].family != family):
            raise InvalidSetting(
                "expression", f"say the unit {quoted(name.code)} is wanted in, such as {name.code}[{_example(other)}]"
            )
    elif kind == "price":
        if not name.unit:
            raise InvalidSetting("expression", f"say the currency {quoted(name.code)} is wanted in: {name.code}[EUR]")
    elif kind not in ("number", "integer", *_AS_TEXT):
        raise InvalidSetting("expression", f"{quoted(name.code)} is a {kind}, of which nothing can be computed")
    elif name.unit:
        raise InvalidSetting("expression", f"{quoted(name.code)} has no unit; write it without [{name.unit}]")


def _example(spec: AttributeSpec) -> str:
    return str(spec.settings.get("unit") or "cm")


def cycle_in(specs: Iterable[AttributeSpec]) -> list[str] | None:
    """The codes of computed facts that need each other in a circle, the first one again at the end; else None."""
    needs = {
        spec.code.lower(): [code.lower() for code in names_in(spec.settings.get("expression", "0"))]
        for spec in specs
        if spec.type == "computed"
    }
    done: set[str] = set()
    for start in needs:
        path = [start]
        open_ends = [iter(needs[start])]
        while open_ends:
            following = next(open_ends[-1], None)
            if following is None:
                done.add(path.pop())
                open_ends.pop()
            elif following in path:
                return [*path[path.index(following) :], following]
            elif following in needs and following not in done:
                path.append(following)
                open_ends.append(iter(needs[following]))
    return None
