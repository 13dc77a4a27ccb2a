"""PDF/A-3: a PDF that carries what it was made from."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from exports.documents import Document
from exports.formats.base import Work
from exports.formats.json import JsonDocuments


@dataclass(frozen=True, slots=True)
class Archive:
    """The variant of PDF/A, and the file to attach."""

    variant: str
    name: str
    description: str
    body: bytes
    day: datetime


def archive_of(work: Work, documents: Sequence[Document], *, accessible: bool) -> Archive:
    """Level A of PDF/A-3 has the structure that reading aloud needs, level B has none."""
    publication = work.publication
    body = io.BytesIO()
    JsonDocuments().write(documents, body, work)
    return Archive(
        "pdf/a-3a" if accessible else "pdf/a-3b",
        f"{publication.channel}-{publication.language}-{publication.release}.json",
        f"Documents of release {publication.release}",
        body.getvalue(),
        datetime.fromisoformat(publication.released_on[:10]),
    )
