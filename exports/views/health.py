"""Whether the site works, for whoever watches over it."""

from __future__ import annotations

import logging

from django.db import Error
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from exports import querysets

log = logging.getLogger(__name__)


@never_cache
@require_safe
def health(_request: HttpRequest) -> JsonResponse:
    """200, or 503 naming what is wrong. The details are in the log, where they concern nobody else."""
    try:
        querysets.database_answers()
    except Error:
        log.exception("The database does not answer.")
        return JsonResponse({"status": "failing", "database": "does not answer, or its tables are missing"}, status=503)
    return JsonResponse({"status": "ok", "database": "ok"})
