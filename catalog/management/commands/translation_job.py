"""Translation jobs: `manage.py translation_job create|export|import|report|list ...`."""

from __future__ import annotations

import json as json_module
import sys
from argparse import ArgumentParser
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from catalog.actors import Actor
from catalog.models import TranslationJob
from catalog.operations.translating.jobs import cost, cost_of, create_job, estimate, export_job
from catalog.operations.translating.returning import import_job
from catalog.operations.translating.selecting import STATES, TO_DO, Selection, offered_kinds
from catalog.operations.translations import TRANSLATED
from catalog.translating.xliff import MAX_BYTES, WRITERS

ACTOR = Actor("command", "command")


def add_selection(parser: ArgumentParser) -> None:
    """The options that say which texts are meant."""
    parser.add_argument("language", help="the language to translate into")
    parser.add_argument("--states", nargs="+", default=TO_DO, metavar="STATE", help=f"of {', '.join(STATES)}")
    parser.add_argument(
        "--kinds", nargs="+", default=tuple(TRANSLATED), metavar="KIND", help=", ".join(offered_kinds())
    )
    parser.add_argument("--channel", default="", help="only what stands in this channel's current release")
    parser.add_argument("--tag", nargs="+", default=(), metavar="FACET:CODE", help="only fragments with one of these")
    parser.add_argument("--filter", default="", help="only fragments on products that this filter finds")
    parser.add_argument("--code", nargs="+", default=(), metavar="KIND:CODE", help="only these objects")


def selection_of(options: dict[str, Any]) -> Selection:
    return Selection(
        options["language"],
        states=tuple(options["states"]),
        kinds=tuple(options["kinds"]),
        channel=options["channel"],
        tags=tuple(options["tag"]),
        filter=options["filter"],
        codes=tuple(options["code"]),
    )


class Command(BaseCommand):
    help = "Make translation jobs, write them as XLIFF, and take them back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
        create = steps.add_parser("create", help="make a job, or with --dry-run say how much it would be")
        add_selection(create)
        create.add_argument("--job", default="", help="its code; else one is made up")
        create.add_argument("--price", default="", help="price of a new word, such as 0.12")
        create.add_argument("--note", default="", help="a note for the translator")
        create.add_argument("--dry-run", action="store_true", help="only say words and cost")
        export = steps.add_parser("export", help="write a job's file")
        export.add_argument("job")
        export.add_argument("file", type=Path)
        export.add_argument("--xliff", default="2.1", choices=list(WRITERS), help="version of XLIFF")
        back = steps.add_parser("import", help="take a job's file back")
        back.add_argument("job")
        back.add_argument("file", type=Path)
        back.add_argument("--overwrite", action="store_true", help="also what was translated here meanwhile")
        report = steps.add_parser("report", help="what became of a job")
        report.add_argument("job")
        steps.add_parser("list", help="all jobs")
        for step in steps.choices.values():
            step.add_argument("--json", action="store_true", help="print what a program can read")

    def handle(self, *, step: str, json: bool, **options: Any) -> None:
        try:
            found = getattr(self, f"{step}_step")(options)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except OSError as error:
            raise CommandError(f"{options.get('file')} cannot be used: {error.strerror}.") from error
        self.stdout.write(
            json_module.dumps(found, ensure_ascii=False, indent=2) if json else "\n".join(lines_of(found))
        )
        if step == "import" and any(found["counts"].get(name) for name in ("refused", "conflict", "unknown")):
            sys.exit(1)

    def create_step(self, options: dict[str, Any]) -> dict[str, Any]:
        selection = selection_of(options)
        job = TranslationJob(code=options["job"], note=options["note"], price_per_word=price_of(options["price"]))
        if options["dry_run"]:
            found = estimate(selection)
            price = cost_of(found.words, job.weights, job.price_per_word)
            return {"texts": found.texts, "words": found.words, "cost": _money(price, job)}
        return summary(create_job(ACTOR, job, selection))

    def export_step(self, options: dict[str, Any]) -> dict[str, Any]:
        job = job_called(options["job"])
        options["file"].write_bytes(export_job(ACTOR, job, options["xliff"]))
        return {**summary(job), "file": str(options["file"])}

    def import_step(self, options: dict[str, Any]) -> dict[str, Any]:
        job = job_called(options["job"])
        if options["file"].stat().st_size > MAX_BYTES:
            raise CommandError(f"The file is larger than the {MAX_BYTES:,} bytes that are read. Split the job.")
        report = import_job(ACTOR, job, options["file"].read_bytes(), overwrite=options["overwrite"])
        return {"job": job.code, **report.as_json()}

    def report_step(self, options: dict[str, Any]) -> dict[str, Any]:
        job = job_called(options["job"])
        return {**summary(job), "counts": {}, "lines": [], **job.report}

    def list_step(self, options: dict[str, Any]) -> dict[str, Any]:
        return {"jobs": [summary(job) for job in TranslationJob.objects.all()]}


def job_called(code: str) -> TranslationJob:
    """Raises CommandError."""
    found = TranslationJob.objects.filter(code__iexact=code).first()
    if found is None:
        raise CommandError(f"There is no translation job “{code[:100]}”. See: manage.py translation_job list")
    return found


def price_of(text: str) -> Decimal | None:
    """Raises CommandError."""
    try:
        price = Decimal(text) if text else None
    except InvalidOperation:
        price = Decimal("NaN")
    if price is not None and not price.is_finite():
        raise CommandError(f"“{text[:40]}” is no price; write it as 0.12.")
    return price


def _money(price: Decimal | None, job: TranslationJob) -> str:
    return "" if price is None else f"{price} {job.currency}"


def summary(job: TranslationJob) -> dict[str, Any]:
    return {
        "job": job.code,
        "into": job.target_language,
        "state": job.state,
        "selection": job.selection,
        "texts": job.units.count(),
        "words": job.words,
        "cost": _money(cost(job), job),
    }


def lines_of(found: dict[str, Any]) -> list[str]:
    if "jobs" in found:
        return ["  ".join(str(row[name]) for name in ("job", "into", "state", "texts")) for row in found["jobs"]]
    lines = [f"{name}: {_said(value)}" for name, value in found.items() if name not in ("lines", "more") and value]
    lines += [f"  {line['outcome']}: {line['where']}: {line['message']}" for line in found.get("lines", ())]
    return lines + ([f"  ... and {found['more']} more"] if found.get("more") else [])


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{count:,} {name}" for name, count in value.items() if count) or "nothing"
    return str(value)
