"""What a channel pulls: its documents, one or all, and its releases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import blake2b
from typing import Any, cast
from urllib.parse import urlencode

import orjson
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

from catalog.api import parameters
from catalog.api.caching import etag_of, tagged, unchanged
from catalog.api.problems import Problem
from catalog.filters import FilterError
from exports import querysets
from exports.api import examples, schema
from exports.api.base import ChannelView
from exports.api.coding import body_in, coding_of, said, stream, tag_in
from exports.api.cursors import Cursor, Position
from exports.asking.filtering import wanted
from exports.asking.listing import Asked
from exports.asking.projection import projection
from exports.asking.said import Said
from exports.models import Release
from exports.querysets import Found, Stored
from exports.releasing.changes import key_of
from exports.sets.codings import Coding, coded
from exports.sets.lines import joined
from exports.sets.reading import whole
from exports.sets.wanting import note_wanted

MAX_LIMIT = 500
_LARGEST = 999_999_999
# The parameters that choose among documents, or of their members.
QUESTION = ("filter", "fields", "updated")


class Pruned(APIException):
    """There was such a release, and it is kept no more."""

    status_code = 410


class NdjsonRenderer(BaseRenderer):
    """Names the media type; the lines are written by the view."""

    media_type = "application/x-ndjson"
    format = "ndjson"


class ReleasedView(ChannelView):
    """Answers from one release of the channel: the current one, or the one asked for."""

    def release(self, number: int | None) -> Release:
        """Raises NotFound and Pruned."""
        found = querysets.release_of(self.reader, number)
        if found is None and number:
            latest = querysets.release_of(self.reader)
            raise NotFound(f"There is no release {number}; the latest is {latest.number if latest else 'none yet'}.")
        if found is None:
            raise NotFound("This channel has no release yet.")
        if found.pruned_at:
            raise Pruned(
                f"The documents of release {found.number} are kept no more. Read those of the current one: leave "
                "“release” and “cursor” out."
            )
        return found

    def language(self, given: dict[str, str], release: Release) -> str:
        """Raises ValidationError."""
        return parameters.choice(given, "language", querysets.languages_of(release) or ("",))


class DocumentsView(ReleasedView):
    """The documents of a release, a page at a time or all as lines."""

    renderer_classes = [JSONRenderer, NdjsonRenderer]

    @extend_schema(
        operation_id="listDocuments",
        summary="The documents of a release",
        description=schema.DOCUMENTS_TEXT,
        parameters=[
            schema.CHANNEL,
            schema.LANGUAGE,
            schema.FILTER,
            schema.FIELDS,
            schema.UPDATED,
            schema.LIMIT,
            schema.CURSOR,
            schema.RELEASE,
            *schema.CONDITIONS,
        ],
        responses=schema.answers(
            {
                (200, "application/json"): schema.PAGE_ANSWER,
                (200, "application/x-ndjson"): schema.LINES_ANSWER,
            },
            400,
            406,
            410,
        ),
        examples=examples.DOCUMENTS,
    )
    def get(self, request: Request, channel: str) -> HttpResponseBase:
        if request.accepted_renderer.format == "ndjson":
            return self.lines(request)
        given = parameters.read(request, "language", "filter", "fields", "updated", "limit", "cursor", "release")
        limit = cast(int, parameters.number(given, "limit", 100, 1, MAX_LIMIT))
        release, cursor = self.place(given)
        coding = coding_of(request)
        etag = etag_of("page", self.reader.code, release.pk, request.build_absolute_uri(), limit, *cursor)
        etag = tag_in(coding, etag)
        answer = unchanged(request, etag) or self.page(request, release, cursor, limit, given, coding)
        return labelled(said(tagged(answer, etag), coding), release.number, cursor.language)

    def place(self, given: dict[str, str]) -> tuple[Release, Cursor]:
        """Where to go on, or where to begin. Raises ValidationError for a cursor of another question."""
        digest = _question(given)
        if "cursor" not in given:
            release = self.release(parameters.number(given, "release", None, 1, _LARGEST))
            return release, Cursor(release.number, self.language(given, release), "", digest)
        cursor = Cursor.read(given["cursor"], self.reader)
        for name, own in (("language", cursor.language), ("release", str(cursor.release))):
            parameters.choice(given, name, [own])
        if cursor.asked != digest:
            raise ValidationError({"cursor": "This cursor is of another filter or other fields. Take “next” as it is."})
        return self.release(cursor.release), cursor

    def page(
        self, request: Request, release: Release, cursor: Cursor, limit: int, given: dict[str, str], coding: Coding
    ) -> HttpResponse:
        page = asked(given, release, cursor.language).page(cursor.after, limit)
        following = None
        if page.after is not None:
            token = cursor._replace(after=page.after).write(self.reader)
            more = {name: value for name, value in given.items() if name in QUESTION}
            query: dict[str, str] = {**more, "cursor": token, "limit": str(limit)}
            following = request.build_absolute_uri(f"?{urlencode(query)}")
        envelope = {
            "channel": self.reader.code,
            "language": cursor.language,
            "release": release.number,
            "next": following,
            "changes": Position(cursor.language, release.number, key_of(release)).write(self.reader),
        }
        return body_in(coding, _with_documents(envelope, page.rows))

    def lines(self, request: Request) -> HttpResponseBase:
        """The whole set, a line per document."""
        given = parameters.read(request, "language", "filter", "fields", "updated", "release")
        release = self.release(parameters.number(given, "release", None, 1, _LARGEST))
        language = self.language(given, release)
        coding = coding_of(request)
        etag = tag_in(coding, etag_of("lines", self.reader.code, release.pk, language, _question(given)))
        wanted = asked(given, release, language)
        answer = unchanged(request, etag) or self.all_lines(request, wanted, coding)
        answer.headers["Tessera-Changes"] = Position(language, release.number, key_of(release)).write(self.reader)
        return labelled(said(tagged(answer, etag), coding), release.number, language)

    def all_lines(self, request: Request, wanted: Asked, coding: Coding) -> StreamingHttpResponse:
        if request.method == "HEAD":
            return stream((), NdjsonRenderer.media_type)
        if wanted.is_everything:
            found = whole(wanted.release, wanted.language, coding)
            note_wanted(wanted.release, wanted.language, coding, kept=found.length is not None)
            return stream(found.content, NdjsonRenderer.media_type, found.length)
        return stream(coded(map(joined, wanted.batches()), coding), NdjsonRenderer.media_type)


class DocumentView(ReleasedView):
    """One document."""

    @extend_schema(
        operation_id="getDocument",
        summary="One document",
        description=schema.DOCUMENT_TEXT,
        parameters=[
            schema.CHANNEL,
            schema.SKU,
            schema.LANGUAGE,
            schema.FIELDS,
            schema.RELEASE,
            *schema.CONDITIONS,
        ],
        responses=schema.answers({(200, "application/json"): schema.DOCUMENT_ANSWER}, 400, 406, 410),
        examples=examples.DOCUMENT,
    )
    def get(self, request: Request, channel: str, sku: str) -> HttpResponse:
        given = parameters.read(request, "language", "fields", "release")
        number = parameters.number(given, "release", None, 1, _LARGEST)
        language = given["language"] if "language" in given else self.language(given, self.release(number))
        found = self.find(language, sku, number)
        coding = coding_of(request)
        etag = f'"{language}-{found.digest}"'
        if "fields" in given:
            etag = etag_of("part", language, found.digest, given["fields"])
        etag = tag_in(coding, etag)
        answer = unchanged(request, etag) or self.document(found, language, given, coding)
        return cast(HttpResponse, labelled(said(tagged(answer, etag), coding), found.release, language))

    def find(self, language: str, sku: str, number: int | None) -> Found:
        """One query where the address is as we write it. Raises NotFound or ValidationError."""
        if querysets.is_code(sku) and querysets.is_code(language):
            found = querysets.find_document(self.reader, language, sku, number)
            if found is None and (spelling := querysets.spelling_of(sku)) not in ("", sku):
                found = querysets.find_document(self.reader, language, spelling, number)
            if found:
                return found
        release = self.release(number)
        self.language({"language": language}, release)
        raise NotFound(f"Release {release.number} has no product of this SKU.")

    def document(self, found: Found, language: str, given: dict[str, str], coding: Coding) -> HttpResponse:
        envelope = {"channel": self.reader.code, "language": language, "digest": found.digest}
        content = querysets.body_of(found.digest)
        if "fields" in given:
            content = asked(given, self.release(found.release), language).shown(content)
        return body_in(coding, b'%b,"document":%b}' % (orjson.dumps(envelope)[:-1], content))


def asked(given: dict[str, str], release: Release, language: str) -> Asked:
    """What is asked of the documents. Raises ValidationError with the place of what is not understood."""
    told = Said(release, language)
    found = Asked(release, language, updated=parameters.number(given, "updated", 0, 0, _LARGEST) or 0)
    with _naming("filter"):
        if given.get("filter"):
            found = replace(found, filter=wanted(given["filter"], told))
    with _naming("fields"):
        if "fields" in given:
            found = replace(found, projection=projection(given["fields"], told))
    return found


@contextmanager
def _naming(parameter: str) -> Iterator[None]:
    try:
        yield
    except FilterError as error:
        raise ValidationError({parameter: str(error)}) from None


def _question(given: dict[str, str]) -> str:
    """A digest of what of the documents is asked for, "" for all: a cursor belongs to one question."""
    question = [given.get(name) for name in QUESTION]
    return blake2b(orjson.dumps(question), digest_size=12).hexdigest() if question.count(None) < len(question) else ""


class ReleasesView(ChannelView):
    """The channel's releases, the latest first."""

    @extend_schema(
        operation_id="listReleases",
        summary="The channel's releases",
        description=schema.RELEASES_TEXT,
        parameters=[schema.CHANNEL, schema.BEFORE, schema.limit(100, 20), *schema.CONDITIONS],
        responses=schema.answers({(200, "application/json"): schema.RELEASES_ANSWER}, 400, 406),
        examples=examples.RELEASES,
    )
    def get(self, request: Request, channel: str) -> HttpResponse:
        given = parameters.read(request, "before", "limit")
        limit = cast(int, parameters.number(given, "limit", 20, 1, 100))
        before = parameters.number(given, "before", None, 1, _LARGEST)
        rows = list(querysets.releases_before(self.reader, before)[: limit + 1])
        following = None
        if len(rows) > limit:
            rows = rows[:limit]
            following = request.build_absolute_uri(f"?{urlencode({'before': rows[-1].number, 'limit': limit})}")
        answer = {"channel": self.reader.code, "next": following, "releases": [_summary(row) for row in rows]}
        body = orjson.dumps(answer)
        etag = f'"{blake2b(body, digest_size=16).hexdigest()}"'
        return tagged(unchanged(request, etag) or HttpResponse(body, content_type="application/json"), etag)


@csrf_exempt
def nothing(_request: HttpRequest) -> HttpResponse:
    """Addresses below the API where there is nothing, for whoever asks and however."""
    return Problem(404, "There is nothing at this address. What there is, is described at /api/v1/docs/.")


def labelled(answer: HttpResponseBase, release: int, language: str) -> HttpResponseBase:
    """With the headers that say what the answer was made from."""
    answer.headers["Tessera-Release"] = str(release)
    answer.headers["Content-Language"] = language
    return answer


def _with_documents(envelope: dict[str, Any], rows: list[Stored]) -> bytes:
    """Stored bytes go in as they are."""
    documents = b",".join(b'{"digest":"%b","document":%b}' % (row.digest.encode(), row.body) for row in rows)
    return b'%b,"documents":[%b]}' % (orjson.dumps(envelope)[:-1], documents)


def _summary(release: Release) -> dict[str, Any]:
    return {
        "number": release.number,
        "released_at": release.created_at.isoformat(),
        "documents": release.documents,
        "added": release.added,
        "changed": release.changed,
        "removed": release.removed,
        "problems": release.problems,
        "restores": release.restores,
        "pruned": release.pruned_at is not None,
    }
