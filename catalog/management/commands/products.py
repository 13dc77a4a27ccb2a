"""List, count or facet the products that a filter finds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

import orjson
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import QuerySet

from catalog.filters import Context, FilterError, parse, products
from catalog.filters.facets import LIMIT, Facets, facets
from catalog.models import Channel, Product
from catalog.naming import names_of
from catalog.querysets import channel_called
from catalog.values.contexts import own_chain

T = TypeVar("T")
BATCH = 1_000
BAD_FILTER = 2


class Command(BaseCommand):
    help = "List the products that a filter finds (docs/filters.md): SKUs and names, or how many there are."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("filter", nargs="?", default="", help="such as: status = enabled and weight < 2 kg")
        parser.add_argument("--channel", default="", help="ask for facts as this channel has them")
        parser.add_argument("--language", default="", help="ask for texts in this language")
        parser.add_argument("--count", action="store_true", help="only tell how many there are")
        parser.add_argument("--facets", nargs="*", metavar="CODE", help="count by these facts; without a code, by all")
        parser.add_argument("--json", action="store_true", help="write JSON: an object per product, or one of counts")

    def handle(self, *args: Any, **options: Any) -> None:
        context = context_of(options["channel"], options["language"])
        try:
            found = products(parse(options["filter"]), context)
        except FilterError as error:
            raise CommandError(str(error), returncode=BAD_FILTER) from error
        if options["facets"] is not None:
            self.count_by(found, context.chain[0], options["facets"], as_json=options["json"])
        elif options["count"]:
            count = found.count()
            self.stdout.write(orjson.dumps({"count": count}).decode() if options["json"] else str(count))
        else:
            for row in _rows(found, context.chain):
                self.stdout.write(orjson.dumps(row).decode() if options["json"] else f"{row['sku']}\t{row['name']}")

    def count_by(self, found: QuerySet[Product], language: str, codes: list[str], *, as_json: bool) -> None:
        try:
            counted = facets(found, language, codes or None)
        except ValueError as error:
            raise CommandError(str(error), returncode=BAD_FILTER) from error
        self.stdout.write(orjson.dumps(_as_json(counted)).decode() if as_json else _as_text(counted))


def context_of(channel: str, language: str) -> Context:
    """Raises CommandError naming the channels or languages there are."""
    if not channel:
        offered = dict(settings.LANGUAGES)
        _check_language(language, offered)
        return Context.in_language(language or settings.LANGUAGE_CODE)
    try:
        found = channel_called(channel)
    except Channel.DoesNotExist:
        codes = ", ".join(Channel.objects.values_list("code", flat=True)) or "none yet"
        raise CommandError(f"There is no channel “{channel}”. There are: {codes}.") from None
    _check_language(language, found.chains())
    return Context.of(found, language)


def _check_language(language: str, known: Iterable[str]) -> None:
    if language and language not in known:
        raise CommandError(f"There is no language “{language}” here. There are: {', '.join(known)}.")


def _rows(found: QuerySet[Product], chain: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """SKU and name of each product, by SKU; a batch at a time, so that none are too many."""
    chain = tuple(dict.fromkeys((*chain, *own_chain(chain[-1], settings.LANGUAGE_CODE))))
    for batch in _batches(found.order_by("sku").iterator(BATCH)):
        names = names_of(batch, chain)
        yield from ({"sku": product.sku, "name": names[product.pk]} for product in batch)


def _batches(rows: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(rows)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _as_json(counted: Facets) -> dict[str, Any]:
    shown = {
        facet.code: {value.condition.values[0].text: value.count for value in facet.values} for facet in counted.facets
    }
    return {"facets": shown, "cut": counted.cut}


def _as_text(counted: Facets) -> str:
    lines = [f"Counted over the first {LIMIT:,} products only."] if counted.cut else []
    for facet in counted.facets:
        lines.append(f"{facet.label} ({facet.code})")
        lines += [f"  {value.count:>7} {value.label}" for value in facet.values]
    return "\n".join(lines)
