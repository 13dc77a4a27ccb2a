"""A group as bytes and back: what a report keeps of it. No database."""

from __future__ import annotations

import zlib

import orjson

from catalog.copies.groups import Group
from catalog.copies.reading import Occurrence, Text


def packed(group: Group) -> bytes:
    """JSON, compressed: the kind, the language, and each text with how like it is to the first and where it stands."""
    texts = [
        [similarity, text.kind, text.markup, text.text, text.words, [*map(tuple, text.occurrences)]]
        for text, similarity in zip(group.texts, group.similarities, strict=True)
    ]
    return zlib.compress(orjson.dumps([group.kind, group.language, texts]))


def unpacked(data: bytes) -> Group:
    """The group that these bytes were made of."""
    kind, language, told = orjson.loads(zlib.decompress(data))
    texts = tuple(
        Text(language, element, markup, text, words, [Occurrence(*place) for place in places])
        for _, element, markup, text, words, places in told
    )
    return Group(kind, texts, tuple(each[0] for each in told))
