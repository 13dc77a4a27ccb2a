"""What is done with the pages of a finished PDF. Runs in a process of the press; numbers of pages are from 1."""

from __future__ import annotations

from binascii import crc32
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2

from exports.pdf.proof.differing import Box, differing

STRIP = 18 / 25.4 * 72  # points at the head and the foot of a page in which running heads and numbers stand
COARSE = 50 / 72  # pixels per point that are enough to see that pages differ
PIXELS = 12_000_000
WORDS = 600  # of a page by which it is recognised


@contextmanager
def opened(file: str) -> Iterator[Any]:
    """Raises ValueError for what is no PDF."""
    try:
        document = pypdfium2.PdfDocument(Path(file))
    except pypdfium2.PdfiumError as error:
        raise ValueError(f"This is no PDF that can be shown: {error}.") from error
    with document:
        yield document


def count(file: str) -> int:
    with opened(file) as document:
        return len(document)


def drawn(file: str, number: int, width: int) -> bytes:
    """A page as JPEG, `width` pixels wide. Raises ValueError where there is no such page, or one too high."""
    with opened(file) as document:
        if not 1 <= number <= len(document):
            raise ValueError("There is no such page.")
        page = document[number - 1]
        scale = width / page.get_width()
        if scale * page.get_height() * width > PIXELS:
            raise ValueError("The page is too high to be drawn.")
        out = BytesIO()
        page.render(scale=scale).to_pil().convert("RGB").save(out, "JPEG", quality=82, optimize=True)
        return out.getvalue()


def prints(file: str, first: int, last: int) -> list[Mapping[str, Any]]:
    """By what each of these pages is recognised: `whole` is all that is seen, `body` what is between head and foot."""
    with opened(file) as document:
        return [_print(document[number - 1]) for number in range(first, min(last, len(document)) + 1)]


def _print(page: Any) -> Mapping[str, Any]:
    picture = page.render(scale=COARSE, grayscale=True)
    rows = bytes(picture.buffer)
    strip = round(STRIP * COARSE) * picture.stride
    text = page.get_textpage()
    words = [crc32(word.encode()) for word in text.get_text_range(errors="ignore").split()[:WORDS]]
    size = f"{page.get_width():.1f}x{page.get_height():.1f}".encode()
    return {"whole": _digest(size, rows), "body": _digest(size, rows[strip:-strip]), "words": words}


def _digest(*parts: bytes) -> str:
    return blake2b(b"".join(parts), digest_size=12).hexdigest()


def lines(page: Any) -> list[tuple[str, Box]]:
    """Pieces of text and where they stand, in the order in which they were drawn."""
    width, height = page.get_width(), page.get_height()
    text = page.get_textpage()
    found = []
    for at in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(at)
        words = " ".join(text.get_text_bounded(left, bottom, right, top, errors="ignore").split())
        if words:
            found.append((words, (left / width, 1 - top / height, right / width, 1 - bottom / height)))
    return found


def regions(old: str, old_number: int, new: str, new_number: int) -> tuple[Sequence[Box], Sequence[Box]]:
    """Where a page differs from another, on each of the two.

    Text that only stands elsewhere does not differ. Where all that stayed stands where it stood, whatever else is seen
    to differ does too, such as a picture.
    """
    with opened(old) as before, opened(new) as behind:
        pages = before[old_number - 1], behind[new_number - 1]
        sides = [_side(page) for page in pages]
        if old_number != new_number:
            sides = [_without_number(*side) for side in sides]
        return differing([side[0] for side in sides], [side[1] for side in sides])


def _side(page: Any) -> tuple[list[tuple[str, Box]], Any, float]:
    return lines(page), page.render(scale=1.0, grayscale=True).to_pil(), STRIP / page.get_height()


def _without_number(found: list[tuple[str, Box]], picture: Any, strip: float) -> tuple[Any, Any, float]:
    """Without the page's own number at its head or foot, however many pieces it is in: that it is another is known."""
    numbers = [box for text, box in found if text.isdigit() and (box[1] < strip or box[3] > 1 - strip)]
    for left, top, right, bottom in numbers:
        width, height = picture.size
        picture.paste(255, (int(left * width), int(top * height), int(right * width) + 2, int(bottom * height) + 2))
    return [line for line in found if line[1] not in numbers], picture, strip
