"""The documents themselves, as channels without a format of their own read them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

import orjson

from exports.documents import Document, Publication, digest_of, to_bytes
from exports.formats.base import Format, Work


class JsonDocuments(Format):
    """One JSON object: the envelope's fields, then every document with its digest, a line each."""

    code = "json"
    label = "JSON documents"
    extension = "json"
    media_type = "application/json"

    def write(self, documents: Iterable[Document], out: BinaryIO, work: Work) -> None:
        out.write(_opening(work.publication))
        separator = b"\n"
        for document in documents:
            body = to_bytes(document)
            out.write(b'%b{"digest":"%b","document":%b}' % (separator, digest_of(body).encode(), body))
            separator = b",\n"
        out.write(b"\n]}\n")


def _opening(publication: Publication) -> bytes:
    """The envelope up to the bracket that opens the list of documents."""
    envelope = {
        "channel": publication.channel,
        "language": publication.language,
        "release": publication.release,
        "released_on": publication.released_on,
    }
    return orjson.dumps(envelope)[:-1] + b',"documents":['
