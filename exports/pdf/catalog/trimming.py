"""Bleed: sheets are made larger all round, and then marked where they are cut."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from exports.pdf.catalog.look import MM, Look

LONG, THIN = 0.8, 0.25  # of a crop mark: its part of the bleed, and its width in points


@contextmanager
def trimmed(look: Look, out: BinaryIO) -> Iterator[BinaryIO]:
    """Where to write what is to be in `out`; with bleed it gets trim boxes (ISO 32000-1, 14.11.2) and crop marks."""
    if not look.bleed:
        yield out
        return
    whole = io.BytesIO()
    yield whole
    import pikepdf

    more = look.bleed * MM
    with pikepdf.open(whole) as pdf:
        before = pdf.make_stream(b"q")
        marks = pdf.make_stream(_marks(look.frame.width, look.frame.height, more))
        for page in pdf.pages:
            page.obj.BleedBox = [0, 0, look.frame.width, look.frame.height]
            page.obj.TrimBox = [more, more, look.frame.width - more, look.frame.height - more]
            page.contents_add(before, prepend=True)
            page.contents_add(marks)
        pdf.save(out, deterministic_id=True)


def _marks(width: float, height: float, bleed: float) -> bytes:
    """Two lines at each corner, in the bleed; no part of what is read aloud."""
    long = bleed * LONG
    ends = [(y, x, x + long) for y in (bleed, height - bleed) for x in (0.0, width - long)]
    tops = [(x, y, y + long) for x in (bleed, width - bleed) for y in (0.0, height - long)]
    lines = [f"{start:.2f} {y:.2f} m {end:.2f} {y:.2f} l" for y, start, end in ends]
    lines += [f"{x:.2f} {low:.2f} m {x:.2f} {high:.2f} l" for x, low, high in tops]
    return f"Q /Artifact BMC q 0 G {THIN} w {' '.join(lines)} S Q EMC".encode()
