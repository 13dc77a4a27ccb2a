"""What an import did, or would do: counts per kind, what could not be taken, and what the files held."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from catalog.importing.plan import Issue


@dataclass(frozen=True)
class Counts:
    """Records of one kind. The four add up to the records of the plan."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    left_out: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.created + other.created,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.left_out + other.left_out,
        )


@dataclass(frozen=True)
class Report:
    """`kinds` in the order of the plan; `rows` as the source counted them, by file; `issues` the source's own first."""

    source: str
    dry_run: bool
    kinds: Mapping[str, Counts]
    issues: tuple[Issue, ...]
    rows: Mapping[str, int]
    seconds: float

    @property
    def total(self) -> Counts:
        return sum(self.kinds.values(), Counts())

    def as_json(self) -> dict[str, Any]:
        """Plain data; seconds with three decimals."""
        return {
            "source": self.source,
            "dry_run": self.dry_run,
            "kinds": {name: asdict(counts) for name, counts in self.kinds.items()},
            "total": asdict(self.total),
            "issues": [asdict(issue) for issue in self.issues],
            "rows": dict(self.rows),
            "seconds": round(self.seconds, 3),
        }

    def as_text(self, issues_shown: int = 20) -> str:
        """A table for people, then the files and the first issues."""
        heading = "What the import would do" if self.dry_run else "What the import did"
        lines = [f"{heading} ({self.seconds:.1f} s)", "", *self._table(), "", *self._files(), ""]
        return "\n".join([*lines, *self._issues(issues_shown)])

    def _table(self) -> list[str]:
        rows = [(name.replace("_", " "), counts) for name, counts in self.kinds.items() if counts != Counts()]
        head = ("", "created", "updated", "unchanged", "left out")
        return aligned([head, *(_cells(name, counts) for name, counts in [*rows, ("total", self.total)])])

    def _files(self) -> list[str]:
        return aligned([("file", "rows"), *((name, f"{count:,}") for name, count in self.rows.items())])

    def _issues(self, shown: int) -> list[str]:
        if not self.issues:
            return ["No issues."]
        more = len(self.issues) - shown
        lines = [f"{len(self.issues):,} {'issue' if len(self.issues) == 1 else 'issues'}:"]
        lines += [f"  {' '.join(str(issue).split())}" for issue in self.issues[:shown]]
        return [*lines, f"  ... and {more:,} more; --json lists them all."] if more > 0 else lines


def _cells(name: str, counts: Counts) -> tuple[str, ...]:
    return name, *(f"{number:,}" for number in asdict(counts).values())


def aligned(rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Lines with the first column to the left and the others to the right."""
    table = list(rows)
    widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
    return [
        "  ".join(cell.rjust(width) if place else cell.ljust(width) for place, (cell, width) in enumerate(line))
        for line in (list(zip(row, widths, strict=True)) for row in table)
    ]
