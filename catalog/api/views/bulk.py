"""Writing many objects at once: what is known is changed, what is not is made, and each is answered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from mptt.exceptions import InvalidMove
from rest_framework.request import Request

from catalog.api import describing, parameters
from catalog.api.fields import Wrong, list_in, object_in
from catalog.api.idempotency import once
from catalog.api.openapi import Operation
from catalog.api.problems import Error, Refusal, clash_of, pointing, wrong
from catalog.api.versions import refuse_other_version
from catalog.api.views.base import json, prefixed, refused
from catalog.api.views.objects import ObjectView

MAX_ITEMS = 500
_REFUSALS = (Refusal, Wrong, ValidationError, InvalidMove, IntegrityError)


class Done(NamedTuple):
    """One item's answer."""

    status: int
    key: str | None
    version: str | None = None
    problem: dict[str, Any] | None = None

    def shown(self) -> dict[str, Any]:
        return {name: value for name, value in self._asdict().items() if value is not None or name == "key"}


class BulkView(ObjectView):
    """An object may be called “bulk”; what is posted there is for all."""

    def operation(self, method: str) -> Operation | None:  # type: ignore[override]
        return describing.bulk(self.resource) if method == "POST" else None

    def needs(self, method: str) -> Any:
        """Each item needs its own permission; without either there is nothing to do here."""
        return [[*self.permissions("add"), *self.permissions("change")]] if method == "POST" else super().needs(method)

    def post(self, request: Request, key: str) -> HttpResponse:
        asked = parameters.read(request, "atomic")
        whole = parameters.choice(asked, "atomic", ["false", "true"]) == "true"
        return once(request, lambda: self.all(whole=whole))

    def all(self, *, whole: bool) -> HttpResponse:
        items = self.items()
        self.resource.lock()
        done = [self.one(item) for item in items]
        failed = [row for row in done if row.problem]
        if whole and failed:
            raise Refusal(400, "Nothing was written, because not all of it could be. See “errors”.", _errors(done))
        counts = {"created": sum(row.status == 201 for row in done), "updated": sum(row.status == 200 for row in done)}
        return json({**counts, "failed": len(failed), "items": [row.shown() for row in done]})

    def items(self) -> list[Any]:
        """Raises Refusal."""
        try:
            body = object_in(self.body(), "", 'an object with the member "items"')
            if set(body) != {"items"}:
                raise Wrong.at("", "Write the member “items” and no other.")
            items = list_in(body["items"], "/items", MAX_ITEMS)
        except Wrong as error:
            raise wrong(error.errors) from None
        if not items:
            raise wrong([pointing("/items", f"Write 1 to {MAX_ITEMS} items.")])
        return items

    def one(self, item: Any) -> Done:
        key = self.resource.key_in(item)
        row = None
        try:
            with transaction.atomic():
                row = self.resource.find(key, lock=True) if key else None
                adding = row is None
                self.refuse_item(row, item)
                row = self.written(_without_version(item), row)
                shown = self.resource.presented(self.stored(row))
                return Done(201 if adding else 200, self.resource.key_of(row), shown["version"])
        except _REFUSALS as error:
            found = clash_of(error) or (error if isinstance(error, Refusal) else None)
            found = found or refused(error, self.resource, row, {})
            if found is None:
                raise
            return Done(found.status_code, key, problem=orjson.loads(found.problem().content))

    def refuse_item(self, row: Any, item: Any) -> None:
        """Raises Refusal: 403 without the permission to make or change it, 412 for another version than the item's."""
        verb = "change" if row is not None else "add"
        if not self.may(verb):
            raise Refusal(403, f"You may not {verb} a {self.resource.model._meta.verbose_name}.")
        if not isinstance(item, dict) or "version" not in item:
            return
        version = item["version"]
        if not isinstance(version, str):
            raise wrong([pointing("/version", "Write the version that you were given, or leave it out.")])
        if row is None:
            raise Refusal(412, "There is no such object any more.")
        refuse_other_version([version], self.resource.show(row))


def _without_version(item: Any) -> Any:
    return {name: value for name, value in item.items() if name != "version"} if isinstance(item, dict) else item


def _errors(done: list[Done]) -> list[Error]:
    return [error for at, row in enumerate(done) for error in _errors_of(row, f"/items/{at}")]


def _errors_of(row: Done, pointer: str) -> Iterator[Error]:
    if row.problem:
        errors = row.problem.get("errors") or [pointing("", row.problem["detail"])]
        yield from prefixed(errors, pointer)
