"""Where an object is used, and what was done to it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http.response import HttpResponseBase
from rest_framework.request import Request

from catalog.api import describing, paging, parameters
from catalog.api.openapi import Operation
from catalog.api.problems import use_of
from catalog.api.views.base import AuthoringView, json
from catalog.models import Change, Comment, FragmentRevision
from catalog.operations.recording import key_of
from catalog.operations.supposing import supposed
from catalog.outlook import OUTLOOK
from catalog.usage import uses_of


class UsesView(AuthoringView):
    def operation(self, method: str) -> Operation:
        return describing.uses(self.resource)

    def get(self, request: Request, key: str) -> HttpResponseBase:
        parameters.read(request)
        row = self.found(key)
        uses = [use_of(use) for use in uses_of(row)]
        return json({"key": self.resource.key_of(row), "uses": uses, "carried": _carried(row)})


def _carried(row: Any) -> dict[str, Any] | None:
    """Where it stands in what is out; None for what documents do not carry."""
    try:
        return asdict(OUTLOOK.where_used(row))
    except ValueError:
        return None


class ImpactView(AuthoringView):
    """What changes outside if a fragment goes out as a body would make it. Nothing is stored."""

    does = {"POST": "change"}

    def operation(self, method: str) -> Operation:
        return describing.impact(self.resource)

    def post(self, request: Request, key: str) -> HttpResponseBase:
        parameters.read(request)
        with supposed():
            found = OUTLOOK.impact(self.written(self.body(), self.found(key, lock=True)))
        return json({"sentence": str(found), **asdict(found)})


class HistoryView(AuthoringView):
    """What was done to an object under its present code, the latest first."""

    def operation(self, method: str) -> Operation:
        return describing.history(self.resource)

    def needs(self, method: str) -> Any:
        """The history is a table of its own in the admin, with a permission of its own."""
        return [*super().needs(method), ["catalog.view_change", "catalog.change_change"]]

    def get(self, request: Request, key: str) -> HttpResponseBase:
        row = self.found(key)
        changes = Change.objects.filter(kind=self.resource.model._meta.model_name, key=key_of(row))
        found, following = paging.latest_first(request, self.listing_of(row, "history"), changes)
        return json({"next": following, "items": list(map(_change, found))})


class CommentsView(AuthoringView):
    """What people said of a fragment's revisions, the latest first."""

    def operation(self, method: str) -> Operation:
        return describing.comments(self.resource)

    def get(self, request: Request, key: str) -> HttpResponseBase:
        row = self.found(key)
        comments = Comment.objects.filter(revision__fragment=row).select_related("revision")
        found, following = paging.latest_first(request, self.listing_of(row, "comments"), comments)
        return json({"next": following, "items": list(map(_said, found))})


def _said(comment: Comment) -> dict[str, Any]:
    return {
        "id": comment.pk,
        "revision": comment.revision.number,
        "language": comment.language,
        "author": comment.author,
        "at": comment.at.isoformat(),
        "text": comment.text,
        "change_request": comment.change_request,
        "resolved_by": comment.resolved_by,
        "resolved_at": comment.resolved_at.isoformat() if comment.resolved_at else None,
    }


class RevisionsView(AuthoringView):
    """The revisions of a fragment, the latest first."""

    def operation(self, method: str) -> Operation:
        return describing.revisions(self.resource)

    def get(self, request: Request, key: str) -> HttpResponseBase:
        row = self.found(key)
        revisions = row.revisions.prefetch_related("approvals")
        listing = self.listing_of(row, "revisions")
        found, following = paging.latest_first(request, listing, revisions, "number", default=20, most=100)
        return json({"next": following, "items": list(map(_revision, found))})


def _revision(revision: FragmentRevision) -> dict[str, Any]:
    return {
        "number": revision.number,
        "submitted_by": revision.submitted_by,
        "submitted_at": revision.submitted_at.isoformat(),
        "authors": revision.authors,
        "withdrawn_by": revision.withdrawn_by,
        "content": revision.content,
        "out": revision.out,
        "approvals": [
            {"language": row.language, "by": row.by, "at": row.at.isoformat()} for row in revision.approvals.all()
        ],
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "at": change.at.isoformat(),
        "actor": change.actor,
        "path": change.path,
        "operation": change.operation,
    }
