"""What products can say: attributes with their options, families, and how families split into variants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminTextInputWidget

from catalog.actors import Actor
from catalog.admin.attribute_form import AttributeForm, fields_of_settings
from catalog.admin.base import ContinuesAfterAdd, Form, ModelAdmin, RowForm, TabularInline, actor_of, translated
from catalog.admin.holder_form import HolderForm, HoldsFacts
from catalog.admin.presenting import NOTHING, badge, badges
from catalog.models import (
    Attribute,
    AttributeGroup,
    AttributeOption,
    Family,
    FamilyAttribute,
    FamilyVariant,
    FamilyVariantAttribute,
    Product,
    Requirement,
)
from catalog.models.base import label_of
from catalog.operations.attributes import save_attribute
from catalog.operations.axes import renew_splits
from catalog.operations.holders import save_with_facts
from catalog.operations.requirements import save_requirement
from catalog.quality.schema import with_use
from catalog.requirements import check_condition
from catalog.values import TYPES


@admin.register(AttributeGroup)
class AttributeGroupAdmin(ModelAdmin):
    list_display = ("code", "title", "responsible", "position", "size")
    search_fields = ("code", *translated("label"))
    fields = ("code", *translated("label"), "responsible", "position")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(size=Count("attributes"))  # type: ignore[no-any-return]

    @admin.display(description="label")
    def title(self, group: AttributeGroup) -> str:
        return str(group)

    @admin.display(description="attributes", ordering="size")
    def size(self, group: Any) -> int:
        return int(group.size)


class OptionInline(TabularInline):
    model = AttributeOption
    fields = ("code", *translated("label"), "color", "picture", "retired", "position", "products")
    readonly_fields = ("products",)
    autocomplete_fields = ("picture",)
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_use(super().get_queryset(request))

    @admin.display(description="products")
    def products(self, option: Any) -> SafeString:
        """Whether any product has the option, where the attribute is one that products are found by."""
        if option.pk is None or not option.attribute.filterable:
            return NOTHING
        return badge("in use", "good") if option.in_use else badge("no product has it", "warn")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "color":
            field.help_text = "Such as #8c2f1b; shown as a swatch."
            field.widget = UnfoldAdminTextInputWidget(attrs={"pattern": "#[0-9a-fA-F]{6}", "maxlength": 7})
        return field


@admin.register(AttributeOption)
class OptionAdmin(ModelAdmin):
    """An option by itself, where it is renamed, replaced or retired. It is found in its attribute's form."""

    list_display = ("code", "attribute", "retired")
    list_select_related = ("attribute",)
    search_fields = ("code", "attribute__code")
    fields = ("attribute", "code", *translated("label"), "color", "picture", "retired", "position")
    readonly_fields = ("attribute",)
    autocomplete_fields = ("picture",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Attribute)
class AttributeAdmin(ContinuesAfterAdd, ModelAdmin):
    form = AttributeForm
    list_display = ("code", "title", "kind", "group", "position", "varies", "filterable", "role_name", "state")
    list_select_related = ("group",)
    list_filter = ("type", "group", "localizable", "per_channel", "filterable", "unique", "role", "retired")
    search_fields = ("code", *translated("label"))
    ordering = ("group__position", "position", "code")

    def get_fieldsets(self, request: HttpRequest, obj: Attribute | None = None) -> Any:
        kind = obj.type if obj else request.POST.get("type") or request.GET.get("type") or ""
        settings = fields_of_settings(kind)
        behaviour = ["localizable", "per_channel", "filterable", "unique", "role", *(["retired"] if obj else [])]
        return [
            (None, {"fields": ["code", "type", *translated("label"), *translated("help_text"), "group", "position"]}),
            ("How it behaves", {"fields": behaviour}),
            *([("Its values", {"fields": settings})] if settings else []),
        ]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type[Form]:
        model_fields = [
            name
            for _, options in self.get_fieldsets(request, obj)
            for name in options["fields"]
            if not name.startswith("setting_")
        ]
        return super().get_form(request, obj, change=change, **{**kwargs, "fields": model_fields})

    def get_readonly_fields(self, request: HttpRequest, obj: Attribute | None = None) -> Any:
        # Values on products have the shape of the type, so it stays what it was made with.
        fields = super().get_readonly_fields(request, obj)
        return (*fields, "type") if obj else fields

    def get_inlines(self, request: HttpRequest, obj: Attribute | None) -> Any:
        return (OptionInline,) if obj and TYPES[obj.type].has_options else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        save_attribute(actor_of(request), obj)

    @admin.display(description="label")
    def title(self, attribute: Attribute) -> str:
        return str(attribute)

    @admin.display(description="type", ordering="type")
    def kind(self, attribute: Attribute) -> SafeString:
        return badge(TYPES[attribute.type].label)

    @admin.display(description="one value per")
    def varies(self, attribute: Attribute) -> SafeString | str:
        return badges(
            name for name, on in (("language", attribute.localizable), ("channel", attribute.per_channel)) if on
        )

    @admin.display(description="means", ordering="role")
    def role_name(self, attribute: Attribute) -> SafeString | str:
        return badge(attribute.get_role_display(), "info") if attribute.role else NOTHING

    @admin.display(description="", ordering="retired")
    def state(self, attribute: Attribute) -> SafeString | str:
        return badge("retired", "warn") if attribute.retired else NOTHING


class FamilyAttributeInline(TabularInline):
    model = FamilyAttribute
    fields = ("attribute", "position")
    autocomplete_fields = ("attribute",)
    verbose_name, verbose_name_plural = "attribute", "attributes"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("attribute")  # type: ignore[no-any-return]


class RequirementForm(RowForm):
    """A requirement, whose condition is refused at its place."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        try:
            check_condition(cleaned.get("condition", ""))
        except ValidationError as error:
            self.add_error(None, error)
        return cleaned


class RequirementInline(TabularInline):
    model = Requirement
    form = RequirementForm
    fields = ("channel", "attribute", "slot", "asset_role", "condition")
    autocomplete_fields = ("attribute",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("attribute")  # type: ignore[no-any-return]


def counted(model: type[Model]) -> Coalesce:
    """How many rows a family has. Two counts by joins would make a row of each attribute with each product."""
    rows = model._default_manager.filter(family=OuterRef("pk")).order_by().values("family")
    return Coalesce(Subquery(rows.annotate(count=Count("pk")).values("count")), 0)


@admin.register(Family)
class FamilyAdmin(HoldsFacts, ModelAdmin):
    form = HolderForm
    list_display = ("code", "title", "label_attribute", "image_attribute", "attribute_count", "product_count")
    list_select_related = ("label_attribute", "image_attribute")
    search_fields = ("code", *translated("label"))
    fields = ("code", *translated("label"), "label_attribute", "image_attribute", "retired")
    autocomplete_fields = ("label_attribute", "image_attribute")
    inlines = (FamilyAttributeInline, RequirementInline)

    def members(self, holder: Family) -> Sequence[Any]:
        return list(FamilyAttribute.objects.filter(family=holder.pk).select_related("attribute"))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        save_with_facts(actor_of(request), obj, form.facts())

    def save_row(self, actor: Actor, row: Any) -> None:
        if isinstance(row, Requirement):
            save_requirement(actor, row)
        else:
            super().save_row(actor, row)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        families = super().get_queryset(request)
        return families.annotate(  # type: ignore[no-any-return]
            attribute_count=counted(FamilyAttribute), product_count=counted(Product)
        )

    @admin.display(description="label")
    def title(self, family: Family) -> str:
        return label_of(family, "") or family.code

    @admin.display(description="attributes", ordering="attribute_count")
    def attribute_count(self, family: Any) -> int:
        return int(family.attribute_count)

    @admin.display(description="products", ordering="product_count")
    def product_count(self, family: Any) -> int:
        return int(family.product_count)


class LevelInline(TabularInline):
    model = FamilyVariantAttribute
    fields = ("level", "attribute", "axis")
    autocomplete_fields = ("attribute",)
    verbose_name, verbose_name_plural = "attribute of a level", "levels"


@admin.register(FamilyVariant)
class FamilyVariantAdmin(ModelAdmin):
    list_display = ("code", "title", "family", "axes")
    list_select_related = ("family",)
    list_filter = ("family",)
    search_fields = ("code", *translated("label"))
    fields = ("code", "family", *translated("label"))
    autocomplete_fields = ("family",)
    inlines = (LevelInline,)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """With other axes, other values tell variants apart."""
        super().save_related(request, form, formsets, change)
        if any(formset.has_changed() for formset in formsets):
            renew_splits([form.instance.pk])

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("levels__attribute")  # type: ignore[no-any-return]

    @admin.display(description="label")
    def title(self, variant: FamilyVariant) -> str:
        return str(variant)

    @admin.display(description="axes")
    def axes(self, variant: FamilyVariant) -> SafeString | str:
        return badges(f"{row.level}: {row.attribute}" for row in variant.levels.all() if row.axis)
