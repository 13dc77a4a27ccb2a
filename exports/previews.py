"""How an output would look: made of a few documents of the current release, recorded nowhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any, BinaryIO

from exports import querysets
from exports.documents import Document, from_bytes
from exports.editions import BuildFailed, Checked, release_of, work_of
from exports.errors import ExportError
from exports.formats.base import Problem, Work
from exports.formats.registry import format_called
from exports.models import Output, Release

DOCUMENTS = 24
SECONDS = 25.0  # by the clock, after which what is not laid out is given up


def write(output: Output, out: BinaryIO) -> list[Problem]:
    """Write what `output`, as it stands, would come to; returns what there is to say of it. Raises BuildFailed.

    The products are those that its options name, else the first DOCUMENTS that they ask for. Pages are laid out by the
    processes of the press, within its limits and for SECONDS at most: no text can keep the caller busy.
    """
    try:
        release = release_of(output)
        form = format_called(output.format)
        told = form.read(output.options)
        work = work_of(output, release)
        if told.get("skus"):
            work = replace(work, options={**output.options, "skus": list(told["skus"][:DOCUMENTS])})
        work = replace(work, workshop=replace(work.workshop, until=time.monotonic() + SECONDS))
        form.write(iter(Checked(_some(release, output.language, told, work), form, work)), out, work)
    except ExportError as error:
        raise BuildFailed(str(error)) from error
    return work.problems


def _some(release: Release, language: str, told: Mapping[str, Any], work: Work) -> Iterator[Document]:
    named = [*(told.get("skus") or ()), *(told.get("offers") or ()), *filter(None, [told.get("sku")])]
    if not named:
        return islice(filter(_asked(told, work), querysets.documents_at(release, language)), DOCUMENTS)
    found = {row.sku: from_bytes(row.body) for row in querysets.stored_called(release, language, named[:DOCUMENTS])}
    variants = [sku for document in found.values() for sku in document.variants if sku not in found]
    found |= {row.sku: from_bytes(row.body) for row in querysets.stored_called(release, language, variants)}
    return iter([found[sku] for sku in sorted(found)])


def _asked(told: Mapping[str, Any], work: Work) -> Callable[[Document], bool]:
    """Whether a document is of those that the options ask for. Raises ExportError."""
    category, text = told.get("category"), told.get("filter")
    found = work.selection(text) if text else lambda _: True
    return lambda document: (
        (not category or any(category in (link.code, *link.path) for link in document.categories)) and found(document)
    )
