"""Which addresses may be reached: the public internet, and what the operator allowed beyond it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from .links import Refused, host_name

Address = IPv4Address | IPv6Address
USUAL_PORTS = frozenset({80, 443, 8080, 8443})


class Kind(Enum):
    """What an address is, if it is not public; the value is what is said of it."""

    LOOPBACK = "a loopback address"
    PRIVATE = "a private address"
    SHARED = "an address of its provider's own network"
    LINK_LOCAL = "a link-local address"
    METADATA = "the address of a cloud's metadata"
    MULTICAST = "a multicast address"
    UNSPECIFIED = "no particular address"
    RESERVED = "a reserved address"


_ALLOWABLE = (Kind.LOOPBACK, Kind.PRIVATE, Kind.SHARED)
"""What a name in `allow_private_hosts`, or `true`, opens."""
_ALLOWABLE_BY_ADDRESS = (*_ALLOWABLE, Kind.LINK_LOCAL)
"""What an address or network in it opens."""

# Where clouds tell a machine its secrets: Amazon, Google, Microsoft, Oracle, Alibaba.
_METADATA = frozenset(
    map(
        ip_address,
        [
            "169.254.169.254",
            "169.254.170.2",
            "169.254.170.23",
            "fd00:ec2::254",
            "fd00:ec2::23",
            "fd20:ce::254",
            "168.63.129.16",
            "192.0.0.192",
            "100.100.100.200",
        ],
    )
)
_KINDS_4 = {
    IPv4Network("127.0.0.0/8"): Kind.LOOPBACK,
    IPv4Network("169.254.0.0/16"): Kind.LINK_LOCAL,
    IPv4Network("10.0.0.0/8"): Kind.PRIVATE,
    IPv4Network("172.16.0.0/12"): Kind.PRIVATE,
    IPv4Network("192.168.0.0/16"): Kind.PRIVATE,
    IPv4Network("100.64.0.0/10"): Kind.SHARED,
    IPv4Network("224.0.0.0/4"): Kind.MULTICAST,
    IPv4Network("0.0.0.0/8"): Kind.UNSPECIFIED,
    IPv4Network("192.0.0.0/24"): Kind.RESERVED,
    IPv4Network("192.0.2.0/24"): Kind.RESERVED,
    IPv4Network("192.88.99.0/24"): Kind.RESERVED,
    IPv4Network("198.18.0.0/15"): Kind.RESERVED,
    IPv4Network("198.51.100.0/24"): Kind.RESERVED,
    IPv4Network("203.0.113.0/24"): Kind.RESERVED,
    IPv4Network("240.0.0.0/4"): Kind.RESERVED,
}
_KINDS_6 = {
    IPv6Network("::/128"): Kind.UNSPECIFIED,
    IPv6Network("::1/128"): Kind.LOOPBACK,
    IPv6Network("fe80::/10"): Kind.LINK_LOCAL,
    IPv6Network("fec0::/10"): Kind.PRIVATE,
    IPv6Network("fc00::/7"): Kind.PRIVATE,
    IPv6Network("64:ff9b:1::/48"): Kind.PRIVATE,  # translates into addresses of the network it stands in
    IPv6Network("ff00::/8"): Kind.MULTICAST,
    IPv6Network("2001::/23"): Kind.RESERVED,  # Teredo among them, which tunnels to anywhere
    IPv6Network("2001:db8::/32"): Kind.RESERVED,
    IPv6Network("3fff::/20"): Kind.RESERVED,
}
_GLOBAL_6 = IPv6Network("2000::/3")
_6TO4 = IPv6Network("2002::/16")
# Networks whose last 32 bits are an IPv4 address: mapped, compatible, translated (two kinds).
_WITH_IPV4 = tuple(map(IPv6Network, ["::ffff:0:0/96", "::/96", "::ffff:0:0:0/96", "64:ff9b::/96"]))
_ISATAP = (0x00005EFE, 0x02005EFE)


def kind_of(address: Address) -> Kind | None:
    """What keeps an address from being public; None when nothing does."""
    if isinstance(address, IPv6Address):
        return _kind_of_6(address)
    if address in _METADATA:
        return Kind.METADATA
    return next((kind for network, kind in _KINDS_4.items() if address in network), None)


def _kind_of_6(address: IPv6Address) -> Kind | None:
    if address in _METADATA:
        return Kind.METADATA
    for network, kind in _KINDS_6.items():
        if address in network:
            return kind
    inner = embedded(address)
    if inner is not None:
        return kind_of(inner)
    return None if address in _GLOBAL_6 else Kind.RESERVED


def embedded(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for, if it does."""
    number = int(address)
    if address in _6TO4:
        return IPv4Address(number >> 80 & 0xFFFFFFFF)
    in_the_end = any(address in network for network in _WITH_IPV4)
    if in_the_end or number >> 32 & 0xFFFFFFFF in _ISATAP:
        return IPv4Address(number & 0xFFFFFFFF)
    return None


@dataclass(frozen=True, slots=True)
class Reach:
    """What may be visited beyond the public internet on the usual ports."""

    everything: bool = False
    """Private, loopback and provider's addresses under any name."""
    hosts: frozenset[str] = frozenset()
    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    ports: frozenset[tuple[str, int]] = frozenset()
    """Unusual ports, each with the one host it is open for."""

    @classmethod
    def of(cls, allowed: bool | tuple[str, ...]) -> Reach:
        """Read the setting `web.allow_private_hosts`; ValueError names the entry that is off."""
        if isinstance(allowed, bool):
            return cls(everything=allowed)
        hosts, networks, ports = set(), [], set()
        for entry in allowed:
            host, port = _split_port(entry)
            try:
                networks.append(ip_network(host))
                host = str(networks[-1].network_address)
            except ValueError:
                host = _named(host, entry)
                hosts.add(host)
            if port is not None:
                ports.add((host, port))
        return cls(False, frozenset(hosts), tuple(networks), frozenset(ports))

    def check_port(self, host: str, port: int) -> None:
        """Refuse an unusual port, which belongs to something other than a web site."""
        if port not in USUAL_PORTS and (host, port) not in self.ports:
            usual = ", ".join(map(str, sorted(USUAL_PORTS)))
            raise Refused(f"its port {port} is none of {usual}")

    def check_address(self, host: str, found: str) -> None:
        """Refuse an address that `host` must not lead to."""
        try:
            address = ip_address(found)
        except ValueError:
            raise Refused("its host has no valid address") from None
        kind = kind_of(address)
        if kind is None:
            return
        inner = embedded(address) if isinstance(address, IPv6Address) else None
        seen = inner or address
        if any(seen in network for network in self.networks) and kind in _ALLOWABLE_BY_ADDRESS:
            return
        if (self.everything or host in self.hosts) and kind in _ALLOWABLE:
            return
        # Not the address itself: who sent the link may not be who may know it.
        raise Refused(f"its host has {kind.value}, and those are not visited")


def _split_port(entry: str) -> tuple[str, int | None]:
    """`host:port`, `[address]:port` or either without a port."""
    host, colon, port = entry.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    if not colon or not port.isdecimal() or (":" in host and not bracketed):
        return entry.removeprefix("[").removesuffix("]"), None
    return host.removeprefix("[").removesuffix("]"), int(port)


def _named(host: str, entry: str) -> str:
    try:
        return host_name(host)
    except Refused:
        raise ValueError(f"{entry!r} is neither a host nor an address or a network") from None
