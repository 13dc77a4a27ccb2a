"""Fragments with their texts, placements and revisions; and the slots they stand in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.safestring import SafeString
from modeltranslation.utils import build_localized_fieldname

from catalog.admin.base import ModelAdmin, TabularInline, actor_of, translated
from catalog.admin.fragment_form import FragmentForm
from catalog.admin.presenting import NOTHING, Tone, badge, badges, together
from catalog.models import Fragment, FragmentRevision, Placement, Slot, Tag
from catalog.operations.fragments import digest_of, freeze, write_fragment
from catalog.operations.reviewing import approve, retire
from catalog.richtext import to_text

STATES: dict[str, Tone] = {"draft": "plain", "review": "info", "approved": "good", "retired": "bad"}


@admin.register(Slot)
class SlotAdmin(ModelAdmin):
    list_display = ("code", "title", "position", "multiple", "rich", "max_length", "responsible", "size")
    search_fields = ("code", *translated("label"))
    fields = ("code", *translated("label"), "multiple", "rich", "max_length", "responsible", "position")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(size=Count("placements"))  # type: ignore[no-any-return]

    @admin.display(description="label")
    def title(self, slot: Slot) -> str:
        return str(slot)

    @admin.display(description="placements", ordering="size")
    def size(self, slot: Any) -> int:
        return int(slot.size)


class TagFilter(admin.SimpleListFilter):
    title, parameter_name = "tag", "tag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(tag.pk), f"{tag.facet}: {tag.label or tag.code}") for tag in Tag.objects.all()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset.filter(tags=value) if value and value.isdigit() else queryset


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


class PlacementInline(TabularInline):
    model = Placement
    fields = ("slot", "product", "family", "category", "position")
    autocomplete_fields = ("product", "family", "category")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.select_related("slot", "product", "family", "category")  # type: ignore[no-any-return]


@admin.register(Fragment)
class FragmentAdmin(ModelAdmin):
    form = FragmentForm
    list_display = ("code", "heading", "state_badge", "missing", "vocabulary", "applies", "updated_at")
    list_filter = ("state", TagFilter, SlotFilter, "channels", "audiences", MissingFilter)
    search_fields = ("code", "source", *translated("title", "body"))
    autocomplete_fields = ("tags", "channels", "markets", "audiences")
    fieldsets = (
        (None, {"fields": ("code", "status", *translated("title", "body"), "tags")}),
        ("Source", {"fields": ("source", ("verified_on", "claim_valid_until"))}),
        (
            "Where and when it applies",
            {"fields": ("channels", "markets", "audiences", "media_list", ("valid_from", "valid_until"))},
        ),
    )
    readonly_fields = ("status",)
    inlines = (PlacementInline,)
    actions = ("approve_selected", "retire_selected")
    actions_submit_line = ("save_and_approve", "save_and_retire")
    change_form_after_template = "catalog/admin/revisions.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        latest = FragmentRevision.objects.filter(fragment=OuterRef("pk")).order_by("-number")
        rows = super().get_queryset(request).prefetch_related("tags", "channels", "markets", "audiences")
        return rows.annotate(  # type: ignore[no-any-return]
            latest_number=Subquery(latest.values("number")[:1]), latest_digest=Subquery(latest.values("digest")[:1])
        )

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        names = (name for _, options in self.fieldsets for name in options["fields"])
        flat = [part for name in names for part in ((name,) if isinstance(name, str) else name)]
        columns = [name for name in flat if name not in ("status", "media_list")]
        return super().get_form(request, obj, change=change, **{**kwargs, "fields": columns})

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        fragment = kwargs.get("obj")
        context["revisions"] = [revision_row(row) for row in fragment.revisions.order_by("-number")] if fragment else []
        return super().render_change_form(request, context, *args, **kwargs)

    # --- Writing -----------------------------------------------------------------------------------------------------
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            self.refuse_stale(obj, form)
        obj.media = form.cleaned_data["media_list"]
        write_fragment(actor_of(request), obj, title=form.texts("title"), body=form.texts("body"), rich=form.rich)

    @admin.action(description="Save and approve", permissions=["change"])
    def save_and_approve(self, request: HttpRequest, fragment: Fragment) -> None:
        revision = approve(actor_of(request), fragment)
        messages.success(request, f"Revision {revision.number} is what channels get from their next release on.")

    @admin.action(description="Save and retire", permissions=["change"])
    def save_and_retire(self, request: HttpRequest, fragment: Fragment) -> None:
        retire(actor_of(request), fragment)
        messages.warning(request, "It leaves every channel with the channel's next release.")

    @admin.action(description="Approve", permissions=["change"])
    def approve_selected(self, request: HttpRequest, queryset: QuerySet[Fragment]) -> None:
        done = 0
        for fragment in queryset:
            try:
                approve(actor_of(request), fragment)
                done += 1
            except ValidationError as error:
                messages.error(request, f"{fragment}: {' '.join(error.messages)}")
        if done:
            messages.success(request, f"Approved: {done}.")

    @admin.action(description="Retire", permissions=["change"])
    def retire_selected(self, request: HttpRequest, queryset: QuerySet[Fragment]) -> None:
        retired = [retire(actor_of(request), fragment) for fragment in queryset]
        messages.warning(request, f"Retired: {len(retired)}.")

    # --- Columns -----------------------------------------------------------------------------------------------------
    @admin.display(description="title")
    def heading(self, fragment: Fragment) -> str:
        return fragment.title or to_text(fragment.body or "")[:80] or NOTHING

    @admin.display(description="state", ordering="state")
    def state_badge(self, fragment: Any) -> SafeString:
        state = badge(fragment.get_state_display(), STATES[fragment.state])
        if fragment.state == "approved" and fragment.latest_digest != digest_of(freeze(fragment)):
            return together([state, badge("edited since", "warn", "Channels still get the revision approved last.")])
        return state

    @admin.display(description="state")
    def status(self, fragment: Any) -> SafeString:
        if not fragment.pk:
            return badge("New", "info")
        number = fragment.latest_number
        return together([self.state_badge(fragment), badge(f"revision {number}" if number else "never approved")])

    @admin.display(description="missing in")
    def missing(self, fragment: Fragment) -> SafeString | str:
        bodies = {code: build_localized_fieldname("body", code) for code, _ in settings.LANGUAGES}
        return badges((code for code, body in bodies.items() if not getattr(fragment, body)), "warn")

    @admin.display(description="tags")
    def vocabulary(self, fragment: Fragment) -> SafeString | str:
        return badges(fragment.tags.all())

    @admin.display(description="only for")
    def applies(self, fragment: Fragment) -> SafeString | str:
        limits = [*fragment.channels.all(), *fragment.markets.all(), *fragment.audiences.all()]
        return badges([*(row.code for row in limits), *fragment.media], "info")


def revision_row(revision: FragmentRevision) -> dict[str, Any]:
    """A revision as it is listed: who, when, and its texts without markup by language."""
    texts = {language: to_text(body) for language, body in revision.content["body"].items()}
    return {
        "number": revision.number,
        "by": revision.submitted_by,
        "at": revision.submitted_at,
        "texts": texts,
        "titles": revision.content["title"],
    }
