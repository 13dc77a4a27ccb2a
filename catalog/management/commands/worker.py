"""Run jobs: `manage.py worker [--processes N] [--kinds KIND ...] [--once]`."""

from __future__ import annotations

import gc
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.jobs.registry import KINDS
from catalog.jobs.worker import GRACE, Worker


class Command(BaseCommand):
    help = "Run the jobs that wait, each in a process of its own, until SIGTERM or SIGINT."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--processes", type=int, default=2, metavar="N", help="how many at once (2)")
        parser.add_argument("--kinds", nargs="+", default=[], metavar="KIND", help="only these kinds of jobs")
        parser.add_argument("--once", action="store_true", help="end when nothing is left that can run now")
        parser.add_argument(
            "--grace", type=float, default=GRACE, help="seconds a step has to end when told to stop (30)"
        )
        parser.add_argument("--beside", type=int, metavar="PID", help="stop, too, when this process, its parent, ends")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["processes"] < 1:
            raise CommandError("--processes takes a whole number from 1.")
        if unknown := sorted(set(options["kinds"]) - set(KINDS)):
            raise CommandError(f"There is no kind of job “{unknown[0]}”. There are: {', '.join(sorted(KINDS))}.")
        worker = Worker(
            options["processes"],
            options["kinds"],
            once=options["once"],
            beside=options["beside"],
            grace=options["grace"],
        )
        gc.freeze()  # what the processes of jobs share with this one stays shared
        if not options["once"]:
            self.stderr.write(f"Worker {worker.name} runs up to {worker.processes} jobs at once.")
        worker.run()
