"""What all web pages have around their content: head, navigation, breadcrumbs, languages and foot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.safestring import SafeString

from exports.addresses import absolute, category_path, index_path, product_path
from exports.documents import Node, Publication
from exports.text import cut, one_line
from exports.web import structured
from exports.web.locales import date_text, language_name
from exports.web.site import Card, Site
from exports.wording import words

_DEFAULT_LANGUAGE = "en"
_MAX_SUMMARY = 160
# From a language to the path of the page in it.
Place = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Link:
    """`url` leads there from the page being made; `path` is where the live page stands."""

    label: str
    url: str
    path: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Branch:
    """A category of the navigation with those right below it; `count` is how many products it has."""

    link: Link
    count: int
    children: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """`absolute` is for search engines."""

    code: str
    name: str
    url: str
    absolute: str
    current: bool


@dataclass(frozen=True, slots=True)
class Page:
    """`canonical`, `default` (the page in the default language) and `picture` are absolute; `kind` is Open Graph's."""

    kind: str
    language: str
    title: str
    summary: str
    canonical: str
    default: str
    picture: str
    public: bool
    stylesheet: str
    structured: SafeString
    site_title: str
    home: str
    release_line: str
    words: Mapping[str, str]
    crumbs: tuple[Link, ...]
    branches: tuple[Branch, ...]
    languages: tuple[LanguageLink, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """What one page is about, as its frame has to know it."""

    kind: str
    title: str
    summary: str
    place: Place
    crumbs: tuple[Link, ...] = ()
    picture: str = ""
    nodes: tuple[structured.Node, ...] = ()
    # The categories it stands in, from the top.
    within: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """Makes links and pages for one site in one language."""

    publication: Publication
    site: Site

    def home(self) -> Link:
        path = index_path(self.publication.channel, self.publication.language)
        return Link(self.publication.title, self.site.index(), path)

    def category(self, node: Node, within: Sequence[Node] = ()) -> Link:
        path = category_path(self.publication.channel, self.publication.language, node.code)
        return Link(node.label, self.site.category(node.code), path, node in within)

    def product(self, card: Card) -> Link:
        path = product_path(self.publication.channel, self.publication.language, card.sku)
        return Link(card.name, self.site.product(card.sku), path)

    def branches(self, nodes: Iterable[Node], within: Sequence[Node] = ()) -> tuple[Branch, ...]:
        return tuple(
            Branch(
                self.category(node, within), node.count, tuple(self.category(child, within) for child in node.children)
            )
            for node in nodes
        )

    def page(self, subject: Subject) -> Page:
        publication, site = self.publication, self.site
        crumbs = tuple(replace(link, current=link is subject.crumbs[-1]) for link in subject.crumbs)
        languages = self._languages(subject.place)
        default = _DEFAULT_LANGUAGE if _DEFAULT_LANGUAGE in publication.alternates else publication.alternates[0]
        return Page(
            kind=subject.kind,
            language=publication.language,
            title=subject.title,
            summary=cut(one_line(subject.summary), _MAX_SUMMARY),
            canonical=absolute(site.base_url, subject.place(publication.language)),
            default=absolute(site.base_url, subject.place(default)),
            picture=subject.picture,
            public=publication.public,
            stylesheet=site.stylesheet,
            structured=structured.embedded([*subject.nodes, *self._breadcrumbs(crumbs)]),
            site_title=publication.title,
            home=site.index(),
            release_line=self._release_line(),
            words=words(publication.language),
            crumbs=crumbs,
            branches=self.branches(publication.navigation, subject.within),
            languages=languages,
        )

    def _languages(self, place: Place) -> tuple[LanguageLink, ...]:
        return tuple(
            LanguageLink(
                code=language,
                name=language_name(language),
                url=self.site.elsewhere(place(language)),
                absolute=absolute(self.site.base_url, place(language)),
                current=language == self.publication.language,
            )
            for language in self.publication.alternates
        )

    def _breadcrumbs(self, crumbs: Sequence[Link]) -> list[structured.Node]:
        if not crumbs:
            return []
        whole = (self.home(), *crumbs)
        return [structured.breadcrumbs([(link.label, absolute(self.site.base_url, link.path)) for link in whole])]

    def _release_line(self) -> str:
        publication = self.publication
        day = date_text(publication.released_on, publication.language)
        return words(publication.language)["release_line"].format(number=publication.release, date=day)
