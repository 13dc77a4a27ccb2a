"""Concepts with their terms, and the translation memory."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from catalog.admin.base import ModelAdmin, ReadOnlyAdmin, TabularInline
from catalog.admin.presenting import badge, together
from catalog.models import Concept, MemorySegment, Term
from catalog.translating.segments import words_of

TONES = {"preferred": "good", "admitted": "plain", "forbidden": "bad"}


class TermInline(TabularInline):
    model = Term
    fields = ("language", "text", "status", "channel", "note")


@admin.register(Concept)
class ConceptAdmin(ModelAdmin):
    list_display = ("code", "named", "domain", "definition")
    list_filter = ("domain",)
    search_fields = ("code", "definition", "terms__text")
    fields = (("code", "domain"), ("part_of_speech", "note"), "definition")
    inlines = (TermInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("terms")  # type: ignore[no-any-return]

    @admin.display(description="terms")
    def named(self, concept: Concept) -> SafeString:
        terms = sorted(concept.terms.all(), key=lambda term: term.language)
        return together([badge(f"{term.language} {term.text}", TONES[term.status], term.status) for term in terms])  # type: ignore[arg-type]


@admin.register(MemorySegment)
class MemorySegmentAdmin(ReadOnlyAdmin):
    """A wrong pair may be taken out."""

    list_display = ("said", "translated", "pair", "origin", "by", "at")
    list_filter = ("source_language", "target_language")
    search_fields = ("source", "target", "origin")
    ordering = ("-at", "-pk")
    fields = ("pair", "source", "target", "origin", "by", "at")
    readonly_fields = fields

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("catalog.delete_memorysegment")

    @admin.display(description="source", ordering="source")
    def said(self, row: MemorySegment) -> str:
        return words_of(row.source)[:200]

    @admin.display(description="translation", ordering="target")
    def translated(self, row: MemorySegment) -> str:
        return words_of(row.target)[:200]

    @admin.display(description="languages")
    def pair(self, row: MemorySegment) -> str:
        return f"{row.source_language} → {row.target_language}"
