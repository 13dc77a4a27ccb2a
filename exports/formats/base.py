"""The contract of an output format: look at a document, write many of them. No database here."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, Protocol

from exports.documents import Document, DocumentAsset, Publication
from exports.errors import ExportError
from exports.formats import options
from exports.formats.options import Option, WrongOptions


class Files(Protocol):
    """Where a format gets the bytes of pictures from."""

    def picture(self, asset: DocumentAsset, width: int) -> bytes:
        """A JPEG of at least `width` pixels on its longer side, where the original has them.

        Raises ExportError where the file is gone.
        """


@dataclass(frozen=True, slots=True)
class Problem:
    """What is amiss with a document for a format. A `fatal` one leaves the document out of the edition.

    `about` is what is to be mended, where one knows: a source of mappings, such as "fact:weight" or "slot:teaser".
    """

    sku: str
    message: str
    fatal: bool = True
    about: str = ""


@dataclass(frozen=True, slots=True)
class Workshop:
    """What a format may use of the machine, and within which limits.

    In `folder` it keeps finished pieces for next time, `keep` bytes of them; without one it keeps none. `processes` of
    its own may work at once (0: as many as there are processors), on each piece for so many `seconds` of processor
    time and with so many `megabytes` over what a process takes anyway. After `until`, by time.monotonic(), nothing more
    is begun: what is not there by then cannot be had.
    """

    folder: Path | None = None
    keep: int = 4_000_000_000
    processes: int = 0
    seconds: int = 20
    megabytes: int = 600
    until: float = float("inf")


# A language of the channel -> the same release in it.
Translations = Callable[[str], tuple[Publication, Iterable[Document]]]


# A filter -> whether it finds a document.
Selection = Callable[[str], Callable[[Document], bool]]


def _unselected(text: str) -> Callable[[Document], bool]:
    raise ExportError(f"There is no release here that could be asked for “{text[:80]}”.")


def _unknown(code: str) -> DocumentAsset:
    raise ExportError(f"There is no picture “{code}” in the asset library.")


def _untranslated(language: str) -> tuple[Publication, Iterable[Document]]:
    raise ExportError(f"This edition has no language “{language}”.")


@dataclass(frozen=True)
class Work:
    """All a format may use besides the documents.

    `base_url` is the site's origin without a trailing slash; `options` are the output's as they were said, for
    Format.told, which remembers in `told` what they come to; `problems` takes what the format finds while writing;
    `memo` is what a format remembers from one document to the next, by its code.
    `translations` gives the release in another language of the channel, `selection` says what a filter asks of its
    documents, `asset` is a picture of the library that no document has, by its code; all may raise ExportError.
    `pages` takes, from formats of pages, what of a product stands on which page, by SKU and page number: the places of
    statements in the document (from 0), "headline", "teaser", and "facts-GROUP".
    """

    publication: Publication
    base_url: str
    files: Files
    options: Mapping[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    told: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    memo: dict[str, Any] = field(default_factory=dict)
    workshop: Workshop = Workshop()
    pages: dict[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    translations: Translations = _untranslated
    selection: Selection = _unselected
    asset: Callable[[str], DocumentAsset] = _unknown


class Format(ABC):
    """One output format: a subclass in a file of its own, a line in the registry, a golden output, a line of docs."""

    code: ClassVar[str]
    label: ClassVar[str]
    extension: ClassVar[str]
    media_type: ClassVar[str]
    # What an output can be told.
    options: ClassVar[Mapping[str, Option]] = {}

    def told(self, work: Work) -> Mapping[str, Any]:
        """The value of every option. Raises WrongOptions."""
        if self.code not in work.told:
            work.told[self.code] = self.read(work.options)
        return work.told[self.code]

    def read(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """The value of every option, given what is said of them. Raises WrongOptions."""
        told = options.read(self.options, said, self.code)
        if fault := self.fault(told):
            raise WrongOptions({"": fault})
        return told

    def fault(self, told: Mapping[str, Any]) -> str:
        """What is wrong with the options together, each of which is right; nothing by default."""
        return ""

    def check(self, document: Document, work: Work) -> list[Problem]:
        """What is amiss with this document; nothing by default."""
        return []

    @abstractmethod
    def write(self, documents: Iterable[Document], out: BinaryIO, work: Work) -> None:
        """Write one artefact from documents in SKU order, all of which passed `check`.

        The same documents and work give the same bytes. Raises ExportError.
        """
