"""What a webhook may reach: the internet, and nothing inside, unless `WEBHOOKS_MAY_REACH` names it."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from workspace.env import Reach

Address = IPv4Address | IPv6Address

NEVER = tuple(
    ip_network(text)
    for text in (
        "192.88.99.0/24",  # relays of 6to4
        "::/96",  # IPv4-compatible
        "64:ff9b::/96",  # NAT64: an IPv4 address behind a translator
        "64:ff9b:1::/48",
        "2001::/32",  # Teredo
        "2002::/16",  # 6to4
        "fec0::/10",  # site-local
    )
)
"""Networks that lead elsewhere, or inside, though Python's `ipaddress` takes some of them for global."""


def address_of(text: str) -> Address | None:
    """The address that a text writes, an IPv4 one that is mapped into IPv6 as itself; None for no address."""
    try:
        address = ip_address(text.strip("[]"))
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def is_open(address: Address, reach: Reach) -> bool:
    """Whether a webhook may be sent to this address."""
    if any(address in network for network in reach.networks if network.version == address.version):
        return True
    if getattr(address, "scope_id", None) or any(address in net for net in NEVER if net.version == address.version):
        return False
    is_special = address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback
    return address.is_global and not (is_special or address.is_link_local or address.is_private)


def is_listed(host: str, reach: Reach) -> bool:
    """Whether the setting names this host, or the network of this address: it may be internal, and without TLS."""
    address = address_of(host)
    if address is not None and any(address in net for net in reach.networks if net.version == address.version):
        return True
    return host.lower().rstrip(".") in reach.hosts
