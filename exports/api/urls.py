"""Addresses of what channels pull, version 1; those of authors are in catalog.api.urls."""

from __future__ import annotations

from django.urls import path, re_path

from exports.api import changes, jobs, releasing, views
from exports.api.explaining import ExplainView

urlpatterns = [
    path("channels/<str:channel>/documents/", views.DocumentsView.as_view(), name="documents"),
    path("channels/<str:channel>/documents/<str:sku>/", views.DocumentView.as_view(), name="document"),
    path("channels/<str:channel>/changes/", changes.ChangesView.as_view(), name="changes"),
    path("channels/<str:channel>/releases/", views.ReleasesView.as_view(), name="releases"),
    path("releases/<str:channel>/differences/", releasing.DifferencesView.as_view(), name="differences"),
    path("releases/<str:channel>/release/", releasing.ReleaseView.as_view(), name="release"),
    path("releases/<str:channel>/<str:release>/report/", releasing.ReportView.as_view(), name="report"),
    path("releases/<str:channel>/roll-back/", releasing.RollBackView.as_view(), name="roll_back"),
    path("releases/<str:channel>/let-go/", releasing.LetGoView.as_view(), name="let_go"),
    path("jobs/", jobs.JobsView.as_view(), name="jobs"),
    path("jobs/<str:id>/", jobs.OneJobView.as_view(), name="job"),
    path("jobs/<str:id>/cancel/", jobs.CancelView.as_view(), name="job_cancel"),
    path("jobs/<str:id>/retry/", jobs.RetryView.as_view(), name="job_retry"),
    path("products/<str:key>/explain/", ExplainView.as_view(), name="explain"),
    # Last, and only with a slash at the end, so that Django still adds a forgotten one.
    re_path(r"^(?:.*/)?$", views.nothing),
]
