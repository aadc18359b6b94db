"""Which addresses may be reached."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.sources.web.address import Kind, Reach, kind_of
from index.sources.web.links import Refused

PUBLIC = [
    "93.184.215.14",
    "8.8.8.8",
    "1.0.0.0",
    "223.255.255.255",
    "172.32.0.1",
    "100.128.0.1",
    "2606:4700::1",
]


def refused(reach: Reach, host: str, address: str) -> str | None:
    """Why a host's address is not visited; None when it is."""
    try:
        reach.check_address(host, address)
    except Refused as refusal:
        return str(refusal)
    return None


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address: str) -> None:
    """Nothing keeps them from being visited."""
    assert kind_of(ip_address(address)) is None


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("127.0.0.1", Kind.LOOPBACK),
        ("127.255.255.254", Kind.LOOPBACK),
        ("::1", Kind.LOOPBACK),
        ("10.0.0.1", Kind.PRIVATE),
        ("172.16.0.1", Kind.PRIVATE),
        ("172.31.255.255", Kind.PRIVATE),
        ("192.168.1.1", Kind.PRIVATE),
        ("fd12:3456::1", Kind.PRIVATE),
        ("fec0::1", Kind.PRIVATE),
        ("64:ff9b:1::a00:1", Kind.PRIVATE),
        ("100.64.0.1", Kind.SHARED),
        ("100.127.255.255", Kind.SHARED),
        ("169.254.1.1", Kind.LINK_LOCAL),
        ("fe80::1", Kind.LINK_LOCAL),
        ("fe80::1%eth0", Kind.LINK_LOCAL),
        ("169.254.169.254", Kind.METADATA),
        ("169.254.170.2", Kind.METADATA),
        ("fd00:ec2::254", Kind.METADATA),
        ("fd20:ce::254", Kind.METADATA),
        ("168.63.129.16", Kind.METADATA),
        ("100.100.100.200", Kind.METADATA),
        ("224.0.0.1", Kind.MULTICAST),
        ("239.255.255.250", Kind.MULTICAST),
        ("ff02::1", Kind.MULTICAST),
        ("0.0.0.0", Kind.UNSPECIFIED),
        ("0.1.2.3", Kind.UNSPECIFIED),
        ("::", Kind.UNSPECIFIED),
        ("255.255.255.255", Kind.RESERVED),
        ("240.0.0.1", Kind.RESERVED),
        ("192.0.2.1", Kind.RESERVED),
        ("198.18.0.1", Kind.RESERVED),
        ("198.51.100.1", Kind.RESERVED),
        ("203.0.113.1", Kind.RESERVED),
        ("192.88.99.1", Kind.RESERVED),
        ("2001:db8::1", Kind.RESERVED),
        ("2001::1", Kind.RESERVED),
        ("3fff::1", Kind.RESERVED),
        ("4000::1", Kind.RESERVED),
        ("100::1", Kind.RESERVED),
    ],
)
def test_addresses_that_are_not_public(address: str, kind: Kind) -> None:
    """Each special block, at its borders."""
    assert kind_of(ip_address(address)) is kind


@pytest.mark.parametrize(
    "wrapping",
    [
        "::ffff:{}", "::{}", "::ffff:0:{}", "64:ff9b::{}", "2606:4700::5efe:{}", "2606:4700::200:5efe:{}",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("inner", "kind"),
    [
        ("127.0.0.1", Kind.LOOPBACK),
        ("10.1.2.3", Kind.PRIVATE),
        ("169.254.169.254", Kind.METADATA),
        ("100.64.1.1", Kind.SHARED),
        ("224.0.0.1", Kind.MULTICAST),
        ("8.8.8.8", None),
    ],
)
def test_ipv4_within_ipv6(wrapping: str, inner: str, kind: Kind | None) -> None:
    """Mapped, compatible, translated, NAT64 and ISATAP addresses are what they stand for."""
    assert kind_of(ip_address(wrapping.format(inner))) is kind


def test_6to4_is_what_it_stands_for() -> None:
    """Its IPv4 address stands in the second to fifth byte."""
    assert kind_of(ip_address("2002:7f00:1::1")) is Kind.LOOPBACK
    assert kind_of(ip_address("2002:a9fe:a9fe::")) is Kind.METADATA
    assert kind_of(ip_address("2002:808:808::1")) is None


@given(st.ip_addresses())
def test_nothing_private_is_called_public(address: object) -> None:
    """Python's own list agrees with ours on every address that ours lets through."""
    assert not isinstance(address, str)
    found = ip_address(str(address))
    if kind_of(found) is None:
        inner = isinstance(found, IPv6Address) and found.sixtofour
        assert found.is_global or inner
        assert not any([found.is_multicast, found.is_loopback, found.is_link_local, found.is_unspecified])


def test_a_refusal_does_not_name_the_address() -> None:
    """Who sent the link may not be who may know the operator's network."""
    assert refused(Reach(), "wiki.example", "10.1.2.3") == (
        "its host has a private address, and those are not visited"
    )
    assert refused(Reach(), "wiki.example", "no address") == "its host has no valid address"


# --- what the operator allows ---------------------------------------------------------------------


def test_true_allows_private_addresses_only() -> None:
    """Loopback and the provider's own among them; never metadata, multicast, link-local or reserved ones."""
    reach = Reach.of(True)
    for address in ("10.0.0.1", "127.0.0.1", "100.64.0.1", "fd12::1", "::ffff:10.0.0.1"):
        assert refused(reach, "wiki.example", address) is None
    for address in (
        "169.254.169.254",
        "224.0.0.1",
        "169.254.1.1",
        "0.0.0.0",
        "192.0.2.1",
        "::ffff:169.254.1.1",
    ):
        assert refused(reach, "wiki.example", address) is not None


def test_false_allows_nothing() -> None:
    """The default."""
    assert Reach.of(False) == Reach() == Reach.of(())


def test_a_host_is_allowed_under_its_name_only() -> None:
    """Another name for the same address stays refused."""
    reach = Reach.of(("Wiki.Intern.",))
    assert refused(reach, "wiki.intern", "10.1.2.3") is None
    assert refused(reach, "evil.example", "10.1.2.3") is not None
    assert refused(reach, "10.1.2.3", "10.1.2.3") is not None
    assert refused(reach, "wiki.intern", "169.254.169.254") is not None


def test_a_network_is_allowed_under_every_name() -> None:
    """Also written as IPv6, also when it is link-local; never the metadata in it."""
    reach = Reach.of(("10.1.0.0/16", "169.254.0.0/16", "fd12::/16", "192.168.7.7"))
    for address in ("10.1.2.3", "::ffff:10.1.2.3", "169.254.7.7", "fd12::1", "192.168.7.7"):
        assert refused(reach, "any.example", address) is None
    for address in ("10.2.0.1", "169.254.169.254", "fd13::1", "192.168.7.8"):
        assert refused(reach, "any.example", address) is not None


def test_usual_ports() -> None:
    """Others belong to something other than a web site; they are open for a host that is listed with one."""
    reach = Reach.of(("wiki.intern:3000", "10.1.2.3:5000", "[fd12::1]:6000"))
    for port in (80, 443, 8080, 8443):
        reach.check_port("any.example", port)
    for host, port in (("wiki.intern", 3000), ("10.1.2.3", 5000), ("fd12::1", 6000)):
        reach.check_port(host, port)
    for host, port in (("any.example", 22), ("wiki.intern", 5000), ("10.1.2.4", 5000), ("any.example", 6379)):
        with pytest.raises(Refused, match=f"its port {port} is none of 80, 443, 8080, 8443"):
            reach.check_port(host, port)


@pytest.mark.parametrize(
    "entry", ["", "10.0.0.5/8", "10.0.0", "a b", "http://wiki.intern", "*.intern", "0x7f.1"]
)
def test_an_entry_that_is_off(entry: str) -> None:
    """The setting is refused when it is read, not when it is needed."""
    with pytest.raises(ValueError, match="is neither a host nor an address or a network"):
        Reach.of((entry,))
