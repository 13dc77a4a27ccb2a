"""One object: reading, changing and deleting it, and doing something to it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError, RestrictedError
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from catalog.api import describing, parameters
from catalog.api.fields import read_object
from catalog.api.idempotency import once
from catalog.api.openapi import Operation
from catalog.api.problems import Refusal, wrong
from catalog.api.resources.base import Act, errors_of
from catalog.api.versions import refuse_stale, tag_of
from catalog.api.views.base import REFUSALS, AuthoringView, cached, presented, refused


class ObjectView(AuthoringView):
    does = {"PATCH": "change", "DELETE": "delete"}

    def operation(self, method: str) -> Operation:
        make = {"PATCH": describing.update, "DELETE": describing.delete}.get(method, describing.retrieve)
        return make(self.resource)

    def get(self, request: Request, key: str) -> HttpResponseBase:
        more = self.resource.object_parameters
        asked = parameters.read(request, *(each.name for each in more))
        row = self.found(key)
        shown = self.resource.presented(row)
        extra = self.resource.object_extras(row, asked)
        return cached(request, {**shown, **extra}, tag_of(shown["version"], extra or None))

    def patch(self, request: Request, key: str) -> HttpResponse:
        parameters.read(request)
        resource = self.resource
        with transaction.atomic():
            resource.lock()
            row = self.found(key, lock=True)
            refuse_stale(request, resource.show(row))
            return presented(resource.presented(self.stored(self.written(self.body(), row))))

    def delete(self, request: Request, key: str) -> HttpResponse:
        parameters.read(request)
        with transaction.atomic():
            self.resource.lock()
            # Who deletes what he merged a moment ago means that, not what has its name now.
            row = self.found(key, lock=True, former=False)
            refuse_stale(request, self.resource.show(row))
            try:
                self.resource.delete(self.actor, row)
            except (*REFUSALS, ProtectedError, RestrictedError) as error:
                raise refused(error, self.resource, row, {}) or error from error
        return HttpResponse(status=204)


class ActView(AuthoringView):
    """Something that is done to one object, such as approving a fragment."""

    act: ClassVar[Act]

    def operation(self, method: str) -> Operation:
        return describing.acting(self.resource, self.act)

    def needs(self, method: str) -> Any:
        return [self.permissions("view" if method in ("GET", "HEAD", "OPTIONS") else self.act.permission)]

    def post(self, request: Request, key: str) -> HttpResponse:
        parameters.read(request)
        return once(request, lambda: self.done(request, key))

    def done(self, request: Request, key: str) -> HttpResponse:
        row = self.found(key, lock=True)
        refuse_stale(request, self.resource.show(row))
        try:
            row = self.act.run(self.actor, row, read_object(self.act.fields, self.body(), "")) or row
        except REFUSALS as error:
            raise self.refused(error, row) or error from error
        return presented(self.resource.presented(self.stored(row)))

    def refused(self, error: Exception, row: Any) -> Refusal | None:
        """What is said of the act's own members is told of these; the rest as when the object is written."""
        members = {each.name for each in self.act.fields}
        if isinstance(error, ValidationError) and hasattr(error, "error_dict") and error.error_dict.keys() <= members:
            return wrong(errors_of(error, self.act.fields))
        return refused(error, self.resource, row, {})
