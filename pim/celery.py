"""Celery as the engine of jobs, where one machine is not enough: `JOBS_ENGINE=celery`, and on each machine

    celery -A pim.celery worker --pool prefork      (and on one of them: celery -A pim.celery beat)

It carries ids and nothing else. What it loses is sent again by `sweep`; what it brings twice finds the job taken.
"""

import os

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pim.settings")
app = Celery("tessera", broker=settings.JOBS_BROKER_URL)
app.conf.update(
    task_ignore_result=True,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    beat_schedule={"sweep": {"task": "tessera.sweep", "schedule": 10.0, "options": {"expires": 10}}},
)


@app.task(name="tessera.run")
def run(job: int) -> None:
    from catalog.jobs.worker import Worker  # not before the applications are set up

    Worker().carry(job)


@app.task(name="tessera.sweep")
def sweep() -> None:
    from catalog.jobs.claiming import overdue, prune, sweep
    from catalog.jobs.registry import KINDS
    from catalog.jobs.watching import look

    sweep()
    prune()
    look(KINDS)
    for job in overdue():
        run.delay(job)


def send(job: int) -> None:
    """What JOBS_CARRIER names: called when a job is committed."""
    run.delay(job)
