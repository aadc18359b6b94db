"""Why nothing was fetched, in words for a person: each a clause that follows a link."""

from __future__ import annotations

import socket
import ssl

import httpcore2

from ...settings import WebSettings
from .body import Damaged, TooLarge
from .links import Refused
from .pace import LeftAlone

PASSING = (LeftAlone, httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError)
"""What may be otherwise in an hour."""
EXPECTED = (Refused, Damaged, TooLarge, *PASSING)
"""All that can go wrong between a link and its page."""

NO_FEED = "it is no feed"
NAMES_NO_FEED = "it is no feed, and names none"
TOO_LARGE_FEED = "it is too large for a feed"
IS_FEED = "it is a feed, not an article"
IS_SITEMAP = "it is a list of pages, not an article"
UNASKED = "its server says that it has not changed, which nobody asked"
SWITCHED_OFF = "it is gone for good (410), and is not asked for any more"

_SAID = {
    401: "it asks for a login",
    402: "it asks for payment",
    403: "its server refuses to show it",
    404: "it is not there",
    410: "it is gone for good",
    429: "its server wants fewer visits",
    451: "it is withheld for legal reasons",
}


def reason_of(error: Exception, settings: WebSettings) -> str:
    """What went wrong on the way."""
    match error:
        case Refused() | Damaged():
            return str(error)
        case LeftAlone():
            return f"its server asked not to be visited for {error.seconds:,.0f} seconds"
        case TooLarge():
            return f"it is over web.max_bytes ({settings.max_bytes:,} bytes)"
        case httpcore2.TimeoutException():
            return f"it did not come within {settings.timeout_seconds:g} seconds"
    return _of_connection(error)


def _of_connection(error: Exception) -> str:
    # The pool raises the error anew without its cause; what the system said is its argument.
    match error.args[0] if error.args else None:
        case ssl.SSLCertVerificationError() as said:
            return f"its certificate is not valid ({said.verify_message})"
        case ssl.SSLError():
            return "its server offers no secure connection"
        case socket.gaierror():
            return "its host is not known"
    if isinstance(error, httpcore2.ConnectError):
        return "its server cannot be reached"
    return "its server broke off or does not speak HTTP"


def said_of(status: int) -> str:
    """What a server's answer means, when it shows no page."""
    words = _SAID.get(status, "its server has a fault" if status >= 500 else "its server shows no page")
    return f"{words} ({status})"
