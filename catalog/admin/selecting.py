"""What a page says that asks how to change the rows chosen in a list, and sends along which they are."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

EXAMPLES = 20


def selected(request: HttpRequest, rows: QuerySet[Any], name: str) -> dict[str, Any]:
    """For the template catalog/admin/on_selected.html; `name` is the field that rows are called by."""
    return {
        "opts": rows.model._meta,
        "count": rows.count(),
        "codes": list(rows.order_by(name).values_list(name, flat=True)[:EXAMPLES]),
        "selected": request.POST.getlist("_selected_action"),
        "across": request.POST.get("select_across", "0"),
        "back": request.get_full_path(),
    }
