"""One POST to an address that somebody typed: to the address that was looked at, bounded, and no further."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass

from exports.delivery.destinations import Destination

TIMEOUT = 10.0  # seconds without a byte
_READ = 1_000  # bytes of the answer that are looked at


@dataclass(frozen=True)
class Answer:
    """What came back: the status, the beginning of the body, and the seconds of `Retry-After`, if it says so."""

    status: int
    text: str
    retry_after: int | None


class _Pinned(http.client.HTTPConnection):
    """Connects to `address`, whatever the host's name leads to by now; a certificate must be the host's."""

    def __init__(self, where: Destination, address: str) -> None:
        super().__init__(where.host, where.port, timeout=TIMEOUT)
        # For the Host header: a port that everybody assumes is left out.
        self.default_port = 443 if where.secure else 80
        self._address = address
        self._secure = where.secure

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), TIMEOUT)
        if self._secure:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


def post(where: Destination, address: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send JSON. A redirect is an answer like any other. Raises OSError or http.client.HTTPException."""
    connection = _Pinned(where, address)
    try:
        own = {"Content-Type": "application/json", "User-Agent": "Tessera"}
        connection.request("POST", where.target, body, {**own, **headers})
        answer = connection.getresponse()
        text = answer.read(_READ).decode("utf-8", "replace")
        return Answer(answer.status, text.replace("\x00", ""), _seconds(answer.headers.get("Retry-After", "")))
    finally:
        connection.close()


def _seconds(text: str) -> int | None:
    """`Retry-After` (RFC 9110, section 10.2.3) in seconds; a date is not looked at. At most a day."""
    return min(int(text), 86_400) if text.isascii() and text.isdigit() and len(text) < 10 else None
