"""Links: what is taken for one, and how it is made uniform."""

from __future__ import annotations

import pytest

from index.sources.web.links import Link, Refused, is_link, joined, parse_link


def refused(raw: str) -> str:
    """Why a link is not followed."""
    with pytest.raises(Refused) as caught:
        parse_link(raw)
    return str(caught.value)


@pytest.mark.parametrize(
    ("raw", "uniform"),
    [
        ("https://news.example/a", "https://news.example/a"),
        (" HTTPS://News.Example/A?b=1#c ", "https://news.example/A?b=1"),
        ("http://news.example", "http://news.example/"),
        ("http://news.example:80/", "http://news.example/"),
        ("https://news.example:443/", "https://news.example/"),
        ("https://news.example:8443/", "https://news.example:8443/"),
        ("https://news.example./a", "https://news.example/a"),
        ("https://bücher.example/straße?ö=ü", "https://xn--bcher-kva.example/stra%C3%9Fe?%C3%B6=%C3%BC"),
        ("https://news。example/", "https://news.example/"),
        ("https://a_b.r3---sn.example/", "https://a_b.r3---sn.example/"),
        ("https://news.example/a%20b/%2e", "https://news.example/a%20b/%2e"),
        ("https://news.example/a@b", "https://news.example/a@b"),
        ("https://news.example?x=http://y", "https://news.example/?x=http://y"),
        ("http://[2606:4700:0000::1111]:8080/", "http://[2606:4700::1111]:8080/"),
        ("http://１２７.0.0.1/", "http://127.0.0.1/"),
        ("http://①②⑦.0.0.1/", "http://127.0.0.1/"),
    ],
)
def test_a_link_made_uniform(raw: str, uniform: str) -> None:
    """One spelling for one place; what disguises an address is undone."""
    assert str(parse_link(raw)) == uniform


@pytest.mark.parametrize(
    "scheme", ["file:///etc/passwd", "gopher://a.example/", "ftp://a.example/", "data:,x", "javascript:x"]
)
def test_other_schemes(scheme: str) -> None:
    """Nothing but http and https is read."""
    assert refused(scheme) == f"only http and https links are read, not {scheme.partition(':')[0]}"


@pytest.mark.parametrize(
    "host",
    [
        "2130706433", "017700000001", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "127.1", "127.0.1",
        "127.0.0.0x1", "00000177.1", "256.256.256.256", "1.2.3.4.5", "0x", "127.0.0.01", "news.example.0x7f",
    ],
)  # fmt: skip
def test_addresses_in_disguise(host: str) -> None:
    """Decimal, octal, hexadecimal and short addresses are refused, whatever they would stand for."""
    assert refused(f"http://{host}/") == "its host is an address written as another number"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("", "only http and https links are read"),
        ("news.example/a", "only http and https links are read"),
        ("//news.example/a", "only http and https links are read"),
        ("https://ada:secret@news.example/", "it carries a user name or a password"),
        ("https://news.example@127.0.0.1/", "it carries a user name or a password"),
        ("https://@news.example/", "it carries a user name or a password"),
        ("https://news.example\\@127.0.0.1/", "it carries a user name or a password"),
        ("https://news.example\\.evil.example/", "it names no host"),
        ("https:///a", "it names no host"),
        ("https://:443/", "it names no host"),
        ("https://news.example:99999/", "it is not a valid link"),
        ("https://news.example:http/", "it is not a valid link"),
        ("https://[::1/", "it is not a valid link"),
        ("https://[fe80::1%25eth0]/", "its host is not a valid address"),
        ("https://[v1.x]/", "its host is not a valid address"),
        ("https://%31%32%37.0.0.1/", "its host is not a valid name"),
        ("https://a..example/", "its host is not a valid name"),
        ("https://-a.example/", "its host is not a valid name"),
        (f"https://{'a' * 64}.example/", "its host is not a valid name"),
        (f"https://{'a.' * 130}example/", "its host is not a valid name"),
        ("https://news.exam\u202eple/", "it holds spaces or invisible characters"),
        ("https://news.example/a b", "it holds spaces or invisible characters"),
        ("https://news.example/\r\nX-Header: y", "it holds spaces or invisible characters"),
        ("https://news.ex\tample/", "it holds spaces or invisible characters"),
        ("https://\u2260\u0338\ufffd.example/", "its host is not a valid name"),
        ("https://news.example/" + "a" * 4000, "it is too long for a link"),
    ],
)
def test_what_is_no_link(raw: str, reason: str) -> None:
    """Each with its reason."""
    assert refused(raw) == reason


@pytest.mark.parametrize(
    ("reference", "link"),
    [
        ("/b", "https://news.example/b"),
        ("b?c", "https://news.example/a/b?c"),
        ("//other.example/b", "https://other.example/b"),
        ("http://other.example", "http://other.example/"),
        (" /with space ", "https://news.example/with%20space"),
        ("/ü", "https://news.example/%C3%BC"),
        ("../../..", "https://news.example/"),
    ],
)
def test_a_redirect_is_seen_from_its_page(reference: str, link: str) -> None:
    """Relative ones too, and those that forgot to write a space as `%20`."""
    assert str(joined(Link("https", "news.example", 443, "/a/x"), reference)) == link


@pytest.mark.parametrize("reference", ["file:///etc/passwd", "gopher://a.example/", "https://a:b@c.example/"])
def test_a_redirect_is_checked_like_a_link(reference: str) -> None:
    """What a person may not name, a server may not either."""
    with pytest.raises(Refused):
        joined(Link("https", "news.example", 443, "/"), reference)


def test_what_a_person_means() -> None:
    """Whatever has a scheme is meant as a link, and then answered as one."""
    links = ["https://a.example", "HTTP://a.example", "file:///etc/passwd", " gopher://a.example"]
    assert [
        text for text in [*links, "a/b.txt", "a.example/b", "C:\\a", "c:/a", "://a"] if is_link(text)
    ] == links


def test_the_origin_leaves_the_usual_port_out() -> None:
    """It is what a robots.txt speaks for."""
    assert parse_link("https://news.example:443/a").origin == "https://news.example"
    assert parse_link("http://news.example:443/a").origin == "http://news.example:443"
    assert parse_link("http://[::1]:8080/a").origin == "http://[::1]:8080"
