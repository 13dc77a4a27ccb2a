"""The files of assets: uploaded with what is said of them, replaced, and downloaded as they are."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from catalog.api import describing, parameters
from catalog.api.bodies import JsonParser, UploadParser, loads, too_large
from catalog.api.openapi import Operation
from catalog.api.problems import Error, wrong
from catalog.api.resources.assets import Upload
from catalog.api.versions import refuse_stale
from catalog.api.views.base import AuthoringView, presented
from catalog.api.views.listing import ListView
from catalog.models import Asset


class Uploading(AuthoringView):
    """Reads the parts of an upload."""

    def upload(self) -> Upload:
        """Raises Refusal where a part is missing, doubled or too large, or another is there."""
        files, members = self.request.FILES, cast(Any, self.request.data)
        names = {name for name in members if name not in files}
        errors: list[Error] = []
        if "file" not in files or len(files.getlist("file")) != 1:
            errors.append({"field": "file", "detail": "Send one part “file” with the bytes of the file."})
        for name in sorted({*names, *files} - {"file", "json"}):
            errors.append(
                {"field": parameters.shortened(name), "detail": "There is no such part. There are: file, json."}
            )
        if errors:
            raise wrong(errors)
        file = cast("UploadedFile[Any]", files["file"])
        if (file.size or 0) > settings.ASSET_MAX_BYTES:
            raise too_large(settings.ASSET_MAX_BYTES)
        said = members.get("json", "{}") if "json" in names else "{}"
        return Upload(loads(said.encode("utf-8", "surrogatepass")), file.read())


class AssetListView(Uploading, ListView):
    parser_classes = [JsonParser, UploadParser]

    def body(self) -> Any:
        data = self.request.data
        return self.upload() if (self.request.content_type or "").startswith("multipart/") else data


class FileView(Uploading):
    """The original of one asset."""

    does = {"PUT": "change"}
    parser_classes = [UploadParser]

    def operation(self, method: str) -> Operation:
        return describing.replace_file(self.resource) if method == "PUT" else describing.file(self.resource)

    def get(self, request: Request, key: str) -> HttpResponseBase:
        parameters.read(request)
        asset: Asset = self.found(key)
        if not asset.file:
            raise NotFound("This asset is kept elsewhere; “url” says where.")
        try:
            content = asset.file.open("rb")
        except OSError:
            raise NotFound("The file is gone. Upload it again.") from None
        name = f"{asset.code}.{str(asset.file.name).rpartition('.')[2]}"
        answer = FileResponse(content, as_attachment=True, filename=name, content_type=asset.media_type)
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return answer

    def put(self, request: Request, key: str) -> HttpResponse:
        parameters.read(request)
        upload = self.upload()
        with transaction.atomic():
            row = self.found(key, lock=True)
            refuse_stale(request, self.resource.show(row))
            return presented(self.resource.presented(self.stored(self.written(upload, row))))
