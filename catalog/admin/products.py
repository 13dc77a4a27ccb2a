"""Products: the list, and the form with their facts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import F, Q, QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.views import ChangeList

from catalog.admin.base import ContinuesAfterAdd, ModelAdmin, TabularInline, actor_of, translated
from catalog.admin.lookups import lookup
from catalog.admin.presenting import NOTHING, Tone, badge, badges, chain, thumbnail
from catalog.admin.product_form import ProductForm
from catalog.admin.product_rows import Shown, shown
from catalog.models import Association, AssociationType, Category, Family, Placement, Product, ProductAsset
from catalog.operations.products import save_product

STATUSES: dict[str, Tone] = {"draft": "plain", "enabled": "good", "disabled": "bad"}


@admin.register(AssociationType)
class AssociationTypeAdmin(ModelAdmin):
    list_display = ("code", "title", "position")
    search_fields = ("code", *translated("label"))
    fields = ("code", *translated("label"), "position")

    @admin.display(description="label")
    def title(self, kind: AssociationType) -> str:
        return str(kind)


class CategoryFilter(admin.SimpleListFilter):
    """Products of a category or of any category below it."""

    title, parameter_name = "category", "category"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        indent = "\N{NO-BREAK SPACE}" * 3
        return [(str(node.pk), f"{indent * node.level}{node}") for node in Category.objects.all()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        node = Category.objects.filter(pk=value).first() if value and value.isdigit() else None
        if node is None:
            return queryset
        below = node.get_descendants(include_self=True)
        return queryset.filter(pk__in=Product.categories.through.objects.filter(category__in=below).values("product"))


class LevelFilter(admin.SimpleListFilter):
    title, parameter_name = "level", "level"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("root", "Products"), ("group", "With variants"), ("variant", "Variants")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        wanted = {
            "root": Q(parent__isnull=True),
            "group": Q(pk__in=Product.objects.filter(parent__isnull=False).values("parent")),
            "variant": Q(parent__isnull=False),
        }
        return queryset.filter(wanted.get(self.value() or "", Q()))


class ProductList(ChangeList):
    """The page's rows with what is shown of them."""

    result_list: Any

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows = list(self.result_list)
        found = shown(rows, chain())
        for row in rows:
            row.shown = found[row.pk]
        self.result_list = rows


class AssociationInline(TabularInline):
    model = Association
    fk_name = "source"
    fields = ("type", "target", "quantity", "position")
    autocomplete_fields = ("target",)
    tab = True


class AssetInline(TabularInline):
    model = ProductAsset
    fields = ("picture", "asset", "role", "position")
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
    fields = ("slot", "fragment", "position")
    autocomplete_fields = ("fragment",)
    verbose_name, verbose_name_plural = "fragment", "fragments placed here"
    tab = True


@admin.register(Product)
class ProductAdmin(ContinuesAfterAdd, ModelAdmin):
    form = ProductForm
    list_display = ("picture", "sku", "name", "family_name", "state", "parent", "variants", "places")
    list_display_links = ("picture", "sku", "name")
    list_select_related = ("parent",)
    list_filter = ("family", "status", CategoryFilter, LevelFilter)
    search_fields = ("sku",)
    search_help_text = "By SKU or name, in any language"
    ordering = ("sku",)
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
        find = path("lookup/", self.admin_site.admin_view(self.lookup), name="catalog_product_lookup")
        return [find, *super().get_urls()]

    def lookup(self, request: HttpRequest) -> HttpResponse:
        """Products by SKU or name, for facts that keep a product's SKU."""
        return lookup(self, request, "sku", lambda product: product.sku)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        """Every word has to stand in the SKU or in the name in some language."""
        words = search_term.split()
        if not words:
            return queryset, False
        names = name_columns()
        queryset = queryset.annotate(**names)
        for word in words:
            places = [Q(sku__icontains=word), *(Q(**{f"{name}__icontains": word}) for name in names)]
            queryset = queryset.filter(reduce(or_, places))
        return queryset, False

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        product = kwargs.get("obj")
        if product:
            form = context["adminform"].form
            form.sheet.bind(form)
            context["sheet"] = form.sheet
            context["content_languages"] = settings.LANGUAGES
            context["variants"] = variant_rows(product)
            context["product_shown"] = shown([product], chain())[product.pk]
            context["product_picture"] = thumbnail(context["product_shown"].picture, context["product_shown"].name)
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            self.refuse_stale(obj, form)
        save_product(actor_of(request), obj, form.facts(), form.cleaned_data.get("categories"))

    # --- Columns -----------------------------------------------------------------------------------------------------
    @admin.display(description="")
    def picture(self, product: Any) -> SafeString:
        return thumbnail(product.shown.picture)

    @admin.display(description="name")
    def name(self, product: Any) -> str:
        return product.shown.name or NOTHING

    @admin.display(description="family", ordering="family__code")
    def family_name(self, product: Any) -> str:
        return product.shown.family or NOTHING

    @admin.display(description="status", ordering="status")
    def state(self, product: Product) -> SafeString:
        return badge(product.get_status_display(), STATUSES[product.status])

    @admin.display(description="variants")
    def variants(self, product: Any) -> SafeString | str:
        count = product.shown.variants
        return (
            format_html('<a class="t-link" href="?level=variant&q={}">{}</a>', product.sku, count) if count else NOTHING
        )

    @admin.display(description="categories")
    def places(self, product: Any) -> SafeString | str:
        return badges(product.shown.categories)


def name_columns() -> dict[str, Any]:
    """What names are searched in: for each attribute that names a family's products, its value per language."""
    attributes = (
        Family.objects.filter(label_attribute__isnull=False)
        .values_list("label_attribute__code", "label_attribute__localizable")
        .distinct()
    )
    columns: dict[str, Any] = {}
    for code, localizable in attributes:
        for scope in [language for language, _ in settings.LANGUAGES] if localizable else [""]:
            value = KeyTextTransform(scope, KeyTransform(code, F("values")))
            columns[f"name_{len(columns)}"] = Cast(value, TextField())
    return columns


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
