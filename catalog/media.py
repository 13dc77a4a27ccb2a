"""Recognising video and audio by their bytes: containers on an allow-list whose parts add up to the whole file.

Nothing is decoded. A container is walked from part to part, so that a file torn on its way here is refused, and one
with something else behind it too.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import NamedTuple


class Recognised(NamedTuple):
    kind: str
    media_type: str
    extension: str


class Torn(ValueError):
    """The file begins as a known container and does not go on as one; the message says what it would be."""


# --- MP4 and M4A: ISO/IEC 14496-12, section 4.2 ----------------------------------------------------------------------

_VIDEO_BRANDS = frozenset(
    {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"dash", b"MSNV"}
)
_AUDIO_BRANDS = frozenset({b"M4A ", b"M4B "})


def mp4(content: bytes) -> Recognised | None:
    """A file of boxes, each with its size, of which `ftyp` comes first and `moov` somewhere."""
    brand = content[8:12]
    if content[4:8] != b"ftyp" or brand not in _VIDEO_BRANDS | _AUDIO_BRANDS:
        return None
    if b"moov" not in set(_boxes(content)):
        raise Torn("an MP4 file")
    if brand in _AUDIO_BRANDS:
        return Recognised("audio", "audio/mp4", "m4a")
    return Recognised("video", "video/mp4", "mp4")


def _boxes(content: bytes) -> Iterator[bytes]:
    """The names of the outermost boxes. Raises Torn where one reaches beyond the end."""
    place = 0
    while place < len(content):
        if place + 8 > len(content):
            raise Torn("an MP4 file")
        size, name = struct.unpack_from(">I4s", content, place)
        if size == 1 and place + 16 <= len(content):
            (size,) = struct.unpack_from(">Q", content, place + 8)
        elif size == 0:  # reaches to the end
            size = len(content) - place
        if size < 8 or place + size > len(content):
            raise Torn("an MP4 file")
        yield name
        place += size


# --- WebM: RFC 8794 (EBML) and the WebM container guidelines ---------------------------------------------------------

_EBML, _SEGMENT, _DOC_TYPE = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67", b"\x42\x82"


def webm(content: bytes) -> Recognised | None:
    """A header that names the document type, then one segment with all the rest."""
    if not content.startswith(_EBML):
        return None
    start, size = _ebml_size(content, len(_EBML))
    header = content[start : start + (size or 0)]
    place = header.find(_DOC_TYPE)
    if place < 0 or header[place + 3 : place + 3 + (header[place + 2] & 0x7F)].rstrip(b"\0") != b"webm":
        return None
    place = start + len(header)
    if content[place : place + 4] != _SEGMENT:
        raise Torn("a WebM file")
    start, size = _ebml_size(content, place + 4)
    if size is not None and start + size != len(content):
        raise Torn("a WebM file")
    return Recognised("video", "video/webm", "webm")


def _ebml_size(content: bytes, place: int) -> tuple[int, int | None]:
    """Where an element's data begins, and how long it is; None for unknown, as in a recorded stream (section 6.2)."""
    first = content[place] if place < len(content) else 0
    length = 9 - first.bit_length()
    if length > 8 or place + length > len(content):
        raise Torn("a WebM file")
    value = int.from_bytes(content[place : place + length], "big") & ((1 << 7 * length) - 1)
    return place + length, None if value == (1 << 7 * length) - 1 else value


# --- MP3: ISO/IEC 11172-3, section 2.4.1.3, and ID3v2 ----------------------------------------------------------------

_BIT_RATES = {
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_SAMPLE_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
# Frames looked at: two bytes could be a frame's beginning by chance, three frames that fit each other are not.
_FRAMES = 3


def mp3(content: bytes) -> Recognised | None:
    """Frames of layer III, one behind the other, after a tag or without one."""
    tagged = content.startswith(b"ID3")
    place = _behind_tag(content) if tagged else 0
    for _ in range(_FRAMES):
        length = _frame_length(content[place : place + 4])
        if length == 0 or place + length > len(content):
            if tagged:
                raise Torn("an MP3 file")
            return None
        place += length
    return Recognised("audio", "audio/mpeg", "mp3")


def _behind_tag(content: bytes) -> int:
    """The length of the ID3v2 tag, whose size has seven bits a byte (ID3v2.4, section 3.1)."""
    size = 0
    for byte in content[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size


def _frame_length(header: bytes) -> int:
    """Bytes of the frame with this header, 0 where it is none of layer III."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
        return 0
    version, rate, samples = header[1] >> 3 & 3, header[2] >> 4, header[2] >> 2 & 3
    if version == 1 or rate in (0, 15) or samples == 3:
        return 0
    bits = _BIT_RATES[1 if version == 3 else 2][rate] * 1_000
    return (144 if version == 3 else 72) * bits // _SAMPLE_RATES[version][samples] + (header[2] >> 1 & 1)


# --- Ogg: RFC 3533, section 6 ----------------------------------------------------------------------------------------


def ogg(content: bytes) -> Recognised | None:
    """Pages, each with the lengths of its segments, of which the first announces Vorbis or Opus."""
    if not content.startswith(b"OggS"):
        return None
    place = 0
    while place < len(content):
        segments = content[place + 26] if place + 27 <= len(content) else 0
        body = place + 27 + segments
        if content[place : place + 4] != b"OggS" or body > len(content):
            raise Torn("an Ogg file")
        if place == 0 and not content[body:].startswith((b"\x01vorbis", b"OpusHead")):
            return None
        place = body + sum(content[place + 27 : body])
    if place != len(content):
        raise Torn("an Ogg file")
    return Recognised("audio", "audio/ogg", "ogg")


RECOGNISERS: tuple[Callable[[bytes], Recognised | None], ...] = (mp4, webm, mp3, ogg)


def recognised(content: bytes) -> Recognised | None:
    """What kind of video or audio a file is, None for none. Raises Torn."""
    return next((found for recognise in RECOGNISERS if (found := recognise(content)) is not None), None)


# --- Animations ------------------------------------------------------------------------------------------------------


def gif_frames(content: bytes, most: int) -> int:
    """How many pictures a GIF has, counted to `most` + 1 (GIF89a, section 20), without decoding any."""
    place = 13 + _palette(content[10:11])
    count = 0
    while place < len(content) and count <= most:
        if content[place] == 0x2C:
            count += 1
            place += 11 + _palette(content[place + 9 : place + 10])
        elif content[place] == 0x21:
            place += 2
        else:
            break
        while place < len(content) and content[place]:
            place += 1 + content[place]
        place += 1
    return count


def _palette(flags: bytes) -> int:
    """Bytes of the colour table that these flags announce."""
    return 3 << ((flags[0] & 7) + 1) if flags and flags[0] & 0x80 else 0
