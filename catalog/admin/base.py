"""What all admin pages share: every write is an operation, and what an operation refuses stands in the form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, NamedTuple

import unfold.admin
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.widgets import AutocompleteSelect, RelatedFieldWidgetWrapper
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, transaction
from django.db.models import ProtectedError, QuerySet, RestrictedError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.text import capfirst
from modeltranslation.fields import TranslationField
from modeltranslation.translator import translator
from modeltranslation.utils import build_localized_fieldname
from mptt.exceptions import InvalidMove
from unfold.widgets import UnfoldAdminTextareaWidget

from catalog.actors import Actor
from catalog.admin.outlook import Outlooks
from catalog.admin.presenting import NOTHING
from catalog.admin.upkeep import Upkeep
from catalog.indexing.touched import gathering
from catalog.languages import direction
from catalog.operations.recording import remove, store
from catalog.operations.upkeep import rename

# What an operation raises when it will not do what the form asks.
REFUSALS = (ValidationError, ProtectedError, RestrictedError, InvalidMove)


def actor_of(request: HttpRequest) -> Actor:
    return Actor(name=request.user.get_username(), path="admin")


def translated(*names: str) -> list[str]:
    """The columns of translated fields, in the languages offered: all of the first field, then all of the next."""
    return [build_localized_fieldname(name, language) for name in names for language, _ in settings.LANGUAGES]


class ContentLanguage(NamedTuple):
    """A language texts are written in: `ending` is that of its columns, so "de_at" for "de-at"."""

    code: str
    name: str
    ending: str
    direction: str


def content_languages() -> list[ContentLanguage]:
    return [
        ContentLanguage(code, name, build_localized_fieldname("", code).removeprefix("_"), direction(code))
        for code, name in settings.LANGUAGES
    ]


def refusal_of(error: Exception) -> ValidationError:
    """The same refusal as a form can show it."""
    if isinstance(error, ValidationError):
        return error
    if isinstance(error, ProtectedError | RestrictedError):
        users = error.protected_objects if isinstance(error, ProtectedError) else error.restricted_objects
        return ValidationError(in_use(users))
    return ValidationError(str(error))


def in_use(users: Iterable[models.Model]) -> str:
    """Why something cannot be deleted, naming the first few that use it."""
    named = sorted(f"{user._meta.verbose_name} “{user}”" for user in users)
    more = f" and {len(named) - 5} more" if len(named) > 5 else ""
    return f"This cannot be deleted, because it is in use: {', '.join(named[:5])}{more}."


class Form(forms.ModelForm):  # type: ignore[type-arg]  # the model is given by the admin class
    """A form that can be told what an operation refused when its first try was rolled back."""

    refusal: ClassVar[ValidationError | None] = None

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.refusal is not None:
            self.show(self.refusal)
        return cleaned

    def show(self, refusal: ValidationError) -> None:
        """Each message at its field, or above the form where the field is not in it."""
        by_field = refusal.error_dict if hasattr(refusal, "error_dict") else {NON_FIELD_ERRORS: refusal.error_list}
        for name, errors in by_field.items():
            self.add_error(name if name in self.fields else None, errors)


class StaleForm(Form):
    """A form for rows that know when they were last changed: a later change by somebody else is not overwritten."""

    opened_at = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["opened_at"].initial = self.instance.updated_at.isoformat()


class Operated:
    """The part that forms and inlines share: labels of translated fields."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field and isinstance(db_field, TranslationField):
            language = dict(settings.LANGUAGES).get(db_field.language, db_field.language)
            field.label = f"{capfirst(db_field.translated_field.verbose_name)} ({language})"
            field.widget.attrs |= {"lang": db_field.language, "dir": direction(db_field.language)}
        return field


class Finder(AutocompleteSelect):
    """Finds what it points to by typing. `chosen` is what the row points to, where that has been read with the row."""

    chosen: models.Model | None = None

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        if self.chosen is None or value != [str(self.chosen.pk)]:
            return super().optgroups(name, value, attr)
        nothing = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
        option = self.create_option(name, self.chosen.pk, str(self.chosen), True, len(nothing))
        return [(None, [*nothing, option], 0)]


class RowForm(forms.ModelForm):  # type: ignore[type-arg]  # the model is given by the inline class
    """A row of an inline. What it points to is not asked for again by its fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            widget = getattr(field.widget, "widget", None)
            if isinstance(widget, Finder):
                widget.chosen = self.instance._state.fields_cache.get(name)


class TabularInline(Operated, unfold.admin.TabularInline):
    form = RowForm
    extra = 0
    hide_title = True

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Without the menu beside each choice: a row has no room for it."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            for verb in ("add", "change", "delete", "view"):
                setattr(field.widget, f"can_{verb}_related", False)
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Choices read once for all rows: each row's form would ask again."""
        finds = db_field.name in self.get_autocomplete_fields(request)
        if finds:
            kwargs["widget"] = Finder(db_field, self.admin_site)
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field and not finds:
            field.choices = [("", "–"), *((row.pk, str(row)) for row in field.queryset)]
        return field


class ModelAdmin(Outlooks, Upkeep, Operated, unfold.admin.ModelAdmin):
    """Lists and forms of the knowledge base."""

    form = Form
    change_form_template = "catalog/admin/change_form.html"
    list_per_page = 50
    show_full_result_count = False
    warn_unsaved_form = True
    list_fullwidth = True
    empty_value_display = NOTHING
    formfield_overrides: ClassVar[dict[Any, Any]] = {
        models.JSONField: {"widget": UnfoldAdminTextareaWidget(attrs={"rows": 4, "spellcheck": "false"})}
    }

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Save in one transaction; a refused one leaves nothing behind and comes back as a form with its reason."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)  # type: ignore[no-any-return]
        except REFUSALS as error:
            request.refusal = refusal_of(error)  # type: ignore[attr-defined]
        return super().changeform_view(request, object_id, form_url, extra_context)  # type: ignore[no-any-return]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type[Form]:
        form: type[Form] = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = getattr(request, "refusal", None)
        return form

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        names = translated_names(self.model, *(inline.model for inline in self.get_inline_instances(request)))
        context.setdefault("content_languages", content_languages() if names else [])
        context["translated_names"] = sorted(names)
        return super().render_change_form(request, context, *args, **kwargs)

    # --- Writing -----------------------------------------------------------------------------------------------------
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        store(actor_of(request), obj)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        rows = formset.save(commit=False)
        actor = actor_of(request)
        for row in formset.deleted_objects:
            remove(actor, row)
        recoded = [row for row, fields in formset.changed_objects if "code" in fields]
        for row in rows:
            if row in recoded:
                rename(actor, row, row.code)
            self.save_row(actor, row)
        formset.save_m2m()

    def save_row(self, actor: Actor, row: Any) -> None:
        """Save a row of an inline; some have an operation of their own."""
        store(actor, row)

    def save_related(self, request: HttpRequest, form: Any, formsets: Sequence[Any], change: bool) -> None:
        """Save what hangs on the object, then do what the pressed button asks for besides saving.

        However many rows that is, what is derived of products follows once.
        """
        with gathering():
            super().save_related(request, form, formsets, change)
        for action in self.get_actions_submit_line(request, form.instance.pk):
            if action.action_name in request.POST:
                action.method(request, form.instance)

    def refuse_stale(self, obj: Any, form: Any) -> None:
        """Lock the row and refuse to save over a change made since the form was opened. Raises ValidationError."""
        current = type(obj)._default_manager.select_for_update().get(pk=obj.pk)
        if current.updated_at.isoformat() != form.cleaned_data["opened_at"]:
            raise ValidationError(
                f"Somebody else changed “{obj}” while you had it open, so nothing was saved. Open it again in another "
                "window to see it as it is now, and put your changes in there."
            )

    # --- Deleting ----------------------------------------------------------------------------------------------------
    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        remove(actor_of(request), obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        with transaction.atomic():
            for obj in queryset:
                self.delete_model(request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, set[str], list[Any]]:
        """What uses the object is the reason to tell; that nobody may delete that either is not."""
        rows, counts, forbidden, protected = super().get_deleted_objects(objs, request)
        return rows, counts, set() if protected else forbidden, protected

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except REFUSALS as error:
            return self.refused(request, error)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        try:
            return super().changelist_view(request, extra_context)  # type: ignore[no-any-return]
        except REFUSALS as error:
            return self.refused(request, error)

    def refused(self, request: HttpRequest, error: Exception) -> HttpResponse:
        for message in refusal_of(error).messages:
            messages.error(request, message)
        return HttpResponseRedirect(request.get_full_path())


def translated_names(*kinds: type[models.Model]) -> set[str]:
    """The fields of these models that are written in several languages."""
    registered = set(translator.get_registered_models())
    return {name for kind in kinds if kind in registered for name in translator.get_options_for_model(kind).all_fields}


class ContinuesAfterAdd:
    """For objects whose add form asks only for the beginning: saving it leads on to the full form."""

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        if not {"_addanother", "_popup"} & set(request.POST):
            post = request.POST.copy()
            post["_continue"] = "1"
            request.POST = post  # type: ignore[assignment]
        return super().response_add(request, obj, post_url_continue)  # type: ignore[misc,no-any-return]


class ReadOnlyAdmin(ModelAdmin):
    """For what the system writes: it may be looked at."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
