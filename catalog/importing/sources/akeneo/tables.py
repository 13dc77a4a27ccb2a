"""CSV files read whole and strictly: rows with the line they start on, or one clear refusal."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from catalog.importing.plan import Refused

MAX_BYTES = 500_000_000
MAX_CELL = 1_000_000
_BOM = b"\xef\xbb\xbf"
_EXPLAINED = {
    "unexpected end of data": "a quote is opened in this record and never closed; the file is cut off",
    "field larger": f"a cell has more than {MAX_CELL:,} characters; perhaps a quote is opened and never closed",
    "expected after": "text follows a closing quote; write a quote inside a cell twice",
}


@dataclass(frozen=True)
class Row:
    """A record. `line` is the line of the file on which it starts, 1 being the first; `cells` are the filled ones."""

    line: int
    cells: Mapping[str, str]

    def text(self, column: str) -> str:
        """The cell as it stands, "" for an empty or missing one."""
        return self.cells.get(column, "")

    def code(self, column: str) -> str:
        return self.cells.get(column, "").strip()

    def codes(self, column: str) -> list[str]:
        """The parts of a comma-joined cell."""
        return [part.strip() for part in self.cells.get(column, "").split(",") if part.strip()]

    def yes(self, column: str) -> bool:
        return self.code(column).lower() in ("1", "true")


@dataclass(frozen=True)
class Table:
    """A file. One that the folder does not have is a table without columns and rows."""

    file: str
    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()

    def filled(self, column: str) -> int:
        """How many cells of a column say something; "0" says no more than an empty one."""
        return sum(row.code(column) not in ("", "0") for row in self.rows)


def read_table(path: Path, required: tuple[str, ...] = ()) -> Table:
    """Raises Refused naming the file and the place."""
    text = decoded(path.name, content(path))
    with _long_cells():
        records = _records(path.name, text)
        _, header = next(records, (1, []))
        if not header:
            raise Refused(f"{path.name}: the file is empty; it needs a line with the names of its columns")
        columns = _columns(path.name, header, required)
        rows = tuple(_row(path.name, line, cells, columns) for line, cells in records)
    return Table(path.name, columns, rows)


def content(path: Path) -> bytes:
    """The bytes of a file, unpacked where it ends in .gz. Raises Refused."""
    try:
        if path.suffix != ".gz":
            data = path.read_bytes()
        else:
            with gzip.open(path) as packed:
                data = packed.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise Refused(f"{path.name}: the file cannot be read ({error})") from error
    if len(data) > MAX_BYTES:
        raise Refused(f"{path.name}: the file has more than {MAX_BYTES:,} bytes; export it in parts")
    return data


def decoded(file: str, data: bytes) -> str:
    """The text of UTF-8 bytes, without a byte order mark. Raises Refused."""
    start = len(_BOM) if data.startswith(_BOM) else 0
    nul = data.find(b"\0")
    if nul >= 0:
        raise Refused(f"{file}, line {_line(data, nul)}: a NUL byte (byte {nul + 1}); this is no text file in UTF-8")
    try:
        return data[start:].decode()
    except UnicodeDecodeError as error:
        place = start + error.start
        raise Refused(f"{file}, line {_line(data, place)}: not UTF-8 (byte {place + 1}); export it as UTF-8") from error


def _line(data: bytes, place: int) -> int:
    return data.count(b"\n", 0, place) + 1


def _records(file: str, text: str) -> Iterator[tuple[int, list[str]]]:
    """Records with the line each starts on; blank lines are none. Raises Refused."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise Refused(f"{file}, line {line}: {_explain(str(error))}") from error
        if cells is None:
            return
        if cells:
            yield line, cells


@contextmanager
def _long_cells() -> Iterator[None]:
    """The limit is the csv module's own, so it is given back."""
    usual = csv.field_size_limit(MAX_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(usual)


def _explain(message: str) -> str:
    return next((ours for theirs, ours in _EXPLAINED.items() if theirs in message), f"no valid CSV ({message})")


def _columns(file: str, header: list[str], required: tuple[str, ...]) -> tuple[str, ...]:
    """The names of the columns. Raises Refused where one is missing, nameless, or there twice."""
    columns = tuple(name.strip() for name in header)
    seen: set[str] = set()
    for number, name in enumerate(columns, 1):
        if not name:
            raise Refused(f"{file}, line 1: column {number} has no name")
        if name.lower() in seen:
            raise Refused(f"{file}, line 1: two columns are called “{name[:80]}”")
        seen.add(name.lower())
    missing = [name for name in required if name not in columns]
    if missing:
        hint = "" if len(columns) > 1 else "; columns are separated by “;”"
        raise Refused(f"{file}, line 1: there is no column “{'”, “'.join(missing)}”{hint}")
    return columns


def _row(file: str, line: int, cells: list[str], columns: tuple[str, ...]) -> Row:
    """Raises Refused."""
    if len(cells) != len(columns):
        raise Refused(f"{file}, line {line}: {len(cells)} cells, but the file has {len(columns)} columns")
    return Row(line, {column: cell for column, cell in zip(columns, cells, strict=True) if cell})
