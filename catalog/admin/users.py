"""The people who may come in here, and their roles."""

from __future__ import annotations

from typing import Any

import unfold.admin
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as PlainGroupAdmin
from django.contrib.auth.admin import UserAdmin as PlainUserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from catalog.admin.base import actor_of
from catalog.operations.recording import record

admin.site.unregister(User)
admin.site.unregister(Group)


class Recorded:
    """Django's own way of saving, noted in the history like everything else."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)  # type: ignore[misc]
        record(actor_of(request), "change" if change else "create", [obj])

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        record(actor_of(request), "delete", [obj])
        super().delete_model(request, obj)  # type: ignore[misc]

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        record(actor_of(request), "delete", queryset)
        super().delete_queryset(request, queryset)  # type: ignore[misc]


@admin.register(User)
class UserAdmin(Recorded, PlainUserAdmin, unfold.admin.ModelAdmin):  # type: ignore[type-arg]
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm


@admin.register(Group)
class GroupAdmin(Recorded, PlainGroupAdmin, unfold.admin.ModelAdmin):
    pass
