"""Files with what is said of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError

from catalog.endings import whole
from catalog.importing.compare import LEFT_OUT, Kind
from catalog.importing.known import batches, rows_of
from catalog.importing.plan import AssetRecord, Refused
from catalog.models import Asset
from catalog.operations.assets import Sniffed, digest_of, keep, sniff, stored_name


class Inspected(NamedTuple):
    """What a file is, by its bytes."""

    digest: str
    size: int
    found: Sniffed

    @property
    def columns(self) -> dict[str, Any]:
        found = self.found
        return {
            "file": stored_name(self.digest, found),
            "digest": self.digest,
            "size": self.size,
            "kind": found.kind,
            "media_type": found.media_type,
            "width": found.width,
            "height": found.height,
        }


def digest_or_problem(path: Path) -> tuple[str, str]:
    """The digest of a file as it would be kept, or why it cannot be read."""
    try:
        if path.stat().st_size > settings.ASSET_MAX_BYTES:
            return "", f"the file is larger than the {settings.ASSET_MAX_BYTES:,} bytes that are allowed"
        return digest_of(whole(path.read_bytes())), ""
    except OSError as error:
        return "", f"the file cannot be read: {error.strerror}"


def inspect(path: Path, digest: str) -> Inspected | str:
    """A file's columns, or why it cannot be taken. Decodes a picture, which is slow."""
    content = whole(path.read_bytes())
    try:
        return Inspected(digest, len(content), sniff(content))
    except ValidationError as error:
        return error.messages[0].rstrip(".")


def stored(digests: Iterable[str]) -> dict[str, Inspected]:
    """What is known of files that are stored already, by digest: the same bytes need not be looked at again."""
    found = {}
    for batch in batches(sorted(set(digests) - {""})):
        for row in rows_of(Asset).filter(digest__in=batch):
            extension = str(row.file).rpartition(".")[2]
            sniffed = Sniffed(row.kind, row.media_type, extension, row.width, row.height)
            found[row.digest] = Inspected(row.digest, row.size, sniffed)
    return found


class Assets(Kind[AssetRecord]):
    """Files are looked at before the transaction and stored under their digest once all is compared.

    A stray file of an import that failed harms nobody: the next one finds it in its place.
    """

    name = "assets"
    noun = "asset"
    model = Asset
    optional = ("rights_holder", "licence", "expires")
    texts = ("title", "alt")
    needs = ("file",)

    def prepare(self) -> None:
        digests = {record.path: digest_or_problem(record.path) for record in self.records}
        known = stored(digest for digest, _ in digests.values())
        self.files: dict[Path, Inspected | str] = {
            path: problem or known.get(digest) or inspect(path, digest) for path, (digest, problem) in digests.items()
        }

    def columns(self, record: AssetRecord, row: Any) -> dict[str, Any]:
        """With a file that cannot be taken, an asset keeps the one it has; a new one is left out."""
        file = self.files[record.path]
        if isinstance(file, str):
            self.issue(record, "file", record.path.name, f"{file}; {LEFT_OUT}, with what points to it.")
            return super().columns(record, row)
        return super().columns(record, row) | file.columns

    def write_rows(self) -> None:
        for item in self.items:
            if "file" in item.changed:
                self._store(item.record.path, item.row)
        super().write_rows()

    def _store(self, path: Path, row: Asset) -> None:
        content = whole(path.read_bytes())
        if digest_of(content) != row.digest:
            raise Refused(f"{path} was changed while it was imported. Nothing was written; import it again.")
        keep(str(row.file), content)
