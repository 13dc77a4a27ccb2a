"""Jobs over HTTP: how far each is and what went wrong, cancelled or tried again. For people who may see jobs."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework.exceptions import NotFound
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from catalog.api import describing, parameters
from catalog.api.idempotency import once
from catalog.api.openapi import ref
from catalog.api.problems import Refusal
from catalog.api.views.base import PersonView, json
from catalog.jobs import cancel, retry
from catalog.jobs.telling import told, told_in_full
from catalog.models import Job
from exports.api import schema

STATES = ("", *Job.State.values)
ACTS = {"cancel": cancel, "retry": retry}
_LARGEST = 999_999_999
_ANSWER = OpenApiResponse(ref("Job"), description="The job.")
_ID = OpenApiParameter("id", {"type": "integer", "minimum": 1}, OpenApiParameter.PATH, description="The job's number.")


def _answers(good: OpenApiResponse, *more: int) -> Any:
    described = schema.answers({(200, "application/json"): good}, 406, *more)
    del described[304]
    return described


class MaySeeJobs(BasePermission):
    message = "Log in as somebody who may see jobs, and for cancelling or trying again, change them."

    def has_permission(self, request: Request, view: APIView) -> bool:
        verbs = ("view", "change") if request.method in ("GET", "HEAD", "OPTIONS") else ("change",)
        return request.user is not None and any(request.user.has_perm(f"catalog.{verb}_job") for verb in verbs)


class JobView(PersonView):
    how_to_log_in = MaySeeJobs.message
    permission_classes = [MaySeeJobs]

    def found(self, id: str) -> Job:
        """Raises NotFound."""
        job = Job.objects.filter(pk=int(id)).first() if id.isascii() and id.isdigit() and len(id) < 19 else None
        if job is None:
            raise NotFound("There is no such job; what ended a month ago is forgotten.")
        return job


class JobsView(JobView):
    @extend_schema(
        operation_id="listJobs",
        summary="The jobs",
        description="The latest first. What ended over a month ago is forgotten.",
        parameters=[
            OpenApiParameter("state", {"type": "string", "enum": Job.State.values}, description="Only in this state."),
            OpenApiParameter("kind", str, description="Only of this kind, such as `release`."),
            OpenApiParameter("before", {"type": "integer", "minimum": 1}, description="Only jobs with a smaller `id`."),
            schema.limit(100, 50),
        ],
        responses=_answers(OpenApiResponse(ref("JobsPage"), description="A page of jobs."), 400),
    )
    def get(self, request: Request) -> HttpResponse:
        given = parameters.read(request, "state", "kind", "before", "limit")
        limit = cast(int, parameters.number(given, "limit", 50, 1, 100))
        before = parameters.number(given, "before", None, 1, _LARGEST)
        wanted: dict[str, Any] = {name: given[name] for name in ("state", "kind") if name in given}
        parameters.choice(given, "state", STATES)
        if before:
            wanted["pk__lt"] = before
        rows = list(Job.objects.filter(**wanted).order_by("-pk")[: limit + 1])
        following = None
        if len(rows) > limit:
            rows = rows[:limit]
            query = request.query_params.copy()
            query["before"] = str(rows[-1].pk)
            following = request.build_absolute_uri(f"?{query.urlencode()}")
        return json({"next": following, "jobs": [told(row) for row in rows]})


class OneJobView(JobView):
    @extend_schema(
        operation_id="getJob",
        summary="One job",
        description="With its progress, its log and its parts. Ask again to see it move on.",
        parameters=[_ID],
        responses=_answers(_ANSWER),
    )
    def get(self, request: Request, id: str) -> HttpResponse:
        parameters.read(request)
        return json(told_in_full(self.found(id)))


class ActView(JobView):
    """`cancel` or `retry`, as `act` says."""

    act: ClassVar[str]

    def post(self, request: Request, id: str) -> HttpResponse:
        parameters.read(request)
        return once(request, lambda: json(told_in_full(self.done(self.found(id)))))

    def done(self, job: Job) -> Job:
        try:
            return ACTS[self.act](self.actor, job)
        except ValidationError as error:
            raise Refusal(409, " ".join(error.messages)) from None


@extend_schema_view(
    post=extend_schema(
        operation_id="cancelJob",
        summary="Cancel a job",
        description="One that waits is cancelled at once, one that runs at its next step; so are its parts.",
        parameters=[_ID, describing.ONCE],
        request=None,
        responses=_answers(_ANSWER, 400, 409, 413, 415, 422),
    )
)
class CancelView(ActView):
    act = "cancel"


@extend_schema_view(
    post=extend_schema(
        operation_id="retryJob",
        summary="Try a job again",
        description="One that failed, was cancelled or quarantined goes on after its last step.",
        parameters=[_ID, describing.ONCE],
        request=None,
        responses=_answers(_ANSWER, 400, 409, 413, 415, 422),
    )
)
class RetryView(ActView):
    act = "retry"
