"""Fragments with their texts, placements and revisions; and the slots they stand in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.safestring import SafeString
from modeltranslation.utils import build_localized_fieldname
from unfold.widgets import UnfoldAdminTextInputWidget

from catalog.actors import Actor
from catalog.admin.base import Form, ModelAdmin, RowForm, TabularInline, actor_of, translated
from catalog.admin.fields import CodesField
from catalog.admin.fragment_filters import ClaimFilter, MissingFilter, SlotFilter, TagFilter
from catalog.admin.fragment_form import FragmentForm
from catalog.admin.presenting import NOTHING, Tone, badge, badges, together
from catalog.admin.reviewing import Reviewed
from catalog.admin.suggestions import help_for
from catalog.admin.tagging import Tagged
from catalog.admin.words import WordsViews
from catalog.languages import name_of
from catalog.models import Fragment, FragmentRevision, Placement, Slot
from catalog.models.base import CODE_PATTERN
from catalog.operations.fragments import APPLIES_TO, digest_of, freeze, write_fragment
from catalog.operations.placements import save_placement
from catalog.operations.reviewing import approve, retire, submit, waiting_in
from catalog.richtext import to_text
from catalog.rules import canonical, key_of

LINKS = ("tags", *APPLIES_TO)
STATES: dict[str, Tone] = {"draft": "plain", "review": "info", "approved": "good", "retired": "bad"}


class SlotForm(Form):
    required_facets = CodesField(
        pattern=CODE_PATTERN,
        example="facets of tags, such as topic, hazard",
        help_text="A fragment in it must have a tag of each of these facets, with commas between them: topic, hazard.",
    )


@admin.register(Slot)
class SlotAdmin(ModelAdmin):
    list_display = ("code", "title", "position", "multiple", "rich", "max_length", "four_eyes", "responsible", "size")
    search_fields = ("code", *translated("label"))
    form = SlotForm
    fieldsets = (
        (None, {"fields": ("code", *translated("label"), "multiple", "rich", "responsible", "position")}),
        ("To be approved for it", {"fields": ("max_length", "required_facets", "four_eyes")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(size=Count("placements"))  # type: ignore[no-any-return]

    @admin.display(description="label")
    def title(self, slot: Slot) -> str:
        return str(slot)

    @admin.display(description="placements", ordering="size")
    def size(self, slot: Any) -> int:
        return int(slot.size)


class PlacementForm(RowForm):
    """A filter is read at once, so that what is wrong with it stands beside it."""

    def clean_filter(self) -> str:
        text = self.cleaned_data["filter"].strip()
        try:
            return canonical(text) if text else ""
        except ValidationError as error:
            raise ValidationError(error.messages) from error

    def _post_clean(self) -> None:
        self.instance.filter_key = key_of(self.cleaned_data.get("filter", ""))
        super()._post_clean()  # type: ignore[misc]


class PlacementInline(TabularInline):
    model = Placement
    form = PlacementForm
    fields = ("slot", "product", "family", "category", "filter", "excluded", "position")
    autocomplete_fields = ("product", "family", "category")

    class Media:
        css: ClassVar[dict[str, tuple[str, ...]]] = {"all": ("catalog/admin/fragment.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.select_related("slot", "product", "family", "category")  # type: ignore[no-any-return]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "filter":
            kwargs["widget"] = UnfoldAdminTextInputWidget(
                attrs={"spellcheck": "false", "placeholder": "battery = lithium"}
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)


def _tell_waiting(request: HttpRequest, revision: FragmentRevision) -> None:
    """The languages that were left when all were approved."""
    if left := ", ".join(name_of(language) for language in waiting_in(revision)):
        told = f"{revision.fragment}: {left} waits, as a machine translated it. Read it, and approve it by itself."
        messages.warning(request, told)


@admin.register(Fragment)
class FragmentAdmin(Reviewed, Tagged, WordsViews, ModelAdmin):
    form = FragmentForm
    list_display = ("code", "heading", "state_badge", "missing", "vocabulary", "applies", "updated_at")
    list_filter = ("state", TagFilter, SlotFilter, "channels", "audiences", MissingFilter, ClaimFilter)
    search_fields = ("code", "source", *translated("title", "body"))
    autocomplete_fields = ("tags", "channels", "markets", "audiences", "source_document")
    list_select_related = ("source_document",)
    fieldsets = (
        (None, {"fields": ("code", "status", *translated("title", "body"), "meaning_kept", "tags")}),
        ("Source", {"fields": ("vouched_by", "source", "source_document", ("verified_on", "claim_valid_until"))}),
        (
            "Where and when it applies",
            {"fields": ("channels", "markets", "audiences", "media_list", "products", ("valid_from", "valid_until"))},
        ),
    )
    readonly_fields = ("status",)
    inlines = (PlacementInline,)
    actions = ("submit_selected", "approve_selected", "retire_selected", "tag_selected")
    actions_submit_line = ("save_and_submit", "save_and_approve", "save_and_retire")
    change_form_before_template = "catalog/admin/suggestions.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        latest = FragmentRevision.objects.filter(fragment=OuterRef("pk")).order_by("-number")
        rows = super().get_queryset(request).prefetch_related("tags", "channels", "markets", "audiences")
        return rows.annotate(  # type: ignore[no-any-return]
            latest_number=Subquery(latest.values("number")[:1]),
            latest_digest=Subquery(latest.values("digest")[:1]),
            was_approved=Exists(latest.filter(out__isnull=False)),
        )

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        names = (name for _, options in self.fieldsets for name in options["fields"])
        flat = [part for name in names for part in ((name,) if isinstance(name, str) else name)]
        columns = [name for name in flat if name not in ("status", "media_list", "meaning_kept")]
        return super().get_form(request, obj, change=change, **{**kwargs, "fields": columns})

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        fragment = kwargs.get("obj")
        context["suggestions"] = help_for(fragment) if fragment else []
        return super().render_change_form(request, context, *args, **kwargs)

    # --- Writing -----------------------------------------------------------------------------------------------------
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            self.refuse_stale(obj, form)
        obj.media = form.cleaned_data["media_list"]
        write_fragment(
            actor_of(request),
            obj,
            title=form.texts("title"),
            body=form.texts("body"),
            rich=form.rich,
            links={name: form.cleaned_data[name] for name in LINKS},
            meaning_kept=bool(form.cleaned_data.get("meaning_kept")),
        )

    @admin.action(description="Save and submit", permissions=["change"])
    def save_and_submit(self, request: HttpRequest, fragment: Fragment) -> None:
        revision = submit(actor_of(request), fragment)
        messages.success(request, f"Revision {revision.number} waits for approval; what is out stays as it is.")

    @admin.action(description="Save and approve", permissions=["approve"])
    def save_and_approve(self, request: HttpRequest, fragment: Fragment) -> None:
        revision = approve(actor_of(request), fragment)
        messages.success(request, f"Revision {revision.number} is what channels get from their next release on.")
        _tell_waiting(request, revision)

    @admin.action(description="Save and retire", permissions=["change"])
    def save_and_retire(self, request: HttpRequest, fragment: Fragment) -> None:
        retire(actor_of(request), fragment)
        messages.warning(request, "It leaves every channel with the channel's next release.")

    @admin.action(description="Submit for review", permissions=["change"])
    def submit_selected(self, request: HttpRequest, queryset: QuerySet[Fragment]) -> None:
        self.each(request, queryset, submit, "Submitted")

    @admin.action(description="Approve", permissions=["approve"])
    def approve_selected(self, request: HttpRequest, queryset: QuerySet[Fragment]) -> None:
        self.each(request, queryset, approve, "Approved")

    def each(
        self, request: HttpRequest, fragments: QuerySet[Fragment], operation: Callable[..., Any], word: str
    ) -> None:
        """Do it to each by itself; what cannot be done to one is told and keeps none of the others back."""
        done = 0
        for fragment in fragments:
            try:
                result = operation(actor_of(request), fragment)
                done += 1
                if operation is approve:
                    _tell_waiting(request, result)
            except ValidationError as error:
                messages.error(request, f"{fragment}: {' '.join(error.messages)}")
        if done:
            messages.success(request, f"{word}: {done}.")

    @admin.action(description="Retire", permissions=["change"])
    def retire_selected(self, request: HttpRequest, queryset: QuerySet[Fragment]) -> None:
        retired = [retire(actor_of(request), fragment) for fragment in queryset]
        messages.warning(request, f"Retired: {len(retired)}.")

    def save_row(self, actor: Actor, row: Any) -> None:
        if isinstance(row, Placement):
            save_placement(actor, row)
        else:
            super().save_row(actor, row)

    # --- Columns -----------------------------------------------------------------------------------------------------
    @admin.display(description="title")
    def heading(self, fragment: Fragment) -> str:
        return fragment.title or to_text(fragment.body or "")[:80] or NOTHING

    @admin.display(description="state", ordering="state")
    def state_badge(self, fragment: Any) -> SafeString:
        state = badge(fragment.get_state_display(), STATES[fragment.state])
        if fragment.state == "approved" and fragment.latest_digest != digest_of(freeze(fragment)):
            return together([state, badge("edited since", "warn", "Channels still get the revision approved last.")])
        if fragment.state in ("draft", "review") and fragment.was_approved:
            return together([state, badge("out", "good", "Channels get what was approved of it before.")])
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
