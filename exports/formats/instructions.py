"""Instruction sheets: safety messages, numbered steps with pictures, in as many languages of the channel as wanted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from django.template.loader import render_to_string

from exports.assembling.prose import pictures_of
from exports.documents import Document, DocumentAsset, Publication
from exports.errors import ExportError
from exports.formats import options as opt
from exports.formats.base import Work
from exports.pdf.engine import Part, Press
from exports.pdf.entries import Entry, Writer
from exports.pdf.envelope import envelope
from exports.pdf.hazards import Hazard, hazards, is_hazard
from exports.pdf.kinds.faults import Policy
from exports.pdf.kinds.printed import Printed, told_of
from exports.pdf.limits import clipped
from exports.pdf.resolution import pixels
from exports.web.locales import language_name
from exports.wording import word

COVER, STEP = 88.0, 33.0  # mm wide at most
TAB, TAB_GAP, TABS = 13.0, 3.0, 8  # mm, mm, and how many fit beside a page


@dataclass(frozen=True, slots=True)
class Settings:
    paper: str
    languages: tuple[str, ...]
    slots: tuple[str, ...]
    with_facts: bool


@dataclass(frozen=True, slots=True)
class Spoken:
    """A product in one language; `tab` is where the language's mark begins, in mm from the upper edge of the text."""

    language: str
    name: str
    tab: float
    publication: Publication
    document: Document


@dataclass(frozen=True, slots=True)
class Chapter:
    """What is printed in one language."""

    entry: Entry
    hazards: tuple[Hazard, ...]
    sections: tuple[tuple[str, tuple[Any, ...]], ...]


class InstructionSheet(Printed):
    code = "instructions"
    label = "Instructions (PDF)"
    accessible = True
    sheets = ("hazards",)
    options: ClassVar = told_of(
        Policy.STOP,
        {
            "languages": opt.Codes(
                label="Languages", help="Those of the channel to print, in this order; all without it.", group="Content"
            ),
            "slots": opt.Codes(
                label="Slots", help="Printed after the safety messages; instruction without it.", group="Content"
            ),
            "facts": opt.Flag(label="Technical data", help="At the end of each language.", group="Content"),
            "imprint": opt.Text(
                label="Imprint", help="Who says so: maker, address, contact.", limit=600, group="Content"
            ),
            "paper": opt.Choice(label="Paper", choices={"a5": "A5", "a4": "A4"}, group="Look"),
        },
    )

    def settings(self, told: Mapping[str, Any], base_url: str) -> Settings:
        return Settings(told["paper"], told["languages"], told["slots"] or ("instruction",), told["facts"])

    def faults(self, document: Document, settings: Settings, work: Work) -> Iterator[str]:
        if not document.slot(*settings.slots):
            yield f"It has nothing in the slot “{settings.slots[0]}”, so there is nothing to instruct."
        yield from self.too_small(document)

    def words(self, document: Document) -> Iterator[tuple[str, str]]:
        yield "name", document.name
        for statement in document.statements:
            if statement.slot == "instruction" or is_hazard(statement.slot):
                yield statement.slot, statement.text or statement.html

    def pictures(self, document: Document) -> Iterator[tuple[DocumentAsset, float]]:
        main = document.picture()
        if main:
            yield main, COVER
        yield from ((asset, STEP) for asset in pictures_of(document))

    def parts(self, press: Press, documents: Sequence[Document], every: Sequence[Document], work: Work) -> list[Part]:
        settings: Settings = self.settings(self.told(work), work.base_url)
        spoken = self._spoken(documents, settings, work)
        kept = self.faults_of(work).without_faulty(documents)
        parts: list[Part] = []
        for document in kept:
            if not spoken[document.sku]:
                continue
            parts += self._booklet(press, spoken[document.sku], settings, work, parts[-1].next_page if parts else 1)
        return parts

    def _spoken(self, documents: Sequence[Document], settings: Settings, work: Work) -> dict[str, list[Spoken]]:
        """Each product in every language; one that a language has not is a fault. Raises ExportError."""
        wanted = {document.sku: document for document in documents}
        spoken: dict[str, list[Spoken]] = {sku: [] for sku in wanted}
        for language in settings.languages or work.publication.alternates:
            publication, found = _in(language, wanted, work)
            for sku in wanted:
                if sku not in found:
                    self.faults_of(work).tell(sku, f"The release has no {language_name(language)} text of it.")
                    continue
                self._check(found[sku], language, settings, work)
                tab = (TAB + TAB_GAP) * (len(spoken[sku]) % TABS)
                spoken[sku].append(Spoken(language, language_name(language), tab, publication, found[sku]))
        return spoken

    def _check(self, document: Document, language: str, settings: Settings, work: Work) -> None:
        """Who follows an instruction has to understand it, so a language that stands in for another is a fault."""
        faults = self.faults_of(work)
        for statement in document.statements:
            if statement.language != language and (statement.slot in settings.slots or is_hazard(statement.slot)):
                other = language_name(statement.language)
                faults.tell(
                    document.sku, f"A text of {statement.slot} is in {other}, not in {language_name(language)}."
                )
        if language != work.publication.language:
            work.problems.extend(self.unknown_letters(document))

    def _booklet(
        self, press: Press, spoken: Sequence[Spoken], settings: Settings, work: Work, first_page: int
    ) -> list[Part]:
        """A cover with the contents, then the languages. The cover is laid out twice, for the page numbers on it."""
        cover = self._cover(press, spoken, {}, settings, work, first_page)
        parts: list[Part] = []
        pages: dict[str, int] = {}
        for one in spoken:
            pages[one.language] = (parts or [cover])[-1].next_page
            parts += self._chapter(press, one, settings, work, pages[one.language])
        return [self._cover(press, spoken, pages, settings, work, first_page), *parts]

    def _cover(
        self,
        press: Press,
        spoken: Sequence[Spoken],
        pages: Mapping[str, int],
        settings: Settings,
        work: Work,
        first_page: int,
    ) -> Part:
        first = spoken[0]
        context = {
            **envelope(replace(work, publication=first.publication), clipped(first.document.name, 160)),
            "settings": settings,
            "name": clipped(first.document.name, 160),
            "sku": clipped(first.document.sku, 80),
            "picture": press.picture(first.document.sku, first.document.picture(), pixels(COVER)),
            "alt": clipped((first.document.picture() or _NO_PICTURE).alt, 500),
            "imprint": clipped(self.told(work)["imprint"], 600),
            "spoken": [(one, word(one.language, "instructions"), pages.get(one.language, 0)) for one in spoken],
        }
        return press.render(render_to_string("exports/pdf/instructions_cover.html", context), first_page=first_page)

    def _chapter(self, press: Press, one: Spoken, settings: Settings, work: Work, first_page: int) -> list[Part]:
        writer = Writer(one.publication, press.picture, work.problems, with_prices=False)
        entry = writer.entry(one.document, (), {}, width=pixels(COVER))
        slots = {slot: label for slot, label in one.publication.slots.items() if slot in settings.slots}
        by_slot = {prose[0].slot: prose for _, prose in entry.others}
        by_slot |= {"description": entry.description, "feature": entry.features}
        sections = tuple((clipped(label, 80), by_slot[slot]) for slot, label in slots.items() if by_slot.get(slot))
        chapter = Chapter(entry, hazards(entry.warnings, one.language), sections)
        context = {
            **envelope(replace(work, publication=one.publication), entry.name),
            "settings": settings,
            "one": one,
            "chapter": chapter,
            "entry": entry,
            "hazards": chapter.hazards,
        }
        html = render_to_string("exports/pdf/instructions.html", context)
        return self.render_one(press, one.document, html, work, first_page=first_page)


_NO_PICTURE = DocumentAsset("", "", "", "", "", None, None, "")


def _in(language: str, wanted: Mapping[str, Document], work: Work) -> tuple[Publication, dict[str, Document]]:
    if language == work.publication.language:
        return work.publication, dict(wanted)
    if language not in work.publication.alternates:
        known = ", ".join(work.publication.alternates)
        raise ExportError(f"The option “languages” names “{language}”; the channel has {known}.")
    publication, documents = work.translations(language)
    return publication, {document.sku: document for document in documents if document.sku in wanted}
