"""What is written several times: a list of groups, a page for each, and what was said to be no copies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog.admin.base import ReadOnlyAdmin, actor_of
from catalog.admin.copies_found import Wanted, among, group_called, groups_now, reported, standing
from catalog.admin.presenting import link
from catalog.assembling import carriers
from catalog.copies.groups import DEFAULT_WORDS, Group
from catalog.copies.planning import Proposal, plan
from catalog.copies.reading import Occurrence
from catalog.differences import Segment, words
from catalog.jobs import enqueue
from catalog.jobs.kinds.copies import FindCopies
from catalog.languages import name_of
from catalog.models import Fragment, NotACopy, Product
from catalog.operations.uniting import (
    apart,
    drop_from_report,
    keep_apart,
    no_longer_apart,
    settled,
    unify,
    unite,
)

PER_PAGE = 50
# Places and documents that a page names; of more it tells the number.
SHOWN = 20
KINDS = (("", "All"), ("equal", "Equal"), ("near", "Nearly equal"))
CHANGED = "These texts have changed meanwhile. Look at them anew."


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
        if request.method == "POST":
            return self.look_again(request)
        wanted, now = wanted_by(request), groups_now()
        large = standing() if now is None else None
        found = among(now, wanted) if now is not None else reported(large.report if large else None, wanted)
        page = Paginator(found.groups, PER_PAGE).get_page(request.GET.get("page"))
        languages = [("", "All languages"), *((code, name_of(code)) for code, _ in settings.LANGUAGES)]
        return self.shown(
            request,
            "list",
            "Copies",
            groups=page,
            chosen=wanted,
            least=DEFAULT_WORDS,
            kinds=KINDS,
            languages=languages,
            saved=found.saved,
            large=large,
            may_look=may_look(request),
            sees_jobs=request.user.has_perm("catalog.view_job"),
        )

    def look_again(self, request: HttpRequest) -> HttpResponse:
        """Have the report made anew; wanted twice it is in line once."""
        if not may_look(request):
            raise PermissionDenied
        enqueue(actor_of(request), FindCopies.code, {}, key="all")
        messages.success(request, "All texts are looked through in the background. The groups will be here then.")
        return HttpResponseRedirect(request.get_full_path())

    def group_view(self, request: HttpRequest, digest: str) -> HttpResponse:
        refuse_without(request, "catalog.view_fragment")
        group, current = group_called(digest)
        if request.method == "POST":
            return self.decide(request, group) if group and current else self.back(request, messages.WARNING, CHANGED)
        if group is None:
            raise Http404
        proposals = proposals_for(group) if current and group.kind == "equal" else []
        codes = {each.key.lower() for text in group.texts for each in text.occurrences if each.kind == "fragment"}
        documents = sorted(carriers(codes)) if "documents" in request.GET else None
        return self.shown(
            request,
            "group",
            f"{'Equal' if group.kind == 'equal' else 'Nearly equal'} paragraphs",
            group=group,
            current=current,
            language=name_of(group.language) if group.language else "",
            texts=[written(group, place) for place in range(len(group.texts))],
            proposals=[(proposal, sorted({member.code for member in proposal.members})) for proposal in proposals],
            why_not="" if proposals or not current or group.kind == "near" else why_not(group),
            fragments=len(codes),
            documents=documents,
            first_documents=(documents or [])[:SHOWN],
            may_decide=current and may_decide(request),
        )

    def decide(self, request: HttpRequest, group: Group) -> HttpResponse:
        if not may_decide(request):
            raise PermissionDenied
        actor, wish = actor_of(request), request.POST.get("do")
        if wish == "apart":
            keep_apart(actor, group)
            return self.done(request, group, "They are no copies, and are not proposed any more.")
        if wish == "unite" and group.kind == "equal":
            outcome = unite(actor, proposals_for(group))
            for refused in outcome.refused:
                messages.error(request, f"Nothing was changed. {refused.reason}")
            if not outcome.done:
                return HttpResponseRedirect(request.get_full_path())
            same = f"{outcome.documents} documents carry it and are what they were, byte for byte."
            return self.done(request, group, f"“{outcome.done[0].code}” says it now. {same}")
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
        return self.done(request, group, f"“{home.code}” says it for all of them. {waiting}")

    def done(self, request: HttpRequest, group: Group, message: str) -> HttpResponse:
        drop_from_report(group)
        return self.back(request, messages.SUCCESS, message)

    def back(self, request: HttpRequest, level: int, message: str) -> HttpResponse:
        messages.add_message(request, level, message)
        return HttpResponseRedirect(reverse("admin:catalog_copies"))

    def shown(self, request: HttpRequest, name: str, title: str, **context: Any) -> HttpResponse:
        whole = {**self.admin_site.each_context(request), "title": title, **context}
        return TemplateResponse(request, f"catalog/admin/copies_{name}.html", whole)


def may_decide(request: HttpRequest) -> bool:
    """Who shares a text changes fragments and approves them."""
    return request.user.has_perms(["catalog.change_fragment", "catalog.approve_fragment"])


def may_look(request: HttpRequest) -> bool:
    """Who changes fragments may have all of them looked through."""
    return request.user.has_perm("catalog.change_fragment")


def refuse_without(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


# --- What the pages tell ---------------------------------------------------------------------------------------------
def wanted_by(request: HttpRequest) -> Wanted:
    words = request.GET.get("words", "")
    least = int(words) if words.isdecimal() and len(words) < 5 else DEFAULT_WORDS
    return Wanted(request.GET.get("kind", ""), request.GET.get("language", ""), least)


def proposals_for(group: Group) -> list[Proposal]:
    """What can be done about the only text of an equal group."""
    text = group.master
    sources, _ = settled(fragments_of(group))
    return [each for each in plan(sources, apart=apart()) if each.texts.get(text.language) == text.markup]


def fragments_of(group: Group) -> frozenset[int]:
    """The ids of those in which one of its texts stands."""
    return frozenset(each.pk for text in group.texts for each in text.occurrences if each.kind == "fragment")


def why_not(group: Group) -> str:
    """Why nothing can be done about an equal group by itself."""
    places = [each for each in group.master.occurrences if each.kind == "fragment"]
    working = set(settled(fragments_of(group))[1]) & {each.key for each in places}
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
