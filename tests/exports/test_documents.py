"""A document is its bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

import orjson

from exports.documents import Document, Money, Node, Publication, digest_of, from_bytes, to_bytes
from tests.exports import samples

T = TypeVar("T")

SMALL = Document(
    sku="A",
    name="Ä",
    type="product",
    family={"label": "Fam", "code": "f"},
    parent=None,
    axes={},
    variants=(),
    categories=(),
    identifiers={"mpn": "1", "gtin": "2"},
    prices=(Money("1.00", "EUR"),),
)


def turned_around(entries: Mapping[str, T]) -> dict[str, T]:
    return dict(reversed(list(entries.items())))


def test_the_bytes_of_a_document_are_canonical() -> None:
    assert to_bytes(SMALL).decode() == (
        '{"sku":"A","name":"Ä","type":"product","family":{"code":"f","label":"Fam"},"parent":null,"axes":{},'
        '"variants":[],"categories":[],"identifiers":{"gtin":"2","mpn":"1"},"facts":{},"statements":[],"assets":[],'
        '"associations":[],"prices":[{"amount":"1.00","currency":"EUR"}],"tables":{}}'
    )


def test_the_order_in_which_a_document_was_filled_does_not_show() -> None:
    turned = replace(
        SMALL,
        family=turned_around(SMALL.family),
        identifiers=turned_around(SMALL.identifiers),
    )
    assert to_bytes(turned) == to_bytes(SMALL)
    lira = samples.LIRA
    assert to_bytes(replace(lira, facts=turned_around(lira.facts))) == to_bytes(lira)


def test_the_digest_is_that_of_the_bytes() -> None:
    assert digest_of(b"") == "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"
    assert digest_of(to_bytes(SMALL)) != digest_of(to_bytes(replace(SMALL, name="A")))


def test_documents_come_back_from_their_bytes() -> None:
    assert [from_bytes(to_bytes(document)) for document in samples.DOCUMENTS] == list(samples.DOCUMENTS)


def test_documents_released_before_there_were_tables_are_still_read() -> None:
    body = orjson.loads(to_bytes(SMALL))
    del body["tables"]
    assert from_bytes(orjson.dumps(body)) == SMALL


def test_facts_come_back_in_their_order_of_display() -> None:
    facts = from_bytes(to_bytes(samples.LIRA)).facts
    assert [fact.position for fact in facts.values()] == sorted(fact.position for fact in samples.LIRA.facts.values())
    assert list(facts) != sorted(facts)


def test_a_document_is_asked_for_its_parts() -> None:
    lira = samples.LIRA
    assert [statement.slot for statement in lira.slot("feature", "headline")] == ["headline", "feature"]
    main, other = lira.assets
    assert lira.picture() == main
    assert replace(lira, assets=(other, main)).picture() == main
    assert replace(lira, assets=(other,)).picture() == other
    assert replace(lira, assets=(replace(main, kind="document"),)).picture() is None
    assert (lira.price("EUR"), lira.price("USD")) == (Money("449.00", "EUR"), None)


def test_a_publication_comes_back_from_storage_with_its_order() -> None:
    publication = replace(
        samples.PUBLICATION,
        groups={"b": "B", "a": "A"},
        navigation=(Node("x", "X", 2, (Node("y", "Y", 1), Node("z", "Z", 1))),),
    )
    stored = orjson.loads(orjson.dumps(publication.as_json(), option=orjson.OPT_SORT_KEYS))
    back = Publication.from_json(stored)
    assert back == publication
    assert list(back.groups) == ["b", "a"]


def test_what_is_stored_of_a_publication_is_plain_json() -> None:
    """So that what is assembled anew can be compared with what was stored."""
    data = samples.PUBLICATION.as_json()
    assert orjson.loads(orjson.dumps(data)) == data
