"""Searching for what a field keeps by its code: the answer Select2 expects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, JsonResponse

PAGE = 20


def lookup(
    admin: Any, request: HttpRequest, code: str, name: Callable[[Any], str], among: QuerySet[Any] | None = None
) -> JsonResponse:
    """Rows of an admin class that match `term`, as {"id": code, "text": name}, twenty at a time.

    `among` narrows them to those that can be meant.
    """
    if not admin.has_view_permission(request):
        raise PermissionDenied
    page = request.GET.get("page", "1")
    start = (max(int(page), 1) - 1) * PAGE if page.isdigit() and len(page) < 6 else 0
    offered = admin.get_queryset(request) if among is None else among
    # PostgreSQL takes no NUL, and no code or name has one.
    term = request.GET.get("term", "").replace("\0", "")[:100]
    rows, _ = admin.get_search_results(request, offered, term)
    found = list(rows.order_by(code)[start : start + PAGE + 1])
    return JsonResponse(
        {
            "results": [{"id": getattr(row, code), "text": name(row)} for row in found[:PAGE]],
            "pagination": {"more": len(found) > PAGE},
        }
    )
