"""What all answers to people and their programs have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import orjson
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from mptt.exceptions import InvalidMove
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import NotFound
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.actors import Actor
from catalog.api.authentication import MayDo, UserTokenAuthentication
from catalog.api.bodies import JsonParser
from catalog.api.caching import mark_private, tagged, unchanged
from catalog.api.fields import Wrong
from catalog.api.limits import TokenRate, tell_rate
from catalog.api.openapi import Described, Operation
from catalog.api.problems import Error, Refusal, clash_of, pointing, refusal_of, wrong
from catalog.api.resources.base import Resource
from catalog.api.versions import tag_of
from catalog.usage import InUse

READS = ("GET", "HEAD", "OPTIONS")


class PersonView(APIView):
    """Open to people by their token or, in the browser, by their session. The first tells strangers how: 401."""

    authentication_classes = [UserTokenAuthentication, SessionAuthentication]
    throttle_classes = [TokenRate]
    parser_classes = [JsonParser]
    renderer_classes = [JSONRenderer]
    how_to_log_in = "Send a user's token: “Authorization: Bearer tsu_...”."

    @property
    def actor(self) -> Actor:
        return Actor(name=self.request.user.get_username(), path="api")

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        mark_private(answer)
        tell_rate(request, answer)
        return answer

    def handle_exception(self, exc: Exception) -> Any:
        """A body that cannot be read, and two writes at once, are the writers' business, and no fault of ours."""
        said = wrong(exc.errors) if isinstance(exc, Wrong) else clash_of(exc)
        return super().handle_exception(said or exc)


class AuthoringView(PersonView):
    """Who may do something to an object in the admin may do it here."""

    resource: ClassVar[Resource]
    permission_classes = [MayDo]
    schema = Described()
    # By method, what is done to objects; reading where nothing is said.
    does: ClassVar[dict[str, str]] = {}

    def operation(self, method: str) -> Operation:
        """How a method is described."""
        raise NotImplementedError

    def needs(self, method: str) -> list[Sequence[str]]:
        """The permissions that a method needs: one of each."""
        return [self.permissions(self.does.get(method, "view") if method not in READS else "view")]

    def permissions(self, verb: str) -> Sequence[str]:
        """As in the admin: who may change something may see it."""
        verbs = ("view", "change") if verb == "view" else (verb,)
        name = self.resource.model._meta.model_name
        return [f"catalog.{each}_{name}" for each in verbs]

    def may(self, verb: str) -> bool:
        return any(self.request.user.has_perm(one) for one in self.permissions(verb))

    # --- Rows --------------------------------------------------------------------------------------------------------
    def found(self, key: str, *, lock: bool = False, former: bool = True) -> Any:
        """The row at an address; `former` names lead there as well. Raises NotFound."""
        row = self.resource.find(key, lock=lock, former=former)
        if row is None:
            raise NotFound(f"There is no {self.resource.model._meta.verbose_name} of that name here.")
        return row

    def listing_of(self, row: Any, part: str) -> str:
        """What a cursor names, of a listing that belongs to one object."""
        return f"{self.resource.route}/{self.resource.key_of(row)}/{part}"

    def body(self) -> Any:
        return self.request.data

    def written(self, body: Any, row: Any = None) -> Any:
        """The row, or a new one, stored as the body would have it. Raises Refusal for what the body may not ask."""
        target = row if row is not None else self.resource.blank()
        data: dict[str, Any] = {}
        try:
            data = self.resource.read(body, row)
            return self.resource.write(self.actor, target, data)
        except REFUSALS as error:
            raise refused(error, self.resource, target, data) or error from error

    def stored(self, row: Any) -> Any:
        """The row as it is now, with what is shown of it."""
        return self.resource.rows().get(pk=row.pk)


def refused(error: Exception, resource: Resource, row: Any, data: dict[str, Any]) -> Refusal | None:
    """What an operation would not do, as an answer; None for what is our own fault."""
    if isinstance(error, Wrong):
        return wrong(error.errors)
    if isinstance(error, InUse):
        return refusal_of(error)
    if isinstance(error, ValidationError):
        return wrong(resource.blame(error, row, data))
    if isinstance(error, InvalidMove):
        return wrong([pointing("/parent", str(error))])
    return refusal_of(error)


# What an operation raises when it will not do what it is asked.
REFUSALS = (Wrong, ValidationError, InvalidMove)


def json(body: Any, status: int = 200) -> HttpResponse:
    return HttpResponse(orjson.dumps(body), status=status, content_type="application/json")


def presented(shown: dict[str, Any], status: int = 200) -> HttpResponse:
    """An object with its version as the entity tag."""
    return tagged(json(shown, status), tag_of(shown["version"]))


def cached(request: Request, body: Any, etag: str) -> HttpResponseBase:
    """The answer with its entity tag, or 304 for who has it."""
    answer = unchanged(request, etag)
    return tagged(answer if answer is not None else json(body), etag)


def prefixed(errors: Sequence[Error], pointer: str) -> list[Error]:
    """The errors of a part, as those of the whole."""
    return [{**error, "pointer": pointer + error.get("pointer", "")} for error in errors]
