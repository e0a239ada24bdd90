"""The endpoint rule: which addresses an outgoing URL may lead to. Pure; used when it is saved and again at connect.

Python's own `is_global` is not enough: NAT64, 6to4, mapped and shared addresses pass it or are neither global nor
private, so embedded IPv4 addresses are unwrapped and an explicit list decides.
"""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_REFUSED: Final[tuple[Network, ...]] = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
        "::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "fc00::/7", "fe80::/10", "fec0::/10",
        "ff00::/8",
    )
)  # fmt: skip
_NAT64: Final = IPv6Network("64:ff9b::/96")
_SIX_TO_FOUR: Final = IPv6Network("2002::/16")


def parse_networks(text: str) -> tuple[Network, ...]:
    """CIDRs, comma separated, as in `VITRINA_PRIVATE_ENDPOINTS`.

    Raises:
        ValueError: names the part that is no CIDR.
    """
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def is_refused(address: str, allowed: Iterable[Network]) -> bool:
    """Whether a vendor endpoint may not lead to this address; `allowed` are the installation's exceptions."""
    candidate = _unwrap(ip_address(address.partition("%")[0]))
    if any(candidate.version == network.version and candidate in network for network in allowed):
        return False
    return any(candidate.version == network.version and candidate in network for network in _REFUSED)


def is_literal(host: str) -> bool:
    """Whether it is an address, not a name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def goes_straight(host: str, no_proxy: Sequence[str]) -> bool:
    """Whether the host, or a domain that it belongs to, or its network is among those that need no proxy."""
    if is_literal(host):
        return any(_is_network(entry) and ip_address(host) in ip_network(entry, strict=False) for entry in no_proxy)
    names = (entry.lstrip(".").lower() for entry in no_proxy)
    return any(host.lower() == name or host.lower().endswith(f".{name}") for name in names)


def _is_network(entry: str) -> bool:
    try:
        ip_network(entry, strict=False)
    except ValueError:
        return False
    return True


def _unwrap(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, if it does."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _SIX_TO_FOUR:
        return IPv4Address((int(address) >> 80) & 0xFFFFFFFF)
    return address
