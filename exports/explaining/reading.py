"""How a text that is being written would read for a product, made as assembly makes it, from that product alone."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from catalog import querysets
from catalog.aliases import Aliases
from catalog.models import Asset, Channel, Product
from catalog.operations.referable import fragments_in
from catalog.previews import PREVIEWERS, Asked, Preview
from catalog.references import MAX_DEPTH, malformed_in, pictures_in, references_in
from catalog.richtext import clean_html, clean_plain
from catalog.values import TYPES, AttributeSpec, Invalid, Level
from catalog.values.contexts import own_chain
from catalog.values.effective import levels_of
from exports.assembling.assemble import words_for
from exports.assembling.prose import with_links
from exports.assembling.statements import Unresolved
from exports.gathering.bundles import Context, FragmentContent, Library, Linked, ProductBundle
from exports.gathering.loading import asset_info, contexts


def preview(asked: Asked) -> Preview:
    """The text with all that it refers to, as it is out now; or the first thing that keeps it from being shown."""
    try:
        body = clean_html(asked.body) if asked.rich else clean_plain(asked.body)
        if bad := malformed_in(body):
            return Preview("", "", f"“{bad[0]}” is no reference.")
        context = _context(asked)
        specs = querysets.with_records(querysets.attribute_specs())
        words = words_for(_bundle(asked.product, specs), context, _library(body, specs))
        html, text = words.spoken(asked.code or "new", body, rich=asked.rich)
    except Invalid as error:
        return Preview("", "", f"This text cannot be used: {error}.")
    except Unresolved as error:
        return Preview("", "", str(error)[:1].upper() + str(error)[1:])
    return Preview(with_links(html, lambda _: ""), text)


PREVIEWERS.append(preview)


def _context(asked: Asked) -> Context:
    """The channel's, in the language; else one that is no channel's."""
    today = timezone.localdate()
    channel = querysets.channels().filter(code__iexact=asked.channel).first() if asked.channel else None
    for context in contexts(channel, today) if isinstance(channel, Channel) else ():
        if context.language == asked.language:
            return context
    chain = own_chain(asked.language, asked.language)
    return Context("", chain, medium="", market="", audience="", currencies=(), on=today)


def _bundle(product: Product, specs: dict[str, AttributeSpec]) -> ProductBundle:
    """As much of the product as texts can refer to."""
    linked, attributes = _linked(product, specs)
    return ProductBundle(
        sku=product.sku,
        type="product",
        parent=None,
        variants=(),
        axes=(),
        family=None,
        label_attribute=linked.name,
        image_attribute="",
        levels=linked.levels,
        attributes=attributes,
    )


def _linked(product: Product, specs: dict[str, AttributeSpec]) -> tuple[Linked, tuple[AttributeSpec, ...]]:
    """A product as it is named, and all its attributes."""
    line, family = querysets.line_of(product), product.family
    said = {code for row in line for code in row.values} | (set(family.values) if family else set())
    members = family.family_attributes.values_list("attribute__code", flat=True) if family else ()
    codes = {code.lower(): None for code in [*members, *sorted(said)]}
    attributes = tuple(specs[code] for code in codes if code in specs)
    levels = levels_of(
        [Level(row.sku, row.values) for row in line],
        family.code if family else "",
        family.values if family else {},
        attributes,
    )
    name = family.label_attribute.code if family and family.label_attribute else ""
    naming = specs.get(name.lower())
    made_of = () if naming is None else attributes if TYPES[naming.type].computed else (naming,)
    return Linked(product.sku, True, name, made_of, tuple(levels)), attributes


def _library(body: str, specs: dict[str, AttributeSpec]) -> Library:
    """The fragments, pictures and products that the text names, and those that its fragments name."""
    fragments = _fragments(body)
    texts = [body, *(text for row in fragments.values() for text in row.content["body"].values())]
    skus = {found.code.lower() for text in texts for found in references_in(text) if found.kind == "link"}
    codes = {code.lower() for text in texts for code in pictures_in(text)}
    assets = QuerySet(Asset).alias(lower=Lower("code")).filter(lower__in=codes) if codes else ()
    return Library(
        fragments=fragments,
        assets={asset.code.lower(): asset_info(asset) for asset in assets},
        attributes=specs,
        linked={product.sku.lower(): _linked(product, specs)[0] for product in querysets.products_called(skus)},
    )


def _fragments(body: str) -> dict[str, FragmentContent]:
    """Those that are out, of all that are gone through: two queries for each level."""
    found: dict[str, FragmentContent] = {}
    aliases = Aliases()
    wanted: Collection[str] = set(fragments_in([body]))
    for _ in range(MAX_DEPTH):
        if not wanted:
            break
        rows = querysets.current_revisions().alias(lower=Lower("fragment__code")).filter(lower__in=wanted)
        fresh = {
            row.fragment.code.lower(): FragmentContent(
                row.fragment.code, row.number, aliases.in_revision(row.out or {})
            )
            for row in rows
        }
        found |= fresh
        named = (text for row in fresh.values() for text in row.content["body"].values())
        wanted = set(fragments_in(named)) - found.keys()
    return found
