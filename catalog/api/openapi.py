"""The OpenAPI description: made of the resources' own members, so that it cannot differ from what is read and shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from catalog.api.fields import Json, object_schema
from catalog.api.problems import MEDIA_TYPE
from catalog.api.resources.base import Resource
from catalog.api.resources.registry import RESOURCES

JSON = "application/json"
_TEXT: Json = {"type": "string"}
_COUNT: Json = {"type": "integer", "minimum": 0}
# A file may be of any media type, JSON too, so nothing is said of what a reader makes of its bytes.
FILE: Json = {"description": "Bytes."}
NEXT: Json = {"type": ["string", "null"], "format": "uri", "description": "The next page; null on the last."}
_VERSION: Json = {
    "type": "string",
    "readOnly": True,
    "description": "What the object's ETag says; in a bulk write, the version that is to be changed.",
}


def ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def record(description: str, required: Json, optional: Json | None = None) -> Json:
    return {
        "type": "object",
        "description": description,
        "properties": {**required, **(optional or {})},
        "required": list(required),
    }


# --- Components ------------------------------------------------------------------------------------------------------
_USE = record(
    "One way in which something is used.",
    {"kind": _TEXT, "label": _TEXT, "count": _COUNT, "examples": {"type": "array", "items": _TEXT}},
)
SHARED: Json = {
    "ProblemError": record(
        "What to change, and where: `field` is a parameter or header, `pointer` a place in the body (RFC 6901).",
        {"detail": _TEXT},
        {"field": _TEXT, "pointer": _TEXT},
    ),
    "Problem": record(
        "A problem detail (RFC 9457).",
        {"type": _TEXT, "title": _TEXT, "status": {"type": "integer"}, "detail": _TEXT},
        {
            "errors": {"type": "array", "items": ref("ProblemError")},
            "uses": {"type": "array", "items": ref("Use"), "description": "Of 409: what uses it."},
            "version": {**_TEXT, "description": "Of 412: the present version."},
            "changed": {
                "type": "object",
                "additionalProperties": True,
                "description": "Of 412: the members that differ from your version, as they are now.",
            },
        },
    ),
    "Use": _USE,
    "Uses": record(
        "Where something is used, and where it stands in what channels have.",
        {
            "key": _TEXT,
            "uses": {"type": "array", "items": ref("Use")},
            "carried": {
                "type": ["object", "null"],
                "description": "In documents of channels and the latest editions; null for what these do not carry.",
                "properties": {
                    "products": _COUNT,
                    "examples": {"type": "array", "items": _TEXT},
                    "documents": _COUNT,
                    "outlets": {"type": "array", "items": ref("Outlet")},
                    "editions": {"type": "array", "items": _TEXT},
                },
            },
        },
    ),
    "Outlet": record(
        "One channel and language: documents of the current release, and the first and last release that carried it.",
        {
            "channel": _TEXT,
            "language": _TEXT,
            "documents": _COUNT,
            "first_release": _COUNT,
            "last_release": {"type": ["integer", "null"], "description": "null where that is the current one."},
        },
    ),
    "Impact": record(
        "What differs from what channels have if a fragment goes out, in numbers and in a sentence for people.",
        {
            "sentence": _TEXT,
            "statements": _COUNT,
            "documents": _COUNT,
            "channels": {"type": "array", "items": _TEXT},
            "languages": {"type": "array", "items": _TEXT},
            "outdated": {**_COUNT, "description": "Translations that are not of the source as it is then."},
            "words": {**_COUNT, "description": "Words of the sources that are to be translated again."},
            "editions": {"type": "object", "additionalProperties": _COUNT, "description": "By medium."},
        },
    ),
    "Change": record(
        "What was done to an object.",
        {
            "at": {"type": "string", "format": "date-time"},
            "actor": _TEXT,
            "path": {"type": "string", "description": "admin, api, import, command or job"},
            "operation": _TEXT,
        },
    ),
    "History": record(
        "A page of what was done, the latest first.", {"next": NEXT, "items": {"type": "array", "items": ref("Change")}}
    ),
    "Revision": record(
        "A fragment's texts as they were submitted. `content` never changes; `out` is what channels get from here on.",
        {
            "number": {"type": "integer"},
            "submitted_by": _TEXT,
            "submitted_at": {"type": "string", "format": "date-time"},
            "authors": {"type": "array", "items": _TEXT},
            "withdrawn_by": {**_TEXT, "description": "Who took it back from review, or nobody."},
            "content": {"type": "object", "additionalProperties": True},
            "out": {"type": ["object", "null"], "additionalProperties": True},
            "approvals": {
                "type": "array",
                "items": record(
                    "One language that may go out.",
                    {"language": _TEXT, "by": _TEXT, "at": {"type": "string", "format": "date-time"}},
                ),
            },
        },
    ),
    "Comment": record(
        "What somebody said of a revision, in one language or of all. An open change request keeps it from going out.",
        {
            "id": {"type": "integer"},
            "revision": {"type": "integer"},
            "language": _TEXT,
            "author": _TEXT,
            "at": {"type": "string", "format": "date-time"},
            "text": _TEXT,
            "change_request": {"type": "boolean"},
            "resolved_by": _TEXT,
            "resolved_at": {"type": ["string", "null"], "format": "date-time"},
        },
    ),
    "Comments": record("A page of comments.", {"next": NEXT, "items": {"type": "array", "items": ref("Comment")}}),
    "Revisions": record(
        "A page of revisions, the latest first.", {"next": NEXT, "items": {"type": "array", "items": ref("Revision")}}
    ),
    "BulkAnswer": record(
        "What became of each item, in the order in which they came.",
        {
            "created": _COUNT,
            "updated": _COUNT,
            "failed": _COUNT,
            "items": {
                "type": "array",
                "items": record(
                    "One item: 201 made, 200 changed, or the problem.",
                    {"status": {"type": "integer"}, "key": {"type": ["string", "null"]}},
                    {"version": _TEXT, "problem": ref("Problem")},
                ),
            },
        },
    ),
}


def components_of(resource: Resource) -> Json:
    """A resource as it is shown, made, changed and listed."""
    name, fields = resource.name, resource.fields
    shown = object_schema(fields, complete=True)
    shown["properties"] = {**shown["properties"], "version": _VERSION}
    shown["required"] = [*shown["required"], "version"]
    extras = resource.extras_schema
    made = [each for each in fields if each.written != "never"]
    changed = [each for each in made if each.written == "always"]
    bulk = object_schema(made, complete=False)
    bulk["properties"] = {**bulk["properties"], "version": {**_TEXT, "description": _VERSION["description"]}}
    bulk.pop("required", None)
    detail = {**shown, "properties": {**shown["properties"], **resource.object_extras_schema}}
    more = {f"{name}Detail": {**detail, "description": "With what was asked for besides."}}
    return {
        name: {**shown, "description": resource.about},
        **(more if resource.object_extras_schema else {}),
        f"{name}Create": {**object_schema(made, complete=False), "description": f"{name} that is made."},
        f"{name}Update": {**_without_required(changed), "description": "Members that are not named stay."},
        f"{name}Bulk": {
            **record(
                "Objects that are made, or changed where they are known.",
                {"items": {"type": "array", "minItems": 1, "maxItems": 500, "items": bulk}},
            ),
            "additionalProperties": False,
        },
        f"{name}Page": record("A page.", {"next": NEXT, "items": {"type": "array", "items": ref(name)}}, extras),
    }


def _without_required(fields: Sequence[Any]) -> Json:
    schema = object_schema(fields, complete=False)
    schema.pop("required", None)
    return schema


def add_components(result: Json, generator: Any, request: Any, public: bool) -> Json:  # noqa: ARG001
    """Hook of drf-spectacular: our own components, in order of name like the others."""
    schemas = {**result.get("components", {}).get("schemas", {}), **SHARED}
    for resource in RESOURCES:
        schemas |= components_of(resource)
    result.setdefault("components", {})["schemas"] = dict(sorted(schemas.items()))
    return result


# --- Operations ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Operation:
    """One method of one address. `requests` and `examples` by media type; `good` are the answers but for problems."""

    id: str
    summary: str
    about: str
    good: dict[Any, OpenApiResponse]
    parameters: tuple[OpenApiParameter, ...] = ()
    requests: dict[str, Json] = field(default_factory=dict)
    problems: tuple[int, ...] = ()
    examples: tuple[OpenApiExample, ...] = ()
    tag: str = ""


class Described(AutoSchema):
    """Describes what a view says of itself by `operation(method)`; a method of which it says nothing is left out."""

    @property
    def _said(self) -> Operation | None:
        said: Operation | None = self.view.operation(self.method)  # type: ignore[attr-defined]
        return said

    def is_excluded(self) -> bool:
        return self._said is None

    def get_operation_id(self) -> str:
        return self._said.id if self._said else ""

    def get_summary(self) -> str:
        return self._said.summary if self._said else ""

    def get_description(self) -> str:  # type: ignore[override]
        return self._said.about if self._said else ""

    def get_tags(self) -> list[str]:
        return [self._said.tag] if self._said else []

    def get_override_parameters(self) -> list[Any]:
        return list(self._said.parameters) if self._said else []

    def get_request_serializer(self) -> Any:
        return (self._said.requests or None) if self._said else None

    def get_examples(self) -> list[OpenApiExample]:
        return list(self._said.examples) if self._said else []

    def get_response_serializers(self) -> Any:
        said = self._said
        if said is None:
            return None
        problems = {
            (status, MEDIA_TYPE): OpenApiResponse(ref("Problem"), description=_PROBLEMS[status])
            for status in sorted({400, 401, 403, 406, 429, *said.problems})
        }
        return {**said.good, **problems}


class UserTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "catalog.api.authentication.UserTokenAuthentication"
    name = "userToken"

    def get_security_definition(self, auto_schema: Any) -> Json:
        return {"type": "http", "scheme": "bearer", "description": "A user's token: `tsu_...`."}


_PROBLEMS = {
    400: "Something in the address or body cannot be understood; `errors` names it and says what to write instead.",
    401: "The token is missing, mistyped, expired or revoked.",
    403: "You may not do this.",
    404: "There is no such thing here.",
    406: "None of the media types accepted is available.",
    409: "It is in use (`uses` says where), or two wrote the same at once.",
    412: "It is not what you have seen any more; `changed` says in what.",
    413: "The body is too large.",
    415: "The body is of another media type than those taken.",
    422: "The Idempotency-Key came with another request before.",
    428: "If-Match is missing.",
    429: "The token asks too often; `Retry-After` says in how many seconds it may again.",
}
