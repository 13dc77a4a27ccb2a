"""Where requests of ours may go: an address somebody typed must not reach what only this machine can see.

A name is resolved once, all its addresses are looked at, and the connection is made to the one that was looked at.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address

# What is routed between networks at all (RFC 4291, section 2.4, and IANA's registry of IPv6 global unicast).
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address
_COMPATIBLE = IPv6Network("::/96")  # RFC 4291, section 2.5.5.1
# Special purpose (IANA's registries, RFC 6890) where versions of `ipaddress` differ: protocol assignments, 6to4 relays,
# Teredo and what else IETF keeps to itself, documentation.
_SPECIAL = [
    ipaddress.ip_network(network)
    for network in ("192.0.0.0/24", "192.88.99.0/24", "100.64.0.0/10", "2001::/23", "2001:db8::/32", "3fff::/20")
]
_PORTS = range(1, 65_536)


class Refused(ValueError):
    """Nothing is sent there; the message is one line that says why and what would change that."""


class Unresolved(OSError):
    """The name has no address now."""


@dataclass(frozen=True)
class Destination:
    """An address taken apart. `target` is the path with its query."""

    secure: bool
    host: str
    port: int
    target: str


def destination(url: str, *, allow_http: bool = False) -> Destination:
    """Take an address apart. Raises Refused for one that is not https, or has more in it than host, port and path."""
    if not url.isascii() or re.search(r"[\s\\\x00-\x1f\x7f]", url):
        raise Refused("Write the address in ASCII, without spaces or backslashes.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Refused(f"This is no address: {error}.") from None
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise Refused("Write an address such as https://example.com/hooks.")
    if parts.scheme == "http" and not allow_http:
        raise Refused("Only https is allowed here; plain http can be allowed for this webhook.")
    if "@" in parts.netloc or parts.fragment:
        raise Refused("An address here has neither a user name nor a fragment; requests are signed.")
    secure = parts.scheme == "https"
    port = port if port is not None else (443 if secure else 80)
    if port not in _PORTS:
        raise Refused("A port is a number from 1 to 65535.")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Destination(secure, parts.hostname, port, target)


def resolve(where: Destination, *, allow_private: bool = False) -> str:
    """The address to connect to. Raises Refused where any of the host's is not public, Unresolved where it has none."""
    try:
        found = socket.getaddrinfo(where.host, where.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unresolved(f"“{where.host}” has no address: {error}.") from None
    addresses = list(dict.fromkeys(str(row[4][0]) for row in found))
    if not addresses:
        raise Unresolved(f"“{where.host}” has no address.")
    for address in addresses:
        if not allow_private and not is_public(address):
            raise Refused(f"“{where.host}” is at {address}, which is not public; that can be allowed for this webhook.")
    return addresses[0]


def refuse_literal(where: Destination) -> None:
    """What can be told without asking for a name: an IP address in its place that is not public. Raises Refused."""
    try:
        ipaddress.ip_address(where.host)
    except ValueError:
        return
    resolve(where)


def is_public(text: str) -> bool:
    """Whether an IP address is one of the public internet, also where it is an IPv4 address in the clothes of IPv6."""
    try:
        address: Address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.scope_id:  # such as fe80::1%eth0
        return False
    within = _within(address)
    if within is not None:
        return is_public(str(within))
    if any(address in network for network in _SPECIAL):
        return False
    if address.is_multicast or address.is_reserved or address.is_unspecified or not address.is_global:
        return False
    return isinstance(address, IPv4Address) or address in _GLOBAL_UNICAST


def _within(address: Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address leads to: mapped, compatible, NAT64 or 6to4."""
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64 or address in _COMPATIBLE:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour
