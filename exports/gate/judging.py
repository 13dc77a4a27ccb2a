"""What a channel makes of what is amiss with a document: tell of it, keep the last one, or take it out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

KEPT, WITHHELD = "kept", "withheld"
_EFFECTS = {"keep": KEPT, "withhold": WITHHELD}
SEVERITIES = ("error", "warning", "hint")  # the worst first
# Who mends what names nobody itself.
ROLES = {
    "identifier": "product manager",
    "quality": "product manager",
    "reference": "editor",
    "claim": "editor",
    "tie": "editor",
    "link": "editor",
    "translation": "translator",
    "asset": "photographer",
}


@dataclass(frozen=True)
class Gate:
    """A channel's rules. `effects` say by kind of finding what becomes of the document: "report", "keep", "withhold".

    `completeness` is the share, in percent, from which on it is complete enough; `quality` the mildest severity that
    counts, "" for none; `identifiers` the roles of those that it must have.
    """

    effects: Mapping[str, str] = field(default_factory=dict)
    completeness: int = 100
    quality: str = ""
    identifiers: tuple[str, ...] = ()

    def effect(self, kind: str) -> str:
        return _EFFECTS.get(self.effects.get(kind, ""), "")

    @property
    def severities(self) -> tuple[str, ...]:
        """Those that count."""
        return SEVERITIES[: SEVERITIES.index(self.quality) + 1] if self.quality else ()


@dataclass(frozen=True)
class Assessed:
    """What is known of one document: problems (kind, message), and what it lacks (kind, code) of how much is demanded.

    `findings` are the messages of open quality findings that count. Of a `group` nothing is demanded but that what it
    says holds: its variants are the products.
    """

    problems: Sequence[tuple[str, str]] = ()
    lacking: Sequence[tuple[str, str]] = ()
    demanded: int = 0
    identifiers: Mapping[str, str] = field(default_factory=dict)
    findings: Sequence[str] = ()
    group: bool = False


class Told(NamedTuple):
    """A line of the report on a document. `effect` is "", KEPT or WITHHELD."""

    kind: str
    message: str
    responsible: str = ""
    effect: str = ""


# Who supplies something that is lacking, by its kind and code; "" where nobody is named.
Supplier = Callable[[str, str], str]


def judge(found: Assessed, gate: Gate, supplier: Supplier) -> tuple[Told, ...]:
    """All that is to be told of a document, with what becomes of it by each."""
    return tuple(
        Told(kind, message, _responsible(kind, found, supplier), _effect(kind, found, gate))
        for kind, message in _lines(found, gate)
    )


def verdict(told: Iterable[Told]) -> str:
    """What becomes of a document of which all this is told: the severest."""
    effects = {line.effect for line in told}
    return WITHHELD if WITHHELD in effects else KEPT if KEPT in effects else ""


def _lines(found: Assessed, gate: Gate) -> Iterator[tuple[str, str]]:
    yield from found.problems
    # A GTIN that is wrong is told of already.
    wrong = {"gtin"} if any(kind == "identifier" for kind, _ in found.problems) else set()
    for role in () if found.group else gate.identifiers:
        if role not in found.identifiers and role not in wrong:
            yield "identifier", f"There is no {role.upper()}."
    for message in found.findings:
        yield "quality", message


def _effect(kind: str, found: Assessed, gate: Gate) -> str:
    there = found.demanded - len(found.lacking)
    if kind == "incomplete" and there * 100 >= gate.completeness * found.demanded:
        return ""
    return gate.effect(kind)


def _responsible(kind: str, found: Assessed, supplier: Supplier) -> str:
    if kind != "incomplete":
        return ROLES.get(kind, "")
    named = dict.fromkeys(supplier(*row) for row in found.lacking)
    return ", ".join(filter(None, named))[:100]
