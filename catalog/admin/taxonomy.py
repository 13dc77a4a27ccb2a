"""Category trees, moved by dragging, and the controlled vocabulary of tags."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from catalog.admin.base import REFUSALS, ModelAdmin, actor_of, refusal_of, translated
from catalog.models import Category, Tag
from catalog.operations.recording import remove
from catalog.operations.tags import save_tag
from catalog.operations.trees import lock_tree, move_category, save_category

POSITIONS = ("left", "right", "first-child", "last-child")


@admin.register(Category)
class CategoryAdmin(ModelAdmin):
    list_display = ("node", "code", "product_count")
    list_display_links = None
    list_per_page = 2_000
    ordering = ("tree_id", "lft")
    sortable_by = ()
    search_fields = ("code", *translated("label"))
    search_help_text = "By label or code"
    fields = ("code", *translated("label"), "parent", "retired")
    autocomplete_fields = ("parent",)
    list_before_template = "catalog/admin/tree_tools.html"
    # Nothing is done to several categories at once: deleting a branch takes a look at each.
    actions = None

    class Media:
        js = ("catalog/admin/tree.js",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(product_count=Count("products"))  # type: ignore[no-any-return]

    def get_urls(self) -> list[URLPattern]:
        move = path("move/", self.admin_site.admin_view(require_POST(self.move)), name="catalog_category_move")
        return [move, *super().get_urls()]

    @admin.display(description="category")
    def node(self, category: Category) -> SafeString:
        return format_html(
            '<span class="t-node" data-node="{}" data-level="{}" style="--level: {}">'
            '<button type="button" class="t-handle" title="Drag to move" tabindex="-1"></button>'
            '<button type="button" class="t-toggle" aria-label="Open or close"></button>'
            '<a href="{}/change/">{}</a></span>',
            category.pk,
            category.level,
            category.level,
            category.pk,
            category,
        )

    @admin.display(description="products")
    def product_count(self, category: Any) -> int:
        return int(category.product_count)

    def move(self, request: HttpRequest) -> HttpResponse:
        """Move a node with what is below it: `node`, `target` and `position` as move_category has them."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        position = request.POST.get("position", "")
        ids = (request.POST.get("node", ""), request.POST.get("target", ""))
        found = {str(row.pk): row for row in Category.objects.filter(pk__in=[pk for pk in ids if pk.isdigit()])}
        if position not in POSITIONS or not set(ids) <= set(found):
            return JsonResponse({"error": "One of the two categories is gone. Load the page again."}, status=409)
        try:
            move_category(actor_of(request), found[ids[0]], found[ids[1]], position)
        except REFUSALS as error:
            return JsonResponse({"error": " ".join(refusal_of(error).messages)}, status=409)
        return JsonResponse({"moved": True})

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The lock comes before the first read of the tree, which is the reading of the category itself."""
        if request.method != "POST":
            return super().changeform_view(request, *args, **kwargs)
        with transaction.atomic():
            lock_tree()
            return super().changeform_view(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        save_category(actor_of(request), obj)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        lock_tree()
        remove(actor_of(request), Category.objects.get(pk=obj.pk))


@admin.register(Tag)
class TagAdmin(ModelAdmin):
    list_display = ("word", "title", "facet", "parent", "fragment_count")
    list_select_related = ("parent",)
    list_filter = ("facet",)
    search_fields = ("facet", "code", *translated("label"))
    fields = ("facet", "code", *translated("label"), "parent")
    autocomplete_fields = ("parent",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(fragment_count=Count("fragments"))  # type: ignore[no-any-return]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        save_tag(actor_of(request), obj)

    @admin.display(description="tag", ordering="code")
    def word(self, tag: Tag) -> str:
        return str(tag)

    @admin.display(description="label")
    def title(self, tag: Tag) -> str:
        return tag.label or ""

    @admin.display(description="fragments", ordering="fragment_count")
    def fragment_count(self, tag: Any) -> int:
        return int(tag.fragment_count)
