"""Everything a channel or a customer can fetch."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path

from exports.api.feeds import FeedView
from exports.views import assets, health, pages, start

urlpatterns: list[URLPattern | URLResolver] = [
    path("", start.start, name="start"),
    path("api/v1/", include("exports.api.urls")),
    path("feeds/<str:output>", FeedView.as_view(), name="feed"),
    path("assets/<str:digest>/<str:name>", assets.asset, name="asset"),
    path("healthz", health.health, name="health"),
    path("p/<str:channel>/", pages.channel, name="channel_page"),
    path("p/<str:channel>/<str:language>/", pages.index, name="index_page"),
    path("p/<str:channel>/<str:language>/c/<str:category>/", pages.category, name="category_page"),
    path("p/<str:channel>/<str:language>/<str:sku>/", pages.product, name="product_page"),
    re_path(r"^p/(?:.*/)?$", pages.nothing),
]
