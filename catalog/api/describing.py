"""What can be done at the addresses of a resource, described for people and their programs."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from catalog.api import paging
from catalog.api.fields import Json, object_schema
from catalog.api.openapi import FILE, JSON, Operation, ref
from catalog.api.resources.base import Act, Parameter, Resource

_WRITE = (404, 409, 412, 413, 415, 428)


def _query(parameter: Parameter) -> OpenApiParameter:
    return OpenApiParameter(parameter.name, parameter.schema, OpenApiParameter.QUERY, description=parameter.about)


def header(name: str, description: str, *, required: bool = False) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, description=description, required=required)


def limit(most: int, default: int) -> OpenApiParameter:
    bounds = {"type": "integer", "minimum": 1, "maximum": most, "default": default}
    return OpenApiParameter("limit", bounds, OpenApiParameter.QUERY, description="How many at most on this page.")


LIMIT = limit(paging.MAX_LIMIT, paging.DEFAULT_LIMIT)
CURSOR = OpenApiParameter("cursor", str, OpenApiParameter.QUERY, description="Where to go on: comes with `next`.")
IF_NONE_MATCH = header("If-None-Match", "The ETag of the copy you have.")
IF_MATCH = header("If-Match", "The ETag you were given with the object; `*` for whatever it is.", required=True)
ONCE = header("Idempotency-Key", "1 to 200 characters of your own: the same request is done once within 24 hours.")


def key(resource: Resource) -> OpenApiParameter:
    return OpenApiParameter("key", str, OpenApiParameter.PATH, description=resource.key_about)


def _shown(name: str, about: str) -> OpenApiResponse:
    return OpenApiResponse(ref(name), description=about)


_CURRENT = {304: OpenApiResponse(description="Your copy is current.")}


def listing(resource: Resource) -> Operation:
    return Operation(
        f"list{resource.plural}",
        f"List {resource.words}",
        f"{resource.about} In the order of their keys; follow `next` to the end.",
        {(200, JSON): _shown(f"{resource.name}Page", "A page."), **_CURRENT},
        (*map(_query, resource.parameters), LIMIT, CURSOR, IF_NONE_MATCH),
        tag=resource.route,
    )


def create(resource: Resource) -> Operation:
    return Operation(
        f"create{resource.name}",
        f"Make {resource.one}",
        f"Members that are left out have their usual values. {resource.writing}",
        {(201, JSON): _shown(resource.name, "It is made; `Location` says where it is.")},
        (ONCE,),
        resource.bodies(ref(f"{resource.name}Create")),
        (409, 413, 415, 422),
        (OpenApiExample(f"Make {resource.one}", resource.example, request_only=True),),
        resource.route,
    )


def retrieve(resource: Resource) -> Operation:
    return Operation(
        f"get{resource.name}",
        f"Read {resource.one}",
        f"{resource.about} Its `ETag` is what `If-Match` wants when it is written.",
        {(200, JSON): OpenApiResponse(_with_extras(resource), description="The object."), **_CURRENT},
        (key(resource), *map(_query, resource.object_parameters), IF_NONE_MATCH),
        problems=(404,),
        tag=resource.route,
    )


def _with_extras(resource: Resource) -> Json:
    extras = resource.object_extras_schema
    return ref(f"{resource.name}Detail") if extras else ref(resource.name)


def update(resource: Resource) -> Operation:
    return Operation(
        f"update{resource.name}",
        f"Change {resource.one}",
        f"Members that are not named stay as they are; lists are replaced as a whole. {resource.writing}",
        {(200, JSON): _shown(resource.name, "As it is now.")},
        (key(resource), IF_MATCH),
        {JSON: ref(f"{resource.name}Update")},
        _WRITE,
        tag=resource.route,
    )


def delete(resource: Resource) -> Operation:
    return Operation(
        f"delete{resource.name}",
        f"Delete {resource.one}",
        "What is in use is not deleted: 409 says where it is used.",
        {204: OpenApiResponse(description="It is gone.")},
        (key(resource), IF_MATCH),
        problems=(404, 409, 412, 428),
        tag=resource.route,
    )


def acting(resource: Resource, act: Act) -> Operation:
    first, *more = act.name.split("-")
    return Operation(
        f"{first}{''.join(word.title() for word in more)}{resource.name}",
        act.summary,
        act.about,
        {(200, JSON): _shown(resource.name, "As it is now.")},
        (key(resource), IF_MATCH, ONCE),
        {JSON: object_schema(act.fields, complete=False)},
        (*_WRITE, 422),
        tag=resource.route,
    )


def bulk(resource: Resource) -> Operation:
    atomic = OpenApiParameter(
        "atomic",
        {"type": "string", "enum": ["false", "true"], "default": "false"},
        OpenApiParameter.QUERY,
        description="true: all or nothing.",
    )
    return Operation(
        f"write{resource.plural}",
        f"Make or change many {resource.words}",
        "What is known by its key is changed, the rest is made; up to 500 items, each of which is answered in its "
        "place. An item with a `version` is changed only if it is still that version.",
        {(200, JSON): _shown("BulkAnswer", "What became of each item.")},
        (atomic, ONCE),
        {JSON: ref(f"{resource.name}Bulk")},
        (409, 413, 415, 422),
        (OpenApiExample("One item", {"items": [resource.example]}, request_only=True),),
        resource.route,
    )


def uses(resource: Resource) -> Operation:
    return Operation(
        f"whereUsed{resource.name}",
        f"Where {resource.one} is used",
        "Every way in which it is used, most used first, with the first few examples.",
        {(200, JSON): _shown("Uses", "Where it is used.")},
        (key(resource),),
        problems=(404,),
        tag=resource.route,
    )


def impact(resource: Resource) -> Operation:
    return Operation(
        f"impactOf{resource.name}",
        f"What changing {resource.one} would do",
        "The body is that of a change. Told is what differs from what channels have if it goes out like that; nothing "
        "is stored. An empty object asks of the working copy as it is.",
        {(200, JSON): _shown("Impact", "What would change.")},
        (key(resource),),
        {JSON: ref(f"{resource.name}Update")},
        (404, 409, 413, 415),
        tag=resource.route,
    )


def history(resource: Resource) -> Operation:
    return Operation(
        f"historyOf{resource.name}",
        f"What was done to {resource.one}",
        "By whom, when and by which path, the latest first. Needs the permission to view the history, too.",
        {(200, JSON): _shown("History", "A page.")},
        (key(resource), LIMIT, CURSOR),
        problems=(404,),
        tag=resource.route,
    )


def file(resource: Resource) -> Operation:
    content = OpenApiResponse(FILE, description="The file, as its media type has it.")
    return Operation(
        f"get{resource.name}File",
        "Download the original",
        "The file as it is kept, as an attachment.",
        {(200, "*/*"): content},
        (key(resource),),
        problems=(404,),
        tag=resource.route,
    )


def replace_file(resource: Resource) -> Operation:
    file_part = {"type": "string", "format": "binary"}
    said = {**ref(f"{resource.name}Update"), "description": "What else to change, as JSON."}
    parts = {"type": "object", "properties": {"file": file_part, "json": said}, "required": ["file"]}
    return Operation(
        f"replace{resource.name}File",
        "Replace the file",
        "A new file takes the place of the one there is, or of the link.",
        {(200, JSON): _shown(resource.name, "As it is now.")},
        (key(resource), IF_MATCH),
        {"multipart/form-data": parts},
        _WRITE,
        tag=resource.route,
    )


def comments(resource: Resource) -> Operation:
    return Operation(
        f"listCommentsOf{resource.name}",
        "What people said of a fragment",
        "Comments and requests for a change, of all its revisions, the latest first.",
        {(200, JSON): _shown("Comments", "A page.")},
        (key(resource), LIMIT, CURSOR),
        problems=(404,),
        tag=resource.route,
    )


def revisions(resource: Resource) -> Operation:
    return Operation(
        f"listRevisionsOf{resource.name}",
        "The revisions of a fragment",
        "What was submitted, by whom and when, who approved which language, and what is out since; the latest first.",
        {(200, JSON): _shown("Revisions", "A page.")},
        (key(resource), limit(100, 20), CURSOR),
        problems=(404,),
        tag=resource.route,
    )
