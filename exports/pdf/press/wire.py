"""Messages between the press and its processes: JSON and bytes over a stream socket, each with its length before it."""

from __future__ import annotations

import socket
import struct
from typing import Any

import orjson

_HEAD = struct.Struct("!II")
# With this code a process ends that could not get the memory it asked for.
OUT_OF_MEMORY = 77


class Gone(Exception):
    """The other end is not there any more."""


def send(to: socket.socket, message: Any, body: bytes = b"") -> None:
    """Raises Gone."""
    text = orjson.dumps(message)
    try:
        to.sendall(_HEAD.pack(len(text), len(body)) + text + body)
    except OSError as error:
        raise Gone from error


def receive(source: socket.socket) -> tuple[Any, bytes]:
    """Raises Gone."""
    text, body = _HEAD.unpack(_exactly(source, _HEAD.size))
    return orjson.loads(_exactly(source, text)), _exactly(source, body)


def _exactly(source: socket.socket, count: int) -> bytes:
    received = bytearray()
    while len(received) < count:
        try:
            piece = source.recv(min(count - len(received), 1 << 20))
        except TimeoutError:
            raise
        except OSError as error:
            raise Gone from error
        if not piece:
            raise Gone
        received += piece
    return bytes(received)
