"""How far translations are: languages by states with words, and what is to be done, with what has changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from catalog.admin.base import ReadOnlyAdmin, actor_of
from catalog.admin.presenting import Tone, badge, link
from catalog.differences import Segment
from catalog.models import TranslationState
from catalog.models.base import plain
from catalog.operations.translating.approving import mark
from catalog.operations.translating.others import GROUPS
from catalog.operations.translating.selecting import (
    MISSING,
    OUTDATED,
    STATES,
    STATES_OF_OTHERS,
    overview,
    overview_of_others,
    states_by_id,
    with_state,
)
from catalog.operations.translations import TRANSLATED, all_texts, model_of
from catalog.translating.difference import count_words, differences, readable

TONES: dict[str, Tone] = {
    MISSING: "plain",
    "draft": "plain",
    "machine": "info",
    "translated": "info",
    "reviewed": "good",
    "approved": "good",
    OUTDATED: "warn",
}
PER_PAGE = 25


class Cell(NamedTuple):
    state: str
    objects: int
    words: int
    url: str


class Shown(NamedTuple):
    """An object in one language: its texts without markup by field, and what has changed in its source."""

    kind: str
    pk: int
    link: Any
    badge: SafeString
    words: int
    texts: list[tuple[str, str, str]]
    changes: list[tuple[str, list[Segment]]]
    by: str
    markable: bool


def state_badge(state: str) -> SafeString:
    return badge(STATES[state], TONES[state])


def rows_of_overview() -> list[tuple[str, str, list[Cell]]]:
    """Code, name and cells of each language that is translated into."""
    names = dict(settings.LANGUAGES)
    return [
        (
            language,
            names[language],
            [Cell(state, *amount, _url(language=language, state=state)) for state, amount in states.items()],
        )
        for language, states in overview().items()
    ]


def rows_of_others(*, with_jobs: bool) -> list[tuple[str, list[Cell]]]:
    """Name of each language, and its cells of labels, then of facts; each leads to a job about them."""
    names = dict(settings.LANGUAGES)
    return [
        (
            names[language],
            [
                Cell(state, *amount, _url_of_job(language, state, group) if with_jobs else "")
                for group, states in groups.items()
                for state, amount in states.items()
            ],
        )
        for language, groups in overview_of_others().items()
    ]


def _url(**query: str) -> str:
    return f"{reverse('admin:catalog_translationstate_changelist')}?{urlencode(query)}"


@admin.register(TranslationState)
class TranslationStateAdmin(ReadOnlyAdmin):
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.mark_view)
        return [path("mark/", view, name="catalog_translationstate_mark"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        language, state = request.GET.get("language", ""), request.GET.get("state", "")
        kind = request.GET.get("kind", "fragment")
        chosen = language in dict(translated_into()) and state in STATES and kind in TRANSLATED
        page = _page(kind, language, state, request.GET.get("page", "1")) if chosen else None
        may_add_job = request.user.has_perm("catalog.add_translationjob")
        context = {
            **self.admin_site.each_context(request),
            "title": "Translations",
            "opts": self.model._meta,
            "states": [(state, label) for state, label in STATES.items()],
            "rows": rows_of_overview(),
            # All products are read for it, so it is counted when asked for.
            "others": rows_of_others(with_jobs=may_add_job) if "others" in request.GET else [],
            "groups": [f"{group.title()}s" for group in GROUPS],
            "states_of_others": [STATES[state] for state in STATES_OF_OTHERS],
            "chosen": {"language": language, "state": state, "kind": kind, "label": STATES.get(state, "")},
            "kinds": [(each, _url(language=language, state=state, kind=each)) for each in TRANSLATED],
            "page": page,
            "pages": {
                "previous": _url(**_query(request, page.number - 1)) if page and page.has_previous() else "",
                "next": _url(**_query(request, page.number + 1)) if page and page.has_next() else "",
            },
            "items": list(_shown(kind, language, page.object_list)) if page else [],
            "may_mark": may_mark(request, kind),
            "job": _url_of_job(language, state),
            "may_add_job": may_add_job,
        }
        return TemplateResponse(request, "catalog/admin/translations.html", context)

    def mark_view(self, request: HttpRequest) -> HttpResponse:
        """Say that one translation is reviewed, against the source as it is now."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        kind, pk, language = (request.POST.get(name, "") for name in ("kind", "object", "language"))
        if kind not in TRANSLATED or not may_mark(request, kind):
            raise PermissionDenied
        instance = plain(model_of(kind)).filter(pk=int(pk)).first() if pk.isdigit() and len(pk) < 19 else None
        try:
            if instance is None:
                raise ValidationError(f"This {kind} is gone.")
            mark(actor_of(request), instance, language, TranslationState.State.REVIEWED)
            messages.success(request, f"“{instance}” is reviewed in {language}.")
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return HttpResponseRedirect(_url(language=language, state=request.POST.get("state", ""), kind=kind))


def _url_of_job(language: str, state: str, *kinds: str) -> str:
    query = urlencode({"language": language, "states": state, "kinds": kinds}, doseq=True)
    return f"{reverse('admin:catalog_translationjob_add')}?{query}"


def _query(request: HttpRequest, page: int) -> dict[str, str]:
    known = {name: request.GET.get(name, "") for name in ("language", "state", "kind")}
    return {**{name: value for name, value in known.items() if value}, "page": str(page)}


def may_mark(request: HttpRequest, kind: str) -> bool:
    return kind in TRANSLATED and request.user.has_perm(f"catalog.change_{kind}")


def translated_into() -> list[tuple[str, str]]:
    return [(code, name) for code, name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def _page(kind: str, language: str, state: str, number: str) -> Page[Any]:
    rows = with_state(kind, language).filter(said=state).order_by("code")
    return Paginator(rows.values_list("pk", "code", "said"), PER_PAGE).get_page(number)


def _shown(kind: str, language: str, rows: Any) -> Iterator[Shown]:
    found = list(rows)
    ids = [pk for pk, _, _ in found]
    texts, states = dict(all_texts(kind, TRANSLATED[kind], ids)), states_by_id(kind, ids, language)
    for pk, code, said in found:
        source, target = texts[pk].get(settings.LANGUAGE_CODE, {}), texts[pk].get(language, {})
        row = states.get(pk)
        yield Shown(
            kind,
            pk,
            link(model_of(kind)(pk=pk), code),
            state_badge(said),
            sum(count_words(text) for text in source.values()),
            [(field, readable(text), readable(target.get(field, ""))) for field, text in source.items()],
            changes_of(row, source) if said == OUTDATED else [],
            f"{row.by}, {row.at:%Y-%m-%d}" if row else "",
            said in ("draft", "machine", "translated", OUTDATED),
        )


def changes_of(row: TranslationState | None, source: Mapping[str, str]) -> list[tuple[str, list[Segment]]]:
    """What has changed in the source since it was translated, by field; nothing where that is not known."""
    return list(differences(row.source_texts, source).items()) if row is not None and row.source_texts else []
