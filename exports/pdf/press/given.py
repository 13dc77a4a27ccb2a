"""The pictures that a process of the press may read for what it has in hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from exports.pdf.pictures import Refused


class Given:
    """Paths by address; every other address is refused."""

    def __init__(self) -> None:
        self._paths: Mapping[str, str] = {}
        self.refused: dict[str, None] = {}

    def of(self, paths: Mapping[str, str]) -> None:
        self._paths, self.refused = paths, {}

    def path(self, address: str) -> Path:
        if address not in self._paths:
            self.refused[f"The address “{address[:200]}” was not fetched."] = None
            raise Refused(address)
        return Path(self._paths[address])
