"""What the knowledge base is told of what is out."""

from __future__ import annotations

from catalog.models import Channel, Product
from catalog.outlook import OUTLOOK, Printed
from exports.explaining.documents import Explanation, NotReleased, explain, explain_draft
from exports.explaining.previewing import preview_of
from exports.explaining.whereabouts import impact, where_used
from exports.pages.mapping import pages_of


def explained(product: Product, channel: Channel, language: str, draft: bool) -> Explanation:
    """Raises LookupError with the reason why there is no such document."""
    try:
        return (explain_draft if draft else explain)(channel, language, product.sku)
    except NotReleased as error:
        raise LookupError(str(error)) from error


def printed(product: Product) -> list[Printed]:
    return [Printed(found.edition.pk, str(found.edition), found.pages) for found in pages_of(product)]


OUTLOOK.where_used = where_used
OUTLOOK.printed = printed
OUTLOOK.impact = impact
OUTLOOK.preview = preview_of
OUTLOOK.explain = explained
