"""Run an output: one artefact from the channel's current release, stored, measured and recorded.

The only place that catches ExportError.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.db import transaction

from catalog import files
from catalog.actors import Actor
from catalog.filters import FilterError
from catalog.models import Asset
from catalog.renditions import rendition, size_for
from exports import querysets
from exports.asking import filtering
from exports.asking.said import Said
from exports.delivery import webhooks
from exports.documents import Document, DocumentAsset, Publication, to_bytes
from exports.errors import ExportError
from exports.formats.base import Format, Problem, Work, Workshop
from exports.formats.registry import format_called
from exports.models import Edition, Output, PageMap, Release
from exports.pdf import fonts

_PART = ".part"
_ABANDONED = 24 * 3600  # seconds after which nobody writes to a part file any more


class BuildFailed(Exception):
    """An edition could not be made; the message is one line for the person who asked. Nothing was recorded."""


@dataclass(frozen=True)
class Built:
    """The edition, and whether it had to be made: the same recipe gives the same file."""

    edition: Edition
    path: Path
    new: bool


class Library:
    """The files of assets, as formats ask for them."""

    def picture(self, asset: DocumentAsset, width: int) -> bytes:
        """A JPEG of at least `width` pixels where the original has them. Raises ExportError where it is gone."""
        row = Asset.objects.filter(digest=asset.digest).first()
        if row is None:
            raise ExportError(f"The file {asset.digest[:12]}… is not in the asset library any more.")
        try:
            return rendition(row, size_for(width)).read_bytes()
        except OSError as error:
            raise ExportError(f"The picture “{row.code}” cannot be read: {error}.", permanent=False) from error


def build(actor: Actor, output: Output) -> Built:
    """Make the output's edition of the current release, or find it made. Raises BuildFailed."""
    try:
        return _build(actor, output)
    except ExportError as error:
        raise BuildFailed(f"Output “{output.code}”: {error}") from error


def _build(actor: Actor, output: Output) -> Built:
    release = release_of(output)
    form = format_called(output.format)
    form.read(output.options)
    made_with = _made_with(output, release)
    recipe = blake2b(orjson.dumps(made_with, option=orjson.OPT_SORT_KEYS), digest_size=32).hexdigest()
    last = querysets.latest_edition(output)
    if last and last.recipe == recipe and (path := path_of(last)).exists():
        return Built(last, path, new=False)
    return _make(actor, output, release, form, recipe, made_with)


def release_of(output: Output) -> Release:
    """What an edition would be made of now. Raises ExportError."""
    release = querysets.current_release(output.channel)
    if release is None:
        raise ExportError(
            f"channel “{output.channel.code}” has no release yet; run: manage.py release {output.channel.code}"
        )
    if output.language not in release.publications:
        raise ExportError(f"release {release.number} has no language “{output.language}”.")
    return release


def work_of(output: Output, release: Release) -> Work:
    """What its format gets to work with."""
    publication = querysets.publication_of(release, output.language)
    return Work(
        publication,
        settings.SITE_URL,
        Library(),
        output.options,
        workshop=workshop(),
        translations=partial(_translated, release),
        selection=partial(_selected, release, output.language),
        asset=_asset,
    )


def _made_with(output: Output, release: Release) -> dict[str, Any]:
    """What determines the file: the release, language, format, options, address, and the version of our code."""
    return {
        "release": [release.channel_id, release.number, str(release.created_at)],
        "output": [output.format, output.language, output.options],
        "site": settings.SITE_URL,
        "code": code_digest(),
        "renderer": version("weasyprint"),
        "fonts": [path.name for path in fonts.font_files()],
    }


def code_digest() -> str:
    """A digest of the formats' code and templates: a change in either makes editions anew."""
    root = Path(settings.BASE_DIR)
    total = blake2b(digest_size=16)
    for folder in ("exports", "templates/exports"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".py", ".html", ".css"):
                total.update(path.read_bytes())
    return total.hexdigest()


def _make(
    actor: Actor, output: Output, release: Release, form: Format, recipe: str, made_with: dict[str, Any]
) -> Built:
    started = time.monotonic()
    work = work_of(output, release)
    counted = Checked(querysets.documents_at(release, output.language), form, work)
    folder = Path(settings.EDITIONS_ROOT) / output.code
    with _unfinished(folder) as part:
        with part.open("w+b") as out:
            form.write(iter(counted), out, work)
        digest, size = _measure(part)
        path = folder / f"{output.code}-{release.number}-{digest[:12]}.{form.extension}"
        with transaction.atomic():  # the row and its file, or neither
            edition = Edition.objects.create(
                output=output,
                release=release,
                file=str(path.relative_to(settings.EDITIONS_ROOT)),
                digest=digest,
                size=size,
                documents=counted.good,
                duration_ms=round((time.monotonic() - started) * 1000),
                warnings=_warnings(work.problems),
                recipe=recipe,
                made_with=made_with,
                created_by=actor.name,
            )
            if work.pages:
                PageMap.objects.create(edition=edition, pages=work.pages)
            webhooks.edition_created(actor, edition)
            part.replace(path)
            files.share(files.EDITIONS, edition.file)
    return Built(edition, path, new=True)


def _warnings(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """As they are stored: with who looks after what is to be mended, where somebody does."""
    responsible = querysets.responsible_for({problem.about for problem in problems if problem.about})
    return [
        {"sku": problem.sku, "message": problem.message, "left_out": problem.fatal}
        | ({"about": problem.about} if problem.about else {})
        | ({"responsible": responsible[problem.about]} if problem.about in responsible else {})
        for problem in problems
    ]


def workshop() -> Workshop:
    """What the press may use of this machine, as the settings say."""
    return Workshop(
        folder=Path(settings.PRESS_ROOT),
        keep=settings.PRESS_KEEP_BYTES,
        processes=settings.PRESS_PROCESSES,
        seconds=settings.PRESS_SECONDS,
        megabytes=settings.PRESS_MEMORY_MB,
    )


def _translated(release: Release, language: str) -> tuple[Publication, Iterator[Document]]:
    """The same release in another of its languages. Raises ExportError."""
    if language not in release.publications:
        raise ExportError(f"release {release.number} has no language “{language}”.")
    return querysets.publication_of(release, language), querysets.documents_at(release, language)


def _selected(release: Release, language: str, text: str) -> Callable[[Document], bool]:
    """Raises ExportError for a filter that cannot be asked of this release."""
    try:
        wanted = filtering.wanted(text, Said(release, language))
    except FilterError as error:
        raise ExportError(f"The option “filter” cannot be asked of this release. {error}") from error
    return lambda document: wanted.holds(orjson.loads(to_bytes(document)))


def _asset(code: str) -> DocumentAsset:
    """A picture of the library. Raises ExportError."""
    row = Asset.objects.filter(code__iexact=code, kind="image").first()
    if row is None:
        raise ExportError(f"There is no picture “{code}” in the asset library.")
    return DocumentAsset("logo", row.kind, "", "", row.media_type, row.width, row.height, row.digest)


@contextmanager
def _unfinished(folder: Path) -> Iterator[Path]:
    """A file to write to, gone afterwards unless it was moved. Takes along what killed processes left there."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(f"*{_PART}"):
        if left.stat().st_mtime < time.time() - _ABANDONED:
            left.unlink(missing_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, suffix=_PART)
    os.close(handle)
    part = Path(name)
    part.chmod(0o644)
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


class Checked:
    """The documents that pass the format's check, counted; the others' problems go to the work."""

    def __init__(self, documents: Iterator[Document], form: Format, work: Work) -> None:
        self.documents = documents
        self.form = form
        self.work = work
        self.good = 0

    def __iter__(self) -> Iterator[Document]:
        for document in self.documents:
            problems: list[Problem] = self.form.check(document, self.work)
            self.work.problems.extend(problems)
            if not any(problem.fatal for problem in problems):
                self.good += 1
                yield document


def _measure(path: Path) -> tuple[str, int]:
    """BLAKE2b-256 in hexadecimal, and bytes."""
    total = blake2b(digest_size=32)
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            total.update(block)
    return total.hexdigest(), path.stat().st_size


def path_of(edition: Edition) -> Path:
    """Where the edition's file lies on this machine. Raises OSError where it should be fetched and cannot."""
    return files.fetched(files.EDITIONS, edition.file)
