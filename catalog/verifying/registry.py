"""The checks there are, by name. Each looks at all there is and tells what is wrong, one defect at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias


class Defect(NamedTuple):
    """Something that must not be: on which object, what it is, and what mends it."""

    object: str
    problem: str
    fix: str

    def __str__(self) -> str:
        return f"{self.object}: {self.problem} {self.fix}"


Verifier: TypeAlias = Callable[[], Iterator[Defect]]
CHECKS: dict[str, Verifier] = {}


def check(name: str) -> Callable[[Verifier], Verifier]:
    """Registers a check. Raises ValueError for a name that another one has."""

    def register(verifier: Verifier) -> Verifier:
        if CHECKS.setdefault(name, verifier) is not verifier:
            raise ValueError(f"Two checks are called “{name}”; give one another name.")
        return verifier

    return register
