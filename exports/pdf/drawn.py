"""Pages of a PDF as pictures, for those who look at them on a screen."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pypdfium2


def drawn(file: Path, *, pages: int, width: int) -> tuple[list[bytes], int]:
    """The first pages as JPEG, `width` pixels wide, and how many there are. Raises ValueError for what is no PDF."""
    try:
        document = pypdfium2.PdfDocument(file)
    except pypdfium2.PdfiumError as error:
        raise ValueError(f"This is no PDF that can be shown: {error}.") from error
    with document:
        found = [_jpeg(document[number], width) for number in range(min(pages, len(document)))]
        return found, len(document)


def _jpeg(page: pypdfium2.PdfPage, width: int) -> bytes:
    picture = page.render(scale=width / page.get_width()).to_pil().convert("RGB")
    out = BytesIO()
    picture.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()
