"""Listing a resource, and making one more."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any, cast
from urllib.parse import quote

import orjson
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from catalog.api import describing, paging, parameters
from catalog.api.idempotency import once
from catalog.api.openapi import Operation
from catalog.api.views.base import AuthoringView, cached, presented


class ListView(AuthoringView):
    does = {"POST": "add"}

    def operation(self, method: str) -> Operation:
        return describing.create(self.resource) if method == "POST" else describing.listing(self.resource)

    def get(self, request: Request) -> HttpResponseBase:
        resource = self.resource
        asked = parameters.read(request, *(each.name for each in resource.parameters), "limit", "cursor")
        limit = cast(int, parameters.number(asked, "limit", paging.DEFAULT_LIMIT, 1, paging.MAX_LIMIT))
        after = paging.read(resource.route, asked)
        found = resource.narrowed(resource.model._default_manager.order_by(), asked)
        keys = found.alias(listed=resource.listed_by).order_by("listed")
        if after is not None:
            keys = keys.filter(listed__gt=resource.after(after))
        # Whole rows are read only of the page: to be put in order, all found would have to be carried along.
        ids = list(keys.annotate(listed_key=resource.listed_by).values_list("pk", "listed_key")[: limit + 1])
        page = self.page(ids[:limit])
        following = paging.following(request, resource.route, asked, ids[limit - 1][1]) if len(ids) > limit else None
        body = {"next": following, "items": page, **resource.extras(found, asked)}
        return cached(request, body, f'"{blake2b(orjson.dumps(body), digest_size=16).hexdigest()}"')

    def page(self, ids: list[Any]) -> list[dict[str, Any]]:
        by_id = {row.pk: row for row in self.resource.rows().filter(pk__in=[pk for pk, _ in ids]).order_by()}
        return [self.resource.presented(by_id[pk]) for pk, _ in ids if pk in by_id]

    def post(self, request: Request) -> HttpResponse:
        parameters.read(request)
        return once(request, self.create)

    def create(self) -> HttpResponse:
        resource = self.resource
        resource.lock()
        row = self.written(self.body())
        answer = presented(resource.presented(self.stored(row)), 201)
        answer.headers["Location"] = self.request.build_absolute_uri(
            f"{self.request.path}{quote(resource.key_of(row), safe=':')}/"
        )
        return answer
