"""Former codes: they may be looked at, and given up."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from catalog.admin.base import ReadOnlyAdmin
from catalog.models import CodeAlias


@admin.register(CodeAlias)
class CodeAliasAdmin(ReadOnlyAdmin):
    list_display = ("alias", "code", "kind", "scope", "created_at")
    list_filter = ("kind",)
    search_fields = ("alias", "code")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("catalog.delete_codealias")
