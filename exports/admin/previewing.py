"""Beside the form of an output its first pages, as it is filled in, before anything is saved."""

from __future__ import annotations

import tempfile
import threading
from base64 import b64encode
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from exports import previews
from exports.editions import BuildFailed
from exports.formats.base import Problem
from exports.formats.registry import FORMATS
from exports.models import Output
from exports.pages import looking

PAGES, WIDTH = 6, 700
TEXT = 4_000  # characters of what is no PDF
PROBLEMS = 20

# Laying out takes much memory: whoever else looks at a preview waits for his turn, so many seconds.
_one_by_one = threading.Lock()
PATIENCE = 40.0
BUSY = "Other previews are being made just now. Change something, or try again in a moment."


class Previews:
    """The part of the outputs' admin that shows pages."""

    admin_site: Any

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.pages_view)
        urls: list[URLPattern] = super().get_urls()  # type: ignore[misc]
        return [path("<int:pk>/preview/", view, name="exports_output_preview"), *urls]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        obj = kwargs.get("obj")
        if obj is not None and obj.format in FORMATS:
            context["preview_url"] = reverse("admin:exports_output_preview", args=[obj.pk])
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]

    def pages_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What the form that is sent would come to, or what is wrong with it."""
        output = Output.objects.select_related("channel").filter(pk=pk).first()
        if output is None:
            raise Http404
        if not self.has_change_permission(request, output):  # type: ignore[attr-defined]
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form = self.get_form(request, output, change=True)(request.POST, instance=output)  # type: ignore[attr-defined]
        if not form.is_valid():
            messages = [message for errors in form.errors.values() for message in errors]
            return TemplateResponse(request, _TEMPLATE, {"refused": messages})
        return TemplateResponse(request, _TEMPLATE, _shown(form.instance))


_TEMPLATE = "exports/admin/preview.html"


def _shown(output: Output) -> dict[str, Any]:
    if not _one_by_one.acquire(timeout=PATIENCE):
        return {"refused": [BUSY]}
    try:
        with tempfile.TemporaryDirectory(prefix="tessera-preview-") as folder:
            return _made(output, Path(folder) / "preview")
    except (BuildFailed, looking.NoPages) as error:
        return {"refused": [str(error)]}
    finally:
        _one_by_one.release()


def _made(output: Output, file: Path) -> dict[str, Any]:
    with file.open("w+b") as out:
        problems = previews.write(output, out)
    return {**_looks(output, file), **_told(problems)}


def _looks(output: Output, file: Path) -> dict[str, Any]:
    form = FORMATS[output.format]
    if form.extension == "pdf":
        pages, count = looking.first_pages(file, PAGES, WIDTH)
        return {"pages": [b64encode(page).decode() for page in pages], "more": count - len(pages)}
    if form.extension == "xlsx":
        return {"text": "A workbook is best looked at in Excel: build an edition and open it."}
    if form.extension == "zip":
        return {"text": "A web site is best looked at as a whole: build an edition and open it."}
    with file.open(encoding="utf-8", errors="replace") as text:
        return {"text": text.read(TEXT)}


def _told(problems: list[Problem]) -> dict[str, Any]:
    return {"problems": problems[:PROBLEMS], "other_problems": max(0, len(problems) - PROBLEMS)}
