"""The smallest files that are a video or a recording: containers with all their parts and nothing to see or hear."""

from __future__ import annotations

import struct


def box(name: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(content), name) + content


def mp4(brand: bytes = b"isom", inside: bytes = b"pictures") -> bytes:
    return box(b"ftyp", brand + b"\0\0\2\0" + brand) + box(b"mdat", inside) + box(b"moov", b"index")


def webm(doc_type: bytes = b"webm", inside: bytes = b"\xec\x81\0") -> bytes:
    header = b"\x42\x82" + bytes([0x80 | len(doc_type)]) + doc_type
    return (
        b"\x1a\x45\xdf\xa3" + bytes([0x80 | len(header)]) + header
        + b"\x18\x53\x80\x67" + bytes([0x80 | len(inside)]) + inside
    )  # fmt: skip


def mp3(frames: int = 4, tag: bytes = b"ID3\x04\0\0\0\0\0\x05hello") -> bytes:
    """Frames of 128 kbit/s at 44.1 kHz are 417 bytes long."""
    return tag + (b"\xff\xfb\x90\x00" + b"\0" * 413) * frames


def ogg(announced: bytes = b"OpusHead", pages: int = 3) -> bytes:
    def page(body: bytes) -> bytes:
        return b"OggS" + b"\0" * 22 + bytes([1, len(body)]) + body

    return page(announced) + b"".join(page(b"sound") for _ in range(pages - 1))


def gif(frames: int, size: int = 1) -> bytes:
    """An animation of so many pictures, each of which takes 15 bytes."""
    head = b"GIF89a" + struct.pack("<HH", size, size) + b"\x80\0\0" + b"\0\0\0\xff\xff\xff"
    picture = b"\x2c\0\0\0\0\x01\0\x01\0\0" + b"\x02\x02\x44\x01\0"
    return head + picture * frames + b";"
