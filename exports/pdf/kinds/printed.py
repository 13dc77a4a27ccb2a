"""What all printed kinds but the catalog share: which products, in which order, what is checked of each, and the PDF's
own options."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, BinaryIO, ClassVar

from django.template.loader import render_to_string

from exports.documents import Document, DocumentAsset
from exports.errors import ExportError
from exports.formats import options as opt
from exports.formats.base import Format, Problem, Work
from exports.pdf.culprits import culprits
from exports.pdf.engine import CannotBeLaidOut, Part, Press
from exports.pdf.envelope import envelope
from exports.pdf.kinds import glyphs
from exports.pdf.kinds.archive import archive_of
from exports.pdf.kinds.faults import Faults, Policy
from exports.pdf.limits import clipped
from exports.pdf.resolution import pixels, told_small


class Printed(Format):
    """A format whose style sheet has its code's name. Subclasses say what is amiss and make pages."""

    extension = "pdf"
    media_type = "application/pdf"
    # Whether programs can read the PDF aloud (PDF/UA-1).
    accessible: ClassVar[bool] = False
    # Groups are described with their variants, or only the variants, which can be bought, are printed.
    with_groups: ClassVar[bool] = True

    # Style sheets between the common one and that of the kind.
    sheets: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def settings(self, told: Mapping[str, Any], base_url: str) -> Any:
        """What the kind makes of its options. Raises ExportError where they do not go together."""

    @abstractmethod
    def faults(self, document: Document, settings: Any, work: Work) -> Iterator[str]:
        """What is amiss with a document."""

    @abstractmethod
    def words(self, document: Document) -> Iterator[tuple[str, str]]:
        """What the kind prints of a document: where it stands, such as “name”, and the text."""

    @abstractmethod
    def parts(self, press: Press, documents: Sequence[Document], every: Sequence[Document], work: Work) -> list[Part]:
        """The pages for `documents`, of a release that has `every`. Finds what only layout can find, and tells it."""

    def fault(self, told: Mapping[str, Any]) -> str:
        try:
            self.settings(told, "https://example.com")
        except ExportError as error:
            return str(error)
        return ""

    def policy(self, work: Work) -> Policy:
        return Policy(self.told(work)["faults"])

    def check(self, document: Document, work: Work) -> list[Problem]:
        if not self._is_chosen(document, work):
            return []
        told = self.told(work)
        fatal = self.policy(work) is not Policy.PRINT
        faults = self.faults(document, self.settings(told, work.base_url), work)
        return [
            *(Problem(document.sku, message, fatal) for message in (*faults, *_empty_slots(document, told["needs"]))),
            *self.unknown_letters(document),
        ]

    def unknown_letters(self, document: Document) -> list[Problem]:
        """Never printed, whatever the policy: they would be boxes."""
        return [Problem(document.sku, message) for message in _unknown_letters(self.words(document))]

    def write(self, documents: Iterable[Document], out: BinaryIO, work: Work) -> None:
        every = list(documents)
        faults = self.faults_of(work)
        faults.settle()
        with Press(work.files, self.styles(), work.problems, work.workshop) as press:
            chosen = self._chosen(every, work)
            self._fetch(press, chosen, work)
            faults.settle()
            try:
                self._bind(press, chosen, every, work, out)
            except CannotBeLaidOut as error:
                blamed = {part.sku for part in error.parts} - {""}
                if not blamed:
                    raise
                for document in (document for document in chosen if document.sku in blamed):
                    self.tell_unprintable(document, error, work)
                self._bind(press, chosen, every, work, out)
                work.problems[:] = dict.fromkeys(work.problems)  # what was found twice is told once

    def _parts(self, press: Press, documents: Sequence[Document], every: Sequence[Document], work: Work) -> list[Part]:
        """The pages. Where products share what cannot be laid out, those that cannot be alone are left out."""
        try:
            return self.parts(press, documents, every, work)
        except CannotBeLaidOut:
            for document in documents:
                try:
                    self.parts(press, [document], every, replace(work, problems=[]))
                except CannotBeLaidOut as error:
                    self.tell_unprintable(document, error, work)
        self.faults_of(work).settle()
        parts = self.parts(press, self.faults_of(work).without_faulty(documents), every, work)
        work.problems[:] = dict.fromkeys(work.problems)  # what was found twice is told once
        return parts

    def tell_unprintable(self, document: Document, error: ExportError, work: Work) -> None:
        """Whatever the policy, it cannot be printed."""
        work.problems.append(Problem(document.sku, f"It is not printed. {error}"))

    def _bind(
        self, press: Press, chosen: Sequence[Document], every: Sequence[Document], work: Work, out: BinaryIO
    ) -> None:
        faults = self.faults_of(work)
        faults.settle()
        parts = self._parts(press, faults.without_faulty(chosen), every, work)
        faults.settle()
        accessible = self.is_accessible(work)
        archive = archive_of(work, every, accessible=accessible) if self.told(work)["pdf_a"] else None
        press.bind(parts or [self._nothing(press, work)], out, tagged=False, accessible=accessible, archive=archive)

    def is_accessible(self, work: Work) -> bool:
        return self.accessible

    def pictures(self, document: Document) -> Iterator[tuple[DocumentAsset, float]]:
        """The pictures that the kind prints of a document, and how wide at most, in mm."""
        yield from ()

    def _fetch(self, press: Press, documents: Sequence[Document], work: Work) -> None:
        """Have every picture there before anything is laid out; one that cannot be had is a fault."""
        before = len(work.problems)
        for document in documents:
            for asset, width in self.pictures(document):
                press.picture(document.sku, asset, pixels(width))
        if self.policy(work) is not Policy.PRINT:
            work.problems[before:] = [replace(problem, fatal=True) for problem in work.problems[before:]]

    def too_small(self, document: Document) -> Iterator[str]:
        """What a press would show as squares or blur."""
        for asset, width in self.pictures(document):
            yield from told_small(asset, width)

    def render_one(self, press: Press, document: Document, html: str, work: Work, *, first_page: int = 1) -> list[Part]:
        """The pages of one product, none and a fault where they cannot be laid out."""
        try:
            return [press.render(html, first_page=first_page, sku=document.sku)]
        except CannotBeLaidOut as error:
            texts = culprits(press, document)
            named = f" {' and '.join(texts)} cannot be laid out even alone." if texts else ""
            self.tell_unprintable(document, ExportError(f"{error}{named}"), work)
            return []

    def faults_of(self, work: Work) -> Faults:
        return Faults(work, self.policy(work))

    def styles(self) -> str:
        return "".join(render_to_string(f"exports/pdf/{name}.css") for name in ("common", *self.sheets, self.code))

    def _is_chosen(self, document: Document, work: Work) -> bool:
        told = self.told(work)
        skus, category = told["skus"], told["category"]
        return (
            (not skus or document.sku in skus)
            and (not category or any(category in (link.code, *link.path) for link in document.categories))
            and (self.with_groups or document.type != "group")
        )

    def _chosen(self, every: Sequence[Document], work: Work) -> list[Document]:
        """Raises ExportError for a product that the release has not, unless it was left out for a fault."""
        chosen = {document.sku: document for document in every if self._is_chosen(document, work)}
        skus = self.told(work)["skus"]
        told = {problem.sku for problem in work.problems}
        missing = [sku for sku in skus if sku not in chosen and sku not in told]
        if missing:
            raise ExportError(f"The product “{missing[0]}” is not among what can be printed of this release.")
        return [chosen[sku] for sku in skus if sku in chosen] if skus else list(chosen.values())

    def _nothing(self, press: Press, work: Work) -> Part:
        """A PDF needs a page, even where there is nothing to say."""
        title = clipped(work.publication.title, 160)
        return press.render(render_to_string("exports/pdf/document.html", envelope(work, title)))


POLICIES: dict[str, str] = {
    Policy.STOP: "stops the edition",
    Policy.LEAVE_OUT: "is left out, the other products are printed",
    Policy.PRINT: "is printed all the same",
}


def told_of(otherwise: Policy, own: Mapping[str, opt.Option]) -> dict[str, opt.Option]:
    """What a kind can be told: which products, its own options, and what all have besides.

    `otherwise` is what happens to faults where nothing is said.
    """
    return {
        "skus": opt.Codes(
            label="Products", help="SKUs, in this order, with commas between them; all without it.", group="Content"
        ),
        "category": opt.Code(
            label="Category", help="Only products of the category of this code and those below it.", group="Content"
        ),
        **own,
        "needs": opt.Codes(
            label="Slots to be filled", help="By each product, such as description.", group="What is amiss"
        ),
        "faults": opt.Choice(
            label="What cannot be set as it should be", choices=POLICIES, otherwise=otherwise, group="What is amiss"
        ),
        "pdf_a": opt.Flag(label="PDF/A-3", help="With the release's documents attached as JSON.", group="File"),
    }


def _empty_slots(document: Document, needed: Iterable[str]) -> Iterator[str]:
    filled = {statement.slot for statement in document.statements if statement.text.strip() or statement.html}
    for slot in needed:
        if slot not in filled:
            yield f"It has nothing in the slot “{slot}”, which the option “needs” asks for."


def _unknown_letters(words: Iterable[tuple[str, str]]) -> Iterator[str]:
    for where, text in words:
        letters = glyphs.missing(text)
        if letters:
            told = ", ".join(glyphs.named(letter) for letter in letters[:5])
            more = f" and {len(letters) - 5} more" if len(letters) > 5 else ""
            yield f"The {where} has {told}{more}, which no font of ours has: write it otherwise, or install its font."
