"""Which hosts belong to one site."""

from __future__ import annotations

from ipaddress import ip_address


def same_site(one: str, other: str) -> bool:
    """Whether two hosts are one publisher's: `m.news.co.uk` and `news.co.uk`, not two blogs of a platform."""
    return one == other or (site_of(one) == site_of(other) and not _is_address(one))


def site_of(host: str) -> str:
    """The part of a host that somebody registered."""
    import tld  # noqa: PLC0415 (it reads the list of public suffixes)

    found = tld.get_fld(host, fix_protocol=True, fail_silently=True, search_private=True)
    return found or ".".join(host.split(".")[-2:])


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
