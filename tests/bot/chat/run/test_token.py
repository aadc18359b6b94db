"""The bot's token: where it comes from, and what is said of one that cannot be right."""

from __future__ import annotations

import base64

import pytest

from bot.chat.run.token import TokenError, token_from

ID = base64.urlsafe_b64encode(b"123456789012345678").decode().rstrip("=")
TOKEN = f"{ID}.GhIjKl.abcdefghijklmnopqrstuvwxyz0123456789AB"
WHERE = (
    "; copy the bot's token from https://discord.com/developers/applications "
    "(your application, page Bot, Reset Token)"
)


def complaint(token: str) -> str:
    """What is said of a token, in one line."""
    with pytest.raises(TokenError) as error:
        token_from({"DISCORD_TOKEN": token})
    said = str(error.value)
    assert said.endswith(WHERE)
    assert "\n" not in said
    return said.removesuffix(WHERE)


@pytest.mark.parametrize(
    "token",
    [
        TOKEN,
        # Newer ones have a longer signature, newer bots a longer id.
        f"{ID}.G_-jKl.abcdefghijklmnopqrstuvwxyz-_3456789",
        f"{base64.urlsafe_b64encode(b'1234567890123456789').decode().rstrip('=')}.GhIjKl.{'x' * 38}",
        f"{base64.urlsafe_b64encode(b'12345678901234567').decode().rstrip('=')}.XrTl2A.{'x' * 27}",
    ],
)
def test_a_token_is_taken_as_it_stands(token: str) -> None:
    """Whatever its age."""
    assert token_from({"DISCORD_TOKEN": token, "TOKEN": "other"}) == token


@pytest.mark.parametrize("environment", [{}, {"DISCORD_TOKEN": ""}, {"DISCORD_TOKEN": " \n"}])
def test_no_token(environment: dict[str, str]) -> None:
    """It is said where to get one."""
    with pytest.raises(TokenError) as error:
        token_from(environment)
    assert str(error.value) == f"DISCORD_TOKEN is not set{WHERE}"


@pytest.mark.parametrize(
    ("token", "problem"),
    [
        (f"Bot {TOKEN}", "begins with “Bot”; give the token alone"),
        (f"bot {TOKEN}", "begins with “Bot”; give the token alone"),
        (f"Bearer {TOKEN}", "begins with “Bearer”; a bot's token stands alone"),
        (f'"{TOKEN}"', "has quotation marks in it; leave them out"),
        (f"'{TOKEN}", "has quotation marks in it; leave them out"),
        (f"“{TOKEN}”", "has quotation marks in it; leave them out"),
        (f" {TOKEN}", "has a space or a line break in it; leave it out"),
        (f"{TOKEN}\n", "has a space or a line break in it; leave it out"),
        (f"{TOKEN[:30]}\r\n{TOKEN[30:]}", "has a space or a line break in it; leave it out"),
        ("123456789012345678", "is an id, of the application or of a person, not a token"),
        ("0123456789abcdef" * 4, "is the application's public key, not the bot's token"),
        ("aB3_-678" * 4, "is the application's client secret, not the bot's token"),
    ],
)
def test_the_usual_mistakes(token: str, problem: str) -> None:
    """Each is named, with what to do."""
    assert complaint(token) == f"DISCORD_TOKEN {problem}"


@pytest.mark.parametrize(
    "token",
    [
        "token",
        "YOUR.TOKEN.HERE",
        TOKEN.rpartition(".")[0],
        f"{TOKEN}.more",
        f".{TOKEN}",
        TOKEN[:-30],
        f"{TOKEN}!",
        f"{TOKEN[:-1]}é",
        f"{base64.urlsafe_b64encode(b'not a number at all').decode().rstrip('=')}.GhIjKl.{'x' * 38}",
        f"{'A' * 21}.GhIjKl.{'x' * 38}",
        "x" * 100_000,
    ],
)
def test_what_is_no_token(token: str) -> None:
    """Three parts, the first of them a number in base64: all else is refused before Discord is asked."""
    assert complaint(token) == "DISCORD_TOKEN is not a bot's token: three parts with dots between"


@pytest.mark.parametrize(
    "token", [f"Bot {TOKEN}", f'"{TOKEN}"', f"{TOKEN}\n", f"{TOKEN}.more", "aB3_-678" * 4, f"{ID}.GhIjKl"]
)
def test_no_complaint_tells_the_token(token: str) -> None:
    """Not a part of it: a secret in a log is a secret no more."""
    said = complaint(token)
    assert [part for part in (ID, "GhIjKl", "abcdefghij", "aB3_-678") if part in said] == []
