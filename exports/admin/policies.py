"""How channels are released: their rules in the channel's form, and a page from which one is released, or signed."""

from __future__ import annotations

from typing import Any, ClassVar

import unfold.admin
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString

from catalog.actors import Actor
from catalog.admin.base import ModelAdmin, Operated, ReadOnlyAdmin, RowForm, TabularInline, actor_of
from catalog.admin.channels import ChannelAdmin
from catalog.admin.fields import ChoicesField
from catalog.admin.presenting import NOTHING, Tone, badge
from catalog.models import Channel
from exports.gathering.selection import SelectionError
from exports.jobs.releases import release_later
from exports.models import ChannelPolicy, Freeze, SignOff
from exports.models.policies import IDENTIFIERS
from exports.policies import signing
from exports.policies.reading import described
from exports.policies.refusing import Leave, Refused
from exports.policies.saving import check_policy, remove_freeze, save_freeze, save_policy
from exports.querysets import policy_of
from exports.releasing.forecasting import forecast

SHOWN = 200


class PolicyForm(RowForm):
    """What is wrong stands at its field, before anything is saved."""

    identifiers = ChoicesField(
        label="Identifiers demanded",
        choices=[(role, role.upper() if role != "brand" else "Brand") for role in IDENTIFIERS],
        help_text="Every product must have a valid one, groups of variants apart.",
    )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        policy = ChannelPolicy(**{name: value for name, value in cleaned.items() if name in self.Meta.checked})
        if not self.errors:
            check_policy(policy)
        return cleaned

    class Meta:
        checked = ("mode", "cron", "time_zone", "identifiers")


class PolicyInline(Operated, unfold.admin.StackedInline):
    model = ChannelPolicy
    form = PolicyForm
    extra = 1
    max_num = 1
    can_delete = False
    hide_title = True
    verbose_name_plural = "How it is released"
    fieldsets = (
        (None, {"fields": ("mode", ("cron", "time_zone"), ("max_shrink", "four_eyes"))}),
        (
            "What is let through",
            {
                "description": "A product of which something is amiss is always in the release's report, with whoever "
                "can mend it. Here you say what becomes of it besides.",
                "fields": (
                    ("completeness", "on_incomplete"),
                    ("quality", "on_quality"),
                    ("identifiers", "on_identifier"),
                    ("on_reference", "on_claim"),
                    "outdated",
                ),
            },
        ),
    )


class FreezeInline(TabularInline):
    model = Freeze
    fields = ("starts", "ends", "reason")
    verbose_name_plural = "times in which nothing is released"


admin.site.unregister(Channel)


@admin.register(Channel)
class ReleasedChannelAdmin(ChannelAdmin):
    """With its rules of release. The knowledge base does without."""

    inlines = (*ChannelAdmin.inlines, PolicyInline, FreezeInline)
    change_form_outer_before_template = "exports/admin/channel.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.release_view)
        return [path("<int:pk>/release/", view, name="exports_channel_release"), *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        channel = kwargs.get("obj")
        context["policy"] = policy_of(channel) if channel else None
        return super().render_change_form(request, context, *args, **kwargs)

    def save_row(self, actor: Actor, row: Any) -> None:
        if isinstance(row, ChannelPolicy):
            save_policy(actor, row)
        elif isinstance(row, Freeze):
            save_freeze(actor, row)
        else:
            super().save_row(actor, row)

    # --- Releasing ---------------------------------------------------------------------------------------------------
    ACTS: ClassVar = {
        "release": "exports.add_release",
        "prepare": "exports.prepare_release",
        "sign": "exports.sign_release",
        "withdraw": "exports.prepare_release",
    }

    def release_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What the next release would change, and the buttons to make it, prepare it or sign it."""
        channel = get_object_or_404(Channel, pk=pk)
        if not self.has_view_permission(request, channel):
            raise PermissionDenied
        if request.method == "POST":
            try:
                messages.success(request, self.pressed(request, channel))
            except (Refused, SelectionError) as error:
                messages.error(request, str(error))
            except ValidationError as error:
                messages.error(request, " ".join(error.messages))
            return HttpResponseRedirect(request.get_full_path())
        return TemplateResponse(request, "exports/admin/releasing.html", self.release_page(request, channel))

    def pressed(self, request: HttpRequest, channel: Channel) -> str:
        """Do what the pressed button says; what came of it. Raises PermissionDenied and what the operation raises."""
        act = next((name for name in self.ACTS if name in request.POST), "")
        if not act or not request.user.has_perm(self.ACTS[act]):
            raise PermissionDenied
        actor, leave = actor_of(request), self.leave(request)
        if act == "release":
            job = release_later(actor, channel, priority=5, leave=leave)
            return f"It is being released (job {job.pk})."
        if act == "prepare":
            signing.prepare(actor, channel, request.POST.get("note", ""))
            return "It waits for a signature."
        sign_off = get_object_or_404(SignOff, pk=request.POST.get("sign_off"), channel=channel)
        if act == "withdraw":
            signing.withdraw(actor, sign_off)
            return "It was taken back."
        return f"Signed, and released as number {signing.sign(actor, sign_off, leave).release.number}."

    def leave(self, request: HttpRequest) -> Leave:
        """What may be done that otherwise may not. Raises PermissionDenied."""
        leave = Leave(freeze=request.POST.get("freeze", "").strip()[:500], shrink="shrink" in request.POST)
        if (leave.freeze and not request.user.has_perm("exports.override_freeze")) or (
            leave.shrink and not request.user.has_perm("exports.allow_shrink")
        ):
            raise PermissionDenied
        return leave

    def release_page(self, request: HttpRequest, channel: Channel) -> dict[str, Any]:
        policy = policy_of(channel)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Release “{channel}”",
            "channel": channel,
            "policy": policy,
            "described": described(policy) or policy.get_mode_display(),
            "may": {name: request.user.has_perm(perm) for name, perm in self.ACTS.items()},
            "may_override": request.user.has_perm("exports.override_freeze"),
            "may_shrink": request.user.has_perm("exports.allow_shrink"),
            "waiting": signing.waiting(channel),
            "shown": SHOWN,
            "back": reverse("admin:catalog_channel_change", args=[channel.pk]),
        }
        try:
            context["forecast"] = forecast(channel)
        except (Refused, SelectionError) as error:
            context["refusal"] = str(error)
        return context


@admin.register(Freeze)
class FreezeAdmin(ModelAdmin):
    """Those of one channel are in its form, too; here are those of all channels."""

    list_display = ("reason", "channel_name", "starts", "ends")
    list_select_related = ("channel",)
    list_filter = ("channel",)
    fields = ("channel", "starts", "ends", "reason")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        save_freeze(actor_of(request), obj)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        remove_freeze(actor_of(request), obj)

    @admin.display(description="channel")
    def channel_name(self, freeze: Freeze) -> str:
        return str(freeze.channel or "every channel")


_TONES: dict[str, Tone] = {"waiting": "info", "released": "good", "lapsed": "warn", "withdrawn": "warn"}


@admin.register(SignOff)
class SignOffAdmin(ReadOnlyAdmin):
    list_display = ("title", "channel", "how", "prepared_by", "prepared_at", "signed_by", "release")
    list_select_related = ("channel",)
    list_filter = ("state", "channel")
    list_display_links = ("title",)
    fields = (
        "channel",
        "how",
        "why",
        "note",
        "prepared_by",
        "prepared_at",
        "signed_by",
        "ended_at",
        "after",
        "release",
        "added",
        "changed",
        "removed",
        "problems",
        "digest",
    )
    readonly_fields = ("how",)

    @admin.display(description="what", ordering="id")
    def title(self, row: SignOff) -> str:
        return row.note or f"+{row.added} ~{row.changed} −{row.removed}"

    @admin.display(description="state", ordering="state")
    def how(self, row: SignOff) -> SafeString:
        return badge(row.get_state_display(), _TONES[row.state]) if row.state else NOTHING
