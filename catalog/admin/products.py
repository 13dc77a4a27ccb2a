"""Products: the list, and the form with their facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.views import ChangeList

from catalog.actors import Actor
from catalog.admin.base import (
    ContinuesAfterAdd,
    ModelAdmin,
    TabularInline,
    actor_of,
    content_languages,
    translated,
)
from catalog.admin.inherited import things
from catalog.admin.lookups import lookup
from catalog.admin.presenting import NOTHING, Tone, badge, badges, chain, thumbnail
from catalog.admin.product_form import ProductForm
from catalog.admin.product_list import BY_SKU, ProductFilter, ProductList, filter_link
from catalog.admin.product_rows import Shown, shown
from catalog.admin.quality_panel import panel, ring_of
from catalog.admin.saying import SaidOnMany
from catalog.admin.variants import variants_page
from catalog.indexing.search import matching
from catalog.models import Association, AssociationType, Placement, Product, ProductAsset
from catalog.operations.associations import save_association, save_association_type
from catalog.operations.inheriting import empty_here, reset_to_inherited
from catalog.operations.products import save_product
from catalog.operations.variants import axes_below
from catalog.quality.rechecking import recheck

STATUSES: dict[str, Tone] = {"draft": "plain", "enabled": "good", "disabled": "bad"}


@admin.register(AssociationType)
class AssociationTypeAdmin(ModelAdmin):
    list_display = ("code", "title", "two_way", "bundle", "position")
    search_fields = ("code", *translated("label"))
    fields = ("code", *translated("label"), "two_way", *translated("inverse_label"), "bundle", "position")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        save_association_type(actor_of(request), obj)

    @admin.display(description="label")
    def title(self, kind: AssociationType) -> str:
        return str(kind)


class AssociationInline(TabularInline):
    model = Association
    fk_name = "source"
    fields = ("type", "target", "quantity", "position")
    autocomplete_fields = ("target",)
    tab = True


class AssetInline(TabularInline):
    model = ProductAsset
    fields = ("picture", "asset", "role", "channel", "position")
    readonly_fields = ("picture",)
    autocomplete_fields = ("asset",)
    verbose_name, verbose_name_plural = "asset", "assets"
    tab = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("asset")  # type: ignore[no-any-return]

    @admin.display(description="")
    def picture(self, row: ProductAsset) -> SafeString:
        is_image = row.asset_id and row.asset.kind == "image"
        return thumbnail(row.asset_id if is_image else None)


class ProductPlacementInline(TabularInline):
    model = Placement
    fields = ("slot", "fragment", "excluded", "position")
    autocomplete_fields = ("fragment",)
    verbose_name, verbose_name_plural = "fragment", "fragments placed here"
    tab = True


@admin.register(Product)
class ProductAdmin(SaidOnMany, ContinuesAfterAdd, ModelAdmin):
    form = ProductForm
    actions = ("say_selected",)
    list_display = ("picture", "code", "name", "family_name", "state", "done", "parent", "variants", "places")
    list_display_links = ("picture", "code", "name")
    list_select_related = ("parent",)
    list_filter = (ProductFilter,)
    list_before_template = "catalog/admin/filter_box.html"
    list_filter_sheet = False
    show_facets = admin.ShowFacets.NEVER  # the panel counts by itself
    search_fields = ("sku",)
    search_help_text = "By SKU, name or text"
    ordering = (BY_SKU,)
    autocomplete_fields = ("family", "parent", "categories")
    inlines = (AssociationInline, AssetInline, ProductPlacementInline)
    change_form_template = "catalog/admin/product_form.html"

    def get_fields(self, request: HttpRequest, obj: Product | None = None) -> Any:
        if obj is None:
            return ("sku", "family", "parent", "status")
        split = () if obj.parent_id else ("family_variant",)
        return ("sku", "status", "family", "parent", *split, "categories")

    def get_inlines(self, request: HttpRequest, obj: Product | None) -> Any:
        return self.inlines if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **{**kwargs, "fields": self.get_fields(request, obj)})
        form.readonly = bool(obj) and not self.has_change_permission(request, obj)  # type: ignore[attr-defined]
        return form

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ProductList

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("lookup/", view(self.lookup), name="catalog_product_lookup"),
            path("<int:pk>/inheritance/", view(self.inheritance), name="catalog_product_inheritance"),
            path("<int:pk>/variants/", view(self.make_variants), name="catalog_product_variants"),
            *super().get_urls(),
        ]

    def inheritance(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Empty one thing here, or inherit it again: what the small buttons of the form ask for."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        product = self.writable(request, pk)
        emptied = request.POST.get("empty")
        what = emptied or request.POST.get("reset", "")
        try:
            (empty_here if emptied else reset_to_inherited)(actor_of(request), product, what)
        except ValidationError as error:
            for message in error.messages:
                messages.error(request, message)
        return HttpResponseRedirect(reverse("admin:catalog_product_change", args=[pk]))

    def make_variants(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page on which missing variants are made."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        product = self.writable(request, pk)
        context = {**self.admin_site.each_context(request), "opts": self.opts}
        return variants_page(request, product, actor_of(request), chain(), context)

    def writable(self, request: HttpRequest, pk: int) -> Product:
        product = get_object_or_404(Product.objects.select_related("parent", "family"), pk=pk)
        if not self.has_change_permission(request, product):
            raise PermissionDenied
        return product

    def lookup(self, request: HttpRequest) -> HttpResponse:
        """Products by SKU or name, for facts that keep a product's SKU."""
        return lookup(self, request, "sku", lambda product: product.sku)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        """All words have to stand in what a product says in the reader's language, or in what stands in for it."""
        if not search_term.strip():
            return queryset, False
        return queryset.filter(pk__in=matching(search_term, chain()[0]).values("pk")), False

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        product = kwargs.get("obj")
        if product:
            form = context["adminform"].form
            form.sheet.bind(form)
            context["sheet"] = form.sheet
            context["things"] = things(product)
            context["quality"] = panel(product, chain())
            context["splits"] = bool(axes_below(product))
            context["content_languages"] = content_languages()
            context["variants"] = variant_rows(product)
            context["product_shown"] = shown([product], chain())[product.pk]
            context["product_picture"] = thumbnail(context["product_shown"].picture, context["product_shown"].name)
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            self.refuse_stale(obj, form)
        save_product(actor_of(request), obj, form.facts(), form.cleaned_data.get("categories"))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Whoever saves a product sees at once what the checks say of it now."""
        super().save_related(request, form, formsets, change)
        recheck([form.instance.pk])

    def save_row(self, actor: Actor, row: Any) -> None:
        """An association is checked against the sets it may close to a circle."""
        if isinstance(row, Association):
            save_association(actor, row)
        else:
            super().save_row(actor, row)

    # --- Columns -----------------------------------------------------------------------------------------------------
    @admin.display(description="")
    def picture(self, product: Any) -> SafeString:
        return thumbnail(product.shown.picture)

    @admin.display(description="SKU", ordering=Lower("sku"))
    def code(self, product: Product) -> str:
        return product.sku

    @admin.display(description="name")
    def name(self, product: Any) -> str:
        return product.shown.name or NOTHING

    @admin.display(description="family", ordering="family__code")
    def family_name(self, product: Any) -> str:
        return product.shown.family or NOTHING

    @admin.display(description="status", ordering="status")
    def state(self, product: Product) -> SafeString:
        return badge(product.get_status_display(), STATUSES[product.status])

    @admin.display(description="complete")
    def done(self, product: Any) -> SafeString:
        return ring_of(product.share)

    @admin.display(description="variants")
    def variants(self, product: Any) -> SafeString | str:
        count = product.shown.variants
        return (
            format_html('<a class="t-link" href="{}">{}</a>', filter_link(f"parent = {product.sku}"), count)
            if count
            else NOTHING
        )

    @admin.display(description="categories")
    def places(self, product: Any) -> SafeString | str:
        return badges(product.shown.categories)


@dataclass(frozen=True)
class VariantRow:
    product: Product
    shown: Shown
    picture: SafeString
    state: SafeString


def variant_rows(product: Product) -> list[VariantRow]:
    """The variants right below a product, as the product's form lists them."""
    variants = list(product.children.order_by("sku"))
    found = shown(variants, chain())
    return [
        VariantRow(
            variant,
            found[variant.pk],
            thumbnail(found[variant.pk].picture, found[variant.pk].name),
            badge(variant.get_status_display(), STATUSES[variant.status]),
        )
        for variant in variants
    ]
