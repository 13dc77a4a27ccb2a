"""Files and links with what is said of them."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from catalog.actors import Actor
from catalog.api import parameters as reading
from catalog.api.fields import Choice, Code, Date, Field, Flag, Json, Moment, Text, Texts, Whole
from catalog.api.resources.base import Parameter, Parameters, Resource
from catalog.api.resources.upkeep import upkeep
from catalog.endings import whole
from catalog.models import Asset
from catalog.operations.assets import digest_of, save_asset, store_asset, store_link


class Upload(NamedTuple):
    """A file with what is said of it."""

    members: Any
    content: bytes


class Assets(Resource):
    name, plural, route = "Asset", "Assets", "assets"
    one, words = "an asset", "assets"
    about = "A picture, document, video or recording, kept here as a file or elsewhere behind a link."
    writing = (
        "A link needs `url` and `kind`. A file is uploaded as multipart/form-data with the parts `file` and, as JSON, "
        "`json`; a file that is here already is refused, unless `json` has `keep_both`."
    )
    model = Asset
    acts = upkeep(Asset, "an asset", 200)
    fields: ClassVar[tuple[Field, ...]] = (
        Field("code", Code(200), written="creation", required=True),
        Field("kind", Choice(tuple(Asset.Kind.values)), "Of a link; a file shows what it is."),
        Field("url", Text(500), "Where it is, if it is kept elsewhere; never fetched."),
        Field("title", Texts(200)),
        Field("alt", Texts(500), "The alternative text."),
        Field("focal_x", Whole(0, 100), "What must stay in view: per cent from the left."),
        Field("focal_y", Whole(0, 100), "Per cent from the top."),
        Field("rights_holder", Text(200)),
        Field("licence", Text(200)),
        Field("expires", Date()),
        Field("retired", Flag()),
        Field("digest", Text(), "BLAKE2b-256 of the file, hex.", written="never"),
        Field("media_type", Text(), written="never"),
        Field("size", Whole(0, 10**15), "Bytes.", written="never"),
        Field("width", Whole(empty=True), "Pixels.", written="never"),
        Field("height", Whole(empty=True), "Pixels.", written="never"),
        Field("created_at", Moment(), written="never"),
    )
    parameters = (
        Parameter("kind", "Only those of this kind.", {"type": "string", "enum": list(Asset.Kind.values)}),
        Parameter("digest", "Only those whose file has this digest.", {"type": "string"}),
    )
    example: ClassVar[Json] = {
        "code": "ts-200-film",
        "kind": "video",
        "url": "https://videos.example.com/ts-200",
        "title": {"en": "The TS 200 at work"},
        "rights_holder": "Tessera",
    }

    def bodies(self, made: Json) -> Json:
        file = {"type": "string", "format": "binary"}
        parts = {"type": "object", "properties": {"file": file, "json": made}, "required": ["file", "json"]}
        return {"application/json": made, "multipart/form-data": parts}

    def narrowed(self, rows: QuerySet[Any], asked: Parameters) -> QuerySet[Any]:
        if "kind" in asked:
            rows = rows.filter(kind=reading.choice(dict(asked), "kind", list(Asset.Kind.values)))
        if "digest" in asked:
            digest = asked["digest"]
            rows = rows.filter(digest=digest) if digest.isascii() and digest.isalnum() else rows.none()
        return rows

    def read(self, raw: Any, row: Any = None) -> dict[str, Any]:
        if not isinstance(raw, Upload):
            return super().read(raw, row)
        members = raw.members
        keep_both = isinstance(members, dict) and members.get("keep_both") is True
        if keep_both:
            members = {name: value for name, value in members.items() if name != "keep_both"}
        return {**super().read(members, row), "content": raw.content, "keep_both": keep_both}

    def save(self, actor: Actor, row: Asset, data: dict[str, Any]) -> None:
        if "content" in data:
            self.refuse_double(row, data)
            store_asset(actor, row, data["content"])
        elif "url" in data or "kind" in data:
            store_link(actor, row, row.kind, row.url)
        else:
            save_asset(actor, row)

    def refuse_double(self, row: Asset, data: dict[str, Any]) -> None:
        """Raises ValidationError where the same file is here under another code."""
        same = Asset.objects.filter(digest=digest_of(whole(data["content"]))).exclude(pk=row.pk).first()
        if same is not None and not data["keep_both"]:
            raise ValidationError(f"The same file is already here as “{same.code}”. Use that, or say “keep_both”.")
