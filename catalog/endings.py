"""Where files end: what stands behind a picture's own end belongs to something else, and is not kept.

Such a tail is how one file is two, a picture to us and an archive or a page to somebody else. Cutting it off leaves the
picture as it was, bit by bit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

# PDF readers look for the end in so many last bytes (ISO 32000-1, Annex H, implementation note 18 of PDF 1.7).
PDF_TAIL = 1_024
_PNG = b"\x89PNG\r\n\x1a\n"
# A marker in coded data that is neither a stuffed byte nor one to restart at (ITU-T T.81, B.1.1.2 and B.1.1.5).
_MARKER = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")


def whole(content: bytes) -> bytes:
    """A picture without what stands behind its end; anything else, and what has no end, as it is."""
    for start, end_of in _ENDS.items():
        if content.startswith(start):
            end = end_of(content)
            return content[:end] if end is not None and end < len(content) else content
    return content


def has_pdf_end(content: bytes) -> bool:
    """Whether a PDF document goes to its end."""
    return b"%%EOF" in content[-PDF_TAIL:]


def _jpeg(content: bytes) -> int | None:
    """ITU-T T.81, annex B: segments up to EOI; behind the header of a scan, coded data up to the next marker."""
    place = 2
    while place + 4 <= len(content) or content[place : place + 2] == b"\xff\xd9":
        kind = content[place + 1]
        if content[place] != 0xFF:
            return None
        if kind == 0xD9:
            return place + 2
        if kind == 0xFF:
            place += 1
        elif kind == 0x01 or 0xD0 <= kind <= 0xD7:
            place += 2
        else:
            place += 2 + int.from_bytes(content[place + 2 : place + 4], "big")
            if kind == 0xDA:
                found = _MARKER.search(content, place)
                place = found.end() - 2 if found else len(content)
    return None


def _png(content: bytes) -> int | None:
    """ISO/IEC 15948, section 5.3: chunks up to IEND."""
    place = len(_PNG)
    while place + 12 <= len(content):
        kind = content[place + 4 : place + 8]
        place += 12 + int.from_bytes(content[place : place + 4], "big")
        if kind == b"IEND":
            return place
    return None


def _gif(content: bytes) -> int | None:
    """GIF89a, section 12 and appendix B: blocks up to the trailer."""
    place = 13 + _palette(content[10:11])
    while place < len(content):
        kind = content[place]
        if kind == 0x3B:
            return place + 1
        if kind not in (0x21, 0x2C):
            return None
        place += 2 if kind == 0x21 else 11 + _palette(content[place + 9 : place + 10])
        while place < len(content) and content[place]:
            place += 1 + content[place]
        place += 1
    return None


def _palette(flags: bytes) -> int:
    """Bytes of the colour table that these flags announce."""
    return 3 << ((flags[0] & 7) + 1) if flags and flags[0] & 0x80 else 0


def _webp(content: bytes) -> int | None:
    """RFC 9649, section 2.4: the size in the header, made even."""
    if content[8:12] != b"WEBP":
        return None
    size = int.from_bytes(content[4:8], "little")
    return 8 + size + size % 2


_ENDS: Mapping[bytes, Callable[[bytes], int | None]] = {
    b"\xff\xd8\xff": _jpeg,
    _PNG: _png,
    b"GIF8": _gif,
    b"RIFF": _webp,
}
