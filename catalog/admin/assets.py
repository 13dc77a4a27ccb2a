"""The asset library: files, what is said of them, and where they are used."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from modeltranslation.utils import build_localized_fieldname

from catalog.actors import Actor
from catalog.admin.asset_form import (
    AssetForm,
    DuplicatesFilter,
    OutdatedFilter,
    RightsFilter,
    state_field,
    translated_into,
)
from catalog.admin.base import Form, ModelAdmin, TabularInline, actor_of, translated
from catalog.admin.lookups import lookup
from catalog.admin.presenting import NOTHING, badge, file_size, link, thumbnail_of
from catalog.models import Asset, AssetTrack
from catalog.operations.assets import same_content, save_track
from catalog.renditions import SPECS, rendition


class TrackInline(TabularInline):
    model = AssetTrack
    fields = ("kind", "language", "text")
    verbose_name, verbose_name_plural = "captions or transcript", "captions and transcripts"
    tab = True


@admin.register(Asset)
class AssetAdmin(ModelAdmin):
    form = AssetForm
    list_display = ("picture", "code", "kind_name", "dimensions", "weight", "alt_state", "uses", "expiry")
    list_display_links = ("picture", "code")
    list_filter = ("kind", RightsFilter, OutdatedFilter, DuplicatesFilter, "retired")
    search_fields = ("code", *translated("title", "alt"))
    inlines = (TrackInline,)
    readonly_fields = ("preview", "media_type", "dimensions", "weight", "digest", "same_file", "used_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(uses=Count("product_assets"))  # type: ignore[no-any-return]

    def get_fieldsets(self, request: HttpRequest, obj: Asset | None = None) -> Any:
        file = ("code", "upload", "keep_both", "link_to", "link_kind")
        rights = ("Rights", {"fields": ("rights_holder", "licence", "expires")})
        if obj is None:
            return [(None, {"fields": (*file, *translated("title", "alt"))}), rights]
        current = ("meaning_kept", *(state_field(code) for code, _ in translated_into()))
        focal = [("Focal point", {"fields": ("focal_x", "focal_y")})] if obj.kind == Asset.Kind.IMAGE else []
        return [
            (None, {"fields": ("preview", *file, *translated("title", "alt"))}),
            ("Translations", {"fields": current}),
            *focal,
            rights,
            ("The file", {"fields": (*self.readonly_fields[1:], "retired")}),
        ]

    def get_inlines(self, request: HttpRequest, obj: Asset | None) -> Any:
        return self.inlines if obj and obj.kind in (Asset.Kind.VIDEO, Asset.Kind.AUDIO) else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type[Form]:
        columns = ["code", *translated("title", "alt"), "rights_holder", "licence", "expires"]
        if obj is not None:
            columns += ["retired", *(("focal_x", "focal_y") if obj.kind == Asset.Kind.IMAGE else ())]
        return super().get_form(request, obj, change=change, **{**kwargs, "fields": columns})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        form.store(actor_of(request))

    def save_row(self, actor: Actor, row: Any) -> None:
        save_track(actor, row)

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
        if size not in SPECS or asset.kind != Asset.Kind.IMAGE:
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
        if not asset.file:
            raise Http404("It is kept elsewhere.")
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
        if asset.url:
            return format_html('<a class="t-link" href="{}" rel="noreferrer noopener">{}</a>', asset.url, asset.url)
        original = reverse("admin:catalog_asset_original", args=[asset.pk])
        download = format_html('<a class="t-link" href="{}">Download the original</a>', original)
        if asset.kind != Asset.Kind.IMAGE:
            return download
        whole, cut = (reverse("admin:catalog_asset_preview", args=[asset.pk, name]) for name in ("medium", "thumb"))
        return format_html(
            '<img class="t-preview" src="{}" alt="{}"> <img class="t-preview t-cut" src="{}" alt=""><br>{}',
            whole,
            asset.alt or "",
            cut,
            download,
        )

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
        missing = [code for code, _ in settings.LANGUAGES if not getattr(asset, build_localized_fieldname("alt", code))]
        return badge(f"missing: {', '.join(missing)}", "warn") if missing else badge("complete", "good")

    @admin.display(description="expires", ordering="expires")
    def expiry(self, asset: Asset) -> SafeString | str:
        if asset.expires is None:
            return NOTHING
        left = (asset.expires - timezone.localdate()).days
        return badge(asset.expires.isoformat(), "bad" if left < 0 else "warn" if left <= 30 else "plain")

    @admin.display(description="same file as")
    def same_file(self, asset: Asset) -> SafeString | str:
        return format_html_join(", ", "{}", ((link(other),) for other in same_content(asset)[:20])) or NOTHING

    @admin.display(description="uses", ordering="uses")
    def uses(self, asset: Any) -> int:
        return int(asset.uses)

    @admin.display(description="used by")
    def used_by(self, asset: Asset) -> SafeString | str:
        rows = list(asset.product_assets.select_related("product")[:50])
        items = ((link(row.product), row.role) for row in rows)
        return format_html_join("", "<div>{} · {}</div>", items) or "No product shows it."
