"""The bot's token: from the environment only, its form checked before Discord is asked."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping

from index.errors import BylineError

VARIABLE = "DISCORD_TOKEN"
PORTAL = "https://discord.com/developers/applications"
WHERE = f"copy the bot's token from {PORTAL} (your application, page Bot, Reset Token)"
# The bot's id, the time and a signature, each in URL-safe base64.
_FORM = re.compile(r"(?P<id>[\w-]{18,40})\.[\w-]{5,10}\.[\w-]{20,100}", re.ASCII)
_MISTAKES = (
    (re.compile(r"\s*Bot\s", re.IGNORECASE), "begins with “Bot”; give the token alone"),
    (re.compile(r"\s*Bearer\s", re.IGNORECASE), "begins with “Bearer”; a bot's token stands alone"),
    (re.compile(r".*[\"'`“”‘’]"), "has quotation marks in it; leave them out"),
    (re.compile(r"(?s).*\s"), "has a space or a line break in it; leave it out"),
    (re.compile(r"\d{15,20}\Z"), "is an id, of the application or of a person, not a token"),
    (re.compile(r"[0-9a-f]{64}\Z"), "is the application's public key, not the bot's token"),
    (re.compile(r"[\w-]{32}\Z"), "is the application's client secret, not the bot's token"),
)


class TokenError(BylineError):
    """The token is missing, or cannot be one; the message never has any of it."""


def token_from(environment: Mapping[str, str]) -> str:
    """The token in `environment`; TokenError says what is wrong with its form and where to get one."""
    token = environment.get(VARIABLE, "")
    if not token.strip():
        raise TokenError(f"{VARIABLE} is not set; {WHERE}")
    for mistake, problem in _MISTAKES:
        if mistake.match(token):
            raise TokenError(f"{VARIABLE} {problem}; {WHERE}")
    form = _FORM.fullmatch(token)
    if form is None or not _is_id(form["id"]):
        raise TokenError(f"{VARIABLE} is not a bot's token: three parts with dots between; {WHERE}")
    return token


def _is_id(part: str) -> bool:
    """Whether the first part of a token says an id, as it does in every bot's."""
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).isdigit()
    except binascii.Error:
        return False
