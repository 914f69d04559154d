"""Where a notice may be sent: public addresses only, resolved once and then connected to as checked.

A name is resolved here, every address it has is judged, and the connection goes to a judged
address: a name that points elsewhere a moment later (DNS rebinding) leads nowhere.
"""

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Sequence[str]]

_WRAPPED = tuple(  # IPv6 that reaches an IPv4 address behind a translator or a tunnel
    ip_network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)


class TargetRefused(RuntimeError):
    """The address may not be called; the message says why, in a word for the list of results."""


def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system's resolver for every address of a name."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class TargetRules:
    """What may be called. Only a test relaxes them, to reach a receiver of its own."""

    is_local_allowed: bool = False
    resolve: Resolve = resolve


@dataclass(frozen=True, slots=True)
class Target:
    """A checked address: ``url`` names it by number, ``host`` is what the certificate must say."""

    url: str
    host: str
    host_header: str
    is_secure: bool


def checked(url: str, *, rules: TargetRules) -> Target:
    """Resolve the host of an address and give where to connect.

    :raises TargetRefused: no HTTPS, an unknown name, or any address that is not public.
    """
    parts = urlsplit(url)
    is_secure = parts.scheme == "https"
    if not parts.hostname or not (is_secure or (rules.is_local_allowed and parts.scheme == "http")):
        raise TargetRefused("no https address")
    port = parts.port or (443 if is_secure else 80)
    try:
        found = [ip_address(text.partition("%")[0]) for text in rules.resolve(parts.hostname, port)]
    except (OSError, UnicodeError, ValueError):
        raise TargetRefused("unknown host")
    if not found or not (rules.is_local_allowed or all(map(is_public, found))):
        raise TargetRefused("address not public")
    return Target(_numbered(parts, found[0], port), parts.hostname, parts.netloc, is_secure)


def is_public(address: Address) -> bool:
    """Tell whether an address is one of the public internet, whatever it is wrapped in."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if any(address in network for network in _WRAPPED):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _numbered(parts: SplitResult, address: Address, port: int) -> str:
    host = f"[{address}]" if isinstance(address, IPv6Address) else str(address)
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{host}:{port}{parts.path or '/'}{query}"
