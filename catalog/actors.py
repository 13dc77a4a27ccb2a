"""Who does something, and by which path it comes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Path = Literal["admin", "api", "import", "command", "job"]


@dataclass(frozen=True)
class Actor:
    """A person or the system. Every operation takes one; history and approvals name it."""

    name: str
    path: Path
