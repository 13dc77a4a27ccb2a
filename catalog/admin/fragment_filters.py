"""How the list of fragments is narrowed."""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from modeltranslation.utils import build_localized_fieldname

from catalog import querysets
from catalog.claims import claimed_until
from catalog.models import Fragment, Slot

SOON = 30


class TagFilter(admin.SimpleListFilter):
    """A tag with all that stand below it."""

    title, parameter_name = "tag", "tag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            (str(tag.pk), f"{'– ' * level or f'{tag.facet}: '}{tag.label or tag.code}")
            for tag, level in querysets.tags_in_order()
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if not value or not value.isdigit() or len(value) > 18:
            return queryset
        having = Fragment.tags.through.objects.filter(tag__in=querysets.tags_below([int(value)]))
        return queryset.filter(pk__in=having.values("fragment"))


class SlotFilter(admin.SimpleListFilter):
    title, parameter_name = "slot", "slot"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(slot.code, str(slot)) for slot in Slot.objects.all()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset.filter(placements__slot__code=value).distinct() if value else queryset


class MissingFilter(admin.SimpleListFilter):
    title, parameter_name = "missing text", "missing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(settings.LANGUAGES)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value not in dict(settings.LANGUAGES):
            return queryset
        body = build_localized_fieldname("body", value)
        return queryset.exclude(**{f"{body}__gt": ""})


class ClaimFilter(admin.SimpleListFilter):
    """What is out and says that it holds until a day that is over, or is near."""

    title, parameter_name = "claim", "claim"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("expired", "Expired"), ("soon", f"Expires within {SOON} days")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        today = timezone.localdate()
        over = claimed_until(today).values("fragment")
        if self.value() == "expired":
            return queryset.filter(pk__in=over)
        if self.value() == "soon":
            soon = claimed_until(today + datetime.timedelta(days=SOON + 1)).values("fragment")
            return queryset.filter(pk__in=soon).exclude(pk__in=over)
        return queryset
