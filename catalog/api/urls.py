"""Addresses of the API for authors, version 1, and of the description of everything below /api/v1/."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from catalog.api.resources.assets import Assets
from catalog.api.resources.base import Resource
from catalog.api.resources.fragments import Fragments
from catalog.api.resources.registry import RESOURCES
from catalog.api.views.base import AuthoringView
from catalog.api.views.bulk import BulkView
from catalog.api.views.files import AssetListView, FileView
from catalog.api.views.listing import ListView
from catalog.api.views.looking import CommentsView, HistoryView, ImpactView, RevisionsView, UsesView
from catalog.api.views.objects import ActView, ObjectView


def _view(kind: type[AuthoringView], resource: Resource, **more: object) -> type[AuthoringView]:
    """The same view for one resource; a class of its own, by which it is described."""
    made: type[AuthoringView] = type(f"{resource.name}{kind.__name__}", (kind,), {"resource": resource, **more})
    return made


def _addresses(resource: Resource) -> Iterator[URLPattern]:
    route, one = resource.route, f"{resource.route}/<str:key>"
    listing = AssetListView if isinstance(resource, Assets) else ListView
    yield path(f"{route}/", _view(listing, resource).as_view(), name=route)
    yield path(f"{route}/bulk/", _view(BulkView, resource).as_view(), {"key": "bulk"}, name=f"{route}-bulk")
    yield path(f"{one}/", _view(ObjectView, resource).as_view(), name=f"{route}-object")
    if resource.looked_at:
        yield path(f"{one}/where-used/", _view(UsesView, resource).as_view(), name=f"{route}-uses")
        yield path(f"{one}/history/", _view(HistoryView, resource).as_view(), name=f"{route}-history")
    if isinstance(resource, Fragments):
        yield path(f"{one}/revisions/", _view(RevisionsView, resource).as_view(), name=f"{route}-revisions")
        yield path(f"{one}/comments/", _view(CommentsView, resource).as_view(), name=f"{route}-comments")
        yield path(f"{one}/impact/", _view(ImpactView, resource).as_view(), name=f"{route}-impact")
    if isinstance(resource, Assets):
        yield path(f"{one}/file/", _view(FileView, resource).as_view(), name=f"{route}-file")
    for act in resource.acts:
        yield path(f"{one}/{act.name}/", _view(ActView, resource, act=act).as_view(), name=f"{route}-{act.name}")


urlpatterns = [
    *(address for resource in RESOURCES for address in _addresses(resource)),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
]
