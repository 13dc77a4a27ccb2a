"""The web pages of a channel's current release."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import chain

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.http import require_safe

from catalog.api.caching import etag_of, tagged, unchanged
from exports import querysets
from exports.addresses import category_path, index_path, product_path
from exports.documents import Node, from_bytes
from exports.models import Release
from exports.views.missing import missing
from exports.views.policy import content_policy, kept_for_everyone, kept_for_one
from exports.views.visits import Visit, entered, visit
from exports.web.kin import priced
from exports.web.pages import HIGHLIGHTS, PER_PAGE, category_page, index_page, path_to, product_page


@require_safe
def channel(request: HttpRequest, channel: str) -> HttpResponse:
    """Leads to the channel's first page, in a language the reader likes or else in the channel's first."""
    release = entered(request, channel)
    languages = querysets.languages_of(release) if release else ()
    if release is None or not languages:
        return missing()
    language = _liked(request.headers.get("Accept-Language", ""), languages)
    return _kept(HttpResponseRedirect(index_path(release.channel.code, language)), release)


@require_safe
def index(request: HttpRequest, channel: str, language: str) -> HttpResponse:
    """The top categories, each with a few products."""
    seen = visit(request, channel, language)
    if seen is None:
        return missing(language)
    publication = seen.publication
    if publication.channel != channel:
        return _moved(seen, index_path(publication.channel, language))

    def made() -> str:
        # A query per shelf stops at the first few products; one for all would have to look at every product.
        highlights = {
            node.code: seen.learn(querysets.stored_in(seen.release, language, node.code, 0, HIGHLIGHTS))
            for node in publication.navigation
        }
        # The variants that make a group's price, of all shelves at once instead of shelf by shelf.
        priced(chain.from_iterable(highlights.values()), seen.site)
        return index_page(publication, seen.site, highlights)

    return _answer(request, seen, made)


@require_safe
def category(request: HttpRequest, channel: str, language: str, category: str) -> HttpResponse:
    """A category's products, a page of them."""
    seen = visit(request, channel, language)
    code = _spelled(category, seen.publication.navigation) if seen else ""
    number = _page_number(request.GET.get("page", "1"))
    if seen is None or not code or not number:
        return missing(language)
    publication = seen.publication
    path = path_to(code, publication.navigation)
    count = max(1, -(-path[-1].count // PER_PAGE))
    if number > count:
        return missing(language)
    if (publication.channel, code) != (channel, category):
        return _moved(seen, category_path(publication.channel, language, code, number))

    def made() -> str:
        rows = querysets.stored_in(seen.release, language, code, (number - 1) * PER_PAGE, PER_PAGE)
        return category_page(path, seen.learn(rows), publication, seen.site, number, count)

    return _answer(request, seen, made)


@require_safe
def product(request: HttpRequest, channel: str, language: str, sku: str) -> HttpResponse:
    """A product, a group or a variant."""
    seen = visit(request, channel, language)
    if seen is None or not querysets.is_code(sku):
        return missing(language)
    publication, release = seen.publication, seen.release
    found = querysets.find_document(release.channel, language, sku, release.number)
    if found is None:
        spelling = querysets.spelling_of(sku)
        found = querysets.find_document(release.channel, language, spelling, release.number) if spelling else None
    if found is None:
        return missing(language)
    if (publication.channel, found.sku) != (channel, sku):
        return _moved(seen, product_path(publication.channel, language, found.sku))

    def made() -> str:
        return product_page(from_bytes(querysets.body_of(found.digest)), publication, seen.site)

    return _answer(request, seen, made)


@require_safe
def nothing(_request: HttpRequest) -> HttpResponse:
    """Addresses among the pages where there is none."""
    return missing()


def _answer(request: HttpRequest, seen: Visit, made: Callable[[], str]) -> HttpResponse:
    """The page, made only where the reader's copy is not current."""
    etag = etag_of("page", request.get_full_path(), *seen.version())
    answer = unchanged(request, etag) or HttpResponse(made())
    answer.headers["Content-Security-Policy"] = content_policy(_style())
    answer.headers["Content-Language"] = seen.publication.language
    return _kept(tagged(answer, etag), seen.release)


def _moved(seen: Visit, path: str) -> HttpResponse:
    """To the address as we write it; searching machines shall know one only."""
    return _kept(HttpResponsePermanentRedirect(path), seen.release)


def _kept(answer: HttpResponse, release: Release) -> HttpResponse:
    (kept_for_everyone if release.channel.public else kept_for_one)(answer)
    return answer


@cache
def _style() -> str:
    """What stands in the style element of templates/exports/web/base.html."""
    return "\n" + render_to_string("exports/web/site.css")


def _liked(header: str, languages: Sequence[str]) -> str:
    """The first language of an Accept-Language header that there is, whatever its region; else the first there is."""
    for wanted, _ in parse_accept_lang_header(header):
        for language in languages:
            if wanted in (language.lower(), language.lower().partition("-")[0]) or wanted.startswith(f"{language}-"):
                return language
    return languages[0]


def _spelled(code: str, navigation: Iterable[Node]) -> str:
    """How the navigation writes a category's code; "" where it has none of it."""
    return next((own for own in _codes(navigation) if own.lower() == code.lower()), "")


def _codes(nodes: Iterable[Node]) -> Iterator[str]:
    for node in nodes:
        yield node.code
        yield from _codes(node.children)


def _page_number(raw: str) -> int:
    """A page's number, 0 for what is none."""
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 7 else 0
