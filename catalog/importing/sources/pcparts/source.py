"""The source itself: files in, plan out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from hashlib import blake2b
from itertools import chain, count
from pathlib import Path
from typing import Any

import orjson

from catalog.importing.plan import (
    AttributeRecord,
    CategoryRecord,
    ChannelRecord,
    FamilyRecord,
    GroupRecord,
    Issue,
    MarketRecord,
    OptionRecord,
    Plan,
    ProductRecord,
)
from catalog.importing.sources.base import Source
from catalog.importing.sources.pcparts.facts import FACTS, GROUPS, Fact
from catalog.importing.sources.pcparts.files import Cells, read_parts
from catalog.importing.sources.pcparts.kinds import SECTIONS, PartKind
from catalog.importing.sources.pcparts.readers import Odd
from catalog.values import TYPES, AttributeSpec, Invalid
from catalog.values.decimals import exact

TREE, CHANNEL, MARKET = "pc-parts", "parts-shop", "us"
# What a part is told apart by does not include what it costs today.
_PRICES = ("price", "price_per_gb")


class PcParts(Source):
    """A folder with one JSON file per kind of computer part (or a folder `json` with them).

    A part has no code of its own, and names repeat: its SKU is the kind's prefix and a digest of all it says but its
    price, with a number after it where several say the same. So it keeps its SKU while prices and order change.
    """

    code = "pc_parts"
    label = "Computer parts (JSON)"

    def read(self, path: Path) -> Plan:
        plan = Plan(source=self.code)
        reading = _Reading(plan)
        for kind, parts in read_parts(path):
            plan.rows[kind.file] = len(parts)
            reading.take(kind, parts)
        reading.finish()
        return plan


class _Reading:
    """One run over the files: the options met so far, and what the plan gets."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.kinds: list[PartKind] = []
        # For each fact, its options by the words the files use: code and how they are spelt first.
        self.options: dict[str, dict[str, str]] = {code: {} for code, fact in FACTS.items() if _has_options(fact)}
        self.specs = {code: _spec(fact) for code, fact in FACTS.items()}

    def take(self, kind: PartKind, parts: list[Cells]) -> None:
        self.kinds.append(kind)
        digests = Counter[str]()
        for place, cells in enumerate(parts, 1):
            digest = _digest(cells)
            digests[digest] += 1
            sku = f"{kind.prefix}-{digest}" + (f"-{digests[digest]}" if digests[digest] > 1 else "")
            values = {code: {"": value} for code, value in self._facts(kind, place, cells)}
            self.plan.products.append(ProductRecord(sku=sku, family=kind.code, categories=(kind.code,), values=values))

    def _facts(self, kind: PartKind, place: int, cells: Cells) -> Iterator[tuple[str, Any]]:
        for column, cell in cells.items():
            reader = kind.columns.get(column)
            if reader is None:
                self._issue(kind, place, column, cell, "there is no such column of this kind; it is left out")
            elif cell is not None:
                try:
                    yield from [(code, self._value(code, raw)) for code, raw in reader(cell)]
                except (Odd, Invalid) as error:
                    self._issue(kind, place, column, cell, f"{error}; it is left out")

    def _value(self, code: str, raw: Any) -> Any:
        """Raises Invalid. Options are made as they are met, so nothing needs to be asked of them."""
        if code in self.options:
            if isinstance(raw, list):  # some files say "Black / Black"
                return list(dict.fromkeys(self._option(code, part) for part in raw))
            return self._option(code, raw)
        spec = self.specs[code]
        return TYPES[spec.type].parse(_written(raw, spec), spec)

    def _option(self, code: str, words: str) -> str:
        """The option's code for the words of a cell. Raises Invalid where they cannot be one."""
        text = " ".join(words.split())
        options = self.options[code]
        if text not in options:
            options[text] = _option_code(text, set(options.values()))
        return options[text]

    def _issue(self, kind: PartKind, place: int, column: str, cell: Any, reason: str) -> None:
        self.plan.issues.append(Issue(kind.file, 0, f"item {place}, {column}", _shown(cell), reason + "."))

    def finish(self) -> None:
        """What the products stand on, as far as the files that are there need it."""
        said = {code for kind in self.kinds for code in _facts_of(kind)}
        plan = self.plan
        plan.groups += [GroupRecord(code, {"en": label}, place) for place, (code, label) in enumerate(GROUPS.items())]
        plan.attributes += [_attribute(fact, place) for place, fact in enumerate(FACTS.values()) if fact.code in said]
        for code, options in self.options.items():
            if code in said:
                ordered = sorted(options.items(), key=lambda pair: _natural(pair[0]))
                plan.options += [
                    OptionRecord(code, option, {"en": text}, position=place)
                    for place, (text, option) in enumerate(ordered)
                ]
        plan.families += [_family(kind) for kind in self.kinds]
        plan.categories += _tree(self.kinds)
        plan.markets.append(MarketRecord(MARKET, "USD", {"en": "United States"}, "US"))
        plan.channels.append(
            ChannelRecord(
                CHANNEL,
                {"en": "Parts shop"},
                market=MARKET,
                languages=(("en", ""),),
                tree=TREE,
                families=tuple(kind.code for kind in self.kinds),
                currencies=("USD",),
            )
        )


def _shown(cell: Any) -> str:
    """A cell as its file has it."""
    return f"[{', '.join(map(str, cell))}]" if isinstance(cell, list) else str(cell)


def _has_options(fact: Fact) -> bool:
    return fact.type in ("select", "multiselect")


def _written(raw: Any, spec: AttributeSpec) -> Any:
    """Numbers as exact texts, measurements with the unit that the files leave out."""
    if isinstance(raw, Decimal):
        return exact(raw)
    if isinstance(raw, Mapping):
        return {"unit": spec.settings["unit"], **{name: exact(part) for name, part in raw.items()}}
    if isinstance(raw, list):
        return [{**item, "amount": exact(item["amount"])} for item in raw]
    return raw


def _digest(cells: Cells) -> str:
    """Ten hexadecimal digits of all that a part says, whatever the order of its columns, but its price."""
    said = {name: cell for name, cell in cells.items() if name not in _PRICES and cell is not None}
    return blake2b(orjson.dumps(said, default=str, option=orjson.OPT_SORT_KEYS), digest_size=5).hexdigest().upper()


def _option_code(text: str, taken: set[str]) -> str:
    """Lower-case words joined by "_", with a number where another option has that code. Raises Invalid."""
    code = re.sub(r"[^a-z0-9.+]+", "_", text.lower()).replace("+", "_plus").strip("_.")[:80]
    if not code:
        raise Invalid("a choice needs at least one letter or digit")
    numbered = (f"{code}_{number}" for number in count(2))
    return next(found for found in chain([code], numbered) if found not in taken)


def _natural(text: str) -> list[tuple[int, int, str]]:
    """Sorts 2 before 10."""
    return [(0, int(part), "") if part.isdigit() else (1, 0, part.lower()) for part in re.split(r"(\d+)", text) if part]


def _facts_of(kind: PartKind) -> list[str]:
    """The codes of the facts of a kind, in the order of its columns; a computed one after what it is made of."""
    codes = list(dict.fromkeys(code for reader in kind.columns.values() for code in reader.facts))
    return codes + [code for code, fact in FACTS.items() if fact.type == "computed" and _sources(code) <= set(codes)]


def _sources(code: str) -> set[str]:
    spec = _spec(FACTS[code])
    return set(TYPES[spec.type].sources(spec))


def _spec(fact: Fact) -> AttributeSpec:
    return AttributeSpec(fact.code, fact.type, settings=fact.settings)


def _attribute(fact: Fact, place: int) -> AttributeRecord:
    return AttributeRecord(
        fact.code,
        fact.type,
        fact.group,
        {"en": fact.label},
        filterable=fact.filterable,
        role="price" if fact.code == "price" else "",
        settings=fact.settings,
        position=place,
    )


def _family(kind: PartKind) -> FamilyRecord:
    return FamilyRecord(
        kind.code,
        {"en": kind.label},
        attributes=tuple(_facts_of(kind)),
        label_attribute="name",
        requirements={CHANNEL: tuple(kind.needed)},
    )


def _tree(kinds: list[PartKind]) -> Iterator[CategoryRecord]:
    yield CategoryRecord(TREE, "", {"en": "Computer parts"})
    for section, label in SECTIONS.items():
        members = [kind for kind in kinds if kind.section == section]
        if members:
            yield CategoryRecord(f"parts-{section}", TREE, {"en": label})
        for kind in members:
            yield CategoryRecord(kind.code, f"parts-{section}", {"en": kind.label})
