"""Where a webhook may go: public addresses only, looked up once and then used, so that a name cannot change its mind."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

Lookup = Callable[[str, int], list[str]]
_LONGEST: Final = 2000


class NotAllowed(ValueError):
    """The address may not be used; the text says why and what to write instead."""


@dataclass(frozen=True)
class Place:
    """Where to send: the address as the customer of the webhook wrote it, and the number to connect to."""

    url: str
    host: str
    address: str


def checked_url(url: str, private: bool) -> str:
    """The address if a webhook could go there by how it is written. Raises `NotAllowed`. Looks nothing up."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise NotAllowed("This is no address. Write one such as https://crm.example.com/hooks/advisor.") from None
    if not parts.hostname or len(url) > _LONGEST or not url.isprintable():
        raise NotAllowed("This is no address. Write one such as https://crm.example.com/hooks/advisor.")
    if parts.scheme != "https" and not (private and parts.scheme == "http"):
        raise NotAllowed("Write an address that begins with https://: what is sent may be about customers.")
    if parts.username or parts.password or parts.fragment:
        raise NotAllowed("Write it without a user name, a password or a part after #: messages are signed instead.")
    if not private and port not in (None, 443, 8443):
        raise NotAllowed("Use port 443 or 8443, or leave the port out.")
    return url.strip()


def look_up(host: str, port: int) -> list[str]:
    """The numbers behind a name, as the system finds them. Raises `OSError`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def place_of(url: str, private: bool, lookup: Lookup = look_up) -> Place:
    """Where the address leads now. Raises `NotAllowed` when any number behind the name is not public, `OSError` when none is."""
    parts = urlsplit(checked_url(url, private))
    host = parts.hostname or ""
    numbers = lookup(host, parts.port or (443 if parts.scheme == "https" else 80))
    if not numbers:
        raise OSError(f"{host} has no address")
    if not private and not all(is_public(number) for number in numbers):
        raise NotAllowed(f"{host} leads into a private network, where webhooks may not go.")
    return Place(url, host, numbers[0])


def is_public(number: str) -> bool:
    """Whether a number belongs to the public internet, also when it is an older one dressed as a newer."""
    found = ipaddress.ip_address(number.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        nat64 = found in ipaddress.ip_network("64:ff9b::/96")
        if nat64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not found.is_multicast
