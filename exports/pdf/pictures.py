"""The pictures of one PDF: asked for by name, kept as files until it is written. Nothing else can be fetched."""

from __future__ import annotations

import re
from pathlib import Path

from exports.documents import DocumentAsset
from exports.errors import ExportError
from exports.formats.base import Files, Problem

ADDRESS = re.compile(r"asset:(?P<digest>[0-9a-f]{16,128})\?width=(?P<width>[1-9][0-9]{0,3})")
JPEG = b"\xff\xd8\xff"
PIXELS = 100_000_000  # more than any print needs, and less than stops a program that unpacks it


class Refused(ValueError):
    """An address that a PDF may not fetch."""


class Pictures:
    """Resolves `asset:<digest>?width=N` through `files`, for assets that a document of this PDF has."""

    def __init__(self, files: Files, folder: Path, problems: list[Problem]) -> None:
        self._files = files
        self._folder = folder
        self._problems = problems
        self._known: dict[str, tuple[str, DocumentAsset]] = {}
        self._paths: dict[str, Path | None] = {}

    def address(self, sku: str, asset: DocumentAsset | None, width: int) -> str:
        """What to write into `src`; "" (and a problem) where the picture cannot be had."""
        if asset is None:
            return ""
        self._known.setdefault(asset.digest, (sku, asset))
        address = f"asset:{asset.digest}?width={width}"
        try:
            self.path(address)
        except Refused:
            return ""
        return address

    def path(self, address: str) -> Path:
        """The JPEG at `address`. Raises Refused, once told as a problem, for anything else."""
        if address not in self._paths:
            self._paths[address] = self._fetched(address)
        path = self._paths[address]
        if path is None:
            raise Refused(address)
        return path

    def _fetched(self, address: str) -> Path | None:
        match = ADDRESS.fullmatch(address)
        if not match or match["digest"] not in self._known:
            self._problems.append(Problem("", f"The address “{address[:200]}” was not fetched.", fatal=False))
            return None
        sku, asset = self._known[match["digest"]]
        try:
            body = self._files.picture(asset, int(match["width"]))
        except ExportError as error:
            self._problems.append(Problem(sku, f"A picture is missing: {error}", fatal=False))
            return None
        # The renderer would try anything that is not a bitmap as SVG, which can ask for hours of drawing.
        if not body.startswith(JPEG):
            self._problems.append(Problem(sku, f"The picture {asset.url} is no JPEG.", fatal=False))
            return None
        if b"\xff\xd9" not in body[-64:]:
            self._problems.append(Problem(sku, f"The picture {asset.url} is cut off.", fatal=False))
            return None
        if (pixels := _pixels(body)) > PIXELS:
            said = f"The picture {asset.url} has {pixels:,} pixels; {PIXELS:,} can be printed."
            self._problems.append(Problem(sku, said, fatal=False))
            return None
        path = self._folder / f"{match['digest']}-{match['width']}.jpg"
        path.write_bytes(body)
        return path


def _pixels(body: bytes) -> int:
    """How many a JPEG says it has (ITU-T T.81, B.1.1 and B.2.2): 0 where it does not say."""
    at = 2
    while at + 9 < len(body) and body[at] == 0xFF:
        if 0xC0 <= body[at + 1] <= 0xCF and body[at + 1] not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(body[at + 5 : at + 7], "big") * int.from_bytes(body[at + 7 : at + 9], "big")
        at += 2 + int.from_bytes(body[at + 2 : at + 4], "big")
    return 0
