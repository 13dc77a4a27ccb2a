"""What is derived or kept beside the database: the index, and files."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b, file_digest
from pathlib import Path

from django.db import connection

from catalog import indexing, schema_token
from catalog.files import MEDIA, fetched
from catalog.models import Asset
from catalog.verifying.registry import Defect, check


@check("index")
def index() -> Iterator[Defect]:
    """Everything derived is as a rebuild would write it."""
    for name, differences in indexing.differences().items():
        parts = ("added", "changed", "removed")
        added, changed, removed = (sum(len(getattr(each, part)) for each in differences) for part in parts)
        if added or changed or removed:
            yield Defect(
                f"index “{name}”",
                f"{added} rows are missing, {changed} differ, {removed} are too many.",
                "Run: manage.py reindex",
            )


@check("token")
def token() -> Iterator[Defect]:
    """Every write of what names stand for is noticed by those that remember it."""
    for table in schema_token.lacking(connection):
        yield Defect(
            f"table “{table}”", "its triggers are gone, so changes in it may be overlooked.", "Run: manage.py migrate"
        )


@check("files")
def files() -> Iterator[Defect]:
    """Every asset's file is there, with the content that was stored."""
    rows = Asset.objects.exclude(file="").order_by("pk").values_list("code", "file", "digest", "size")
    for code, name, digest, size in rows.iterator(chunk_size=1_000):
        path = fetched(MEDIA, name)
        if not path.is_file():
            yield Defect(f"asset “{code}”", f"its file {name} is gone.", "Restore it from a backup, or store it anew.")
        elif path.stat().st_size != size or _digest(path) != digest:
            yield Defect(f"asset “{code}”", f"its file {name} is damaged.", "Restore it from a backup.")


def _digest(path: Path) -> str:
    """BLAKE2b-256 in hexadecimal, without reading the file into memory."""
    with path.open("rb") as file:
        return file_digest(file, lambda: blake2b(digest_size=32)).hexdigest()
