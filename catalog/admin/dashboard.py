"""The first page: how much there is, what is missing, what happened last."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.admin import site
from django.db.models import Count, Model, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from catalog.admin.history import TONES
from catalog.models import Asset, Change, Fragment, Product

site.index_title = "Overview"


def context(request: HttpRequest, page: dict[str, Any]) -> dict[str, Any]:
    """What the first page shows, of that which the reader may see. Named in settings.UNFOLD."""
    may = {name: request.user.has_perm(f"catalog.view_{name}") for name in ("product", "fragment", "asset", "change")}
    page["figures"] = [
        *(product_figures() if may["product"] else ()),
        *(fragment_figures() if may["fragment"] else ()),
        *(asset_figures() if may["asset"] else ()),
    ]
    page["languages"] = missing_texts() if may["fragment"] else []
    page["changes"] = latest_changes() if may["change"] else []
    return page


def address(kind: str, **query: Any) -> str:
    """The list of a kind of object, filtered."""
    listed = reverse(f"admin:catalog_{kind}_changelist")
    return f"{listed}?{urlencode(query)}" if query else listed


def figure(label: str, number: int, icon: str, url: str) -> dict[str, Any]:
    return {"label": label, "number": number, "icon": icon, "url": url}


def product_figures() -> list[dict[str, Any]]:
    found = Product.objects.aggregate(
        roots=Count("pk", filter=Q(parent__isnull=True)), variants=Count("pk", filter=Q(parent__isnull=False))
    )
    return [
        figure("Products", found["roots"], "inventory_2", address("product", level="root")),
        figure("Variants", found["variants"], "account_tree", address("product", level="variant")),
    ]


def fragment_figures() -> list[dict[str, Any]]:
    states = dict(Fragment.objects.order_by().values_list("state").annotate(Count("pk")))
    icons = {"draft": "edit_note", "approved": "verified", "retired": "archive"}
    return [
        figure(f"{label} fragments", states.get(state, 0), icons[state], address("fragment", state__exact=state))
        for state, label in Fragment.State.choices
    ]


def asset_figures() -> list[dict[str, Any]]:
    return [figure("Assets", Asset.objects.count(), "photo_library", address("asset"))]


def missing_texts() -> list[dict[str, Any]]:
    """For each language, how many fragments in use have their text in it, and how many have not."""
    used = Fragment.objects.exclude(state=Fragment.State.RETIRED)
    written = {code: Count("pk", filter=Q(**{f"body_{code}__gt": ""})) for code, _ in settings.LANGUAGES}
    found = used.aggregate(total=Count("pk"), **written)
    total = found["total"]
    return [
        {
            "code": code,
            "name": name,
            "missing": total - found[code],
            "percent": 100 * found[code] // total if total else 100,
            "url": address("fragment", missing=code),
        }
        for code, name in settings.LANGUAGES
    ]


def latest_changes() -> list[dict[str, Any]]:
    """The last dozen changes, each with the list that finds its object."""
    listed = {kind._meta.model_name: kind for kind in site._registry if kind._meta.app_label == "catalog"}
    return [
        {
            "change": change,
            "tone": TONES.get(change.operation, "plain"),
            "url": change_address(listed.get(change.kind), change),
        }
        for change in Change.objects.all()[:12]
    ]


def change_address(kind: type[Model] | None, change: Change) -> str:
    if kind is None or change.operation == "delete":
        return ""
    return address(change.kind, q=change.key)
