"""What differs between releases, and going back to an earlier one: for people who may see releases, or restore them."""

from __future__ import annotations

import re
from typing import Any, ClassVar, cast

from django.db.models import Q
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from catalog import querysets as knowledge
from catalog.api import describing, paging, parameters
from catalog.api.fields import Field, Flag, Text, Whole, object_schema, read_object
from catalog.api.idempotency import once
from catalog.api.openapi import JSON, ref
from catalog.api.problems import Refusal
from catalog.api.views.base import PersonView, json
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


class ReleasesOfView(PersonView):
    """Below a channel of any code, for who may see its releases."""

    how_to_log_in = MaySeeReleases.message
    permission_classes = [MaySeeReleases]

    def channel(self, code: str) -> Channel:
        """Raises NotFound."""
        try:
            if querysets.is_code(code):
                return knowledge.channel_called(code)
        except Channel.DoesNotExist:
            pass
        raise NotFound("There is no such channel.")


class DifferencesView(ReleasesOfView):
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
        return json(
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
            raise Refusal(409, str(error)) from None
        changes = list(map(as_json, found.changes))
        return json(
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


class ReportView(ReleasesOfView):
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
        return json({"channel": found.channel.code, "release": found.number, "next": following, "problems": told})


class OrderView(ReleasesOfView):
    """Something that is done to a channel's releases, once however often it is sent."""

    fields: ClassVar[tuple[Field, ...]] = ()

    def post(self, request: Request, channel: str) -> HttpResponse:
        parameters.read(request)
        return once(request, lambda: json(self.done(read_object(self.fields, _said(request), ""), channel)))

    def done(self, said: dict[str, Any], channel: str) -> dict[str, Any]:
        """Do it as the body said, and tell what came of it."""
        raise NotImplementedError


def _said(request: Request) -> Any:
    """The body; none, and null, are an object without members."""
    return {} if request.data is None else request.data


def _order(id: str, summary: str, about: str, view: type[OrderView], answer: str, good: str) -> Any:
    """Describes the only method of an order."""
    return extend_schema_view(
        post=extend_schema(
            operation_id=id,
            summary=summary,
            description=about,
            parameters=[schema.CHANNEL, describing.ONCE],
            request={JSON: object_schema(view.fields, complete=False)} if view.fields else None,
            responses=_answers(answer, good, 400, 409, 413, 415, 422),
        )
    )(view)


class ReleaseView(OrderView):
    verb = "add"
    fields = (
        Field("override_freeze", Text(MAX_REASON), "Why it is released in a freeze."),
        Field("allow_shrink", Flag(), "Whether it may lose more than its policy allows."),
    )

    def done(self, said: dict[str, Any], channel: str) -> dict[str, Any]:
        leave = Leave(freeze=said.get("override_freeze", "").strip(), shrink=said.get("allow_shrink", False))
        for given, permission in ((leave.freeze, "override_freeze"), (leave.shrink, "allow_shrink")):
            if given and not self.request.user.has_perm(f"exports.{permission}"):
                raise PermissionDenied(f"This takes the permission “{permission}”.")
        found = self.channel(channel)
        job = release_later(self.actor, found, priority=5, leave=leave)
        return {"channel": found.code, "job": job.pk}


class RollBackView(OrderView):
    fields = (Field("release", Whole(1, _LARGEST), "Its number.", required=True),)

    def done(self, said: dict[str, Any], channel: str) -> dict[str, Any]:
        try:
            made = roll_back(self.actor, self.channel(channel), said["release"])
        except (CannotRestore, Retired) as error:
            raise Refusal(409, str(error)) from None
        return {"channel": made.channel.code, "release": made.number, "restores": made.restores}


class LetGoView(OrderView):
    def done(self, said: dict[str, Any], channel: str) -> dict[str, Any]:
        found = self.channel(channel)
        return {"channel": found.code, "held": let_go(self.actor, found)}


_order(
    "release",
    "Release a channel",
    "Puts a release in line; the job tells what came of it. `override_freeze`, a reason, and `allow_shrink` give leave "
    "once, and take the permissions for that.",
    ReleaseView,
    "ReleaseOrdered",
    "It is in line.",
)
_order(
    "rollBack",
    "Go back to an earlier release",
    "Releases the state of `release` again, under the next number. The channel then releases nothing more until it is "
    "let go on.",
    RollBackView,
    "RolledBack",
    "The new release.",
)
_order(
    "letGoOn",
    "Let a channel go on",
    "After going back: the next release says again what the knowledge base says.",
    LetGoView,
    "LetGo",
    "Whether it was held.",
)


def _release(channel: Channel, number: int) -> Release:
    """Raises NotFound and Pruned."""
    found = querysets.release_of(channel, number)
    if found is None:
        raise NotFound(f"There is no release {number} of this channel.")
    if found.pruned_at:
        raise Pruned(f"The documents of release {number} are kept no more.")
    return found
