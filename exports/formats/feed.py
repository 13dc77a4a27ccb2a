"""What all feeds of offers do: an item for each product that can be bought, made of fields that people may map anew."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO, ClassVar

from exports.documents import Document
from exports.formats.base import Format, Problem, Work
from exports.mapping.families import with_groups
from exports.mapping.fields import Field, Mapped, Row
from exports.mapping.seeing import Around, Seen, Value


class _Making:
    """One edition: the mapping, and the row looked at last, which is nearly always that written next."""

    def __init__(self, fields: Iterable[Field], told: Mapping[str, Any], work: Work) -> None:
        self.around = Around(work)
        self.mapped = Mapped(fields, told["fields"])
        self.last: tuple[Document, Row] | None = None


class Feed(Format):
    """A group is what its variants have in common, not an item."""

    fields: ClassVar[tuple[Field, ...]]

    def check(self, document: Document, work: Work) -> list[Problem]:
        return [] if document.type == "group" else self._row(document, work).problems

    def rules(self, row: Row, seen: Seen, told: Mapping[str, Any]) -> None:
        """What the receiver wants of several fields together; nothing by default."""

    def grouped(self, row: Row, group: str, work: Work) -> None:
        """Say to which group of variants an item belongs; nothing by default."""

    def made(self, work: Work) -> _Making:
        if self.code not in work.memo:
            work.memo[self.code] = _Making(self.fields, self.told(work), work)
        making: _Making = work.memo[self.code]
        return making

    def _row(self, document: Document, work: Work) -> Row:
        making = self.made(work)
        if making.last is None or making.last[0] is not document:
            seen = Seen(document, making.around)
            row = making.mapped.row(seen)
            self.rules(row, seen, self.told(work))
            making.last = document, row
        return making.last[1]

    def items(self, documents: Iterable[Document], work: Work) -> Iterator[tuple[Document, Row]]:
        """What has an item, with its fields."""
        for document, group in with_groups(documents):
            row = self._row(document, work)
            if group:
                self.grouped(row, group, work)
            yield document, row


def group_id(row: Row, name: str, group: str, most: int, work: Work) -> None:
    """The group's SKU, unless something else is mapped; told where it is too long."""
    if name in row:
        return
    if len(group) > most:
        message = f"The group's SKU has {len(group)} characters; at most {most} make an {name}."
        work.problems.append(Problem(row.sku, message, fatal=False))
    else:
        row[name] = [Value(group)]


@contextmanager
def csv_into(out: BinaryIO, delimiter: str = ",", end: str = "\n") -> Iterator[Any]:
    """A writer of the csv module that writes UTF-8 and leaves the stream open."""
    text = io.TextIOWrapper(out, encoding="utf-8", newline="")
    yield csv.writer(text, delimiter=delimiter, lineterminator=end)
    text.flush()
    text.detach()
