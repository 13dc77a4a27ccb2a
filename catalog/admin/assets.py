"""The asset library: files, what is said of them, and where they are used."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminFileFieldWidget

from catalog.admin.base import Form, ModelAdmin, actor_of, translated
from catalog.admin.lookups import lookup
from catalog.admin.presenting import NOTHING, badge, file_size, link, thumbnail_of
from catalog.models import Asset
from catalog.operations.assets import sniff, store_asset
from catalog.operations.recording import store
from catalog.renditions import SIZES, rendition


class AssetForm(Form):
    upload = forms.FileField(
        required=False,
        widget=UnfoldAdminFileFieldWidget,
        label="File",
        help_text="A JPEG, PNG, GIF or WebP picture, or a PDF. A new file takes the place of the one there is.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "upload" in self.fields:
            self.fields["upload"].required = self.instance.pk is None

    def clean_upload(self) -> bytes | None:
        upload: UploadedFile[Any] | None = self.cleaned_data.get("upload")
        if not upload:
            return None
        if (upload.size or 0) > settings.ASSET_MAX_BYTES:
            raise ValidationError(f"The file is too large; at most {file_size(settings.ASSET_MAX_BYTES)} are allowed.")
        upload.seek(0)
        content: bytes = upload.read()
        sniff(content)
        return content


@admin.register(Asset)
class AssetAdmin(ModelAdmin):
    form = AssetForm
    list_display = ("picture", "code", "kind_name", "dimensions", "weight", "alt_state", "uses", "expires")
    list_display_links = ("picture", "code")
    list_filter = ("kind", "expires")
    search_fields = ("code", *translated("title", "alt"))
    fieldsets = (
        (None, {"fields": ("preview", "code", "upload", *translated("title", "alt"))}),
        ("Rights", {"fields": ("rights_holder", "licence", "expires")}),
        ("The file", {"fields": ("media_type", "dimensions", "weight", "digest", "used_by")}),
    )
    readonly_fields = ("preview", "media_type", "dimensions", "weight", "digest", "used_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(uses=Count("product_assets"))  # type: ignore[no-any-return]

    def get_fieldsets(self, request: HttpRequest, obj: Asset | None = None) -> Any:
        if obj:
            return self.fieldsets
        return [(None, {"fields": ("code", "upload", *translated("title", "alt"))}), self.fieldsets[1]]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type[Form]:
        columns = ["code", *translated("title", "alt"), "rights_holder", "licence", "expires"]
        return super().get_form(request, obj, change=change, **{**kwargs, "fields": columns})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        content = form.cleaned_data.get("upload")
        if content:
            store_asset(actor_of(request), obj, content)
        else:
            store(actor_of(request), obj)

    # --- Files -------------------------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("lookup/", view(self.lookup), name="catalog_asset_lookup"),
            path("<int:pk>/preview/<str:size>.jpg", view(self.preview_file), name="catalog_asset_preview"),
            path("<int:pk>/original/", view(self.original_file), name="catalog_asset_original"),
            *super().get_urls(),
        ]

    def lookup(self, request: HttpRequest) -> HttpResponse:
        """Assets by code or title, for fields that keep an asset's code."""
        return lookup(
            self, request, "code", lambda asset: f"{asset.code} – {asset.title}" if asset.title else asset.code
        )

    def preview_file(self, request: HttpRequest, pk: int, size: str) -> FileResponse:
        """A rendition of a picture, for those who may see assets or the products that show them."""
        asset = self.permitted(request, pk)
        if size not in SIZES or asset.kind != Asset.Kind.IMAGE:
            raise Http404
        try:
            picture = rendition(asset, size).open("rb")
        except OSError as error:
            raise Http404("The file is gone or damaged.") from error
        return FileResponse(
            picture,
            content_type="image/jpeg",
            headers={"Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff"},
        )

    def original_file(self, request: HttpRequest, pk: int) -> FileResponse:
        """The file as it was stored, to be saved and never shown in this site's name."""
        asset = self.permitted(request, pk)
        try:
            content = asset.file.open("rb")
        except OSError as error:
            raise Http404("The file is gone.") from error
        name = f"{asset.code}.{str(asset.file.name).rpartition('.')[2]}"
        return FileResponse(
            content,
            as_attachment=True,
            filename=name,
            content_type=asset.media_type,
            headers={"X-Content-Type-Options": "nosniff"},
        )

    def permitted(self, request: HttpRequest, pk: int) -> Asset:
        if not (self.has_view_permission(request) or request.user.has_perm("catalog.view_product")):
            raise PermissionDenied
        asset = Asset.objects.filter(pk=pk).first()
        if asset is None:
            raise Http404
        return asset

    # --- Columns -----------------------------------------------------------------------------------------------------
    @admin.display(description="")
    def picture(self, asset: Asset) -> SafeString:
        return thumbnail_of(asset)

    @admin.display(description="preview")
    def preview(self, asset: Asset) -> SafeString:
        original = reverse("admin:catalog_asset_original", args=[asset.pk])
        download = format_html('<a class="t-link" href="{}">Download the original</a>', original)
        if asset.kind != Asset.Kind.IMAGE:
            return download
        source = reverse("admin:catalog_asset_preview", args=[asset.pk, "medium"])
        return format_html('<img class="t-preview" src="{}" alt="{}"><br>{}', source, asset.alt or "", download)

    @admin.display(description="kind", ordering="kind")
    def kind_name(self, asset: Asset) -> SafeString:
        return badge(asset.get_kind_display())

    @admin.display(description="dimensions")
    def dimensions(self, asset: Asset) -> str:
        return f"{asset.width} × {asset.height} px" if asset.width else NOTHING

    @admin.display(description="size", ordering="size")
    def weight(self, asset: Asset) -> str:
        return file_size(asset.size)

    @admin.display(description="alternative text")
    def alt_state(self, asset: Asset) -> SafeString | str:
        if asset.kind != Asset.Kind.IMAGE:
            return NOTHING
        missing = [code for code, _ in settings.LANGUAGES if not getattr(asset, f"alt_{code}")]
        return badge(f"missing: {', '.join(missing)}", "warn") if missing else badge("complete", "good")

    @admin.display(description="uses", ordering="uses")
    def uses(self, asset: Any) -> int:
        return int(asset.uses)

    @admin.display(description="used by")
    def used_by(self, asset: Asset) -> SafeString | str:
        rows = list(asset.product_assets.select_related("product")[:50])
        items = ((link(row.product), row.role) for row in rows)
        return format_html_join("", "<div>{} · {}</div>", items) or "No product shows it."
