"""Pages of editions in the admin: small and large, what stands on them, and two editions side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.http import urlencode

from exports.admin.edition_comparing import shown
from exports.editions import path_of
from exports.models import Edition
from exports.pages import looking, mapping
from exports.pages.comparing import NotComparable, compared
from exports.pages.looking import NoPages, Unfinished

THUMBNAILS = 48  # on one page of the admin
SECONDS = 4.0  # that a comparison may take before it tells how far it is

_RELATED = ("output__channel", "release__channel")


class EditionPages:
    """The part of the editions' admin that shows pages. Whoever may see editions may see these."""

    admin_site: Any
    opts: Any

    change_form_outer_before_template = "exports/admin/edition_links.html"
    change_form_outer_after_template = "exports/admin/edition.html"

    def page_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("compare/", view(self.compare), name="exports_edition_compare"),
            path("<int:pk>/file/", view(self.file), name="exports_edition_file"),
            path("<int:pk>/pages/<int:number>/", view(self.leaf), name="exports_edition_page"),
            path("<int:pk>/pages/<int:number>/<int:width>.jpg", view(self.picture), name="exports_edition_picture"),
        ]

    # --- The form ----------------------------------------------------------------------------------------------------
    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        edition = kwargs.get("obj")
        if edition is not None:
            earlier = Edition.objects.filter(output=edition.output_id, pk__lt=edition.pk).order_by("-pk")
            context |= {
                "earlier": list(earlier.select_related("output", "release")[:5]),
                "said": edition.warnings,
                **_thumbnails(edition, request.GET.get("pages", "")),
                **_map(edition, request.GET.get("sku", ""), request.GET.get("products", "")),
            }
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]

    # --- Pages -------------------------------------------------------------------------------------------------------
    def file(self, request: HttpRequest, pk: int) -> FileResponse:
        """The artefact, to be saved: an edition is not shown in this site's name."""
        edition = self._edition(request, pk)
        file = path_of(edition)
        if not file.is_file():
            raise Http404("The file of this edition is gone.")
        name = f"{edition.output.code}{''.join(file.suffixes)}"
        response = FileResponse(file.open("rb"), as_attachment=True, filename=name)
        response["X-Content-Type-Options"] = "nosniff"
        return response

    def picture(self, request: HttpRequest, pk: int, number: int, width: int) -> HttpResponse:
        edition = self._edition(request, pk)
        if width not in looking.WIDTHS:
            raise Http404
        try:
            body = looking.picture(edition, number, width)
        except NoPages as error:
            raise Http404(str(error)) from error
        answer = HttpResponse(body, content_type="image/jpeg")
        answer["Cache-Control"] = "private, max-age=86400, immutable"
        return answer

    def leaf(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        edition = self._edition(request, pk)
        try:
            every = looking.count(edition)
        except NoPages as error:
            raise Http404(str(error)) from error
        if not 1 <= number <= every:
            raise Http404
        context = {
            "title": f"Page {number} of {edition}",
            "edition": edition,
            "number": number,
            "before": number - 1,
            "after": number + 1 if number < every else 0,
            "every": every,
            "products": mapping.on_page(edition, number),
        }
        return self._told(request, "edition_page", context)

    def compare(self, request: HttpRequest) -> HttpResponse:
        """Two editions page by page. What takes long is done in steps: the page asks again until it is all there."""
        old, new = (self._edition(request, _number(request.GET.get(name, ""))) for name in ("from", "to"))
        title = f"{new.output.code}: from edition {old.pk} to {new.pk}"
        try:
            found = compared(old, new, SECONDS)
        except Unfinished as far:
            return self._told(request, "edition_comparing", {"title": title, "far": far})
        except (NotComparable, NoPages) as error:
            messages.error(request, str(error))
            return redirect("admin:exports_edition_change", new.pk)
        rows = shown(found, _number(request.GET.get("after", "")))
        query = urlencode({"from": old.pk, "to": new.pk, "after": rows.following})
        return self._told(
            request, "edition_compared", {"title": title, "found": found, "rows": rows, "following": query}
        )

    def _edition(self, request: HttpRequest, pk: int) -> Edition:
        """Raises PermissionDenied, and Http404."""
        if not self.has_view_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        edition = Edition.objects.select_related(*_RELATED).filter(pk=pk).first()
        if edition is None:
            raise Http404
        return edition

    def _told(self, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
        own = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, f"exports/admin/{name}.html", own)


def _thumbnails(edition: Edition, asked: str) -> dict[str, Any]:
    if not edition.file.endswith(".pdf"):
        return {}
    try:
        every = looking.count(edition)
    except NoPages as error:
        return {"no_pages": str(error)}
    first = _start(asked, every, THUMBNAILS)
    last = min(first + THUMBNAILS - 1, every)
    return {"thumbnails": range(first, last + 1), "every_page": every, "sheets": _sheets(every, THUMBNAILS, first)}


def _map(edition: Edition, search: str, asked: str) -> dict[str, Any]:
    if not mapping.has_map(edition):
        return {}
    first = _number(asked) or 1
    found = mapping.standing(edition, search.strip(), first - 1)
    return {"standing": found, "sku": search, "stretches": _sheets(found.every, mapping.ROWS, first)}


def _sheets(every: int, size: int, first: int) -> Sequence[tuple[int, int, bool]]:
    """First and last of each stretch, and whether it is the one that is shown; nothing where there is one only."""
    if every <= size:
        return ()
    return [(at, min(at + size - 1, every), at == first) for at in range(1, every + 1, size)]


def _start(asked: str, every: int, size: int) -> int:
    number = _number(asked)
    return (number - 1) // size * size + 1 if 1 <= number <= every else 1


def _number(said: str) -> int:
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0
