"""Make an output's edition of the current release."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from time import monotonic
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from exports import editions
from exports.management import shell
from exports.models import Output


class Command(BaseCommand):
    help = "Make an output's edition of its channel's current release, or find it made."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("output", nargs="?", help="the output's code")
        parser.add_argument("-o", dest="file", type=Path, help="put a copy of the edition in this file")
        parser.add_argument("--all", action="store_true", help="build every output; those that fail do not stop others")
        parser.add_argument("--json", action="store_true", help="write a JSON object per output, a line each")

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["output"]) == options["all"]:
            raise CommandError("Name one output, or say --all.")
        if options["all"] and options["file"]:
            raise CommandError("-o takes the edition of one output; --all makes many.")
        if options["all"]:
            self.build_all(as_json=options["json"])
        else:
            output = shell.output_called(options["output"])
            built = self.build(output, as_json=options["json"])
            if options["file"]:
                copy(built.path, options["file"])

    def build_all(self, *, as_json: bool) -> None:
        failed = []
        for output in Output.objects.select_related("channel"):
            try:
                self.build(output, as_json=as_json)
            except CommandError as error:
                self.stderr.write(str(error))
                failed.append(output.code)
        if failed:
            raise CommandError(f"Not built: {', '.join(failed)}.")

    def build(self, output: Output, *, as_json: bool) -> editions.Built:
        """Raises CommandError."""
        started = monotonic()
        try:
            with shell.patience(self.stderr, f"Building {output.code}"):
                built = editions.build(shell.actor(), output)
        except editions.BuildFailed as error:
            raise CommandError(str(error)) from error
        summary = _summary(output, built, monotonic() - started)
        self.stdout.write(orjson.dumps(summary).decode() if as_json else _line(summary))
        return built


def copy(source: Path, target: Path) -> None:
    """Put a whole file in place in one step. Raises CommandError."""
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        unfinished = Path(name)
        try:
            with source.open("rb") as whole, os.fdopen(handle, "wb") as out:
                shutil.copyfileobj(whole, out)
            unfinished.chmod(0o644)
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise CommandError(f"{target} cannot be written: {error.strerror}.") from error


def _summary(output: Output, built: editions.Built, seconds: float) -> dict[str, Any]:
    edition = built.edition
    left_out = {row["sku"] for row in edition.warnings if row["left_out"]}
    return {
        "output": output.code,
        "release": edition.release.number,
        "new": built.new,
        "bytes": edition.size,
        "digest": edition.digest,
        "documents": edition.documents,
        "left_out": len(left_out),
        "warnings": len(edition.warnings),
        "path": str(built.path),
        "seconds": round(seconds, 3),
    }


def _line(summary: dict[str, Any]) -> str:
    how = "" if summary["new"] else ", as it was"
    what = (
        "{output}: release {release}{how}, {size}, digest {digest:.12}, {documents} documents in, {left_out} left out"
    )
    what = what.format(**summary, how=how, size=_size(summary["bytes"]))
    return f"{what}, {summary['warnings']} warnings, {shell.seconds(summary['seconds'])}"


def _size(count: int) -> str:
    """A file's size for people, in binary units."""
    if count < 1024:
        return f"{count} B"
    return f"{count / 1024:,.1f} KiB" if count < 1024 * 1024 else f"{count / 1024 / 1024:,.1f} MiB"
