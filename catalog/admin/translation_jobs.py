"""Translation jobs: chosen, counted, sent, taken back; the form and the buttons call one operation each."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from unfold.widgets import (
    UnfoldAdminDateWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from catalog.admin.base import ReadOnlyAdmin, actor_of
from catalog.admin.fields import ChoicesField
from catalog.admin.presenting import NOTHING, Tone, badge
from catalog.admin.translations import translated_into
from catalog.models import Channel, TranslationJob
from catalog.operations.translating.jobs import (
    Estimate,
    cancel,
    cost,
    cost_of,
    create_job,
    estimate,
    export_job,
    finish,
)
from catalog.operations.translating.others import GROUPS
from catalog.operations.translating.returning import import_job
from catalog.operations.translating.selecting import STATES, TO_DO, Selection
from catalog.operations.translations import TRANSLATED
from catalog.translating.xliff import MAX_BYTES

TONES: dict[str, Tone] = {"open": "plain", "sent": "info", "returned": "warn", "done": "good", "cancelled": "bad"}
UNIT_TONES: dict[str, Tone] = {
    "waiting": "plain",
    "taken": "good",
    "outdated": "warn",
    "unchanged": "plain",
    "conflict": "bad",
    "refused": "bad",
}
MAX_UNITS = 200


def _text(label: str, help_text: str = "", **attributes: Any) -> forms.CharField:
    widget = UnfoldAdminTextInputWidget(attrs=attributes)
    return forms.CharField(label=label, required=False, max_length=2_000, help_text=help_text, widget=widget)


class JobForm(forms.Form):
    """What a job is about."""

    language = forms.ChoiceField(label="Into", widget=UnfoldAdminSelectWidget)
    states = ChoicesField(choices=list(STATES.items()), label="Texts that are")
    kinds = ChoicesField(
        choices=[(kind, f"{kind.title()}s") for kind in (*TRANSLATED, *GROUPS)],
        label="Of",
        help_text="Labels and facts are missing, draft or translated; no more is known of them.",
    )
    channel = forms.ChoiceField(
        label="In the current release of", required=False, widget=UnfoldAdminSelectWidget, help_text="None: anywhere."
    )
    tags = _text("With one of these tags", "FACET:CODE, several with spaces; those below count too.")
    filter = _text("On products where", "A filter, such as: family = grinders. For fragments that are out.")
    codes = _text("Only these", "fragment:CODE, asset:CODE, product:SKU or attribute:CODE, several with spaces.")
    due = forms.DateField(label="Due", required=False, widget=UnfoldAdminDateWidget)
    price_per_word = forms.DecimalField(
        label="Price per new word",
        required=False,
        min_value=0,
        max_value=1_000,
        decimal_places=4,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal"}),
    )
    currency = forms.RegexField(r"^[A-Z]{3}\Z", label="Currency", initial="EUR", widget=UnfoldAdminTextInputWidget)
    note = forms.CharField(
        label="Note for the translator", required=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = translated_into()  # type: ignore[attr-defined]
        channels = Channel.objects.filter(retired=False).order_by("code").values_list("code", flat=True)
        self.fields["channel"].choices = [("", "–"), *((code, code) for code in channels)]  # type: ignore[attr-defined]

    def selection(self) -> Selection:
        said = self.cleaned_data
        return Selection(
            said["language"],
            states=tuple(said["states"] or TO_DO),
            kinds=tuple(said["kinds"] or TRANSLATED),
            channel=said["channel"],
            tags=tuple(said["tags"].split()),
            filter=said["filter"].strip(),
            codes=tuple(said["codes"].split()),
        )

    def job(self) -> TranslationJob:
        said = self.cleaned_data
        return TranslationJob(
            due=said["due"], note=said["note"], price_per_word=said["price_per_word"], currency=said["currency"]
        )


class UploadForm(forms.Form):
    file = forms.FileField(
        label="File from the translator", widget=forms.FileInput(attrs={"accept": ".xlf,.xliff,.xml"})
    )
    overwrite = forms.BooleanField(
        label="Overwrite what was translated here meanwhile", required=False, widget=forms.CheckboxInput
    )

    def clean_file(self) -> Any:
        if self.cleaned_data["file"].size > MAX_BYTES:
            raise ValidationError(f"At most {MAX_BYTES:,} bytes are read. Split the job.")
        return self.cleaned_data["file"]


@admin.register(TranslationJob)
class TranslationJobAdmin(ReadOnlyAdmin):
    list_display = ("code", "target_language", "state_badge", "due", "word_count", "price", "created_by", "created_at")
    list_filter = ("state", "target_language")
    search_fields = ("code", "selection", "note")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("catalog.add_translationjob")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.do_view)
        return [path("<int:job>/do/", view, name="catalog_translationjob_do"), *super().get_urls()]

    # --- Making one --------------------------------------------------------------------------------------------------
    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        query = request.GET
        initial = {
            "language": query.get("language", ""),
            "states": [state for state in query.getlist("states") if state in STATES] or list(TO_DO),
            "kinds": [kind for kind in query.getlist("kinds") if kind in (*TRANSLATED, *GROUPS)] or list(TRANSLATED),
            "currency": "EUR",
        }
        form = JobForm(request.POST or None, initial=initial)
        found: Estimate | None = None
        if request.method == "POST" and form.is_valid():
            try:
                if "make" in request.POST:
                    job = create_job(actor_of(request), form.job(), form.selection())
                    messages.success(request, f"Job “{job.code}” is made. It is sent when its file is downloaded.")
                    return HttpResponseRedirect(reverse("admin:catalog_translationjob_change", args=[job.pk]))
                found = estimate(form.selection())
            except ValidationError as error:
                form.add_error(None, error.messages)
        price = cost_of(found.words, TranslationJob().weights, form.cleaned_data["price_per_word"]) if found else None
        context = {
            **self._context(request, "New translation job"),
            "form": form,
            "estimate": found,
            "price": price,
            "currency": form.cleaned_data.get("currency", "") if found else "",
        }
        return TemplateResponse(request, "catalog/admin/translation_job_new.html", context)

    # --- One that there is -------------------------------------------------------------------------------------------
    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        job = self.permitted_object(request, object_id or "", "view")
        return self._job_page(request, job, UploadForm())

    def _job_page(self, request: HttpRequest, job: TranslationJob, upload: UploadForm) -> HttpResponse:
        ended = job.state in (TranslationJob.State.DONE, TranslationJob.State.CANCELLED)
        order = ("refused", "conflict", "outdated")
        units = list(job.units.filter(state__in=order)[:MAX_UNITS]) or list(job.units.all()[:MAX_UNITS])
        context = {
            **self._context(request, f"Translation job {job.code}"),
            "job": job,
            "original": job,
            "state": self.state_badge(job),
            "cost": cost(job),
            "units": [(unit, badge(unit.get_state_display(), UNIT_TONES[unit.state])) for unit in units],
            "count": job.units.count(),
            "report": job.report,
            "upload": upload,
            "ended": ended,
            "may": self.may_act(request),
            "act": reverse("admin:catalog_translationjob_do", args=[job.pk]),
        }
        return TemplateResponse(request, "catalog/admin/translation_job.html", context)

    def may_act(self, request: HttpRequest) -> bool:
        return request.user.has_perm("catalog.change_translationjob")

    def may_import(self, request: HttpRequest, job: TranslationJob) -> bool:
        """What comes back is written into texts."""
        kinds = {*TRANSLATED, *job.units.order_by().values_list("kind", flat=True).distinct()}
        return self.may_act(request) and all(request.user.has_perm(f"catalog.change_{kind}") for kind in kinds)

    def do_view(self, request: HttpRequest, job: int) -> HttpResponse:
        """What the buttons of a job's page ask for."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.may_act(request):
            raise PermissionDenied
        found = self.permitted_object(request, str(job), "view")
        what = request.POST.get("what", "")
        try:
            if what in ("2.1", "1.2"):
                return self._download(request, found, what)
            if what == "import":
                return self._upload(request, found)
            if what in ("finish", "cancel"):
                {"finish": finish, "cancel": cancel}[what](actor_of(request), found)
                messages.success(request, f"Job “{found.code}” is {found.get_state_display().lower()}.")
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return HttpResponseRedirect(reverse("admin:catalog_translationjob_change", args=[found.pk]))

    def _download(self, request: HttpRequest, job: TranslationJob, version: str) -> HttpResponse:
        content = export_job(actor_of(request), job, version)
        answer = HttpResponse(content, content_type="application/xliff+xml")
        answer["Content-Disposition"] = f'attachment; filename="{job.code}.xlf"'
        answer["X-Content-Type-Options"] = "nosniff"
        return answer

    def _upload(self, request: HttpRequest, job: TranslationJob) -> HttpResponse:
        if not self.may_import(request, job):
            raise PermissionDenied
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._job_page(request, job, form)
        content = form.cleaned_data["file"].read()
        report = import_job(actor_of(request), job, content, overwrite=form.cleaned_data["overwrite"])
        said = ", ".join(f"{count} {name}" for name, count in report.counts.items() if count)
        tell = messages.warning if report.lines else messages.success
        tell(request, f"The file was read: {said or 'nothing in it is translated'}.")
        return HttpResponseRedirect(reverse("admin:catalog_translationjob_change", args=[job.pk]))

    def _context(self, request: HttpRequest, title: str) -> dict[str, Any]:
        listed = reverse("admin:catalog_translationjob_changelist")
        return {**self.admin_site.each_context(request), "title": title, "opts": self.model._meta, "back": listed}

    # --- Columns -----------------------------------------------------------------------------------------------------
    @admin.display(description="state", ordering="state")
    def state_badge(self, job: TranslationJob) -> SafeString:
        return badge(job.get_state_display(), TONES[job.state])

    @admin.display(description="words")
    def word_count(self, job: TranslationJob) -> int:
        return sum(job.words.values())

    @admin.display(description="cost")
    def price(self, job: TranslationJob) -> SafeString | str:
        found = cost(job)
        return NOTHING if found is None else f"{found} {job.currency}"
