"""The review of a fragment, as a part of its admin: what is asked for there, and two revisions beside each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from catalog.actors import Actor
from catalog.admin.base import REFUSALS, actor_of, refusal_of
from catalog.admin.review_panel import LISTED, NOTHING, difference, panel_of
from catalog.models import Comment, Fragment, FragmentRevision
from catalog.operations.commenting import comment, reject, request_change, resolve
from catalog.operations.fragments import freeze
from catalog.operations.restoring import restore
from catalog.operations.reviewing import approve_revision, submit, withdraw

# What may be asked for, and the permission it takes: either of those with a stroke between them.
RIGHTS: Mapping[str, str] = {
    "submit": "change",
    "withdraw": "change",
    "restore": "change",
    "approve": "approve",
    "approve_all": "approve",
    "comment": "change|approve",
    "request": "change|approve",
    "reject": "change|approve",
    "resolve": "change|approve",
}
OUT, NOW = "out", "now"


class Reviewed:
    """The part of the fragments' admin that reviews."""

    admin_site: Any
    change_form_outer_after_template = "catalog/admin/review.html"

    def has_approve_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("catalog.approve_fragment")

    def may(self, request: HttpRequest, fragment: Fragment | None) -> dict[str, bool]:
        """What of RIGHTS somebody may do."""
        return {
            what: any(getattr(self, f"has_{right}_permission")(request, fragment) for right in rights.split("|"))
            for what, rights in RIGHTS.items()
        }

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<path:object_id>/review/", wrap(require_POST(self.review_view)), name="catalog_fragment_review"),
            path("<path:object_id>/compare/", wrap(self.compare_view), name="catalog_fragment_compare"),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        # The buttons of a life leave no room for it.
        context["show_save_and_add_another"] = False
        fragment = kwargs.get("obj")
        if fragment is not None:
            stored = Fragment.objects.get(pk=fragment.pk)
            context["panel"] = panel_of(stored, self.may(request, stored))
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]

    # --- What is asked for -------------------------------------------------------------------------------------------
    def review_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Do one of RIGHTS; what an operation refuses is told on the page."""
        fragment = self.viewed(request, object_id)
        what = request.POST.get("do", "")
        if not self.may(request, fragment).get(what):
            raise PermissionDenied
        try:
            messages.success(request, self.done(request, actor_of(request), fragment, what))
        except REFUSALS as error:
            for message in refusal_of(error).messages:
                messages.error(request, message)
        return HttpResponseRedirect(f"{reverse('admin:catalog_fragment_change', args=[fragment.pk])}#review")

    def done(self, request: HttpRequest, actor: Actor, fragment: Fragment, what: str) -> str:
        """Do it, and say so. Raises ValidationError."""
        if what in ("submit", "withdraw", "restore"):
            return self.write(request, actor, fragment, what)
        if what == "resolve":
            resolve(actor, _asked(Comment.objects.filter(revision__fragment=fragment), request.POST.get("comment")))
            return "Resolved."
        revision = _asked(fragment.revisions.all(), request.POST.get("revision"))
        if what in ("approve", "approve_all"):
            languages = request.POST.getlist("language") if what == "approve" else None
            approve_revision(actor, revision, languages)
            return f"Approved: revision {revision.number} is what channels get from their next release on."
        text, language = request.POST.get("text", ""), request.POST.get("of", "")
        if what == "comment":
            comment(actor, revision, text, language)
        elif what == "request":
            request_change(actor, revision, language, text)
        else:
            reject(actor, revision, text)
        return "Said."

    def write(self, request: HttpRequest, actor: Actor, fragment: Fragment, what: str) -> str:
        """What concerns the working copy is done to the one that was looked at."""
        if request.POST.get("opened_at") != fragment.updated_at.isoformat():
            raise ValidationError(
                f"Somebody else changed “{fragment}” while you had it open, so nothing was done. This is how it is now."
            )
        if what == "submit":
            return f"Revision {submit(actor, fragment).number} waits for approval."
        if what == "withdraw":
            return f"Revision {withdraw(actor, fragment).number} is taken back."
        revision = _asked(fragment.revisions.all(), request.POST.get("revision"))
        restore(actor, fragment, revision)
        return f"The working copy says what revision {revision.number} said. Submit it when it is ready."

    # --- Two beside each other ---------------------------------------------------------------------------------------
    def compare_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        fragment = self.viewed(request, object_id)
        numbers = [str(number) for number in fragment.revisions.order_by("-number").values_list("number", flat=True)]
        choices = {NOW: "The working copy", OUT: "What is out", **{number: f"Revision {number}" for number in numbers}}
        old, new = (request.GET.get(name, default) for name, default in (("old", OUT), ("new", NOW)))
        if old not in choices or new not in choices:
            raise Http404
        found = difference(_content(fragment, old), _content(fragment, new), choices[old], choices[new])
        page = {
            **self.admin_site.each_context(request),
            "title": f"Compare: {fragment}",
            "opts": Fragment._meta,
            "original": fragment,
            "difference": found,
            "choices": list(choices.items())[: LISTED + 2],
            "old": old,
            "new": new,
            "back": reverse("admin:catalog_fragment_change", args=[fragment.pk]),
        }
        return TemplateResponse(request, "catalog/admin/compare.html", page)

    def viewed(self, request: HttpRequest, object_id: str) -> Fragment:
        """Raises Http404 and PermissionDenied."""
        found = self.get_object(request, unquote(object_id))  # type: ignore[attr-defined]
        if found is None:
            raise Http404
        if not self.has_view_permission(request, found):  # type: ignore[attr-defined]
            raise PermissionDenied
        return Fragment.objects.get(pk=found.pk)


def _asked(rows: Any, number: str | None) -> Any:
    """The row of a primary key that was sent. Raises Http404."""
    found = rows.filter(pk=number).first() if number and number.isdigit() and len(number) < 19 else None
    if found is None:
        raise Http404
    return found


def _content(fragment: Fragment, name: str) -> Mapping[str, Any]:
    if name == NOW:
        return freeze(fragment)
    if name == OUT:
        found = fragment.revisions.filter(out__isnull=False).order_by("-number").first()
        return (found.out if found else None) or NOTHING
    revision: FragmentRevision = fragment.revisions.get(number=int(name))
    return revision.content  # type: ignore[no-any-return]
