"""Who is counted as one caller, by where the request came from."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

_IPV6_NETWORK: Final = 64  # what one household or host is given


def household(host: str) -> str:
    """An address; of IPv6 its /64. What is no address comes back as it is."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or ip_network((address, _IPV6_NETWORK), strict=False).network_address)
    return str(address)
