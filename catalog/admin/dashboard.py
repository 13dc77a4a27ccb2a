"""The first page: how much there is, what is missing, what happened last."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.admin import site
from django.db.models import Count, Model, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from modeltranslation.utils import build_localized_fieldname

from catalog.admin.history import TONES
from catalog.models import Asset, Change, Finding, Fragment, Product
from catalog.quality.counting import completeness

site.index_title = "Overview"
MODELS = ("product", "fragment", "asset", "change", "finding")


def context(request: HttpRequest, page: dict[str, Any]) -> dict[str, Any]:
    """What the first page shows, of that which the reader may see. Named in settings.UNFOLD."""
    may = {name: request.user.has_perm(f"catalog.view_{name}") for name in MODELS}
    page["figures"] = [
        *(product_figures() if may["product"] else ()),
        *(fragment_figures() if may["fragment"] else ()),
        *(asset_figures() if may["asset"] else ()),
        *(finding_figures() if may["finding"] else ()),
    ]
    page["completeness"] = completeness_meters() if may["product"] else []
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
        figure("Products", found["roots"], "inventory_2", address("product", filter="parent is empty")),
        figure("Variants", found["variants"], "account_tree", address("product", filter="parent is not empty")),
    ]


def fragment_figures() -> list[dict[str, Any]]:
    states = dict(Fragment.objects.order_by().values_list("state").annotate(Count("pk")))
    icons = {"draft": "edit_note", "review": "rate_review", "approved": "verified", "retired": "archive"}
    return [
        figure(f"{label} fragments", states.get(state, 0), icons[state], address("fragment", state__exact=state))
        for state, label in Fragment.State.choices
    ]


def asset_figures() -> list[dict[str, Any]]:
    return [figure("Assets", Asset.objects.count(), "photo_library", address("asset"))]


def finding_figures() -> list[dict[str, Any]]:
    """Open findings by severity, as far as there are any."""
    icons = {"error": "error", "warning": "warning", "hint": "lightbulb"}
    rows = Finding.objects.filter(acknowledged_at__isnull=True).order_by().values_list("severity")
    found = dict(rows.annotate(Count("pk")))
    return [
        figure(f"{label}s found", found[code], icons[code], address("finding", state="open", severity__exact=code))
        for code, label in Finding.Severity.choices
        if code in found
    ]


def completeness_meters() -> list[dict[str, Any]]:
    """For each channel and language, how many of the products of which anything is demanded have it all."""
    return [
        {
            "name": f"{row.channel} ({row.language})",
            "missing": row.products - row.complete,
            "percent": 100 * row.complete // row.products,
        }
        for row in completeness()
    ]


def missing_texts() -> list[dict[str, Any]]:
    """For each language, how many fragments in use have their text in it, and how many have not."""
    used = Fragment.objects.exclude(state=Fragment.State.RETIRED)
    bodies = {code: build_localized_fieldname("body", code) for code, _ in settings.LANGUAGES}
    written = {code: Count("pk", filter=Q(**{f"{body}__gt": ""})) for code, body in bodies.items()}
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
    kinds = {kind._meta.model_name: kind._meta.verbose_name for kind in apps.get_models()}
    return [
        {
            "change": change,
            "kind": kinds.get(change.kind, change.kind),
            "tone": TONES.get(change.operation, "plain"),
            "url": change_address(listed.get(change.kind), change),
        }
        for change in Change.objects.all()[:12]
    ]


def change_address(kind: type[Model] | None, change: Change) -> str:
    if kind is None or change.operation == "delete":
        return ""
    return address(change.kind, q=change.key)
