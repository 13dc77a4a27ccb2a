"""Entities that products refer to, such as brands and materials, and their records with facts of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.safestring import SafeString

from catalog.admin.base import ContinuesAfterAdd, ModelAdmin, TabularInline, actor_of, translated
from catalog.admin.holder_form import HolderForm, HoldsFacts
from catalog.admin.lookups import lookup
from catalog.admin.presenting import NOTHING, badge
from catalog.models import EntityAttribute, EntityType, Record
from catalog.models.base import is_code, label_of
from catalog.operations.holders import save_with_facts


class EntityAttributeInline(TabularInline):
    model = EntityAttribute
    fields = ("attribute", "position")
    autocomplete_fields = ("attribute",)
    verbose_name, verbose_name_plural = "attribute", "attributes"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("attribute")  # type: ignore[no-any-return]


@admin.register(EntityType)
class EntityTypeAdmin(ModelAdmin):
    list_display = ("code", "title", "attribute_count", "record_count")
    search_fields = ("code", *translated("label"))
    fields = ("code", *translated("label"))
    inlines = (EntityAttributeInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        entities = super().get_queryset(request)
        return entities.annotate(  # type: ignore[no-any-return]
            attribute_count=Count("entity_attributes", distinct=True), record_count=Count("records", distinct=True)
        )

    @admin.display(description="label")
    def title(self, entity: EntityType) -> str:
        return str(entity)

    @admin.display(description="attributes", ordering="attribute_count")
    def attribute_count(self, entity: Any) -> int:
        return int(entity.attribute_count)

    @admin.display(description="records", ordering="record_count")
    def record_count(self, entity: Any) -> int:
        return int(entity.record_count)


@admin.register(Record)
class RecordAdmin(HoldsFacts, ContinuesAfterAdd, ModelAdmin):
    form = HolderForm
    list_display = ("code", "title", "entity_type", "state")
    list_select_related = ("entity_type",)
    list_filter = ("entity_type", "retired")
    search_fields = ("code", *translated("label"))
    autocomplete_fields = ("entity_type",)

    def get_fields(self, request: HttpRequest, obj: Record | None = None) -> Any:
        return ("entity_type", "code", *translated("label"), *(("retired",) if obj else ()))

    def get_readonly_fields(self, request: HttpRequest, obj: Record | None = None) -> Any:
        # Products name a record by its code among those of its kind.
        fields = super().get_readonly_fields(request, obj)
        return (*fields, "entity_type") if obj else fields

    def members(self, holder: Record) -> Sequence[Any]:
        return list(EntityAttribute.objects.filter(entity_type=holder.entity_type_id).select_related("attribute"))

    def get_urls(self) -> list[URLPattern]:
        find = path("lookup/", self.admin_site.admin_view(self.lookup), name="catalog_record_lookup")
        return [find, *super().get_urls()]

    def lookup(self, request: HttpRequest) -> HttpResponse:
        """Records of one kind (`entity`, its code) by code or label, for facts that keep a record's code."""
        entity = request.GET.get("entity", "")
        among = Record.objects.filter(retired=False)
        among = among.filter(entity_type__code__iexact=entity) if is_code(entity) else among.none()
        return lookup(self, request, "code", lambda record: label_of(record, "") or record.code, among)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        save_with_facts(actor_of(request), obj, form.facts())

    @admin.display(description="label")
    def title(self, record: Record) -> str:
        return label_of(record, "") or NOTHING

    @admin.display(description="", ordering="retired")
    def state(self, record: Record) -> SafeString | str:
        return badge("retired", "warn") if record.retired else NOTHING
