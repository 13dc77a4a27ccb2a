"""A catalogue in several languages side by side: the same release in each, and what of a product stands in a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from exports.documents import Document, Node, Publication
from exports.errors import ExportError
from exports.formats.base import Problem, Work
from exports.pdf.chapters import anchor
from exports.pdf.entries import FACT, LABEL, LANGUAGE
from exports.pdf.limits import clipped
from exports.web.locales import language_name


@dataclass(frozen=True, slots=True)
class Side:
    """The release in one language. `labels` are those of categories, by anchor."""

    publication: Publication
    documents: Mapping[str, Document]
    labels: Mapping[str, str]

    @property
    def language(self) -> str:
        return self.publication.language


def sides_of(documents: Sequence[Document], told: Mapping[str, Any], work: Work) -> tuple[Side, ...]:
    """The edition's own language first. What another language has not is told. Raises ExportError."""
    wanted = {document.sku: document for document in documents}
    return (
        _side(work.publication, wanted),
        *(_other(language, wanted, work) for language in told["languages"]),
    )


def _other(language: str, wanted: Mapping[str, Document], work: Work) -> Side:
    own = work.publication
    if language == own.language or language not in own.alternates or not LANGUAGE.fullmatch(language):
        others = ", ".join(code for code in own.alternates if code != own.language) or "no others"
        raise ExportError(f"The option “languages” names “{language}”; beside {own.language} the channel has {others}.")
    publication, documents = work.translations(language)
    side = _side(publication, {document.sku: document for document in documents if document.sku in wanted})
    for sku, document in wanted.items():
        if sku not in side.documents and document.type != "variant":
            message = f"The release has no {language_name(language)} text of it; its place stays empty."
            work.problems.append(Problem(sku, message, fatal=False))
    return side


def _side(publication: Publication, documents: Mapping[str, Document]) -> Side:
    labels = {anchor("category", node.code): node.label for node in _walk(publication.navigation)}
    return Side(publication, documents, labels)


def _walk(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _walk(node.children)


@dataclass(frozen=True, slots=True)
class FactRow:
    """A fact in each language, as label and text; both are "" where the language has none."""

    pairs: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class FactsSideBySide:
    """A group of facts; `labels` is what it is called, by language."""

    code: str
    labels: tuple[tuple[str, str], ...]
    rows: tuple[FactRow, ...]


def facts_side_by_side(sides: Sequence[Side], sku: str) -> tuple[FactsSideBySide, ...]:
    """In the order of the first language."""
    documents = [side.documents.get(sku) for side in sides]
    listed = [dict(document.listed()) if document else {} for document in documents]
    groups: dict[str, list[str]] = {code: [] for code in sides[0].publication.groups}
    for facts, document in zip(listed, documents, strict=True):
        for code, fact in facts.items():
            if document and code not in document.tables and code not in groups.setdefault(fact.group, []):
                groups[fact.group].append(code)
    return tuple(
        FactsSideBySide(
            group,
            tuple((one.language, clipped(one.publication.groups.get(group, group), LABEL)) for one in sides),
            tuple(FactRow(tuple(_pair(code, one, facts) for one, facts in _zipped(sides, listed))) for code in codes),
        )
        for group, codes in groups.items()
        if codes
    )


def _zipped(sides: Sequence[Side], listed: Sequence[Mapping[str, Any]]) -> list[tuple[Side, Mapping[str, Any]]]:
    return list(zip(sides, listed, strict=True))


def _pair(code: str, side: Side, facts: Mapping[str, Any]) -> tuple[str, str, str]:
    fact = facts.get(code)
    return (side.language, clipped(fact.label, LABEL), clipped(fact.text, FACT)) if fact else (side.language, "", "")
