"""The OpenAPI description. What a document is, is said once: in the dataclasses of exports.documents."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Union, get_args, get_origin, get_type_hints

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from catalog.api.describing import limit as limit
from catalog.api.openapi import FILE, NEXT, record, ref
from catalog.api.problems import MEDIA_TYPE
from catalog.values import TYPES, AttributeSpec
from exports import documents
from exports.api.explaining import EXPLANATION
from exports.asking.projection import MEMBERS

Json = dict[str, Any]


def _value() -> Json:
    """What a fact's value may be, by its type; an attribute's own options and limits are not told here."""
    kinds = [kind for kind in TYPES.values() if not kind.computed]
    return {
        "description": (
            "For machines, as the fact's `type` says, which is the title here: texts, numbers (decimal) and dates "
            "(ISO 8601) as strings, booleans, options and links as codes, measurements with amount and unit, ranges "
            "with their ends, prices as a list of amounts with currencies, tables as a list of rows."
        ),
        "anyOf": [{"title": kind.code, **kind.schema(AttributeSpec(kind.code, kind.code))} for kind in kinds],
    }


VALUE = _value()
_PLAIN: dict[Any, Json] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    Any: VALUE,
}
_PARTS = (
    documents.Document,
    documents.CategoryLink,
    documents.Fact,
    documents.Statement,
    documents.DocumentAsset,
    documents.AssociationLink,
    documents.Money,
)


# --- From dataclasses ------------------------------------------------------------------------------------------------


def schema_of(hint: Any) -> Json:
    """The JSON Schema of a type that stands in a document. Raises KeyError for one that cannot."""
    origin, arguments = get_origin(hint), get_args(hint)
    if is_dataclass(hint):
        return ref(hint.__name__)  # type: ignore[union-attr]
    if origin in (Union, types.UnionType):
        return {"type": [schema_of(argument)["type"] for argument in arguments]}
    if origin is tuple:
        return {"type": "array", "items": schema_of(arguments[0])}
    if origin is Mapping:
        return {"type": "object", "additionalProperties": schema_of(arguments[1])}
    return dict(_PLAIN[hint])


def component_of(kind: type[Any]) -> Json:
    """A dataclass as an object all of whose fields are always there."""
    hints = get_type_hints(kind)
    return {
        "type": "object",
        "description": " ".join((kind.__doc__ or "").replace("`", "").split()),
        "properties": {field.name: schema_of(hints[field.name]) for field in fields(kind)},
        "required": [field.name for field in fields(kind)],
    }


_TEXT: Json = {"type": "string"}
_WHOLE: Json = {"type": "integer"}
_DIGEST: Json = {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "BLAKE2b-256 of the document's bytes."}
_CAME: Json = {**_WHOLE, "description": "The release in which it became so."}
_ENVELOPE: Json = {"channel": _TEXT, "language": _TEXT}

_WHOLE_OR_PART: Json = {"anyOf": [ref("Document"), ref("DocumentPart")]}

COMPONENTS: Json = {
    **{part.__name__: component_of(part) for part in _PARTS},
    "DocumentPart": {
        **component_of(documents.Document),
        "description": "The members of a document that `fields` names.",
        "required": ["sku"],
    },
    "Explanation": EXPLANATION,
    "Entry": record("A document of a set.", {"digest": _DIGEST, "document": _WHOLE_OR_PART}),
    "Line": record("A line of a whole set.", {"sku": _TEXT, "digest": _DIGEST, "document": _WHOLE_OR_PART}),
    "DocumentAnswer": record("One document.", {**_ENVELOPE, "digest": _DIGEST, "document": _WHOLE_OR_PART}),
    "DocumentsPage": record(
        "A page of a release's documents, by SKU.",
        {
            **_ENVELOPE,
            "release": _WHOLE,
            "next": NEXT,
            "changes": {**_TEXT, "description": "The cursor with which to ask for what changes after this release."},
            "documents": {"type": "array", "items": ref("Entry")},
        },
    ),
    "Upsert": record(
        "A document to put in the place of one of the same SKU, or to add.",
        {
            "type": {"const": "upsert"},
            "sku": _TEXT,
            "release": _CAME,
            "digest": _DIGEST,
            "document": ref("Document"),
        },
    ),
    "Delete": record("A document to take out.", {"type": {"const": "delete"}, "sku": _TEXT, "release": _CAME}),
    "ChangesPage": record(
        "What differs in `release` from `since`; when `more` is false and all of it is done, a copy is at `release`.",
        {
            **_ENVELOPE,
            "since": {**_WHOLE, "description": "The release the copy is at; 0 for an empty one."},
            "release": {**_WHOLE, "description": "The release these changes lead to."},
            "cursor": {**_TEXT, "description": "What to ask with next, now or later."},
            "more": {"type": "boolean", "description": "Whether there are more changes on the way to `release`."},
            "changes": {"type": "array", "items": {"oneOf": [ref("Upsert"), ref("Delete")]}},
        },
    ),
    "Release": record(
        "One release: documents in all languages, what differs from the release before, and products with problems.",
        {
            "number": _WHOLE,
            "released_at": {"type": "string", "format": "date-time"},
            **dict.fromkeys(("documents", "added", "changed", "removed"), _WHOLE),
            "problems": {"type": "object", "additionalProperties": _WHOLE, "description": "How many of each kind."},
            "restores": {"type": ["integer", "null"], "description": "The earlier release whose state it says again."},
            "pruned": {"type": "boolean", "description": "Its documents are kept no more."},
        },
    ),
    "ReleasesPage": record(
        "A page of releases, the latest first.",
        {"channel": _TEXT, "next": NEXT, "releases": {"type": "array", "items": ref("Release")}},
    ),
    "Difference": record(
        "A document that differs; of one that is added or removed there are no entries.",
        {
            **dict.fromkeys(("sku", "language"), _TEXT),
            "change": {"type": "string", "enum": ["added", "changed", "removed"]},
            "entries": {
                "type": "array",
                "items": record(
                    "A fact, statement or other field. `words` are pairs of `same`, `removed` or `added`, and a text.",
                    {
                        **dict.fromkeys(("kind", "code", "label", "old", "new"), _TEXT),
                        "words": {"type": "array", "items": {"type": "array", "items": _TEXT}},
                    },
                ),
            },
        },
    ),
    "DifferencesPage": record(
        "A page of what differs. `to` is null for the next release, and then `complete` says whether this is all, "
        "`stopped` what is in its way.",
        {
            "channel": _TEXT,
            "from": _WHOLE,
            "to": {"type": ["integer", "null"]},
            "next": {"type": ["string", "null"], "description": "The SKU to go on after."},
            "changes": {"type": "array", "items": ref("Difference")},
        },
        {"complete": {"type": "boolean"}, "stopped": _TEXT},
    ),
    "ReportedProblem": record(
        "What was amiss with a product. `effect` is `kept`, `withheld` or empty; `responsible` may be.",
        {
            **dict.fromkeys(("sku", "kind", "message", "responsible"), _TEXT),
            "languages": {"type": "array", "items": _TEXT},
            "effect": {"type": "string", "enum": ["", "kept", "withheld"]},
        },
    ),
    "ProblemsPage": record(
        "A page of a release's report.",
        {
            "channel": _TEXT,
            "release": _WHOLE,
            "next": {"type": ["string", "null"], "format": "uri"},
            "problems": {"type": "array", "items": ref("ReportedProblem")},
        },
    ),
    "ReleaseOrdered": record("The job that releases it.", {"channel": _TEXT, "job": _WHOLE}),
    "RolledBack": record("The new release.", {"channel": _TEXT, "release": _WHOLE, "restores": _WHOLE}),
    "LetGo": record("Whether it was held.", {"channel": _TEXT, "held": {"type": "boolean"}}),
    "Job": record(
        "A piece of work outside a request. Lists leave out `payload`, `log` and `parts`.",
        {
            "id": _WHOLE,
            "kind": _TEXT,
            "key": {"type": "string", "description": "What it is done to."},
            "state": {"type": "string", "enum": ["waiting", "running", "done", "failed", "cancelled", "quarantined"]},
            "progress": record(
                "How far it is.", {"done": _WHOLE, "total": {"type": ["integer", "null"]}, "message": _TEXT}
            ),
            "attempts": {"type": "integer", "description": "Runs that failed since it last came a step further."},
            "crashes": {"type": "integer", "description": "Runs whose process died since then."},
            "worker": {"type": ["string", "null"]},
            "parent": {"type": ["integer", "null"], "description": "The job it is a part of."},
            "created_by": _TEXT,
            "created_at": {"type": "string", "format": "date-time"},
            "started_at": {"type": ["string", "null"], "format": "date-time"},
            "ended_at": {"type": ["string", "null"], "format": "date-time"},
            "error": {"type": ["string", "null"], "description": "The first line, or in a single job all of it."},
            "result": {"description": "What came of it, as its kind says."},
        },
        {
            "payload": {"type": "object", "additionalProperties": {}},
            "log": {"type": "array", "items": record("A line.", {"at": _TEXT, "text": _TEXT})},
            "parts": {"type": "array", "items": record("A job it waits for.", {"id": _WHOLE, "state": _TEXT})},
        },
    ),
    "JobsPage": record(
        "A page of jobs, the latest first.", {"next": NEXT, "jobs": {"type": "array", "items": ref("Job")}}
    ),
}


def add_components(result: Json, generator: Any, request: Any, public: bool) -> Json:  # noqa: ARG001
    """Hook of drf-spectacular: our own components, in order of name like the others."""
    schemas = {**result.get("components", {}).get("schemas", {}), **COMPONENTS}
    result.setdefault("components", {})["schemas"] = dict(sorted(schemas.items()))
    return result


class ChannelTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "exports.api.authentication.ChannelTokenAuthentication"
    name = "channelToken"

    def get_security_definition(self, auto_schema: Any) -> Json:
        return {"type": "http", "scheme": "bearer", "description": "A channel's token: `tsr_...`."}


# --- Parameters ------------------------------------------------------------------------------------------------------


def _query(name: str, type_: Any, description: str, **more: Any) -> OpenApiParameter:
    return OpenApiParameter(name, type_, OpenApiParameter.QUERY, description=description, **more)


def _path(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.PATH, description=description)


CHANNEL = _path("channel", "The channel's code, in whatever case.")
SKU = _path("sku", "The product's SKU, in whatever case.")
OUTPUT = _path("output", "The output's code, in whatever case.")
LANGUAGE = _query("language", str, "One of the channel's languages; the first of them by default.")
FILTER = _query(
    "filter",
    str,
    "Only documents that meet this, in the filter language: `category = machines and weight < 2 kg`. It is asked of "
    "the released documents: of sku, name, family, category, level, parent, association:TYPE, slot:CODE, asset:ROLE "
    "and their facts. A page looks at 2,000 documents at most and may hold fewer than `limit`: follow `next`.",
)
FIELDS = _query(
    "fields",
    str,
    "Only these members of each document, with commas between: `name,prices,facts.weight`. `sku` is always there. "
    f"There are: {', '.join(MEMBERS)}, and `facts.CODE`. `digest` stays that of the whole document.",
)
UPDATED = _query(
    "updated",
    {"type": "integer", "minimum": 0},
    "Only documents that came or became other after the release of this number. What is gone is told by the changes.",
)
LIMIT = limit(500, 100)
CURSOR = _query("cursor", str, "Where to go on: comes with `next`. It holds the release and the language too.")
RELEASE = _query("release", {"type": "integer", "minimum": 1}, "An earlier release; the current one by default.")
BEFORE = _query("before", {"type": "integer", "minimum": 1}, "Only releases with a smaller number.")
POSITION = _query("cursor", str, "Where the copy is: comes with documents and with changes. Without, it is empty.")
WAIT = _query(
    "wait",
    {"type": "integer", "minimum": 0, "maximum": 25, "default": 0},
    "Seconds to wait for the next release, where there is nothing to change yet.",
)
CONDITIONS = (
    OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER, description="The ETag of the copy you have."),
)

# --- Answers ---------------------------------------------------------------------------------------------------------

_PROBLEMS = {
    400: "A parameter is unknown or cannot be understood; `errors` names it and says what to give instead.",
    401: "The token is missing, mistyped, expired or revoked.",
    403: "The token is not for this, or whoever asks is not logged in or may not do it.",
    404: "There is no such thing here, or it belongs to another channel.",
    409: "The state it is in does not allow this; `detail` tells it.",
    406: "None of the media types accepted is available.",
    410: "The release asked for, or a cursor's, is kept no more; `detail` says how to go on.",
    413: "The body is too large.",
    415: "The body is of another media type than those taken.",
    422: "The Idempotency-Key came with another request before.",
    429: "The token asks too often; `Retry-After` says in how many seconds it may again.",
}


def answers(good: Mapping[tuple[int, str], OpenApiResponse], *more: int) -> dict[Any, OpenApiResponse]:
    """The good answers, 304, and the problems every address of a channel has, with `more` of them."""
    return {**good, 304: OpenApiResponse(description="Your copy is current."), **problems(401, 403, 404, 429, *more)}


def problems(*statuses: int) -> dict[Any, OpenApiResponse]:
    return {
        (status, MEDIA_TYPE): OpenApiResponse(ref("Problem"), description=_PROBLEMS[status])
        for status in sorted(set(statuses))
    }


PAGE_ANSWER = OpenApiResponse(ref("DocumentsPage"), description="A page of documents.")
LINES_ANSWER = OpenApiResponse(ref("Line"), description="A document per line, the whole set.")
DOCUMENT_ANSWER = OpenApiResponse(ref("DocumentAnswer"), description="The document.")
CHANGES_ANSWER = OpenApiResponse(ref("ChangesPage"), description="A page of changes.")
RELEASES_ANSWER = OpenApiResponse(ref("ReleasesPage"), description="A page of releases.")
FILE_ANSWER = OpenApiResponse(FILE, description="The file, as its format has it.")

DOCUMENTS_TEXT = (
    "Documents in the order of their SKUs. A listing stays on the release it began with: follow `next` to its end, and "
    "nothing is skipped or repeated however many releases happen meanwhile.\n\n"
    "With `Accept: application/x-ndjson` the whole set comes as lines; `limit` and `cursor` do not apply then. "
    "`Accept-Encoding: zstd` or `gzip` makes it a quarter.\n\n"
    "`Tessera-Release` says which release the answer is from. A page's `ETag` is that of its release. `changes` (of "
    "lines: the header `Tessera-Changes`) is where to go on with what changes later."
)
CHANGES_TEXT = (
    "What to put in and take out, so that a copy of the channel in a language becomes the next release: of each "
    "document its latest state, once. A page leads part of the way; when `more` is false, the copy is at `release`. "
    "Keep `cursor` with the copy, in one transaction, and ask with it again, whenever.\n\n"
    "To begin, ask without a cursor and get everything as upserts; or read all documents (faster, as lines) and go on "
    "from `changes` of any of their pages, or the header `Tessera-Changes` of the lines. Nothing is lost either way: "
    "both are of one release, and these changes go on from it.\n\n"
    "With `wait` the answer comes as soon as there is a new release. `410` says that the cursor's release is kept no "
    "more: begin anew."
)
DOCUMENT_TEXT = (
    "`ETag` belongs to the document, not to the release: as long as a product's document stays the same, the answer "
    "does, and 304 says so across releases. `Tessera-Release` says which release was looked at."
)
RELEASES_TEXT = "How many documents each release has, added, changed and removed, and how many problems it reported."
FEED_TEXT = "The latest edition of an output, as a file. It stays as it is until the next edition is made."
