"""The contract of an import source: files in, plan out. No database here."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar

from catalog.importing.plan import Plan


class Source(ABC):
    """A format knowledge can come in: a subclass in a file of its own, and a line in the registry."""

    code: ClassVar[str]
    label: ClassVar[str]

    @abstractmethod
    def read(self, path: Path) -> Plan:
        """The plan of the files at `path`.

        What can be taken is in the plan; what cannot is among its issues, with file, line, column, value and reason.
        Raises Refused where the files are not in this format, truncated, or not UTF-8.
        """
