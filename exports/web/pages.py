"""The web pages of a release: pure functions from documents to HTML, for the live views and the static site alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string

from exports.addresses import absolute, category_path, index_path, product_path
from exports.documents import Document, Node, Publication
from exports.mapping.commerce import brand_of, description_of
from exports.web import parts, structured
from exports.web.kin import Kin, choices_of, kin_of, priced
from exports.web.layout import Branch, Layout, Link, Subject
from exports.web.site import Card, Site
from exports.wording import words

PER_PAGE = 48
HIGHLIGHTS = 4
# The slots a product's page has a place for; others follow under their own labels.
SLOTS = ("headline", "teaser", "promotion", "description", "feature", "instruction", "warning", "faq", "legal")


@dataclass(frozen=True, slots=True)
class ProductView:
    """What a product's page has to show. `group` leads to the product group a variant belongs to."""

    sku: str
    name: str
    brand: str
    mpn: str
    group: Link | None
    headline: parts.Words | None
    teaser: parts.Words | None
    promotion: parts.Words | None
    price: str
    pictures: tuple[parts.Picture, ...]
    choices: tuple[parts.Chips, ...]
    variants: tuple[parts.Tile, ...]
    description: parts.Section
    features: parts.Section
    sections: tuple[parts.Section, ...]
    facts: tuple[parts.FactGroup, ...]
    tables: tuple[parts.FactTable, ...]
    instructions: parts.Section
    warnings: parts.Section
    questions: tuple[parts.Question, ...]
    answers: parts.Section
    legal: parts.Section
    related: tuple[parts.Related, ...]
    downloads: tuple[parts.Download, ...]


@dataclass(frozen=True, slots=True)
class CategoryView:
    """`previous` and `next` are addresses, empty at either end; `position` says which page of how many this is."""

    name: str
    branches: tuple[Branch, ...]
    tiles: tuple[parts.Tile, ...]
    position: str
    previous: str
    next: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """A category on the first page, with a few of its products."""

    branch: Branch
    tiles: tuple[parts.Tile, ...]


def product_page(document: Document, publication: Publication, site: Site) -> str:
    """The page of a product, a group or a variant."""
    document = parts.placed(document, site)
    layout = Layout(publication, site)
    kin = kin_of(document, site, publication.currency)
    within = _path_of(document, publication)
    above = (*map(layout.category, within), *map(layout.product, reversed(kin.groups)))
    picture = document.picture()
    subject = Subject(
        kind="product",
        title=document.name,
        summary=_summary(document),
        place=lambda language: product_path(publication.channel, language, document.sku),
        crumbs=(*above, layout.product(kin.own)),
        picture=absolute(site.base_url, picture.url) if picture else "",
        nodes=(structured.product(document, kin, publication, site),),
        within=within,
    )
    view = _product_view(document, kin, layout)
    return render_to_string("exports/web/product.html", {"page": layout.page(subject), "product": view})


def category_page(
    path: Sequence[Node], cards: Sequence[Card], publication: Publication, site: Site, number: int = 1, count: int = 1
) -> str:
    """The page of the last category of `path`, a path from the top; `cards` are those of page `number` of `count`."""
    layout = Layout(publication, site)
    node = path[-1]
    subject = Subject(
        kind="website",
        title=node.label,
        summary=f"{node.label} – {publication.title}",
        place=lambda language: category_path(publication.channel, language, node.code, number),
        crumbs=tuple(map(layout.category, path)),
        picture=_first_picture(cards, site),
        within=tuple(path),
    )
    position = words(publication.language)["page_of"].format(number=number, count=count)
    view = CategoryView(
        name=node.label,
        branches=layout.branches(node.children),
        tiles=_list_tiles(cards, layout),
        position=position if count > 1 else "",
        previous=site.category(node.code, number - 1) if number > 1 else "",
        next=site.category(node.code, number + 1) if number < count else "",
    )
    return render_to_string("exports/web/category.html", {"page": layout.page(subject), "category": view})


def index_page(publication: Publication, site: Site, highlights: Mapping[str, Sequence[Card]]) -> str:
    """The first page: the top categories, each with a few products; `highlights` has their cards by category code."""
    layout = Layout(publication, site)
    home = absolute(site.base_url, layout.home().path)
    labels = ", ".join(node.label for node in publication.navigation)
    subject = Subject(
        kind="website",
        title=publication.title,
        summary=f"{publication.title}: {labels}" if labels else publication.title,
        place=lambda language: index_path(publication.channel, language),
        picture=_first_picture([card for cards in highlights.values() for card in cards], site),
        nodes=(structured.website(publication, home),),
    )
    page = layout.page(subject)
    shelves = tuple(
        Shelf(branch, _list_tiles(highlights.get(node.code, ())[:HIGHLIGHTS], layout))
        for node, branch in zip(publication.navigation, page.branches, strict=True)
    )
    return render_to_string("exports/web/index.html", {"page": page, "shelves": shelves})


def path_to(code: str, nodes: Sequence[Node]) -> tuple[Node, ...]:
    """The categories from the top of the navigation down to the one called `code`; empty if there is none."""
    for node in nodes:
        if node.code == code:
            return (node,)
        below = path_to(code, node.children)
        if below:
            return (node, *below)
    return ()


# --- What goes into them ---------------------------------------------------------------------------------------------


def _product_view(document: Document, kin: Kin, layout: Layout) -> ProductView:
    publication, site = layout.publication, layout.site
    language = publication.language
    questions, answers = parts.questions_of(document, language)
    return ProductView(
        sku=document.sku,
        name=document.name,
        brand=brand_of(document),
        mpn=document.identifiers.get("mpn", ""),
        group=layout.product(kin.root) if kin.root else None,
        headline=parts.line_of(document, "headline", language),
        teaser=parts.line_of(document, "teaser", language),
        promotion=parts.line_of(document, "promotion", language),
        price=parts.price_text(priced([kin.own], site)[0], language),
        pictures=parts.gallery_of(document, site),
        choices=parts.chips_of(choices_of(kin, words(language)["variants"]), site),
        variants=parts.variant_tiles(kin.variants, site, language) if document.type == "group" else (),
        description=_section(document, "description", "description", publication),
        features=_section(document, "feature", "features", publication),
        sections=parts.other_sections(document, publication, SLOTS),
        facts=parts.fact_groups(document, publication),
        tables=parts.fact_tables(document),
        instructions=_section(document, "instruction", "instructions", publication),
        warnings=_section(document, "warning", "safety", publication),
        questions=questions,
        answers=parts.Section(publication.slots.get("faq") or words(language)["faq"], answers),
        legal=_section(document, "legal", "legal", publication),
        related=parts.related_of(document, publication, site),
        downloads=parts.downloads_of(document, site),
    )


def _section(document: Document, slot: str, key: str, publication: Publication) -> parts.Section:
    """A slot under its own label, else under our word for it."""
    label = publication.slots.get(slot) or words(publication.language)[key]
    return parts.Section(label, parts.proses_of(document, slot, publication.language))


def _path_of(document: Document, publication: Publication) -> tuple[Node, ...]:
    """Where the product stands in the navigation: the first of its categories that is in it."""
    paths = (path_to(category.code, publication.navigation) for category in document.categories)
    return next((path for path in paths if path), ())


def _summary(document: Document) -> str:
    teaser = document.slot("teaser")
    return (teaser[0].text if teaser else "") or description_of(document) or document.name


def _list_tiles(cards: Iterable[Card], layout: Layout) -> tuple[parts.Tile, ...]:
    language = layout.publication.language
    return tuple(parts.tile_of(card, layout.site, language, card.headline) for card in priced(cards, layout.site))


def _first_picture(cards: Iterable[Card], site: Site) -> str:
    urls = (absolute(site.base_url, card.picture.url) for card in cards if card.picture)
    return next((url for url in urls if url), "")
