"""The form of an asset: a file or a link, what is said of it, and how current that is in each language."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from modeltranslation.utils import build_localized_fieldname
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from catalog.actors import Actor
from catalog.admin.base import Form
from catalog.admin.presenting import file_size
from catalog.endings import whole
from catalog.models import Asset, TranslationState
from catalog.operations.assets import ALLOWED, digest_of, save_asset, sniff, store_asset, store_link
from catalog.operations.translating.approving import mark
from catalog.operations.translations import states

LINK_KINDS = [(kind.value, kind.label) for kind in Asset.Kind if kind != Asset.Kind.IMAGE]


def state_field(language: str) -> str:
    """The name of the field that says how far the texts in a language are."""
    return build_localized_fieldname("state", language)


def translated_into() -> list[tuple[str, str]]:
    """The languages that are translated into, with their names."""
    return [(code, name) for code, name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


class AssetForm(Form):
    upload = forms.FileField(
        required=False,
        widget=UnfoldAdminFileFieldWidget,
        label="File",
        help_text=f"{ALLOWED}. A new file takes the place of the one there is.",
    )
    keep_both = forms.BooleanField(
        required=False,
        widget=UnfoldBooleanWidget,
        label="Keep both",
        help_text="Store the file though the same is here already under another code.",
    )
    link_to = forms.CharField(
        required=False,
        widget=UnfoldAdminTextInputWidget,
        label="Or a link",
        help_text="Where it is kept, if not here: https://… The address is shown and never fetched.",
    )
    link_kind = forms.ChoiceField(
        required=False, choices=LINK_KINDS, widget=UnfoldAdminSelectWidget, label="What the link leads to"
    )
    meaning_kept = forms.BooleanField(
        required=False,
        widget=UnfoldBooleanWidget,
        label="The meaning stays",
        help_text="The texts were only corrected: translations stay current.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "link_to" in self.fields:
            self.fields["link_to"].initial = self.instance.url
            self.fields["link_kind"].initial = self.instance.kind if self.instance.url else Asset.Kind.VIDEO
        for name, label in (("focal_x", "From the left"), ("focal_y", "From the top")):
            if name in self.fields:
                self.fields[name].label = label
        known = states(self.instance) if self.instance.pk else {}
        for code, name in translated_into() if self.instance.pk else ():
            self.fields[state_field(code)] = translation_field(name, known.get(code))

    def clean_upload(self) -> bytes | None:
        upload: UploadedFile[Any] | None = self.cleaned_data.get("upload")
        if not upload:
            return None
        if (upload.size or 0) > settings.ASSET_MAX_BYTES:
            raise ValidationError(f"The file is too large; at most {file_size(settings.ASSET_MAX_BYTES)} are allowed.")
        upload.seek(0)
        content = whole(upload.read())
        sniff(content)
        return content

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        content, link = cleaned.get("upload"), cleaned.get("link_to")
        if content and link and "link_to" in self.changed_data:
            self.add_error("link_to", "Give either a file or a link.")
        elif not (content or link or self.instance.file) and not self.errors.get("upload"):
            self.add_error("upload", "Choose a file, or write a link below.")
        if content and not cleaned.get("keep_both"):
            same = Asset.objects.filter(digest=digest_of(content)).exclude(pk=self.instance.pk).first()
            if same is not None:
                self.add_error("upload", f"The same file is already here as “{same.code}”. Use that, or keep both.")
        return cleaned

    def store(self, actor: Actor) -> None:
        """Write the asset with its file or link, then the states that were chosen. Raises ValidationError."""
        asset: Asset = self.instance
        kept = bool(self.cleaned_data.get("meaning_kept"))
        if content := self.cleaned_data.get("upload"):
            store_asset(actor, asset, content, meaning_kept=kept)
        elif {"link_to", "link_kind"} & set(self.changed_data) and (link := self.cleaned_data.get("link_to")):
            store_link(actor, asset, self.cleaned_data["link_kind"], link, meaning_kept=kept)
        else:
            save_asset(actor, asset, meaning_kept=kept)
        for code, _ in translated_into():
            if state_field(code) in self.changed_data and (state := self.cleaned_data.get(state_field(code))):
                mark(actor, asset, code, state)


def translation_field(name: str, row: TranslationState | None) -> forms.ChoiceField:
    """How far one language is; choosing says that it is current."""
    choices = [("", "–"), *TranslationState.State.choices]
    hint = ""
    if row is not None:
        hint = f"{row.get_state_display()} by {row.by} on {row.at:%Y-%m-%d}."
        if row.outdated:
            hint = f"Outdated: the source has changed since. {hint}"
    # An outdated state is nobody's word any more: choosing the same again has to count as a choice.
    initial = row.state if row is not None and not row.outdated else ""
    return forms.ChoiceField(
        required=False, choices=choices, initial=initial, label=name, help_text=hint, widget=UnfoldAdminSelectWidget
    )


# --- Filters of the list ---------------------------------------------------------------------------------------------


class RightsFilter(admin.SimpleListFilter):
    """By how long an asset may still be used."""

    title, parameter_name = "rights", "rights"
    _SOON = {"30": 30, "90": 90}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        soon = [(code, f"End within {days} days") for code, days in self._SOON.items()]
        return [("ended", "Ended"), *soon, ("open", "No end said")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        today = timezone.localdate()
        value = self.value() or ""
        if value == "ended":
            return queryset.filter(expires__lt=today)
        if value == "open":
            return queryset.filter(expires__isnull=True)
        if value in self._SOON:
            return queryset.filter(expires__range=(today, today + datetime.timedelta(days=self._SOON[value])))
        return queryset


class DuplicatesFilter(admin.SimpleListFilter):
    """Files that are here under several codes."""

    title, parameter_name = "duplicates", "duplicates"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Same file under several codes")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "yes":
            return queryset
        several = Asset.objects.exclude(digest="").order_by().values("digest").annotate(n=Count("pk")).filter(n__gt=1)
        return queryset.filter(digest__in=several.values("digest"))


class OutdatedFilter(admin.SimpleListFilter):
    """By the language in which the texts are behind their source."""

    title, parameter_name = "outdated translation", "outdated"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return translated_into()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in dict(translated_into()):
            return queryset
        behind = TranslationState.objects.filter(kind="asset", language=self.value(), outdated=True)
        return queryset.filter(pk__in=behind.values("object_id"))
