"""Addresses of the API, version 1."""

from __future__ import annotations

from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from exports.api import changes, views

urlpatterns = [
    path("channels/<str:channel>/documents/", views.DocumentsView.as_view(), name="documents"),
    path("channels/<str:channel>/documents/<str:sku>/", views.DocumentView.as_view(), name="document"),
    path("channels/<str:channel>/changes/", changes.ChangesView.as_view(), name="changes"),
    path("channels/<str:channel>/releases/", views.ReleasesView.as_view(), name="releases"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
    # Last, and only with a slash at the end, so that Django still adds a forgotten one.
    re_path(r"^(?:.*/)?$", views.nothing),
]
