"""What products can say: attributes with their options, families, and how families split into variants."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from catalog.admin.base import ContinuesAfterAdd, Form, ModelAdmin, TabularInline, actor_of, translated
from catalog.admin.fields import Chips
from catalog.admin.presenting import NOTHING, badge, badges
from catalog.models import (
    Attribute,
    AttributeGroup,
    AttributeOption,
    Family,
    FamilyAttribute,
    FamilyVariant,
    FamilyVariantAttribute,
)
from catalog.models.base import label_of
from catalog.operations.recording import store
from catalog.values import TYPES
from catalog.values.units import FAMILIES, UNITS

# Which settings an attribute type understands; see the classes in catalog.values.
SETTINGS_OF = {
    "text": ("max_length",),
    "longtext": ("max_length",),
    "number": ("min", "max", "decimals"),
    "measurement": ("unit_family", "unit", "min", "max", "decimals"),
    "price": ("min", "max", "decimals"),
}
WHOLE_NUMBERS = ("max_length", "decimals")


def setting_fields() -> dict[str, forms.Field]:
    """A form field for each setting, by the setting's name."""
    text = UnfoldAdminTextInputWidget
    unit_families = [("", "any unit"), *((family, family) for family in FAMILIES)]
    units = [("", "–"), *((unit.symbol, f"{unit.symbol} ({unit.family})") for unit in UNITS.values())]
    return {
        "max_length": forms.IntegerField(
            min_value=1, required=False, widget=text(attrs={"inputmode": "numeric"}), label="At most characters"
        ),
        "min": forms.DecimalField(required=False, widget=text(attrs={"inputmode": "decimal"}), label="Least allowed"),
        "max": forms.DecimalField(required=False, widget=text(attrs={"inputmode": "decimal"}), label="Most allowed"),
        "decimals": forms.IntegerField(
            min_value=0, max_value=20, required=False, widget=text(attrs={"inputmode": "numeric"}), label="Decimals"
        ),
        "unit_family": forms.ChoiceField(
            choices=unit_families, required=False, widget=UnfoldAdminSelectWidget, label="Kind of unit"
        ),
        "unit": forms.ChoiceField(
            choices=units,
            required=False,
            widget=UnfoldAdminSelectWidget,
            label="Unit offered first",
            help_text="It also counts where a file gives an amount without a unit.",
        ),
    }


class AttributeForm(Form):
    """An attribute, with the settings of its type as fields of their own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = SETTINGS_OF.get(self.instance.type, ()) if self.instance.pk else ()
        offered = setting_fields()
        for name in self.names:
            self.fields[f"setting_{name}"] = offered[name]
            self.fields[f"setting_{name}"].initial = self.instance.settings.get(name)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        family, unit = cleaned.get("setting_unit_family"), cleaned.get("setting_unit")
        if family and unit and UNITS[unit].family != family:
            self.add_error("setting_unit", ValidationError(f"“{unit}” is no unit of {family}."))
        return cleaned

    def settings(self) -> dict[str, Any]:
        """The settings as they are kept; those that have no field here stay."""
        result = dict(self.instance.settings)
        for name in self.names:
            value = self.cleaned_data.get(f"setting_{name}")
            if value in (None, ""):
                result.pop(name, None)
            else:
                result[name] = value if name in WHOLE_NUMBERS else str(value)
        return result


@admin.register(AttributeGroup)
class AttributeGroupAdmin(ModelAdmin):
    list_display = ("code", "title", "position", "size")
    search_fields = ("code", *translated("label"))
    fields = ("code", *translated("label"), "position")

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
    fields = ("code", *translated("label"), "color", "position")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "color":
            field.help_text = "Such as #8c2f1b; shown as a swatch."
            field.widget = UnfoldAdminTextInputWidget(attrs={"pattern": "#[0-9a-fA-F]{6}", "maxlength": 7})
        return field


@admin.register(Attribute)
class AttributeAdmin(ContinuesAfterAdd, ModelAdmin):
    form = AttributeForm
    list_display = ("code", "title", "kind", "group", "position", "varies", "filterable", "role_name")
    list_select_related = ("group",)
    list_filter = ("type", "group", "localizable", "per_channel", "filterable", "role")
    search_fields = ("code", *translated("label"))
    ordering = ("group__position", "position", "code")

    def get_fieldsets(self, request: HttpRequest, obj: Attribute | None = None) -> Any:
        settings = [f"setting_{name}" for name in SETTINGS_OF.get(obj.type, ())] if obj else []
        varies = ["localizable", "per_channel", "filterable"]
        return [
            (None, {"fields": ["code", "type", *translated("label"), *translated("help_text"), "group", "position"]}),
            ("How it behaves", {"fields": [*varies, "role"]}),
            *([("Allowed values", {"fields": settings})] if settings else []),
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
        return ("type",) if obj else ()

    def get_inlines(self, request: HttpRequest, obj: Attribute | None) -> Any:
        return (OptionInline,) if obj and TYPES[obj.type].has_options else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.settings = form.settings()
        store(actor_of(request), obj)

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


class FamilyAttributeInline(TabularInline):
    model = FamilyAttribute
    fields = ("attribute", "position", "required_by")
    autocomplete_fields = ("attribute",)
    verbose_name, verbose_name_plural = "attribute", "attributes"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request).select_related("attribute")
        return rows.prefetch_related("required_by")  # type: ignore[no-any-return]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_manytomany(db_field, request, widget=Chips(), **kwargs)
        # Read once for all rows: each row's form would ask again.
        field.choices = [(channel.pk, channel.code) for channel in field.queryset]
        return field


@admin.register(Family)
class FamilyAdmin(ModelAdmin):
    list_display = ("code", "title", "label_attribute", "image_attribute", "attribute_count", "product_count")
    list_select_related = ("label_attribute", "image_attribute")
    search_fields = ("code", *translated("label"))
    fields = ("code", *translated("label"), "label_attribute", "image_attribute")
    autocomplete_fields = ("label_attribute", "image_attribute")
    inlines = (FamilyAttributeInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        families = super().get_queryset(request)
        return families.annotate(  # type: ignore[no-any-return]
            attribute_count=Count("family_attributes", distinct=True), product_count=Count("products", distinct=True)
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

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("levels__attribute")  # type: ignore[no-any-return]

    @admin.display(description="label")
    def title(self, variant: FamilyVariant) -> str:
        return str(variant)

    @admin.display(description="axes")
    def axes(self, variant: FamilyVariant) -> SafeString | str:
        return badges(f"{row.level}: {row.attribute}" for row in variant.levels.all() if row.axis)
