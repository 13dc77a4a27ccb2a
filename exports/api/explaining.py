"""Why a channel says of a product what it says, for its authors."""

from __future__ import annotations

from dataclasses import asdict
from typing import ClassVar

from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request

from catalog import querysets
from catalog.api import parameters
from catalog.api.describing import key as key_parameter
from catalog.api.openapi import JSON, Operation, record, ref
from catalog.api.resources.base import Resource
from catalog.api.resources.products import Products
from catalog.api.views.base import AuthoringView, json
from catalog.models import Channel
from catalog.models.base import is_code
from exports.explaining.documents import NotReleased, explain, explain_draft

_TEXT = {"type": "string"}
_OBJECT = {"type": "object", "additionalProperties": True}
_BY_CODE = {"type": "object", "additionalProperties": _OBJECT}
_LIST = {"type": "array", "items": _OBJECT}
EXPLANATION = record(
    "Where each part of a document comes from, and what it beat (docs/commands.md, explain). `release` 0 is a draft.",
    {
        **dict.fromkeys(("sku", "channel", "language"), _TEXT),
        "release": {"type": "integer"},
        "digest": _TEXT,
        **dict.fromkeys(("facts", "emptied"), _BY_CODE),
        **dict.fromkeys(("statements", "assets", "categories", "cut", "absent", "problems", "empty"), _LIST),
    },
)


def _query(name: str, about: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.QUERY, description=about, required=True)


class ExplainView(AuthoringView):
    """Open to whoever may see the product, as in the admin."""

    resource: ClassVar[Resource] = Products()

    def operation(self, method: str) -> Operation:
        return Operation(
            "explainProduct",
            "Why a channel says what it says",
            "For every part of the document in the current release: where it comes from, what it beat and why; what is "
            "said to be empty or cut off.",
            {(200, JSON): OpenApiResponse(ref("Explanation"), description="Where it comes from.")},
            (
                key_parameter(self.resource),
                _query("channel", "The channel's code."),
                _query("language", "One of the languages of its current release."),
                OpenApiParameter(
                    "draft",
                    {"type": "string", "enum": ["false", "true"], "default": "false"},
                    OpenApiParameter.QUERY,
                    description="true: the document as it would be released now.",
                ),
            ),
            problems=(404,),
            tag=self.resource.route,
        )

    def get(self, request: Request, key: str) -> HttpResponseBase:
        asked = parameters.read(request, "channel", "language", "draft")
        explaining = explain_draft if parameters.choice(asked, "draft", ["false", "true"]) == "true" else explain
        if missing := {"channel", "language"} - asked.keys():
            raise ValidationError(dict.fromkeys(sorted(missing), "This is needed."))
        product = self.found(key)
        try:
            return json(asdict(explaining(_channel(asked["channel"]), asked["language"], product.sku)))
        except NotReleased as error:
            raise NotFound(str(error)) from None


def _channel(code: str) -> Channel:
    """Raises ValidationError."""
    try:
        if is_code(code):
            return querysets.channel_called(code)
    except Channel.DoesNotExist:
        pass
    raise ValidationError({"channel": f"There is no channel “{parameters.shortened(code)}”."})
