"""Where a request comes from, and how often one such network may ask."""

from ipaddress import IPv6Address, ip_address, ip_network

from flask import request
from limits import parse

from app.extensions import limiter

_ONE_HOME = 64  # bits of an IPv6 address that one customer cannot change


def network() -> str:
    """Give the address that counts: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"  # a local socket has no address
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((address, _ONE_HOME), strict=False))


def is_flooded(what: str, *, rate: str) -> bool:
    """Count one request of this network and tell whether it is beyond the rate."""
    return limiter.enabled and not limiter.limiter.hit(parse(rate), what, network())
