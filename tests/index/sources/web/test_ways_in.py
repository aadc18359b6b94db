"""Ways into the operator's network, all of them closed: by link, name, redirect, changing name and proxy."""

from __future__ import annotations

import pytest

from index.settings import WebSettings
from index.sources.web.fetch import Fetched, Fetcher, FetchError
from tests.web_server import Web, tricks
from tests.web_server.web import PUBLIC

from .conftest import Body, Make, Refusal

PRIVATE = "its host has a private address, and those are not visited"
LOOPBACK = "its host has a loopback address, and those are not visited"
METADATA = "its host has the address of a cloud's metadata, and those are not visited"
DISGUISED = "its host is an address written as another number"


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("http://127.0.0.1/", LOOPBACK),
        ("http://localhost/", LOOPBACK),
        ("http://[::1]/", LOOPBACK),
        ("http://[::ffff:127.0.0.1]/", LOOPBACK),
        ("http://[::ffff:a9fe:a9fe]/", METADATA),
        ("http://[::127.0.0.1]/", LOOPBACK),
        ("http://[64:ff9b::7f00:1]/", LOOPBACK),
        ("http://[2002:7f00:1::]/", LOOPBACK),
        ("http://169.254.169.254/latest/meta-data/", METADATA),
        ("http://[fd00:ec2::254]/", METADATA),
        ("http://10.0.0.1/", PRIVATE),
        ("http://192.168.1.1:8080/", PRIVATE),
        (
            "http://100.64.0.1/",
            "its host has an address of its provider's own network, and those are not visited",
        ),
        ("http://0.0.0.0/", "its host has no particular address, and those are not visited"),
        ("http://224.0.0.1/", "its host has a multicast address, and those are not visited"),
        ("http://255.255.255.255/", "its host has a reserved address, and those are not visited"),
        ("http://１２７.0.0.1/", LOOPBACK),
        ("http://2130706433/", DISGUISED),
        ("http://0177.0.0.1/", DISGUISED),
        ("http://0x7f000001/", DISGUISED),
        ("http://127.1/", DISGUISED),
        ("http://news.example:22/", "its port 22 is none of 80, 443, 8080, 8443"),
        ("http://news.example:6379/", "its port 6379 is none of 80, 443, 8080, 8443"),
        ("http://news.example:0/", "its port 0 is none of 80, 443, 8080, 8443"),
        ("http://ada:secret@news.example/", "it carries a user name or a password"),
        ("file:///etc/passwd", "only http and https links are read, not file"),
        ("gopher://news.example/", "only http and https links are read, not gopher"),
        ("http://unknown.invalid/", "its host is not known"),
    ],
)
def test_links_that_lead_inside(web: Web, refusal: Refusal, link: str, reason: str) -> None:
    """Each is refused with its reason, and nothing is connected to; a redirect to it is refused as well."""
    web.names["localhost"] = [["127.0.0.1", "::1"]]
    assert refusal(link) == reason
    assert web.connected == []
    web.pages["news.example/out"] = tricks.redirect(link)
    assert refusal("http://news.example/out") == reason
    assert {address for address, _ in web.connected} == {PUBLIC}


@pytest.mark.parametrize(
    ("addresses", "reason"),
    [
        (["127.0.0.1"], LOOPBACK),
        ([PUBLIC, "10.0.0.1"], PRIVATE),
        (["10.0.0.1", PUBLIC], PRIVATE),
        ([PUBLIC, "::ffff:169.254.169.254"], METADATA),
        (["fe80::1%eth0"], "its host has a link-local address, and those are not visited"),
        ([], "its server cannot be reached"),
    ],
)
def test_names_that_lead_inside(web: Web, refusal: Refusal, addresses: list[str], reason: str) -> None:
    """Every address of a name is checked before any is connected to."""
    web.names["inside.example"] = [addresses]
    assert refusal("http://inside.example/a") == reason
    assert web.connected == []


def test_a_dns_answer_that_changes(web: Web, fetcher: Make) -> None:
    """What was checked is what is connected to: there is no second query to lie to."""
    web.names["rebind.example"] = [[PUBLIC], ["93.184.215.15"], ["127.0.0.1"]]
    web.page("rebind.example/a", "x")
    getting = fetcher()
    getting.get("http://rebind.example/a")
    assert web.connected == [(PUBLIC, 80), ("93.184.215.15", 80)]
    assert web.queries["rebind.example"] == 2
    with pytest.raises(FetchError, match=LOOPBACK):
        getting.get("http://rebind.example/a")
    assert web.queries["rebind.example"] == 3
    assert web.connected == [(PUBLIC, 80), ("93.184.215.15", 80)]


def test_a_dns_answer_that_changes_between_redirects(web: Web, refusal: Refusal) -> None:
    """Each redirect is resolved and checked anew, to the same host too."""
    web.names["rebind.example"] = [[PUBLIC], [PUBLIC], ["169.254.169.254"]]
    web.pages["rebind.example/a"] = tricks.redirect("/latest/meta-data/")
    web.page("rebind.example/latest/meta-data/", "secrets")
    assert refusal("http://rebind.example/a") == METADATA
    assert web.paths("rebind.example") == ["/a"]


@pytest.mark.parametrize("target", ["http://127.0.0.1/", "//[::1]/", "http://10.0.0.1:8080/x"])
def test_robots_txt_is_no_way_in(web: Web, refusal: Refusal, target: str) -> None:
    """A robots.txt that redirects inside is not followed, and nothing of its site is read."""
    web.pages["news.example/robots.txt"] = tricks.redirect(target)
    web.page("news.example/a", "x")
    assert refusal("http://news.example/a").startswith("its site's robots.txt leads to another site, but its")
    assert {address for address, _ in web.connected} == {PUBLIC}
    assert web.paths("news.example") == []


def test_proxies_of_the_environment_are_not_used(
    web: Web, body: Body, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy would resolve the name itself, past every check."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    web.page("news.example/a", "x")
    assert body("http://news.example/a") == b"x"
    assert body("https://news.example/a") == b"x"


def test_allowed_hosts(web: Web, body: Body, refusal: Refusal) -> None:
    """What the operator lists is read, under that name and on that port; metadata never is."""
    web.names = {"wiki.intern": [["10.1.2.3"]], "evil.example": [["10.1.2.3"]]}
    web.page("wiki.intern/a", "x")
    allowed = ["wiki.intern:3000"]
    assert body("http://wiki.intern:3000/a", allow_private_hosts=allowed) == b"x"
    assert web.connected[-1] == ("10.1.2.3", 3000)
    assert body("http://wiki.intern/a", allow_private_hosts=True) == b"x"
    assert refusal("http://evil.example/a", allow_private_hosts=allowed) == PRIVATE
    assert refusal("http://169.254.169.254/", allow_private_hosts=True) == METADATA
    assert refusal("http://169.254.169.254/", allow_private_hosts=["169.254.169.254"]) == METADATA


def test_the_real_way_out(web: Web) -> None:
    """Without the tests' network: the system's resolver and sockets, behind the same gate."""
    where = f"localhost:{web.port()}"
    web.page("localhost/a", "<p>The lamp.</p>")
    open_here = WebSettings(allow_private_hosts=(where,), pause_seconds=0)
    found = Fetcher(open_here).get(f"http://{where}/a")
    assert isinstance(found, Fetched)
    assert found.body == b"<p>The lamp.</p>"
    with pytest.raises(FetchError) as caught:
        Fetcher(WebSettings()).get("http://localhost/a")
    assert str(caught.value) == LOOPBACK
