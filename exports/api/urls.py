"""Addresses of what channels pull, version 1; those of authors are in catalog.api.urls."""

from __future__ import annotations

from django.urls import path, re_path

from exports.api import changes, views
from exports.api.explaining import ExplainView

urlpatterns = [
    path("channels/<str:channel>/documents/", views.DocumentsView.as_view(), name="documents"),
    path("channels/<str:channel>/documents/<str:sku>/", views.DocumentView.as_view(), name="document"),
    path("channels/<str:channel>/changes/", changes.ChangesView.as_view(), name="changes"),
    path("channels/<str:channel>/releases/", views.ReleasesView.as_view(), name="releases"),
    path("products/<str:key>/explain/", ExplainView.as_view(), name="explain"),
    # Last, and only with a slash at the end, so that Django still adds a forgotten one.
    re_path(r"^(?:.*/)?$", views.nothing),
]
