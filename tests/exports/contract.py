"""What every output format must do. A format's tests subclass FormatContract and name the format."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from catalog.richtext import clean_html
from exports.documents import (
    AssociationLink,
    CategoryLink,
    Document,
    Fact,
    Node,
    Publication,
    Statement,
)
from exports.formats.base import Format, Work
from tests.exports import samples

# Ends an attribute, a script and a CDATA section, and begins an element that a browser would act on.
HOSTILE = "\"'></script>]]><img src=x onerror=alert(1)>&amp;"
# Short enough for the narrowest identifier.
HOSTILE_CODE = "\"'>]]><img src=x onerror=alert(1)>&"
LIVE = b"<img src=x"


def hostile_document() -> Document:
    """A variant with hostile words in every field that takes words."""
    document = samples.DOCUMENTS[1]
    return replace(
        document,
        sku=HOSTILE_CODE,
        name=HOSTILE,
        family={"code": HOSTILE_CODE, "label": HOSTILE},
        axes={HOSTILE_CODE: HOSTILE, "color": HOSTILE},
        categories=(CategoryLink(HOSTILE_CODE, HOSTILE, (HOSTILE_CODE,)),),
        identifiers={"gtin": HOSTILE_CODE, "mpn": HOSTILE_CODE, "brand": HOSTILE_CODE},
        facts={HOSTILE_CODE: Fact(HOSTILE, HOSTILE_CODE, HOSTILE_CODE, HOSTILE, f"{HOSTILE} as a fact", 1)},
        statements=tuple(
            Statement(slot, HOSTILE_CODE, html, HOSTILE)
            for slot in (*samples.PUBLICATION.slots, "instruction", "legal", "faq", "promotion", HOSTILE_CODE)
            for html in ("", clean_html(f"<p>{HOSTILE}</p><p>{HOSTILE}</p>"))
        ),
        assets=(
            *(replace(asset, role=HOSTILE_CODE, alt=HOSTILE, media_type=HOSTILE) for asset in document.assets),
            replace(document.assets[0], kind="document", url=f"/{HOSTILE}", alt=HOSTILE, media_type=HOSTILE),
        ),
        associations=(AssociationLink(HOSTILE_CODE, HOSTILE_CODE, 2),),
    )


def hostile_publication() -> Publication:
    """The sample's, with hostile words for everything that people name."""
    return replace(
        samples.PUBLICATION,
        channel=HOSTILE_CODE,
        title=HOSTILE,
        navigation=(Node(HOSTILE_CODE, HOSTILE, 1, (Node(f"{HOSTILE_CODE}2", HOSTILE, 1),)),),
        groups={HOSTILE_CODE: HOSTILE},
        slots=dict.fromkeys((*samples.PUBLICATION.slots, HOSTILE_CODE), HOSTILE),
        associations={HOSTILE_CODE: HOSTILE},
    )


class FormatContract:
    format: Format
    options: dict[str, Any] = {}

    def work(self, publication: Publication = samples.PUBLICATION) -> Work:
        return replace(samples.work(**self.options), publication=publication)

    def written(
        self, documents: Sequence[Document] = samples.DOCUMENTS, publication: Publication = samples.PUBLICATION
    ) -> bytes:
        work = self.work(publication)
        out = io.BytesIO()
        self.format.write(iter(self.passing(documents, work)), out, work)
        return out.getvalue()

    def passing(self, documents: Sequence[Document], work: Work) -> list[Document]:
        return [document for document in documents if not any(p.fatal for p in self.format.check(document, work))]

    def parts(self, artefact: bytes) -> list[bytes]:
        """The texts an artefact is made of; a format that packs or compresses them says here how to get at them."""
        return [artefact]

    def test_names_itself(self) -> None:
        assert re.fullmatch(r"[a-z][a-z0-9_-]*", self.format.code)
        assert re.fullmatch(r"[a-z][a-z0-9]*", self.format.extension), "an extension has no dot"
        assert self.format.label
        assert re.fullmatch(r"[a-z]+/[a-z0-9.+-]+", self.format.media_type)
        for option in self.format.options.values():
            assert option.label
            assert not option.help or option.help.endswith(".")

    def test_same_documents_give_the_same_bytes(self) -> None:
        assert self.written() == self.written()

    def test_another_fact_gives_other_bytes(self) -> None:
        changed = tuple(replace(document, name="Ganz anders") for document in samples.DOCUMENTS)
        assert self.written(changed) != self.written()

    def test_other_statements_give_other_bytes(self) -> None:
        other = tuple(Statement(old.slot, "de", "<p>Neu.</p>", "Neu.") for old in samples.LIRA.statements)
        changed = tuple(replace(document, statements=other) for document in samples.DOCUMENTS)
        assert self.written(changed) != self.written(tuple(replace(d, statements=()) for d in changed))
        assert self.written(changed) != self.written()

    def test_problems_name_the_product(self) -> None:
        work = self.work()
        for document in samples.DOCUMENTS:
            for problem in self.format.check(document, work):
                assert problem.sku == document.sku
                assert problem.message

    def test_checking_reports_nothing_behind_the_scenes(self) -> None:
        work = self.work()
        for document in samples.DOCUMENTS:
            self.format.check(document, work)
        assert work.problems == []

    def test_hostile_text_stays_text(self) -> None:
        document, publication = hostile_document(), hostile_publication()
        assert self.passing([document], self.work(publication)), (
            "the hostile document has to be written to prove a thing"
        )
        parts = self.parts(self.written((samples.LIRA, document), publication))
        assert any(parts)
        for part in parts:
            assert LIVE not in part

    def test_no_documents_is_no_crash(self) -> None:
        assert isinstance(self.written(()), bytes)

    def test_a_document_without_anything_is_no_crash(self) -> None:
        bare = replace(samples.TAMPER, facts={}, prices=(), categories=(), name="", family={"code": "x", "label": ""})
        assert isinstance(self.written((bare,)), bytes)
        self.format.check(bare, self.work())

    def test_leaves_the_stream_open(self) -> None:
        work, out = self.work(), io.BytesIO()
        self.format.write(iter(self.passing(samples.DOCUMENTS, work)), out, work)
        assert not out.closed

    def test_options_are_documented(self) -> None:
        for name in self.options:
            assert name in self.format.options, f"the option “{name}” of {self.format.code} has no sentence"
