"""A link as it may be followed: http or https, a host that is what it seems, nothing hidden in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import quote, urljoin, urlsplit

from ...errors import SourceError

SCHEMES = {"http": 80, "https": 443}
_LONGEST = 4000
_UNWANTED = re.compile(r"[\x00-\x20\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_SCHEME = re.compile(r"\s*[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
# What stands for itself in a path and a query; everything else is written as `%XX`.
_AS_IT_IS = "%/:=&?~#+!$,;'@()*[]|"


class Refused(Exception):
    """A link that is not followed; the message says why, as a clause (`its host …`)."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link taken apart and made uniform."""

    scheme: str
    host: str
    """Lower-case ASCII; an address in its shortest form, without brackets."""
    port: int
    target: str
    """Path and query, beginning with a slash."""

    @property
    def origin(self) -> str:
        """Scheme, host and port: what a `robots.txt` speaks for."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == SCHEMES[self.scheme] else f":{self.port}")

    def __str__(self) -> str:
        return self.origin + self.target


def is_link(text: str) -> bool:
    """Whether a person who wrote this meant a link rather than a file."""
    return _SCHEME.match(text) is not None


def parse_link(raw: str) -> Link:
    """Take a link apart; Refused says what keeps it from being followed."""
    text = raw.strip()
    if len(text) > _LONGEST:
        raise Refused("it is too long for a link")
    if _UNWANTED.search(text):
        raise Refused("it holds spaces or invisible characters")
    try:
        parts = urlsplit(text)
        port, host = parts.port, parts.hostname
    except ValueError:
        raise Refused("it is not a valid link") from None
    if parts.scheme not in SCHEMES:
        kind = f", not {parts.scheme}" if parts.scheme else ""
        raise Refused(f"only http and https links are read{kind}")
    if "@" in parts.netloc:
        raise Refused("it carries a user name or a password")
    if not host or "\\" in parts.netloc:
        raise Refused("it names no host")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Link(
        parts.scheme,
        _address(host) if parts.netloc.startswith("[") else host_name(host),
        SCHEMES[parts.scheme] if port is None else port,
        quote(target, safe=_AS_IT_IS),
    )


def check_link(link: str) -> str:
    """A link that a person named, made uniform; SourceError when it can never be followed."""
    try:
        return str(parse_link(link))
    except Refused as refusal:
        raise SourceError(f"{link!r} cannot be read: {refusal}") from None


def joined(base: Link, reference: str) -> Link:
    """The link that a redirect or a page names, seen from `base`."""
    reference = _UNWANTED.sub(lambda found: quote(found[0], errors="replace"), reference.strip())
    try:
        return parse_link(urljoin(str(base), reference))
    except ValueError:
        raise Refused("it is not a valid link") from None


def host_name(raw: str) -> str:
    """A host as the name system knows it; Refused where it is no name, or a number in disguise."""
    name = raw.lower()
    if not name.isascii():
        name = _to_ascii(name)
    name = name.removesuffix(".")
    labels = name.split(".")
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise Refused("its host is not a valid name")
    if not _NUMBER.fullmatch(labels[-1]):
        return name
    # `2130706433`, `0x7f.1` and `0177.0.0.1` are all 127.0.0.1 to somebody.
    try:
        return str(IPv4Address(name))
    except ValueError:
        raise Refused("its host is an address written as another number") from None


def _to_ascii(name: str) -> str:
    import idna  # noqa: PLC0415 (its tables are large, and few links need them)

    try:
        return idna.encode(idna.uts46_remap(name, std3_rules=False)).decode("ascii").lower()
    except idna.IDNAError:
        raise Refused("its host is not a valid name") from None


def _address(host: str) -> str:
    try:
        address = IPv6Address(host)
    except ValueError:
        raise Refused("its host is not a valid address") from None
    if address.scope_id is not None:
        raise Refused("its host is not a valid address")
    return str(address)
