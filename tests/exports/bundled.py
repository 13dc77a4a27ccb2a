"""Bundles by hand: what assembly gets, without a database."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.references import Reference
from catalog.values import AttributeSpec, Level
from exports.assembling.plans import plan_of
from exports.assembling.statements import Outcome, choose
from exports.assembling.words import Words
from exports.documents import Statement
from exports.gathering.bundles import (
    AssetInfo,
    Context,
    FragmentContent,
    Labelled,
    Library,
    Placed,
    ProductBundle,
    SlotInfo,
)

TODAY = datetime.date(2027, 3, 1)


def make_context(**fields: Any) -> Context:
    """The German web shop, in German with English behind it."""
    base: dict[str, Any] = {
        "channel": "Shop",
        "chain": ("de", "en"),
        "medium": "web",
        "market": "DE",
        "audience": "consumer",
        "currencies": ("EUR",),
        "on": TODAY,
    }
    return Context(**{**base, **fields})


def make_fragment(code: str, body: str | Mapping[str, str] = "", **applies: Any) -> FragmentContent:
    """An approved fragment; a body that is only a text is German. `number` is its revision's, 1 unless said."""
    texts = {"de": body or f"<p>{code}</p>"} if isinstance(body, str) else dict(body)
    everywhere: dict[str, Any] = {
        "channels": [],
        "markets": [],
        "audiences": [],
        "media": [],
        "from": None,
        "until": None,
    }
    number = applies.pop("number", 1)
    said: dict[str, Any] = {name: applies.pop(name) for name in ("source", "revisions") if name in applies}
    return FragmentContent(code, number, {"title": {}, "body": texts, "applies": {**everywhere, **applies}, **said})


def make_slot(code: str = "description", **fields: Any) -> SlotInfo:
    return SlotInfo(**{"code": code, "multiple": False, "rich": True, "position": 0, **fields})


def make_placed(
    fragment: FragmentContent,
    slot: SlotInfo | None = None,
    kind: str = "product",
    distance: int = 0,
    position: int = 0,
    owner: str = "P",
    excluded: bool = False,
) -> Placed:
    return Placed(fragment, slot or make_slot(), kind, owner, distance, position, excluded)


@dataclass(frozen=True)
class Facts:
    """What exports.assembling.words.Facts asks for, from texts by lower-case code."""

    texts: Mapping[str, str]

    def text(self, reference: Reference) -> str:
        return self.texts.get(reference.code.lower(), "")

    def label(self, code: str) -> str:
        return code.upper() if code in self.texts else ""


def speak(
    *placements: Placed,
    context: Context | None = None,
    facts: Mapping[str, str] | None = None,
    library: Sequence[FragmentContent] = (),
    **shelves: Any,
) -> Outcome:
    """The statements of a product with these placements and facts (by lower-case code).

    `shelves` are the library's other parts.
    """
    context = context or make_context()
    shelf = Library(fragments={fragment.code.lower(): fragment for fragment in library}, **shelves)
    words = Words(plan_of(context, shelf), context, Facts(dict(facts or {})), {"name": "Lira", "sku": "P"})
    return choose(placements, words)


def said(outcome: Outcome) -> list[str]:
    return [statement.text for statement in outcome.statements]


def only(outcome: Outcome) -> Statement:
    (statement,) = outcome.statements
    return statement


def make_asset(code: str, kind: str = "image", **fields: Any) -> AssetInfo:
    base: dict[str, Any] = {
        "code": code,
        "kind": kind,
        "media_type": "image/png" if kind == "image" else "application/pdf",
        "width": 20 if kind == "image" else None,
        "height": 10 if kind == "image" else None,
        "digest": f"digest-of-{code}",
        "alt": {},
    }
    return AssetInfo(**{**base, **fields})


def make_spec(code: str, type: str = "text", **fields: Any) -> AttributeSpec:
    base: dict[str, Any] = {"labels": {"en": code.title(), "de": f"{code.title()} (de)"}, "group": "general"}
    return AttributeSpec(code, type, **{**base, **fields})


def make_bundle(
    attributes: Sequence[AttributeSpec] = (),
    values: Mapping[str, Any] | None = None,
    above: Sequence[Mapping[str, Any]] = (),
    **fields: Any,
) -> ProductBundle:
    """A product `P` with its own values, and those of its parents `P-up1`, ...; a plain value holds everywhere."""
    own = [values or {}, *above]
    levels = tuple(
        Level(f"P-up{number}" if number else "P", {code: _scoped(value) for code, value in level.items()})
        for number, level in enumerate(own)
    )
    base: dict[str, Any] = {
        "sku": "P",
        "type": "product",
        "parent": None,
        "variants": (),
        "axes": (),
        "family": Labelled("machines", {"de": "Maschinen"}),
        "label_attribute": "",
        "image_attribute": "",
        "levels": levels,
        "attributes": tuple(attributes),
    }
    return ProductBundle(**{**base, **fields})


def _scoped(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) and "amount" not in value else {"": value}
