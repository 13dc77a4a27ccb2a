"""The product feed of Google Merchant Center, RSS 2.0 (support.google.com/merchants/answer/160589)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, ClassVar, cast

from exports.documents import Document, Node, Publication, from_bytes, to_bytes
from exports.formats.base import Format, Problem, Work
from exports.formats.options import Choice, Moment, Text
from exports.offers import AVAILABILITIES, Attribute, Offer, availability_fault, offer_of
from exports.text import cut, one_line

_MAX_GROUP_ID = 50
_MAX_TYPE = 750
_MEMORY = 1_000_000


class GoogleMerchant(Format):
    """One item per product that can be bought; a group is what its variants have in common, not an item."""

    code = "google"
    label = "Google Merchant Center"
    extension = "xml"
    media_type = "application/xml"
    options: ClassVar = {
        "availability": Choice(label="Availability", help="Of every item.", choices=AVAILABILITIES),
        "availability_date": Moment(
            label="Ships from", help="Pre-ordered or back-ordered items, such as 2027-02-01T09:00+01:00."
        ),
        "brand": Text(label="Brand", help="Of products that name none."),
    }

    def fault(self, told: Mapping[str, Any]) -> str:
        return availability_fault(told)

    def check(self, document: Document, work: Work) -> list[Problem]:
        return [] if document.type == "group" else offer_of(document, work, self.told(work)).problems

    def write(self, documents: Iterable[Document], out: BinaryIO, work: Work) -> None:
        told = self.told(work)
        labels = dict(_labels(work.publication.navigation))
        out.write(_opening(work))
        for document, group in _items(documents):
            out.write(_item(document, group, labels, work, offer_of(document, work, told)))
        out.write(b"</channel>\n</rss>\n")


# --- Groups ----------------------------------------------------------------------------------------------------------


class _Tree:
    """The groups seen so far, each with its parent."""

    def __init__(self) -> None:
        self.parents: dict[str, str | None] = {}

    def root(self, sku: str) -> tuple[str, bool]:
        """The topmost ancestor known of a group, itself included, and whether nothing can stand above it."""
        seen = {sku}
        while (parent := self.parents.get(sku)) is not None and parent not in seen:
            seen.add(parent)
            sku = parent
        return sku, sku in self.parents


def _items(documents: Iterable[Document]) -> Iterator[tuple[Document, str]]:
    """Every document that is no group, with the SKU of its root group or nothing.

    Groups sort before their variants nearly always. A variant that comes before one of its groups is kept on disk and
    comes last, so that memory holds nothing but the groups' SKUs.
    """
    tree = _Tree()
    with SpooledTemporaryFile(max_size=_MEMORY) as early:
        for document in documents:
            if document.type == "group":
                tree.parents[document.sku] = document.parent
                continue
            root, certain = tree.root(document.parent) if document.parent else ("", True)
            if certain:
                yield document, root
            else:
                early.write(to_bytes(document) + b"\n")
        early.seek(0)
        for line in early:
            document = from_bytes(line)
            yield document, tree.root(cast(str, document.parent))[0]


# --- Writing ---------------------------------------------------------------------------------------------------------


def _opening(work: Work) -> bytes:
    publication = work.publication
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0">\n<channel>\n'
        f"<title>{escape(publication.title)}</title>\n<link>{escape(work.base_url)}/</link>\n"
        f"<description>{escape(_summary(publication))}</description>\n"
    ).encode()


def _summary(publication: Publication) -> str:
    return f"{publication.title}, {publication.language}, {publication.release} ({publication.released_on})"


def _item(document: Document, group: str, labels: dict[str, str], work: Work, offer: Offer) -> bytes:
    attributes = offer.attributes
    category = _category(document, labels)
    if category:
        attributes.append(Attribute("product_type", category))
    if len(group) > _MAX_GROUP_ID:
        message = f"The group's SKU has {len(group)} characters; at most {_MAX_GROUP_ID} make an item_group_id."
        work.problems.append(Problem(document.sku, message, fatal=False))
    elif group:
        attributes.append(Attribute("item_group_id", group))
    return f"<item>\n{''.join(_element(attribute) for attribute in attributes)}</item>\n".encode()


def _element(attribute: Attribute) -> str:
    name, value = attribute
    if isinstance(value, str):
        return f"<g:{name}>{escape(value)}</g:{name}>\n"
    parts = "".join(f"<g:{part}>{escape(text)}</g:{part}>" for part, text in value)
    return f"<g:{name}>{parts}</g:{name}>\n"


def escape(text: str) -> str:
    """Text between tags (XML 1.0, section 2.4); characters XML forbids were refused on every path into a document."""
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    return text.replace(">", "&gt;") if ">" in text else text


def _labels(nodes: Iterable[Node]) -> Iterator[tuple[str, str]]:
    for node in nodes:
        yield node.code, one_line(node.label)
        yield from _labels(node.children)


def _category(document: Document, labels: dict[str, str]) -> str:
    """The labels from the channel's navigation down to the first category that stands in it."""
    for category in document.categories:
        if category.code in labels:
            return cut(" > ".join(labels[code] for code in category.path if code in labels), _MAX_TYPE)
    return ""
