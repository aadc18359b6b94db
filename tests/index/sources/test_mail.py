"""Mails."""

from __future__ import annotations

import base64
import time

import pytest

from index.sources.mail import read_mail
from index.sources.record import Record, Unreadable

HEAD = b"""From: "Quill, Ada" <ada@example.org>, tom@example.org
Subject: =?utf-8?q?The_pier=E2=80=99s_lamps?=
Date: Wed, 6 Oct 2021 09:30:00 +0200
Message-ID: <42@example.org>
Archived-At: <https://example.org/list/42>
"""


def reason(raw: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        read_mail(raw)
    return str(caught.value)


def test_a_plain_mail() -> None:
    """The subject is the title, the senders the authors; its link is where a list keeps it."""
    assert read_mail(HEAD + b"\nThe lamps were lit.\n") == Record(
        "The lamps were lit.\n",
        title="The pier’s lamps",
        url="https://example.org/list/42",
        published="Wed, 6 Oct 2021 09:30:00 +0200",
        authors=("Quill, Ada", "tom@example.org"),
        id="42@example.org",
    )


def several(*parts: bytes) -> bytes:
    body = b"".join(b"--b\n" + part + b"\n" for part in parts)
    return HEAD + b'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n' + body + b"--b--\n"


def test_the_text_among_several_parts() -> None:
    """The plain text is preferred, attachments are left alone."""
    picture = b"Content-Type: image/png\nContent-Disposition: attachment\n\nno text"
    plain = b"Content-Type: text/plain; charset=utf-8\n\nThe lamps were lit.\n"
    page = b"Content-Type: text/html; charset=utf-8\n\n<p>The <b>lamps</b> were lit.</p><p>A crowd came.</p>"
    assert read_mail(several(picture, page, plain)).text.strip() == "The lamps were lit."
    assert read_mail(several(picture, page)).text.split() == [
        "The",
        "lamps",
        "were",
        "lit.",
        "A",
        "crowd",
        "came.",
    ]
    assert read_mail(several(picture)).text == ""


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("charset=utf-8", "Le café ferme.".encode()),
        ("charset=latin-1", "Le café ferme.".encode("latin-1")),
        ("charset=no-such", "Le café ferme.".encode("cp1252")),
        ("charset=punycode", "Le café ferme.".encode()),
        ("charset=zip", "Le café ferme.".encode()),
        ("", "Le café ferme.".encode()),
        ("charset=utf-8\nContent-Transfer-Encoding: base64", base64.b64encode("Le café ferme.".encode())),
        ("charset=utf-8\nContent-Transfer-Encoding: quoted-printable", b"Le caf=C3=A9 fer=\nme."),
    ],
)
def test_encodings(head: str, body: bytes) -> None:
    """What the mail says of its letters is believed where it is an encoding, and found out elsewhere."""
    raw = HEAD + f"MIME-Version: 1.0\nContent-Type: text/plain; {head}\n\n".encode() + body
    assert read_mail(raw).text.strip() == "Le café ferme."


def test_flowed_lines_are_one() -> None:
    """Lines that a program broke, ending in a space, are whole again; a line it stuffed loses its space."""
    head = HEAD + b"Content-Type: text/plain; format=flowed\n\n"
    assert read_mail(head + b"The lamps \nwere lit. \n> by \n\n From here\n").text == (
        "The lamps were lit. > by \nFrom here\n"
    )


def test_raw_letters_in_a_header_are_read() -> None:
    """Headers should be ASCII, and are not."""
    raw = HEAD.replace(b"=?utf-8?q?The_pier=E2=80=99s_lamps?=", "Café".encode())
    assert read_mail(raw + b"\nText").title == "Café"
    raw = HEAD.replace(b"=?utf-8?q?The_pier=E2=80=99s_lamps?=", "Café".encode("cp1252"))
    assert read_mail(raw + b"\nText").title == "Café"


def test_what_is_no_mail_is_named() -> None:
    """A text without a mail's header."""
    assert reason(b"") == "it has no header of a mail"
    assert reason(b"Just some words.\n\nAnd more.") == "it has no header of a mail"
    assert reason(b"Colour: blue\n\nAnd more.") == "it has no header of a mail"


def test_headers_made_to_take_for_ever_are_named() -> None:
    """A header that would take minutes to tell apart is not looked into."""
    start = time.monotonic()
    semicolons = b'Content-Type: text/plain; a="' + b";" * (4 << 20) + b'"\n\nText.'
    addresses = HEAD.replace(b"tom@example.org", b"<(" * (2 << 20)) + b"\nText."
    assert [reason(HEAD + semicolons), reason(addresses)] == ["its header is too long"] * 2
    assert time.monotonic() - start < 5


def test_parts_in_parts_in_parts_are_named() -> None:
    """A mail nested deeper than Python can follow holds no text that could be found."""
    raw = b"From: a@example.org\n"
    for number in range(3000):
        raw += b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (number, number)
    assert reason(raw) == "it holds no text"
