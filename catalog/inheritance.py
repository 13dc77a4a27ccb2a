"""What a product inherits besides its facts, and where a level cuts that off. Pure: plain data in, plain data out.

A line runs from the product itself (depth 0) up to its root; its family and its categories stand above the root. Each
level may say of some things that only its own word counts there (`own_only`): nothing of that kind comes from above.

    categories          the categories it stands in
    asset:ROLE          the assets in a role
    slot:CODE           the fragments in a slot, those placed on categories and on the family included
    association:TYPE    the products it points to in this way

The order is the one facts follow: context, then level, then language (docs/inheritance.md). Of placements the levels
are, near to far: the line, its categories from the deepest up, the family, filters (docs/placement.md).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol, TypeAlias, TypeVar

CATEGORIES = "categories"
ASSET, SLOT, ASSOCIATION = "asset", "slot", "association"
# The role of the picture that stands for a product.
MAIN = "main"
KINDS = (ASSET, SLOT, ASSOCIATION)

# What a placement is on, near to far.
PLACED_ON = ("product", "category", "family", "filter")

# For each thing that is cut off somewhere in a line, how many levels count for it.
Cuts: TypeAlias = Mapping[str, int]


class Inherits(Protocol):
    """A level of a line: a product, or anything else that says what it does not inherit."""

    @property
    def own_only(self) -> Sequence[str]: ...


class InRole(Protocol):
    """An asset attached in a role, for one channel or (None) for all."""

    @property
    def role(self) -> str: ...
    @property
    def channel_id(self) -> int | None: ...


class OnTarget(Protocol):
    """A fragment placed in a slot, or taken out of it where it is `excluded`.

    `what` is equal for the same fragment in the same slot; `level` is how far away it stands (see `level_of`).
    """

    @property
    def what(self) -> Hashable: ...
    @property
    def level(self) -> tuple[int, int]: ...
    @property
    def excluded(self) -> bool: ...


A = TypeVar("A", bound=InRole)
P = TypeVar("P", bound=OnTarget)
T = TypeVar("T")


def thing(kind: str, code: str) -> str:
    """How `own_only` spells a thing, such as "slot:headline"; in lower case, as codes are compared."""
    return f"{kind}:{code.lower()}"


def cuts(line: Sequence[Inherits]) -> dict[str, int]:
    """Where a line is cut off, for what: the levels from the product up to the first that takes only its own word."""
    found: dict[str, int] = {}
    for depth, level in enumerate(line, 1):
        for what in level.own_only:
            found.setdefault(what, depth)
    return found


def counts(cut: Cuts, what: str, depth: int) -> bool:
    """Whether what a level says of a thing counts. What stands above the root has the depth `len(line)`."""
    return depth < cut.get(what, depth + 1)


def categories(own: Sequence[Iterable[int]], cut: Cuts) -> dict[int, int]:
    """The categories a product stands in, each with the nearest level that says so. `own` are those of each level."""
    found: dict[int, int] = {}
    for depth, ids in enumerate(own):
        if counts(cut, CATEGORIES, depth):
            for pk in ids:
                found.setdefault(pk, depth)
    return found


def assets(own: Sequence[Sequence[A]], cut: Cuts, channel: int | None = None) -> Iterator[tuple[int, A]]:
    """Of each role the assets that count, each with its level, in order of level and position.

    A role is filled by the nearest level that has anything in it for the channel, else by the nearest that has
    anything in it for all channels. `own` are the rows of each level, in order.
    """
    found = [
        (depth, row)
        for depth, rows in enumerate(own)
        for row in rows
        if row.channel_id in (None, channel) and counts(cut, thing(ASSET, row.role), depth)
    ]
    best: dict[str, tuple[bool, int]] = {}
    for depth, row in found:
        role, place = row.role.lower(), (row.channel_id is None, depth)
        best[role] = min(place, best.get(role, place))
    for depth, row in found:
        if best[row.role.lower()] == (row.channel_id is None, depth):
            yield depth, row


def files(fact: str, picture: str, codes: Sequence[str], cut: Cuts, depth: int) -> Iterator[tuple[str, str]]:
    """Of the assets that a fact names those that count, each with its role.

    The first of the family's picture fact (`picture` is its code) is the main one; any other has the role of the fact's
    code. `depth` is the level that says so: what comes from above a level that takes only its own does not count.
    """
    for place, code in enumerate(codes):
        role = MAIN if place == 0 and fact.lower() == picture.lower() else fact
        if counts(cut, thing(ASSET, role), depth):
            yield role, code


def associations(own: Sequence[Iterable[T]], cut: Cuts, type_of: Callable[[T], str]) -> Iterator[tuple[int, T]]:
    """Where a product points to, own first, then inherited, each with its level. `type_of` gives a type's code."""
    for depth, rows in enumerate(own):
        for row in rows:
            if counts(cut, thing(ASSOCIATION, type_of(row)), depth):
                yield depth, row


def level_of(kind: str, distance: int) -> tuple[int, int]:
    """How far away a placement stands: the smaller, the nearer. `distance` counts levels of a line or of a tree."""
    return PLACED_ON.index(kind), distance


def uncovered(placed: Sequence[P]) -> Iterator[tuple[P, P | None]]:
    """Each placement that is none of an exclusion, with the exclusion that takes it out, or None where it counts.

    The nearest exclusion of the same fragment from the same slot takes out what stands as near as itself, or further
    away. What stands nearer wins back.
    """
    nearest: dict[Hashable, P] = {}
    for row in placed:
        if row.excluded and (row.what not in nearest or row.level < nearest[row.what].level):
            nearest[row.what] = row
    for row in placed:
        if not row.excluded:
            by = nearest.get(row.what) if nearest else None
            yield row, by if by is not None and by.level <= row.level else None


def category_distances(paths: Iterable[Sequence[int]]) -> dict[int, int]:
    """How many steps each category stands above the deepest that leads to it. Each path runs from a root down."""
    steps: dict[int, int] = {}
    for path in paths:
        for up, pk in enumerate(reversed(path)):
            steps[pk] = min(up, steps.get(pk, up))
    return steps
