"""The start page: where everything is."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from exports import querysets
from exports.addresses import index_path
from exports.formats.registry import FORMATS
from exports.models import Output, Release
from exports.views.policy import content_policy, kept_for_one
from exports.views.visits import is_staff
from exports.web.locales import language_name


@dataclass(frozen=True)
class PageLink:
    language: str
    name: str
    url: str


@dataclass(frozen=True)
class ChannelRow:
    """A channel with its pages, one link per language."""

    title: str
    code: str
    release: int
    public: bool
    pages: tuple[PageLink, ...]


@dataclass(frozen=True)
class FeedRow:
    title: str
    code: str
    format: str
    url: str


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Public channels for everybody; all of them, and their editions, for staff."""
    staff = is_staff(request)
    releases = querysets.shown_releases(all_of_them=staff)
    shown = {release.channel_id for release in releases}
    style = render_to_string("exports/start.css")
    context = {
        "style": style,
        "channels": [_channel_row(release) for release in releases],
        "feeds": [_feed_row(output) for output in querysets.outputs_of(shown)],
        "editions": _admin_page("admin:exports_edition_changelist") if staff else "",
        "staff": staff,
    }
    answer = HttpResponse(render_to_string("exports/start.html", context))
    answer.headers["Content-Security-Policy"] = content_policy(style)
    answer.headers["Content-Language"] = "en"
    kept_for_one(answer)
    return answer


def _channel_row(release: Release) -> ChannelRow:
    channel = release.channel
    return ChannelRow(
        title=str(channel),
        code=channel.code,
        release=release.number,
        public=channel.public,
        pages=tuple(
            PageLink(language, language_name(language), index_path(channel.code, language))
            for language in querysets.languages_of(release)
        ),
    )


def _feed_row(output: Output) -> FeedRow:
    form = FORMATS.get(output.format)
    label = form.label if form else output.format
    return FeedRow(output.title or output.code, output.code, label, reverse("feed", args=[output.code]))


def _admin_page(name: str) -> str:
    """The address of a page of the admin, empty where it has none of that name."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
