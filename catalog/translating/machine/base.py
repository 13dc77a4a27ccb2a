"""What a machine translates, and how it fails."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar


class MachineError(Exception):
    """It could not be translated. `permanent`: trying again does not help; the message says what does."""

    def __init__(self, message: str, *, permanent: bool) -> None:
        super().__init__(message)
        self.permanent = permanent


class Provider(ABC):
    """One service. `batch` is how many segments it takes at once."""

    name: ClassVar[str]
    batch: ClassVar[int] = 50

    @abstractmethod
    def translate(self, texts: Sequence[str], source: str, target: str, glossary: Mapping[str, str]) -> list[str]:
        """Marked texts (catalog.translating.segments) in another language, as many as were given, in their order.

        What comes back is not trusted: its codes are checked against the source's. `glossary` has the words to use,
        by the source's. Raises MachineError.
        """
