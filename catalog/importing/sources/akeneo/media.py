"""Files that cells name: inside the folder or not at all, and a stable code for each."""

from __future__ import annotations

import re
from hashlib import blake2b
from pathlib import PurePosixPath

from catalog.importing.plan import AssetRecord
from catalog.importing.sources.akeneo.intake import CODE, Intake
from catalog.values import Invalid

MAX_CODE = 200
_FOLDER = "files"


class Media:
    """The files named so far. Nothing is read of them but that they are there."""

    def __init__(self, intake: Intake) -> None:
        self.intake = intake
        self.codes: dict[str, str] = {}
        self.taken: set[str] = set()

    def asset(self, cell: str) -> str:
        """The code of the asset for a path relative to the folder. Raises Invalid."""
        name = cell.strip()
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name or re.match(r"[A-Za-z]:", name):
            raise Invalid("the path leaves the folder; the file is not read")
        key = str(path)
        if key not in self.codes:
            self.codes[key] = self._take(path)
        return self.codes[key]

    def _take(self, path: PurePosixPath) -> str:
        try:
            place = (self.intake.folder / path).resolve()
            if not place.is_relative_to(self.intake.folder):
                raise Invalid("the path leaves the folder by a link; the file is not read")
            if not place.is_file():
                raise Invalid("there is no such file")
        except (OSError, ValueError) as error:
            raise error if isinstance(error, Invalid) else Invalid("there can be no file with this name") from error
        code = asset_code(path)
        if code.lower() in self.taken:
            code = _marked(code, path)
        self.taken.add(code.lower())
        self.intake.plan.assets.append(AssetRecord(code, place))
        return code

    def report_unused(self) -> None:
        """One issue for the files of the folder that no cell names."""
        used = {asset.path for asset in self.intake.plan.assets}
        folder = self.intake.folder / _FOLDER
        there = folder.rglob("*") if folder.is_dir() else ()
        unused = sorted(path for path in there if path.is_file() and path.resolve() not in used)
        if unused:
            some = ", ".join(path.relative_to(folder).as_posix() for path in unused[:3])
            self.intake.report(_FOLDER, 0, "", some, f"{len(unused)} files are named by no cell and are left out")


def asset_code(path: PurePosixPath) -> str:
    """A code made of the path only: `files/1/image/a.jpg` is `1--image--a.jpg`; one that is no code gets a mark."""
    parts = path.parts[1:] if path.parts[:1] == (_FOLDER,) else path.parts
    code = "--".join(parts)
    plain = CODE.fullmatch(code) and len(code) <= MAX_CODE and not any("--" in part for part in parts)
    return code if plain else _marked(code, path)


def _marked(code: str, path: PurePosixPath) -> str:
    mark = blake2b(str(path).encode(), digest_size=6).hexdigest()
    readable = re.sub(r"[^A-Za-z0-9_.-]+", "_", code).lstrip("_.-")[: MAX_CODE - len(mark) - 1]
    return f"{readable}-{mark}" if readable else mark
