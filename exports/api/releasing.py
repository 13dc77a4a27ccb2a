"""What differs between releases, and going back to an earlier one: for people who may see releases, or restore them."""

from __future__ import annotations

import re
from typing import Any, cast

import orjson
from django.db.models import Q
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog import querysets as knowledge
from catalog.actors import Actor
from catalog.api import paging, parameters
from catalog.api.authentication import UserTokenAuthentication
from catalog.api.bodies import JsonParser
from catalog.api.caching import mark_private
from catalog.api.openapi import ref
from catalog.api.problems import Problem
from catalog.models import Channel
from exports import querysets
from exports.api import schema
from exports.api.views import Pruned
from exports.gate.judging import KEPT, WITHHELD
from exports.gathering.selection import SelectionError
from exports.jobs.releases import release_later
from exports.models import Release
from exports.policies.refusing import Leave, Retired
from exports.releasing.comparing import as_json, differences_between
from exports.releasing.forecasting import upcoming
from exports.releasing.problems import problems_at
from exports.releasing.restoring import CannotRestore, let_go, roll_back

_LARGEST = 999_999_999
MAX_PRODUCTS, MAX_PROBLEMS, MAX_REASON = 100, 500, 500
EFFECTS = [KEPT, WITHHELD]
_ASKED = ("kind", "effect", "responsible")
_TOLD = ("sku", "kind", "message", "languages", "responsible", "effect")
_NUMBER = {"type": "integer", "minimum": 1, "maximum": _LARGEST}


def _answers(name: str, about: str, *more: int) -> Any:
    good = OpenApiResponse(ref(name), description=about)
    described = schema.answers({(200, "application/json"): good}, 400, 403, 406, *more)
    del described[304]
    return described


class MaySeeReleases(BasePermission):
    message = "Log in as somebody who may see releases; to release, may add them; to go back or on, may restore them."

    def has_permission(self, request: Request, view: APIView) -> bool:
        reads = request.method in ("GET", "HEAD", "OPTIONS")
        verb = "view" if reads else getattr(view, "verb", "restore")
        return request.user is not None and request.user.has_perm(f"exports.{verb}_release")


class StaffView(APIView):
    """Below a channel of any code; by a token, or by a session of the same person. The first tells strangers: 401."""

    how_to_log_in = MaySeeReleases.message
    authentication_classes = [UserTokenAuthentication, SessionAuthentication]
    permission_classes = [MaySeeReleases]
    parser_classes = [JsonParser]

    def channel(self, code: str) -> Channel:
        """Raises NotFound."""
        try:
            if querysets.is_code(code):
                return knowledge.channel_called(code)
        except Channel.DoesNotExist:
            pass
        raise NotFound("There is no such channel.")

    @property
    def actor(self) -> Actor:
        return Actor(self.request.user.get_username(), "api")

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        mark_private(answer)
        return answer


class DifferencesView(StaffView):
    @extend_schema(
        operation_id="listDifferences",
        summary="What differs between two releases",
        description=(
            "By product, and within it by fact and statement, in the order of SKUs: what stands in release `to` "
            "otherwise than in `from`, be it later or earlier. Without `to`: what the next release would change; that "
            "is worked out on the spot, at most `limit` documents, and has no pages; `stopped` says why the channel "
            "needs a person before it is released, or nothing."
        ),
        parameters=[
            schema.CHANNEL,
            OpenApiParameter("from", _NUMBER, description="A release; without `to` only the current one."),
            OpenApiParameter("to", _NUMBER, description="Another one."),
            OpenApiParameter("after", str, description="Only SKUs after this one: `next` of the page before."),
            schema.limit(MAX_PRODUCTS, 50),
        ],
        responses=_answers("DifferencesPage", "A page of differences.", 400, 409, 410),
    )
    def get(self, request: Request, channel: str) -> HttpResponse:
        given = parameters.read(request, "from", "to", "after", "limit")
        limit = cast(int, parameters.number(given, "limit", 50, 1, MAX_PRODUCTS))
        old = parameters.number(given, "from", None, 1, _LARGEST)
        new = parameters.number(given, "to", None, 1, _LARGEST)
        found = self.channel(channel)
        if new is None:
            return self.coming(found, old, limit)
        if old is None:
            raise ValidationError({"from": "This is needed where “to” is said."})
        page = differences_between(_release(found, old), _release(found, new), given.get("after", ""), limit)
        return _json(
            {
                "channel": found.code,
                "from": page.old,
                "to": page.new,
                "next": page.next or None,
                "changes": list(map(as_json, page.changes)),
            }
        )

    def coming(self, channel: Channel, old: int | None, limit: int) -> HttpResponse:
        current = querysets.current_number(channel)
        if old is not None and old != current:
            raise ValidationError({"from": f"The next release follows release {current}."})
        try:
            found = upcoming(channel, limit)
        except (SelectionError, Retired) as error:
            return Problem(409, str(error))
        changes = list(map(as_json, found.changes))
        return _json(
            {
                "channel": channel.code,
                "from": found.after,
                "to": None,
                "next": None,
                "complete": found.complete,
                "stopped": querysets.policy_of(channel).stopped,
                "changes": changes,
            }
        )


class ReportView(StaffView):
    @extend_schema(
        operation_id="listProblems",
        summary="The report of a release",
        description=(
            "What was amiss with which product, in which languages; who can mend it; and what became of the document: "
            "`kept` as it was released before, `withheld`, or nothing. In the order of SKUs."
        ),
        parameters=[
            schema.CHANNEL,
            OpenApiParameter("release", _NUMBER, OpenApiParameter.PATH, description="The number of the release."),
            OpenApiParameter("kind", str, description="Only of this kind, such as `incomplete`."),
            OpenApiParameter("effect", {"type": "string", "enum": EFFECTS}, description="Only what had this effect."),
            OpenApiParameter("responsible", str, description="Only what this role can mend."),
            OpenApiParameter("cursor", str, description="Where to go on: comes with `next`."),
            schema.limit(MAX_PROBLEMS, 100),
        ],
        responses=_answers("ProblemsPage", "A page of the report.", 404, 410),
    )
    def get(self, request: Request, channel: str, release: str) -> HttpResponse:
        given = parameters.read(request, "kind", "effect", "responsible", "cursor", "limit")
        limit = cast(int, parameters.number(given, "limit", 100, 1, MAX_PROBLEMS))
        parameters.choice(given, "effect", EFFECTS)
        if not re.fullmatch("[1-9][0-9]{0,8}", release):
            raise NotFound("Releases have numbers.")
        found = _release(self.channel(channel), int(release))
        listing = f"releases/{found.pk}/report"
        rows = problems_at(found).filter(**{name: given[name] for name in _ASKED if name in given})
        if (after := paging.read(listing, given)) is not None:
            sku, pk = after
            rows = rows.filter(Q(sku__gt=sku) | Q(sku=sku, pk__gt=pk))
        page = list(rows.order_by("sku", "pk")[: limit + 1])
        following = None
        if len(page) > limit:
            page = page[:limit]
            following = paging.following(request, listing, given, [page[-1].sku, page[-1].pk])
        told = [{name: getattr(row, name) for name in _TOLD} for row in page]
        return _json({"channel": found.channel.code, "release": found.number, "next": following, "problems": told})


class ReleaseView(StaffView):
    verb = "add"

    @extend_schema(
        operation_id="release",
        summary="Release a channel",
        description=(
            "Puts a release in line; the job tells what came of it. `override_freeze`, a reason, and `allow_shrink` "
            "give leave once, and take the permissions for that."
        ),
        parameters=[schema.CHANNEL],
        request={"application/json": ref("ReleaseOrder")},
        responses=_answers("ReleaseOrdered", "It is in line.", 400, 413, 415),
    )
    def post(self, request: Request, channel: str) -> HttpResponse:
        parameters.read(request)
        leave = _leave(request.data)
        for given, permission in ((leave.freeze, "override_freeze"), (leave.shrink, "allow_shrink")):
            if given and not request.user.has_perm(f"exports.{permission}"):
                raise PermissionDenied(f"This takes the permission “{permission}”.")
        found = self.channel(channel)
        job = release_later(self.actor, found, priority=5, leave=leave)
        return _json({"channel": found.code, "job": job.pk})


class RollBackView(StaffView):
    @extend_schema(
        operation_id="rollBack",
        summary="Go back to an earlier release",
        description=(
            "Releases the state of `release` again, under the next number. The channel then releases nothing more "
            "until it is let go on."
        ),
        parameters=[schema.CHANNEL],
        request={"application/json": ref("RollBack")},
        responses=_answers("RolledBack", "The new release.", 400, 409, 413, 415),
    )
    def post(self, request: Request, channel: str) -> HttpResponse:
        parameters.read(request)
        said = request.data
        number = said.get("release") if isinstance(said, dict) and said.keys() == {"release"} else None
        if not isinstance(number, int) or isinstance(number, bool) or not 0 < number <= _LARGEST:
            raise ValidationError({"release": "Say the number of a release, and nothing else."})
        try:
            made = roll_back(self.actor, self.channel(channel), number)
        except (CannotRestore, Retired) as error:
            return Problem(409, str(error))
        return _json({"channel": made.channel.code, "release": made.number, "restores": made.restores})


class LetGoView(StaffView):
    @extend_schema(
        operation_id="letGoOn",
        summary="Let a channel go on",
        description="After going back: the next release says again what the knowledge base says.",
        parameters=[schema.CHANNEL],
        request=None,
        responses=_answers("LetGo", "Whether it was held."),
    )
    def post(self, request: Request, channel: str) -> HttpResponse:
        parameters.read(request)
        found = self.channel(channel)
        return _json({"channel": found.code, "held": let_go(self.actor, found)})


def _leave(said: Any) -> Leave:
    """Raises ValidationError."""
    said = {} if said is None else said
    if not isinstance(said, dict) or said.keys() - {"override_freeze", "allow_shrink"}:
        raise ValidationError("Write an object of “override_freeze” and “allow_shrink”, or nothing.")
    freeze, shrink = said.get("override_freeze", ""), said.get("allow_shrink", False)
    if not isinstance(freeze, str) or len(freeze) > MAX_REASON:
        raise ValidationError({"override_freeze": f"Write a reason of at most {MAX_REASON} characters."})
    if not isinstance(shrink, bool):
        raise ValidationError({"allow_shrink": "Write true or false."})
    return Leave(freeze=freeze.strip(), shrink=shrink)


def _release(channel: Channel, number: int) -> Release:
    """Raises NotFound and Pruned."""
    found = querysets.release_of(channel, number)
    if found is None:
        raise NotFound(f"There is no release {number} of this channel.")
    if found.pruned_at:
        raise Pruned(f"The documents of release {number} are kept no more.")
    return found


def _json(body: Any) -> HttpResponse:
    return HttpResponse(orjson.dumps(body), content_type="application/json")
