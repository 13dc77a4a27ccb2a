"""Searching for what a field keeps by its code: the answer Select2 expects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse

PAGE = 20


def lookup(admin: Any, request: HttpRequest, code: str, name: Callable[[Any], str]) -> JsonResponse:
    """Rows of an admin class that match `term`, as {"id": code, "text": name}, twenty at a time."""
    if not admin.has_view_permission(request):
        raise PermissionDenied
    page = request.GET.get("page", "1")
    start = (max(int(page), 1) - 1) * PAGE if page.isdigit() and len(page) < 6 else 0
    rows, _ = admin.get_search_results(request, admin.get_queryset(request), request.GET.get("term", "")[:100])
    found = list(rows.order_by(code)[start : start + PAGE + 1])
    return JsonResponse(
        {
            "results": [{"id": getattr(row, code), "text": name(row)} for row in found[:PAGE]],
            "pagination": {"more": len(found) > PAGE},
        }
    )
