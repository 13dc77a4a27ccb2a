"""What is written several times: a list of groups, a page for each, and what was said to be no copies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog.admin.base import ReadOnlyAdmin, actor_of
from catalog.admin.presenting import link
from catalog.assembling import carriers
from catalog.copies.groups import DEFAULT_WORDS, Group, groups
from catalog.copies.planning import Proposal, plan
from catalog.copies.reading import Occurrence, read
from catalog.differences import Segment, words
from catalog.languages import name_of
from catalog.models import Change, Fragment, NotACopy, Product
from catalog.operations.uniting import apart, keep_apart, no_longer_apart, settled, unify, unite

PER_PAGE = 50
# Places and documents that a page names; of more it tells the number.
SHOWN = 20
KINDS = (("", "All"), ("equal", "Equal"), ("near", "Nearly equal"))
_DAY = 24 * 60 * 60


@dataclass(frozen=True)
class Written:
    """One text of a group as the page shows it: how it differs from the first, and where it stands."""

    digest: str
    similarity: int
    segments: list[Segment]
    places: list[SafeString | str]
    more: int


@admin.register(NotACopy)
class NotACopyAdmin(ReadOnlyAdmin):
    """What people said is no copy; deleting a line lets it be proposed again."""

    list_display = ("text", "language", "by", "at")
    search_fields = ("text",)
    list_filter = ("language",)
    fields = readonly_fields = ("text", "language", "by", "at")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("found/", view(self.list_view), name="catalog_copies"),
            path("found/<str:digest>/", view(self.group_view), name="catalog_copies_group"),
            *super().get_urls(),
        ]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_decide(request)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        no_longer_apart(actor_of(request), [obj])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[NotACopy]) -> None:
        no_longer_apart(actor_of(request), queryset)

    # --- Pages -------------------------------------------------------------------------------------------------------
    def list_view(self, request: HttpRequest) -> HttpResponse:
        refuse_without(request, "catalog.view_fragment")
        chosen = {name: request.GET.get(name, "") for name in ("kind", "language", "words")}
        least = int(chosen["words"]) if chosen["words"].isdigit() and len(chosen["words"]) < 5 else DEFAULT_WORDS
        found = [
            group
            for group in all_groups()
            if chosen["kind"] in ("", group.kind)
            and chosen["language"] in ("", group.language)
            and group.master.words >= least
        ]
        page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
        languages = [("", "All languages"), *((code, name_of(code)) for code, _ in settings.LANGUAGES)]
        return self.shown(
            request,
            "list",
            "Copies",
            groups=page,
            chosen={**chosen, "words": least},
            least=DEFAULT_WORDS,
            kinds=KINDS,
            languages=languages,
            saved=sum(group.saved for group in found),
        )

    def group_view(self, request: HttpRequest, digest: str) -> HttpResponse:
        refuse_without(request, "catalog.view_fragment")
        group = next((each for each in all_groups() if each.digest == digest), None)
        if group is None:
            if request.method == "POST":
                return self.back(request, messages.WARNING, "These texts have changed meanwhile. Look at them anew.")
            raise Http404
        if request.method == "POST":
            return self.decide(request, group)
        proposals = proposals_for(group) if group.kind == "equal" else []
        codes = {each.key.lower() for text in group.texts for each in text.occurrences if each.kind == "fragment"}
        documents = sorted(carriers(codes)) if "documents" in request.GET else None
        return self.shown(
            request,
            "group",
            f"{'Equal' if group.kind == 'equal' else 'Nearly equal'} paragraphs",
            group=group,
            language=name_of(group.language) if group.language else "",
            texts=[written(group, place) for place in range(len(group.texts))],
            proposals=[(proposal, sorted({member.code for member in proposal.members})) for proposal in proposals],
            why_not="" if proposals or group.kind == "near" else why_not(group),
            fragments=len(codes),
            documents=documents,
            first_documents=(documents or [])[:SHOWN],
            may_decide=may_decide(request),
        )

    def decide(self, request: HttpRequest, group: Group) -> HttpResponse:
        if not may_decide(request):
            raise PermissionDenied
        actor, wish = actor_of(request), request.POST.get("do")
        if wish == "apart":
            keep_apart(actor, group)
            return self.back(request, messages.SUCCESS, "They are no copies, and are not proposed any more.")
        if wish == "unite" and group.kind == "equal":
            outcome = unite(actor, proposals_for(group))
            for refused in outcome.refused:
                messages.error(request, f"Nothing was changed. {refused.reason}")
            if not outcome.done:
                return HttpResponseRedirect(request.get_full_path())
            same = f"{outcome.documents} documents carry it and are what they were, byte for byte."
            return self.back(request, messages.SUCCESS, f"“{outcome.done[0].code}” says it now. {same}")
        master = next((text for text in group.texts if text.digest == request.POST.get("master")), None)
        if wish != "unify" or master is None:
            messages.error(request, "Choose the text that shall stand for all of them.")
            return HttpResponseRedirect(request.get_full_path())
        try:
            home, changed = unify(actor, group, master)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return HttpResponseRedirect(request.get_full_path())
        waiting = f"Working copies to review and approve: {', '.join(changed)}." if changed else ""
        return self.back(request, messages.SUCCESS, f"“{home.code}” says it for all of them. {waiting}")

    def back(self, request: HttpRequest, level: int, message: str) -> HttpResponse:
        messages.add_message(request, level, message)
        return HttpResponseRedirect(reverse("admin:catalog_copies"))

    def shown(self, request: HttpRequest, name: str, title: str, **context: Any) -> HttpResponse:
        whole = {**self.admin_site.each_context(request), "title": title, **context}
        return TemplateResponse(request, f"catalog/admin/copies_{name}.html", whole)


def may_decide(request: HttpRequest) -> bool:
    """Who shares a text changes fragments and approves them."""
    return request.user.has_perms(["catalog.change_fragment", "catalog.approve_fragment"])


def refuse_without(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


# --- What the pages tell ---------------------------------------------------------------------------------------------
def all_groups() -> list[Group]:
    """All groups as they are now. Kept until anything is written, for finding them takes a while."""
    newest = Change.objects.order_by("-pk").values_list("pk", "at").first()
    key = f"copies:{newest[0]}:{newest[1].timestamp()}" if newest else "copies"
    found: list[Group] | None = cache.get(key)
    if found is None:
        found = groups(read(DEFAULT_WORDS), apart=apart())
        cache.set(key, found, _DAY)
    return found


def proposals_for(group: Group) -> list[Proposal]:
    """What can be done about the only text of an equal group."""
    text = group.master
    return [each for each in plan(settled()[0], apart=apart()) if each.texts.get(text.language) == text.markup]


def why_not(group: Group) -> str:
    """Why nothing can be done about an equal group by itself."""
    places = [each for each in group.master.occurrences if each.kind == "fragment"]
    working = set(settled()[1]) & {each.key for each in places}
    if len({each.pk for each in places}) < 2:
        return "It stands in facts of products, or within one fragment only. Facts are only listed."
    if working:
        return f"People are working on {', '.join(sorted(working))}. It can be shared once that is approved."
    return "In other languages it is translated differently, or it is no paragraph of its own everywhere."


def written(group: Group, place: int) -> Written:
    text = group.texts[place]
    segments = words(group.master.text, text.text) if place else [Segment("same", text.text)]
    places = [place_link(each) for each in text.occurrences[:SHOWN]]
    return Written(
        text.digest, round(100 * group.similarities[place]), segments, places, len(text.occurrences) - len(places)
    )


def place_link(place: Occurrence) -> SafeString | str:
    model = Fragment if place.kind == "fragment" else Product
    shown = link(model(pk=place.pk), place.key)
    where = (
        f"paragraph {place.place + 1}" if place.kind == "fragment" else f"{place.field}, paragraph {place.place + 1}"
    )
    return format_html("{} <small>{}</small>", shown, where)
