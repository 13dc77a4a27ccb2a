"""The JSON files of computer parts, read strictly: lists of flat objects, or one clear refusal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

from catalog.importing.plan import Refused
from catalog.importing.sources.pcparts.kinds import KINDS, PartKind

Cells = Mapping[str, Any]
MAX_BYTES = 200_000_000


def read_parts(path: Path) -> Iterator[tuple[PartKind, list[Cells]]]:
    """The files of a folder by kind. Raises Refused where there is none, or one is not what its name says."""
    folder = path / "json" if (path / "json").is_dir() else path
    there = {file.name for file in folder.glob("*.json")} if folder.is_dir() else set()
    if not there & {kind.file for kind in KINDS}:
        wanted = ", ".join(kind.file for kind in KINDS[:3])
        raise Refused(f"{path}: no folder of computer parts; it needs at least one of {wanted} ...")
    for kind in KINDS:
        if kind.file in there:
            yield kind, _read(folder / kind.file)


def _read(file: Path) -> list[Cells]:
    if file.stat().st_size > MAX_BYTES:
        raise Refused(f"{file.name}: the file has more than {MAX_BYTES:,} bytes")
    try:
        # Decimal, so that no number passes through a binary float.
        found = json.loads(file.read_bytes().decode(), parse_float=Decimal, parse_constant=_not_a_number)
    except UnicodeDecodeError as error:
        raise Refused(f"{file.name}: not UTF-8 (byte {error.start + 1})") from error
    except RecursionError as error:
        raise Refused(f"{file.name}: nested too deep for a list of parts") from error
    except ValueError as error:
        raise Refused(f"{file.name}: no JSON ({error})") from error
    if not isinstance(found, list):
        raise Refused(f"{file.name}: a list of parts is expected")
    for place, part in enumerate(found, 1):
        if not isinstance(part, dict) or not isinstance(part.get("name"), str):
            raise Refused(f"{file.name}, item {place}: expected an object with a name")
    return found


def _not_a_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number in JSON")
