"""The contract of an output format: look at a document, write many of them. No database here."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, ClassVar, Protocol

from exports.documents import Document, DocumentAsset, Publication
from exports.errors import ExportError


class Files(Protocol):
    """Where a format gets the bytes of pictures from."""

    def picture(self, asset: DocumentAsset, width: int) -> bytes:
        """A JPEG of at least `width` pixels on its longer side, where the original has them.

        Raises ExportError where the file is gone.
        """


@dataclass(frozen=True, slots=True)
class Problem:
    """What is amiss with a document for a format. A `fatal` one leaves the document out of the edition."""

    sku: str
    message: str
    fatal: bool = True


# A language of the channel -> the same release in it.
Translations = Callable[[str], tuple[Publication, Iterable[Document]]]


def _untranslated(language: str) -> tuple[Publication, Iterable[Document]]:
    raise ExportError(f"This edition has no language “{language}”.")


@dataclass(frozen=True)
class Work:
    """All a format may use besides the documents.

    `base_url` is the site's origin without a trailing slash; `options` are the output's; `problems` takes what the
    format finds while writing; `translations` gives the release in another language of the channel, or raises
    ExportError.
    """

    publication: Publication
    base_url: str
    files: Files
    options: Mapping[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    translations: Translations = _untranslated


class Format(ABC):
    """One output format: a subclass in a file of its own, a line in the registry, a golden output, a line of docs."""

    code: ClassVar[str]
    label: ClassVar[str]
    extension: ClassVar[str]
    media_type: ClassVar[str]
    # What the output's options may say, each with a sentence for the docs.
    options: ClassVar[Mapping[str, str]] = {}

    def options_fault(self, options: Mapping[str, Any]) -> str:
        """What is wrong with the values of the options; empty, as by default, where nothing is."""
        return ""

    def check(self, document: Document, work: Work) -> list[Problem]:
        """What is amiss with this document; nothing by default."""
        return []

    @abstractmethod
    def write(self, documents: Iterable[Document], out: BinaryIO, work: Work) -> None:
        """Write one artefact from documents in SKU order, all of which passed `check`.

        The same documents and work give the same bytes. Raises ExportError.
        """
