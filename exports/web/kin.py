"""The family of a product: the groups above it, and the variants there are to choose from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from exports.documents import Document
from exports.web.site import Axis, Card, Site, card_of

_MAX_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Kin:
    """`groups` are the ancestors, nearest first; `variants` are the buyable products of the family in the tree's order.

    The family of a group is what stands below it; of a variant, what stands below its topmost group. The axes of
    `own` and of the variants are all those of the branch they stand in.
    """

    own: Card
    groups: tuple[Card, ...]
    variants: tuple[Card, ...]

    @property
    def root(self) -> Card | None:
        return self.groups[-1] if self.groups else None


def kin_of(document: Document, site: Site, currency: str) -> Kin:
    own = card_of(document, currency)
    groups = _groups(own, site)
    top = own if document.type == "group" or not groups else groups[-1]
    variants = _leaves(top, site)
    return Kin(next((card for card in variants if card.sku == own.sku), own), groups, variants)


def priced(cards: Iterable[Card], site: Site, depth: int = _MAX_DEPTH) -> list[Card]:
    """The cards, those of groups with the lowest price of what stands below them; one look-up per level."""
    cards = list(cards)
    below = site.cards([sku for card in cards if card.type == "group" for sku in card.variants]) if depth else {}
    known = {card.sku: card for card in priced(below.values(), site, depth - 1)} if below else {}
    return [_with_lowest(card, [known[sku] for sku in card.variants if sku in known]) for card in cards]


def _with_lowest(group: Card, variants: Sequence[Card]) -> Card:
    prices = {Decimal(card.price.amount): card.price for card in variants if card.price}
    if not prices:
        return group
    differ = len(prices) > 1 or any(card.is_lowest_price for card in variants)
    return replace(group, price=prices[min(prices)], is_lowest_price=differ)


def _groups(card: Card, site: Site) -> tuple[Card, ...]:
    """The ancestors that are in the release, nearest first."""
    line: list[Card] = []
    while card.parent and len(line) < _MAX_DEPTH:
        above = site.cards([card.parent]).get(card.parent)
        if above is None:
            break
        line.append(above)
        card = above
    return tuple(line)


def _leaves(top: Card, site: Site) -> tuple[Card, ...]:
    """The products below a group that are no groups; one look-up per level."""
    row = [top]
    for _ in range(_MAX_DEPTH):
        below = site.cards([sku for card in row if card.type == "group" for sku in card.variants])
        if not below:
            break
        row = [leaf for card in row for leaf in _expanded(card, below)]
    return tuple({card.sku: card for card in row if card.type != "group"}.values())


def _expanded(card: Card, below: Mapping[str, Card]) -> list[Card]:
    """A group's children, each with the group's axes before its own; what is no group stays as it is."""
    if card.type != "group":
        return [card]
    children = [below[sku] for sku in card.variants if sku in below]
    return [replace(child, axes=_merged(card.axes, child.axes)) for child in children]


def _merged(above: tuple[Axis, ...], own: tuple[Axis, ...]) -> tuple[Axis, ...]:
    return tuple({axis.code: axis for axis in (*above, *own)}.values())


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of an axis, and the variant one comes to by choosing it."""

    text: str
    card: Card
    current: bool


@dataclass(frozen=True, slots=True)
class Axes:
    """What there is to choose in one respect."""

    label: str
    choices: tuple[Choice, ...]


def choices_of(kin: Kin, fallback_label: str) -> tuple[Axes, ...]:
    """What there is to choose: per axis the values of the variants, else the variants by name."""
    labels = {axis.code: axis.label for card in kin.variants for axis in card.axes}
    by_axis = (Axes(label, _values(kin, code)) for code, label in labels.items())
    worthwhile = tuple(axes for axes in by_axis if len(axes.choices) > 1)
    if worthwhile or len(kin.variants) < 2 or kin.own.type == "group":
        return worthwhile
    names = tuple(Choice(card.name, card, card.sku == kin.own.sku) for card in kin.variants)
    return (Axes(fallback_label, names),)


def _values(kin: Kin, code: str) -> tuple[Choice, ...]:
    """Each value of an axis leads to the variant that differs least from this product otherwise."""
    own = _held(kin.own)
    best: dict[str, tuple[int, Card]] = {}
    for card in kin.variants:
        held = _held(card)
        likeness = sum(held.get(other) == text for other, text in own.items() if other != code)
        if code in held and (held[code] not in best or likeness > best[held[code]][0]):
            best[held[code]] = (likeness, card)
    return tuple(Choice(text, card, text == own.get(code)) for text, (_, card) in best.items())


def _held(card: Card) -> dict[str, str]:
    return {axis.code: axis.text for axis in card.axes}
