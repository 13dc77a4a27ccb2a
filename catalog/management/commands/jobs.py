"""List jobs, or cancel one or try it again: `manage.py jobs [--state STATE] [--json]`."""

from __future__ import annotations

import getpass
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.actors import Actor
from catalog.jobs import cancel, retry
from catalog.jobs.telling import told
from catalog.models import Job


class Command(BaseCommand):
    help = "List the jobs, the latest first; or --cancel one, or --retry one that ended badly."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--state", choices=Job.State.values, help="only those in this state")
        parser.add_argument("--kind", default="", help="only those of this kind")
        parser.add_argument("--limit", type=int, default=50, help="how many at most (50)")
        parser.add_argument("--json", action="store_true", help="write a JSON object per job, a line each")
        one = parser.add_mutually_exclusive_group()
        one.add_argument("--cancel", type=int, metavar="ID", help="cancel this job")
        one.add_argument("--retry", type=int, metavar="ID", help="try this job again")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["cancel"] is not None or options["retry"] is not None:
            rows = [self.act(options["cancel"], options["retry"])]
        else:
            wanted = {name: options[name] for name in ("state", "kind") if options[name]}
            rows = list(Job.objects.filter(**wanted).order_by("-pk")[: max(options["limit"], 0)])
        for job in rows:
            self.stdout.write(orjson.dumps(told(job)).decode() if options["json"] else line(job))
        if not rows and not options["json"]:
            self.stdout.write("No jobs.")

    def act(self, cancelled: int | None, retried: int | None) -> Job:
        job = Job.objects.filter(pk=cancelled or retried or 0).first()
        if job is None:
            raise CommandError("There is no such job. `manage.py jobs` lists them.")
        actor = Actor(getpass.getuser(), "command")
        try:
            return retry(actor, job) if cancelled is None else cancel(actor, job)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error


def line(job: Job) -> str:
    progress = f" {job.done}/{job.total}" if job.total else ""
    said = (job.error.splitlines() or [job.message])[0]
    return f"{job.pk:>7} {job.state:<11} {job.kind:<16} {job.key}{progress}  {said}".rstrip()
