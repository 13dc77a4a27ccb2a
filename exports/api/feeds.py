"""The latest edition of an output, as a file."""

from __future__ import annotations

from django.http import FileResponse
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from catalog.api import parameters
from catalog.api.caching import tagged, unchanged
from exports import querysets
from exports.api import schema
from exports.api.base import AnyAccept, TokenView
from exports.editions import path_of
from exports.formats.registry import FORMATS
from exports.models import Edition, Output

_UNKNOWN = "application/octet-stream"


class FeedView(TokenView):
    """Streams an edition from the disk. An output of another channel is one that does not exist."""

    content_negotiation_class = AnyAccept
    scope = "feeds"

    @extend_schema(
        operation_id="getFeed",
        summary="The latest edition of an output",
        description=schema.FEED_TEXT,
        parameters=[schema.OUTPUT, *schema.CONDITIONS],
        responses=schema.answers({(200, "*/*"): schema.FILE_ANSWER}, 400),
    )
    def get(self, request: Request, output: str) -> HttpResponseBase:
        parameters.read(request)
        found = querysets.output_of(self.reader, output)
        if found is None:
            raise NotFound("This token opens no such output. Check the output's code in the address.")
        edition = querysets.latest_edition(found)
        if edition is None:
            raise NotFound("Nothing has been made of this output yet.")
        etag = f'"{edition.digest}"'
        answer = unchanged(request, etag, edition.created_at) or self.file(found, edition)
        answer.headers["Tessera-Release"] = str(edition.release.number)
        answer.headers["Content-Language"] = found.language
        return tagged(answer, etag, edition.created_at)

    def file(self, output: Output, edition: Edition) -> HttpResponseBase:
        """The open file, sent in pieces. Raises NotFound where it is gone."""
        form = FORMATS.get(output.format)
        path = path_of(edition)
        try:
            file = path.open("rb")
        except FileNotFoundError:
            raise NotFound("The file of the latest edition is gone. Have the output built again.") from None
        name = f"{output.code}-{edition.release.number}{path.suffix}"
        answer = FileResponse(file, filename=name, content_type=form.media_type if form else _UNKNOWN)
        # Whatever an edition holds, a browser that opens it runs nothing of it.
        answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        return answer
