from __future__ import annotations

import json
from collections.abc import Callable

from exports.documents import digest_of, from_bytes, to_bytes
from exports.formats.json import JsonDocuments
from tests.exports import samples
from tests.exports.contract import FormatContract, hostile_document, hostile_publication


class TestJsonDocuments(FormatContract):
    format = JsonDocuments()

    def test_writes_the_golden_output(self, golden: Callable[[str, bytes], None]) -> None:
        golden("json/documents.json", self.written())

    def test_is_one_json_object_with_the_envelope_first(self) -> None:
        data = json.loads(self.written())
        assert list(data) == ["channel", "language", "release", "released_on", "documents"]
        assert (data["channel"], data["language"], data["release"]) == ("shop-de", "de", 7)
        assert data["released_on"] == "2026-11-22"

    def test_every_document_stands_as_its_canonical_bytes_with_their_digest(self) -> None:
        written = self.written()
        entries = json.loads(written)["documents"]
        assert [entry["document"]["sku"] for entry in entries] == [document.sku for document in samples.DOCUMENTS]
        for document, entry in zip(samples.DOCUMENTS, entries, strict=True):
            body = to_bytes(document)
            assert body in written
            assert entry["digest"] == digest_of(body)

    def test_a_document_can_be_read_back(self) -> None:
        for document, entry in zip(samples.DOCUMENTS, json.loads(self.written())["documents"], strict=True):
            assert from_bytes(json.dumps(entry["document"]).encode()) == document

    def test_no_documents_give_an_empty_list(self) -> None:
        assert json.loads(self.written(()))["documents"] == []

    def test_writes_each_document_before_it_takes_the_next(self) -> None:
        """Constant memory: nothing is collected."""
        taken, written_when_taken = [], []

        class Sink:
            size = 0

            def write(self, data: bytes) -> int:
                self.size += len(data)
                return len(data)

        sink = Sink()

        def documents() -> object:
            for document in samples.DOCUMENTS:
                written_when_taken.append(sink.size)
                taken.append(document)
                yield document

        self.format.write(documents(), sink, self.work())  # type: ignore[arg-type]
        assert written_when_taken == sorted(set(written_when_taken))

    def test_hostile_text_stays_text(self) -> None:
        """JSON has no markup: the very characters come back."""
        document, publication = hostile_document(), hostile_publication()
        data = json.loads(self.written((document,), publication))
        assert data["channel"] == publication.channel
        assert from_bytes(json.dumps(data["documents"][0]["document"]).encode()) == document
